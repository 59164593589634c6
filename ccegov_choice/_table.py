"""One table, shown as text, accessible HTML, Markdown, LaTeX, CSV or a data frame."""

from __future__ import annotations

import csv
import html
import io
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Absent:
    """A number that does not exist, with the reason; shown as a dash and a note."""

    reason: str

    def __str__(self) -> str:
        return "–"


Cell = str | int | float | None | Absent

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
    "±": r"$\pm$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
}


def format_number(value: float, spec: str | None = None) -> str:
    """Write a number with a true minus sign; without a format, four significant digits."""
    if math.isnan(value):
        return "–"
    if spec is None:
        if float(value).is_integer() and abs(value) < 1e15:
            spec = ",.0f"
        else:
            spec = ".4g" if 1e-4 <= abs(value) < 1e6 else ".3e"
    text = format(value, spec)
    return "−" + text[1:] if text.startswith("-") else text


@dataclass(frozen=True)
class Table:
    """A titled table whose first column names the rows.

    Parameters
    ----------
    title : str
        The caption.
    columns : tuple of str
        Column headings.
    rows : tuple of tuple
        Cells: text, numbers, None for empty, or `Absent` for what does not exist.
    notes : tuple of str
        Lines below the table; the reasons of absent cells are added.
    formats : mapping of str to str
        Format specification of a column, such as ``".3f"``.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    formats: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wrong = [i for i, row in enumerate(self.rows) if len(row) != len(self.columns)]
        if wrong:
            raise ValueError(
                f"table '{self.title}': rows {wrong} do not have {len(self.columns)} cells"
            )

    @property
    def all_notes(self) -> tuple[str, ...]:
        """The notes and, once each, the reasons of absent cells."""
        reasons = [
            f"– {row[0]}: {cell.reason}"
            for row in self.rows
            for cell in row
            if isinstance(cell, Absent)
        ]
        return (*self.notes, *dict.fromkeys(reasons))

    def _text(self, cell: Cell, column: str) -> str:
        if cell is None:
            return ""
        if isinstance(cell, str | Absent):
            return str(cell)
        return format_number(cell, self.formats.get(column))

    def shown_cells(self) -> list[list[str]]:
        """Return the cells as they are shown, by row."""
        return [
            [self._text(cell, name) for cell, name in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]

    def numeric_columns(self) -> list[bool]:
        """Return which columns hold numbers, and so stand to the right."""
        return [
            any(isinstance(row[j], int | float) for row in self.rows)
            for j in range(len(self.columns))
        ]

    def to_text(self) -> str:
        """Return the table for a terminal."""
        cells, numeric = self.shown_cells(), self.numeric_columns()
        widths = [
            max([len(name), *(len(row[j]) for row in cells)]) for j, name in enumerate(self.columns)
        ]

        def line(row: list[str]) -> str:
            parts = [
                text.rjust(width) if right else text.ljust(width)
                for text, width, right in zip(row, widths, numeric, strict=True)
            ]
            return "  ".join(parts).rstrip()

        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        notes = [
            textwrap.fill(note, max(len(rule), 72), subsequent_indent="  ")
            for note in self.all_notes
        ]
        head = [self.title] if self.title else []
        body = [rule, line(list(self.columns)), rule, *(line(row) for row in cells), rule]
        return "\n".join([*head, *body, *notes])

    def to_html(self, css_class: str | None = None, id: str | None = None) -> str:
        """Return an HTML table with a caption and header scopes."""
        numeric = self.numeric_columns()
        name = f' class="{html.escape(css_class)}"' if css_class else ""
        identity = f' id="{html.escape(id)}"' if id else ""

        def align(j: int) -> str:
            return ' style="text-align:right"' if numeric[j] else ' style="text-align:left"'

        head = "".join(
            f'<th scope="col"{align(j)}>{html.escape(column)}</th>'
            for j, column in enumerate(self.columns)
        )
        body = []
        for row in self.shown_cells():
            first = f'<th scope="row" style="text-align:left">{html.escape(row[0])}</th>'
            rest = "".join(
                f"<td{align(j)}>{html.escape(text)}</td>" for j, text in enumerate(row[1:], 1)
            )
            body.append(f"<tr>{first}{rest}</tr>")
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.all_notes)
        foot = f'<div class="table-notes">{notes}</div>' if notes else ""
        return (
            f"<table{identity}{name}><caption>{html.escape(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>{foot}"
        )

    def to_markdown(self) -> str:
        """Return a Markdown (pipe) table."""
        numeric = self.numeric_columns()

        def line(row: list[str]) -> str:
            return "| " + " | ".join(text.replace("|", r"\|") for text in row) + " |"

        rule = "|" + "|".join("--:" if right else "---" for right in numeric) + "|"
        rows = [line(row) for row in self.shown_cells()]
        notes = [f"\n{note}" for note in self.all_notes]
        return "\n".join([f"**{self.title}**\n", line(list(self.columns)), rule, *rows, *notes])

    def to_latex(self) -> str:
        """Return a LaTeX table that needs the package booktabs."""

        def escape(text: str) -> str:
            return "".join(_LATEX.get(letter, letter) for letter in text.replace("−", "-"))

        spec = "".join("r" if right else "l" for right in self.numeric_columns())
        lines = [
            r"\begin{table}",
            rf"\caption{{{escape(self.title)}}}",
            rf"\begin{{tabular}}{{{spec}}}",
            r"\toprule",
            " & ".join(escape(name) for name in self.columns) + r" \\",
            r"\midrule",
            *(" & ".join(escape(text) for text in row) + r" \\" for row in self.shown_cells()),
            r"\bottomrule",
            r"\end{tabular}",
            *(rf"\par\footnotesize {escape(note)}" for note in self.all_notes),
            r"\end{table}",
        ]
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas data frame with full precision; absent cells are missing."""
        import pandas as pd

        rows = [[None if isinstance(cell, Absent) else cell for cell in row] for row in self.rows]
        return pd.DataFrame(rows, columns=list(self.columns))

    def to_csv(self) -> str:
        """Return CSV with full precision; absent cells are empty."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow(
                ["" if cell is None or isinstance(cell, Absent) else cell for cell in row]
            )
        return stream.getvalue()

    def to_excel(self, path: str | Path) -> Path:
        """Save as an Excel workbook of one sheet, with numbers at full precision.

        Raises
        ------
        MissingExtraError
            If openpyxl is not installed.
        """
        return save_excel(path, [self])

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return self.to_text()


def save_excel(path: str | Path, tables: Sequence[Table]) -> Path:
    """Save tables as one Excel workbook, a sheet for each.

    Parameters
    ----------
    path : str or Path
        The ``.xlsx`` file.
    tables : sequence of Table
        In the order of the sheets.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    MissingExtraError
        If openpyxl is not installed.
    """
    from ccegov_choice._workbook import write_workbook

    return write_workbook(path, tables)
