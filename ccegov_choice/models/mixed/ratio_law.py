"""The ratio of two utilities over the people of a mixed logit: its law, and whether it has a mean.

A utility here is a sum of coefficients times numbers. Its ratio to another has a law that can be
written down where what is divided by is the same for everybody, or is one lognormal coefficient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.mixed import EXPONENTIAL, IDENTITY, LOGISTIC, POSITIVE_PART
from ccegov_choice.models.mixed.coefficient_moments import midpoints, moments
from ccegov_choice.models.mixed.distributions import (
    Distribution,
    Normal,
    triangular_quantile,
    uniform_quantile,
)
from ccegov_choice.models.mixed.layout import Layout
from ccegov_choice.models.mixed.tabulated import TruncatedNormal
from ccegov_choice.models.mixed.taste_map import Feature

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RatioLaw:
    """A ratio that is ``low + span f(location + size z)`` over people, as coefficients are.

    Parameters
    ----------
    shape : Distribution
        Its shape.
    location, size : float
        Where it lies, and how much of the standard draw is in it.
    denominator : float
        The median of what is divided by.
    """

    shape: Distribution
    location: float
    size: float
    denominator: float

    def quantile(self, p: FloatArray) -> FloatArray:
        """Return the values that shares ``p`` of people lie below."""
        u = p if self.shape.span >= 0 else 1 - p
        z = self.shape.quantile(u) if self.size else np.zeros_like(p)
        return self.shape.value(self.location + self.size * z)

    @property
    def mean(self) -> float:
        """The mean; infinite where it is too large for a number."""
        with np.errstate(over="ignore", invalid="ignore"):
            return moments(self.shape, self.location, self.size).mean

    @property
    def below(self) -> float:
        """Share of people below zero."""
        if self.size == 0:
            return float(self.quantile(np.array([0.5]))[0] < 0)
        return moments(self.shape, self.location, self.size).below

    def between(self, trim: float) -> float:
        """Return the mean without a share of people at either end."""
        return float(self.quantile(trim + (1 - 2 * trim) * midpoints(4000)).mean())


class _Part(NamedTuple):
    """A random coefficient in a sum: ``low + span f(location + z)``, ``z`` a sum of loads."""

    shape: Distribution
    low: float
    span: float
    locations: FloatArray
    loads: Mapping[Feature, FloatArray]

    @property
    def size(self) -> FloatArray:
        return np.asarray(np.sqrt(np.sum([b**2 for b in self.loads.values()], axis=0)))


@dataclass(frozen=True, eq=False)
class _Sum:
    """A utility: what is the same for everybody, and random parts."""

    fixed: FloatArray
    parts: tuple[_Part, ...]
    multipliers: frozenset[int]


def _sum(layout: Layout, row: FloatArray, theta: FloatArray) -> _Sum:
    """Read a row of multipliers ``(Q,)`` of coefficients."""
    tastes = layout.tastes
    places = tastes.places(theta)
    fixed = np.zeros(1)
    parts: list[_Part] = []
    multipliers: set[int] = set()
    for column, k in enumerate(layout.order):
        factor = float(row[k])
        if factor == 0:
            continue
        if column >= layout.varying:
            fixed = fixed + factor * places.fixed[column - layout.varying]
            multipliers.add(-1)
            continue
        value = tastes.values[column]
        multipliers.add(tastes.multipliers[column])
        if not value.loads:
            fixed = fixed + factor * value.distribution.value(_once(places.a[:, column]))
            continue
        loads: dict[Feature, FloatArray] = {}
        for e in np.flatnonzero(tastes.owner == column):
            feature = tastes.features[tastes.structure.features[e]]
            loads[feature] = loads.get(feature, np.zeros(1)) + _once(places.b[:, e])
        shape = value.distribution
        low, span = factor * shape.low, factor * shape.span
        parts.append(_Part(shape, low, span, _once(places.a[:, column]), loads))
    return _Sum(fixed, tuple(parts), frozenset(multipliers))


def _once(values: FloatArray) -> FloatArray:
    """Return one number where all people have the same."""
    return values[:1] if (values == values[0]).all() else values


# --- the law --------------------------------------------------------------------------------------


def ratio_law(
    layout: Layout, gain: FloatArray, payment: FloatArray, theta: FloatArray
) -> RatioLaw | None:
    """Return the law of a ratio over people; None where it cannot be written down.

    Parameters
    ----------
    layout : Layout
        Of a mixed logit.
    gain, payment : ndarray of shape (Q,)
        Multipliers of the coefficients in both utilities.
    theta : ndarray of shape (P,)
        The parameters.
    """
    over, under = _sum(layout, gain, theta), _sum(layout, payment, theta)
    if len(over.multipliers | under.multipliers) > 1:  # else they cancel
        return None
    every = (*over.parts, *under.parts)
    if any(len(part.locations) > 1 or part.size.size > 1 for part in every):
        return None
    if over.fixed.size > 1 or under.fixed.size > 1 or any(p.shape.tabulated for p in every):
        return None
    if not under.parts:
        return _over_constant(over, float(under.fixed[0]))
    if len(under.parts) == 1 and float(under.fixed[0]) == 0:
        return _over_lognormal(over, under.parts[0])
    return None


def _over_constant(over: _Sum, divisor: float) -> RatioLaw | None:
    if divisor == 0:
        return None
    fixed = float(over.fixed[0])
    if not over.parts:
        return RatioLaw(Normal(), fixed / divisor, 0.0, divisor)
    if all(p.shape.normal_inside and p.shape.kind == IDENTITY for p in over.parts):
        location = fixed + sum(p.low + p.span * float(p.locations[0]) for p in over.parts)
        size = _length([(p.span, p) for p in over.parts])
        return RatioLaw(Normal(), location / divisor, size / abs(divisor), divisor)
    if len(over.parts) > 1:
        return None
    part = over.parts[0]
    if len(part.loads) > 1 and not part.shape.normal_inside:
        return None
    low, span = (fixed + part.low) / divisor, part.span / divisor
    shape = Distribution(part.shape.quantile, part.shape.kind, low, span)
    return RatioLaw(shape, float(part.locations[0]), float(part.size[0]), divisor)


def _over_lognormal(over: _Sum, under: _Part) -> RatioLaw | None:
    if not _is_lognormal(under):
        return None
    divisor = under.span * float(np.exp(under.locations[0]))
    fixed = float(over.fixed[0])
    if not over.parts:
        if fixed == 0:
            return RatioLaw(Normal(), 0.0, 0.0, divisor)
        shape = Distribution(kind=EXPONENTIAL, span=fixed / under.span)
        return RatioLaw(shape, -float(under.locations[0]), float(under.size[0]), divisor)
    if len(over.parts) > 1 or fixed != 0 or not _is_lognormal(over.parts[0]):
        return None
    part = over.parts[0]
    shape = Distribution(kind=EXPONENTIAL, span=part.span / under.span)
    location = float(part.locations[0] - under.locations[0])
    return RatioLaw(shape, location, _length([(1.0, part), (-1.0, under)]), divisor)


def _is_lognormal(part: _Part) -> bool:
    return part.shape.kind == EXPONENTIAL and part.shape.normal_inside and part.low == 0


def _length(parts: list[tuple[float, _Part]]) -> float:
    """Return the standard deviation of a sum of normal draws, which may share some."""
    total: dict[Feature, float] = {}
    for factor, part in parts:
        for feature, load in part.loads.items():
            total[feature] = total.get(feature, 0.0) + factor * float(load[0])
    return float(np.sqrt(sum(load**2 for load in total.values())))


# --- the mean -------------------------------------------------------------------------------------


def no_mean_because(
    layout: Layout, gain: FloatArray, payment: FloatArray, theta: FloatArray
) -> str:
    """Say why a ratio has no mean over people; nothing where it has one.

    A ratio has no mean where the density of what is divided by is above zero at zero. A lognormal,
    a Johnson SB that ends at zero and a triangular that does are near zero so seldom that it has.

    Parameters
    ----------
    layout, gain, payment, theta
        As in `ratio_law`.
    """
    over, under = _sum(layout, gain, theta), _sum(layout, payment, theta)
    if any(p.shape.tabulated and not isinstance(p.shape, TruncatedNormal) for p in over.parts):
        return "nobody knows whether a distribution of your own has one"
    if not under.parts:
        return "its value is zero" if (under.fixed == 0).any() else ""
    if len(under.parts) == 1:
        return _near_zero(under.parts[0], under.fixed)
    ends = [_ends(part) for part in under.parts]
    low = under.fixed + sum(low for low, _ in ends)
    high = under.fixed + sum(high for _, high in ends)
    if (low > 0).all() or (high < 0).all():
        return ""
    return "its value is a sum of several random coefficients, which may be zero"


def _near_zero(part: _Part, fixed: FloatArray) -> str:
    """Say whether a coefficient plus a constant is zero for some people, or too often near it."""
    if part.shape.tabulated and not isinstance(part.shape, TruncatedNormal):
        return "nobody knows how often a distribution of your own is near zero"
    low, high = (end + fixed for end in _ends(part))
    if (low > 0).all() or (high < 0).all():
        return ""
    touches = ((low >= 0) | (high <= 0)).all()
    mild = part.shape.kind in {EXPONENTIAL, LOGISTIC}
    mild |= part.shape.kind == IDENTITY and part.shape.quantile is triangular_quantile
    if touches and mild:
        return ""
    return f"its value is {part.shape} over people, so it is zero, or nearly so, for some of them"


def _ends(part: _Part) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest value of a random coefficient."""
    nowhere = np.full_like(part.locations, np.inf)
    if isinstance(part.shape, TruncatedNormal):
        ends = sorted(part.span * end for end in (part.shape.lowest, part.shape.highest))
        return np.full_like(part.locations, ends[0]), np.full_like(part.locations, ends[1])
    inner = _inner_ends(part)
    if inner is None:
        return -nowhere, nowhere
    a, b = (part.low + part.span * end for end in inner)
    return np.minimum(a, b), np.maximum(a, b)


def _inner_ends(part: _Part) -> tuple[FloatArray, FloatArray] | None:
    """Return the ends of ``f``; None where it has none."""
    zero = np.zeros_like(part.locations)
    if part.shape.kind in {EXPONENTIAL, POSITIVE_PART}:
        return zero, zero + np.inf
    if part.shape.kind == LOGISTIC:
        return zero, zero + 1.0
    if part.shape.quantile in {uniform_quantile, triangular_quantile}:
        return part.locations - part.size, part.locations + part.size
    return None
