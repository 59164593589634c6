"""Draws of a willingness to trade, to compare two independent estimates of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.models.results import draw_coefficients
from ccegov_choice.study.gain import improvement_sign, parse_gain, payment_sign
from ccegov_choice.tradeoff.median import MEDIAN_DRAWS, Medians, tastes_differ
from ccegov_choice.tradeoff.over_people import OverPeople, people_given

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.contrast import Standpoint
    from ccegov_choice.study.gain import Gain
    from ccegov_choice.tradeoff.trade_off import TradeOff

FloatArray = npt.NDArray[np.float64]


def worth_draws(
    results: Results,
    stand: Standpoint,
    trades: Sequence[TradeOff],
    draws: int,
    seed: int,
) -> list[FloatArray | None]:
    """Return draws ``(R,)`` of each trade-off; None where the payment is not told from zero.

    Parameters
    ----------
    results : Results
        What the trade-offs were made from.
    stand : Standpoint
        Where they are made, and for whom.
    trades : sequence of TradeOff
        Which, all paid in the same.
    draws, seed : int
        How many, and from where; at most `MEDIAN_DRAWS` where tastes differ between people.
    """
    gains = [parse_gain(trade.gain, results.utility, results.study) for trade in trades]
    paid = results.study.attribute(trades[0].pay_in)
    tail = (1 - trades[0].level) / 2
    find = _medians if tastes_differ(results) else _ratios
    found = []
    for worth, below in find(results, stand, gains, paid, draws, seed):
        found.append(None if np.mean(below <= 0) >= tail else worth)
    return found


_Drawn = Iterator[tuple[FloatArray, FloatArray]]


def _ratios(
    results: Results,
    stand: Standpoint,
    gains: Sequence[Gain],
    paid: Attribute,
    draws: int,
    seed: int,
) -> _Drawn:
    sampled = draw_coefficients(results, draws, seed)
    below = sampled @ (payment_sign(paid) * stand.slope(paid))
    for gain in gains:
        gained = results.study.attribute(gain.attribute)
        over = (
            improvement_sign(gained) * stand.slope(gained) if gain.one_unit else stand.change(gain)
        )
        yield (sampled @ over) / below, below


def _medians(
    results: Results,
    stand: Standpoint,
    gains: Sequence[Gain],
    paid: Attribute,
    draws: int,
    seed: int,
) -> _Drawn:
    names = list(dict.fromkeys([paid.id, *(gain.attribute for gain in gains)]))
    people = people_given(results, stand.people, stand.at, names)
    everybody = OverPeople.of(results, people, stand.at, names)
    over = [everybody.gain(gain, results.study.attribute(gain.attribute)) for gain in gains]
    asked = Medians(everybody, over, everybody.payment(paid))
    drawn = [asked.at(theta) for theta in draw_parameters(results, min(draws, MEDIAN_DRAWS), seed)]
    worth, below = (np.array([pair[part] for pair in drawn]) for part in (0, 1))
    for g in range(len(gains)):
        yield worth[:, g], below[:, g]


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
