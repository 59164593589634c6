"""Each kind of covariance is its formula, computed again by hand from the twin."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.errors import CovarianceError
from ccegov_choice.kernels import reference
from ccegov_choice.models.bootstrap import bootstrap_estimates
from ccegov_choice.models.covariance import (
    BHHH,
    Bootstrap,
    Classical,
    Clustered,
    Covariance,
    Robust,
    covariance_from_dict,
    covariance_kind,
)
from ccegov_choice.models.fitting.assemble import logit_likelihood
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.study.utility import Utility

MAIN = "wait + price + help"
KINDS = [Classical(), BHHH(), Robust(), Clustered("region"), Bootstrap(7, seed=3)]


@pytest.fixture
def answers(data):
    return data()


@pytest.fixture
def results(answers):
    return Logit(Utility(MAIN)).fit(answers)


@pytest.fixture
def by_hand(answers, results):
    utility = Utility(MAIN).bind(answers.study)
    choices = logit_likelihood(utility, answers, threads=1).choices
    return reference.logit(choices, results.estimates)


def _agree(found, expected):
    # the Hessian is that of the step before the last, 1e-6 away in utility
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_classical(results, by_hand):
    _agree(results.with_covariance("classical").covariance, np.linalg.inv(-by_hand.hessian))


def test_bhhh(results, by_hand):
    outer = sum(np.outer(score, score) for score in by_hand.scores)
    _agree(results.with_covariance(BHHH()).covariance, np.linalg.inv(outer))


def test_robust_and_clustered_by_person(results, by_hand):
    bread = np.linalg.inv(-by_hand.hessian)
    meat = sum(np.outer(score, score) for score in by_hand.scores)
    expected = bread @ meat @ bread * 120 / 119
    for kind in ("robust", "clustered", Clustered("person")):
        found = results.with_covariance(kind)
        _agree(found.covariance, expected)
        assert "1.0084" in found.covariance_note


def test_clustered_by_a_column(results, by_hand):
    bread = np.linalg.inv(-by_hand.hessian)
    sums = by_hand.scores.reshape(40, 3, 4).sum(axis=1)
    expected = bread @ sums.T @ sums @ bread * 40 / 39
    found = results.with_covariance(Clustered("household"))
    _agree(found.covariance, expected)
    assert found.covariance_kind.name == "clustered by household"
    assert "40 groups of household" in found.covariance_note
    assert "G/(G-1)" in found.covariance_note


def test_the_default_follows_the_data(answers, results):
    assert results.covariance_kind == Clustered("person")
    single = answers.each_task_as_a_person()
    assert Logit(Utility(MAIN)).fit(single).covariance_kind == Classical()
    asked = Logit(Utility(MAIN)).fit(answers, covariance="bhhh")
    assert asked.covariance_kind == BHHH()


def test_each_task_as_a_person_gives_errors_per_observation(answers):
    single = answers.each_task_as_a_person()
    results = Logit(Utility(MAIN)).fit(single, covariance=Robust())
    assert "480 people" in results.covariance_note
    clustered = Logit(Utility(MAIN)).fit(answers)
    back = results.with_covariance(Clustered("original_person"))
    _agree(back.covariance, clustered.covariance)


def test_an_unknown_grouping_lists_those_there_are(results):
    with pytest.raises(CovarianceError, match="Did you mean 'household'"):
        results.with_covariance(Clustered("houshold"))


def test_an_unknown_kind_lists_those_there_are(results):
    with pytest.raises(CovarianceError, match="Did you mean 'robust'"):
        results.with_covariance("robst")


def test_one_group_has_no_clustered_errors(data, frame):
    results = Logit(Utility(MAIN)).fit(data(frame().assign(team="all")))
    with pytest.raises(CovarianceError, match="two or more groups of team"):
        results.with_covariance(Clustered("team"))


def test_too_few_people_have_no_bhhh(data, frame):
    results = Logit(Utility(MAIN)).fit(data(frame(people=3, tasks=40)), covariance="classical")
    with pytest.raises(CovarianceError, match="3 people are too few"):
        results.with_covariance("bhhh")


def test_the_bootstrap_needs_the_data(results, answers, data):
    with pytest.raises(CovarianceError, match="data=data"):
        results.with_covariance(Bootstrap(5))
    with pytest.raises(CovarianceError, match="not the data of the fit"):
        results.with_covariance(Bootstrap(5), data=data(people=50))
    with pytest.raises(CovarianceError, match="cannot show a spread"):
        results.with_covariance(Bootstrap(1), data=answers)


def test_bootstrap_refits_people_as_often_as_they_are_drawn(results, answers):
    found = bootstrap_estimates(results, answers, replications=3, seed=11)
    rng = np.random.default_rng(11)
    assert found.failed == 0
    for row in found.estimates:
        sample = answers.take_people(rng.integers(120, size=120))
        again = Logit(Utility(MAIN)).fit(sample)
        np.testing.assert_allclose(row, again.estimates, atol=1e-7)


def test_bootstrap_covariance_is_the_spread_of_the_refits(results, answers):
    kind = Bootstrap(60, seed=5)
    found = results.with_covariance(kind, data=answers)
    again = results.with_covariance(kind, data=answers, threads=1)
    assert np.array_equal(found.covariance, again.covariance)
    rows = bootstrap_estimates(results, answers, replications=60, seed=5).estimates
    np.testing.assert_allclose(found.covariance, np.cov(rows, rowvar=False), rtol=1e-12)
    assert "60 samples of 120 people" in found.covariance_note
    # the spread of 60 is within 4.2 of its own standard errors of 9 % in all but 1 of 10,000 seeds
    ratio = np.sqrt(np.diag(found.covariance) / np.diag(results.covariance))
    assert (np.abs(ratio - 1) < 4.2 / np.sqrt(2 * 59)).all()


def test_bootstrap_at_the_fit(answers):
    results = Logit(Utility(MAIN)).fit(answers, covariance=Bootstrap(10, seed=2))
    assert results.covariance_kind == Bootstrap(10, seed=2)
    assert (np.diag(results.covariance) > 0).all()


def test_bootstrap_with_a_fixed_coefficient(answers):
    results = Logit(Utility(MAIN), fixed={"wait": -0.1}).fit(answers)
    found = results.with_covariance(Bootstrap(10), data=answers)
    assert (found.covariance[0] == 0).all()
    assert (np.diag(found.covariance)[1:] > 0).all()


def test_bootstrap_says_when_samples_have_no_estimates(data, frame):
    rows = frame(people=40, tasks=2)
    # one person only ever saw a visit, so that a third of the samples have none
    rows.loc[rows["help"] == "visit", "help"] = "chat"
    one = rows.index[rows["person"] == 7]
    rows.loc[one[[0, 4]], "help"] = "visit"
    rows.loc[one, "chosen"] = [True, False, False, True, False, False]
    results = Logit(Utility(MAIN)).fit(data(rows))
    with pytest.raises(CovarianceError, match="of 30 samples of people have no best estimates"):
        results.with_covariance(Bootstrap(30), data=data(rows))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_kinds_survive_a_round_trip(kind):
    assert isinstance(kind, Covariance)
    assert covariance_from_dict(kind.to_dict()) == kind
    assert covariance_kind(kind) is kind


def test_another_covariance_leaves_the_first_results_alone(results):
    before = results.covariance.copy()
    results.with_covariance("classical")
    assert np.array_equal(results.covariance, before)
    with pytest.raises(ValueError, match="read-only"):
        results.covariance[0, 0] = 1.0
