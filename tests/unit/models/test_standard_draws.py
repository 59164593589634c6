"""Standard draws: even in every dimension for every person, and nobody else's business."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ccegov_choice.errors import UtilityError
from ccegov_choice.models.mixed.distributions import (
    normal_quantile,
    triangular_quantile,
    uniform_quantile,
)
from ccegov_choice.models.mixed.standard_draws import (
    MLHS,
    Halton,
    PseudoRandom,
    Sobol,
    StandardDraws,
    draws_from_dict,
)

EVEN = [Sobol, Halton, MLHS]
KINDS = [*EVEN, PseudoRandom]


def uniforms(draws: StandardDraws, people: int, dimensions: int) -> np.ndarray:
    """What everybody draws: ``(N, Q, R)`` numbers between 0 and 1."""
    ids = np.arange(people)
    cells = draws.base(dimensions)[None] ^ draws.shifts(ids, dimensions)[:, :, None]
    return (cells + 0.5) / draws.cells


@pytest.mark.parametrize("kind", KINDS)
def test_marginals_are_uniform_for_every_person_in_every_dimension(kind):
    """The largest distance to the uniform is 1/R or so where points are laid out evenly.

    In bases 2 and up to 13 Halton's first 512 points come to log(R) times that; random points to
    1.95 / sqrt(R) for one in 1,000 samples, and each person and dimension is one.
    """
    u = np.sort(uniforms(kind(512, seed=3), 20, 6), axis=2)
    steps = np.arange(1, 513) / 512
    apart = np.maximum(np.abs(steps - u), np.abs(steps - 1 / 512 - u)).max(axis=2)
    bound = {Sobol: 2.5 / 512, MLHS: 2.5 / 512, Halton: 10 / 512, PseudoRandom: 2.4 / 512**0.5}
    assert apart.max() < bound[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_normal_draws_have_mean_zero_and_variance_one(kind):
    """The mean of random normals is off by 1 / sqrt(R), their variance by sqrt(2 / R): 4.5 of these
    for 40 samples. Even points are off by the order of 1 / R, up to what lies beyond the last cell.
    """
    z = normal_quantile(uniforms(kind(1024, seed=3), 20, 2))
    worst = np.abs(z.mean(axis=2)).max(), np.abs(z.var(axis=2) - 1).max()
    random = kind is PseudoRandom
    assert worst[0] < (4.5 / 32 if random else 10 / 1024)
    assert worst[1] < (4.5 * (2 / 1024) ** 0.5 if random else 30 / 1024)


@pytest.mark.parametrize(
    ("quantile", "variance"), [(uniform_quantile, 1 / 3), (triangular_quantile, 1 / 6)]
)
def test_uniform_and_triangular_draws(quantile, variance):
    z = quantile(uniforms(Sobol(1024, seed=3), 20, 1))
    assert np.abs(z.mean(axis=2)).max() < 2 / 1024
    assert np.abs(z.var(axis=2) - variance).max() < 2 / 1024
    assert z.min() >= -1.0
    assert z.max() <= 1.0


def errors(kind, count: int) -> float:
    """Root mean square error over people of the mean of a smooth function of three normals."""
    z = normal_quantile(uniforms(kind(count, seed=4), 200, 3))
    found = np.exp(0.5 * z.sum(axis=1)).mean(axis=1)
    return float(np.sqrt(((found - np.exp(0.375)) ** 2).mean()))


def test_even_points_integrate_better():
    """The error of random points falls by the root of their number, that of Sobol's nearly by it.

    With eight times as many, random points are 2.8 times better and Sobol's more than 6 times.
    """
    few, many = errors(Sobol, 128), errors(Sobol, 1024)
    assert few / many > 6.0
    random = np.sqrt(np.exp(1.5) - np.exp(0.75)) / 1024**0.5
    assert many < random / 8
    assert errors(Halton, 1024) < random / 4


def test_draws_follow_from_seed_and_person_alone():
    draws = Sobol(64, seed=5)
    ids = np.array([f"person {n}" for n in range(50)])
    everybody = draws.shifts(ids, 4)
    order = np.random.default_rng(0).permutation(50)
    assert np.array_equal(draws.shifts(ids[order], 4), everybody[order])
    assert np.array_equal(draws.shifts(ids[7:9], 4), everybody[7:9])
    assert np.array_equal(draws.shifts(ids, 2), everybody[:, :2])
    assert np.array_equal(draws.with_count(1000).shifts(ids, 4), everybody)
    # a number and its name are the same person
    assert np.array_equal(
        draws.shifts(np.arange(9), 4), draws.shifts(np.arange(9).astype(str).astype(object), 4)
    )


def test_people_dimensions_and_seeds_have_draws_of_their_own():
    """Shifts of 400 people: correlations are normal with 1 / sqrt(400); 15 of them below 4.4."""
    people = np.arange(400)
    one = Sobol(64, seed=5).shifts(people, 3).astype(float)
    other = Sobol(64, seed=6).shifts(people, 3).astype(float)
    assert len(np.unique(one, axis=0)) == 400
    table = np.corrcoef(np.hstack([one, other]).T)
    assert np.abs(table[np.triu_indices(6, 1)]).max() < 4.4 / 20
    # neighbours too, though their identifiers are alike
    assert abs(np.corrcoef(one[:-1, 0], one[1:, 0])[0, 1]) < 4.4 / 20
    assert stats.kstest(one.ravel() / 4096, "uniform").pvalue > 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_points(kind):
    assert np.array_equal(kind(100, seed=2).points(3), kind(100, seed=2).points(3))
    assert not np.array_equal(kind(100, seed=2).points(3), kind(100, seed=3).points(3))
    assert not np.array_equal(kind(100, seed=2).base(3), kind(100).with_seed(3).base(3))


@pytest.mark.parametrize("kind", KINDS)
def test_draws_come_back_from_a_dictionary(kind):
    draws = kind(77, seed=9, mirrored=(0, 2))
    assert draws_from_dict(draws.to_dict()) == draws
    assert "77" in str(draws)
    assert "seed 9" in str(draws)


def test_more_draws_than_cells_get_a_finer_grid():
    assert Sobol(4096).cells == 4096
    assert Sobol(5000).cells == 8192
    assert len(np.unique(Sobol(8192, seed=1).base(1))) == 8192


def test_mirrored_draws_are_the_same_turned_round():
    draws, ids = Sobol(256, seed=1), np.arange(5)
    turned = Sobol(256, seed=1, mirrored=(1,))
    for n in range(5):
        plain, mirror = (
            np.array([d.base(2)[q] ^ d.shifts(ids, 2)[n, q] for q in range(2)])
            for d in (draws, turned)
        )
        assert np.array_equal(plain[0], mirror[0])
        assert np.array_equal(plain[1], 4095 - mirror[1])


@pytest.mark.parametrize("count", [0, -1, 2.5, True])
def test_a_number_of_draws_is_a_whole_number(count):
    with pytest.raises(UtilityError, match="not a number of draws"):
        Sobol(count)
