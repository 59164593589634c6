"""Draws of all parameters, scales too, from the normal law of their estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.results import draw_coefficients

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]


def draw_parameters(results: Results, draws: int, seed: int) -> FloatArray:
    """Draw coefficients and scales together.

    Parameters
    ----------
    results : Results
        The estimates and their covariance.
    draws, seed : int
        How many, ``R``, and the seed.

    Returns
    -------
    ndarray of shape (R, P)
        The first ``K`` columns are those of `draw_coefficients`; the scales are drawn given them.

    Raises
    ------
    CovarianceError
        If the estimates did not converge.
    """
    size = results.utility.size
    coefficients = draw_coefficients(results, draws, seed)
    if size == len(results.names):
        return coefficients
    within = results.covariance[:size, :size]
    across = results.covariance[size:, :size]
    slope = across @ np.linalg.pinv(within, hermitian=True)
    rest = results.covariance[size:, size:] - slope @ across.T
    values, vectors = np.linalg.eigh((rest + rest.T) / 2)
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(values))])
    root = vectors * signs * np.sqrt(np.maximum(values, 0.0))
    # a stream of its own, so that the coefficients stay those that others draw
    normal = np.random.default_rng([seed, 1]).standard_normal((draws, len(values)))
    mean = results.estimates[size:] + (coefficients - results.utility_estimates) @ slope.T
    return np.hstack([coefficients, mean + normal @ root.T])
