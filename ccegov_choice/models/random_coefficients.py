"""How the coefficients of a mixed logit are distributed over people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.errors import DataError, unknown_name
from ccegov_choice.models.coefficient_moments import Moments, moments, tabulated_moments
from ccegov_choice.models.delta import Derived, delta_method
from ccegov_choice.models.mixed import MixedLogit
from ccegov_choice.models.mixed_covariates import covariate_labels, covariates_of, known_covariates
from ccegov_choice.models.mixed_layout import SCALE, Layout, lay_out

if TYPE_CHECKING:
    from ccegov_choice.models.mixed_layout import Covariates
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

_FIXED = "nothing in it was estimated"
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


@dataclass(frozen=True, eq=False)
class FittedMixed:
    """A mixed logit with the places of its parameters, for people with some covariates."""

    model: MixedLogit
    layout: Layout

    @classmethod
    def of(cls, results: Results, what: str, at: Mapping[str, Any]) -> FittedMixed:
        """Read results; ``what`` is the name of the function that asks.

        Raises
        ------
        DataError
            If the model is no mixed logit.
        """
        model = results.model
        if not isinstance(model, MixedLogit):
            raise DataError(
                f"a {model.title} has no random coefficients",
                where=what,
                cure="Give the results of MixedLogit(utility, random={...}).fit(data).",
            )
        covariates = _covariates_at(model, results, at, what)
        return cls(model, lay_out(model, results.utility, covariates))

    def rows(self, results: Results) -> dict[str, tuple[int, str]]:
        """Return each coefficient that varies -> its value in the map, and words for its shape."""
        layout, model = self.layout, self.model
        values, order = layout.tastes.values, list(layout.order[: layout.varying])
        found: dict[str, tuple[int, str]] = {}
        for k, name in enumerate(layout.names[: results.utility.size]):
            traded = model.pay_in is not None and name == SCALE
            i = len(layout.tastes.multipliers) if traded else order.index(k) if k in order else None
            if i is not None and values[i].loads:
                found[name] = (i, str(values[i].distribution))
        for c, name in enumerate(model.error_components):
            found[name] = (order.index(results.utility.size + c), "error component")
        return found

    def moments(self, i: int, theta: FloatArray) -> Moments:
        """Return the moments of a value at parameters ``(P,)``."""
        tastes, value = self.layout.tastes, self.layout.tastes.values[i]
        if value.arguments:
            return tabulated_moments(value.distribution, theta[list(value.arguments)])
        places = tastes.places(theta)
        size = float(np.sqrt((places.b[0, tastes.owner == i] ** 2).sum()))
        return moments(value.distribution, float(places.a[0, i]), size)


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
    Moments are formulas where these exist, and otherwise those of 100,000 equally likely people.
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
    if other == 0:
        sign = None  # by its shape nobody has the other sign
    return (
        name,
        shape,
        one.mean,
        mean,
        one.sd,
        sd,
        one.low,
        one.median,
        one.high,
        other,
        sign,
    )


def error_cell(error: float) -> Cell:
    """Return a standard error as a cell of a table."""
    return Absent(_FIXED) if np.isnan(error) else float(error)


def _notes(
    fitted: FittedMixed, rows: Mapping[str, Any], here: list[Moments], at: Mapping[str, Any]
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
    if fitted.model.pay_in is not None:
        notes.append(f"In units of {fitted.model.pay_in} that people would give up.")
    return notes


def _covariates_at(
    model: MixedLogit, results: Results, at: Mapping[str, Any], what: str
) -> Covariates:
    """Return the covariates of one person."""
    names = covariates_of(model)
    unknown = [name for name in at if name not in names]
    if unknown:
        raise DataError.of(
            [unknown_name(n, names, "covariate of the model", where="at") for n in unknown],
            f"{what} has {{count}} problems:",
        )
    rest = {
        name: {label: np.zeros(1) for label in covariate_labels(name, results.names)}
        for name in names
    }
    person = pd.DataFrame({name: [value] for name, value in at.items()})
    return {**rest, **known_covariates(list(at), results.names, results.study, person)}
