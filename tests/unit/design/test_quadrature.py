"""Points that stand for a normal distribution: exactness by degree, and how they are spread."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest
from scipy import special

from ccegov_choice.design.beliefs.quadrature import RULES, normal_points
from ccegov_choice.errors import DesignError


def moment(powers):
    """Expected value of a product of powers of independent standard normal scores."""
    return np.prod(
        [0 if p % 2 else special.factorial2(p - 1, exact=True) if p else 1 for p in powers]
    )


def monomials(dimensions, degree):
    for picks in combinations_with_replacement(range(dimensions + 1), degree):
        yield [picks.count(d) for d in range(dimensions)]  # the last pick counts as one


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dimensions", [1, 3])
def test_weights_sum_to_one_and_a_seed_gives_the_same_points(rule, dimensions):
    weights, points = normal_points(dimensions, 64, rule, 5)
    assert weights.sum() == pytest.approx(1.0)
    assert (weights > 0).all()
    assert points.shape == (len(weights), dimensions)
    assert np.isfinite(points).all()
    np.testing.assert_array_equal(points, normal_points(dimensions, 64, rule, 5)[1])
    if rule != "gauss-hermite":
        assert not np.array_equal(points, normal_points(dimensions, 64, rule, 6)[1])


@pytest.mark.parametrize(("dimensions", "count", "nodes"), [(1, 5, 5), (2, 16, 4), (3, 27, 3)])
def test_gauss_hermite_is_exact_to_twice_its_nodes(dimensions, count, nodes):
    weights, points = normal_points(dimensions, count, "gauss-hermite", 1)
    assert len(weights) == nodes**dimensions
    for powers in np.ndindex(*[2 * nodes] * dimensions):
        found = weights @ np.prod(points ** np.array(powers), axis=1)
        assert found == pytest.approx(moment(powers), rel=1e-9, abs=1e-9)
    assert weights @ points[:, 0] ** (2 * nodes) != pytest.approx(moment([2 * nodes]), rel=1e-3)


@pytest.mark.parametrize(("dimensions", "count"), [(1, 4), (2, 8), (5, 20), (5, 200), (16, 128)])
def test_spherical_radial_points_are_exact_to_degree_three(dimensions, count):
    weights, points = normal_points(dimensions, count, "spherical-radial", 3)
    assert len(weights) % (4 * dimensions) == 0
    for powers in monomials(dimensions, 3):
        found = weights @ np.prod(points ** np.array(powers), axis=1)
        assert found == pytest.approx(moment(powers), abs=1e-10)


@pytest.mark.parametrize("dimensions", [1, 2, 7])
def test_spherical_radial_radii_are_exact_to_the_sixth_power(dimensions):
    """E r^2 = d, E r^4 = d (d + 2), E r^6 = d (d + 2) (d + 4)."""
    weights, points = normal_points(dimensions, 40, "spherical-radial", 3)
    r2 = (points**2).sum(axis=1)
    expected = np.cumprod(dimensions + np.array([0, 2, 4]))
    for power, value in zip((1, 2, 3), expected, strict=True):
        assert weights @ r2**power == pytest.approx(value)


def test_each_score_of_mlhs_lies_in_a_layer_of_its_own():
    weights, points = normal_points(3, 50, "mlhs", 2)
    layers = np.floor(special.ndtr(points) * 50).astype(int)
    for d in range(3):
        assert sorted(layers[:, d]) == list(range(50))
    shares = np.sort(special.ndtr(points), axis=0)
    np.testing.assert_allclose(np.diff(shares, axis=0), 1 / 50, atol=1e-12)  # one shift for all
    np.testing.assert_array_equal(weights, 1 / 50)


def test_sobol_points_fill_a_net():
    """Of 64 points in two dimensions every one of 8 x 8 boxes holds one."""
    _, points = normal_points(2, 64, "sobol", 2)
    boxes = np.floor(special.ndtr(points) * 8).astype(int)
    assert len(set(map(tuple, boxes))) == 64
    assert len(normal_points(2, 100, "sobol", 2)[0]) == 100


@pytest.mark.parametrize(
    ("rule", "count", "error"),
    [("spherical-radial", 512, 1e-3), ("sobol", 512, 3e-3), ("mlhs", 512, 2.5e-2)],
)
def test_a_smooth_average_is_close(rule, count, error):
    """``E exp(a'z) = exp(|a|^2 / 2)``; the bounds are twice the most that seeds 0 to 19 miss by."""
    a = np.array([0.3, -0.2, 0.25, 0.1])
    weights, points = normal_points(4, count, rule, 4)
    assert weights @ np.exp(points @ a) == pytest.approx(np.exp(a @ a / 2), rel=error)


def test_nothing_uncertain_is_one_point():
    weights, points = normal_points(0, 100, "sobol", 1)
    assert weights.tolist() == [1.0]
    assert points.shape == (1, 0)


def test_bad_rules_and_counts_are_refused_with_a_cure():
    with pytest.raises(DesignError, match="unknown rule for averaging over a prior 'halton'"):
        normal_points(2, 10, "halton", 1)
    with pytest.raises(DesignError, match="0 draws cannot stand for a prior"):
        normal_points(2, 0, "sobol", 1)
    with pytest.raises(DesignError, match="spherical-radial") as caught:
        normal_points(16, 100, "gauss-hermite", 1)
    assert "65,536 points" in str(caught.value)
