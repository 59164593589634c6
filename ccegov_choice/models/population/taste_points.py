"""The tastes of people as points with chances: what every family of models can be reduced to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

# So many points are enough for forecasts, whatever a likelihood was simulated with.
MOST_DRAWS = 1000


@dataclass(frozen=True, eq=False)
class TastePoints:
    """What coefficients people of each pattern of covariates may have, and how likely each is.

    Letters: ``M`` patterns of covariates (1 where everybody has the same), ``S`` points, ``Q``
    columns: the coefficients of the utility, then the error components of a mixed logit.

    Parameters
    ----------
    coefficients : ndarray of shape (M or 1, S, Q)
        In units of utility, scales multiplied in; never in trade space.
    chances : ndarray of shape (M or 1, S)
        Chance of each point among people of a pattern; they sum to one.
    labels : tuple of str
        Names of the points where they have names: the classes of people. Where the tastes of a
        class differ too, its name stands at each of its points. Else empty.
    simulated : bool
        True where points are draws, so that what is computed from them has simulation noise.
    """

    coefficients: FloatArray
    chances: FloatArray
    labels: tuple[str, ...] = ()
    simulated: bool = False


PointsAt: TypeAlias = Callable[[FloatArray], TastePoints]
"""From parameters ``(P,)`` to points, with the same draws at all parameters."""


@runtime_checkable
class HasTastePoints(Protocol):
    """A model in which tastes differ between people, or depend on their covariates by a scale."""

    def taste_points(self, results: Results, people: pd.DataFrame, draws: int | None) -> PointsAt:
        """Return the points of ``M`` patterns of people as a function of the parameters.

        Parameters
        ----------
        results : Results
            Of this model.
        people : DataFrame of M rows
            With the columns that `people_columns` names.
        draws : int, optional
            Points for each pattern where tastes are simulated; those of the model, at most
            `MOST_DRAWS`, without.
        """

    def people_columns(self, results: Results) -> tuple[str, ...]:
        """Return the columns of people that this model reads besides its utility."""
