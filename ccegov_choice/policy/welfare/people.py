"""What a change is worth to each kind of people, at the estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.welfare import SAME
from ccegov_choice.kernels.welfare_reference import amounts_of

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.policy.welfare.comparison import Comparison

FloatArray = npt.NDArray[np.float64]


def per_person(comparison: Comparison, parameters: FloatArray) -> pd.DataFrame:
    """Return a row for each pattern of people: ``weight``, ``cv``, ``gain`` and ``lose``.

    Parameters
    ----------
    comparison : Comparison
        What people choose from, before and after.
    parameters : ndarray of shape (P,)
        The estimates.
    """
    pieces = [_piece(comparison, parameters, part) for part in comparison.parts()]
    cv, gain, lose = (np.concatenate(column) for column in zip(*pieces, strict=True))
    return comparison.source.population.frame.assign(cv=cv, gain=gain, lose=lose)


def _piece(
    comparison: Comparison, parameters: FloatArray, part: slice
) -> tuple[FloatArray, FloatArray, FloatArray]:
    before, after, worth, chances = comparison.log_sums(parameters, part)
    change, amounts = amounts_of(before, after, worth)
    chances = np.broadcast_to(chances, change.shape)
    gain = (chances * (change > SAME)).sum(axis=1)
    lose = (chances * (change < -SAME)).sum(axis=1)
    return _medians(amounts, chances), gain, lose


def _medians(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted median of each row, NaN where a row has no number."""
    order = np.argsort(values, axis=1, kind="stable")  # NaN comes last
    ordered = np.take_along_axis(values, order, axis=1)
    mass = np.where(np.isnan(ordered), 0.0, np.take_along_axis(weights, order, axis=1))
    reached = np.cumsum(mass, axis=1)
    half = reached[:, -1:] / 2
    low = (reached < half * (1 - 1e-12)).sum(axis=1)
    high = np.minimum((reached <= half * (1 + 1e-12)).sum(axis=1), values.shape[1] - 1)
    rows = np.arange(len(values))
    found = (ordered[rows, np.minimum(low, values.shape[1] - 1)] + ordered[rows, high]) / 2
    return np.where(half[:, 0] > 0, found, np.nan)
