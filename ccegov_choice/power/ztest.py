"""Power of a two-sided z-test, of a number and of a ratio, and their inverses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_REACH = 8.5  # a standard normal lies further out once in 10^16
_HALVINGS = 44  # of 1,000 standard errors, down to 10^-10 of one


def critical_value(level: float) -> float:
    """Return ``z`` with ``P(|Z| <= z) = level``."""
    return float(special.ndtri(0.5 + level / 2))


def z_power(shift: npt.ArrayLike, level: float) -> Floats:
    """Return the chance that ``|Z + shift|`` exceeds the critical value.

    Parameters
    ----------
    shift : array
        True value over its standard error.
    level : float
        Confidence level.
    """
    z = critical_value(level)
    size = np.abs(np.asarray(shift, dtype=np.float64))
    power: Floats = special.ndtr(size - z) + special.ndtr(-size - z)
    return power


def z_detectable(power: float, level: float) -> float:
    """Return the shift, in standard errors, that a z-test detects with a chance of `power`.

    About ``z_(level) + z_(power)``, 2.80 for 0.8 and 0.95; exact, with the far tail.
    """
    low, high = 0.0, critical_value(level) + _REACH
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if z_power(middle, level) < power else (low, middle)
    return high


def ratio_power(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    correlation: npt.ArrayLike,
    level: float,
) -> Floats:
    """Return the chance that a ratio is seen to differ from zero.

    The test is that of ``willingness_to_trade``: the denominator has to exceed zero by the
    critical value ``z``, and the interval of the delta method must not hold zero.

    Parameters
    ----------
    numerator, denominator : array (R,)
        True values over their standard errors.
    correlation : array (R,)
        Of the two estimates.
    level : float
        Confidence level.

    Notes
    -----
    With ``N`` and ``D`` the two z-statistics, the statistic ``t`` of the ratio obeys
    ``1/t^2 = 1/N^2 - 2 rho/(N D) + 1/D^2``, so that ``|t| > z`` and ``D > z`` is

        ``u1 < 1/N < u2``,  ``u = rho/D -+ sqrt(1/z^2 - (1 - rho^2)/D^2)``,

    where ``u1 < 0 < u2``. ``N`` and ``D`` are taken as jointly normal with known covariance; the
    chance is integrated over ``D`` by Gauss-Legendre quadrature, to 0.001 or better. Where it
    exceeds one half it rises with the number of people; the false alarms of a gain worth nothing
    may get rarer and commoner.
    """
    z = critical_value(level)
    mean_n, mean_d, rho = np.broadcast_arrays(
        *(np.asarray(a, dtype=np.float64)[..., None] for a in (numerator, denominator, correlation))
    )
    rho = np.clip(rho, -1 + 1e-12, 1 - 1e-12)
    low = np.maximum(z, mean_d - _REACH)
    high = np.maximum(mean_d + _REACH, low)
    half = (high - low) / 2
    # just above z, where u1 < 0 < u2 holds in floating point too
    d = np.maximum(low + half * (1 + _NODES), z * (1 + 1e-9))
    density = np.exp(-((d - mean_d) ** 2) / 2) / np.sqrt(2 * np.pi)
    root = np.sqrt(np.maximum(1 / z**2 - (1 - rho**2) / d**2, 0.0))
    above, below = 1 / (rho / d + root), 1 / (rho / d - root)
    centre, spread = mean_n + rho * (d - mean_d), np.sqrt(1 - rho**2)
    chance = special.ndtr((centre - above) / spread) + special.ndtr((below - centre) / spread)
    power: Floats = (half * _WEIGHTS * density * chance).sum(axis=-1)
    return power


def ratio_detectable(
    denominator: npt.ArrayLike, correlation: npt.ArrayLike, power: float, level: float
) -> Floats:
    """Return the numerator, in standard errors, that `ratio_power` detects with that chance.

    Returns
    -------
    ndarray of shape (R,)
        Infinite where the denominator is told from zero too seldom, however large the numerator.
    """
    denominator, correlation = np.broadcast_arrays(
        *(np.asarray(a, dtype=np.float64) for a in (denominator, correlation))
    )
    low, high = np.zeros(denominator.shape), np.full(denominator.shape, 1e3)
    reachable = ratio_power(high, denominator, correlation, level) >= power
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = ratio_power(middle, denominator, correlation, level) >= power
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    found: Floats = np.where(reachable, high, np.inf)
    return found


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the value with half of the weight at or below it; it may be infinite."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) >= 0.5 * weights.sum() * (1 - 1e-12)
    return float(values[order][int(np.argmax(reached))])
