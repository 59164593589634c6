"""Who the people of each class are, and the classes side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.errors import DataError, unknown_name
from ccegov_choice.models.classes.shares import Fitted, class_shares
from ccegov_choice.study.people import people_frame

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]


def class_profiles(
    results: Results,
    data: ChoiceData,
    covariates: Sequence[str],
    *,
    threads: int | None = None,
) -> pd.DataFrame:
    """Describe the people of each class by covariates.

    Everybody counts in each class by the chance of being in it, so that the uncertainty about who
    is where is not lost; covariates need not be part of the model.

    Parameters
    ----------
    results : Results
        Of a `LatentClass` (with ``panel=True``).
    data : ChoiceData
        The data of the fit.
    covariates : sequence of str
        Columns of the data that describe people.
    threads : int, optional
        Threads to use.

    Returns
    -------
    DataFrame
        ``covariate``, ``level``, a column per class and ``everybody``: the share of each level
        within the class, or the mean of a numeric covariate.

    Raises
    ------
    DataError
        If the model has no classes, or a column is missing, empty for somebody, or varies within a
        person.
    """
    fitted = Fitted.of(results, "class_profiles")
    if not fitted.model.panel:
        raise DataError(
            "classes are mixed task by task, so no person belongs to one",
            where="class_profiles",
            cure="Fit LatentClass(..., panel=True).",
        )
    wanted = [covariates] if isinstance(covariates, str) else list(covariates)
    unknown = [name for name in wanted if name not in data.frame]
    if unknown:
        raise DataError.of(
            [unknown_name(name, data.frame.columns, "column", where="data") for name in unknown]
        )
    posterior = fitted.over(data, threads).likelihood.parts(results.estimates).posterior
    chances = fitted.by_class(posterior)
    weights = people_frame(data)["weight"].to_numpy(np.float64)
    by_class = np.column_stack([chances, np.ones(len(chances))]) * weights[:, None]
    by_class = by_class / by_class.sum(axis=0)
    rows = [row for name in wanted for row in _rows(data, name, by_class)]
    columns = ["covariate", "level", *fitted.layout.classes, "everybody"]
    return pd.DataFrame(rows, columns=columns)


def _rows(data: ChoiceData, name: str, by_class: FloatArray) -> list[list[object]]:
    codes, labels = data.codes(name)  # says what is wrong with the column
    column = data.frame[name].iloc[data.person_rows]
    declared = {covariate.id: covariate for covariate in data.study.covariates}.get(name)
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if numeric and (declared is None or declared.is_numeric):
        values = column.to_numpy(np.float64)
        return [[name, "mean", *(values @ by_class)]]
    return [
        [name, label, *((codes == code).astype(np.float64) @ by_class)]
        for code, label in enumerate(labels)
    ]


def class_table(results: Results) -> Table:
    """Return the classes side by side: coefficients with their errors, and shares.

    Parameters
    ----------
    results : Results
        Of a `LatentClass`.

    Returns
    -------
    Table
        A row per coefficient and two columns per class. Shares are in the last row unless they
        depend on covariates; then those of `class_shares` are.

    Raises
    ------
    DataError
        If the model has no classes.
    """
    fitted = Fitted.of(results, "class_table")
    layout = fitted.layout
    columns = ["", *(text for name in layout.classes for text in (name, f"{name} s.e."))]
    rows: list[tuple[Cell, ...]] = []
    for k, name in enumerate(results.utility.names):
        cells: list[Cell] = [name]
        for spec, positions in zip(fitted.model.specs, layout.positions, strict=True):
            position = -2 if spec.model is not None else int(positions[k])
            cells += _pair(results, position)
        rows.append(tuple(cells))
    for position in [p for p in layout.scales if p >= 0]:
        pair = _pair(results, int(position))
        rows.append((results.names[position], *(pair * len(layout.classes))))
    notes = ["Shares depend on covariates: class_shares(results, data)."]
    if not fitted.about.reads:
        notes = []
        shares = class_shares(results)
        pairs = zip(shares["share"], shares["std_error"], strict=True)
        fixed = Absent("shares are fixed")
        cells = [c for s, e in pairs for c in (float(s), fixed if np.isnan(e) else float(e))]
        rows.append(("share of people", *cells))
    if any((positions == -1).any() for positions in layout.positions):
        notes.append("Zero without an error: the class ignores it.")
    notes += started(results)
    return Table(
        f"Classes: {results.model.title}",
        tuple(columns),
        tuple(rows),
        tuple(notes),
        dict.fromkeys(columns[1:], ".4f"),
    )


def _pair(results: Results, position: int) -> list[Cell]:
    if position == -2:
        own = Absent("the class has a model of its own: see results.table()")
        return [own, own]
    if position == -1:
        return [0.0, None]
    return [float(results.estimates[position]), results.std_error(results.names[position])]


# Log-likelihoods that differ by less are the same top, reached from two sides.
_SAME_TOP = 0.01


def started(results: Results) -> list[str]:
    """Say how many starts of the search came to the best top."""
    ends = results.optimisation.starts
    if len(ends) < 2:
        return [
            "The search had one start; the likelihood of classes has several tops. Try "
            "options=FitOptions(starts=16)."
        ]
    # the first search may have been on a cheaper likelihood, so ends are compared with each other
    reached = sum(end >= max(ends) - _SAME_TOP for end in ends)
    told = f"{reached} of {len(ends)} starts came to this top."
    if reached < 2:
        told += " Others may be higher: try options=FitOptions(starts=50)."
    return [told]
