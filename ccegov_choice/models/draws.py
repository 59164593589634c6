"""Draws of all parameters, scales too, from the normal law of their estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import CovarianceError
from ccegov_choice.models.results import draw_coefficients

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]


# Below zero these mean nothing: no choice probabilities follow from them.
_POSITIVE = ("dissimilarity[", "allocation[")
_ROUNDS = 100


def draw_parameters(results: Results, draws: int, seed: int) -> FloatArray:
    """Draw all parameters together.

    Parameters
    ----------
    results : Results
        The estimates and their covariance.
    draws, seed : int
        How many, ``R``, and the seed.

    Returns
    -------
    ndarray of shape (R, P)
        Where everybody has the same tastes, the first ``K`` columns are those of
        `draw_coefficients`, and the others are drawn given them. Dissimilarities and shares of
        nests are drawn from the part of their law above zero.

    Raises
    ------
    CovarianceError
        If the estimates did not converge, or hardly any draw of a nest is above zero.
    """
    positive = [p for p, name in enumerate(results.names) if name.startswith(_POSITIVE)]
    drawn = _draw(results, draws, seed)
    if not positive:
        return drawn
    kept = [_above_zero(drawn, positive)]
    for again in range(1, _ROUNDS):
        if sum(map(len, kept)) >= draws:
            return np.concatenate(kept)[:draws]
        kept.append(_above_zero(_draw(results, draws, seed + 1_000_003 * again), positive))
    names = ", ".join(results.names[p] for p in positive)
    raise CovarianceError(
        f"the law of {names} lies below zero for nearly all draws",
        where=results.model.title,
        cure="Regroup or drop the nest: the data do not support it.",
    )


def _above_zero(drawn: FloatArray, positive: list[int]) -> FloatArray:
    # a share that is held at zero stays there
    return drawn[(drawn[:, positive] >= 0).all(axis=1)]


def _draw(results: Results, draws: int, seed: int) -> FloatArray:
    size = results.utility.size
    if not getattr(results.model, "common_tastes", True):
        return _draw_all(results, draws, seed)
    coefficients = draw_coefficients(results, draws, seed)
    if size == len(results.names):
        return coefficients
    within = results.covariance[:size, :size]
    across = results.covariance[size:, :size]
    slope = across @ np.linalg.pinv(within, hermitian=True)
    root = _root(results.covariance[size:, size:] - slope @ across.T)
    # a stream of its own, so that the coefficients stay those that others draw
    normal = np.random.default_rng([seed, 1]).standard_normal((draws, len(root)))
    mean = results.estimates[size:] + (coefficients - results.utility_estimates) @ slope.T
    return np.hstack([coefficients, mean + normal @ root.T])


def _draw_all(results: Results, draws: int, seed: int) -> FloatArray:
    """Draw the parameters of a model in which tastes differ."""
    if not results.converged:
        raise CovarianceError(
            "the estimates did not converge, so their uncertainty is unknown",
            where=results.model.title,
            cure=results.optimisation.status.cure,
        )
    root = _root(results.covariance)
    normal = np.random.default_rng(seed).standard_normal((draws, len(root)))
    drawn: FloatArray = results.estimates + normal @ root.T
    return drawn


def _root(covariance: FloatArray) -> FloatArray:
    """Return a matrix whose product with its transpose is a covariance."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    # LAPACK may give an eigenvector or its negative: fix the sign so that draws do not depend on it
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(values))])
    root: FloatArray = vectors * signs * np.sqrt(np.maximum(values, 0.0))
    return root
