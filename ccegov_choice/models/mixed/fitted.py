"""A fitted mixed logit with the places of its parameters: what one coefficient is over people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import DataError, unknown_name
from ccegov_choice.models.mixed.builder import SCALE
from ccegov_choice.models.mixed.coefficient_moments import (
    Moments,
    moments,
    simulated_moments,
    tabulated_moments,
)
from ccegov_choice.models.mixed.covariates import covariate_labels, covariates_of, known_covariates
from ccegov_choice.models.mixed.layout import Layout, lay_out
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Sobol

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.builder import Covariates
    from ccegov_choice.models.mixed.taste_map import Places, TasteMap
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

# Where a scale multiplies coefficients, moments are those of so many people.
_PEOPLE = 16_384
SCALED = "scaled"


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

    def rows(self, results: Results) -> dict[str, tuple[tuple[int, ...], str]]:
        """Return each coefficient that varies -> its values in the map, and words for its shape.

        Where a scale that differs between people multiplies it, the words say so.
        """
        layout, model = self.layout, self.model
        values, order = layout.tastes.values, layout.order[: layout.varying]
        found: dict[str, tuple[tuple[int, ...], str]] = {}
        for k, name in enumerate(layout.names[: results.utility.size]):
            if model.pay_in is not None and name == SCALE:
                if model.scale is not None:
                    found[name] = ((len(layout.tastes.multipliers),), str(model.scale))
                continue
            columns = tuple(int(c) for c in np.flatnonzero(order == k))
            drawn = [str(values[c].distribution) for c in columns if values[c].loads]
            if self.scaled(columns):
                found[name] = (columns, f"{drawn[0]}, {SCALED}" if drawn else SCALED)
            elif drawn:
                found[name] = (columns, drawn[0])
        for c, name in enumerate(model.error_components):
            column = int(np.flatnonzero(order == results.utility.size + c)[0])
            found[name] = ((column,), "error component")
        return found

    def scaled(self, columns: tuple[int, ...]) -> bool:
        """Say whether a coefficient is multiplied by a scale that differs between people."""
        tastes = self.layout.tastes
        by = [tastes.multipliers[c] for c in columns if c < len(tastes.multipliers)]
        return self.model.pay_in is None and any(m >= 0 and tastes.values[m].loads for m in by)

    def moments(self, columns: tuple[int, ...], theta: FloatArray) -> Moments:
        """Return the moments of a coefficient at parameters ``(P,)``."""
        tastes, i = self.layout.tastes, columns[0]
        places, value = tastes.places(theta), tastes.values[i]
        if self.scaled(columns):
            drawn = _draw_values(tastes, theta, places)
            by = [drawn[m] if (m := tastes.multipliers[c]) >= 0 else 1.0 for c in columns]
            return simulated_moments(
                np.sum([drawn[c] * times for c, times in zip(columns, by, strict=True)], axis=0)
            )
        if value.arguments:
            return tabulated_moments(value.distribution, theta[list(value.arguments)])
        size = float(np.sqrt((places.b[0, tastes.owner == i] ** 2).sum()))
        return moments(value.distribution, float(places.a[0, i]), size)


def _draw_values(tastes: TasteMap, theta: FloatArray, places: Places) -> FloatArray:
    """Return the values ``(I, R)`` of people who are evenly spread over all dimensions."""
    u = Sobol(_PEOPLE, seed=1).points(tastes.dimensions)
    tables = {q: tastes.tables(theta, u[q]) for q in range(tastes.dimensions)}
    phi = [tables[feature.dimension][f] for f, feature in enumerate(tastes.features)]
    eta = np.repeat(places.a[0][:, None], _PEOPLE, axis=1)
    for e, (i, f) in enumerate(zip(tastes.owner, tastes.structure.features, strict=True)):
        eta[i] += places.b[0, e] * phi[f]
    return np.array([v.distribution.value(eta[i]) for i, v in enumerate(tastes.values)])


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
