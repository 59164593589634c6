"""Simulated people come back under the wider mixed models, and errors say how far they are off.

Each Wald statistic is chi-squared with as many degrees as there are parameters; it exceeds its
bound for 1 in 10,000 seeds of a correct program. Seeds are fixed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import ccegov_choice as cc
from ccegov_choice.models.mixed.distributions import Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.scale_heterogeneity import ScaleHeterogeneity
from ccegov_choice.models.mixed.standard_draws import Sobol
from ccegov_choice.models.mixed.tabulated import TabulatedDistribution, TruncatedNormal

NAMES = ["wait", "price", "info"]
UTILITY = cc.Utility("wait + price + info")


def answers(tastes, seed, people=500, tasks=8):
    """Choices of people whose tastes (people, tasks or 1, 3) a function draws, given their age."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (people, tasks, 3, 3))
    age = rng.normal(0, 1, people)
    beta = np.broadcast_to(tastes(rng, age), (people, tasks, 3))
    value = np.einsum("ptjk,ptk->ptj", x, beta) + rng.gumbel(size=x.shape[:3])
    frame = pd.DataFrame(x.reshape(-1, 3), columns=NAMES)
    frame["person"] = np.repeat(np.arange(people), tasks * 3)
    frame["task"] = np.tile(np.repeat(np.arange(tasks), 3), people)
    frame["alternative"] = np.tile(list("ABC"), people * tasks)
    frame["chosen"] = (value == value.max(axis=2, keepdims=True)).ravel()
    frame["age"] = age[frame["person"]]
    return cc.ChoiceData.from_long(frame, covariates=["age"])


def assert_within_its_ellipsoid(results, truth):
    assert set(results.names) == set(truth)
    error = np.array([results.coefficient(name) - value for name, value in truth.items()])
    order = [results.names.index(name) for name in truth]
    covariance = results.covariance[np.ix_(order, order)]
    wald = error @ np.linalg.solve(covariance, error)
    assert wald < stats.chi2.ppf(1 - 1e-4, len(truth)), dict(zip(truth, error, strict=True))


def by_person(*columns):
    return np.column_stack(columns)[:, None, :]


def test_truncated_normal_of_either_sign():
    def tastes(rng, age):
        n = len(age)
        wait = stats.truncnorm.rvs(-np.inf, 0.8 / 0.9, -0.8, 0.9, size=n, random_state=rng)
        info = stats.truncnorm.rvs(-0.5 / 0.6, 1.5 / 0.6, 0.5, 0.6, size=n, random_state=rng)
        return by_person(wait, np.full(n, -0.7), info)

    model = MixedLogit(
        UTILITY,
        random={"wait": TruncatedNormal(-np.inf, 0.0), "info": TruncatedNormal(0.0, 2.0)},
        draws=Sobol(256, seed=1),
    )
    results = model.fit(answers(tastes, 11), covariance="classical")
    truth = {"wait": -0.8, "price": -0.7, "info": 0.5, "sd[wait]": 0.9, "sd[info]": 0.6}
    assert_within_its_ellipsoid(results, truth)


def test_a_weibull_of_ones_own():
    def tastes(rng, age):
        n = len(age)
        return by_person(np.full(n, -1.0), np.full(n, -0.7), 1.2 * rng.weibull(1.6, n))

    weibull = TabulatedDistribution(
        lambda u, scale, shape: scale * (-np.log1p(-u)) ** (1 / shape),
        first={"shape": 1.0},
        bounds={"shape": (0.1, None), "location": (1e-3, None)},
    )
    model = MixedLogit(UTILITY, random={"info": weibull}, draws=Sobol(256, seed=1))
    results = model.fit(answers(tastes, 12), covariance="classical")
    assert_within_its_ellipsoid(
        results, {"wait": -1.0, "price": -0.7, "info": 1.2, "shape[info]": 1.6}
    )


@pytest.mark.parametrize(("gamma", "seed"), [(0.35, 13), (0.0, 14), (1.0, 15)])
def test_generalised_multinomial_logit(gamma, seed):
    def tastes(rng, age):
        n = len(age)
        sigma = np.exp(-(0.6**2) / 2 + 0.6 * rng.normal(size=n) + 0.3 * age)[:, None]
        eta = np.column_stack([0.8 * rng.normal(size=n), np.zeros(n), 0.6 * rng.normal(size=n)])
        beta = sigma * np.array([-1.2, -0.8, 0.6]) + (gamma + (1 - gamma) * sigma) * eta
        return beta[:, None, :]

    asked = "free" if gamma == 0.35 else gamma
    model = MixedLogit(
        UTILITY,
        random={"wait": Normal(), "info": Normal()},
        scale_heterogeneity=ScaleHeterogeneity(asked),
        scale_by=["age"],
        draws=Sobol(256, seed=1),
    )
    results = model.fit(answers(tastes, seed), covariance="classical")
    truth = {"wait": -1.2, "price": -0.8, "info": 0.6, "sd[wait]": 0.8, "sd[info]": 0.6}
    truth |= {"tau": 0.6} | ({"gamma": gamma} if asked == "free" else {}) | {"log_scale|age": 0.3}
    assert_within_its_ellipsoid(results, truth)


