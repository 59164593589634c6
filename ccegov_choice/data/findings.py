"""Problems of a table, gathered while it is read, in the user's own names and row numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import DataError, Problem, unknown_name

Mask = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

_SHOWN = 5


@dataclass
class Findings:
    """Gathers problems; nothing is raised before everything has been looked at.

    Parameters
    ----------
    names : mapping of str to str
        Our name of a column -> what the user calls it.
    origin : ndarray or None
        Row of the user's table for each of our rows, counted from 0; None when they are the
        same rows.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    origin: Integers | None = None
    problems: list[Problem] = field(default_factory=list)

    def name(self, column: str) -> str:
        """Return what the user calls a column."""
        return self.names.get(column, column)

    def rows(self, found: Mask | Integers) -> str:
        """Name rows of the user's table, counted from 1 without the header."""
        positions = np.flatnonzero(found) if found.dtype == bool else found
        if self.origin is not None:
            positions = np.unique(self.origin[positions])
        shown = ", ".join(f"{position + 1:,}" for position in np.sort(positions)[:_SHOWN])
        more = f" and {len(positions) - _SHOWN:,} more" if len(positions) > _SHOWN else ""
        word = "data row" if len(positions) == 1 else "data rows"
        return f"{word} {shown}{more}"

    def say(self, problem: str, cure: str, rows: Mask | Integers | None = None) -> None:
        """Note a problem; nothing is noted for an empty set of rows."""
        if rows is None:
            self.problems.append(Problem(problem, cure))
        elif rows.any() if rows.dtype == bool else len(rows):
            self.problems.append(Problem(problem, cure, self.rows(rows)))

    def say_unknown(
        self, value: object, allowed: Iterable[object], what: str, rows: Mask | None = None
    ) -> None:
        """Note an unknown name, with the nearest known one."""
        where = None if rows is None else self.rows(rows)
        self.problems.append(unknown_name(value, allowed, what, where=where))

    def finish(self) -> None:
        """Raise `DataError` with all problems, if there are any."""
        if self.problems:
            raise DataError.of(
                self.problems,
                "The data have {count} problems (rows are counted from 1, without the header):",
            )


def counted(number: int, noun: str) -> str:
    """Write how many there are of something: ``"1 task"``, ``"2,000 tasks"``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def some(values: Iterable[object], total: int, limit: int = _SHOWN) -> str:
    """List the first few of many values and say how many more there are."""
    shown = [str(value) for _, value in zip(range(limit), values, strict=False)]
    more = f" and {total - len(shown):,} more" if total > len(shown) else ""
    return ", ".join(shown) + more
