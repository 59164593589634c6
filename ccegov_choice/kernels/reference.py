"""Slow NumPy twins of the kernels: short enough to check by eye, used by the tests."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.logit import Choices

Floats = npt.NDArray[np.float64]


class LogitSums(NamedTuple):
    """Log-likelihood, slope ``(P,)``, second derivatives ``(P, P)``; of people: score and value."""

    value: float
    gradient: Floats
    hessian: Floats
    scores: Floats
    people: Floats


def logit(data: Choices, theta: Floats) -> LogitSums:
    """Do what `ccegov_choice.kernels.logit.logit_chunks` does, task by task.

    Parameters
    ----------
    data : Choices
        The choices.
    theta : ndarray of shape (P,)
        ``K`` coefficients, then the scales of groups 1, 2, ...

    Returns
    -------
    LogitSums
        Sums over all people, and the scores of each.
    """
    coefficients, parameters = data.x.shape[0], len(theta)
    beta = theta[:coefficients]
    scales = np.concatenate(([1.0], theta[coefficients:]))
    hessian = np.zeros((parameters, parameters))
    scores = np.zeros((len(data.person_offsets) - 1, parameters))
    values = np.zeros(len(scores))
    people = np.repeat(np.arange(len(scores)), np.diff(data.person_offsets))
    for task, person in enumerate(people):
        rows = slice(data.task_offsets[task], data.task_offsets[task + 1])
        x = data.x[:, rows].T
        group, weight = data.groups[task], data.weights[task]
        scale, plain = scales[group], x @ beta
        # the derivative of the scaled utility with respect to all parameters
        slope = np.zeros((len(x), parameters))
        slope[:, :coefficients] = scale * x
        if group > 0:
            slope[:, coefficients + group - 1] = plain
        shares, log_share = _shares(scale * plain, data.chosen[task] - rows.start)
        values[person] += weight * log_share
        error = -shares
        error[data.chosen[task] - rows.start] += 1.0
        scores[person] += weight * (error @ slope)
        centred = slope - shares @ slope
        hessian -= weight * (centred.T * shares) @ centred
        if group > 0:
            cross = weight * (error @ x)
            hessian[:coefficients, coefficients + group - 1] += cross
            hessian[coefficients + group - 1, :coefficients] += cross
    return LogitSums(float(values.sum()), scores.sum(axis=0), hessian, scores, values)


def _shares(utilities: Floats, chosen: int) -> tuple[Floats, float]:
    top = utilities.max()
    powers = np.exp(utilities - top)
    total = powers.sum()
    return powers / total, float(utilities[chosen] - top - np.log(total))
