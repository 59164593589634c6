"""Whether groups of people differ: told only after the two-step test of tastes and scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.report.blocks import Block, Bullets, Panel, Paragraph, Subheading
from ccegov_choice.report.material import Material, range_note
from ccegov_choice.report.origins import figure
from ccegov_choice.report.told import further_tables, several, tidy_chart
from ccegov_choice.report.trading import places_of
from ccegov_choice.report.wording import between, join_words, quoted, say, upper_first

if TYPE_CHECKING:
    from ccegov_choice.tradeoff.group_trades import GroupDifference, GroupTrades


def group_test_blocks(material: Material) -> Iterator[Block]:
    """Yield the verdict of the test, the differences called, a chart and the tables."""
    results = several(material.group_trades)
    if results:
        yield Subheading(say("grouptest.title"))
        yield Paragraph(say("grouptest.text"))
    for number, found in enumerate(results, 1):
        name = "group-test" if len(results) == 1 else f"group-test-{number}"
        yield from _one(material, found, name)  # type: ignore[arg-type]


def _one(material: Material, found: GroupTrades, name: str) -> Iterator[Block]:
    yield Bullets((verdict(found), *differences(found)))
    drawn = replace(
        tidy_chart(material, found.chart(), name, found.level),
        headline=headline(found),
        note=f"{range_note(found.level)} {say('grouptest.note')}",
    )
    yield figure(material, drawn, "group_trade_offs", found, method=found.correction)
    for table in further_tables(found):
        yield Panel(table, folded=True)
    if found.notes:
        yield Bullets(tuple(f"{upper_first(note).rstrip('.')}." for note in found.notes))


def verdict(found: GroupTrades) -> str:
    """Say what the test of all wishes at once tells."""
    names = join_words([quoted(group.label) for group in found.groups])
    if isinstance(found.test, Absent):
        return say("grouptest.untested", names=names)
    key = "differ" if found.test.tastes_differ else "same"
    return say(f"grouptest.{key}", names=names, label=found.label)


def differences(found: GroupTrades) -> tuple[str, ...]:
    """Say each difference that is called one; or that none is."""
    if not found.called:
        return (say("grouptest.none"),)
    return tuple(_difference(found, item) for item in found.called)


def _difference(found: GroupTrades, item: GroupDifference) -> str:
    assert isinstance(item.difference, Estimate)  # an absent one is never called
    size, more, less = item.difference, item.first, item.second
    if size.value < 0:
        size, more, less = size.map(lambda value: -value), less, more
    labels = {group.name: quoted(group.label) for group in found.groups}
    trade = next(t for g in found.groups for t in g.trades if t.gain == item.gain)
    places = places_of(replace(trade, estimate=size.value))
    amount = trade.payment.things(trade.payment.direction, size.value, places)
    key = "grouptest.called"
    if size.low is None or size.high is None:
        return say(
            "grouptest.called_bare",
            more=labels[more],
            less=labels[less],
            amount=amount,
            gain=item.gain_text,
        )
    limits = between(size.low, size.high, places)
    return say(
        key, more=labels[more], less=labels[less], amount=amount, gain=item.gain_text, range=limits
    )


def headline(found: GroupTrades) -> str:
    """Say in a few words whether the groups differ."""
    if not found.called:
        return say("grouptest.headline_none", label=found.label)
    return say("grouptest.headline", label=found.label, n=len(found.called))
