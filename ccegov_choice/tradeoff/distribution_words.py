"""How a trade-off differs between people, in plain English."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ccegov_choice._table import Absent
from ccegov_choice.study.payment import decimals, plain

if TYPE_CHECKING:
    from ccegov_choice._estimate import Estimate
    from ccegov_choice.tradeoff.distribution import TradeDistribution


def distribution_sentence(found: TradeDistribution) -> str:
    """Say the median, the middle half, and who sees it otherwise."""
    if found.same_for_all:
        return f"{_median(found)} People do not differ in this."
    said = [_median(found)]
    low, high = found.quantile(0.25), found.quantile(0.75)
    if low.value < high.value and np.isfinite([low.value, high.value]).all():
        places = decimals(high, high.value)
        said.append(
            f"The middle half of people lie between {plain(low.value, places)} and "
            f"{found.payment.amount(high.value, places)}."
        )
    if found.opposite.value > 0:
        said.append(f"To {_in_100(found.opposite)} in 100 people the gain is a loss.")
    if found.refuse.value > 0:
        said.append(
            f"For {_in_100(found.refuse)} in 100 the model says that paying costs them nothing: it "
            "does not tell what they would trade."
        )
    if isinstance(found.mean, Absent):
        said.append("There is no mean to report.")
    return " ".join(said)


def _median(found: TradeDistribution) -> str:
    payment, median = found.payment, found.median
    who = "People" if found.same_for_all else "Half of the people"
    least = "" if found.same_for_all else "at least "
    places = decimals(median, median.value)
    if not math.isfinite(median.value):
        return (
            f"{who} would accept any number of {payment.context()} for {found.gain_text}, says the "
            "model."
        )
    if median.value == 0 and median.low == median.high:
        return f"{who} would give nothing for {found.gain_text}."
    interval = ""
    if median.low is not None and median.high is not None:
        interval = f"{100 * found.level:g}% interval"
    if median.sign == 0:
        limits = f"{_limit(median.low, places)} to {_limit(median.high, places)}"
        return (
            f"This study cannot tell whether {who.lower()} would accept {payment.direction} "
            f"{payment.context()} for {found.gain_text}: the median is "
            f"{payment.amount(median.value, places)} ({interval} {limits})."
        )
    sign = 1 if median.value > 0 else -1
    ends = sorted((sign * (median.low or 0.0), sign * (median.high or 0.0)))
    limits = f"{interval} {_limit(ends[0], places)} to {_limit(ends[1], places)}"
    if sign > 0:
        amount = payment.things(payment.direction, median.value, places)
        return f"{who} would accept {least}{amount} ({limits}) for {found.gain_text}."
    amount = payment.things(payment.opposite, -median.value, places)
    return f"{who} would need {least}{amount} ({limits}) in return for {found.gain_text}."


def _limit(value: float | None, places: int) -> str:
    if value is None or not math.isfinite(value):
        return "any number"
    return plain(value, places)


def _in_100(share: Estimate) -> str:
    points = 100 * share.value
    shown = plain(points, 0) if points >= 1 else "fewer than 1"
    if share.low is None or share.high is None:
        return shown
    return f"{shown} ({plain(100 * share.low, 0)} to {plain(100 * share.high, 0)})"
