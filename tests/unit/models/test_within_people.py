"""Tastes that also vary from task to task: the kernel is its slow twin, and what follows."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import DataError, UtilityError
from ccegov_choice.kernels.mixed_reference import Tastes
from ccegov_choice.kernels.mixed_within import Within
from ccegov_choice.kernels.mixed_within_reference import within_log_likelihoods
from ccegov_choice.models.mixed.distributions import LogNormal, Normal, Triangular, Uniform
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Halton, Sobol
from ccegov_choice.models.probabilities import Tasks

FORMULA = "wait + price + info"


def answers(seed=1, people=25, tasks=3, sizes=(2, 3, 4, 6)):
    """People with tasks of several sizes."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        wait, price = rng.normal(-1, 0.6), -0.7
        for task in range(tasks):
            size = int(rng.choice(sizes))
            x = rng.normal(size=(size, 3))
            value = x @ [wait + 0.7 * rng.normal(), price, 0.5] + rng.gumbel(size=size)
            for j in range(size):
                chosen = value[j] == value.max()
                rows.append((person, task, "ABCDEF"[j], *x[j], chosen))
    names = ["person", "task", "alternative", "wait", "price", "info", "chosen"]
    return cc.ChoiceData.from_long(pd.DataFrame(rows, columns=names))


@pytest.fixture(scope="module")
def data():
    return answers()


def model(**words):
    return MixedLogit(
        cc.Utility(FORMULA), **{"draws": Sobol(70, seed=2), "within_draws": 9, **words}
    )


CASES = [
    {"random": {"wait": Normal()}, "within": {"wait": Normal()}},
    {"random": {"wait": LogNormal(-1)}, "within": {"wait": Uniform(), "info": Triangular()}},
    {"within": {"price": Normal()}, "draws": Halton(130, seed=2)},
    {
        "random": {"wait": Normal(), "info": Normal()},
        "correlated": True,
        "within": {"wait": Normal(), "price": Normal(), "info": Normal()},
        "error_components": {"ab": ["A", "B"]},
        "within_draws": 65,
    },
]


@pytest.mark.parametrize("words", CASES)
def test_the_kernel_is_its_twin_and_the_score_its_slope(data, words):
    """Twin to rounding; slopes in all parameters by complex steps of the twin."""
    problem = model(**words).problem(data)
    likelihood, names = problem.likelihood, problem.constraints.names
    theta = problem.starts[0] + np.linspace(0.02, 0.1, len(names))
    at = likelihood.people(theta)

    def slow(parameters):
        # places are linear in the parameters here, so that they follow from unit steps
        tastes, zero = likelihood.tastes, np.zeros(len(theta))
        start = tastes.places(zero)
        made = [part.astype(complex) for part in start]
        for p, value in enumerate(parameters):
            moved = tastes.places(np.eye(len(theta))[p])
            made = [m + value * (u - s) for m, u, s in zip(made, moved, start, strict=True)]
        spread = parameters[likelihood.within.positions]
        inside = Within(likelihood.within.x, likelihood.within.draws, spread)
        return within_log_likelihoods(
            likelihood.data, likelihood.laid_out, tastes.structure, Tastes(*made), inside, spread
        )

    np.testing.assert_allclose(at.value, slow(theta.astype(complex)).real, rtol=1e-13, atol=1e-13)
    for p in range(len(theta)):
        step = theta.astype(complex)
        step[p] += 1e-30j
        np.testing.assert_allclose(at.score[:, p], slow(step).imag / 1e-30, rtol=1e-9, atol=1e-12)


def test_without_a_spread_within_it_is_the_mixed_logit(data):
    asked = {"random": {"wait": Normal()}, "draws": Sobol(100, seed=1)}
    plain = MixedLogit(cc.Utility(FORMULA), **asked).problem(data).likelihood
    inside = model(**asked, within={"wait": Normal()}).problem(data).likelihood
    theta = np.array([-1.0, -0.5, 0.4, 0.8])
    expected, found = plain.people(theta), inside.people(np.append(theta, 0.0))
    np.testing.assert_allclose(found.value, expected.value, rtol=1e-12)
    np.testing.assert_allclose(found.score[:, :4], expected.score, atol=1e-11)


