"""From a specification and choice data to the arrays that the likelihood reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import DataError, UtilityError, unknown_name
from ccegov_choice.kernels.logit import Choices
from ccegov_choice.models.fitting.likelihood import LogitLikelihood, default_threads, frozen

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.study.utility import Utility

IntArray = npt.NDArray[np.int64]

_STRUCTURE = {"person", "task", "alternative", "chosen", "rank", "best", "worst", "weight"}


@dataclass(frozen=True, eq=False)
class ScaleGroups:
    """Groups of people with a scale of their own.

    Parameters
    ----------
    names : tuple of str
        Names of the scale parameters, all groups but the base.
    base : str
        The group whose scale is one.
    codes : ndarray of shape (N,)
        Group of each person; 0 is the base.
    """

    names: tuple[str, ...]
    base: str
    codes: IntArray


def scale_groups(data: ChoiceData, column: str) -> ScaleGroups:
    """Group people by a column for a scale of their own.

    Raises
    ------
    DataError
        If the column is missing, varies within a person, or has one value only.
    """
    codes, labels = data.codes(column)
    if len(labels) < 2:
        raise DataError(
            f"everybody has the same '{column}', so there is no scale to compare",
            where=f"Logit(..., scale='{column}')",
            cure="Leave scale out, or name a covariate that differs between people.",
        )
    declared = {covariate.id: covariate.base_id for covariate in data.study.covariates}
    base = declared.get(column)
    first = labels.index(base) if base in labels else 0
    order = [first, *(i for i in range(len(labels)) if i != first)]
    rank = np.empty(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(labels))
    names = tuple(f"scale[{labels[i]}]" for i in order[1:])
    return ScaleGroups(names, labels[first], rank[codes])


def logit_likelihood(
    utility: Utility,
    data: ChoiceData,
    *,
    scales: ScaleGroups | None = None,
    threads: int | None = None,
) -> LogitLikelihood:
    """Return the likelihood of choices under a utility.

    Parameters
    ----------
    utility : Utility
        Bound to a study.
    data : ChoiceData
        One choice per task.
    scales : ScaleGroups, optional
        Groups with a scale of their own.
    threads : int, optional
        Threads to use; all processors without it.

    Raises
    ------
    DataError
        If the data hold no choices, or have attributes missing.
    """
    chosen = data.chosen
    tasks_of = np.diff(data.person_offsets)
    # memory that is not written stays untouched, and most data have no scales
    groups = np.zeros(data.tasks, dtype=np.int64)
    if scales is not None:
        groups = np.repeat(scales.codes, tasks_of)
    choices = Choices(
        frozen(utility.matrix(data.frame)),
        frozen(data.task_offsets),
        frozen(data.person_offsets),
        frozen(chosen),
        frozen(data.weights),
        frozen(groups),
    )
    parameters = utility.size + (len(scales.names) if scales else 0)
    return LogitLikelihood(choices, parameters, check_threads(threads))


def check_threads(threads: int | None) -> int:
    """Return a number of threads, all processors without one.

    Raises
    ------
    UtilityError
        If it is not a positive whole number.
    """
    if threads is None:
        return default_threads()
    if isinstance(threads, bool) or int(threads) != threads or threads < 1:
        raise UtilityError(
            f"threads={threads!r} is not a number of threads",
            cure="Give 1, 2, ... or None for all.",
        )
    return int(threads)


def person_groupings(data: ChoiceData) -> Mapping[str, IntArray]:
    """Return the codes ``(N,)`` of every column that has one value for each person."""
    attributes = set(data.study.attribute_ids)
    groupings = {}
    for column in data.frame.columns:
        if column in _STRUCTURE or column in attributes:
            continue
        try:
            groupings[str(column)] = data.codes(column)[0]
        except DataError:  # it varies within a person, or is empty for somebody: no grouping
            continue
    return groupings


def check_levels_shown(utility: Utility, data: ChoiceData) -> dict[str, tuple[str, str]]:
    """Return coefficients of levels that occur nowhere: name -> (attribute, level)."""
    study = utility.study
    assert study is not None  # bound
    frame = data.frame
    missing = {}
    known = set(utility.names)
    for attribute in study.attributes:
        if attribute.id not in utility.reads or attribute.kind == "numeric":
            continue
        shown = set(frame[attribute.id].dropna().unique())
        for level in attribute.level_ids:
            name = f"{attribute.id}[{level}]"
            if level not in shown and name in known:
                missing[name] = (attribute.id, level)
    return missing


def starting_values(
    names: tuple[str, ...], coefficients: int, start: object | None
) -> npt.NDArray[np.float64]:
    """Return where the search starts: zero for coefficients and one for scales, unless given.

    Parameters
    ----------
    names : tuple of P str
        The parameters.
    coefficients : int
        How many of them are utility coefficients.
    start : mapping of str to float, or sequence of P floats, optional
        Values; a mapping may name some parameters only.

    Raises
    ------
    UtilityError
        If a name is unknown, the length is wrong, or a value is not finite.
    """
    values = np.zeros(len(names))
    values[coefficients:] = 1.0
    if start is None:
        return values
    if isinstance(start, Mapping):
        unknown = [name for name in start if name not in names]
        if unknown:
            raise UtilityError.of(
                [unknown_name(name, names, "coefficient", where="start") for name in unknown]
            )
        for name, value in start.items():
            values[names.index(name)] = float(value)
    else:
        given = np.asarray(start, dtype=np.float64)
        if given.shape != values.shape:
            raise UtilityError(
                f"start has {given.size} values for {len(names)} parameters",
                where="start",
                cure=f"Give one for each, in this order: {', '.join(names)}.",
            )
        values = given.copy()
    if not np.isfinite(values).all():
        wrong = [name for name, value in zip(names, values, strict=True) if not np.isfinite(value)]
        raise UtilityError(
            f"the starting values of {', '.join(wrong)} are not finite numbers",
            where="start",
            cure="Give finite numbers, or leave start out.",
        )
    return values
