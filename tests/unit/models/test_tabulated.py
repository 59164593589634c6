"""Tabulated distributions: quantiles, their slopes, and fits with them."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import ccegov_choice as cc
from ccegov_choice.errors import ConvergenceError, UtilityError
from ccegov_choice.models.mixed.distributions import LogNormal, Normal, distribution_from_dict
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Sobol
from ccegov_choice.models.mixed.tabulated import TabulatedDistribution, TruncatedNormal

U = (np.arange(4096) + 0.5) / 4096
UTILITY = "wait + price"


def answers(seed=1, people=60, tasks=4):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (people, tasks, 3, 2))
    wait = -np.abs(rng.normal(0.8, 0.8, people))
    value = x[..., 0] * wait[:, None, None] - 0.7 * x[..., 1] + rng.gumbel(size=x.shape[:3])
    frame = pd.DataFrame(x.reshape(-1, 2), columns=["wait", "price"])
    frame["person"] = np.repeat(np.arange(people), tasks * 3)
    frame["task"] = np.tile(np.repeat(np.arange(tasks), 3), people)
    frame["alternative"] = np.tile(list("ABC"), people * tasks)
    frame["chosen"] = (value == value.max(axis=2, keepdims=True)).ravel()
    frame["age"] = rng.normal(size=people)[frame["person"]]
    return cc.ChoiceData.from_long(frame, covariates=["age"])


@pytest.fixture(scope="module")
def data():
    return answers()


def weibull():
    return TabulatedDistribution(
        lambda u, scale, shape: scale * (-np.log1p(-u)) ** (1 / shape),
        first={"shape": 1.5},
        bounds={"shape": (0.2, None), "location": (1e-3, None)},
    )


BOUNDS = [(0.0, np.inf), (-np.inf, 0.0), (-1.0, 2.0), (3.0, np.inf), (-np.inf, -3.0), (3.0, 3.5)]


@pytest.mark.parametrize(("low", "high"), BOUNDS)
@pytest.mark.parametrize(("location", "sd"), [(0.3, 1.0), (-2.0, 0.5), (4.0, 2.5)])
def test_quantiles_are_those_of_scipy(low, high, location, sd):
    a, b = (low - location) / sd, (high - location) / sd
    expected = stats.truncnorm.ppf(U, a, b, loc=location, scale=sd)
    found = TruncatedNormal(low, high).at(U, location, sd)
    # both invert the logarithm of a probability, whose rounding of 2e-16 the inverse multiplies by
    # the probability over the density: below a million for these tails
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    assert ((found > low) & (found < high)).all()
    assert (np.diff(found) > 0).all()


def test_a_spread_of_nothing_is_the_location():
    np.testing.assert_allclose(TruncatedNormal().at(U, 1.5, 0.0), 1.5, rtol=1e-10)


@pytest.mark.parametrize(
    ("shape", "arguments"),
    [
        (TruncatedNormal(), (0.4, 0.9)),
        (TruncatedNormal(), (-3.0, 1.0)),
        (TruncatedNormal(-np.inf, 0.0), (0.5, 0.7)),
        (TruncatedNormal(-1.0, 2.0), (0.1, 1.3)),
        (weibull(), (1.2, 1.7)),
    ],
)
def test_slopes_and_slopes_of_slopes_are_differences(shape, arguments):
    at = np.array(arguments)
    table = shape.table(U, at)
    np.testing.assert_array_equal(table[0], shape.at(U, *arguments))
    for m in range(len(at)):
        step = np.zeros(len(at))
        step[m] = 1e-5
        slope = (shape.at(U, *(at + step)) - shape.at(U, *(at - step))) / 2e-5
        # central differences: 1e-10 times third derivatives, and rounding over the step
        np.testing.assert_allclose(table[1 + m], slope, rtol=1e-6, atol=1e-7)
        bent = (shape.table(U, at + step)[1:] - shape.table(U, at - step)[1:]) / 2e-5
        np.testing.assert_allclose(shape.bent(U, at, m), bent, rtol=2e-3, atol=2e-4)


def assert_derivatives(likelihood, theta):
    """Compare score and Hessian with central differences of value and score."""
    at, hessian = likelihood.people(theta), likelihood.hessian(theta)
    size = np.abs(hessian).max()
    for p in range(len(theta)):
        step = np.zeros(len(theta))
        step[p] = 1e-5
        up, down = likelihood.people(theta + step), likelihood.people(theta - step)
        np.testing.assert_allclose((up.value - down.value) / 2e-5, at.score[:, p], atol=1e-7)
        second = (up.score - down.score).sum(axis=0) / 2e-5
        # slopes of slopes of a table of one's own are differences of differences: six digits
        np.testing.assert_allclose(second, hessian[p], atol=1e-5 * size)


@pytest.mark.parametrize(
    "words",
    [
        {"random": {"wait": TruncatedNormal(-np.inf, 0.0)}},
        {"random": {"wait": TruncatedNormal(-2.0, 1.0), "price": weibull()}},
        {"random": {"wait": TruncatedNormal(), "price": Normal()}},
        {"random": {"wait": Normal()}, "pay_in": "price", "scale": TruncatedNormal()},
    ],
)
def test_score_and_hessian_are_derivatives(data, words):
    problem = MixedLogit(cc.Utility(UTILITY), draws=Sobol(70, seed=2), **words).problem(data)
    theta = problem.starts[0] + np.linspace(0.02, 0.1, len(problem.starts[0]))
    assert_derivatives(problem.likelihood, theta)


def test_a_normal_of_ones_own_is_the_normal(data):
    """The same model told in two ways, by values, slopes and fits."""
    own = TabulatedDistribution(
        lambda u, mean, sd: mean + sd * special.ndtri(u), {"sd": 0.3}, {"sd": (0.0, None)}
    )
    asked = {"draws": Sobol(128, seed=1)}
    mine = MixedLogit(cc.Utility(UTILITY), random={"wait": own}, **asked).fit(data)
    theirs = MixedLogit(cc.Utility(UTILITY), random={"wait": Normal()}, **asked).fit(data)
    assert mine.names == theirs.names
    assert mine.log_likelihood == pytest.approx(theirs.log_likelihood, abs=1e-7)
    # both are within 1e-6 standard errors or so of the same top
    np.testing.assert_allclose(mine.estimates, theirs.estimates, atol=1e-5)
    np.testing.assert_allclose(mine.hessian, theirs.hessian, rtol=1e-4)


def test_a_lognormal_of_ones_own_has_the_same_likelihood(data):
    own = TabulatedDistribution(
        lambda u, location, sd: -np.exp(location + sd * special.ndtri(u)), {"sd": 0.3}
    )
    theta = np.array([-0.4, -0.6, 0.5])
    values = [
        MixedLogit(cc.Utility(UTILITY), random={"wait": shape}, draws=Sobol(64, seed=1))
        .problem(data)
        .likelihood.people(theta)
        for shape in (own, LogNormal(-1))
    ]
    np.testing.assert_allclose(values[0].value, values[1].value, rtol=1e-12)
    np.testing.assert_allclose(values[0].score, values[1].score, atol=1e-8)


def test_results_come_back_from_a_file(data, tmp_path):
    model = MixedLogit(
        cc.Utility(UTILITY), random={"wait": TruncatedNormal(-np.inf, 0.0)}, draws=Sobol(64)
    )
    results = model.fit(answers(seed=2))
    again = cc.Results.load(results.save(tmp_path / "truncated.json"))
    assert again.model.to_dict() == results.model.to_dict()
    people = cc.individual_coefficients(again, data)
    assert (people["wait"] < 0).all()
    pd.testing.assert_frame_equal(cc.predict(again, data), cc.predict(results, data))
    same = pickle.loads(pickle.dumps(model))
    assert same.random["wait"] == model.random["wait"]
    for low, high in BOUNDS:
        told = TruncatedNormal(low, high).to_dict()
        assert distribution_from_dict(told) == TruncatedNormal(low, high)


def test_an_exponential_is_called_by_its_name(data):
    """These sixty people fall off from zero faster than any truncated normal."""
    asked = {"random": {"wait": TruncatedNormal(-np.inf, 0.0)}, "draws": Sobol(64)}
    with pytest.raises(ConvergenceError, match="'wait' falls off from its bound") as caught:
        MixedLogit(cc.Utility(UTILITY), **asked).fit(data)
    best = caught.value.best
    assert isinstance(best, cc.Results)
    cured = MixedLogit(cc.Utility(UTILITY), fixed={"wait": 0.0}, **asked).fit(data)
    assert cured.converged
    assert cured.log_likelihood < best.log_likelihood


def test_a_function_cannot_be_saved(data, tmp_path):
    model = MixedLogit(cc.Utility(UTILITY), random={"price": weibull()}, draws=Sobol(64))
    results = model.problem(data)  # a fit would do, and costs more
    assert "function" in model.to_dict()["random"]["price"]
    assert results.constraints.names[-1] == "shape[price]"
    fitted = MixedLogit(
        cc.Utility(UTILITY),
        random={"wait": TabulatedDistribution(lambda u, m, s: m + s * (2 * u - 1), {"s": 0.5})},
        draws=Sobol(64),
    ).fit(data)
    with pytest.raises(UtilityError, match="a file cannot hold the function"):
        fitted.save(tmp_path / "never.json")
    assert not (tmp_path / "never.json").exists()


def test_what_does_not_fit_is_said(data):
    with pytest.raises(UtilityError, match="leave no room: 1 to 1"):
        TruncatedNormal(1.0, 1.0)
    with pytest.raises(UtilityError, match="'shpae', which are no arguments"):
        TabulatedDistribution(lambda u, m, shape: m * u**shape, {"shape": 1.0}, {"shpae": (0, 1)})
    asked = {"random": {"wait": TruncatedNormal()}, "draws": Sobol(64)}
    with pytest.raises(UtilityError, match="location cannot be moved by covariates"):
        MixedLogit(cc.Utility(UTILITY), mean_by={"wait": ["age"]}, **asked).fit(data)
    with pytest.raises(UtilityError, match="only draws that are normal inside can be correlated"):
        MixedLogit(cc.Utility(UTILITY), correlated=[["wait"]], **asked).fit(data)
