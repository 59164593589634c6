"""A trade-off as a plain English sentence, with its interval and what it cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccegov_choice.tradeoff.phrases import decimals, plain

if TYPE_CHECKING:
    from ccegov_choice.tradeoff.ratio import TradeOff


def trade_sentence(trade: TradeOff) -> str:
    """Say a trade-off so that somebody who has never seen a model can use it."""
    payment, who = trade.payment, _who(trade)
    things = payment.context()
    if payment.vehicle:
        things = f"{payment.unit_plural} ({payment.vehicle})"
    if trade.interval.shape != "bounded":
        return (
            f"This study cannot tell how many {things} {who} would accept for "
            f"{trade.gain_text}: {interval_words(trade)}, because what one {payment.unit} is worth "
            f"to {who} is itself not told from zero."
        )
    places = decimals(trade.interval, trade.estimate)
    if trade.denominator_statistic < 0:
        return (
            f"The answers go against what the study says about {payment.label}, so they do not "
            f"tell how many {things} {who} would accept for {trade.gain_text}."
        )
    if not trade.conclusive:
        return (
            f"This study cannot tell whether {who} would accept {payment.direction} {things} for "
            f"{trade.gain_text}, or would need {payment.opposite} in return: the estimate is "
            f"{payment.amount(trade.estimate, places)} ({_percent(trade)} interval "
            f"{_between(trade, places)})."
        )
    if trade.reversed:
        amount = payment.things(payment.opposite, -trade.estimate, places)
        return (
            f"{_first_upper(who)} would need {amount} {_aside(trade, places, sign=-1)} in return "
            f"for {trade.gain_text}."
        )
    amount = payment.things(payment.direction, trade.estimate, places)
    return (
        f"{_first_upper(who)} would accept {amount} {_aside(trade, places)} for {trade.gain_text}."
    )


def _who(trade: TradeOff) -> str:
    return _WHO[trade.measure]


_WHO = {
    "common": "people",
    "median over people": "the typical person",
    "ratio of means": "people on average",
}


def _first_upper(words: str) -> str:
    return words[0].upper() + words[1:]


def interval_words(trade: TradeOff) -> str:
    """Say a confidence set: two limits, one, a gap, or none."""
    interval, payment = trade.interval, trade.payment
    places = decimals(interval, trade.estimate)
    sure = f"with {_percent(trade)} confidence"
    if interval.excluded is not None:
        low, high = (plain(value, places) for value in interval.excluded)
        return f"{sure} only values between {low} and {high} {payment.unit_plural} are ruled out"
    if interval.low is None and interval.high is None:
        return f"{sure} no number of {payment.unit_plural} is ruled out"
    if interval.low is None and interval.high is not None:
        return f"{sure} at most {payment.amount(interval.high, places)}"
    if interval.high is None and interval.low is not None:
        return f"{sure} at least {payment.amount(interval.low, places)}"
    return f"{_between(trade, places)} {payment.unit_plural}".rstrip()


def _percent(trade: TradeOff) -> str:
    return f"{100 * trade.level:g}%"


def _aside(trade: TradeOff, places: int, *, sign: int = 1) -> str:
    vehicle = f"{trade.payment.vehicle}; " if trade.payment.vehicle else ""
    return f"({vehicle}{_percent(trade)} interval {_between(trade, places, sign=sign)})"


def _between(trade: TradeOff, places: int, *, sign: int = 1) -> str:
    limits = sorted((sign * (trade.conf_low or 0.0), sign * (trade.conf_high or 0.0)))
    return f"{plain(limits[0], places)} to {plain(limits[1], places)}"
