"""Tables as sheets of an Excel workbook: numbers stay numbers, at full precision."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from ccegov_choice.errors import MissingExtraError

_FORMAT = re.compile(r"(?P<comma>,?)\.(?P<digits>\d+)(?P<kind>[f%])")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 60
# Excel takes a cell that begins so as a formula
_FORMULA = ("=", "+", "-", "@")


class Sheet(Protocol):
    """What a sheet is made of: a `Table`."""

    @property
    def title(self) -> str:
        """The caption."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Column headings."""

    @property
    def rows(self) -> tuple[tuple[Any, ...], ...]:
        """Cells: text, numbers, None, or what tells why there is no number."""

    @property
    def all_notes(self) -> tuple[str, ...]:
        """Lines below the table."""

    @property
    def formats(self) -> Mapping[str, str]:
        """Format of a column."""


def excel_format(spec: str | None) -> str:
    """Return Excel's number format for one of Python's: ``",.2f"`` -> ``"#,##0.00"``."""
    found = _FORMAT.fullmatch(spec or "")
    if found is None:
        return "0" if spec == "d" else "General"
    whole = "#,##0" if found["comma"] else "0"
    digits = int(found["digits"])
    sign = "%" if found["kind"] == "%" else ""
    return whole + ("." + "0" * digits if digits else "") + sign


def sheet_names(titles: Sequence[str]) -> list[str]:
    """Return names that Excel takes: at most 31 letters, none of its own signs, none twice."""
    names: list[str] = []
    for title in titles:
        name = _FORBIDDEN.sub(" ", title).strip()[:31].strip() or "Table"
        again, number = name, 2
        while again.casefold() in [other.casefold() for other in names]:
            again = f"{name[: 31 - len(f' {number}')]} {number}"
            number += 1
        names.append(again)
    return names


def write_workbook(path: str | Path, tables: Sequence[Sheet]) -> Path:
    """Write tables to a workbook, each a sheet of its own.

    Parameters
    ----------
    path : str or Path
        The ``.xlsx`` file.
    tables : sequence of Table
        Notes stand below the numbers; a number that does not exist is a dash.

    Raises
    ------
    MissingExtraError
        If openpyxl is not installed.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtraError(
            "an Excel workbook needs the package openpyxl",
            where=str(path),
            cure="pip install 'ccegov_choice[notebook]', or save .to_csv() instead.",
        ) from error
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table, name in zip(tables, sheet_names([t.title for t in tables]), strict=True):
        _fill(book.create_sheet(name), table)
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return target


def _fill(sheet: Any, table: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    head = 3 if table.title else 1
    if table.title:
        _put(sheet.cell(1, 1), table.title).font = Font(bold=True, size=13)
    for j, column in enumerate(table.columns, 1):
        cell = _put(sheet.cell(head, j), column)
        cell.font, cell.alignment = bold, wrapped
    for i, row in enumerate(table.rows, head + 1):
        for j, (value, column) in enumerate(zip(row, table.columns, strict=True), 1):
            cell = _put(sheet.cell(i, j), value)
            if isinstance(value, int | float):
                cell.number_format = excel_format(table.formats.get(column))
    for k, note in enumerate(table.all_notes):
        _put(sheet.cell(head + len(table.rows) + 2 + k, 1), note)
    for j, column in enumerate(table.columns, 1):
        texts = [column, *(str(row[j - 1]) for row in table.rows if isinstance(row[j - 1], str))]
        width = min(max(map(len, texts), default=8) + 2, _WIDEST)
        sheet.column_dimensions[get_column_letter(j)].width = max(width, 11)
    sheet.freeze_panes = sheet.cell(head + 1, 2)


def _put(cell: Any, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        value = str(value)
    cell.value = value
    if isinstance(value, str) and value.startswith(_FORMULA):
        cell.data_type = "s"  # words of a study are never run
    return cell
