"""Results of any kind as blocks of a report: they say themselves in words, a chart and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from ccegov_choice._drawing.chart import Chart
from ccegov_choice._table import Table
from ccegov_choice.report.blocks import Block, Bullets, Figure, Panel, Paragraph, Subheading
from ccegov_choice.report.material import Material
from ccegov_choice.report.origins import figure, origin
from ccegov_choice.report.wording import say, upper_first


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
    *,
    more: Sequence[str] = (),
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
    more : sequence of str
        Methods that return further tables, where a result has them.
    """
    results = several(found)
    if not results:
        return
    yield Subheading(say(f"{key}.title"))
    yield Paragraph(say(f"{key}.text"))
    for number, result in enumerate(results, 1):
        name = key if len(results) == 1 else f"{key}-{number}"
        yield from one_result(material, result, name, function, more)


def one_result(
    material: Material, result: Told, name: str, function: str, more: Sequence[str] = ()
) -> Iterator[Block]:
    """Yield one result: sentences, chart or table, further tables, notes."""
    sentences = sentences_of(result)
    if len(sentences) == 1:
        yield Paragraph(sentences[0])
    elif sentences:
        yield Bullets(sentences)
    yield from _numbers(material, result, name, function)
    for method in more:
        for table in _tables(getattr(result, method, None)):
            yield Panel(table, folded=True)
    notes = tuple(
        f"{upper_first(note).rstrip('.')}."
        for note in dict.fromkeys(getattr(result, "notes", ()))
        if note not in sentences
    )
    if notes:
        yield Bullets(notes)


def _numbers(material: Material, result: Told, name: str, function: str) -> Iterator[Block]:
    """Yield the chart, with the result's own table folded below; or the table alone."""
    drawn: Chart | None = result.chart() if hasattr(result, "chart") else None
    table = without_notes(result.table(), result)
    if drawn is None:
        source = origin(material, name, table.title, function, result)
        yield Panel(table, origin=source)
        return
    yield _figure(material, replace(drawn, id=name, sample=material.sample), function, result)
    if table.rows != drawn.table.rows:
        yield Panel(table, folded=True)


def _figure(material: Material, chart: Chart, function: str, result: Any) -> Figure:
    return figure(material, chart, function, result, method=str(getattr(result, "method", "")))


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


def _tables(found: Any) -> tuple[Table, ...]:
    made = found() if callable(found) else found
    if made is None:
        return ()
    return (made,) if isinstance(made, Table) else tuple(made)
