"""Rankings in other tools: one cell from the best on, a cell per rank, or one per alternative."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccegov_choice.data.foreign.choices import DONT_KNOW, ChoiceWords
from ccegov_choice.data.foreign.sheet import Row
from ccegov_choice.data.foreign.task_columns import TaskColumn

_BETWEEN = re.compile(r"\s*[>,;|]\s*|\s+")


@dataclass(frozen=True)
class Ranking:
    """One person's ranking of a task.

    Parameters
    ----------
    places : mapping of str to int
        Alternative -> its place from 1.
    undecided : bool
        Whether they said that they could not decide.
    unread : list of (TaskColumn, str)
        Cells that name no alternative of the task.
    """

    places: Mapping[str, int] = field(default_factory=dict)
    undecided: bool = False
    unread: Sequence[tuple[TaskColumn, str]] = ()


def read_ranking(
    row: Row, columns: Sequence[TaskColumn], offered: Sequence[str], words: ChoiceWords
) -> Ranking:
    """Read a ranking in whichever of the three layouts the columns have."""
    places: dict[str, int] = {}
    unread: list[tuple[TaskColumn, str]] = []
    for column in columns:
        cell = row.cell(column.name)
        if not cell:
            continue
        if not column.rest:
            for named in _BETWEEN.split(cell):
                _place(words.read(named, offered), len(places) + 1, places, unread, column, named)
        elif column.rest.isdigit():
            named_here = words.read(cell, offered)
            _place(named_here, int(column.rest), places, unread, column, cell)
        elif cell.isdigit():
            named_here = words.read(column.rest, offered)
            _place(named_here, int(cell), places, unread, column, column.rest)
        else:
            unread.append((column, cell))
    if DONT_KNOW in places:
        return Ranking(undecided=True)
    return Ranking(places, unread=unread)


def _place(
    named: str | None,
    place: int,
    places: dict[str, int],
    unread: list[tuple[TaskColumn, str]],
    column: TaskColumn,
    cell: str,
) -> None:
    if named is None or named in places:
        unread.append((column, cell))
    else:
        places[named] = place
