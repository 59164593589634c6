"""A ladder of what is worth as much as one unit: one day sooner = 0.4 pages fewer = ..."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.results import Results
from ccegov_choice.study.gain import improvement_sign, parse_gain, payment_attribute
from ccegov_choice.study.payment import payment_words
from ccegov_choice.tradeoff.phrases import gain_words
from ccegov_choice.tradeoff.ratio import trade_offs, willingness_to_trade
from ccegov_choice.tradeoff.rungs import LadderStep, TradeLadder

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.tradeoff.trade_off import TradeOff

__all__ = ["LadderStep", "TradeLadder", "trade_ladder"]


def trade_ladder(
    results: Results,
    unit: str,
    *,
    gains: Sequence[str] | None = None,
    level: float = 0.95,
    draws: int | None = None,
    seed: int = 1,
    data: ChoiceData | None = None,
    at: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> TradeLadder:
    """Return what is worth as much as one unit: ``1 day less = 0.4 pages fewer = ...``.

    Parameters
    ----------
    results : Results
        A fitted model of any family; where tastes differ, medians over people.
    unit : str
        Attribute whose unit everything is measured in: a numeraire of the study.
    gains : sequence of str, optional
        What to compare, as in `willingness_to_trade`; every improvement without it.
    level : float
        Confidence level; intervals are Krinsky-Robb's, which turn over as amounts do.
    draws, seed, data, at, language
        As in `willingness_to_trade`.

    Returns
    -------
    TradeLadder

    Raises
    ------
    TradeOffError
        As `trade_offs`: if something is not for sale, or the unit is not told from zero.
    """
    study = results.study
    options: dict[str, Any] = {
        "method": "krinsky-robb",
        "level": level,
        "draws": draws,
        "seed": seed,
        "data": data,
        "at": at,
        "language": language,
    }
    if gains is None:
        found = trade_offs(results, unit, **options)
        trades, left_out = found.items, found.left_out
    else:
        trades = tuple(
            willingness_to_trade(results, gain=gain, pay_in=unit, **options) for gain in gains
        )
        left_out = ()
    if not trades:
        raise TradeOffError(
            "a ladder needs something to compare with",
            where="gains",
            cure="Name gains, such as 'dignity: polite', or leave gains out for all of them.",
        )
    measure = payment_attribute(unit, results.utility, study)
    one = parse_gain(unit, results.utility, study)
    words = gain_words(one, measure, study.numeraire(measure.id), language)
    steps = [_step(results, trade, language) for trade in trades]
    steps.sort(key=lambda step: step.worth.value)
    notes = dict.fromkeys(note for trade in trades for note in trade.notes)
    sample = f"{results.people:,} people, {results.tasks:,} choices."
    payment = trades[0].payment
    return TradeLadder(words, payment, tuple(steps), level, (*notes, *left_out), sample)


def _step(results: Results, trade: TradeOff, language: str | None) -> LadderStep:
    gain = parse_gain(trade.gain, results.utility, results.study)
    worth = Estimate(trade.estimate, trade.conf_low, trade.conf_high)
    if not gain.one_unit:
        unit = trade.payment.unit_plural or "units"
        amount: Estimate | Absent = worth
        if worth.low is None or worth.high is None:
            amount = Absent(trade.interval_text())
        return LadderStep(trade.gain, trade.gain_text, amount, unit, worth, own_unit=False)
    attribute = results.study.attribute(gain.attribute)
    unit = _own_unit(results, attribute, language)
    if worth.sign == 0 or trade.denominator_statistic <= 0:
        gone = Absent(f"its own worth is not told from zero ({trade.interval_text()})")
        return LadderStep(trade.gain, trade.gain_text, gone, unit, worth, own_unit=True)
    turned = worth.map(lambda value: 1.0 / abs(value))
    unit = _own_unit(results, attribute, language, gained=worth.value > 0)
    return LadderStep(trade.gain, trade.gain_text, turned, unit, worth, own_unit=True)


def _own_unit(
    results: Results, attribute: Attribute, language: str | None, *, gained: bool = True
) -> str:
    """Return the unit with the direction that people want: ``"pages fewer (forms)"``."""
    words = payment_words(attribute, results.study.numeraire(attribute.id), language)
    more = (improvement_sign(attribute) > 0) == gained
    less = "less" if words.vehicle or not words.unit_plural else "fewer"
    way = "more" if more else less
    return f"{words.unit_plural} {way} ({words.label})".strip()
