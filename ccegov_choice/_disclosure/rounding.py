"""Rounding that still adds up: each number goes to a neighbouring multiple, chosen together."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def round_together(
    values: FloatArray, relations: FloatArray, printed: BoolArray, base: int, minimum: int
) -> tuple[FloatArray, bool]:
    """Round counts to multiples of ``base``, so that parts still sum to their totals.

    Nothing that is printed goes below the minimum. A rounded number tells no more than that the
    true one is less than ``base`` away, so rounding never makes a withheld cell easier to find.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The counts.
    relations : ndarray of shape (m, n)
        1 for the parts of a total, -1 for the total.
    printed : ndarray of shape (n,)
        Cells that are printed.
    base, minimum : int
        What is rounded to; the least number printed.

    Returns
    -------
    rounded : ndarray of shape (n,)
    adds_up : bool
        False where no such rounding exists; then each number is rounded by itself.

    References
    ----------
    Cox (1987), A constructive procedure for unbiased controlled rounding.
    """
    if base <= 1:
        return values, True
    least = np.where(printed, base * math.ceil(minimum / base), 0.0)
    low = np.maximum(np.floor(values / base) * base, least)
    high = np.maximum(np.ceil(values / base) * base, least)
    found = optimize.milp(
        np.abs(high - values) - np.abs(low - values),
        constraints=optimize.LinearConstraint(
            sparse.csc_matrix(relations * (high - low)),
            -(relations @ low),
            -(relations @ low),
        ),
        integrality=np.ones(len(values), dtype=np.int64),
        bounds=optimize.Bounds(0, 1),
    )
    if found.x is None:
        return np.clip(np.floor(values / base + 0.5) * base, low, high), False
    return low + np.round(found.x) * (high - low), True
