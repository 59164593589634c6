"""How the welfare of groups becomes one number: four judgements of value, each in the same unit."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError, unknown_name

FloatArray = npt.NDArray[np.float64]
Rule = Literal["sum", "prioritarian", "maximin", "guarantee"]
RULES: tuple[str, ...] = get_args(Rule)


def social_value(
    welfare: FloatArray,
    shares: FloatArray,
    rule: str = "sum",
    aversion: float = 1.0,
    minimum: float = 0.0,
) -> FloatArray:
    """Value the welfare of groups by a rule; every rule answers in the unit of the welfare.

    Parameters
    ----------
    welfare : ndarray of shape (..., G)
        How well off each group is; for ``"prioritarian"`` above zero.
    shares : ndarray of shape (G,)
        Share of the people in each group; scaled to sum to one.
    rule : {"sum", "prioritarian", "maximin", "guarantee"}
        The mean over people; the equally distributed equivalent of Atkinson, by which a gain
        counts more for who has less; the worst-off group; or the mean where every group has the
        minimum, and else the minimum less what people lack of it on average, so that every option
        that keeps the guarantee comes before every one that does not.
    aversion : float
        Aversion to inequality of the prioritarian rule; 0 makes it the mean.
    minimum : float
        The guarantee.

    Returns
    -------
    ndarray of shape (...)

    Raises
    ------
    PolicyError
        If the rule is unknown, the aversion negative, or its welfare not above zero.

    References
    ----------
    Atkinson (1970), On the measurement of inequality, Journal of Economic Theory 2, 244-263.
    """
    weights = np.asarray(shares, np.float64) / np.sum(shares)
    levels = np.asarray(welfare, np.float64)
    if rule == "sum":
        return np.asarray(levels @ weights)
    if rule == "maximin":
        return np.asarray(levels[..., weights > 0].min(axis=-1))
    if rule == "guarantee":
        lacking = np.maximum(minimum - levels, 0.0) @ weights
        return np.asarray(np.where(lacking > 0, minimum - lacking, levels @ weights))
    if rule == "prioritarian":
        return _equal_equivalent(levels, weights, aversion)
    raise PolicyError.of([unknown_name(rule, RULES, "rule")])


def _equal_equivalent(levels: FloatArray, weights: FloatArray, aversion: float) -> FloatArray:
    """Return the power mean of order ``1 - aversion``, in the log domain."""
    if not 0 <= aversion < np.inf:
        raise PolicyError(
            f"an aversion to inequality is zero or more, not {aversion:g}",
            where="aversion",
            cure="Give 0 for none, 1 for the geometric mean, more for more.",
        )
    if aversion == 0:
        return np.asarray(levels @ weights)
    if (levels <= 0).any():
        raise PolicyError(
            "priority for the worse off needs to know how well off each group is, above zero",
            where="welfare",
            cure="Give levels of welfare, not changes; or use the rules sum, maximin, guarantee.",
        )
    there = weights > 0
    logs, shares = np.log(levels[..., there]), weights[there]
    power = 1.0 - aversion
    if abs(power) < 1e-12:
        return np.asarray(np.exp(logs @ shares))
    scaled = power * logs
    top = scaled.max(axis=-1)
    inner = np.log1p(np.expm1(scaled - top[..., None]) @ shares)  # exact near the power 0 too
    return np.asarray(np.exp((top + inner) / power))
