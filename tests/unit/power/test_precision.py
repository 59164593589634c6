"""The covariance of one person, by hand and with people of several kinds."""

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.design.efficient.information import CodedTasks
from ccegov_choice.errors import DesignError
from ccegov_choice.models.fitting.constraints import constrain
from ccegov_choice.power.precision import Answering, precision_of
from ccegov_choice.power.truth import Mixture, scenarios
from ccegov_choice.study.utility import Utility


def free(names):
    return constrain(names, fixed={}, equal=(), bounds={})


def one_kind(truth, names):
    return Mixture(np.ones(1), np.array([[truth[name] for name in names]]))


def test_a_coin_by_hand(coin):
    design, model = coin
    answering = Answering.of(design, model.utility)
    names = model.utility.names
    # at zero both are chosen half the time: information 1/4, variance 4
    found = precision_of(answering, one_kind({"x[yes]": 0.0}, names), free(names))
    assert found.covariance == pytest.approx(np.array([[4.0]]))
    p = 1 / (1 + np.exp(-1.2))
    found = precision_of(answering, one_kind({"x[yes]": 1.2}, names), free(names))
    assert found.estimates == pytest.approx([1.2])
    assert found.covariance == pytest.approx(np.array([[1 / (p * (1 - p))]]))


def test_people_who_answer_by_lot_by_hand(coin):
    """One task each: the logit of the mixed share, with the variance of that share."""
    design, model = coin
    told = scenarios({"x[yes]": 1.2}, model.utility.names, {}, inattentive=0.2)
    found = precision_of(
        Answering.of(design, model.utility), told.mixtures[0], free(model.utility.names)
    )
    share = 0.8 / (1 + np.exp(-1.2)) + 0.2 / 2
    assert found.estimates == pytest.approx([np.log(share / (1 - share))])
    assert found.covariance == pytest.approx(np.array([[1 / (share * (1 - share))]]))


def test_answers_of_one_person_hang_together_by_hand(three_coins):
    """Two kinds of people, three tasks each: the score of a person sums over the tasks."""
    design, model = three_coins
    mixture = Mixture(np.array([0.3, 0.7]), np.array([[1.5], [0.2]]))
    found = precision_of(Answering.of(design, model.utility), mixture, free(model.utility.names))
    b, x = float(found.estimates[0]), np.array([1.0, 2.0, 3.0])

    def chosen(beta):
        return 1 / (1 + np.exp(-beta * x))

    mean = 0.3 * chosen(1.5) + 0.7 * chosen(0.2)
    assert float(x @ (mean - chosen(b))) == pytest.approx(0.0, abs=1e-10)
    bread = float((x**2) @ (chosen(b) * (1 - chosen(b))))
    # every one of the 2^3 answers of each kind of person
    meat = 0.0
    for share, beta in ((0.3, 1.5), (0.7, 0.2)):
        for answer in np.ndindex(2, 2, 2):
            taken = np.array(answer)
            chance = np.prod(np.where(taken == 1, chosen(beta), 1 - chosen(beta)))
            meat += share * chance * float(x @ (taken - chosen(b))) ** 2
    assert found.covariance[0, 0] == pytest.approx(meat / bread**2)


def test_one_kind_of_people_gives_the_inverse_information(design, model, truth):
    names = model.utility.names
    found = precision_of(Answering.of(design, model.utility), one_kind(truth, names), free(names))
    whole = CodedTasks.of(design, model.utility).information([truth[n] for n in names])
    # four blocks: a person answers a quarter of the tasks
    assert np.allclose(found.covariance, np.linalg.inv(whole / 4), rtol=1e-10)
    assert np.allclose(found.estimates, [truth[n] for n in names])
    # the sandwich of two kinds that want the same is no other
    twice = Mixture(np.array([0.4, 0.6]), np.tile(found.estimates, (2, 1)))
    again = precision_of(Answering.of(design, model.utility), twice, free(names))
    assert np.allclose(again.covariance, found.covariance, rtol=1e-9)


def test_fixed_and_equal_coefficients_count(design, model, truth):
    names = model.utility.names
    answering = Answering.of(design, model.utility)
    held = constrain(
        names, fixed={"channel[phone]": -0.25}, equal=[["help[chat]", "help[person]"]], bounds={}
    )
    same = truth | {"help[person]": 0.3}
    found = precision_of(answering, one_kind(same, names), held)
    k = {name: i for i, name in enumerate(names)}
    assert found.covariance[k["channel[phone]"]] == pytest.approx(0.0)
    assert found.covariance[k["help[chat]"], k["help[chat]"]] == pytest.approx(
        found.covariance[k["help[person]"], k["help[person]"]]
    )
    loose = precision_of(answering, one_kind(same, names), free(names))
    assert found.covariance[0, 0] < loose.covariance[0, 0]


def test_a_design_that_cannot_tell_names_the_culprits(three_coins, study):
    rows = [(1, 1, "A", 10, "none", "web"), (1, 1, "B", 20, "person", "web")]
    rows += [(1, 2, "A", 10, "none", "web"), (1, 2, "B", 40, "chat", "web")]
    columns = ["block", "task", "alternative", "wait", "help", "channel"]
    from ccegov_choice.design.design import Design

    design = Design(pd.DataFrame(rows, columns=columns), study)
    utility = Utility.main_effects(study)
    with pytest.raises(DesignError, match="cannot tell these coefficients apart") as raised:
        precision_of(
            Answering.of(design, utility),
            one_kind(dict.fromkeys(utility.names, 0.0), utility.names),
            free(utility.names),
        )
    assert "channel[phone]" in str(raised.value)
    assert "no number of people" in str(raised.value)


def test_who_is_asked_matters_where_tastes_depend_on_it(design, study):
    utility = Utility("wait + wait:age", study)
    with pytest.raises(DesignError, match="depends on age"):
        Answering.of(design, utility)
    population = pd.DataFrame({"age": ["young", "old"], "weight": [3.0, 1.0]})
    answering = Answering.of(design, utility, population)
    at = np.array([-0.05, 0.02])
    by_hand = 0.75 * CodedTasks.of(design, utility, {"age": "young"}).information(at)
    by_hand += 0.25 * CodedTasks.of(design, utility, {"age": "old"}).information(at)
    assert np.allclose(answering.information(at), by_hand / 4)
