"""What every model beyond the logit gives the search: log-likelihood and score of each person.

A likelihood is a sum over people, so values and slopes by person are enough for the search, for
every covariance, and for classes of people with models of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

# Share of a standard error by which parameters are moved to see the score change. The slope of the
# score is then known to about seven digits: the curve of the likelihood costs 1e-5, rounding less.
_STEP = 1e-5


@dataclass(frozen=True, eq=False)
class PersonValues:
    """Log-likelihood and slope of each person at some parameters.

    Parameters
    ----------
    value : ndarray of shape (N,)
        Weighted log-likelihood of each person; NaN where it cannot be computed.
    score : ndarray of shape (N, P)
        Its slope in every parameter.
    """

    value: FloatArray
    score: FloatArray


class PersonLikelihood(Protocol):
    """The log-likelihood of a model and data as a function of its ``P`` parameters."""

    @property
    def weights(self) -> FloatArray:
        """Weight ``(N,)`` of each person; values and scores have it in them already."""

    def people(self, theta: FloatArray) -> PersonValues:
        """Return values and scores at parameters ``(P,)``; the same for any number of threads."""

    def hessian(self, theta: FloatArray) -> FloatArray | None:
        """Return second derivatives ``(P, P)``, or None where only differences give them."""

    def reweighted(self, times: FloatArray) -> PersonLikelihood:
        """Return the likelihood with each person counted ``(N,)`` times as much."""


def outer_products(values: PersonValues, weights: FloatArray) -> FloatArray:
    """Return minus the sum of products of scores ``(P, P)``: the BHHH stand-in for the Hessian.

    A person's weight is in the score twice and in the Hessian once.
    """
    root = np.sqrt(np.where(weights > 0, weights, 1.0))
    scaled = values.score / root[:, None]
    return np.asarray(-(scaled.T @ scaled))


def difference_hessian(
    gradient: Callable[[FloatArray], FloatArray],
    point: FloatArray,
    here: FloatArray,
    curvature: FloatArray,
) -> FloatArray:
    """Return second derivatives from differences of the gradient, one pass for each parameter.

    Parameters
    ----------
    gradient : callable
        Gradient ``(F,)`` at a point ``(F,)``.
    point : ndarray of shape (F,)
        Where; the steps go both up and down in turn.
    here : ndarray of shape (F,)
        The gradient at the point.
    curvature : ndarray of shape (F, F)
        Roughly the Hessian: it says how large a standard error is.

    Returns
    -------
    ndarray of shape (F, F)
        Symmetric.
    """
    size = len(point)
    result = np.empty((size, size))
    spread = 1.0 / np.sqrt(np.maximum(np.abs(np.diag(curvature)), 1e-12))
    for f in range(size):
        moved = point.copy()
        moved[f] += _STEP * spread[f] * (1.0 if f % 2 == 0 else -1.0)
        result[f] = (gradient(moved) - here) / (moved[f] - point[f])
    return np.asarray((result + result.T) / 2)
