"""Quantiles of amounts over people: exact where all are kept, else read from a histogram."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

# Sums of weights that differ by less are taken as equal: rounding, not people.
_ROUNDING = 1e-12


def weighted_quantiles(
    values: FloatArray, weights: FloatArray, shares: Sequence[float]
) -> FloatArray:
    """Return quantiles of weighted numbers.

    The smallest value that at least such a share of the weight does not exceed; where the share is
    met exactly, the middle between it and the next one, so that a median of two is their mean.

    Parameters
    ----------
    values, weights : ndarray of shape (N,)
        Numbers, and how much of the people each stands for.
    shares : sequence of float
        From 0 to 1.

    Returns
    -------
    ndarray of as many numbers
        NaN where there is no weight.
    """
    held = weights > 0
    values, weights = values[held], weights[held]
    if len(values) == 0:
        return np.full(len(shares), np.nan)
    order = np.argsort(values, kind="stable")
    values, reached = values[order], np.cumsum(weights[order])
    reached /= reached[-1]
    asked = np.asarray(shares)
    last = len(values) - 1
    low = np.minimum(np.searchsorted(reached, asked - _ROUNDING), last)
    high = np.minimum(np.searchsorted(reached, asked + _ROUNDING), last)
    return np.asarray((values[low] + values[high]) / 2)


def binned_quantiles(
    bins: FloatArray, edges: tuple[FloatArray, FloatArray], shares: Sequence[float]
) -> FloatArray:
    """Return quantiles of a histogram, taking its weight as even within each bin.

    Parameters
    ----------
    bins : ndarray of shape (B,)
        Weight in each bin.
    edges : tuple of ndarray of shape (B,)
        Lower and upper ends of the bins.
    shares : sequence of float
        From 0 to 1.

    Returns
    -------
    ndarray of as many numbers
        NaN where there is no weight.
    """
    reached = np.cumsum(bins)
    if not reached[-1] > 0:
        return np.full(len(shares), np.nan)
    asked = np.asarray(shares) * reached[-1]
    place = np.minimum(np.searchsorted(reached, asked), len(bins) - 1)
    part = np.clip((asked - (reached[place] - bins[place])) / bins[place], 0.0, 1.0)
    low, high = edges
    return np.asarray(low[place] + part * (high[place] - low[place]))
