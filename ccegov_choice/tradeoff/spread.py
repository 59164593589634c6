"""What a trade-off is over people: quantiles, means and signs, at one set of parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.mixed.ratio_law import RatioLaw

FloatArray = npt.NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_MEDIAN = QUANTILES.index(0.5)
# A share that is met but for rounding is met.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Spread:
    """A ratio of utilities over people.

    Parameters
    ----------
    quantiles : ndarray of shape (5,)
        At the shares `QUANTILES` of people; infinite where people would give anything.
    mean, trimmed : float
        Over all people, and without a share of them at either end.
    opposite : float
        Share of people to whom the gain is a loss.
    refuse : float
        Share of people to whom what is paid in costs nothing, or is a gain.
    denominator : float
        The median utility of one unit of what is paid in.
    """

    quantiles: FloatArray
    mean: float
    trimmed: float
    opposite: float
    refuse: float
    denominator: float

    @property
    def median(self) -> float:
        """What half of the people would give at most."""
        return float(self.quantiles[_MEDIAN])

    def numbers(self) -> FloatArray:
        """Return everything but the denominator ``(9,)``: quantiles, mean, trimmed, shares."""
        return np.array([*self.quantiles, self.mean, self.trimmed, self.opposite, self.refuse])


def spread_of_law(law: RatioLaw, trim: float) -> Spread:
    """Return what the law of a ratio says."""
    sound = law.denominator > 0
    below = law.below
    return Spread(
        law.quantile(np.array(QUANTILES)),
        law.mean,
        law.between(trim),
        below if sound else _above(law, below),
        0.0 if sound else 1.0,
        law.denominator,
    )


def _above(law: RatioLaw, below: float) -> float:
    at_zero = float(law.size == 0 and law.quantile(np.array([0.5]))[0] == 0)
    return 1.0 - below - at_zero


def spread_of_people(over: FloatArray, under: FloatArray, mass: FloatArray, trim: float) -> Spread:
    """Return what people say whose utilities and weights are known.

    Parameters
    ----------
    over, under : ndarray of shape (n,)
        Utility of the gain, and of one unit of what is paid in.
    mass : ndarray of shape (n,)
        Share of the people, in any unit.
    trim : float
        Share at either end that the trimmed mean leaves out.
    """
    share = mass / mass.sum()
    ratios = people_ratios(over, under)
    order = np.argsort(ratios, kind="stable")
    sorted_ratios, sorted_share = ratios[order], share[order]
    upto = np.cumsum(sorted_share)
    inside = np.minimum(upto, 1 - trim) - np.maximum(upto - sorted_share, trim)
    kept = inside > _ROUNDING
    return Spread(
        _quantiles(sorted_ratios, upto, QUANTILES),
        _mean(ratios, share),
        _mean(sorted_ratios[kept], inside[kept]),
        float(share[over < 0].sum()),
        float(share[under <= 0].sum()),
        weighted_median(under, share),
    )


def _mean(values: FloatArray, weights: FloatArray) -> float:
    """Return a weighted mean; infinite where somebody would give anything."""
    if np.isinf(values[weights > 0]).any():
        return math.inf
    return float(values @ weights) / float(weights.sum())


def people_ratios(over: FloatArray, under: FloatArray) -> FloatArray:
    """Return ratios; who does not mind paying would give any number, or nothing for nothing."""
    free = under == 0
    anything = np.where(over == 0, 0.0, np.copysign(np.inf, over))
    # plus zero: nothing has no sign
    return np.where(free, anything, over / np.where(free, 1.0, under)) + 0.0


def weighted_median(values: FloatArray, share: FloatArray) -> float:
    """Return the least value that half of the people lie at or below."""
    order = np.argsort(values, kind="stable")
    return float(_quantiles(values[order], np.cumsum(share[order]), (0.5,))[0])


def _quantiles(ordered: FloatArray, upto: FloatArray, shares: tuple[float, ...]) -> FloatArray:
    places = np.searchsorted(upto / upto[-1], np.array(shares) - _ROUNDING)
    return np.asarray(ordered[np.minimum(places, len(ordered) - 1)], dtype=np.float64)
