"""A study guessed from data, for data that come without one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.labels import as_labels, factorize
from ccegov_choice.data.layout import Layout
from ccegov_choice.errors import DataError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level, number_levels
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study

_MOST_LEVELS = 20

Mask = npt.NDArray[np.bool_]

_NUMBERED = re.compile(
    r"(option|alternative|alt|profile|plan|choice|concept|scenario)?[ _-]?([a-z]|\d+)",
    re.IGNORECASE,
)


def infer_study(
    frame: pd.DataFrame, layout: Layout, *, candidates: Sequence[str], covariates: Sequence[str]
) -> Study:
    """Guess the study that data belong to.

    Parameters
    ----------
    frame : DataFrame
        The rows, with columns named as in `ChoiceData.frame`.
    layout : Layout
        Where people, tasks and alternatives are.
    candidates : sequence of str
        Columns that may be attributes: those that differ between the alternatives of at least
        one task are.
    covariates : sequence of str
        Columns that describe the person.

    Returns
    -------
    Study
        Numbers become numeric attributes (their levels are the numbers that occur, or the
        quartiles of more than 20), words categorical ones. Alternatives with names of
        their own (not A, B, 1, 2, "Option 1", ...) are labelled; one that has no value of any
        attribute is the opt-out. Other things may be paid in every amount (numbers other than 0
        and 1). The study has no wordings, units or directions: for a report, write one.

    Raises
    ------
    DataError
        If no column differs between the alternatives of a task.
    """
    names = [name for name in candidates if _varies(frame[name], layout)]
    if not names:
        raise DataError(
            "no column differs between the alternatives of a task, so there is no attribute",
            cure="Check that the person and task columns are the right ones, and that the frame "
            "has a column per attribute.",
        )
    shown = {name: frame[name].notna().to_numpy() for name in names}
    opt_out = _opt_out(shown, layout)
    ordinary = [name for name in layout.alternatives if name != opt_out]
    labelled = sum(_NUMBERED.fullmatch(name) is None for name in ordinary) >= 2
    attributes = tuple(
        _attribute(frame[name], name, _having(shown[name], layout, ordinary) if labelled else None)
        for name in names
    )
    return Study(
        id="data",
        title="Choices",
        attributes=attributes,
        alternatives=tuple(Alternative(name, name) for name in ordinary) if labelled else (),
        opt_out=None if opt_out is None else Alternative(opt_out, opt_out, kind="opt_out"),
        covariates=tuple(infer_covariate(frame[name], name) for name in covariates),
        numeraires=tuple(Numeraire(item.id) for item in attributes if _may_be_paid_in(item)),
    )


def _may_be_paid_in(attribute: Attribute) -> bool:
    """Whether an attribute is an amount: numbers other than the marks 0 and 1."""
    return attribute.kind == "numeric" and not set(attribute.values) <= {0.0, 1.0}


def infer_covariate(column: pd.Series, name: str) -> Covariate:
    """Guess what a column about people is: numbers, or words with their levels."""
    if _is_number(column):
        return Covariate(name, name, "numeric")
    return Covariate(name, name, "categorical", _levels(column))


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _levels(column: pd.Series) -> tuple[Level, ...]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(as_labels(column.dropna().unique()))
        names: Iterable[str] = [n for n in as_labels(column.cat.categories) if n in present]
    else:
        names = as_labels(factorize(column)[1])
    return tuple(Level(name, name) for name in dict.fromkeys(names) if name)


def _attribute(column: pd.Series, name: str, alternatives: tuple[str, ...] | None) -> Attribute:
    if _is_number(column):
        levels = number_levels(_points(column.dropna().to_numpy(dtype=np.float64)))
        return Attribute(name, name, "numeric", levels, alternatives=alternatives)
    return Attribute(name, name, "categorical", _levels(column), alternatives=alternatives)


def _points(values: npt.NDArray[np.float64]) -> list[float]:
    """Return the numbers that occur; if they are measured rather than set, the quartiles."""
    finite = values[np.isfinite(values)]
    # a sample settles most cases, so that millions of measured values need no sorting
    few = len(np.unique(finite[:10_000])) <= _MOST_LEVELS
    numbers = np.unique(finite) if few else finite
    if len(numbers) > _MOST_LEVELS:
        quartiles = np.quantile(finite, [0, 0.25, 0.5, 0.75, 1], method="nearest")
        numbers = np.unique(quartiles)
    return [float(number) for number in numbers]


def _varies(column: pd.Series, layout: Layout) -> bool:
    """Whether a column differs between the alternatives of at least one task."""
    if _is_number(column):
        placed = layout.placed(column.to_numpy(dtype=np.float64, na_value=np.nan))
        differs = placed[1:] != placed[:-1]
        if np.isnan(placed.sum()):
            differs &= ~(np.isnan(placed[1:]) & np.isnan(placed[:-1]))
    else:
        placed = layout.placed(pd.factorize(column)[0])
        differs = placed[1:] != placed[:-1]
    # a step from one task into the next says nothing
    differs[layout.task_offsets[1:-1] - 1] = False
    return bool(differs.any())


def _having(shown: Mask, layout: Layout, alternatives: Iterable[str]) -> tuple[str, ...] | None:
    """Return the alternatives that have an attribute; None if all do."""
    counts = np.bincount(
        layout.alternative_codes[shown & (layout.alternative_codes >= 0)],
        minlength=len(layout.alternatives),
    )
    known = list(alternatives)
    having = tuple(name for name in known if counts[layout.alternatives.index(name)] > 0)
    return None if len(having) == len(known) else having


def _opt_out(shown: dict[str, Mask], layout: Layout) -> str | None:
    """Return the alternative that has no value of any attribute, if there is exactly one."""
    nothing = ~np.logical_or.reduce(list(shown.values()))
    if not nothing.any():
        return None
    codes = layout.alternative_codes
    rows = np.bincount(codes[codes >= 0], minlength=len(layout.alternatives))
    empty = np.bincount(codes[nothing & (codes >= 0)], minlength=len(layout.alternatives))
    found = [name for name, n, e in zip(layout.alternatives, rows, empty, strict=True) if n == e]
    return found[0] if len(found) == 1 else None
