"""Where each person's and each task's rows lie: the offsets all kernels walk along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.findings import Findings, counted, some
from ccegov_choice.data.labels import as_labels, factorize, label

Integers = npt.NDArray[np.int64]
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Layout:
    """The order of rows, and where people and tasks begin in it.

    Parameters
    ----------
    order : ndarray of shape (A,) or None
        Row of the table for each place; None when the rows lie in order already.
    task_offsets, person_offsets : ndarray
        As in `ChoiceData`.
    alternative_codes : ndarray of shape (A,)
        Position in `alternatives` of each row of the table (not of each place); -1 if empty.
    alternatives : tuple of str
        Names of the alternatives that occur.
    """

    order: Integers | None
    task_offsets: Integers
    person_offsets: Integers
    alternative_codes: Integers
    alternatives: tuple[str, ...]

    @property
    def tasks(self) -> int:
        """Number of tasks."""
        return len(self.task_offsets) - 1

    def placed(self, values: Array) -> Array:
        """Put an array over rows of the table into the order of places."""
        return values if self.order is None else values[self.order]

    def rows_of(self, tasks: npt.NDArray[np.bool_]) -> Integers:
        """Rows of the table that belong to some tasks."""
        places = np.flatnonzero(np.repeat(tasks, np.diff(self.task_offsets)))
        return places if self.order is None else self.order[places]

    def count(self, flags: npt.NDArray[np.bool_]) -> Integers:
        """How many rows of each task are flagged; `flags` is over rows of the table."""
        return np.add.reduceat(self.placed(flags).astype(np.int64), self.task_offsets[:-1])


def arrange(frame: pd.DataFrame, found: Findings) -> Layout:
    """Find people, tasks and alternatives, and note what is wrong with them.

    Parameters
    ----------
    frame : DataFrame
        Columns ``person``, ``task`` and ``alternative``.
    found : Findings
        Takes the problems: empty identifiers, tasks of one alternative, an alternative twice
        in a task.
    """
    person = _numbered(frame["person"], "person", found)
    task = _numbered(frame["task"], "task", found)
    codes, names = _alternatives(frame["alternative"], found)
    key = person * (int(task.max(initial=0)) + 1) + task
    complete = (person >= 0) & (task >= 0) & (codes >= 0)
    order = _order(key, complete)
    placed = key if order is None else key[order]
    starts = np.flatnonzero(np.concatenate([[True], placed[1:] != placed[:-1]]))
    task_offsets = np.append(starts, len(placed)).astype(np.int64)
    people = (person if order is None else person[order])[starts]
    changes = np.flatnonzero(np.concatenate([[True], people[1:] != people[:-1]]))
    person_offsets = np.append(changes, len(people)).astype(np.int64)
    layout = Layout(order, task_offsets, person_offsets, codes, tuple(names))
    if len(placed):
        _check_tasks(layout, frame, found)
    return layout


def task_names(frame: pd.DataFrame, rows: Integers) -> str:
    """Name the tasks that rows belong to: ``person 7 task 3, person 9 task 1 and 4 more``."""
    tasks = frame.loc[rows, ["person", "task"]].drop_duplicates()
    pairs = tasks.head(5).itertuples(index=False, name=None)
    names: Iterable[str] = (f"person {label(who)} task {label(which)}" for who, which in pairs)
    return some(names, len(tasks))


def _numbered(column: pd.Series, what: str, found: Findings) -> Integers:
    codes, _ = factorize(column)
    empty = codes < 0
    if empty.any():
        found.say(
            f"'{found.name(what)}' is empty, so it is unknown which {what} the row belongs to",
            f"Fill in the {what} of every row, or leave these rows out.",
            empty,
        )
    return codes


def _alternatives(column: pd.Series, found: Findings) -> tuple[Integers, list[str]]:
    codes, values = factorize(column)
    names = as_labels(values)
    known = list(dict.fromkeys(names))
    if len(known) < len(names):
        codes = np.array([*(known.index(name) for name in names), -1], dtype=np.int64)[codes]
    found.say(
        f"'{found.name('alternative')}' is empty",
        "Name the alternative of every row; an alternative that was not shown has no row.",
        codes < 0,
    )
    return codes, known


def _order(key: Integers, complete: npt.NDArray[np.bool_]) -> Integers | None:
    """Places in rising order of the key, ties as they stood; rows without a name left out."""
    if complete.all():
        if (key[1:] >= key[:-1]).all():
            return None
        return np.argsort(key, kind="stable")
    rows = np.flatnonzero(complete)
    return rows[np.argsort(key[rows], kind="stable")]


def _check_tasks(layout: Layout, frame: pd.DataFrame, found: Findings) -> None:
    sizes = np.diff(layout.task_offsets)
    lonely = layout.rows_of(sizes == 1)
    if len(lonely):
        found.say(
            f"only one alternative in {counted(len(lonely), 'task')}: {task_names(frame, lonely)}",
            "A task is a choice between two or more alternatives: add the rows of the others "
            "(an opt-out has a row too), or leave the task out.",
            lonely,
        )
    width = len(layout.alternatives)
    codes = layout.placed(layout.alternative_codes)
    key = np.repeat(np.arange(len(sizes)), sizes) * width + codes
    rising = np.sort(key)
    twice = np.unique(rising[1:][rising[1:] == rising[:-1]])
    if len(twice):
        again = np.flatnonzero(np.isin(key, twice))
        rows = again if layout.order is None else layout.order[again]
        found.say(
            f"an alternative stands twice in {counted(len(np.unique(twice // width)), 'task')}: "
            f"{task_names(frame, rows)}",
            f"Give each alternative of a task one row; check '{found.name('person')}' and "
            f"'{found.name('task')}': tasks are numbered within a person.",
            rows,
        )
