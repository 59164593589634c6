"""Other people or fewer tasks: what an analyst keeps, repeats, or looks at one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.findings import counted
from ccegov_choice.data.labels import as_labels
from ccegov_choice.errors import DataError, unknown_name

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData


Integers = npt.NDArray[np.int64]

ORIGINAL_PERSON = "original_person"


def each_task_alone(data: ChoiceData) -> ChoiceData:
    """Treat every task as if another person had answered it."""
    sizes = np.diff(data.task_offsets)
    frame = _renumbered(data.frame, np.repeat(np.arange(data.tasks), sizes))
    return replace(data, _frame=frame, person_offsets=np.arange(data.tasks + 1))


def take_people(data: ChoiceData, index: Any) -> ChoiceData:
    """Take people by position, with repeats; see `ChoiceData.take_people`."""
    positions = np.asarray(index, dtype=np.int64)
    tasks, person_offsets = gather(data.person_offsets, positions)
    rows, task_offsets = gather(data.task_offsets, tasks)
    frame = data.frame.take(rows).reset_index(drop=True)
    if len(np.unique(positions)) < len(positions):
        sizes = np.diff(task_offsets[person_offsets])
        frame = _renumbered(frame, np.repeat(np.arange(len(positions)), sizes))
    return replace(data, _frame=frame, task_offsets=task_offsets, person_offsets=person_offsets)


def _renumbered(frame: pd.DataFrame, numbers: Integers) -> pd.DataFrame:
    """Give rows new person numbers from 1, and remember the first ones they had."""
    if ORIGINAL_PERSON not in frame:
        frame = frame.assign(**{ORIGINAL_PERSON: frame["person"]})
    return frame.assign(person=numbers + 1)


def gather(offsets: Integers, index: Integers) -> tuple[Integers, Integers]:
    """Return members of some groups of a ragged axis, and the offsets of these groups.

    Parameters
    ----------
    offsets : ndarray, shape (G + 1,)
    index : ndarray, shape (n,)
        Groups to take, repeats allowed.

    Returns
    -------
    members : ndarray, shape (sum of sizes,)
    new_offsets : ndarray, shape (n + 1,)
    """
    sizes = np.diff(offsets)[index]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    members = np.repeat(offsets[index] - starts[:-1], sizes) + np.arange(starts[-1])
    return members, starts


def select(data: ChoiceData, keep: Any) -> ChoiceData:
    """Keep some of the people or tasks; see `ChoiceData.select`."""
    tasks = _selected_tasks(data, keep)
    rows, task_offsets = gather(data.task_offsets, tasks)
    counts = np.bincount(data.task_people[tasks], minlength=data.people)
    person_offsets = np.concatenate([[0], np.cumsum(counts[counts > 0])]).astype(np.int64)
    frame = data.frame.take(rows).reset_index(drop=True)
    return replace(data, _frame=frame, task_offsets=task_offsets, person_offsets=person_offsets)


def _selected_tasks(data: ChoiceData, keep: Any) -> Integers:
    values = np.asarray(keep)
    if values.dtype == object and values.size and pd.api.types.is_bool_dtype(pd.Series(values)):
        values = values.astype(bool)
    mask = _task_mask(data, values) if values.dtype == bool else _mask_of_people(data, values)
    tasks = np.flatnonzero(mask)
    if not len(tasks):
        raise DataError("nobody is left", cure="Choose a condition that somebody meets.")
    return tasks


def _task_mask(data: ChoiceData, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    if len(mask) == data.tasks:
        return mask
    if len(mask) == data.people:
        return np.asarray(mask[data.task_people])
    if len(mask) != data.rows:
        raise DataError(
            f"the condition has {len(mask):,} values",
            cure=f"Give one per row ({data.rows:,}), per task ({data.tasks:,}) or per person "
            f"({data.people:,}).",
        )
    kept = np.add.reduceat(mask.astype(np.int64), data.task_offsets[:-1])
    split = (kept > 0) & (kept < np.diff(data.task_offsets))
    if split.any():
        raise DataError(
            "the condition keeps some alternatives but not others in "
            f"{counted(split.sum(), 'task')}",
            cure="Use a condition on people or tasks: leaving out an alternative that was "
            "shown would change what the choice meant.",
        )
    return kept > 0


def _mask_of_people(data: ChoiceData, wanted: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    ids = np.asarray(as_labels(data.person_ids))
    names = as_labels(wanted.ravel())
    known = set(ids)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise DataError.of([unknown_name(name, ids, "person") for name in unknown[:20]])
    return np.asarray(np.isin(ids, names)[data.task_people])
