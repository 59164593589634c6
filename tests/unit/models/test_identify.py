"""Each way in which data cannot tell coefficients has its own error, with names and a cure."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.errors import ConvergenceError, IdentificationError
from ccegov_choice.models.fitting.identify import flat_directions
from ccegov_choice.models.fitting.unidentified import (
    CollinearError,
    EmptyLevelError,
    FlatLikelihoodError,
    NoVariationError,
    SeparationError,
    UnidentifiedError,
)
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.utility import Utility

MAIN = "wait + price + help"


def _fails(error, utility, data, **model):
    with pytest.raises(error) as caught:
        Logit(Utility(utility), **model).fit(data)
    assert type(caught.value) is error
    assert isinstance(caught.value, IdentificationError)
    assert all(problem.cure for problem in caught.value.problems)
    return caught.value


def test_an_attribute_that_never_varies_within_a_task(data, frame):
    rows = frame()
    rows["wait"] = np.where(rows["task"] % 2, 5.0, 10.0)
    error = _fails(NoVariationError, MAIN, data(rows))
    assert error.coefficients == ("wait",)
    assert "never differs between the alternatives" in str(error)


def test_an_attribute_that_is_always_the_same(data, frame):
    error = _fails(NoVariationError, MAIN, data(frame().assign(price=2.0)))
    assert error.coefficients == ("price",)
    assert "it is 2 for every alternative" in str(error)


def test_attributes_that_always_go_together(data, frame, study):
    rows = frame()
    rows["delay"] = 3 * rows["wait"] - 2 * rows["price"] + 1
    more = study(
        attributes=(*study().attributes, Attribute.numeric("delay", "Delay", [8, 30, 61], "hour"))
    )
    error = _fails(CollinearError, f"{MAIN} + delay", data(rows, more))
    assert set(error.coefficients) == {"wait", "price", "delay"}
    assert "3 × wait − 2 × price − delay" in str(error)


def test_two_separate_pairs_are_two_problems(data, frame, study):
    rows = frame()
    rows["weeks"], rows["pence"] = rows["wait"] / 5, rows["price"] * 100
    more = study(
        attributes=(
            *study().attributes,
            Attribute.numeric("weeks", "Weeks", [1, 2, 4], "week"),
            Attribute.numeric("pence", "Fee", [0, 100, 200, 300], "penny"),
        )
    )
    error = _fails(CollinearError, f"{MAIN} + weeks + pence", data(rows, more))
    assert len(error.problems) == 2
    assert {"'wait' and 'weeks'", "'price' and 'pence'"} == {
        problem.problem.split(" cannot")[0] for problem in error.problems
    }


def test_different_defects_are_listed_together(data, frame, study):
    rows = frame().assign(price=2.0)
    rows["weeks"] = rows["wait"] / 5
    more = study(
        attributes=(*study().attributes, Attribute.numeric("weeks", "Weeks", [1, 2, 4], "week"))
    )
    error = _fails(UnidentifiedError, f"{MAIN} + weeks", data(rows, more))
    assert error.coefficients == ("price", "wait", "weeks")
    assert len(error.problems) == 2


def test_a_level_that_was_never_shown(data, frame):
    rows = frame()
    rows["help"] = rows["help"].replace("visit", "chat")
    error = _fails(EmptyLevelError, MAIN, data(rows))
    assert error.coefficients == ("help[visit]",)
    fixed = Logit(Utility(MAIN), fixed={"help[visit]": 0.0}).fit(data(rows))
    assert fixed.converged
    assert fixed.parameters == 3


def test_a_base_level_that_was_never_shown(data, frame):
    rows = frame()
    rows["help"] = rows["help"].replace("none", "chat")
    error = _fails(CollinearError, MAIN, data(rows))
    assert set(error.coefficients) == {"help[chat]", "help[visit]"}


def test_quasi_separation_by_one_level(data, frame):
    rows = frame()
    # nobody ever takes a visit where there was something else
    task = rows.groupby(["person", "task"])
    others = rows["help"] != "visit"
    first = others & (others.groupby([rows["person"], rows["task"]]).cumsum() == 1)
    some = others.groupby([rows["person"], rows["task"]]).transform("any")
    rows["chosen"] = np.where(some, first, task.cumcount() == 0)
    error = _fails(SeparationError, MAIN, data(rows))
    assert error.coefficients == ("help[visit]",)
    assert "lowest" in str(error)
    bounded = Logit(Utility(MAIN), bounds={"help[visit]": (-5, 5)}).fit(data(rows))
    assert bounded.coefficient("help[visit]") == -5
    assert bounded.absent == {"help[visit]": "at its bound"}


def test_complete_separation(data, frame):
    rows = frame()
    rows["price"] = np.random.default_rng(9).uniform(0, 3, len(rows))
    cheapest = rows.groupby(["person", "task"])["price"].transform("min")
    rows["chosen"] = rows["price"] == cheapest
    error = _fails(SeparationError, "price", data(rows))
    assert error.coefficients == ("price",)
    assert "predicted perfectly" in str(error)


def test_separation_by_a_combination_of_attributes(data, frame):
    rows = frame()
    rng = np.random.default_rng(3)
    rows["wait"], rows["price"] = rng.uniform(5, 20, len(rows)), rng.uniform(0, 3, len(rows))
    score = rows["wait"] + 5 * rows["price"]
    rows["chosen"] = score == score.groupby([rows["person"], rows["task"]]).transform("min")
    error = _fails(SeparationError, MAIN, data(rows))
    assert {"wait", "price"} <= set(error.coefficients)


def test_an_alternative_that_nobody_chose(frame, study, data):
    labelled = study(alternatives=tuple(Alternative(name, name) for name in "ABC"))
    rows = frame()
    rows.loc[rows["alternative"] == "C", "chosen"] = False
    rows.loc[rows.groupby(["person", "task"])["chosen"].transform("sum") == 0, "chosen"] = (
        rows["alternative"] == "A"
    )
    error = _fails(SeparationError, f"{MAIN} + asc", data(rows, labelled))
    assert error.coefficients == ("asc[C]",)


def test_nearly_separated_data_are_fitted(data, frame):
    rows = frame(people=200)
    cheapest = rows.groupby(["person", "task"])["price"].transform("min")
    first = (rows["price"] == cheapest) & (
        (rows["price"] == cheapest).groupby([rows["person"], rows["task"]]).cumsum() == 1
    )
    rows["chosen"] = first
    last = rows.index[(rows["person"] == 0) & (rows["task"] == 0)]
    dearest = rows.loc[last, "price"].idxmax()
    assert rows.loc[dearest, "price"] > rows.loc[last, "price"].min()
    rows.loc[last, "chosen"] = last == dearest
    results = Logit(Utility("price")).fit(data(rows))
    assert results.converged
    assert results.coefficient("price") < -2


def test_columns_of_very_different_size_are_told_apart(data, frame):
    rows = frame()
    plain = Logit(Utility(MAIN)).fit(data(rows))
    large = Logit(Utility("I(wait * 1000000) + price + help")).fit(data(rows))
    assert large.estimates[0] * 1e6 == pytest.approx(plain.estimates[0], rel=1e-8)


def test_correlated_powers_are_told_apart(data, frame):
    rows = frame(people=300)
    rows["wait"] = np.random.default_rng(1).uniform(5, 20, len(rows))
    assert Logit(Utility("poly(wait, 3) + price")).fit(data(rows)).converged


def test_a_search_that_is_cut_short_raises_with_its_best_point(data):
    from ccegov_choice.models.fitting.estimate import FitOptions

    with pytest.raises(ConvergenceError) as caught:
        Logit(Utility(MAIN)).fit(data(), options=FitOptions(max_iterations=1))
    best = caught.value.best
    assert not best.converged
    assert "NOT CONVERGED" in repr(best)
    assert set(best.absent) == set(best.names)
    assert "max_iterations" in caught.value.cure


def test_healthy_data_are_never_searched_for_separation(data, frame, monkeypatch):
    """The search by linear programming is for estimates that run away, whatever the size."""
    from ccegov_choice.models.fitting import separation

    def never(*arguments):
        raise AssertionError("a healthy fit was searched for separation")

    monkeypatch.setattr(separation, "_separates", never)
    for people in (30, 100, 1000, 5000):
        assert Logit(Utility(MAIN)).fit(data(frame(people=people, seed=people))).converged


def test_a_scale_of_nothing_is_flat(data, frame):
    # with all utilities zero no scale changes them: nothing is singular before the search
    rows = frame(people=120)
    rows["group"] = np.where(rows["person"] % 2 == 0, "town", "country")
    answers = data(rows)
    fixed = dict.fromkeys(Utility(MAIN).bind(answers.study).names, 0.0)
    with pytest.raises(FlatLikelihoodError, match="the likelihood is flat in") as caught:
        Logit(Utility(MAIN), scale="group", fixed=fixed).fit(answers)
    assert len(caught.value.coefficients) == 1
    assert caught.value.coefficients[0].startswith("scale[")


def test_a_direction_without_curvature_is_named():
    slope = np.array([1.0, -1.0, 0.0])
    information = np.eye(3) * 4 - 2 * np.outer(slope, slope)
    (found,) = flat_directions(information, [("wait",), ("price",), ("help[chat]",)])
    assert found.error is FlatLikelihoodError
    assert found.coefficients == ("wait", "price")
    assert flat_directions(np.eye(3), [("a",), ("b",), ("c",)]) == []
