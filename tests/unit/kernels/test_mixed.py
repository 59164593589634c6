"""The kernel of the mixed logit is its slow twin; score and Hessian are derivatives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ccegov_choice.kernels import mixed_reference as twin
from ccegov_choice.kernels.mixed import Differences
from ccegov_choice.kernels.mixed_posterior import mixed_posterior
from ccegov_choice.models.mixed.distributions import (
    CensoredNormal,
    ConstrainedTriangular,
    JohnsonSB,
    LogNormal,
    Normal,
    Triangular,
    Uniform,
)
from ccegov_choice.models.mixed.likelihood import MixedLikelihood
from ccegov_choice.models.mixed.standard_draws import MLHS, Halton, PseudoRandom, Sobol
from ccegov_choice.models.mixed.taste_map import Load, TasteMap, Value

PEOPLE = 23


def frozen(array):
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


def own(dimension, parameter):
    """One draw of its own, whose size is a parameter."""
    return (Load(dimension, {parameter: 1.0}),)


def shapes(*, corners=True):
    """Every distribution, and two coefficients that everybody shares."""
    kinds = [
        Normal(),
        LogNormal(),
        LogNormal(-1),
        CensoredNormal() if corners else Uniform(),
        CensoredNormal(-1) if corners else Triangular(),
        JohnsonSB(-1.0, 2.0),
        Uniform(),
        Triangular(),
    ]
    values = [Value(kind, {i: 1.0}, 0.0, own(i, 12 + i)) for i, kind in enumerate(kinds)]
    values.append(Value(ConstrainedTriangular(), {8: 1.0}, 0.0, own(8, 8)))
    values.append(Value(Normal(), {9: 1.0}, 0.0, own(9, 20)))
    return TasteMap(21, tuple(values), (-1,) * 10, np.array([10, 11]))


def correlated():
    """Four normal draws under a full Cholesky factor, three shapes; an odd one beside them."""
    values, parameter = [], 5
    for i, kind in enumerate([Normal(), LogNormal(), Normal(), JohnsonSB()]):
        loads = tuple(Load(j, {parameter + j: 1.0}) for j in range(i + 1))
        parameter += i + 1
        values.append(Value(kind, {i: 1.0}, 0.0, loads))
    values.append(Value(Uniform(), {4: 1.0}, 0.0, own(4, parameter)))
    return TasteMap(parameter + 1, (*values, Value()), (-1,) * 6, np.array([], dtype=np.int64))


def traded(scale):
    """Trade space: all columns times one scale; the second is the numeraire."""
    values = (
        Value(Normal(), {0: 1.0}, 0.0, own(0, 3)),
        Value(constant=-1.0),
        Value(LogNormal(), {2: 1.0}, 0.0, own(1, 4)),
        Value(),
        scale,
    )
    return TasteMap(6 if scale.loads else 5, values, (4,) * 4, np.array([], dtype=np.int64))


def by_covariates():
    rng = np.random.default_rng(3)
    age, south = rng.normal(size=PEOPLE), (rng.random(PEOPLE) > 0.5).astype(float)
    values = (
        Value(Normal(), {0: 1.0}, 0.0, own(0, 3), {5: age, 6: south}, {7: south}),
        Value(LogNormal(), {1: 1.0}, 0.0, own(1, 4), {}, {8: age, 9: south}),
    )
    return TasteMap(10, values, (-1, -1), np.array([2]))


def with_products():
    """Locations and loads that are products of two parameters, and constants."""
    values = (
        Value(Normal(), {0: 1.0, 3: 0.5}, 0.2, (Load(0, {2: 1.0}), Load(1, {3: 2.0}, 0.1))),
        Value(LogNormal(), {1: 1.0}, -0.3, (Load(1, {}, 0.4),)),
    )
    return TasteMap(3, values, (-1, -1), np.array([2]), products=((0, 2),))


def components():
    """Errors that alternatives share: columns without a location."""
    values = (Value(loads=own(0, 3)), Value(loads=own(1, 4)))
    return TasteMap(5, values, (-1, -1), np.array([0, 1, 2]))


MAPS = {
    "shapes": shapes(),
    "smooth shapes": shapes(corners=False),
    "correlated": correlated(),
    "trade space": traded(Value(Normal(), {1: 1.0})),
    "trade space, random scale": traded(Value(LogNormal(), {1: 1.0}, 0.0, own(2, 5))),
    "covariates": by_covariates(),
    "products": with_products(),
    "components": components(),
}
SIZES = (1, 2, 3, 4, 7, 20)


def make_rows(tastes, sizes=SIZES, *, people=PEOPLE, seed=0):
    """Tasks with so many alternatives, in any order; people with one to five of them."""
    rng = np.random.default_rng(seed)
    tasks_of = rng.integers(1, 6, people)
    others = rng.choice(np.array(sizes) - 1, tasks_of.sum())
    rows = others.sum()
    varying = rng.normal(0, 0.7, (rows, len(tastes.multipliers)))
    varying[:, [not v.location and not v.loads and v.constant == 0 for v in _columns(tastes)]] = 0
    return Differences(
        frozen(varying),
        frozen(rng.normal(0, 0.7, (rows, len(tastes.fixed)))),
        frozen(np.concatenate([[0], np.cumsum(others)])),
        frozen(np.concatenate([[0], np.cumsum(tasks_of)])),
    )


def _columns(tastes):
    return tastes.values[: len(tastes.multipliers)]


def make(name, draws=None, *, sizes=SIZES, threads=1, seed=0):
    tastes = MAPS[name]
    rng = np.random.default_rng(seed + 100)
    likelihood = MixedLikelihood(
        make_rows(tastes, sizes, seed=seed),
        tastes,
        draws or Sobol(100, seed=2),
        np.array([f"p{n}" for n in range(PEOPLE)]),
        rng.uniform(0.5, 2.0, PEOPLE),
        threads,
    )
    return likelihood, 0.6 * rng.normal(size=tastes.parameters)


def places(tastes, theta, people=PEOPLE):
    """What `TasteMap.places` says, value by value and person by person; complex if need be."""
    inner = [*theta, *(theta[p] * theta[q] for p, q in tastes.products)]
    a = np.zeros((people, len(tastes.values)), dtype=theta.dtype)
    b = np.zeros((people, len(tastes.owner)), dtype=theta.dtype)
    for n in range(people):
        e = 0
        for i, value in enumerate(tastes.values):
            a[n, i] = value.constant + sum(f * inner[p] for p, f in value.location.items())
            a[n, i] += sum(theta[p] * x[n] for p, x in value.shifts.items())
            wide = np.exp(sum(theta[p] * x[n] for p, x in value.stretches.items()))
            for load in value.loads:
                size = load.constant + sum(f * inner[p] for p, f in load.parameters.items())
                b[n, e] = size * wide
                e += 1
    return twin.Tastes(a, b, theta[tastes.fixed])


def by_twin(likelihood, theta):
    """Weighted log-likelihoods of people by the slow twin."""
    tastes = likelihood.tastes
    found = twin.log_likelihoods(
        likelihood.data, likelihood.laid_out, tastes.structure, places(tastes, theta)
    )
    return found * likelihood.weights


@pytest.mark.parametrize("name", MAPS)
def test_log_likelihoods_are_those_of_the_twin(name):
    likelihood, theta = make(name)
    found = likelihood.people(theta).value
    np.testing.assert_allclose(found, by_twin(likelihood, theta), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", MAPS)
def test_scores_are_complex_steps_of_the_twin(name):
    likelihood, theta = make(name)
    score = likelihood.people(theta).score
    for p in range(len(theta)):
        step = theta.astype(complex)
        step[p] += 1e-30j
        slope = by_twin(likelihood, step).imag / 1e-30
        np.testing.assert_allclose(score[:, p], slope, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", [name for name in MAPS if name != "shapes"])
def test_the_hessian_is_the_slope_of_the_score(name):
    likelihood, theta = make(name)
    hessian = likelihood.hessian(theta)
    # error of central differences: h^2 / 6 times a third derivative of a hundred tasks, and the
    # rounding of the score over h
    h = 1e-5
    for p in range(len(theta)):
        step = np.zeros(len(theta))
        step[p] = h
        up, down = (likelihood.people(t).score.sum(axis=0) for t in (theta + step, theta - step))
        np.testing.assert_allclose(hessian[p], (up - down) / (2 * h), rtol=1e-6, atol=2e-6)


def test_corners_add_up_to_a_curve():
    """A censored normal: the slope of its score over many draws, and not that within a draw.

    Over steps of a fifth and of a tenth of an error about 20,000 draws cross zero; what they leave
    is below two per cent of the curve. The curve draw by draw is off by many times that.
    """
    values = (Value(CensoredNormal(), {0: 1.0}, 0.0, own(0, 1)), Value())
    tastes = TasteMap(3, values, (-1, -1), np.array([2]))
    rows = make_rows(tastes, (3,), people=400)
    likelihood = MixedLikelihood(rows, tastes, Sobol(8192, seed=1), np.arange(400), np.ones(400), 1)
    theta = np.array([0.3, 1.5, -0.5])
    found, size = likelihood.hessian(theta), np.sqrt((likelihood.people(theta).score ** 2).sum(0))
    np.testing.assert_array_equal(found, found.T)
    for p in (0, 1):
        slopes = []
        for share in (0.1, 1e-7):
            step = np.zeros(3)
            step[p] = share / size[p]
            up, down = (likelihood.people(t).score.sum(0) for t in (theta + step, theta - step))
            slopes.append((up - down) / (2 * step[p]))
        curve = abs(slopes[0][p])
        assert np.abs(found[p] - slopes[0]).max() < 0.02 * curve
        assert abs(found[p, p] - slopes[1][p]) > 0.05 * curve
    smooth = MixedLikelihood(
        rows,
        TasteMap(3, (Value(Normal(), {0: 1.0}, 0.0, own(0, 1)), Value()), (-1, -1), np.array([2])),
        Sobol(64, seed=1),
        np.arange(400),
        np.ones(400),
        1,
    )
    assert likelihood.corners
    assert not smooth.corners


@pytest.mark.parametrize("others", [1, 2, 3, 4, 6, 16, 17, 40])
def test_tasks_of_any_width(others):
    likelihood, theta = make("correlated", sizes=(others + 1,))
    found = likelihood.people(theta).value
    np.testing.assert_allclose(found, by_twin(likelihood, theta), rtol=1e-12)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 200])
@pytest.mark.parametrize("kind", [Sobol, Halton, MLHS, PseudoRandom])
def test_any_number_of_draws_of_any_kind(kind, count):
    likelihood, theta = make("components", kind(count, seed=5))
    found = likelihood.people(theta).value
    np.testing.assert_allclose(found, by_twin(likelihood, theta), rtol=1e-12)


def test_a_task_without_a_choice_to_make_says_nothing():
    likelihood, theta = make("correlated", sizes=(1,))
    at = likelihood.people(theta)
    assert np.array_equal(at.value, np.zeros(PEOPLE))
    assert np.array_equal(at.score, np.zeros((PEOPLE, len(theta))))
    assert np.array_equal(likelihood.hessian(theta), np.zeros((len(theta), len(theta))))


@pytest.mark.parametrize("name", MAPS)
def test_threads_give_the_same_bits(name):
    one, theta = make(name, Sobol(512, seed=1))
    many = replace(one, threads=3)
    assert many._threads == 3
    assert np.array_equal(one.people(theta).value, many.people(theta).value)
    assert np.array_equal(one.people(theta).score, many.people(theta).score)
    assert np.array_equal(one.hessian(theta), many.hessian(theta))


def test_weights_multiply():
    likelihood, theta = make("shapes")
    twice = likelihood.reweighted(np.full(PEOPLE, 2.0))
    at, then = likelihood.people(theta), twice.people(theta)
    assert np.array_equal(then.value, 2 * at.value)
    assert np.array_equal(then.score, 2 * at.score)
    np.testing.assert_allclose(twice.hessian(theta), 2 * likelihood.hessian(theta), rtol=1e-12)


@pytest.mark.parametrize("name", ["shapes", "correlated", "trade space, random scale"])
def test_posteriors_are_those_of_the_twin(name):
    likelihood, theta = make(name)
    tastes, data = likelihood.tastes, likelihood.data
    mean, variance = np.empty((2, PEOPLE, len(tastes.values)))
    mixed_posterior(
        data,
        likelihood.laid_out,
        tastes.structure,
        tastes.places(theta),
        likelihood.room,
        np.array([0, PEOPLE]),
        False,
        mean,
        variance,
    )
    expected = twin.posteriors(data, likelihood.laid_out, tastes.structure, places(tastes, theta))
    np.testing.assert_allclose(mean, expected[0], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(variance, expected[1], rtol=1e-9, atol=1e-14)


def far(utility, likelihood, theta):
    """Make one difference of utility so large, in the last row of the first person with some."""
    data = likelihood.data
    fixed = data.fixed.copy()
    n = int(np.argmax(np.diff(data.task_rows[data.person_tasks]) > 0))
    row = data.task_rows[data.person_tasks[n + 1]] - 1
    fixed[row, 0] = utility / theta[likelihood.tastes.fixed[0]]
    return n, replace(likelihood, data=data._replace(fixed=frozen(fixed)))


def test_utilities_too_far_apart_give_no_number_instead_of_a_wrong_one():
    likelihood, theta = make("components")
    n, near = far(600.0, likelihood, theta)
    np.testing.assert_allclose(near.people(theta).value, by_twin(near, theta), rtol=1e-12)
    n, beyond = far(1500.0, likelihood, theta)
    found = beyond.people(theta).value
    assert np.isnan(found[n])
    np.testing.assert_allclose(
        np.delete(found, n), np.delete(by_twin(beyond, theta), n), rtol=1e-12
    )


def test_an_alternative_that_nobody_takes_costs_nothing():
    likelihood, theta = make("components")
    _, beyond = far(-1e6, likelihood, theta)
    np.testing.assert_allclose(beyond.people(theta).value, by_twin(beyond, theta), rtol=1e-12)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["components", "trade space", "correlated"])
def test_parameters_that_are_no_numbers_give_none(name, wrong):
    likelihood, theta = make(name, sizes=(3,))
    for p in range(len(theta)):
        moved = theta.copy()
        moved[p] = wrong
        with np.errstate(invalid="ignore"):  # infinity times zero, on the way to the kernel
            value = likelihood.people(moved).value
        assert np.isnan(value).all()


def test_an_exponential_that_overflows_gives_no_number():
    """A lognormal of e^900 is cut at e^700, which is not what the parameters say."""
    likelihood, theta = make("correlated", sizes=(3,))
    theta[1] = 900.0
    value = likelihood.people(theta).value
    # people for whom the alternatives not chosen are all worse by that coefficient lose nothing
    data = likelihood.data
    worst = [
        data.random[slice(*data.task_rows[data.person_tasks[[n, n + 1]]]), 1].max()
        for n in range(PEOPLE)
    ]
    assert np.array_equal(np.isnan(value), np.array(worst) > 0)
