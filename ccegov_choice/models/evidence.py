"""What covariances are computed from: Hessian, scores of people, and groupings of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy.linalg

from ccegov_choice.errors import CovarianceError

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """What a covariance of the ``F`` free parameters is computed from.

    Parameters
    ----------
    hessian : ndarray of shape (P, P)
        Second derivatives of the log-likelihood.
    scores : ndarray of shape (N, P) or None
        Slope of each person's log-likelihood.
    expansion : ndarray of shape (P, F)
        How the parameters follow from the free ones.
    clusters : mapping of str to ndarray of shape (N,)
        Group of each person, by the name of the grouping.
    """

    hessian: FloatArray
    scores: FloatArray | None
    expansion: FloatArray
    clusters: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)

    def bread(self) -> FloatArray:
        """Return the inverse of the negative Hessian.

        Raises
        ------
        CovarianceError
            If the Hessian is not negative definite.
        """
        return invert_information(-(self.expansion.T @ self.hessian @ self.expansion))

    def person_scores(self) -> FloatArray:
        """Return the scores ``(N, F)`` of the free parameters.

        Raises
        ------
        CovarianceError
            If these results do not keep them.
        """
        if self.scores is None:
            raise CovarianceError(
                "these results keep no score of each person",
                cure="Use the covariance 'classical', or fit with Logit(utility).fit(data).",
            )
        rows, columns = self.expansion.shape
        if rows == columns and np.array_equal(self.expansion, np.eye(rows)):
            return self.scores
        free: FloatArray = self.scores @ self.expansion
        return free


@dataclass(frozen=True)
class Computed:
    """A covariance ``(F, F)`` and a sentence that says how it was made."""

    matrix: FloatArray
    note: str


def invert_information(information: FloatArray) -> FloatArray:
    """Invert a positive definite matrix, scaled to a unit diagonal first.

    Raises
    ------
    CovarianceError
        If it is not positive definite.
    """
    size = len(information)
    if size == 0:
        return np.zeros((0, 0))
    diagonal = np.diag(information)
    cure = (
        "Drop coefficients that the data cannot tell apart, or give with_covariance('bootstrap') "
        "a try; estimates that did not converge have no standard errors."
    )
    if not np.isfinite(information).all() or (diagonal <= 0).any():
        raise CovarianceError("the likelihood has no peak at these estimates", cure=cure)
    scale = 1.0 / np.sqrt(diagonal)
    try:
        factor = scipy.linalg.cho_factor(information * np.outer(scale, scale), lower=True)
    except scipy.linalg.LinAlgError as error:
        raise CovarianceError("the likelihood has no peak at these estimates", cure=cure) from error
    inverse: FloatArray = scipy.linalg.cho_solve(factor, np.eye(size)) * np.outer(scale, scale)
    return (inverse + inverse.T) / 2


def small_sample_factor(groups: int, what: str) -> float:
    """Return ``G / (G - 1)``.

    Raises
    ------
    CovarianceError
        With fewer than two groups.
    """
    if groups < 2:
        raise CovarianceError(
            f"a clustered covariance needs two or more {what}, and there is {groups}",
            cure="Use the covariance 'classical', or group by another column.",
        )
    return groups / (groups - 1)