def test_threads_and_other_people_change_nothing(data):
    asked = model(random={"wait": Normal()}, within={"wait": Normal()})
    theta = np.array([-1.0, -0.5, 0.4, 0.8, 0.6])
    one, two = (asked.problem(data, threads=n).likelihood.people(theta) for n in (1, 2))
    np.testing.assert_array_equal(one.value, two.value)
    np.testing.assert_array_equal(one.score, two.score)
    some = data.take_people(np.arange(5, 12))
    few = asked.problem(some).likelihood.people(theta)
    np.testing.assert_array_equal(few.value, one.value[5:12])
    sampled = asked.problem(data).likelihood.sample(4).people(theta)
    np.testing.assert_allclose(sampled.value, 4 * one.value[::4], rtol=1e-14)


def test_another_seed_draws_other_people_and_other_tasks(data):
    asked = model(random={"wait": Normal()}, within={"wait": Normal()})
    likelihood = asked.problem(data).likelihood
    other = likelihood.with_draws(asked.draws.with_seed(9))
    assert (other.within.draws.shifts != likelihood.within.draws.shifts).any()
    again = other.with_draws(asked.draws)
    theta = np.array([-1.0, -0.5, 0.4, 0.8, 0.6])
    np.testing.assert_array_equal(again.people(theta).value, likelihood.people(theta).value)
    # only the draws of tasks matter where people do not differ
    theta[3] = 0.0
    assert (other.people(theta).value != likelihood.people(theta).value).any()


def test_weights_count_people(data):
    asked = model(random={"wait": Normal()}, within={"wait": Normal()})
    likelihood = asked.problem(data).likelihood
    theta = np.array([-1.0, -0.5, 0.4, 0.8, 0.6])
    times = np.arange(data.people, dtype=float)
    once, often = likelihood.people(theta), likelihood.reweighted(times).people(theta)
    np.testing.assert_allclose(often.value, once.value * times, rtol=1e-14)


def test_values_that_are_out_of_reach_are_no_numbers(data):
    likelihood = (
        model(random={"wait": Normal()}, within={"wait": Normal()}).problem(data).likelihood
    )
    for theta in ([-1.0, -0.5, 0.4, 0.8, 5e3], [5e4, -0.5, 0.4, 0.8, 0.6]):
        assert np.isnan(likelihood.people(np.array(theta)).value).any()
    assert np.isnan(likelihood.people(np.array([-1.0, -0.5, 0.4, 0.8, np.nan])).value).all()


def test_shares_are_those_of_the_variance_of_both(data):
    """One task knows nothing of who varies: the variances within and between people add.

    An average of 1,024 even points is nearer than one of as many random ones, whose error is below
    0.5 / sqrt(1024) = 0.016; even five times less is an error that it does not reach.
    """
    asked = {"draws": Sobol(1024, seed=1), "random": {"wait": Normal()}}
    results = model(**asked, within={"wait": Normal()}, within_draws=8).fit(
        data, start={"sd[wait]": 0.5, "sd within[wait]": 0.5}
    )
    found = cc.predict(results, data)["probability"]
    total = np.hypot(results.coefficient("sd[wait]"), results.coefficient("sd within[wait]"))
    held = {name: results.coefficient(name) for name in ("wait", "price", "info")}
    both = MixedLogit(cc.Utility(FORMULA), **asked, fixed={**held, "sd[wait]": float(total)})
    shares = both.shares(
        Tasks.of(results, data),
        np.array([*held.values(), total]),
    )
    np.testing.assert_allclose(found, shares, atol=3e-3)


def test_results_come_back(data, tmp_path):
    results = model(random={"wait": Normal()}, within={"info": Normal()}).fit(data)
    again = cc.Results.load(results.save(tmp_path / "within.json"))
    assert again.model.to_dict() == results.model.to_dict()
    assert dict(pickle.loads(pickle.dumps(results.model)).within) == {"info": Normal()}
    pd.testing.assert_frame_equal(cc.predict(again, data), cc.predict(results, data))
    with pytest.raises(DataError, match="where tastes vary from task to task"):
        cc.individual_coefficients(results, data)


def test_everything_that_does_not_fit_is_listed(data):
    wrong = model(within={"wait": LogNormal(-1)}, panel=False, scale_by=["age"], within_draws=0)
    with pytest.raises(UtilityError) as caught:
        wrong.fit(data)
    for words in (
        "'wait' is minus lognormal within people",
        "each task is a person of its own already",
        "are not multiplied by a scale",
        "0 is not a number of draws",
    ):
        assert words in str(caught.value)
    with pytest.raises(UtilityError, match="Did you mean 'info'"):
        model(within={"inof": Normal()}).fit(data)
