"""The driver finds tops, keeps to walls, says how it ended, and never hides a failure."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.models.fitting.estimate import Evaluation, FitOptions, maximise
from ccegov_choice.models.fitting.status import Status
from ccegov_choice.models.fitting.trust_region import Box


def _rosenbrock(point):
    """Minus Rosenbrock's valley: not concave, top of zero at (1, 1)."""
    x, y = point
    value = -(100 * (y - x * x) ** 2 + (1 - x) ** 2)
    gradient = np.array([400 * x * (y - x * x) + 2 * (1 - x), -200 * (y - x * x)])
    hessian = np.array([[400 * y - 1200 * x * x - 2, 400 * x], [400 * x, -200.0]])
    return Evaluation(value, gradient, hessian)


def test_a_curved_valley_is_climbed_to_its_top():
    optimum = maximise(_rosenbrock, np.array([-1.2, 1.0]), Box.unbounded(2))
    assert optimum.record.status is Status.CONVERGED
    np.testing.assert_allclose(optimum.point, [1, 1], atol=1e-6)
    assert optimum.record.evaluations == optimum.record.iterations + 1
    values = [point.value for point in optimum.record.trace if point.accepted]
    assert values == sorted(values)


def test_the_top_inside_a_box_may_lie_on_its_wall():
    box = Box(np.array([-2.0, -2.0]), np.array([0.5, 2.0]))
    optimum = maximise(_rosenbrock, np.array([-1.2, 1.0]), box)
    assert optimum.record.converged
    np.testing.assert_allclose(optimum.point, [0.5, 0.25], atol=1e-6)


def test_a_start_outside_the_box_is_moved_in():
    box = Box(np.array([0.0]), np.array([1.0]))
    optimum = maximise(
        lambda p: Evaluation(-float(p[0] ** 2), -2 * p, -2 * np.eye(1)), np.array([5.0]), box
    )
    assert optimum.point.tolist() == [0.0]


def test_too_few_iterations_are_said():
    optimum = maximise(
        _rosenbrock, np.array([-1.2, 1.0]), Box.unbounded(2), options=FitOptions(max_iterations=3)
    )
    assert optimum.record.status is Status.TOO_MANY_ITERATIONS
    assert optimum.record.iterations == 3
    assert "max_iterations" in optimum.record.status.cure


def test_what_is_not_finite_at_the_start_is_said():
    def broken(point):
        return Evaluation(np.nan, np.zeros(1), np.zeros((1, 1)))

    optimum = maximise(broken, np.zeros(1), Box.unbounded(1))
    assert optimum.record.status is Status.NOT_FINITE


def test_a_step_into_nowhere_is_taken_back():
    def wall(point):
        value = float(np.log(point[0]) - point[0]) if point[0] > 0 else np.nan
        x = point[0] if point[0] > 0 else np.nan
        return Evaluation(value, np.array([1 / x - 1]), np.array([[-1 / x**2]]))

    # Newton's step from 3 goes to -3, where the logarithm does not exist
    optimum = maximise(wall, np.array([3.0]), Box.unbounded(1))
    assert optimum.record.converged
    assert optimum.point[0] == pytest.approx(1.0, abs=1e-9)
    assert not all(point.accepted for point in optimum.record.trace)


def test_ctrl_c_gives_the_best_point_so_far():
    calls = []

    def interrupted(point):
        calls.append(point)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return _rosenbrock(point)

    optimum = maximise(interrupted, np.array([-1.2, 1.0]), Box.unbounded(2))
    assert optimum.record.status is Status.INTERRUPTED
    assert optimum.at.value >= _rosenbrock(np.array([-1.2, 1.0])).value


def test_a_lying_slope_is_no_progress():
    def lying(point):
        return Evaluation(-float(point[0] ** 2), np.array([1.0]), np.array([[-1.0]]))

    optimum = maximise(lying, np.array([0.0]), Box.unbounded(1))
    assert optimum.record.status is Status.NO_PROGRESS


def test_walls_far_away_do_not_stop_a_search_without_a_top_in_sight():
    """The longest step goes through two walls, and set on both it would lose; a shorter one gains.

    At the wall of the last parameter the others have a top. The numbers are those of a mixed logit
    with a Weibull coefficient, at its start.
    """
    slope = np.array([117.14, 20.54, -13.2, -2.49])
    curves = np.array(
        [
            [-266875.36, -2030.27, 8353.08, 153.23],
            [-2030.27, -221.67, 158.65, 18.0],
            [8353.08, 158.65, -520.01, -8.11],
            [153.23, 18.0, -8.11, -1.27],
        ]
    )
    start = np.array([-0.037, 0.688, 0.237, 1.5])

    def bent(point):
        apart = point - start
        value = slope @ apart + apart @ curves @ apart / 2
        return Evaluation(float(value), slope + curves @ apart, curves)

    box = Box(np.array([-np.inf, 0.01, -np.inf, 0.3]), np.full(4, np.inf))
    optimum = maximise(bent, start, box, mass=2400.0)
    # the wall that it rests on is at 0.3 exactly, which 1.5 + (0.3 - 1.5) is not
    assert optimum.record.converged
    assert optimum.point[3] == 0.3
    others = slice(0, 3)
    apart = np.append(np.zeros(3), 0.3 - 1.5)
    apart[others] = np.linalg.solve(
        -curves[others, others], slope[others] - 1.2 * curves[others, 3]
    )
    top = slope @ apart + apart @ curves @ apart / 2
    assert optimum.at.value == pytest.approx(top, rel=1e-12)


def test_progress_hears_of_each_iteration():
    class Listener:
        def __init__(self):
            self.heard = []

        def advance(self, iteration, value, slope):
            self.heard.append((iteration, value, slope))

    listener = Listener()
    optimum = maximise(
        _rosenbrock, np.array([-1.2, 1.0]), Box.unbounded(2), options=FitOptions(progress=listener)
    )
    assert [iteration for iteration, _, _ in listener.heard] == list(
        range(1, optimum.record.iterations + 1)
    )
    assert listener.heard[-1][2] == optimum.record.gradient_norm


@pytest.mark.parametrize("status", list(Status))
def test_every_status_says_what_to_do(status):
    assert status.message.endswith(".")
    assert status.cure.endswith((".", "here."))
    assert Status.from_label(status.label) is status
