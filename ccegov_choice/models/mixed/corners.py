"""Second derivatives of a simulated likelihood with corners: those of censored normals.

A coefficient ``max(eta, 0)`` has no curve of its own but at zero, where its slope jumps. With many
draws the jumps of single draws add up to a curve ``g density(0)`` that derivatives draw by draw do
not see. Differences of the score over a good part of a standard error do: many draws cross zero on
the way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.mixed import POSITIVE_PART

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.taste_map import TasteMap

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Share of a standard error by which parameters are moved: enough draws cross zero, and what the
# likelihood bends besides is its square.
_STEP = 0.2


def moved_values(tastes: TasteMap) -> IntArray:
    """Return the parameters that move values with corners."""
    values = [i for i, kind in enumerate(tastes.structure.kind) if kind == POSITIVE_PART]
    rows = [*values, *(len(tastes.values) + np.flatnonzero(np.isin(tastes.owner, values)))]
    inner = np.flatnonzero(tastes.down[rows].any(axis=0))
    found = {int(m) for m in inner if m < tastes.parameters}
    found |= {p for m in inner if m >= tastes.parameters for p in _factors(tastes, int(m))}
    for i in values:
        found |= {*tastes.values[i].shifts, *tastes.values[i].stretches}
    return np.array(sorted(found), dtype=np.int64)


def _factors(tastes: TasteMap, place: int) -> tuple[int, int]:
    return tastes.products[place - tastes.parameters]


def with_corners(
    tastes: TasteMap,
    theta: FloatArray,
    analytic: FloatArray,
    weights: FloatArray,
    scores: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    """Return second derivatives with the curves that corners add up to.

    Parameters
    ----------
    tastes : TasteMap
        From parameters to coefficients.
    theta : ndarray of shape (P,)
        Parameters.
    analytic : ndarray of shape (P, P)
        Second derivatives draw by draw.
    weights : ndarray of shape (N,)
        Weight of each person; only relative ones decide how far parameters are moved.
    scores : callable
        Weighted scores ``(N, P)`` of people at parameters.

    Returns
    -------
    ndarray of shape (P, P)
        Differences in the rows and columns of parameters that move values with corners.
    """
    moved = moved_values(tastes)
    if not np.isfinite(analytic).all() or len(moved) == 0:
        return analytic
    # one over a standard error, roughly
    size = np.sqrt((scores(theta) ** 2).sum(axis=0)) / max(float(weights.mean()), 1e-300)
    rows = np.empty((len(moved), len(theta)))
    for row, p in enumerate(moved):
        step = _STEP / max(float(size[p]), 1e-12)
        up, down = theta.copy(), theta.copy()
        up[p] += step
        down[p] -= step
        rows[row] = (scores(up).sum(axis=0) - scores(down).sum(axis=0)) / (2 * step)
    found = analytic.copy()
    found[moved] = rows
    found[:, moved] = rows.T
    found[np.ix_(moved, moved)] = (rows[:, moved] + rows[:, moved].T) / 2
    return found
