"""Draws of a willingness to trade, to compare two independent estimates of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.results import draw_coefficients
from ccegov_choice.study.gain import improvement_sign, parse_gain, payment_sign
from ccegov_choice.tradeoff.interval import normal_quantile

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results
    from ccegov_choice.study.contrast import Standpoint
    from ccegov_choice.tradeoff.trade_off import TradeOff

FloatArray = npt.NDArray[np.float64]


def worth_draws(
    results: Results, stand: Standpoint, trade: TradeOff, draws: int, seed: int
) -> FloatArray | None:
    """Return draws ``(R,)`` of a trade-off; None where what is paid in is not told from zero.

    Parameters
    ----------
    results : Results
        What the trade-off was made from.
    stand : Standpoint
        Where it is made.
    trade : TradeOff
        Which.
    draws, seed : int
        How many, and from where.

    Notes
    -----
    Draws of the coefficients where everybody has the same; where tastes differ between people, a
    normal law with the width of the trade-off's own interval.
    """
    if not getattr(results.model, "common_tastes", True):
        if trade.interval.low is None or trade.interval.high is None:
            return None
        width = (trade.interval.high - trade.interval.low) / (2 * normal_quantile(trade.level))
        normal = np.random.default_rng(seed).standard_normal(draws)
        return np.asarray(trade.estimate + width * normal)
    gain = parse_gain(trade.gain, results.utility, results.study)
    gained = results.study.attribute(gain.attribute)
    paid = results.study.attribute(trade.pay_in)
    slope = stand.slope(gained) if gain.one_unit else None
    above = stand.change(gain) if slope is None else improvement_sign(gained) * slope
    sampled = draw_coefficients(results, draws, seed)
    below = sampled @ (payment_sign(paid) * stand.slope(paid))
    if np.mean(below <= 0) >= (1 - trade.level) / 2:
        return None
    return np.asarray((sampled @ above) / below)


def convolution_p(first: FloatArray, second: FloatArray) -> float:
    """Return the two-sided p-value of no difference between two independent quantities.

    Every draw of the first is set against every draw of the second (complete combinatorial test);
    one pair is added so that no p-value is zero.

    Parameters
    ----------
    first, second : ndarray of shape (R,), (S,)
        Draws of each.

    References
    ----------
    Poe, Giraud & Loomis (2005), American Journal of Agricultural Economics 87, 353-365.
    """
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, side="left")
    equal = np.searchsorted(ordered, first, side="right") - below
    larger = float(below.sum()) + 0.5 * float(equal.sum())  # pairs in which the first is larger
    pairs = float(len(first)) * len(second)
    share = (min(larger, pairs - larger) + 1) / (pairs + 1)
    return float(min(2 * share, 1.0))
