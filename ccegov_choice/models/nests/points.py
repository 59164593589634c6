"""Everybody's coefficients times the scale of a person: tastes of nested and scaled logits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.population.taste_points import PointsAt, TastePoints

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.logit.log_scale import LogScale

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _ScaledPoints:
    """Coefficients first, then the slopes ``(G,)`` of the logarithm of the scale."""

    size: int
    z: FloatArray

    def __call__(self, theta: FloatArray) -> TastePoints:
        slopes = theta[self.size : self.size + len(self.z)]
        scales = np.exp(slopes @ self.z) if len(self.z) else np.ones(1)
        return TastePoints(scales[:, None, None] * theta[: self.size], np.ones((1, 1)))


def scaled_points(scale: LogScale, size: int, people: pd.DataFrame) -> PointsAt:
    """Return one point for each pattern of people as a function of the parameters.

    Parameters
    ----------
    scale : LogScale
        What the scale depends on.
    size : int
        Number of coefficients, ``K``.
    people : DataFrame of M rows
        With the columns of the scale.
    """
    return _ScaledPoints(size, scale.values(people, np.arange(len(people) + 1)))
