"""A scale that depends on covariates or on the task: ``exp(z'g)`` multiplies all utilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.labels import as_labels
from ccegov_choice.errors import DataError, Problem, UtilityError, unknown_name

if TYPE_CHECKING:
    from ccegov_choice.study.covariate import Covariate
    from ccegov_choice.study.study import Study

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def scale_columns(scale: Any) -> tuple[str, ...]:
    """Read what the user gave as ``scale``: a column, several, or None.

    Raises
    ------
    UtilityError
        If a column is named twice.
    """
    columns = () if scale is None else (scale,) if isinstance(scale, str) else tuple(scale)
    for name in columns:
        if columns.count(name) > 1:
            raise UtilityError(
                f"'{name}' stands in scale twice", where="scale", cure="Name it once."
            )
    return tuple(str(name) for name in columns)


@dataclass(frozen=True)
class LogScale:
    """What the logarithm of the scale is a sum of.

    Parameters
    ----------
    columns : tuple of str
        Covariates of the study, and other columns of numbers such as ``task``.
    study : Study
        Says which columns are categorical, and their base.
    """

    columns: tuple[str, ...]
    study: Study

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the ``G`` slopes: one per number, one per level but the base."""
        found = []
        for column in self.columns:
            covariate = self._categorical(column)
            if covariate is None:
                found.append(f"log_scale[{column}]")
            else:
                found += [f"log_scale[{column}: {level}]" for level in _others(covariate)]
        return tuple(found)

    def _categorical(self, column: str) -> Covariate | None:
        if column not in self.study.covariate_ids:
            return None
        covariate = self.study.covariate(column)
        return None if covariate.is_numeric else covariate

    def values(self, frame: pd.DataFrame, task_offsets: IntArray) -> FloatArray:
        """Return the values ``(G, T)`` that slopes are multiplied by.

        Parameters
        ----------
        frame : DataFrame of A rows
            With all the columns.
        task_offsets : ndarray of shape (T + 1,)
            First row of each task.

        Raises
        ------
        DataError
            Listing columns that are missing, empty, not numbers, or differ within a task.
        """
        problems: list[Problem] = []
        rows: list[FloatArray] = []
        for column in self.columns:
            if column not in frame:
                problems.append(unknown_name(column, frame.columns, "column", where="scale"))
                continue
            found = self._column(column, frame[column], task_offsets, problems)
            rows += found
        if problems:
            raise DataError.of(problems, "The scale has {count} problems:")
        return np.array(rows).reshape(len(rows), len(task_offsets) - 1)

    def _column(
        self, column: str, values: pd.Series, offsets: IntArray, problems: list[Problem]
    ) -> list[FloatArray]:
        covariate = self._categorical(column)
        if values.isna().any():
            cure = "Fill it: how random a choice is depends on it."
            problems.append(Problem(f"'{column}' is empty in some rows", cure, "scale"))
            return []
        if covariate is None:
            return self._number(column, values, offsets, problems)
        codes, found = pd.factorize(values)
        labels = as_labels(found)
        _same_within_tasks(column, codes, offsets, problems)
        problems += [
            unknown_name(name, covariate.level_ids, f"level of {column}")
            for name in labels
            if name not in covariate.level_ids
        ]
        here = np.array(labels, dtype=object)[codes[offsets[:-1]]]
        return [np.asarray(here == level, dtype=np.float64) for level in _others(covariate)]

    @staticmethod
    def _number(
        column: str, values: pd.Series, offsets: IntArray, problems: list[Problem]
    ) -> list[FloatArray]:
        try:
            numbers = values.to_numpy(dtype=np.float64)
        except (TypeError, ValueError):
            cure = f"Declare '{column}' as a categorical covariate of the study, or give numbers."
            problems.append(Problem(f"'{column}' holds words", cure, "scale"))
            return []
        _same_within_tasks(column, numbers, offsets, problems)
        return [numbers[offsets[:-1]]]


def _others(covariate: Covariate) -> list[str]:
    return [level for level in covariate.level_ids if level != covariate.base_id]


def _same_within_tasks(
    column: str, values: npt.NDArray[Any], offsets: IntArray, problems: list[Problem]
) -> None:
    if (values != np.repeat(values[offsets[:-1]], np.diff(offsets))).any():
        cure = "A scale belongs to a person or a task: name a column with one value in each task."
        problems.append(
            Problem(f"'{column}' differs between alternatives of a task", cure, "scale")
        )
