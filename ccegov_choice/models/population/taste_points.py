"""The tastes of people as points with chances: what every family of models can be reduced to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]


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
        Names of the points where they have names: the classes of people. Else empty.
    simulated : bool
        True where points are draws, so that what is computed from them has simulation noise.
    """

    coefficients: FloatArray
    chances: FloatArray
    labels: tuple[str, ...] = ()
    simulated: bool = False


@runtime_checkable
class HasTastePoints(Protocol):
    """A model in which tastes differ between people, or depend on their covariates by a scale."""

    def taste_points(
        self, results: Results, people: pd.DataFrame, parameters: FloatArray, draws: int | None
    ) -> TastePoints:
        """Return the points of ``M`` patterns of people at parameters ``(P,)``.

        The same draws at all parameters, so that differences between parameters are smooth.
        """

    def people_columns(self, results: Results) -> tuple[str, ...]:
        """Return the columns of people that this model reads besides its utility."""
