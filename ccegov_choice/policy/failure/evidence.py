"""Evidence that a failure rate is above or below a line, however often one looks.

A mixture of likelihood ratios is a non-negative supermartingale when the rate is where the null
hypothesis says, so by Ville's inequality it ever passes ``1 / alpha`` with a probability of at most
``alpha``: after any number of looks, planned or not.

References
----------
Robbins, H. (1970). Statistical methods related to the law of the iterated logarithm. Annals of
Mathematical Statistics 41(5), 1397-1409.
Johari, R., Koomen, P., Pekelis, L. & Walsh, D. (2022). Always valid inference: continuous
monitoring of A/B tests. Operations Research 70(3), 1806-1821.
Lan, K. K. G. & DeMets, D. L. (1983). Discrete sequential boundaries for clinical trials.
Biometrika 70(3), 659-663.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Side = Literal["above", "below"]


def log_evidence(
    failures: npt.ArrayLike, cases: npt.ArrayLike, line: float, side: Side
) -> FloatArray:
    """Return the logarithm of the evidence that the failure rate is above (below) a line.

    Parameters
    ----------
    failures, cases : array_like
        Counts so far, of any equal shape.
    line : float
        The rate of the null hypothesis, between 0 and 1.
    side : {"above", "below"}
        On which side the alternative lies.

    Returns
    -------
    ndarray
        Logarithm of the likelihood ratio mixed over Jeffreys' prior on that side of the line;
        ``-inf`` where it is zero to machine precision.
    """
    if side == "below":
        failed = np.asarray(cases) - np.asarray(failures)
        return log_evidence(failed, cases, 1 - line, "above")
    from scipy.special import betaln
    from scipy.stats import beta

    failed = np.asarray(failures, np.float64)
    rest = np.asarray(cases, np.float64) - failed
    prior = betaln(0.5, 0.5) + beta.logsf(line, 0.5, 0.5)
    with np.errstate(divide="ignore"):  # no evidence at all: the logarithm of zero is right
        seen = betaln(0.5 + failed, 0.5 + rest) + beta.logsf(line, 0.5 + failed, 0.5 + rest)
    return np.asarray(seen - prior - failed * np.log(line) - rest * np.log1p(-line))


def rate_limits(failures: int, cases: int, alpha: float) -> tuple[float, float]:
    """Return limits of the failure rate that hold at all looks together.

    Rates whose mixture likelihood ratio (Jeffreys' prior over all rates) is below ``1 / alpha``.
    """
    from scipy.optimize import brentq
    from scipy.special import betaln

    if cases == 0:
        return 0.0, 1.0
    mixed = float(betaln(0.5 + failures, 0.5 + cases - failures) - betaln(0.5, 0.5))

    def excess(rate: float) -> float:
        one = failures * np.log(rate) if failures else 0.0
        other = (cases - failures) * np.log1p(-rate) if failures < cases else 0.0
        return float(mixed - one - other + np.log(alpha))

    seen, edge = failures / cases, 1e-12
    low = brentq(excess, edge, seen) if failures and excess(edge) > 0 else 0.0
    high = brentq(excess, seen, 1 - edge) if failures < cases and excess(1 - edge) > 0 else 1.0
    return float(low), float(high)


def spending_bounds(cases: npt.ArrayLike, line: float, alpha: float) -> IntArray:
    """Return the failures at which to stop at each planned look, so that errors stay in budget.

    Parameters
    ----------
    cases : array_like of shape (L,)
        Cases at each planned look, rising; the last is the end.
    line : float
        The failure rate that is allowed.
    alpha : float
        False alarms allowed over all looks.

    Returns
    -------
    ndarray of shape (L,)
        Least number of failures that stops; above the number of cases where none does.

    Notes
    -----
    Lan & DeMets' spending function of the O'Brien-Fleming kind, ``2 - 2 Phi(z / sqrt(t))``, with
    exact binomial probabilities of the paths that were not stopped before: never above `alpha`.
    """
    from scipy.stats import binom, norm

    planned = np.asarray(cases, np.int64)
    part = planned / planned[-1]
    budget = 2 * norm.sf(norm.isf(alpha / 2) / np.sqrt(part))
    alive, before, spent = np.ones(1), 0, 0.0
    bounds = np.empty(len(planned), np.int64)
    for i, total in enumerate(planned):
        step = binom.pmf(np.arange(total - before + 1), total - before, line)
        alive = np.convolve(alive, step)
        tail = alive[::-1].cumsum()[::-1]  # probability of so many failures or more
        allowed = np.flatnonzero(tail <= budget[i] - spent)
        bounds[i] = allowed[0] if len(allowed) else len(alive)
        spent += float(alive[bounds[i] :].sum())
        alive, before = alive[: bounds[i]], int(total)
    return bounds
