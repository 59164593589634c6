"""The tastes of a mixed logit as draws in preference space, by pattern of covariates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.mixed.covariates import covariates_of, known_covariates
from ccegov_choice.models.mixed.layout import Layout, lay_out
from ccegov_choice.models.mixed.likelihood import middles
from ccegov_choice.models.population.taste_points import MOST_DRAWS, PointsAt, TastePoints

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.models.mixed.standard_draws import StandardDraws
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DrawnTastes:
    """From parameters of a mixed logit to what coefficients its people have.

    Parameters
    ----------
    layout : Layout
        Laid out for one task: what varies within people varies as if between them.
    draws : StandardDraws
        Whose people are the same as those of `ccegov_choice.predict`.
    columns : int
        Coefficients and error components, ``Q``.
    """

    layout: Layout
    draws: StandardDraws
    columns: int
    cells: IntArray = field(init=False)
    still: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        dimensions = max(self.layout.tastes.dimensions, 1)
        shifts = self.draws.shifts(np.array(["everybody"]), dimensions)[0]
        cells = self.draws.base(dimensions) ^ shifts[:, None]
        object.__setattr__(self, "cells", cells.astype(np.int64))
        tables = self.layout.tastes.tables(None, middles(self.draws))
        object.__setattr__(self, "still", tables)

    def standard(self, theta: FloatArray) -> FloatArray:
        """Return the standard draw ``(F, S)`` of each feature."""
        tastes, tables = self.layout.tastes, self.still
        if tastes.tabulated:
            tables = tastes.tables(theta, middles(self.draws), self.still)
        found = [tables[f][self.cells[it.dimension]] for f, it in enumerate(tastes.features)]
        return np.array(found).reshape(len(found), self.draws.count)

    def __call__(self, theta: FloatArray) -> TastePoints:
        """Return the points at parameters ``(P,)``."""
        tastes, phi = self.layout.tastes, self.standard(theta)
        places, count = tastes.places(theta), self.draws.count
        patterns = max(len(places.a), len(places.b))
        values = np.empty((len(tastes.values), patterns, count))
        for i, value in enumerate(tastes.values):
            eta = np.repeat(places.a[:, i], patterns // len(places.a))[:, None]
            for e in np.flatnonzero(tastes.owner == i):
                eta = eta + places.b[:, e, None] * phi[tastes.structure.features[e]]
            values[i] = value.distribution.value(eta)
        found = np.zeros((patterns, count, self.columns))
        for column, k in enumerate(self.layout.order):
            found[:, :, k] += self._column(column, values, places.fixed)
        return TastePoints(found, np.full((1, count), 1 / count), simulated=True)

    def _column(self, column: int, values: FloatArray, fixed: FloatArray) -> FloatArray:
        """Return what one column of the map adds to its coefficient, ``(M, S)`` or one number."""
        if column >= self.layout.varying:
            return np.asarray(fixed[column - self.layout.varying])
        by = self.layout.tastes.multipliers[column]
        return np.asarray(values[column] if by < 0 else values[column] * values[by])


def mixed_points(
    model: MixedLogit, results: Results, people: pd.DataFrame, draws: int | None
) -> PointsAt:
    """Return the points of people as a function of the model's own parameters ``(P,)``.

    Parameters
    ----------
    model : MixedLogit
        That of the results, or of one of their classes.
    results : Results
        Their names tell the levels of covariates.
    people : DataFrame of M rows
        With the covariates that tastes depend on.
    draws : int, optional
        See `HasTastePoints`.

    Raises
    ------
    DataError
        If a covariate is missing, or has a level that the fit did not know.
    """
    covariates = known_covariates(covariates_of(model), results.names, results.study, people)
    layout = lay_out(model, results.utility, covariates, one_task=True)
    count = min(model.draws.count, MOST_DRAWS) if draws is None else draws
    columns = results.utility.size + len(model.error_components)
    return DrawnTastes(layout, model.draws.with_count(count), columns)
