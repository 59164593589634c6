"""The key that `ccegov survey transfer` writes: which column and code means what with us."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ccegov_choice.data.foreign.interviews import Interviews
from ccegov_choice.data.foreign.sheet import Row, read_sheet
from ccegov_choice.errors import DataError

_COLUMNS = ("column", "item", "field", "code", "value")
_BETWEEN = re.compile(r"[|\s]+")
# a field of a task's answer -> the word that our names of columns begin with
_TASK_WORDS = {
    "chosen": "task",
    "best": "best",
    "worst": "worst",
    "ranking": "rank",
    "ratings": "rating",
    "reason": "reason",
    "follow": "follow",
}


@dataclass(frozen=True)
class Meaning:
    """What one column holds.

    Parameters
    ----------
    name : str
        Our name of it: ``task_17``, ``block``, the id of a question.
    codes : mapping of str to str
        Code in the file -> what it means; empty where answers are taken as they stand.
    """

    name: str
    codes: Mapping[str, str]


@dataclass(frozen=True)
class TransferKey:
    """What every column means.

    Parameters
    ----------
    columns : mapping of str to tuple of Meaning
        By the name of the column in the file; the version drawn says the block, and what was
        drawn by lot.
    """

    columns: Mapping[str, tuple[Meaning, ...]]

    def read(self, interviews: Interviews) -> Interviews:
        """Return the same answers under our names, with our ids.

        Raises
        ------
        DataError
            If the file has none of the columns that the key speaks of.
        """
        sheet = interviews.sheet
        if not any(name in self.columns for name in sheet.names):
            first = ", ".join(list(self.columns)[:5])
            raise DataError(
                f"the file has none of the columns of the key ({first}, ...)",
                where=sheet.source.name,
                cure="Give the key that was written with the survey that these are answers to.",
            )
        rows = [self._row(row) for row in sheet.rows]
        # JSON has no place for a question that nobody answered: the key knows that it was asked
        asked = (*sheet.names, *self.columns)
        names = dict.fromkeys(name for column in asked for name in self._names(column))
        plain = replace(sheet, names=tuple(names), rows=tuple(rows))
        called = {name: column for column in reversed(sheet.names) for name in self._names(column)}
        return replace(interviews, sheet=plain, called=called)

    def _meanings(self, column: str) -> tuple[Meaning, ...]:
        return self.columns.get(column, (Meaning(column, {}),))

    def _names(self, column: str) -> tuple[str, ...]:
        return tuple(meaning.name for meaning in self._meanings(column))

    def _row(self, row: Row) -> Row:
        cells: dict[str, str] = {}
        for column, cell in row.cells.items():
            for meaning in self._meanings(column):
                text = _meant(cell, meaning.codes)
                # options of a multiple choice, or one task in several orders, share a name
                joined = [part for part in (cells.get(meaning.name, ""), text) if part]
                cells[meaning.name] = "|".join(joined)
        return Row(row.line, cells)


def _meant(cell: str, codes: Mapping[str, str]) -> str:
    """Return what a cell means: one code, several of them, or words as they stand."""
    if not codes or not cell:
        return cell
    if cell in codes:
        return codes[cell]
    parts = _BETWEEN.split(cell)
    if all(part in codes for part in parts):
        return "|".join(codes[part] for part in parts)
    # of a column for one option every other code says that it was not chosen
    return "" if len(codes) == 1 and cell.casefold() in _NOT_CHOSEN else cell


_NOT_CHOSEN = frozenset({"0", "n", "no", "false", "n/a"})


def read_key(given: Any) -> TransferKey:
    """Read a key.

    Raises
    ------
    FileFormatError
        If there is no such file.
    DataError
        If it is no key.
    """
    sheet = read_sheet(given)
    if not set(_COLUMNS) <= set(sheet.names):
        raise DataError(
            f"a key has the columns {', '.join(_COLUMNS)}",
            where=sheet.source.where([1]),
            cure="Give the file that ends in .key.csv and was written beside the survey.",
        )
    columns: dict[str, dict[str, dict[str, str]]] = {}
    for row in sheet.rows:
        column, item, field, code, value = (row.cell(name) for name in _COLUMNS)
        if (item, field) == ("version", "seed"):
            continue
        codes = columns.setdefault(column, {}).setdefault(_name_of(item, field), {})
        codes.update({code: value} if code else {})
    return TransferKey(
        {
            column: tuple(Meaning(name, codes) for name, codes in names.items())
            for column, names in columns.items()
        }
    )


def _name_of(item: str, field: str) -> str:
    """Return our name of a column: ``task:17`` and ``ranking.A`` make ``rank_17_A``."""
    kind, _, task = item.partition(":")
    if kind in ("task", "follow") and task:
        word, _, rest = field.partition(".")
        return "_".join(part for part in (_TASK_WORDS.get(word, word), task, rest) if part)
    return field.removeprefix("lot.") if item == "version" else field
