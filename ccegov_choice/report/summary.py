"""Section 1: what people would trade, in three findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ccegov_choice.report.blocks import Block, Callout, Finding, Findings, Paragraph, Section
from ccegov_choice.report.material import Material
from ccegov_choice.report.origins import origin
from ccegov_choice.report.priorities import leaders
from ccegov_choice.report.scenarios import (
    reform_difference,
    scenario_headline,
    share_headline,
)
from ccegov_choice.report.told import in_plain_words, sentences_of, several
from ccegov_choice.report.trading import (
    clearest,
    gain_phrase,
    gained_attribute,
    over_people,
    places_of,
    tested_span,
)
from ccegov_choice.report.wording import between, in_100, plain, points, quoted, say
from ccegov_choice.tradeoff.ratio import TradeOff

HEADLINES = 3


def summary_section(material: Material) -> Section:
    """Give the three headline findings, each with its number and its range."""
    return Section("summary", say("summary.title"), tuple(_summary(material)))


def _summary(material: Material) -> Iterator[Block]:
    findings = headline_findings(material)
    if not findings:
        yield Paragraph(say("summary.none"))
        return
    for decision in several(material.redesign):
        yield Callout(say("summary.decision"), in_plain_words(sentences_of(decision)[0]))
    yield Paragraph(say(f"summary.lead_{len(findings)}", choices=material.choices), lead=True)
    yield Findings(findings)
    yield Paragraph(say("summary.reading"))


def headline_findings(material: Material) -> tuple[Finding, ...]:
    """Return up to three findings: the largest trade-off, what matters most, what would happen.

    Where there is no forecast, who wins takes its place; where that is not known either, the
    second largest trade-off does.
    """
    trades = _best_trades(material)
    importance = tuple(_importance(material))
    forecast = tuple(_forecast(material)) or tuple(_winners(material))
    first = [_trade(material, trade) for trade in trades[:1]]
    later = [_trade(material, trade) for trade in trades[1:]]
    found = [*first, *importance, *forecast, *later][:HEADLINES]
    return tuple(_traced(finding, n) for n, finding in enumerate(found, 1))


def _traced(finding: Finding, n: int) -> Finding:
    """Give the origin of a finding its place among them."""
    if finding.origin is None:
        return finding
    what = say("origin.headline", n=n, unit=f"{finding.number} {finding.unit}")
    return replace(finding, origin=replace(finding.origin, id=f"n-headline-{n}", what=what))


def _best_trades(material: Material) -> list[TradeOff]:
    """Return trades told from nothing, the largest of each attribute gained, largest first.

    Only one thing to pay in is used, the first: amounts in different units cannot be ranked.
    """
    left = [t for t in material.tradeoffs if t.pay_in == material.tradeoffs[0].pay_in]
    found: list[TradeOff] = []
    while (best := clearest(left)) is not None:
        found.append(best)
        gained = gained_attribute(best)
        left = [trade for trade in left if gained_attribute(trade) != gained]
    return found


def _trade(material: Material, trade: TradeOff) -> Finding:
    places = places_of(trade)
    payment = trade.payment
    assert trade.conf_low is not None  # only trades with both limits are told
    assert trade.conf_high is not None
    shown = plain(trade.estimate, places)
    far = abs(trade.estimate) > tested_span(material, trade.pay_in)
    text = say(
        "summary.trade_median" if over_people(trade) else "summary.trade",
        amount=payment.things(payment.direction, trade.estimate, places),
        gain=gain_phrase(material.study, trade),
    )
    return Finding(
        shown,
        f"{payment.word(shown)} {payment.direction}".strip(),
        f"{text} {say('summary.far')}" if far else text,
        say("interval.plain", range=between(trade.conf_low, trade.conf_high, places)),
        origin(material, "trade", trade.gain, "trade_offs", trade, method=trade.method),
    )


def _importance(material: Material) -> Iterator[Finding]:
    if material.importance is None:
        return
    first = material.importance.items[0]
    tied = len(leaders(material.importance)) > 1
    n = points(100 * first.share)
    yield Finding(
        n,
        say("summary.importance_unit"),
        say(
            "summary.importance_tied" if tied else "summary.importance",
            attribute=quoted(first.label),
            n=n,
        ),
        say("interval.plain", range=between(100 * first.conf_low, 100 * first.conf_high)),
        origin(material, "first", first.attribute, "importance", material.importance),
    )


def _winners(material: Material) -> Iterator[Finding]:
    for found in several(material.welfare)[:1]:
        welfare: Any = found
        gain = welfare.gain_share.map(lambda share: 100 * share)
        ends = "" if gain.low is None else between(gain.low, gain.high)
        yield Finding(
            points(gain.value),
            say("summary.winners_unit"),
            say(
                "summary.winners",
                after=quoted(welfare.after.text()),
                before=quoted(welfare.before.text()),
                share=in_100(welfare.gain_share.value),
            ),
            say("interval.plain", range=ends) if ends else "",
            origin(material, "welfare", "", "welfare_change", welfare),
        )


def _forecast(material: Material) -> Iterator[Finding]:
    found = material.uptake
    if found is None or material.study.mandatory:
        return
    item = reform_difference(material)
    if item is not None and not item.conf_low <= 0 <= item.conf_high:
        low, high = sorted(100 * abs(end) for end in (item.conf_low, item.conf_high))
        number = points(100 * abs(item.estimate))
        unit = say("summary.more_unit" if item.estimate > 0 else "summary.fewer_unit")
        sentence = scenario_headline(found, item)
    else:
        best = int(found.shares.argmax())
        low, high = 100 * float(found.conf_low[best]), 100 * float(found.conf_high[best])
        number, unit = points(100 * float(found.shares[best])), say("summary.share_unit")
        sentence = share_headline(found)
    source = origin(material, "forecast", unit, "uptake", found)
    text = say("interval.plain", range=between(low, high))
    yield Finding(number, unit, f"{sentence}.", text, source)
