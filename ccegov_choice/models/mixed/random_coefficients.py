"""How the coefficients of a mixed logit are distributed over people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.models.delta import Derived, delta_method
from ccegov_choice.models.mixed.coefficient_moments import Moments
from ccegov_choice.models.mixed.covariates import covariates_of
from ccegov_choice.models.mixed.fitted import SCALED, FittedMixed

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

_FIXED = "nothing in it was estimated"
_COUNTED = "counted among simulated people"
_COLUMNS = (
    "",
    "distribution",
    "mean",
    "mean s.e.",
    "sd",
    "sd s.e.",
    "5 %",
    "median",
    "95 %",
    "other sign",
    "other sign s.e.",
)
_FORMATS = dict.fromkeys(_COLUMNS[2:9], ".4f") | dict.fromkeys(_COLUMNS[9:], ".3f")


def random_coefficients(results: Results, *, at: Mapping[str, Any] | None = None) -> Table:
    """Return how each random coefficient is distributed over people.

    Parameters
    ----------
    results : Results
        Of a `MixedLogit`.
    at : mapping of str to value, optional
        Where means or spreads depend on covariates: for whom, such as ``{"age": 40}``. Covariates
        that are left out are zero, or their base.

    Returns
    -------
    Table
        A row per coefficient: mean, standard deviation and quantiles of the coefficient itself
        (not of what is inside a lognormal), and the share of people whose coefficient has the
        other sign than the mean. Errors by the delta method. In trade space coefficients are
        trade-offs.

    Raises
    ------
    DataError
        If the model is no mixed logit, or `at` names something else than its covariates.

    Notes
    -----
    Moments are formulas where these exist, and otherwise those of 100,000 equally likely people; of
    16,384 where a scale that differs between people multiplies coefficients.
    """
    fitted = FittedMixed.of(results, "random_coefficients", at or {})
    rows = fitted.rows(results)
    here = [fitted.moments(i, results.estimates) for i, _ in rows.values()]

    def told(theta: FloatArray) -> FloatArray:
        numbers: list[float] = []
        for (i, _), first in zip(rows.values(), here, strict=True):
            one = fitted.moments(i, theta)
            numbers += [one.mean, one.sd, _other_sign(one, first.mean)]
        return np.array(numbers)

    derived = delta_method(results, told)
    cells = [
        _row(name, shape, one, Derived(*(each[3 * r : 3 * r + 3] for each in derived)))
        for r, ((name, (_, shape)), one) in enumerate(zip(rows.items(), here, strict=True))
    ]
    return Table(
        f"Tastes over people: {results.model.title}",
        _COLUMNS,
        tuple(cells),
        tuple(_notes(fitted, rows, here, at or {})),
        _FORMATS,
    )


def _other_sign(one: Moments, mean: float) -> float:
    """Return the share of people whose coefficient has another sign than this mean, not zero."""
    return one.below if mean >= 0 else max(1.0 - one.below - one.zero, 0.0)


def _row(name: str, shape: str, one: Moments, derived: Derived) -> tuple[Cell, ...]:
    mean, sd, sign = (error_cell(error) for error in derived.error)
    other = float(derived.value[2])
    if shape.endswith(SCALED):
        sign = Absent(_COUNTED)
    elif other == 0:
        sign = None  # by its shape nobody has the other sign
    middle = (one.mean, mean, one.sd, sd, one.low, one.median, one.high)
    return (name, shape, *middle, other, sign)


def error_cell(error: float) -> Cell:
    """Return a standard error as a cell of a table."""
    return Absent(_FIXED) if np.isnan(error) else float(error)


def _notes(
    fitted: FittedMixed, rows: Mapping[str, Any], here: Sequence[Moments], at: Mapping[str, Any]
) -> list[str]:
    notes = ["other sign: share of people whose coefficient has another sign than the mean."]
    notes += [
        f"{name}: {one.zero:.1%} of people are at zero."
        for name, one in zip(rows, here, strict=True)
        if one.zero > 0
    ]
    names = covariates_of(fitted.model)
    if names:
        words = [f"{name} {at[name]}" if name in at else f"{name} 0 or its base" for name in names]
        notes.append(f"For people with {', '.join(words)}; others by at={{...}}.")
    if fitted.model.within:
        who = ", ".join(fitted.model.within)
        notes.append(f"Between people; {who} varies from task to task as well: see the table.")
    if fitted.model.pay_in is not None:
        notes.append(f"In units of {fitted.model.pay_in} that people would give up.")
    return notes
