"""Standard errors of what follows from estimates, by the delta method with differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.fitting.constraints import left_inverse

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

# Share of a standard error by which parameters are moved: the error of central differences is its
# square.
_STEP = 1e-3


class Derived(NamedTuple):
    """Numbers that follow from estimates, and their standard errors.

    Attributes
    ----------
    value : ndarray of shape (M,)
        The numbers.
    error : ndarray of shape (M,)
        Their standard errors; NaN where nothing that is estimated moves them.
    """

    value: FloatArray
    error: FloatArray


def delta_method(results: Results, function: Callable[[FloatArray], FloatArray]) -> Derived:
    """Return what a function of the parameters comes to, with standard errors.

    Parameters
    ----------
    results : Results
        Estimates and their covariance.
    function : callable
        From parameters ``(P,)`` to numbers ``(M,)``, smooth around the estimates.

    References
    ----------
    Greene (2018), Econometric Analysis, theorem D.21A.
    """
    free = left_inverse(results.expansion)
    covariance = free @ results.covariance @ free.T
    value = np.asarray(function(results.estimates))
    slope = np.zeros((len(value), len(covariance)))
    for f, spread in enumerate(np.sqrt(np.maximum(np.diag(covariance), 0.0))):
        if spread > 0:
            along = results.expansion[:, f] * (_STEP * spread)
            up, down = function(results.estimates + along), function(results.estimates - along)
            slope[:, f] = (np.asarray(up) - down) / (2 * _STEP * spread)
    variance = np.einsum("mf,fg,mg->m", slope, covariance, slope)
    moved = slope.any(axis=1)
    return Derived(value, np.where(moved, np.sqrt(np.maximum(variance, 0.0)), np.nan))
