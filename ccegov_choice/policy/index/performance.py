"""Measured performance of offices or areas, scaled from the worst to the best level of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError, Problem, unknown_name
from ccegov_choice.study.attribute import Attribute

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.study.study import Study

FloatArray = npt.NDArray[np.float64]
Ends = Mapping[str, tuple[str | float, str | float]]
ERROR = "_se"
"""What a column with the standard error of an indicator ends with."""


@dataclass(frozen=True, eq=False)
class Performance:
    """What was measured, scaled.

    Parameters
    ----------
    units : tuple of str
        ``U`` offices, areas or services.
    attributes : tuple of Attribute
        ``A`` attributes of the study that were measured.
    ends : tuple of (worst, best)
        The levels that count 0 and 1, by attribute.
    scores : ndarray of shape (U, A)
        0 as bad as the worst level, 1 as good as the best.
    errors : ndarray of shape (U, A)
        Their standard errors; zero where none is given.
    cases : ndarray of shape (U,)
        People or cases that were measured; NaN where that is not said.
    notes : tuple of str
        What a reader must know besides.
    """

    units: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    ends: tuple[tuple[str | float, str | float], ...]
    scores: FloatArray
    errors: FloatArray
    cases: FloatArray
    notes: tuple[str, ...]


def read_performance(
    frame: pd.DataFrame,
    study: Study,
    *,
    unit: str,
    cases: str | None = None,
    ends: Ends | None = None,
    hold: bool = False,
) -> Performance:
    """Scale measures by the levels of a study.

    Parameters
    ----------
    frame : DataFrame
        One row per unit. A column with the id of an attribute holds what was measured: its number
        for a numeric attribute; else a level id (ordered attributes), or a number from 0 (as bad
        as the worst level) to 1 (as good as the best). ``id_se`` holds its standard error, in the
        same unit.
    study : Study
        Says which levels there are, and which are better.
    unit : str
        Column with the names of the units.
    cases : str, optional
        Column with how many people or cases were measured.
    ends : mapping of str to (worst, best), optional
        The levels that count 0 and 1, for attributes whose direction the study leaves open, or
        where others than the outermost levels are meant.
    hold : bool
        Whether measures beyond the worst or best level count as 0 or 1; else they are refused.

    Raises
    ------
    PolicyError
        Listing all columns that are missing, empty, unknown or out of range.
    """
    given = dict(ends or {})
    columns = [a for a in study.attributes if a.id in frame.columns]
    problems = _columns_problems(frame, study, unit, cases, given, columns)
    if problems:
        raise PolicyError.of(problems, "The performance table has {count} problems:")
    notes: list[str] = []
    scores, errors, limits = [], [], []
    for attribute in columns:
        end = given.get(attribute.id) or _outermost(attribute)
        if end is None:
            problems.append(_no_direction(attribute))
            continue
        limits.append(end)
        score, error, found = _scaled(frame, attribute, end)
        problems += found
        beyond = (score < -1e-9) | (score > 1 + 1e-9)
        if beyond.any() and not found:
            names = ", ".join(frame[unit].astype(str)[beyond])
            if hold:
                notes.append(f"{attribute.id} lies beyond its levels and is held there: {names}.")
            else:
                problems.append(_beyond(attribute, names, end))
        # the only place where scores are held, and it is told above
        scores.append(np.clip(score, 0.0, 1.0))
        errors.append(error)
    if problems:
        raise PolicyError.of(problems, "The performance table has {count} problems:")
    if any(not a.is_numeric and frame[a.id].dtype.kind not in "fiu" for a in columns):
        notes.append("Levels of ordered attributes count as equally spaced from worst to best.")
    return Performance(
        tuple(frame[unit].astype(str)),
        tuple(columns),
        tuple(limits),
        np.column_stack(scores),
        np.column_stack(errors),
        frame[cases].to_numpy(float) if cases else np.full(len(frame), np.nan),
        tuple(notes),
    )


def _scaled(
    frame: pd.DataFrame, attribute: Attribute, end: tuple[str | float, str | float]
) -> tuple[FloatArray, FloatArray, list[Problem]]:
    """Return scores and their errors, before anything is held at 0 or 1."""
    column = frame[attribute.id]
    worst, best = end
    span = 1.0
    zero = np.zeros(len(frame))
    if attribute.is_numeric:
        span = float(best) - float(worst)
        score = (column.to_numpy(float) - float(worst)) / span
    elif column.dtype.kind in "fiu":
        score = column.to_numpy(float)
    else:
        ids = [level.id for level in attribute.shown_levels]
        unknown = [v for v in column.astype(str).unique() if v not in ids]
        if unknown or attribute.kind != "ordered":
            problems = [unknown_name(v, ids, "level", where=attribute.id) for v in unknown]
            return zero, zero, problems or [_no_order(attribute)]
        first, last = ids.index(str(worst)), ids.index(str(best))
        places = np.array([ids.index(str(v)) for v in column], np.float64)
        score = (places - first) / (last - first)
    name = attribute.id + ERROR
    error = np.abs(frame[name].to_numpy(float) / span) if name in frame else zero
    return score, error, []


def _outermost(attribute: Attribute) -> tuple[str | float, str | float] | None:
    """Return the worst and the best level that may be shown; None if nobody says which."""
    shown = attribute.shown_levels
    if attribute.direction == "0" or (not attribute.is_numeric and attribute.kind != "ordered"):
        return None
    if attribute.is_numeric:
        values = sorted(level.value for level in shown if level.value is not None)
        ends: tuple[str | float, str | float] = (values[0], values[-1])
    else:
        ends = (shown[0].id, shown[-1].id)
    return ends if attribute.direction == "+" else (ends[1], ends[0])


def _columns_problems(
    frame: pd.DataFrame,
    study: Study,
    unit: str,
    cases: str | None,
    ends: Ends,
    columns: list[Attribute],
) -> list[Problem]:
    problems = [
        unknown_name(name, frame.columns, "column", where="performance")
        for name in (unit, cases)
        if name is not None and name not in frame.columns
    ]
    problems += [
        unknown_name(name, study.attribute_ids, "attribute", where="ends")
        for name in ends
        if name not in study.attribute_ids
    ]
    problems += [p for name, end in ends.items() if (p := _end_problem(study, name, end))]
    if not columns:
        problems.append(
            Problem(
                "no column has the name of an attribute",
                f"Name columns after attributes: {', '.join(study.attribute_ids)}.",
                "performance",
            )
        )
    if unit in frame.columns and frame[unit].duplicated().any():
        twice = ", ".join(frame.loc[frame[unit].duplicated(), unit].astype(str).unique())
        problems.append(
            Problem(f"units in two rows: {twice}", "Give one row per unit.", "performance")
        )
    named = [a.id for a in columns]
    numbers = [name + ERROR for name in named if name + ERROR in frame.columns]
    numbers += [a.id for a in columns if a.is_numeric]
    numbers += [cases] if cases is not None and cases in frame.columns else []
    problems += [
        Problem(f"'{name}' is not all numbers", "Give a finite number in every row.", "performance")
        for name in numbers
        if frame[name].dtype.kind not in "fiu" or not np.isfinite(frame[name].to_numpy(float)).all()
    ]
    problems += [
        Problem(f"'{name}' is empty in places", "Fill it, or leave the unit out.", "performance")
        for name in named
        if name not in numbers and frame[name].isna().any()
    ]
    return problems


def _end_problem(study: Study, name: str, end: tuple[str | float, str | float]) -> Problem | None:
    if name not in study.attribute_ids:
        return None
    attribute = study.attribute(name)
    if attribute.is_numeric:
        good = all(isinstance(e, int | float) for e in end) and end[0] != end[1]
    else:
        ids = [level.id for level in attribute.shown_levels]
        good = all(e in ids for e in end) and end[0] != end[1]
    if good:
        return None
    return Problem(
        f"'{end[0]}' and '{end[1]}' are not two of its levels",
        f"Give worst and best, of {', '.join(attribute.level_ids)}.",
        f"ends of {name}",
    )


def _no_direction(attribute: Attribute) -> Problem:
    first, last = attribute.shown_levels[0].id, attribute.shown_levels[-1].id
    return Problem(
        "the study does not say which of its levels is better",
        f"Say so, as in ends={{'{attribute.id}': ('{first}', '{last}')}}: worst, then best.",
        attribute.id,
    )


def _no_order(attribute: Attribute) -> Problem:
    return Problem(
        "its levels have no order, so a level is no score",
        "Give a number from 0 (worst) to 1 (best), such as the share of cases at the best level.",
        attribute.id,
    )


def _beyond(attribute: Attribute, names: str, end: tuple[str | float, str | float]) -> Problem:
    what = f"between {end[0]} and {end[1]}" if attribute.is_numeric else "from 0 to 1"
    return Problem(
        f"measures lie beyond what people were asked about: {names}",
        f"Give numbers {what}, or hold=True to count what is beyond as the worst or best.",
        attribute.id,
    )
