"""Which tasks stay when an analyst keeps part of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.findings import counted
from ccegov_choice.data.labels import as_labels
from ccegov_choice.errors import DataError, unknown_name

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData


def selected_tasks(data: ChoiceData, keep: Any) -> npt.NDArray[np.int64]:
    """Positions of the tasks to keep; see `ChoiceData.select`."""
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
