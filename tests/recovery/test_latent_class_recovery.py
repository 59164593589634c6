"""Simulated classes of people come back, and their errors say how far they are off.

Bounds are on standard normal and binomial statistics; the seeds are fixed, and the chance that a
correct program fails for a random seed is stated.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import ccegov_choice as cc

NAMES = ["wait", "price"]
TASTES = np.array([[-1.2, -0.4], [0.3, -1.6]])
SECOND = 0.4
TRUTH = {
    "a: wait": -1.2,
    "a: price": -0.4,
    "b: wait": 0.3,
    "b: price": -1.6,
    "member[b]": float(np.log(SECOND / (1 - SECOND))),
}


def simulate(seed, people=250, tasks=8, alternatives=3, slope=0.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (people, tasks, alternatives, 2))
    age = rng.normal(0, 1, people)
    chance = 1 / (1 + np.exp(-(TRUTH["member[b]"] + slope * age)))
    member = (rng.random(people) < chance).astype(int)
    value = np.einsum("ptjk,pk->ptj", x, TASTES[member]) + rng.gumbel(size=x.shape[:3])
    frame = pd.DataFrame(x.reshape(-1, 2), columns=NAMES)
    frame["person"] = np.repeat(np.arange(people), tasks * alternatives)
    frame["task"] = np.tile(np.repeat(np.arange(tasks), alternatives), people)
    frame["alternative"] = np.tile(list("ABC"), people * tasks)
    frame["chosen"] = (value == value.max(axis=2, keepdims=True)).ravel()
    frame["age"] = age[frame["person"]]
    return cc.ChoiceData.from_long(frame, covariates=["age"]), member


MODEL = cc.LatentClass(cc.Utility("wait + price"), ["a", "b"])


def test_the_truth_is_within_its_ellipsoid():
    """The Wald statistic is chi-squared with 5 degrees: false alarm 1 in 10,000."""
    for seed in range(2):
        data, _ = simulate(seed, people=1000)
        results = MODEL.fit(data, start=TRUTH, covariance="classical")
        error = results.estimates - np.array(list(TRUTH.values()))
        wald = error @ np.linalg.solve(results.covariance, error)
        assert wald < stats.chi2.ppf(1 - 1e-4 / 2, 5)


def test_who_belongs_where_depends_on_age():
    """Six standard normal statistics, all below 4.3: false alarm 1 in 10,000."""
    data, member = simulate(5, people=800, slope=0.9)
    model = cc.LatentClass(cc.Utility("wait + price"), ["a", "b"], membership="age")
    results = model.fit(data, start=TRUTH)
    truth = {**TRUTH, "member[b|age]": 0.9}
    z = [(results.coefficient(n) - v) / results.std_error(n) for n, v in truth.items()]
    assert np.abs(z).max() < 4.3
    # chances are honest: the squared distance to what happened is what they say it is. The sum of
    # (y - p)^2 - p (1 - p) has mean zero and the variance below, but for what estimating costs
    p = cc.class_membership(results, data)["b"].to_numpy()
    gap = ((member - p) ** 2 - p * (1 - p)).sum()
    assert abs(gap) < 5 * np.sqrt((p * (1 - p) * (1 - 2 * p) ** 2).sum())


def test_the_search_finds_the_classes_without_being_told():
    data, member = simulate(7, people=400)
    results = cc.LatentClass(cc.Utility("wait + price"), 2).fit(data)
    told = MODEL.fit(data, start=TRUTH)
    assert results.log_likelihood == pytest.approx(told.log_likelihood, abs=1e-6)
    likeliest = cc.class_membership(results, data)["likeliest"] == "class 2"
    # class 2 is the smaller one. By the truth's own chances, so many are where they belong, give or
    # take five standard deviations
    right = cc.class_membership(told, data)[["a", "b"]].max(axis=1).to_numpy()
    count = (likeliest.to_numpy() == (member == 1)).sum()
    assert abs(count - right.sum()) < 5 * np.sqrt((right * (1 - right)).sum())


def test_errors_cover_the_truth_as_often_as_they_say():
    """200 studies of 250 people, of which 95 % are to be covered, coefficient by coefficient.

    Each count is binomial(200, 0.95) to the normal approximation of the estimates; all five lie in
    their intervals but for 1 in 200 seeds.
    """
    low, high = stats.binom.interval(1 - 1e-3, 200, 0.95)
    truth, covered = np.array(list(TRUTH.values())), np.zeros(len(TRUTH))
    for seed in range(200):
        data, _ = simulate(1000 + seed)
        frame = MODEL.fit(data, start=TRUTH, covariance="classical").tidy()
        covered += (frame["conf_low"] < truth) & (frame["conf_high"] > truth)
    assert ((low <= covered) & (covered <= high)).all(), covered
