"""Tables of counts as one set of cells: tables that count the same people share margins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import DataError, Problem

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

Key = frozenset[tuple[str, str]]
"""A cell by what its people have in common; the empty key is everybody."""


@dataclass(frozen=True, eq=False)
class Cells:
    """All cells of some tables, and how they sum.

    Parameters
    ----------
    keys : tuple of frozenset
        The ``n`` cells; one for each set of people, however many tables print it.
    values : ndarray of shape (n,)
        How many people.
    relations : ndarray of shape (m, n)
        1 for the parts of a total, -1 for the total.
    totals : ndarray of shape (n,)
        True for cells that are a total of others.
    layouts : mapping of str to ndarray of shape (rows, columns)
        Cells of each table by position, totals last.
    labels : mapping of str to tuple
        What names the rows, the names of rows, those of columns.
    """

    keys: tuple[Key, ...]
    values: FloatArray
    relations: FloatArray
    totals: BoolArray
    layouts: Mapping[str, npt.NDArray[np.int64]]
    labels: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]]


class _Gathering:
    """Cells met so far; the same people must have the same number everywhere."""

    def __init__(self) -> None:
        self.index: dict[Key, int] = {}
        self.values: list[float] = []
        self.first: list[str] = []
        self.sums: dict[tuple[Key, frozenset[Key]], None] = {}
        self.problems: list[Problem] = []

    def cell(self, key: Key, value: float, table: str) -> int:
        at = self.index.setdefault(key, len(self.values))
        if at == len(self.values):
            self.values.append(value)
            self.first.append(table)
        elif self.values[at] != value:
            who = ", ".join(f"{n} {v}" for n, v in sorted(key)) or "everybody"
            self.problems.append(
                Problem(
                    f"{who} counts {self.values[at]:g} in table '{self.first[at]}' and {value:g} "
                    "here",
                    "Count the same people in all tables: give those without an answer a row of "
                    "their own; the difference would tell about them.",
                    f"table '{table}'",
                )
            )
        return at

    def sum(self, total: Key, parts: list[Key]) -> None:
        self.sums[total, frozenset(parts)] = None


def gather(tables: Mapping[str, pd.DataFrame], total: str | None) -> Cells:
    """Read tables of counts.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Counts; the axes' names say what rows and columns differ by, and axes of one name in two
        tables are the same. A single column without an axis name is a list.
    total : str or None
        Name of the rows and columns that hold totals, which are left out here and made anew.

    Raises
    ------
    DataError
        Listing cells that are no counts, names that come twice, totals that are not the sum.
    """
    seen = _Gathering()
    layouts, labels = {}, {}
    for name, frame in tables.items():
        before = len(seen.problems)
        inner = _checked(name, frame, total, seen.problems)
        if len(seen.problems) == before:
            layouts[name] = _place(name, inner, seen)
            rows = str(frame.index.name or "")
            labels[name] = (rows, tuple(map(str, inner.index)), tuple(map(str, inner.columns)))
    if seen.problems:
        raise DataError.of(seen.problems, "The counts have {count} problems:")
    relations = np.zeros((len(seen.sums), len(seen.values)))
    for row, (whole, parts) in zip(relations, seen.sums, strict=True):
        row[[seen.index[part] for part in parts]] = 1.0
        row[seen.index[whole]] = -1.0
    return Cells(
        tuple(seen.index),
        np.array(seen.values),
        relations,
        np.asarray((relations < 0).any(axis=0)),
        layouts,
        labels,
    )


def _checked(
    name: str, frame: pd.DataFrame, total: str | None, problems: list[Problem]
) -> pd.DataFrame:
    """Return the counts without totals; note what is no count, comes twice or does not sum."""
    where = f"table '{name}'"
    inner = frame.drop(index=total, columns=total, errors="ignore") if total else frame
    for axis, names in (("row", inner.index), ("column", inner.columns)):
        twice = list(dict.fromkeys(str(v) for v in names[names.duplicated()]))
        if twice:
            problems.append(
                Problem(f"two {axis}s are called {', '.join(twice)}", "Rename one.", where)
            )
    if inner.size == 0:
        problems.append(Problem("it has no cells", "Give at least one row and column.", where))
        return inner
    bad = [
        (str(row), str(column), value)
        for row, line in zip(inner.index, inner.to_numpy(dtype=object), strict=True)
        for column, value in zip(inner.columns, line, strict=True)
    ]
    problems += [
        Problem(
            f"row {row}, column {column} holds {value}, which is no number of people",
            "Give whole numbers of zero or more: counts of people, not weighted ones.",
            where,
        )
        for row, column, value in bad
        if not _is_count(value)
    ]
    return inner if problems else _same_totals(where, frame, inner, total, problems)


def _is_count(value: Any) -> bool:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    return number >= 0 and number.is_integer()


def _same_totals(
    where: str, frame: pd.DataFrame, inner: pd.DataFrame, total: str | None, found: list[Problem]
) -> pd.DataFrame:
    given: list[tuple[str, Any, Any]] = []
    if total in frame.columns:
        given += [(f"row {r}", frame.at[r, total], inner.loc[r].sum()) for r in inner.index]
    if total in frame.index:
        given += [(f"column {c}", frame.at[total, c], inner[c].sum()) for c in inner.columns]
    if total in frame.index and total in frame.columns:
        given += [("the grand total", frame.at[total, total], inner.to_numpy().sum())]
    found += [
        Problem(
            f"the total of {what} is {said!s}, but its cells sum to {real}",
            "Leave totals out: they are made here.",
            where,
        )
        for what, said, real in given
        if said != real
    ]
    return inner


def _place(name: str, inner: pd.DataFrame, seen: _Gathering) -> npt.NDArray[np.int64]:
    """Return the numbers of the cells of a table and its margins, (rows + 1, columns + 1)."""
    counts = inner.to_numpy(dtype=np.float64)
    rows = [_part(inner.index.name, value, f"{name}: row") for value in inner.index]
    listed = counts.shape[1] == 1 and inner.columns.name is None
    columns: list[Key] = [_part(inner.columns.name, v, f"{name}: column") for v in inner.columns]
    whole: Key = frozenset()
    if listed:
        columns = [whole]
    all_rows, all_columns = [*rows, whole], [*columns, whole]
    full = np.zeros((len(all_rows), len(all_columns)))
    full[:-1, :-1] = counts
    full[-1, :-1], full[:-1, -1], full[-1, -1] = (
        counts.sum(axis=0),
        counts.sum(axis=1),
        counts.sum(),
    )
    at = [
        [seen.cell(r | c, float(full[i, j]), name) for j, c in enumerate(all_columns)]
        for i, r in enumerate(all_rows)
    ]
    for column in dict.fromkeys(all_columns):
        seen.sum(column, [row | column for row in rows])
    if not listed:
        for row in all_rows:
            seen.sum(row, [row | column for column in columns])
    return np.array(at)


def _part(axis: object, value: object, unnamed: str) -> Key:
    return frozenset({(str(axis) if axis is not None else unnamed, str(value))})
