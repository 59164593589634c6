"""The five charts of a report, each with all that a reader who cannot see it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ccegov_choice._drawing.chart import Axis, Chart, Kind, Row, describe, nice_axis
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.report.wording import say


def table_of(title: str, rows: Sequence[Row], first: str, unit: str, *, digits: int = 1) -> Table:
    """Return the numbers of a chart as a table with a caption."""

    def cell(value: float | None, reason: str) -> Cell:
        if value is None:
            return Absent(reason or say("chart.no_interval"))
        return float(value)

    columns = (first, unit, say("chart.low"), say("chart.high"))
    body = tuple(
        (row.full_label, *(cell(number, row.absent) for number in (row.value, row.low, row.high)))
        for row in rows
    )
    return Table(title, columns, body, formats=dict.fromkeys(columns[1:], f",.{digits}f"))


def _chart(
    id: str,
    kind: Kind,
    what: str,
    rows: Sequence[Row],
    axis: Axis,
    first: str,
    words: Words,
    digits: int,
) -> Chart:
    alt = words.alt or say(
        "chart.alt", what=what, headline=words.headline.rstrip("."), marks=describe(rows)
    )
    table = table_of(words.subtitle, rows, first, axis.label, digits=digits)
    return Chart(
        id,
        kind,
        words.headline,
        words.subtitle,
        alt,
        tuple(rows),
        axis,
        table,
        words.note,
        words.sample,
    )


@dataclass(frozen=True)
class Words:
    """The words around a chart; `alt` is built from the numbers when it is empty."""

    headline: str
    subtitle: str
    note: str
    sample: str
    alt: str = ""


def importance_bars(rows: Sequence[Row], words: Words, *, id: str = "importance") -> Chart:
    """Chart how much each attribute counts, in points out of 100."""
    axis = nice_axis(rows, say("importance.axis"), at_least=(0.0, 10.0), limits=(0.0, 100.0))
    what, first = say("importance.what"), say("importance.first")
    return _chart(id, "bars", what, rows, axis, first, words, 1)


def level_dots(rows: Sequence[Row], words: Words, *, id: str = "levels") -> Chart:
    """Chart how many in 100 would choose each level over its starting level."""
    axis = nice_axis(
        rows,
        say("levels.axis"),
        at_least=(40.0, 60.0),
        limits=(0.0, 100.0),
        reference=50.0,
        reference_label=say("levels.reference"),
    )
    return _chart(id, "dots", say("levels.what"), rows, axis, say("levels.first"), words, 1)


def trade_intervals(
    rows: Sequence[Row], words: Words, *, unit: str, id: str = "trade-offs", digits: int = 1
) -> Chart:
    """Chart how much people would give up for each gain, in a unit they know."""
    axis = nice_axis(
        rows, unit, reference=0.0, at_least=(0.0, 0.0), reference_label=say("trade.reference")
    )
    return _chart(id, "dots", say("trade.what"), rows, axis, say("trade.first"), words, digits)


def scenario_shares(rows: Sequence[Row], words: Words, *, id: str = "scenarios") -> Chart:
    """Chart how many in 100 would choose each option on offer."""
    axis = nice_axis(rows, say("scenarios.axis"), at_least=(0.0, 50.0), limits=(0.0, 100.0))
    return _chart(id, "bars", say("scenarios.what"), rows, axis, say("scenarios.first"), words, 1)


def group_differences(
    rows: Sequence[Row], words: Words, *, unit: str, id: str = "groups", digits: int = 1
) -> Chart:
    """Chart one estimate for each of several groups; each group has a shape of its own."""
    axis = nice_axis(
        rows, unit, reference=0.0, at_least=(0.0, 0.0), reference_label=say("trade.reference")
    )
    return _chart(id, "dots", say("groups.what"), rows, axis, say("groups.first"), words, digits)
