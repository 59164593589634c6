"""Results of any kind as blocks of a report: they say themselves in words, a chart and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from ccegov_choice._drawing.chart import Chart
from ccegov_choice._table import Table
from ccegov_choice.report.blocks import Block, Bullets, Panel, Paragraph, Subheading
from ccegov_choice.report.material import LEVEL, Material, range_note
from ccegov_choice.report.origins import Basis, figure, origin
from ccegov_choice.report.wording import quoted, say, upper_first

_INTERVAL = re.compile(r"\b\d+(?:\.\d+)?[\s ]?% interval\b:?")
_QUOTES = re.compile(r"(?<!\w)'([^']+)'(?!\w)")
_LINES_OF = re.compile(r"Lines are \d+(?:\.\d+)?[\s ]?% intervals")
_LINES = re.compile(r"Lines are \d+(?:\.\d+)?[\s ]?% intervals\.")

_MADE_BY = {
    "InformationValue": "value_of_information",
    "StagedValue": "staged_value",
    "Monitor": "sequential_monitor",
    "PilotPortfolio": "pilot_portfolio",
    "BudgetPortfolio": "budget_portfolio",
}


class Told(Protocol):
    """What a report asks of a result: its table; ``sentences()``, ``chart()``, ``notes`` if any."""

    def table(self) -> Table:
        """Return the numbers."""


def several(found: Told | Sequence[Told] | None) -> tuple[Told, ...]:
    """Return results as a tuple, whether none, one or some are given."""
    if found is None:
        return ()
    return tuple(found) if isinstance(found, list | tuple) else (found,)  # type: ignore[return-value]


def told_blocks(
    material: Material,
    found: Told | Sequence[Told] | None,
    key: str,
    function: str,
    basis: Basis = "model",
) -> Iterator[Block]:
    """Yield a heading, what it is, the sentences, the chart and the tables of some results.

    Parameters
    ----------
    material : Material
        What the report is made from.
    found : Told, sequence of Told, or None
        The results; nothing is yielded where there is none.
    key : str
        ``title`` and ``text`` stand under this name in the catalogue.
    function : str
        What made them.
    basis : {"model", "data", "given"}
        What they rest on.
    """
    results = several(found)
    if not results:
        return
    yield Subheading(say(f"{key}.title"))
    yield Paragraph(say(f"{key}.text"))
    for number, result in enumerate(results, 1):
        name = key if len(results) == 1 else f"{key}-{number}"
        yield from one_result(material, result, name, function, basis)


def one_result(
    material: Material, result: Told, name: str, function: str, basis: Basis = "model"
) -> Iterator[Block]:
    """Yield one result: sentences, chart or table, further tables, notes."""
    sentences = tuple(map(in_plain_words, sentences_of(result)))
    if len(sentences) == 1:
        yield Paragraph(sentences[0])
    elif sentences:
        yield Bullets(sentences)
    yield from _numbers(
        material, result, name, _MADE_BY.get(type(result).__name__, function), basis
    )
    for table in further_tables(result):
        yield Panel(table, folded=True)
    notes = tuple(
        f"{in_plain_words(note).rstrip('.')}."
        for note in dict.fromkeys(getattr(result, "notes", ()))
        if note not in sentences_of(result)
    )
    if notes:
        yield Bullets(notes)


def _numbers(
    material: Material, result: Told, name: str, function: str, basis: Basis
) -> Iterator[Block]:
    """Yield the chart, with the result's own table folded below; or the table alone."""
    drawn: Chart | None = result.chart() if hasattr(result, "chart") else None
    table = without_notes(result.table(), result)
    if drawn is None:
        source = origin(material, name, table.title, function, result, basis=basis)
        yield Panel(table, origin=source)
        return
    drawn = replace(drawn, table=without_notes(drawn.table, result))
    chart = tidy_chart(material, drawn, name, getattr(result, "level", LEVEL), basis)
    method = str(getattr(result, "method", ""))
    yield figure(material, chart, function, result, method=method, basis=basis)
    if table.rows != drawn.table.rows:
        yield Panel(table, folded=True)


def tidy_chart(
    material: Material, chart: Chart, name: str, level: float, basis: Basis = "model"
) -> Chart:
    """Return a chart with the words that all charts of a report share, and an id of its own."""
    note = _LINES.sub(range_note(level), chart.note)
    note = _LINES_OF.sub(say("interval.lines"), note)
    return replace(
        chart,
        id=name,
        headline=in_plain_words(chart.headline).removesuffix("."),
        subtitle=in_plain_words(chart.subtitle),
        alt=in_plain_words(chart.alt),
        note=note,
        sample=say("sample.given") if basis == "given" else material.sample,
    )


def in_plain_words(words: str) -> str:
    """Write intervals and quotation marks as the rest of the report does.

    >>> in_plain_words("'today' (95% interval 3 to 4)")
    '“Today” (likely range: 3 to 4)'
    """
    plain = _INTERVAL.sub(say("interval.in_words"), words)
    return upper_first(_QUOTES.sub(lambda found: quoted(found[1]), plain).replace(":.", "."))


def without_notes(table: Table, result: Any) -> Table:
    """Return a table without the notes of its result, which stand below the result anyway."""
    said = set(getattr(result, "notes", ()))
    return replace(table, notes=tuple(note for note in table.notes if note not in said))


def sentences_of(result: Any) -> tuple[str, ...]:
    """Return what a result says of itself."""
    if hasattr(result, "sentences"):
        found = result.sentences
        return tuple(found() if callable(found) else found)
    if hasattr(result, "sentence"):
        found = result.sentence
        return (str(found() if callable(found) else found),)
    return ()


def further_tables(result: Any) -> tuple[Table, ...]:
    """Return what a result's methods named ``..._table`` return, without empty ones."""
    names = [name for name in vars(type(result)) if name.endswith("_table") and name[0] != "_"]
    tables = (without_notes(getattr(result, name)(), result) for name in names)
    return tuple(table for table in tables if table.rows)
