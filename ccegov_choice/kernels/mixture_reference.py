"""Slow NumPy twin of a mixture of logits: short enough to check by eye, used by the tests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.logit import Choices

Floats = npt.NDArray[np.float64]


def mixture(data: Choices, coefficients: Floats, shares: Floats) -> Floats:
    """Return the log-likelihood of each person under classes that choose by logits.

    Parameters
    ----------
    data : Choices
        The choices; their weights are not used.
    coefficients : ndarray of shape (C, K)
        Those of each class.
    shares : ndarray of shape (N, C)
        Chance of each person to be in each class.

    Returns
    -------
    ndarray of shape (N,)
        ``log sum_c share_c prod_t P_ct``: the product over a person's choices is taken first.
    """
    people = len(data.person_offsets) - 1
    result = np.empty(people)
    for n in range(people):
        within = np.zeros(len(coefficients))
        for t in range(data.person_offsets[n], data.person_offsets[n + 1]):
            rows = slice(data.task_offsets[t], data.task_offsets[t + 1])
            utility = coefficients @ data.x[:, rows]
            top = utility.max(axis=1)
            total = top + np.log(np.exp(utility - top[:, None]).sum(axis=1))
            within += utility[:, data.chosen[t] - rows.start] - total
        joint = np.log(shares[n]) + within
        result[n] = joint.max() + np.log(np.exp(joint - joint.max()).sum())
    return result
