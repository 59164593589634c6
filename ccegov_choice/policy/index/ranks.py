"""Ranks that say how sure they are: intervals that hold for all units together.

References
----------
Mogstad, M., Romano, J. P., Shaikh, A. M. & Wilhelm, D. (2024). Inference for ranks with
applications to mobility across neighbourhoods and academic achievement across countries. Review
of Economic Studies 91(1), 476-518.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def ranks(values: FloatArray) -> IntArray:
    """Return ranks ``(U,)``, 1 for the largest; units with equal values share the better rank."""
    found: IntArray = 1 + (values[None, :] > values[:, None]).sum(axis=1)
    return found


def rank_limits(values: FloatArray, sampled: FloatArray, level: float) -> tuple[IntArray, IntArray]:
    """Return limits of all ranks that hold together.

    Parameters
    ----------
    values : ndarray of shape (U,)
        What is ranked; more is better.
    sampled : ndarray of shape (R, U)
        Draws of it.
    level : float
        Chance that all intervals hold the true ranks.

    Returns
    -------
    best, worst : ndarray of shape (U,)
        A unit cannot rank better than behind all that are surely above it, nor worse than before
        all that are surely below. Surely: by the largest standardised difference of all pairs.
    """
    size = len(values)
    draws = sampled - values
    # the sampled differences, standardised by their own spread, pair by pair; one unit at a time
    largest = np.zeros(len(draws))
    spread = np.zeros((size, size))
    for i in range(size):
        gaps = draws - draws[:, i : i + 1]
        spread[i] = np.sqrt((gaps**2).mean(axis=0))
        scaled = np.divide(np.abs(gaps), spread[i], out=np.zeros_like(gaps), where=spread[i] > 0)
        largest = np.maximum(largest, scaled.max(axis=1))
    reach = float(np.quantile(largest, level)) * spread
    gap = values[None, :] - values[:, None]
    above = (gap > reach).sum(axis=1)
    below = (-gap > reach).sum(axis=1)
    return 1 + above, size - below
