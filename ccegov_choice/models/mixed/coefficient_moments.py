"""Mean, spread, quantiles and signs of a coefficient's distribution over people."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from ccegov_choice.kernels.mixed import EXPONENTIAL, IDENTITY, LOGISTIC, POSITIVE_PART
from ccegov_choice.models.mixed.distributions import (
    Distribution,
    normal_quantile,
    triangular_quantile,
    uniform_quantile,
)

FloatArray = npt.NDArray[np.float64]

LOW, HIGH = 0.05, 0.95
# Where no formula exists, moments are those of so many equally likely coefficients.
_MIDPOINTS = 100_000
# So many standard deviations away there is nobody.
_FAR = 37.0
# Standard deviation of a standard draw.
_UNIT = {
    normal_quantile: 1.0,
    uniform_quantile: math.sqrt(1 / 3),
    triangular_quantile: math.sqrt(1 / 6),
}


class Moments(NamedTuple):
    """What a table tells of a distribution; ``below`` and ``zero`` are shares of people."""

    mean: float
    sd: float
    low: float
    median: float
    high: float
    below: float
    zero: float


def midpoints(count: int = _MIDPOINTS) -> FloatArray:
    """Return ``count`` numbers between 0 and 1, each in the middle of an equal part."""
    return (np.arange(count) + 0.5) / count


def moments(shape: Distribution, location: float, size: float) -> Moments:
    """Return the moments of ``low + span f(location + size z)``.

    Parameters
    ----------
    shape : Distribution
        Not tabulated.
    location, size : float
        Where it lies, and how much of the standard draw is in it; its sign does not matter, since
        standard draws are symmetric.
    """
    size = abs(size)
    mean, sd = _two_moments(shape, location, size)
    low, median, high = (_quantile(shape, location, size, p) for p in (LOW, 0.5, HIGH))
    below, zero = _signs(shape, location, size)
    return Moments(mean, sd, low, median, high, below, zero)


def tabulated_moments(shape: Distribution, arguments: FloatArray) -> Moments:
    """Return the moments of a distribution that is a quantile function of its parameters."""
    u = midpoints()
    values = shape.at(u, *arguments)
    low, median, high = (float(shape.at(np.array([p]), *arguments)[0]) for p in (LOW, 0.5, HIGH))
    return Moments(
        float(values.mean()), float(values.std()), low, median, high, _share_below(u, values), 0.0
    )


def simulated_moments(values: FloatArray) -> Moments:
    """Return the moments of coefficients ``(R,)`` of equally likely people."""
    low, median, high = np.quantile(values, [LOW, 0.5, HIGH])
    below, zero = float((values < 0).mean()), float((values == 0).mean())
    return Moments(
        float(values.mean()),
        float(values.std()),
        float(low),
        float(median),
        float(high),
        below,
        zero,
    )


def _share_below(u: FloatArray, values: FloatArray) -> float:
    """Return the share below zero of rising values, smooth in these."""
    return float(np.interp(0.0, values, u, left=0.0, right=1.0))


def _two_moments(shape: Distribution, location: float, size: float) -> tuple[float, float]:
    """Return mean and standard deviation; by formula where there is one."""
    wide = abs(shape.span)
    if shape.kind == IDENTITY and shape.quantile in _UNIT:
        return shape.low + shape.span * location, wide * size * _UNIT[shape.quantile]
    if shape.normal_inside and shape.kind == EXPONENTIAL:
        with np.errstate(over="ignore"):
            middle = float(np.exp(location + size**2 / 2))
            spread = float(np.sqrt(np.expm1(size**2)))
        return shape.low + shape.span * middle, wide * middle * spread if spread else 0.0
    if shape.normal_inside and shape.kind == POSITIVE_PART and size > 0:
        middle, spread = _censored(location, size)
        return shape.low + shape.span * middle, wide * spread
    values = shape.value(location + size * shape.quantile(midpoints()))
    return float(values.mean()), float(values.std())


def _censored(location: float, size: float) -> tuple[float, float]:
    """Return mean and standard deviation of a normal whose negative part is at zero."""
    ratio = min(max(location / size, -_FAR), _FAR)
    if abs(ratio) == _FAR:  # nobody is at zero, or everybody
        return (location, size) if ratio > 0 else (0.0, 0.0)
    above = float(special.ndtr(ratio))
    density = math.exp(-(ratio**2) / 2) / math.sqrt(2 * math.pi)
    middle = ratio * above + density
    square = (ratio**2 + 1) * above + ratio * density
    return size * middle, size * math.sqrt(max(square - middle**2, 0.0))


def _quantile(shape: Distribution, location: float, size: float, p: float) -> float:
    u = p if shape.span > 0 else 1 - p
    return float(shape.value(location + size * shape.quantile(np.array([u])))[0])


def _signs(shape: Distribution, location: float, size: float) -> tuple[float, float]:
    """Return the shares of people below zero, and at zero."""
    zero = -shape.low / shape.span  # where f must be for the coefficient to be zero
    if shape.kind == POSITIVE_PART and shape.low == 0:
        beyond = _below(shape, location, size, 0.0)
        return (0.0 if shape.span > 0 else 1.0 - beyond), beyond
    ends = {EXPONENTIAL: (0.0, np.inf), POSITIVE_PART: (0.0, np.inf), LOGISTIC: (0.0, 1.0)}
    low, high = ends.get(shape.kind, (-np.inf, np.inf))
    if zero <= low or zero >= high:
        share = 0.0 if zero <= low else 1.0
    else:
        inverse = {EXPONENTIAL: np.log, LOGISTIC: special.logit}.get(shape.kind, float)
        share = _below(shape, location, size, float(inverse(zero)))
    return (share if shape.span > 0 else 1.0 - share), 0.0


def _below(shape: Distribution, location: float, size: float, eta: float) -> float:
    """Return the chance that ``location + size z`` is below ``eta``."""
    if size == 0:
        return float(location < eta)
    z = (eta - location) / size
    if shape.quantile is normal_quantile:
        return float(special.ndtr(z))
    if shape.quantile is uniform_quantile:
        return float(np.clip((z + 1) / 2, 0.0, 1.0))
    if shape.quantile is triangular_quantile:
        z = float(np.clip(z, -1.0, 1.0))
        return (1 + z) ** 2 / 2 if z < 0 else 1 - (1 - z) ** 2 / 2
    u = midpoints()
    return float(np.interp(z, shape.quantile(u), u, left=0.0, right=1.0))
