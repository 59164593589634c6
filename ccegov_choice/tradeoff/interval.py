"""Intervals for a ratio of two utilities: delta, Krinsky-Robb, Fieller, bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

Shape = Literal["bounded", "from below", "from above", "two pieces", "unbounded"]


@dataclass(frozen=True)
class Ratio:
    """A ratio of two estimated utilities and their joint uncertainty.

    Parameters
    ----------
    numerator, denominator : float
        Utility of the gain, and of one unit of improvement of what is paid in.
    numerator_variance, denominator_variance, covariance : float
        Of the two.
    """

    numerator: float
    denominator: float
    numerator_variance: float
    denominator_variance: float
    covariance: float

    @classmethod
    def of(
        cls,
        gain: npt.NDArray[np.float64],
        payment: npt.NDArray[np.float64],
        estimates: npt.NDArray[np.float64],
        covariance: npt.NDArray[np.float64],
    ) -> Ratio:
        """Make the ratio of two linear combinations ``(K,)`` of estimates ``(K,)``."""
        return cls(
            float(gain @ estimates),
            float(payment @ estimates),
            max(float(gain @ covariance @ gain), 0.0),
            max(float(payment @ covariance @ payment), 0.0),
            float(gain @ covariance @ payment),
        )

    @property
    def estimate(self) -> float:
        """Numerator over denominator."""
        return self.numerator / self.denominator

    @property
    def denominator_statistic(self) -> float:
        """Denominator over its standard error; infinite where it is fixed."""
        if self.denominator_variance == 0.0:
            return float(np.copysign(np.inf, self.denominator))
        return self.denominator / float(np.sqrt(self.denominator_variance))

    def bounded_away(self, level: float) -> bool:
        """Return whether the denominator differs from zero at a confidence level.

        The threshold ``|z| > Phi^-1((1 + level) / 2)``, 1.96 at 95 %, is the one at which
        Fieller's set becomes an interval (his ``g < 1``).
        """
        return abs(self.denominator_statistic) > normal_quantile(level)


@dataclass(frozen=True)
class Interval:
    """A confidence set of a number: an interval, or where there is none, what there is instead.

    Parameters
    ----------
    low, high : float or None
        Limits; None where there is no such limit.
    excluded : (float, float) or None
        For a set of two pieces: the gap between them, the only values ruled out.
    """

    low: float | None
    high: float | None
    excluded: tuple[float, float] | None = None

    @property
    def shape(self) -> Shape:
        """How the set looks."""
        if self.excluded is not None:
            return "two pieces"
        if self.low is None:
            return "unbounded" if self.high is None else "from above"
        return "from below" if self.high is None else "bounded"

    def contains(self, value: float) -> bool:
        """Return whether a value lies in the set."""
        if self.excluded is not None:
            return not self.excluded[0] < value < self.excluded[1]
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)


def normal_quantile(level: float) -> float:
    """Return ``z`` with ``P(|Z| <= z) = level`` for a standard normal ``Z``."""
    return float(special.ndtri(0.5 + level / 2))


def delta_interval(ratio: Ratio, level: float) -> tuple[Interval, float]:
    """Return the first-order interval of a ratio, and its standard error.

    Notes
    -----
    ``Var(n/d) = (V_nn - 2 r V_nd + r^2 V_dd) / d^2`` with ``r = n/d``.
    """
    r = ratio.estimate
    variance = (
        ratio.numerator_variance - 2 * r * ratio.covariance + r**2 * ratio.denominator_variance
    ) / ratio.denominator**2
    error = float(np.sqrt(max(variance, 0.0)))
    half = normal_quantile(level) * error
    return Interval(r - half, r + half), error


def fieller_interval(ratio: Ratio, level: float) -> Interval:
    """Return Fieller's confidence set of a ratio.

    All ``t`` with ``(n - t d)^2 <= z^2 (V_nn - 2 t V_nd + t^2 V_dd)``: an interval where the
    denominator differs from zero at the level, else the whole line or all but a gap.

    References
    ----------
    Fieller (1954), Journal of the Royal Statistical Society B 16, 175-185.
    """
    squared = normal_quantile(level) ** 2
    a = ratio.denominator**2 - squared * ratio.denominator_variance
    b = ratio.numerator * ratio.denominator - squared * ratio.covariance
    c = ratio.numerator**2 - squared * ratio.numerator_variance
    # the set is { t : a t^2 - 2 b t + c <= 0 }
    if a == 0.0:
        if b == 0.0:
            return Interval(None, None)
        limit = c / (2 * b)
        return Interval(limit, None) if b > 0 else Interval(None, limit)
    root = b * b - a * c
    if a < 0 and root <= 0:
        return Interval(None, None)
    # in this form no digits cancel: the two roots are q / a and c / q
    q = b + float(np.copysign(np.sqrt(max(root, 0.0)), b))
    limits = sorted((q / a, c / q if q else 0.0))
    if a > 0:
        return Interval(limits[0], limits[1])
    return Interval(None, None, (limits[0], limits[1]))


def percentile_interval(values: npt.NDArray[np.float64], level: float) -> Interval:
    """Return the central interval of draws ``(R,)``.

    The ``k``-th smallest of ``R`` draws stands for the share ``k / (R + 1)``, so that few draws
    do not make the interval too short.
    """
    shares = [0.5 - level / 2, 0.5 + level / 2]
    low, high = np.quantile(values, shares, method="weibull")
    return Interval(float(low), float(high))
