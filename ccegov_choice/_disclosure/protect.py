"""Counts of people made safe to print: small ones withheld, and what would give them away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._disclosure.cells import Cells, gather
from ccegov_choice._disclosure.hiding import hide
from ccegov_choice._disclosure.limits import LEAST_PEOPLE, WITHHELD
from ccegov_choice._disclosure.rounding import round_together
from ccegov_choice._table import Cell, Table
from ccegov_choice.errors import DataError, Problem

if TYPE_CHECKING:
    import pandas as pd

    Counts = pd.DataFrame | pd.Series[int] | Table

ONLY = "counts"
"""Name of the table where a single one is given."""


@dataclass(frozen=True, eq=False)
class Protected:
    """Tables of counts that may be printed; the true counts are not kept.

    Parameters
    ----------
    tables : mapping of str to Table
        What may be printed.
    withheld, printed : int
        Cells withheld and printed, totals among them, each counted once.
    minimum, rounding : int
        The least number of people; what counts are rounded to (1: not).
    notes : tuple of str
        What a reader must know.
    """

    tables: Mapping[str, Table] = field(repr=False)
    withheld: int
    printed: int
    minimum: int
    rounding: int
    notes: tuple[str, ...]

    def table(self, name: str | None = None) -> Table:
        """Return one of the tables; the first by default."""
        return self.tables[next(iter(self.tables)) if name is None else name]

    def to_frame(self, name: str | None = None) -> pd.DataFrame:
        """Return one of the tables as a frame, with missing cells where they are withheld."""
        return self.table(name).to_frame()

    def sentence(self) -> str:
        """Say how much is withheld, and why."""
        if not self.withheld:
            return f"No number is withheld: each stands for {self.minimum} people or more."
        return (
            f"{self.withheld:,} of {self.withheld + self.printed:,} numbers are withheld, so that "
            f"nothing is told about groups of fewer than {self.minimum} people, nor can be worked "
            "out from the rest."
        )

    def _repr_html_(self) -> str:
        return "".join(table.to_html() for table in self.tables.values())

    def __repr__(self) -> str:
        return "\n\n".join(table.to_text() for table in self.tables.values())


def protect(
    counts: Counts | Mapping[str, Counts],
    minimum: int = LEAST_PEOPLE,
    rounding: int = 5,
    *,
    total: str | None = "Total",
    sensitive: Mapping[str, npt.ArrayLike] | npt.ArrayLike | None = None,
    title: str = "",
) -> Protected:
    """Withhold small counts in tables, and whatever would let a reader work them out.

    Cells below the minimum are withheld, zero too. Then so many more that whoever knows all
    printed numbers, in all tables together, and that no count is negative, finds for each withheld
    cell a range at least ``minimum`` wide. What remains is rounded so that it still adds up, where
    that can be.

    Parameters
    ----------
    counts : frame, Series, Table, or mapping of str to these
        People counted, without weights. Where several tables are given, their axes are told by
        name (``frame.index.name``, ``frame.columns.name``): an axis of the same name is the same
        breakdown, so its margin is shared. All tables count the same people.
    minimum : int
        The least number of people that is printed.
    rounding : int
        Printed counts are multiples of this; 1 for no rounding.
    total : str or None
        Name of the row and column of totals; they are added if they are not there. With None no
        total is printed: only right where totals are known nowhere.
    sensitive : array of bool, or mapping of str to these
        Further cells to withhold, by position without totals: see `dominates`.
    title : str
        Caption of a single table.

    Returns
    -------
    Protected

    Raises
    ------
    DataError
        If something is no count, a name comes twice, totals do not fit, or tables disagree.

    Notes
    -----
    What is not guarded against: groups that overlap without being nested (two different bands of
    age), tables printed elsewhere about the same people, and knowledge about particular people.
    Ranges are those of real numbers, not of whole ones, which matters only where three or more
    tables share margins.

    Examples
    --------
    >>> import pandas as pd
    >>> protect(pd.Series({"north": 40, "south": 4, "west": 31}), rounding=1)
             People
    ---------------
    north        40
    south         –
    west          –
    Total        75
    ---------------
    – south: withheld, so that nothing is told about a few people
    – west: withheld, so that nothing is told about a few people
    """
    _check_settings(minimum, rounding)
    given = counts if isinstance(counts, Mapping) else {ONLY: counts}
    frames = {str(name): as_frame(item, total) for name, item in given.items()}
    cells = gather(frames, total)
    wanted = sensitive if isinstance(sensitive, Mapping) else {ONLY: sensitive}
    small = (cells.values < minimum) | _marked(cells, wanted)
    unpublished = cells.totals if total is None else np.zeros(len(small), dtype=bool)
    gone = hide(cells.values, cells.relations, small, unpublished, cells.totals, float(minimum))
    shown = ~gone & ~unpublished
    rounded, adds_up = round_together(cells.values, cells.relations, shown, rounding, minimum)
    notes = _notes(minimum, rounding, adds_up)
    printed: list[Cell] = [
        int(value) if show else WITHHELD for value, show in zip(rounded, shown, strict=True)
    ]
    tables = {
        name: _table(cells, name, printed, total, title or ("" if name == ONLY else name), notes)
        for name in frames
    }
    return Protected(tables, int(gone.sum()), int(shown.sum()), minimum, rounding, notes)


def _check_settings(minimum: int, rounding: int) -> None:
    problems = []
    if minimum < 1:
        problems.append(Problem(f"a minimum of {minimum} withholds nothing", "Give 10.", "minimum"))
    if rounding < 1:
        problems.append(
            Problem(f"counts cannot be rounded to {rounding}", "Give 5, or 1 for none.", "rounding")
        )
    if problems:
        raise DataError.of(problems)


def as_frame(counts: Counts, total: str | None) -> pd.DataFrame:
    """Return counts as a frame whose index names the rows."""
    import pandas as pd

    if isinstance(counts, Table):
        frame = counts.to_frame()
        return frame.set_index(frame.columns[0])
    if isinstance(counts, pd.Series):
        return counts.rename("People").to_frame()
    return counts


def _marked(cells: Cells, sensitive: Mapping[str, npt.ArrayLike | None]) -> npt.NDArray[np.bool_]:
    marked = np.zeros(len(cells.values), dtype=bool)
    for name, mask in sensitive.items():
        if mask is not None:
            inner = cells.layouts[name][:-1, :-1]
            marked[inner[np.asarray(mask, dtype=bool).reshape(inner.shape)]] = True
    return marked


def _notes(minimum: int, rounding: int, adds_up: bool) -> tuple[str, ...]:
    if rounding == 1:
        return ()
    note = f"Counts are rounded to multiples of {rounding}"
    return (f"{note}." if adds_up else f"{note}, so they need not add up.",)


def _table(
    cells: Cells,
    name: str,
    printed: list[Cell],
    total: str | None,
    title: str,
    notes: tuple[str, ...],
) -> Table:
    layout = cells.layouts[name]
    axis, rows, columns = cells.labels[name]
    single = layout.shape[1] == 2 and layout[0, 0] == layout[0, 1]
    if total is not None:
        rows = (*rows, total)
        columns = columns if single else (*columns, total)
    body = tuple(
        (row, *(printed[layout[i, j]] for j in range(len(columns)))) for i, row in enumerate(rows)
    )
    return Table(title, (axis, *columns), body, notes)
