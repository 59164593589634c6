"""A table of answers as text cells: names of columns, rows, and the line each row stands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ccegov_choice.design.foreign.import_source import Line, Source, read_source
from ccegov_choice.errors import DataError


@dataclass(frozen=True)
class Row:
    """One row: its line in the file, and its cells by the name of their column."""

    line: int
    cells: Mapping[str, str]

    def cell(self, name: str | None) -> str:
        """Return a cell; empty where there is no such column."""
        return self.cells.get(name or "", "")


@dataclass(frozen=True)
class Sheet:
    """A table as it was given.

    Parameters
    ----------
    source : Source
        The file or data frame; names lines for messages.
    names : tuple of str
        Columns, in order.
    rows : tuple of Row
        The rows under the header, blank ones left out.
    """

    source: Source
    names: tuple[str, ...]
    rows: tuple[Row, ...]

    def renamed(self, names: Mapping[str, str]) -> Sheet:
        """Return the table with other names for some columns."""
        rows = tuple(
            Row(row.line, {names.get(name, name): cell for name, cell in row.cells.items()})
            for row in self.rows
        )
        return replace(self, names=tuple(names.get(name, name) for name in self.names), rows=rows)

    def with_rows(self, rows: Iterable[Row]) -> Sheet:
        """Return the table with these rows only."""
        return replace(self, rows=tuple(rows))


def read_sheet(given: Any) -> Sheet:
    """Read a CSV or TSV file, whatever separates its cells, or a data frame.

    Raises
    ------
    FileFormatError
        If the file is missing or is no text.
    DataError
        If it holds no table, a column has no name of its own, or rows are longer than the header.
    """
    source = read_source(given, "answers", DataError)
    lines = max(source.readings.values(), key=lambda lines: len(lines[0][1]) if lines else 0)
    filled = [(number, cells) for number, cells in lines if any(cells)]
    return _sheet(source, filled[0], filled[1:])


def _sheet(source: Source, header: Line, body: Sequence[Line]) -> Sheet:
    number, names = header
    while names and not names[-1]:
        names = names[:-1]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        listed = ", ".join(f"'{name}'" for name in twice)
        raise DataError(
            f"two columns are called {listed}",
            where=source.where([number]),
            cure="Give each column a name of its own.",
        )
    long = [line for line, cells in body if any(cells[len(names) :])]
    if long:
        raise DataError(
            f"there are more cells than the {len(names)} of the header",
            where=source.where(long),
            cure="Put text that holds separators in quotes.",
        )
    rows = tuple(Row(line, dict(zip(names, cells, strict=False))) for line, cells in body)
    return Sheet(source, names, rows)
