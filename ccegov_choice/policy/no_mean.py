"""Whether amounts have a mean over people: not where what is paid in may be worth nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.classes.points import ClassPoints
from ccegov_choice.models.mixed.points import DrawnTastes
from ccegov_choice.models.mixed.ratio_law import no_mean_because

if TYPE_CHECKING:
    from ccegov_choice.models.population.population import Population
    from ccegov_choice.models.population.taste_points import PointsAt

FloatArray = npt.NDArray[np.float64]

# Which distributions people have does not depend on how many of them are looked at.
_LOOKED_AT = 200


def why_no_mean(population: Population, worth: FloatArray, parameters: FloatArray) -> str:
    """Say why amounts have no mean over people; nothing where they have one.

    Draws alone do not show it: of a normal price all may lie on the right side of zero.

    Parameters
    ----------
    population : Population
        The people.
    worth : ndarray of shape (M or 1, Q)
        Multipliers of the coefficients in the utility of one unit of payment.
    parameters : ndarray of shape (P,)
        The estimates.
    """
    part = slice(0, min(population.size, _LOOKED_AT))
    source = population.part(part).points_at
    rows = np.unique(worth[part] if len(worth) > 1 else worth, axis=0)
    return next((why for row in rows if (why := _why(source, row, parameters))), "")


def _why(source: PointsAt, row: FloatArray, parameters: FloatArray) -> str:
    if isinstance(source, DrawnTastes):
        return no_mean_because(source.layout, np.zeros_like(row), row, parameters)
    if isinstance(source, ClassPoints):
        inner = (
            (name, source.inner.get(c), source.own(parameters, c))
            for c, name in enumerate(source.fitted.layout.classes)
        )
        for name, tastes, own in inner:
            if tastes is not None and (why := _why(tastes, row, own)):
                return f"in '{name}' {why}"
    return ""
