"""Section 4: trade-offs in units people know, and how groups differ in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ccegov_choice._drawing.chart import Row
from ccegov_choice._estimate import Estimate
from ccegov_choice.report.blocks import (
    Block,
    Bullets,
    Callout,
    Paragraph,
    Section,
    Subheading,
)
from ccegov_choice.report.charts import Words, group_differences, trade_intervals
from ccegov_choice.report.material import Material, range_note, with_range
from ccegov_choice.report.origins import figure
from ccegov_choice.report.told import several, told_blocks
from ccegov_choice.report.wording import (
    between,
    digits_for,
    join_words,
    lower_first,
    plain,
    quoted,
    say,
    upper_first,
)
from ccegov_choice.study.study import Study
from ccegov_choice.tradeoff.distribution import TradeDistribution
from ccegov_choice.tradeoff.ratio import TradeOff

SPOKEN = 3
"""How many gains are said in full; the chart and its table hold the others."""

MOST_PLACES = 4
"""No number of a chart has more decimals than this."""


def trading_section(material: Material) -> Section:
    """Give what people would give up for what, one chart for each thing they pay in."""
    return Section("trade", say("trade.title"), tuple(_trading(material)))


def _trading(material: Material) -> Iterator[Block]:
    if not material.tradeoffs:
        yield Paragraph(say("trade.none"))
    for pay_in in dict.fromkeys(trade.pay_in for trade in material.tradeoffs):
        same = [trade for trade in material.tradeoffs if trade.pay_in == pay_in]
        yield from _one_numeraire(material, same, pay_in)
    yield from told_blocks(material, material.distribution, "distribution", "trade_distribution")
    yield from _about_the_distribution(material)
    if material.protected:
        names = [attribute.text() for attribute in material.protected]
        key = "trade.protected" + ("_many" if len(names) > 1 else "")
        yield Callout(say("options.protected"), say(key, names=join_words(names)))


def _about_the_distribution(material: Material) -> Iterator[Block]:
    """Say why the middle person differs from everybody, and which amounts no task showed."""
    found = [d for d in several(material.distribution) if isinstance(d, TradeDistribution)]
    if not found:
        return
    other = material.model_of_answer.get("distribution", material.results)
    if material.tradeoffs and other is not material.results:
        yield Paragraph(say("distribution.two_models"))
    for one in found:
        span = tested_span(material, one.pay_in)
        far = [
            share
            for share, amount in one.quantiles
            if isinstance(amount, Estimate) and abs(amount.value) > span
        ]
        if far:
            most = one.payment.amount(span, 0 if float(span).is_integer() else digits_for(span))
            shares = join_words([f"{100 * share:g}" for share in far])
            yield Paragraph(
                say("distribution.tested", most=most, gain=one.gain_text, shares=shares)
            )


def _one_numeraire(material: Material, trades: Sequence[TradeOff], pay_in: str) -> Iterator[Block]:
    trades = by_attribute(trades)
    payment = trades[0].payment
    lead = say("trade.lead", what=paid(trades[0]))
    if payment.vehicle:
        lead = f"{lead} {say('trade.money', vehicle=payment.vehicle)}"
    yield Paragraph(lead)
    words = Words(
        headline(material.study, trades),
        say("trade.subtitle", what=paid(trades[0])),
        range_note(trades[0].level),
        material.sample,
    )
    rows = [_gain_row(material.study, trade) for trade in trades]
    name = f"trade-offs-{pay_in.replace('_', '-')}"
    chart = trade_intervals(rows, words, unit=upper_first(paid(trades[0])), id=name)
    yield figure(material, chart, "trade_offs", trades[0], method=trades[0].method)
    yield from _in_words(material.study, trades)
    notes = dict.fromkeys(upper_first(note) for trade in trades for note in trade.notes)
    stretched = _beyond_what_was_shown(material, trades)
    remarks = (*stretched, *(f"{note.rstrip('.')}." for note in notes))
    if remarks:
        yield Bullets(remarks)


def by_attribute(trades: Sequence[TradeOff]) -> list[TradeOff]:
    """Order trade-offs by the attribute gained, that with the largest first, then by size."""
    largest: dict[str, float] = {}
    for trade in trades:
        gained = gained_attribute(trade)
        largest[gained] = max(trade.estimate, largest.get(gained, trade.estimate))
    return sorted(trades, key=lambda t: (-largest[gained_attribute(t)], -t.estimate))


def gained_attribute(trade: TradeOff) -> str:
    """Return the id of the attribute that is gained."""
    return trade.gain.partition(":")[0].strip()


def gain_parts(study: Study, trade: TradeOff) -> tuple[str, str]:
    """Split the words of a gain into what it is of, and the change."""
    label = study.attribute(gained_attribute(trade)).text()
    for start in (f"{lower_first(label)}: ", f"{label}: "):
        if trade.gain_text.startswith(start):
            return label, trade.gain_text.removeprefix(start)
    for end in (f" ({lower_first(label)})", f" ({label})"):
        if trade.gain_text.endswith(end):
            return label, trade.gain_text.removesuffix(end)
    return "", trade.gain_text


def gain_phrase(study: Study, trade: TradeOff) -> str:
    """Say a gain in the middle of a sentence: ``"staff (polite instead of brusque)"``."""
    label, change = gain_parts(study, trade)
    if not label:
        return change
    return say("trade.gain", label=lower_first(label), change=change)


def _gain_row(study: Study, trade: TradeOff) -> Row:
    heading, change = gain_parts(study, trade)
    return trade_row(trade, label=upper_first(change), heading=heading)


def _in_words(study: Study, trades: Sequence[TradeOff]) -> Iterator[Block]:
    """Say the clearest gains in full, and name the losses and what cannot be told."""
    told = [t for t in trades if sound(t) and t.conclusive]
    gains = sorted((t for t in told if not t.reversed), key=lambda t: -t.estimate)
    lines = [_gain_sentence(study, trade) for trade in gains[:SPOKEN]]
    losses = [gain_phrase(study, trade) for trade in told if trade.reversed]
    if losses:
        lines.append(say("trade.losses", gains="; ".join(losses)))
    unclear = [gain_phrase(study, trade) for trade in trades if trade not in told]
    if unclear:
        lines.append(say("trade.unclear", gains="; ".join(unclear)))
    if lines:
        yield Subheading(say("trade.sentences"))
        yield Bullets(tuple(lines))


def _gain_sentence(study: Study, trade: TradeOff) -> str:
    places = places_of(trade)
    assert trade.conf_low is not None  # only trades with both limits are told
    assert trade.conf_high is not None
    return say(
        "trade.sentence_median" if over_people(trade) else "trade.sentence",
        amount=trade.payment.things(trade.payment.direction, trade.estimate, places),
        range=between(trade.conf_low, trade.conf_high, places),
        gain=gain_phrase(study, trade),
    )


def _beyond_what_was_shown(material: Material, trades: Sequence[TradeOff]) -> Iterator[str]:
    """Say which amounts are larger than any that people could have given up in a task."""
    span = tested_span(material, trades[0].pay_in)
    far = [gain_phrase(material.study, trade) for trade in trades if abs(trade.estimate) > span]
    if far:
        most = trades[0].payment.amount(span, 0 if float(span).is_integer() else digits_for(span))
        yield say("trade.tested", most=most, gains="; ".join(far))


def tested_span(material: Material, attribute: str) -> float:
    """Return the most that a task let people give up of something."""
    levels = material.study.attribute(attribute).shown_levels
    values = [level.value for level in levels if level.value is not None]
    return max(values) - min(values)


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


def over_people(trade: TradeOff) -> bool:
    """Return whether a trade is the median over people who differ, not that of everybody."""
    return trade.measure == "median over people"


def sound(trade: TradeOff) -> bool:
    """Return whether a trade has an interval with two ends that means what it says."""
    return trade.interval.shape == "bounded" and trade.denominator_statistic > 0


def places_of(trade: TradeOff) -> int:
    """Return how many decimals a trade-off needs: few, but so that its range is one."""
    ends = [end for end in (trade.estimate, trade.conf_low, trade.conf_high) if end is not None]
    places = digits_for(max(abs(end) for end in ends))
    if trade.conf_low is None or trade.conf_high is None:
        return places
    while places < MOST_PLACES and plain(trade.conf_low, places) == plain(trade.conf_high, places):
        places += 1
    return places


def trade_row(trade: TradeOff, *, label: str = "", heading: str = "", shape: int = 0) -> Row:
    """Return the row of a chart for a trade-off; without an interval it has no mark either."""
    name = label or upper_first(trade.gain_text)
    if not sound(trade):
        reason = trade.interval_text()
        text = say("trade.no_number")
        return Row(name, None, text=text, heading=heading, shape=shape, absent=reason)
    places = places_of(trade)
    text = with_range(plain(trade.estimate, places), trade.conf_low, trade.conf_high, places)
    return Row(
        name, trade.estimate, trade.conf_low, trade.conf_high, text, heading=heading, shape=shape
    )


def clearest(trades: Sequence[TradeOff]) -> TradeOff | None:
    """Return the trade-off for which people would give up most, told from nothing."""
    told = [trade for trade in trades if sound(trade) and trade.conclusive and not trade.reversed]
    return max(told, key=lambda trade: trade.estimate) if told else None


def headline(study: Study, trades: Sequence[TradeOff]) -> str:
    """Say for what people would give up most."""
    best = clearest(trades)
    if best is None:
        return say("trade.headline_none")
    return say("trade.headline", gain=gain_phrase(study, best))


def group_blocks(material: Material) -> Iterator[Block]:
    """Compare the trade-offs of groups of people, where groups are given."""
    if not material.groups:
        return
    every = [trade for trades in material.groups.values() for trade in trades]
    yield Subheading(say("groups.title"))
    for pay_in in dict.fromkeys(trade.pay_in for trade in every):
        by_gain = _group_trades(material, pay_in)
        first = next(iter(next(iter(by_gain.values())).values()))
        shapes = {name: shape for shape, name in enumerate(material.groups)}
        rows = [
            trade_row(trade, label=name, heading=upper_first(trade.gain_text), shape=shapes[name])
            for trades in by_gain.values()
            for name, trade in trades.items()
        ]
        words = Words(
            _group_headline(material.study, by_gain),
            say("groups.subtitle", what=paid(first)),
            f"{range_note(first.level)} {say('groups.note')}",
            material.sample,
        )
        name = f"groups-{pay_in.replace('_', '-')}"
        chart = group_differences(rows, words, unit=upper_first(paid(first)), id=name)
        yield figure(material, chart, "trade_offs", first, method=first.method)


def _group_trades(material: Material, pay_in: str) -> dict[str, dict[str, TradeOff]]:
    """Return gain -> group -> trade-off, for one thing to pay in."""
    found: dict[str, dict[str, TradeOff]] = {}
    for name, trades in material.groups.items():
        for trade in trades:
            if trade.pay_in == pay_in:
                found.setdefault(trade.gain, {})[name] = trade
    return found


def _group_headline(study: Study, by_gain: Mapping[str, Mapping[str, TradeOff]]) -> str:
    """Name the gain on which two groups differ most, if their ranges do not touch."""
    widest, best = 0.0, ""
    for trades in by_gain.values():
        told = {name: trade for name, trade in trades.items() if sound(trade)}
        for high, more in told.items():
            for low, less in told.items():
                gap = (more.conf_low or 0.0) - (less.conf_high or 0.0)
                if gap > 0 and more.estimate - less.estimate > widest:
                    widest = more.estimate - less.estimate
                    gain = gain_phrase(study, more)
                    best = say("groups.headline", high=quoted(high), low=quoted(low), gain=gain)
    return best or say("groups.headline_none")
