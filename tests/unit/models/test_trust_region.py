"""The step solves its small problem exactly: inside the ball, inside the box, best of all."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.models.fitting.trust_region import Box, constrained_step, decrement


def _quadratic(seed, size, *, definite=True):
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((size, size))
    hessian = -(root @ root.T) - 0.1 * np.eye(size)
    if not definite:
        hessian += 3 * np.eye(size)
    return rng.standard_normal(size), hessian


def _gain(step, gradient, hessian):
    return gradient @ step + step @ hessian @ step / 2


def test_a_large_ball_gives_the_newton_step():
    gradient, hessian = _quadratic(0, 6)
    step = constrained_step(gradient, hessian, np.zeros(6), Box.unbounded(6), 1e6, np.ones(6))
    np.testing.assert_allclose(step, np.linalg.solve(-hessian, gradient), rtol=1e-9)


@pytest.mark.parametrize("definite", [True, False])
def test_a_small_ball_gives_the_best_step_on_its_surface(definite):
    rng = np.random.default_rng(5)
    for seed in range(10):
        gradient, hessian = _quadratic(seed, 4, definite=definite)
        scale = rng.uniform(0.5, 2, 4)
        step = constrained_step(gradient, hessian, np.zeros(4), Box.unbounded(4), 0.1, scale)
        assert np.linalg.norm(step * scale) == pytest.approx(0.1, rel=1e-6)
        others = rng.standard_normal((2000, 4))
        others *= 0.1 / np.linalg.norm(others, axis=1, keepdims=True)
        best = max(_gain(other / scale, gradient, hessian) for other in others)
        assert _gain(step, gradient, hessian) >= best - 1e-12


def test_a_direction_without_slope_or_curvature_is_left_alone():
    hessian = np.diag([-2.0, 0.0])
    step = constrained_step(
        np.array([1.0, 0.0]), hessian, np.zeros(2), Box.unbounded(2), 10, np.ones(2)
    )
    assert step.tolist() == [0.5, 0.0]


def test_walls_hold_and_the_others_know_it():
    gradient, hessian = np.array([4.0, 1.0]), np.array([[-2.0, 1.0], [1.0, -2.0]])
    box = Box(np.array([-np.inf, -np.inf]), np.array([1.0, np.inf]))
    step = constrained_step(gradient, hessian, np.zeros(2), box, 100, np.ones(2))
    # with the first at its wall of 1, the second solves 1 + 1 - 2 s = 0
    np.testing.assert_allclose(step, [1.0, 1.0], rtol=1e-12)


def test_a_parameter_pushed_against_its_wall_does_not_count():
    box = Box(np.array([0.0, -np.inf]), np.array([np.inf, np.inf]))
    gradient, hessian, point = np.array([-5.0, 2.0]), -np.eye(2), np.array([0.0, 0.0])
    assert box.held(point, gradient).tolist() == [True, False]
    assert decrement(gradient, hessian, point, box) == pytest.approx(2.0)
    step = constrained_step(gradient, hessian, point, box, 100, np.ones(2))
    assert step.tolist() == [0.0, 2.0]


def test_no_top_means_an_infinite_decrement():
    assert decrement(np.ones(2), np.diag([-1.0, 1.0]), np.zeros(2), Box.unbounded(2)) == np.inf
