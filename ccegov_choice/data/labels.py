"""Names for values: how an identifier or a group is written, and people sorted into groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import DataError, unknown_name

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData


def label(value: object) -> str:
    """Write a value as a name: whole numbers without a decimal point, text without margins."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def as_labels(values: Iterable[object]) -> list[str]:
    """Write each value as a name."""
    return [label(value) for value in values]


def factorize(column: pd.Series) -> tuple[npt.NDArray[np.int64], list[object]]:
    """Give numbers to the distinct values of a column in rising order; -1 where it is empty.

    Returns
    -------
    codes : ndarray, shape (len(column),)
    values : list
        Distinct values; in order of appearance where they cannot be compared.
    """
    try:
        codes, values = pd.factorize(column, sort=True)
    except TypeError:
        codes, values = pd.factorize(column)
    return codes.astype(np.int64, copy=False), list(values)


def grouping(data: ChoiceData, column: str) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Group people by a column; see `ChoiceData.codes`."""
    frame = data.frame
    if column == "person":
        return np.arange(data.people), tuple(as_labels(data.person_ids))
    if column not in frame:
        problem = unknown_name(column, frame.columns, "column", where="choice data")
        raise DataError(problem.problem, where=problem.where, cure=problem.cure)
    codes, values = factorize(frame[column])
    first = codes[data.person_rows]
    counts = np.diff(data.task_offsets[data.person_offsets])
    moving = np.unique(np.repeat(np.arange(data.people), counts)[codes != np.repeat(first, counts)])
    if len(moving):
        raise DataError(
            f"'{column}' is not the same in all rows of {len(moving):,} of {data.people:,} people "
            f"(first: {_some(data.person_ids[moving])})",
            where="choice data",
            cure="Group by a column that describes the person.",
        )
    if (first < 0).any():
        empty = np.flatnonzero(first < 0)
        raise DataError(
            f"'{column}' is empty for {len(empty):,} of {data.people:,} people "
            f"(first: {_some(data.person_ids[empty])})",
            where="choice data",
            cure=f"Fill it in, or leave these people out: "
            f'data.select(data.frame["{column}"].notna()).',
        )
    names = as_labels(values)
    order = _order(data, column, names)
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(order))
    present = np.unique(rank[first])
    return np.searchsorted(present, rank[first]), tuple(names[order[i]] for i in present)


def _order(data: ChoiceData, column: str, names: list[str]) -> list[int]:
    """Positions of the group names, in the order of levels the study gives, if it does."""
    declared = {covariate.id: covariate for covariate in data.study.covariates}
    if column not in declared or not declared[column].levels:
        return list(range(len(names)))
    ids = [level.id for level in declared[column].levels]
    return sorted(range(len(names)), key=lambda i: ids.index(names[i]) if names[i] in ids else 1e9)


def _some(values: Iterable[object]) -> str:
    shown = as_labels(values)
    return ", ".join(shown[:5]) + (", ..." if len(shown) > 5 else "")
