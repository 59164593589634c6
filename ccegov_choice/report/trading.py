"""Section 4: trade-offs in units people know, and how groups differ in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccegov_choice.report.blocks import (
    Block,
    Bullets,
    Callout,
    Figure,
    Paragraph,
    Section,
    Subheading,
)
from ccegov_choice.report.charts import Row, Words, group_differences, trade_intervals
from ccegov_choice.report.material import Material, range_note, with_range
from ccegov_choice.report.wording import join_words, plain, quoted, say, upper_first
from ccegov_choice.tradeoff.phrases import decimals
from ccegov_choice.tradeoff.ratio import TradeOff


def trading_section(material: Material) -> Section:
    """Give what people would give up for what, one chart for each thing they pay in."""
    return Section("trade", say("trade.title"), tuple(_trading(material)))


def _trading(material: Material) -> Iterator[Block]:
    if not material.tradeoffs:
        yield Paragraph(say("trade.none"))
    for pay_in in dict.fromkeys(trade.pay_in for trade in material.tradeoffs):
        same = [trade for trade in material.tradeoffs if trade.pay_in == pay_in]
        yield from _one_numeraire(material, same, pay_in)
    if material.protected:
        names = [attribute.text() for attribute in material.protected]
        key = "trade.protected" + ("_many" if len(names) > 1 else "")
        yield Callout(say("options.protected"), say(key, names=join_words(names)))


def _one_numeraire(material: Material, trades: Sequence[TradeOff], pay_in: str) -> Iterator[Block]:
    trades = sorted(trades, key=lambda trade: -trade.estimate)
    payment, places = trades[0].payment, shared_places(trades)
    lead = say("trade.lead", what=paid(trades[0]))
    if payment.vehicle:
        lead = f"{lead} {say('trade.money', vehicle=payment.vehicle)}"
    yield Paragraph(lead)
    rows = [trade_row(trade, places) for trade in trades]
    words = Words(
        headline(trades),
        say("trade.subtitle", what=paid(trades[0])),
        range_note(trades[0].level),
        material.sample,
    )
    name = f"trade-offs-{pay_in.replace('_', '-')}"
    yield Figure(trade_intervals(rows, words, unit=upper_first(paid(trades[0])), id=name))
    if any(trade.reversed for trade in trades):
        yield Paragraph(say("trade.reversed"))
    yield Subheading(say("trade.sentences"))
    yield Bullets(tuple(trade.sentence() for trade in trades))
    notes = dict.fromkeys(upper_first(note) for trade in trades for note in trade.notes)
    stretched = _beyond_what_was_shown(material, trades, places)
    if notes or stretched:
        yield Bullets((*stretched, *(f"{note.rstrip('.')}." for note in notes)))


def _beyond_what_was_shown(
    material: Material, trades: Sequence[TradeOff], places: int
) -> Iterator[str]:
    """Say which amounts are larger than any that people could have given up in a task."""
    shown = [
        level.value
        for level in material.study.attribute(trades[0].pay_in).shown_levels
        if level.value is not None
    ]
    span = max(shown) - min(shown)
    far = [trade.gain_text for trade in trades if abs(trade.estimate) > span]
    if far:
        most = trades[0].payment.amount(span, 0 if float(span).is_integer() else places)
        yield say("trade.tested", most=most, gains="; ".join(far))


def paid(trade: TradeOff) -> str:
    """Say what people would take: ``"more days until the decision"``."""
    payment = trade.payment
    if payment.vehicle:
        return say(
            "trade.paid_money",
            unit=payment.unit_plural,
            direction=payment.direction,
            vehicle=payment.vehicle,
        )
    return f"{payment.direction} {payment.context()}"


def sound(trade: TradeOff) -> bool:
    """Return whether a trade has an interval with two ends that means what it says."""
    return trade.interval.shape == "bounded" and trade.denominator_statistic > 0


def shared_places(trades: Sequence[TradeOff]) -> int:
    """Return how many decimals the numbers of one chart need: those of the coarsest trade."""
    return min(decimals(trade.interval, trade.estimate) for trade in trades)


def trade_row(
    trade: TradeOff, places: int, *, label: str = "", heading: str = "", shape: int = 0
) -> Row:
    """Return the row of a chart for a trade-off; without an interval it has no mark either."""
    name = label or upper_first(trade.gain_text)
    if not sound(trade):
        reason = trade.interval_text()
        text = say("trade.no_number")
        return Row(name, None, text=text, heading=heading, shape=shape, absent=reason)
    text = with_range(plain(trade.estimate, places), trade.conf_low, trade.conf_high, places)
    return Row(
        name, trade.estimate, trade.conf_low, trade.conf_high, text, heading=heading, shape=shape
    )


def clearest(trades: Sequence[TradeOff]) -> TradeOff | None:
    """Return the trade-off for which people would give up most, told from nothing."""
    told = [trade for trade in trades if sound(trade) and trade.conclusive and not trade.reversed]
    return max(told, key=lambda trade: trade.estimate) if told else None


def headline(trades: Sequence[TradeOff]) -> str:
    """Say for what people would give up most."""
    best = clearest(trades)
    if best is None:
        return say("trade.headline_none")
    return say("trade.headline", gain=quoted(best.gain_text))


def group_blocks(material: Material) -> Iterator[Block]:
    """Compare the trade-offs of groups of people, where groups are given."""
    if not material.groups:
        return
    every = [trade for trades in material.groups.values() for trade in trades]
    yield Subheading(say("groups.title"))
    for pay_in in dict.fromkeys(trade.pay_in for trade in every):
        same = [trade for trade in every if trade.pay_in == pay_in]
        places = shared_places(same)
        rows = [
            trade_row(
                trade, places, label=name, heading=upper_first(trade.gain_text), shape=position
            )
            for gain in dict.fromkeys(trade.gain for trade in same)
            for position, (name, trades) in enumerate(material.groups.items())
            for trade in trades
            if trade.gain == gain and trade.pay_in == pay_in
        ]
        words = Words(
            say("groups.headline", groups=join_words(list(material.groups))),
            say("groups.subtitle", what=paid(same[0])),
            f"{range_note(same[0].level)} {say('groups.note')}",
            material.sample,
        )
        name = f"groups-{pay_in.replace('_', '-')}"
        yield Figure(group_differences(rows, words, unit=upper_first(paid(same[0])), id=name))
