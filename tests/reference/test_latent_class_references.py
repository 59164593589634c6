"""Latent classes against published results, on the published data.

Log-likelihoods within 0.001. Sources: Biogeme's saved results (b07, also larch 107), larch's example
151 (its test suite prints single precision: half a unit there is 0.0003), ChoiceModels.jl (two
classes on Swissmetro), an EM algorithm of our own in plain NumPy (electricity), Apollo (the
simulated problem P6 of the benchmarks).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import ccegov_choice as cc
from ccegov_choice.kernels.mixture_reference import mixture
from ccegov_choice.models.fitting.assemble import logit_likelihood
from ccegov_choice.models.fitting.estimate import FitOptions

pytestmark = pytest.mark.data


@cache
def data_of(name: str) -> cc.ChoiceData:
    return cc.load_dataset(name)


def few(starts: int) -> FitOptions:
    return FitOptions(starts=starts)


def test_swissmetro_two_classes_mixed_task_by_task() -> None:
    """Biogeme b07: no time in one class, everything else the same."""
    data = data_of("swissmetro")
    specs = [cc.ClassSpec("no time", ignores=["time"]), "time"]
    model = cc.LatentClass(data.utility, specs, common=["*"], panel=False)
    results = model.fit(data, options=few(3))
    assert abs(results.log_likelihood - -5208.498) <= 1e-3
    printed = {"asc[train]": -0.397586, "cost": -1.26406, "asc[car]": 0.124605, "time": -2.79793}
    for name, value in printed.items():
        assert results.coefficient(name) == pytest.approx(value, abs=1e-5)
    shares = cc.class_shares(results)
    assert shares["share"][0] == pytest.approx(0.250792, abs=1e-6)
    # Biogeme's classical errors, to the digits printed
    classical = results.with_covariance("classical")
    assert cc.class_shares(classical)["std_error"][0] == pytest.approx(0.02188, abs=5e-6)
    assert classical.std_error("cost") == pytest.approx(0.06118, abs=5e-6)
    assert classical.std_error("time") == pytest.approx(0.1756, abs=5e-5)


def test_swissmetro_two_classes_of_people() -> None:
    data = data_of("swissmetro")
    results = cc.LatentClass(data.utility, 2).fit(data, options=few(6))
    assert abs(results.log_likelihood - -4318.84) <= 5e-3  # two decimals are printed


def test_swissmetro_people_who_choose_by_cost_alone() -> None:
    """larch 151: one class without time, one with it, one that always takes the cheapest."""
    data = data_of("swissmetro")
    specs = [
        cc.ClassSpec("no time", ignores=["time"]),
        "time",
        cc.lexicographic("cost", fixed={"cost": -10_000.0}),
    ]
    model = cc.LatentClass(data.utility, specs, common=["asc[train]", "asc[car]", "cost"])
    results = model.fit(data, options=few(3))
    # larch adds up 752 logarithms in single precision, each good to 7 digits of a total of 4 digits
    assert abs(results.log_likelihood - -4474.4785) <= 2e-3
    assert in_numpy(data, results) == pytest.approx(results.log_likelihood, abs=1e-8)
    printed = {
        "asc[car]": (0.06079781, 0.048158),
        "asc[train]": (-0.9362056, 0.069796),
        "cost": (-1.159657, 0.069555),
        "time: time": (-3.095285, 0.106282),
        "member[cost first]": (-0.7734768, 0.161079),
        "member[time]": (1.155985, 0.11945),
    }
    classical = results.with_covariance("classical")
    # larch's own tests allow half a per cent: its search stops early
    for name, (value, error) in printed.items():
        assert results.coefficient(name) == pytest.approx(value, rel=5e-3)
        assert classical.std_error(name) == pytest.approx(error, rel=5e-3)


def in_numpy(data: cc.ChoiceData, results: cc.Results) -> float:
    """Log-likelihood of the three classes by cost, in plain NumPy and double precision."""
    b = results.coefficient
    shared = [b("asc[train]"), b("asc[car]")]
    tastes = [
        [*shared, 0.0, b("cost")],
        [*shared, b("time: time"), b("cost")],
        [0.0, 0.0, 0.0, -10_000.0],
    ]
    odds = np.exp([0.0, b("member[time]"), b("member[cost first]")])
    choices = logit_likelihood(data.utility, data).choices
    shares = np.tile(odds / odds.sum(), (data.people, 1))
    return float(mixture(choices, np.array(tastes), shares).sum())


@pytest.mark.parametrize(("classes", "top"), [(2, -4526.829), (3, -4298.028)])
def test_electricity(classes, top) -> None:
    """With three classes there is a top at -4304.511 too, and a third of all starts end there."""
    data = data_of("electricity")
    results = cc.LatentClass(data.utility, classes).fit(data)
    assert abs(results.log_likelihood - top) <= 1e-3
    if classes == 2:  # the EM algorithm stopped a little before the top
        np.testing.assert_allclose(cc.class_shares(results)["share"], [0.5134, 0.4866], atol=1e-4)
    else:
        assert min(abs(end - -4304.511) for end in results.optimisation.starts) < 1e-2


def test_the_benchmark_problem_of_three_classes() -> None:
    """P6: data and starting values by the recipe that all packages were given; Apollo's top."""
    data, start = benchmark_p6()
    utility = cc.Utility(" + ".join(f"x{k + 1}" for k in range(6)))
    results = cc.LatentClass(utility, 3).fit(data, start=start)
    assert abs(results.log_likelihood - -7889.354) <= 1e-3


def benchmark_p6() -> tuple[cc.ChoiceData, dict[str, float]]:
    import pandas as pd

    rng = np.random.default_rng(106)
    people, tasks, alternatives, size, classes = 1000, 10, 3, 6, 3
    rows = people * tasks
    x = np.empty((rows, alternatives, size))
    for k in range(size):
        shape = (rows, alternatives)
        x[:, :, k] = rng.standard_normal(shape) if k % 2 == 0 else rng.integers(-1, 2, shape)
    person = np.repeat(np.arange(1, people + 1), tasks)
    tastes = np.round(rng.uniform(-1.5, 1.5, (classes, size)), 2)
    member = rng.choice(classes, people, p=[0.5, 0.3, 0.2])
    value = np.einsum("njk,nk->nj", x, tastes[member][person - 1])
    chosen = (value + rng.gumbel(size=value.shape)).argmax(1)
    frame = pd.DataFrame(x.reshape(-1, size), columns=[f"x{k + 1}" for k in range(size)])
    frame["person"] = np.repeat(person, alternatives)
    frame["task"] = np.repeat(np.arange(rows), alternatives)
    frame["alternative"] = np.tile(list("ABC"), rows)
    frame["chosen"] = (np.arange(alternatives)[None, :] == chosen[:, None]).ravel()
    data = cc.ChoiceData.from_long(frame)
    utility = cc.Utility(" + ".join(f"x{k + 1}" for k in range(size)))
    logit = cc.Logit(utility).fit(data).estimates
    moved = logit + np.round(rng.uniform(-0.5, 0.5, (classes, size)), 3)
    names = [f"class {c + 1}: x{k + 1}" for c in range(classes) for k in range(size)]
    return data, dict(zip(names, moved.ravel(), strict=True))
