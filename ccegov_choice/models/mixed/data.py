"""Choices as the mixed logit's kernel reads them: differences to what was chosen, by person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import DataError, Problem, unknown_name
from ccegov_choice.kernels.mixed import Differences
from ccegov_choice.models.fitting.likelihood import frozen

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.mixed.layout import Layout
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Units:
    """Who keeps the same tastes: people over all their tasks, or each task by itself.

    Parameters
    ----------
    ids : ndarray of shape (N,)
        Identifiers; draws follow from them.
    offsets : ndarray of shape (N + 1,)
        First task of each.
    weights : ndarray of shape (N,)
        Weight of each.
    people : ndarray of shape (N,)
        Position of the person that each belongs to.
    """

    ids: npt.NDArray[Any]
    offsets: IntArray
    weights: FloatArray
    people: IntArray

    @classmethod
    def of(cls, data: ChoiceData, panel: bool) -> Units:
        """Read who answered.

        Raises
        ------
        DataError
            If the tasks of a person have different weights: their tastes are one draw, which can
            only count once.
        """
        if not panel:
            ids = np.repeat(data.person_ids.astype(str), np.diff(data.person_offsets))
            number = np.arange(data.tasks) - data.person_offsets[data.task_people]
            named = np.array([f"{who}/{n}" for who, n in zip(ids, number, strict=True)])
            return cls(named, np.arange(data.tasks + 1), data.weights, data.task_people)
        first = data.weights[data.person_offsets[:-1]]
        if (data.weights != first[data.task_people]).any():
            who = data.person_ids[data.task_people[data.weights != first[data.task_people]][0]]
            raise DataError(
                f"the tasks of person {who} have different weights, but a person's tastes can "
                "only count once",
                where=f"weight column '{data.weight}'",
                cure="Give each person one weight, or fit with panel=False.",
            )
        return cls(data.person_ids, data.person_offsets, first, np.arange(data.people))


def covariate_columns(
    data: ChoiceData, name: str, units: Units, *, constant: bool = False
) -> dict[str, FloatArray]:
    """Return a covariate by person: itself, or a column for each level but the base.

    With ``constant`` it may be the same for everybody, as it may be in new data.

    Raises
    ------
    DataError
        If it is not there, is empty for somebody, differs between the tasks of a person, or is
        the same for everybody.
    """
    frame = data.frame
    if name not in frame.columns:
        raise DataError.of([unknown_name(name, frame.columns, "column of the data")])
    if pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name]):
        values = frame[name].to_numpy(np.float64)
        by_person = values[data.person_rows]
        rows = np.diff(data.task_offsets[data.person_offsets])
        if not np.array_equal(np.repeat(by_person, rows), values):
            raise DataError(
                f"'{name}' is empty for somebody, or differs between the tasks of a person",
                where=f"column '{name}'",
                cure="Give each person one value.",
            )
        return {name: by_person[units.people]}
    codes, labels = data.codes(name)
    declared = {covariate.id: covariate.base_id for covariate in data.study.covariates}
    base = declared.get(name)
    first = labels.index(base) if base in labels else 0
    if len(labels) < 2 and not constant:
        raise DataError(
            f"everybody has the same '{name}', so tastes cannot depend on it",
            where=f"column '{name}'",
            cure="Leave it out, or name a covariate that differs between people.",
        )
    return {
        f"{name}[{label}]": (codes == level).astype(np.float64)[units.people]
        for level, label in enumerate(labels)
        if level != first
    }


def model_columns(model: MixedLogit, utility: Utility, frame: pd.DataFrame) -> FloatArray:
    """Return the encoded rows ``(K, A)`` with a row below for each error component."""
    return with_error_columns(model, utility.matrix(frame), frame)


def with_error_columns(model: MixedLogit, matrix: FloatArray, frame: pd.DataFrame) -> FloatArray:
    """Return rows ``(K, A)`` with a row below for each error component.

    Raises
    ------
    DataError
        If rows do not say which alternative they are.
    """
    if not model.error_components:
        return matrix
    if "alternative" not in frame.columns:
        missing = unknown_name("alternative", frame.columns, "column", where="data")
        cure = f"Add it: alternatives share errors by their names. {missing.cure}"
        raise DataError.of([Problem("the column 'alternative' is missing", cure, "data")])
    names = frame["alternative"].astype(str).to_numpy()
    shared = [np.isin(names, list(who)) for who in model.error_components.values()]
    return np.vstack([matrix, np.array(shared, dtype=np.float64)])


def apart_from_chosen(rows: FloatArray, data: ChoiceData) -> FloatArray:
    """Return the rows of alternatives not chosen, less the row of the one that was."""
    chosen = data.chosen
    other = np.ones(data.rows, dtype=bool)
    other[chosen] = False
    return np.asarray(rows[other] - rows[np.repeat(chosen, np.diff(data.task_offsets) - 1)])


def differences(matrix: FloatArray, layout: Layout, data: ChoiceData, units: Units) -> Differences:
    """Return attributes of the alternatives not chosen less those of the chosen one."""
    apart = apart_from_chosen(np.ascontiguousarray(matrix.T)[:, layout.order], data)
    varying = np.zeros((len(apart), len(layout.tastes.multipliers)))
    varying[:, : layout.varying] = apart[:, : layout.varying]
    return Differences(
        frozen(varying),
        frozen(apart[:, layout.varying :]),
        frozen(data.task_offsets - np.arange(data.tasks + 1)),
        frozen(units.offsets),
    )
