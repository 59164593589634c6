"""Choice probabilities of alternatives in a frame, at any parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.labels import as_labels
from ccegov_choice.errors import DataError, Problem, unknown_name

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def scale_column(results: Results) -> str | None:
    """Return the covariate whose groups have scales of their own, if there is one."""
    scale: object = getattr(results.model, "scale", None)
    # other families have slopes of the log of the scale, by several columns
    return scale if isinstance(scale, str) else None


def require_logit_shares(results: Results) -> None:
    """Refuse models whose shares are not those of the logit.

    Raises
    ------
    DataError
        For a nested, mixed or asymmetric model of the second opinion.
    """
    if not getattr(results.model, "logit_shares", True):
        cure = (
            "Forecast the tasks of a frame with predict(results, frame)."
            if isinstance(results.model, HasShares)
            else "Forecast with Logit(utility).fit(data); use this model as a second opinion on "
            "coefficients and trade-offs."
        )
        raise DataError(
            f"{results.model.title} does not choose by logit shares, so this forecast would be "
            "wrong",
            where=results.model.title,
            cure=cure,
        )


def scale_positions(results: Results, groups: npt.NDArray[Any]) -> IntArray:
    """Return ``(A,)`` positions of the scale parameter of each row's group; -1 is the base.

    Raises
    ------
    DataError
        If a group is unknown to the model.
    """
    column = str(scale_column(results))
    known = {
        name[len("scale[") : -1]: position
        for position, name in enumerate(results.names)
        if position >= results.utility.size and name.startswith("scale[")
    }
    codes, found = pd.factorize(pd.Series(groups))
    names = as_labels(found)
    problems = []
    if column in results.study.covariate_ids and results.study.covariate(column).level_ids:
        allowed = results.study.covariate(column).level_ids
        problems = [
            unknown_name(name, allowed, f"level of {column}")
            for name in names
            if name not in allowed
        ]
    elif len(others := [name for name in names if name not in known]) > 1:
        # the base group is the one without a parameter; the study does not say its name
        problems = [unknown_name(name, known, f"group of {column}") for name in others]
    if (codes < 0).any():
        problems.append(
            Problem(f"'{column}' is empty", "Fill it: the scale of a person depends on it.")
        )
    if problems:
        raise DataError.of(problems, "The groups have {count} problems:")
    return np.array([known.get(name, -1) for name in names], dtype=np.int64)[codes]


def scale_factors(
    results: Results, sampled: FloatArray, covariates: Mapping[str, npt.NDArray[Any]], part: slice
) -> FloatArray | None:
    """Return scales ``(R, M)`` of some patterns of people by draw; None without scales."""
    column = scale_column(results)
    if column is None:
        return None
    positions = scale_positions(results, covariates[column][part])
    return np.where(positions >= 0, sampled[:, positions], 1.0)


@runtime_checkable
class HasShares(Protocol):
    """A model whose choice probabilities are not those of the multinomial logit."""

    def shares(self, tasks: Tasks, parameters: npt.NDArray[Any]) -> FloatArray:
        """Return choice probabilities ``(A,)`` of the rows at parameters ``(P,)``."""


@dataclass(frozen=True, eq=False)
class Tasks:
    """Alternatives of a frame in the order of their tasks.

    Parameters
    ----------
    results : Results
        The model.
    frame : DataFrame of A rows
        Sorted so that the rows of a task stand together.
    offsets : ndarray of shape (T + 1,)
        Rows of task ``t`` are ``offsets[t]:offsets[t + 1]``.
    weights : ndarray of shape (T,)
        Weight of each task.
    order : ndarray of shape (A,)
        Position of each row in the frame as it was given.
    """

    results: Results
    frame: pd.DataFrame
    offsets: IntArray
    weights: FloatArray
    order: IntArray

    @classmethod
    def of(cls, results: Results, data: ChoiceData | pd.DataFrame) -> Tasks:
        """Read choice data, or a frame with a row per alternative.

        Raises
        ------
        DataError
            If the frame is empty, does not say which rows make a task, or shows an alternative
            twice in one.
        """
        if not isinstance(results.model, HasShares):
            require_logit_shares(results)
        if isinstance(data, ChoiceData):
            order = np.arange(data.rows)
            return cls(results, data.frame, data.task_offsets, data.weights, order)
        keys = _task_keys(data)
        codes = data.groupby(keys, sort=False, dropna=False, observed=True).ngroup().to_numpy()
        order = np.argsort(codes, kind="stable")
        frame = data.iloc[order].reset_index(drop=True)
        offsets = np.concatenate([[0], np.cumsum(np.bincount(codes))]).astype(np.int64)
        _check_twice(frame, keys)
        weights = np.ones(len(offsets) - 1)
        if "weight" in frame:
            weights = frame["weight"].to_numpy(np.float64)[offsets[:-1]]
        return cls(results, frame, offsets, weights, order)

    @cached_property
    def task(self) -> IntArray:
        """Task ``(A,)`` of each row."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))

    @cached_property
    def matrix(self) -> FloatArray:
        """The encoded rows, ``(K, A)``."""
        return self.results.utility.matrix(self.frame)

    @cached_property
    def scales(self) -> IntArray | None:
        """Position of each row's scale parameter; None without scales."""
        column = scale_column(self.results)
        if column is None:
            return None
        if column not in self.frame:
            raise DataError(
                f"the column '{column}' is missing; each of its groups has a scale of its own",
                where="data frame",
                cure=f"Add the column '{column}'.",
            )
        return scale_positions(self.results, self.frame[column].to_numpy())

    def value(self, matrix: FloatArray, parameters: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return utility ``(A,)``, or its slope, of rows encoded as ``(K, A)``.

        Complex parameters give complex values, for derivatives by complex steps.
        """
        values = parameters[: self.results.utility.size] @ matrix
        if self.scales is None:
            return np.asarray(values)
        return np.asarray(values * np.where(self.scales >= 0, parameters[self.scales], 1.0))

    def sums(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return for each row the sum ``(A,)`` of values over its task."""
        return np.asarray(np.add.reduceat(values, self.offsets[:-1])[self.task])

    def probabilities(self, parameters: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return choice probabilities ``(A,)``."""
        if isinstance(self.results.model, HasShares):
            return self.results.model.shares(self, parameters)
        values = self.value(self.matrix, parameters)
        highest = np.maximum.reduceat(values.real, self.offsets[:-1])[self.task]
        powers = np.exp(values - highest)
        return np.asarray(powers / self.sums(powers))


def _task_keys(frame: pd.DataFrame) -> list[str]:
    if len(frame) == 0:
        raise DataError("the frame has no rows", where="data frame", cure="Give some to predict.")
    if "task" not in frame:
        problem = unknown_name("task", frame.columns, "column")
        raise DataError(
            "the frame does not say which rows make a task: it has no column 'task'",
            where="data frame",
            cure=f"Add it: the same number on all alternatives of a task. {problem.cure}",
        )
    return [name for name in ("person", "task") if name in frame]


def _check_twice(frame: pd.DataFrame, keys: list[str]) -> None:
    if "alternative" not in frame:
        return
    twice = frame.duplicated([*keys, "alternative"])
    if twice.any():
        row = frame[twice].iloc[0]
        place = ", ".join(f"{key} {row[key]}" for key in keys)
        raise DataError(
            f"alternative '{row['alternative']}' stands twice in one task ({place})",
            where="data frame",
            cure="Keep one row of it, or number the tasks so that each has its own.",
        )
