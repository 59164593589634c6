"""Errors, standard errors and people needed: an independent scorer, a fit, and sums by hand."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.design.beliefs.belief import Belief
from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.design import Design
from ccegov_choice.design.efficient.effort import Effort
from ccegov_choice.design.efficient.search_designs import efficient_design
from ccegov_choice.design.judging.assumption import assume
from ccegov_choice.design.judging.precision import Precision, variances
from ccegov_choice.design.judging.trading import named_trades
from ccegov_choice.design.orthogonal import orthogonal_design
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DesignError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

TASKS = (
    ("1", 1, "2", 4), ("2", 2, "3", 1), ("3", 4, "1", 2), ("1", 4, "3", 1),
    ("2", 1, "1", 4), ("3", 2, "2", 2), ("1", 2, "2", 1), ("3", 4, "2", 4),
)  # fmt: skip
MEAN = {"a[1]": -0.8, "a[2]": -0.3, "w": -0.2, "asc[none]": -0.5}


@pytest.fixture(scope="module")
def study() -> Study:
    a = Attribute.categorical("a", "Place", ["1", "2", "3"], base="3")
    w = Attribute.numeric("w", "Wait", [1, 2, 4], "day", "days", direction="-")
    none = Alternative("none", "Neither", kind="opt_out")
    return Study("s", "S", (a, w), opt_out=none, numeraires=(Numeraire("w"),))


@pytest.fixture(scope="module")
def design(study) -> Design:
    rows = []
    for t, (a, x, b, y) in enumerate(TASKS, 1):
        block = 1 if t <= 4 else 2
        rows += [
            {"block": block, "task": t, "alternative": "A", "a": a, "w": x},
            {"block": block, "task": t, "alternative": "B", "a": b, "w": y},
            {"block": block, "task": t, "alternative": "none", "a": None, "w": None},
        ]
    return Design(pd.DataFrame(rows), study)


@pytest.fixture(scope="module")
def prior(study) -> Prior:
    return Prior.normal(Utility.main_effects(study), MEAN)


@pytest.fixture(scope="module")
def diagnosis(design, prior):
    return design.diagnose(prior)


def error(diagnosis, kind):
    return next(item for item in diagnosis.errors if item.kind == kind)


def finding(diagnosis, about):
    return next(f for f in diagnosis.findings if f.about == about)


@pytest.mark.parametrize(
    ("kind", "value"), [("D", 0.662524), ("Ds", 0.715571), ("A", 1.313645), ("S", 56.959772)]
)
def test_errors_are_those_of_the_independent_scorer(diagnosis, kind, value):
    # score.py takes 1.96, we take the quantile itself
    assert error(diagnosis, kind).at_mean == pytest.approx(value, rel=5e-5 if kind == "S" else 2e-6)


def test_errors_at_zero_too(design, diagnosis):
    plain = design.diagnose()
    assert plain.d_error == pytest.approx(0.589979, rel=2e-6)
    assert diagnosis.d_error == pytest.approx(0.662524, rel=2e-6)
    assert "all coefficients zero" in plain.convention
    assert "prior means" in diagnosis.convention
    assert {item.kind for item in plain.errors} == {"D", "Ds", "A"}


def test_probabilities_and_correlations_are_those_of_the_scorer(diagnosis):
    highest = np.nanmax(diagnosis.expected.shares, axis=1)
    assert highest.mean() == pytest.approx(0.435503, abs=1e-6)
    text = finding(diagnosis, "Correlation of coded columns").text
    assert "0.09" in text  # 0.086047


def test_people_needed_undo_the_standard_error(diagnosis):
    for item in diagnosis.precision:
        at = {
            n: item.once * math.sqrt(item.blocks / n) for n in (item.people, item.people - 1 or 1)
        }
        assert abs(item.value) / at[item.people] >= 1.959963
        if item.people > 1:
            assert abs(item.value) / at[item.people - 1] < 1.959965
        assert item.people_for_power / item.people == pytest.approx(2.043, rel=0.1)
        assert item.per_hundred == pytest.approx(item.once * math.sqrt(0.02))


def test_one_standard_error_by_hand():
    # information 4 for the whole design in 3 blocks: SE once 1/2; 100 people give 400/3
    item = Precision("x", 0.1, 0.5, 3)
    assert item.per_hundred == pytest.approx(math.sqrt(3 / 400))
    assert item.people == math.ceil(3 * 1.959964**2 * 0.25 / 0.01)
    assert Precision("x", 0.0, 0.5, 3).people is None


def test_standard_errors_are_those_of_a_fit(design, prior):
    # 4,000 simulated people: standard errors follow the truth's to about one in a hundred
    people = 4000
    model = Logit(prior.utility)
    results = model.fit(simulate_choices(design, model, MEAN, people, seed=3))
    fitted = np.sqrt(np.diag(results.utility_covariance))
    expected = [i.once * math.sqrt(2 / people) for i in design.diagnose(prior).precision]
    np.testing.assert_allclose(fitted, expected, rtol=0.05)
    # within four standard errors: a false alarm in 1 of 4,000 seeds
    assert (np.abs(results.utility_estimates - prior.centre) < 4 * np.array(expected)).all()


def test_willingness_to_trade_by_the_delta_method(design, prior, diagnosis):
    assert [item.name for item in diagnosis.trades] == ["a: 1 -> 3, paid in w"]
    trade = diagnosis.trades[0]
    assert trade.value == pytest.approx(0.8 / 0.2)  # days
    # by differences of the ratio itself
    centre, step = prior.centre, 1e-6
    (made,) = named_trades([("a: 1 -> 3", "w")], prior.utility)
    slope = [
        (made.value(centre + step * unit) - made.value(centre - step * unit)) / (2 * step)
        for unit in np.eye(4)
    ]
    covariance = np.linalg.inv(assume(design, prior, None, None).information(0, centre))
    assert trade.once**2 == pytest.approx(slope @ covariance @ slope, rel=1e-6)
    assert error(diagnosis, "C").at_mean == pytest.approx(trade.once**2, rel=1e-9)
    assert (
        "Place: 1 → 3 (in days)"
        in finding(diagnosis, "People needed for a willingness to trade").text
    )


def test_trades_that_do_not_exist_say_why(design, study):
    plain = design.diagnose(trades=[("a: 1 -> 3", "w")])
    assert "worth nothing" in plain.trades[0].reason
    assert "– a: 1 -> 3" in str(plain)
    assert all(item.kind != "C" for item in plain.errors)
    without = Study(study.id, study.title, study.attributes, opt_out=study.opt_out)
    quiet = Design(design.frame, without)
    told = quiet.diagnose(Prior.normal(Utility.main_effects(without), MEAN)).trades[0].reason
    assert "declares no numeraire" in told


def test_wrong_trades_are_all_listed(design, prior):
    with pytest.raises(DesignError) as caught:
        design.diagnose(prior, trades=[("a: 9", "w"), ("b: 1", "w"), "w"])
    assert len(caught.value.problems) == 3


def test_doubt_is_told_and_singular_draws_are_counted(design, study):
    utility = Utility.main_effects(study)
    doubt = design.diagnose(Prior.normal(utility, MEAN, 0.3))
    found = error(doubt, "D")
    assert found.draws == 512
    assert found.singular == 0
    assert found.median <= found.mean < found.upper
    beliefs = {**{name: Belief.known(v) for name, v in MEAN.items()}, "w": Belief.uniform(-900, 0)}
    wild = design.diagnose(Prior(utility, beliefs))
    found = error(wild, "D")
    assert 0 < found.singular < found.draws
    assert math.isinf(found.mean)
    told = finding(wild, "If the beliefs are off")
    assert told.verdict == "note"
    assert f"at {found.singular} of 512 draws nothing is identified" in told.text
    json.dumps(wild.to_dict(), allow_nan=False)


def test_a_price_of_unknown_sign_has_no_mean_variance(design, study):
    prior = Prior.normal(Utility.main_effects(study), MEAN, {"w": 0.2})
    found = error(design.diagnose(prior), "C")
    assert math.isnan(found.mean)
    assert math.isfinite(found.median)
    assert "one sign" in found.absent


def test_several_priors_are_averaged(design, study, prior):
    utility = prior.utility
    other = Prior.zero(utility)
    both = design.diagnose([(3.0, prior), (1.0, other)])
    one, two = (
        error(design.diagnose(prior), "D").at_mean,
        error(design.diagnose(other), "D").at_mean,
    )
    assert error(both, "D").at_mean == pytest.approx(0.75 * one + 0.25 * two)
    assert "heaviest (75%)" in finding(both, "What was believed").text


def test_kinds_of_people_add_their_information(study):
    asked = Study(
        study.id, study.title, study.attributes, opt_out=study.opt_out,
        covariates=(Covariate("age", "Age", "numeric", unit="year"),),
    )  # fmt: skip
    design = random_design(asked, tasks=12, seed=1)
    utility = Utility("a + w + w:age", asked)
    people = [{"age": 0.0, "weight": 1}, {"age": 1.0, "weight": 3}]
    matrix = assume(design, Prior.zero(utility), None, people).information(0, np.zeros(4))
    single = [
        assume(design, Prior.zero(utility), None, [p]).information(0, np.zeros(4)) for p in people
    ]
    np.testing.assert_allclose(matrix, 0.25 * single[0] + 0.75 * single[1])
    assert not design.diagnose(utility=utility, people=people).unidentified


def test_variances_of_what_is_not_identified_are_infinite():
    matrix = np.array([[2.0, 2.0, 0.0], [2.0, 2.0, 0.0], [0.0, 0.0, 4e8]])
    rows = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    found = variances(matrix, rows)
    assert np.isinf(found[0])
    np.testing.assert_allclose(found[1:], [0.5, 2.5e-9])


def test_utility_balance_by_hand():
    x = Attribute.numeric("x", "X", [0, 1], direction="+")
    study = Study("s", "S", (x,))
    rows = [
        {"block": 1, "task": 1, "alternative": n, "x": v} for n, v in zip("AB", (1, 0), strict=True)
    ]
    design = Design(pd.DataFrame(rows), study)
    utility = Utility("x", study)
    even = design.diagnose(utility).expected
    assert even.balance == pytest.approx([100.0])
    odds = design.diagnose(Prior.of(utility, {"x": math.log(4)})).expected
    assert odds.balance == pytest.approx([100 * 4 * 0.8 * 0.2])
    sure = design.diagnose(Prior.of(utility, {"x": math.log(19)}))
    assert sure.expected.decided == (1,)
    assert "in 1 of 1 tasks: 1" in finding(sure, "Utility balance").text


def test_a_search_is_remembered_with_its_certificate(study):
    prior = Prior.normal(Utility.main_effects(study), MEAN, 0.2)
    effort = Effort(runs=2, draws=16, holdout=16, certificate=0.2, threads=1)
    design = efficient_design(study, prior, tasks=8, blocks=2, seed=1, budget=None, effort=effort)
    found = design.diagnose()
    assert finding(found, "What was believed").text == "the prior that the design was made with"
    assert found.to_dict()["certificate"] == design.claims["certificate"]
    assert finding(found, "How far from the best possible").text
    assert not [
        f
        for f in found.findings
        if "from the best possible" in f.text and f.about == "How it was made"
    ]
    # another belief: the recorded bound does not speak of it
    assert design.diagnose(Prior.zero(prior.utility)).certificate is None
    extended = design.with_holdouts(2, seed=1)
    again = extended.diagnose()
    assert again.d_error == pytest.approx(found.d_error, rel=1e-12)
    assert "is a holdout" in finding(again, "Tasks with a purpose of their own").text


def test_a_certificate_is_made_for_any_design(two_level):
    found = orthogonal_design(two_level).diagnose(certificate_seconds=5)
    assert found.certificate.kind == "proof"
    assert found.certificate.efficiency == pytest.approx(1.0, abs=1e-5)
    poor = random_design(two_level, tasks=8, seed=1).diagnose(certificate_seconds=5).certificate
    assert poor.efficiency < 0.99
    with pytest.raises(DesignError, match="-1 seconds"):
        orthogonal_design(two_level).diagnose(certificate_seconds=-1)


def test_contradictory_wishes_are_refused(design, study, prior, two_level):
    with pytest.raises(DesignError, match="both a prior and a utility"):
        design.diagnose(prior, utility=Utility("a + w"))
    with pytest.raises(DesignError, match="another study"):
        design.diagnose(Prior.zero(Utility.main_effects(two_level)))