def test_scaled_multinomial_logit():
    def tastes(rng, age):
        sigma = np.exp(-(0.7**2) / 2 + 0.7 * rng.normal(size=len(age)) - 0.2 * age)
        return (sigma[:, None] * np.array([-1.2, -0.8, 0.6]))[:, None, :]

    model = MixedLogit(
        UTILITY,
        scale_heterogeneity=ScaleHeterogeneity(),
        scale_by=["age"],
        draws=Sobol(256, seed=1),
    )
    results = model.fit(answers(tastes, 16), covariance="classical")
    truth = {"wait": -1.2, "price": -0.8, "info": 0.6, "tau": 0.7, "log_scale|age": -0.2}
    assert_within_its_ellipsoid(results, truth)


def test_tastes_that_vary_from_task_to_task():
    def tastes(rng, age):
        wait = rng.normal(-1.0, 0.7, (len(age), 1)) + rng.normal(0.0, 0.8, (len(age), 8))
        return np.stack([wait, np.full_like(wait, -0.8), np.full_like(wait, 0.5)], axis=2)

    model = MixedLogit(
        UTILITY,
        random={"wait": Normal()},
        within={"wait": Normal()},
        draws=Sobol(128, seed=1),
        within_draws=32,
    )
    results = model.fit(answers(tastes, 17, people=400), covariance="classical")
    truth = {"wait": -1.0, "price": -0.8, "info": 0.5, "sd[wait]": 0.7, "sd within[wait]": 0.8}
    assert_within_its_ellipsoid(results, truth)


def test_tastes_that_depend_on_age_and_are_correlated_in_a_block():
    lower = np.array([[0.8, 0.0], [-0.4, 0.5]])

    def tastes(rng, age):
        n = len(age)
        wait, price = lower @ rng.normal(size=(2, n))
        info = 0.6 * np.exp(0.4 * age) * rng.normal(size=n)
        return by_person(-1.0 + 0.5 * age + wait, -0.8 + price, 0.5 + info)

    model = MixedLogit(
        UTILITY,
        random={"wait": Normal(), "price": Normal(), "info": Normal()},
        correlated=[["wait", "price"]],
        mean_by={"wait": ["age"]},
        spread_by={"info": ["age"]},
        draws=Sobol(256, seed=1),
    )
    results = model.fit(answers(tastes, 18), covariance="classical")
    truth = {
        "wait": -1.0,
        "price": -0.8,
        "info": 0.5,
        "cholesky[wait,wait]": 0.8,
        "cholesky[price,wait]": -0.4,
        "cholesky[price,price]": 0.5,
        "sd[info]": 0.6,
        "wait|age": 0.5,
        "spread[info]|age": 0.4,
    }
    assert_within_its_ellipsoid(results, truth)


def test_classes_of_mixed_logits():
    def tastes(rng, age):
        n = len(age)
        first = np.column_stack([rng.normal(-1.5, 0.6, n), np.full(n, -0.3), np.full(n, 0.5)])
        second = np.column_stack([rng.normal(0.5, 0.4, n), np.full(n, -1.5), np.full(n, 0.2)])
        return np.where(rng.random(n)[:, None] < 0.4, second, first)[:, None, :]

    model = cc.LatentClass(UTILITY, 2, random={"wait": Normal()}, draws=Sobol(128, seed=1))
    results = model.fit(answers(tastes, 19), covariance="classical")
    truth = {"wait": -1.5, "price": -0.3, "info": 0.5, "sd[wait]": 0.6}
    other = {"wait": 0.5, "price": -1.5, "info": 0.2, "sd[wait]": 0.4}
    named = {f"class 1: {name}": value for name, value in truth.items()}
    named |= {f"class 2: {name}": value for name, value in other.items()}
    # the sign of a spread within a class is nobody's
    assert all(results.coefficient(name) > 0 for name in named if "sd[" in name)
    assert_within_its_ellipsoid(results, named | {"member[class 2]": float(np.log(0.4 / 0.6))})
