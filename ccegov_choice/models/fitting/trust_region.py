"""The step of a trust-region Newton search inside a box: dense, small, exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Box:
    """Bounds of the free parameters; infinite where there is none.

    Parameters
    ----------
    low, high : ndarray of shape (F,)
        The bounds, ``low <= high``.
    """

    low: FloatArray
    high: FloatArray

    @classmethod
    def unbounded(cls, size: int) -> Box:
        """Return a box without walls."""
        return cls(np.full(size, -np.inf), np.full(size, np.inf))

    def clip(self, point: FloatArray) -> FloatArray:
        """Return the nearest point inside."""
        return np.clip(point, self.low, self.high)

    def land(self, point: FloatArray, step: FloatArray) -> FloatArray:
        """Return where a step ends: inside, and on a wall that it misses by rounding only."""
        end = self.clip(point + step)
        for wall in (self.low, self.high):
            rounding = 4 * np.finfo(float).eps * (np.abs(point) + np.abs(wall))
            near = np.isfinite(wall) & (np.abs(end - wall) <= rounding)
            end = np.where(near, wall, end)
        return end

    def held(self, point: FloatArray, gradient: FloatArray) -> BoolArray:
        """Return which parameters lie at a bound that the slope pushes against."""
        at_low = (point <= self.low) & (gradient <= 0)
        at_high = (point >= self.high) & (gradient >= 0)
        return np.asarray(at_low | at_high, dtype=bool)


def decrement(gradient: FloatArray, hessian: FloatArray, point: FloatArray, box: Box) -> float:
    """Return the Newton decrement ``g' (-H)^-1 g / 2`` of the parameters not held at a bound.

    It is the gain the quadratic model still promises, and half the squared distance to its top in
    standard errors. Infinite where the model has no top.
    """
    move = ~box.held(point, gradient)
    if not move.any():
        return 0.0
    slope = gradient[move]
    if not slope.any():
        return 0.0
    scaled, scale = _unit_diagonal(-hessian[np.ix_(move, move)])
    try:
        factor = np.linalg.cholesky(scaled)
    except np.linalg.LinAlgError:
        return np.inf
    half = np.linalg.solve(factor, slope / scale)
    return float(half @ half) / 2


def constrained_step(
    gradient: FloatArray,
    hessian: FloatArray,
    point: FloatArray,
    box: Box,
    radius: float,
    scale: FloatArray,
) -> FloatArray:
    """Return the step that raises the quadratic model most, within the radius and the box.

    Parameters that would leave the box are set on its wall one after the other, the one that would
    go out furthest first, and the rest is solved again.

    Parameters
    ----------
    gradient : ndarray of shape (F,)
        Slope of the objective, to be made as high as possible.
    hessian : ndarray of shape (F, F)
        Its second derivatives; need not be negative definite.
    point : ndarray of shape (F,)
        Where they were taken.
    box : Box
        The bounds.
    radius : float
        Longest step, in units of ``scale``.
    scale : ndarray of shape (F,)
        Length of a unit of each parameter is ``1 / scale``.
    """
    move = ~box.held(point, gradient)
    step = np.zeros_like(point)
    for _ in range(len(point)):
        if not move.any():
            return step
        # walls already reached shift the slope that the others see
        slope = gradient[move] + hessian[np.ix_(move, ~move)] @ step[~move]
        step[move] = _ball_step(slope, hessian[np.ix_(move, move)], radius, scale[move])
        target = point + step
        excess = np.maximum(box.low - target, target - box.high) * scale
        excess[~move] = 0.0
        worst = int(np.argmax(excess))
        if excess[worst] <= 0:
            return step
        wall = box.low[worst] if target[worst] < box.low[worst] else box.high[worst]
        step[worst] = wall - point[worst]
        move[worst] = False
    return step


def _ball_step(
    gradient: FloatArray, hessian: FloatArray, radius: float, scale: FloatArray
) -> FloatArray:
    """Return the best step in a ball, from the eigenvalues of the scaled curvature.

    References
    ----------
    More & Sorensen (1983), SIAM J. Sci. Stat. Comput. 4, 553-572.
    """
    curvature = -hessian / np.outer(scale, scale)
    slope = gradient / scale
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    along = vectors.T @ slope
    largest = float(np.abs(values).max(initial=0.0))
    floor = 1e-13 * largest + np.finfo(float).tiny
    # a direction without slope or curvature is left alone
    flat = (np.abs(values) <= floor) & (np.abs(along) <= 1e-10 * np.linalg.norm(slope))
    if values[0] > floor or flat[values <= floor].all():
        newton = np.where(flat, 0.0, along / np.where(flat, 1.0, values))
        if np.linalg.norm(newton) <= radius:
            result: FloatArray = (vectors @ newton) / scale
            return result
    shift = _shift(values, along, radius)
    damped: FloatArray = (vectors @ (along / (values + shift))) / scale
    return damped


def _shift(values: FloatArray, along: FloatArray, radius: float) -> float:
    """Return the damping that makes the step as long as the radius."""
    least = max(0.0, -float(values[0]))
    length = float(np.linalg.norm(along))
    low, high = least, least + length / radius + abs(float(values[-1])) * 1e-8
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        damped = values + middle
        too_long = damped[0] <= 0 or float(np.linalg.norm(along / damped)) > radius
        low, high = (middle, high) if too_long else (low, middle)
    return high


def _unit_diagonal(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    diagonal = np.diag(matrix)
    scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    return matrix / np.outer(scale, scale), scale
