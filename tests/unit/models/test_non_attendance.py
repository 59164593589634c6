"""Attributes that people ignore: inferred from choices, and said by themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import UtilityError
from ccegov_choice.models.classes.assemble import mixture
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.utility import Utility

FORMULA = "wait + price + help"


def ignoring(frame, people=300, tasks=8, seed=4, share=0.4):
    """Rows of people of whom a share does not look at the price."""
    rows = frame(people=people, tasks=tasks, seed=seed)
    rng = np.random.default_rng(seed)
    blind = rng.random(people) < share
    value = -0.15 * rows["wait"] - 1.0 * rows["price"] * ~blind[rows["person"]]
    value = value + rows["help"].map({"none": 0.0, "chat": 0.5, "visit": 1.0})
    value = value + rng.gumbel(size=len(rows))
    best = value.groupby([rows["person"], rows["task"]]).transform("max")
    said = np.where(blind, "yes", "no")[rows["person"]]
    return rows.assign(chosen=value == best, ignored_price=said, ignored=1.0 * (said == "yes"))


def test_all_patterns_and_selected_ones():
    model = cc.AttributeNonAttendance(Utility(FORMULA), ["wait", "price", "help"])
    assert len(model.specs) == 8
    some = cc.AttributeNonAttendance(
        Utility(FORMULA), ["wait", "price"], patterns=[["price"], ["wait", "price"]]
    )
    assert some.class_names == ("attends all", "ignores price", "ignores wait, price")


def test_the_ignored_attribute_and_its_share_are_found(data, frame):
    people = data(ignoring(frame))
    model = cc.AttributeNonAttendance(Utility(FORMULA), ["price"])
    results = model.fit(people, options=FitOptions(starts=4))
    assert results.names == (
        "wait", "price", "help[chat]", "help[visit]", "member[ignores price]",
    )  # fmt: skip
    truth = {"wait": -0.15, "price": -1.0, "help[chat]": 0.5, "help[visit]": 1.0}
    truth["member[ignores price]"] = np.log(0.4 / 0.6)
    z = [(results.coefficient(n) - v) / results.std_error(n) for n, v in truth.items()]
    # five normal statistics are all below 4 but for 3 in 10,000 seeds
    assert np.abs(z).max() < 4


def test_independent_shares_are_products(data, frame):
    people = data(ignoring(frame, people=40))
    utility = Utility(FORMULA)
    model = cc.AttributeNonAttendance(utility, ["wait", "price"], shares="independent")
    found = mixture(model, people)
    assert found.layout.names[-2:] == ("member[ignores wait]", "member[ignores price]")
    wait, price = 1 / (1 + np.exp(1.2)), 1 / (1 + np.exp(-0.3))
    prior = np.exp(found.likelihood.membership.log_shares(np.array([-1.2, 0.3])))[0]
    expected = [(1 - wait) * (1 - price), wait * (1 - price), (1 - wait) * price, wait * price]
    np.testing.assert_allclose(prior, expected, rtol=1e-12)


def test_a_class_that_ignores_an_attribute_has_its_coefficients_at_zero(data, frame):
    people = data(ignoring(frame, people=40))
    found = mixture(cc.AttributeNonAttendance(Utility(FORMULA), ["help"]), people)
    theta = np.arange(1.0, 6.0)
    attends, ignores = (cell.own(theta) for cell in found.likelihood.cells)
    assert list(attends) == [1.0, 2.0, 3.0, 4.0]
    assert list(ignores) == [1.0, 2.0, 0.0, 0.0]


def test_people_who_put_one_attribute_first_ignore_the_others(data, frame):
    people = data(ignoring(frame, people=40))
    spec = cc.lexicographic("help")
    assert spec.name == "help first"
    found = mixture(cc.LatentClass(Utility(FORMULA), ["all", spec]), people)
    assert found.layout.names[4:6] == ("help first: help[chat]", "help first: help[visit]")
    assert list(found.layout.positions[1]) == [-1, -1, 4, 5]


def stated(data, frame, study, **kw):
    said = Covariate(
        "ignored_price", "Ignored", "categorical", (Level("no", "No"), Level("yes", "Yes"))
    )
    number = Covariate("ignored", "Ignored", "numeric")
    plain = study()
    return data(ignoring(frame, **kw), study=study(covariates=(*plain.covariates, said, number)))


@pytest.mark.parametrize(
    ("covariate", "names"),
    [
        ("ignored_price", ["price:ignored_price[no]", "price:ignored_price[yes]"]),
        ("ignored", ["price:1 - ignored", "price:ignored"]),
    ],
)
def test_what_people_say_they_ignored_is_zero_or_has_its_own_coefficient(
    data, frame, study, covariate, names
):
    people = stated(data, frame, study, people=150)
    plain = Utility(FORMULA, people.study)
    zero = cc.stated_non_attendance(plain, {"price": covariate})
    own = cc.stated_non_attendance(plain, {"price": covariate}, ignored="own")
    assert zero.names == ("wait", names[0], "help[chat]", "help[visit]")
    assert own.names == ("wait", *names, "help[chat]", "help[visit]")
    attending = people.frame["ignored"] == 0
    matrix = own.matrix(people.frame)
    price = people.frame["price"].to_numpy()
    np.testing.assert_array_equal(matrix[1], np.where(attending, price, 0.0))
    np.testing.assert_array_equal(matrix[2], np.where(attending, 0.0, price))
    fits = [cc.Logit(u).fit(people).log_likelihood for u in (plain, zero, own)]
    # people say the truth here: one degree of freedom, chi-squared below 15 but for 1 in 10,000
    assert fits[0] < fits[1] <= fits[2] < fits[1] + 7.5


def test_all_problems_come_at_once(study):
    utility = Utility(FORMULA, study())
    with pytest.raises(UtilityError) as caught:
        cc.AttributeNonAttendance(
            utility, ["wait", "prise"], patterns=[["wait"], ["wait"], ["help"]], shares="some"
        )
    assert len(caught.value.problems) == 4
    with pytest.raises(UtilityError, match="128 classes"):
        cc.AttributeNonAttendance(Utility("a+b+c+d+e+f+g"), list("abcdefg"))
    with pytest.raises(UtilityError) as caught:
        cc.stated_non_attendance(utility, {"wat": "region", "price": "regio"})
    assert len(caught.value.problems) == 2
    with pytest.raises(UtilityError, match="does not know its study"):
        cc.stated_non_attendance(Utility(FORMULA), {"wait": "region"})


def test_predictions_mix_the_patterns(data, frame):
    people = data(ignoring(frame, people=60))
    model = cc.AttributeNonAttendance(Utility("wait + price"), ["price"])
    results = model.fit(people, options=FitOptions(starts=2))
    b = results.estimates
    share = 1 / (1 + np.exp(-b[2]))
    frame_ = people.frame
    keys = [frame_["person"], frame_["task"]]
    both = pd.DataFrame({
        "all": np.exp(b[0] * frame_["wait"] + b[1] * frame_["price"]),
        "blind": np.exp(b[0] * frame_["wait"]),
    })  # fmt: skip
    within = both / both.groupby(keys).transform("sum")
    expected = (1 - share) * within["all"] + share * within["blind"]
    np.testing.assert_allclose(cc.predict(results, people)["probability"], expected, rtol=1e-12)
