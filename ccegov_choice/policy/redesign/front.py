"""Packages that no other beats in everything that counts."""

from __future__ import annotations

import numpy as np

from ccegov_choice.kernels.redesign import undominated
from ccegov_choice.policy.redesign.rules import FloatArray, IntArray


def pareto_front(criteria: FloatArray) -> IntArray:
    """Return positions of the rows that no other beats.

    Parameters
    ----------
    criteria : ndarray of shape (P, D)
        More is better in each column.

    Returns
    -------
    ndarray of int of shape (F,)
        From the greatest first criterion down; of equal rows, the first.
    """
    rounded = np.asarray(criteria, np.float64)
    order = np.lexsort(tuple(-rounded[:, d] for d in range(rounded.shape[1] - 1, -1, -1)))
    keep = np.empty(len(order), dtype=bool)
    undominated(np.ascontiguousarray(rounded[order]), keep)
    return np.asarray(order[keep])
