"""Slow NumPy twin of the mixed logit whose tastes also vary between tasks; used by the tests.

Complex numbers give complex log-likelihoods, as in `ccegov_choice.kernels.mixed_reference`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.mixed import Differences, Draws, Structure
from ccegov_choice.kernels.mixed_reference import Tastes, coefficients, standard_draws, values
from ccegov_choice.kernels.mixed_within import Within

Numbers = npt.NDArray[Any]


def within_log_likelihoods(
    data: Differences,
    draws: Draws,
    structure: Structure,
    tastes: Tastes,
    within: Within,
    spread: Numbers,
) -> Numbers:
    """Return the log-likelihood ``(N,)`` of each person, with spreads ``(Iw,)`` within people."""
    found = []
    for n in range(len(data.person_tasks) - 1):
        a, b = (each[n if len(each) > 1 else 0] for each in tastes[:2])
        value = values(structure, a, b, standard_draws(draws, n))
        beta = coefficients(structure, value)
        path = np.ones(draws.number, dtype=np.complex128)
        for task in range(data.person_tasks[n], data.person_tasks[n + 1]):
            rows = slice(data.task_rows[task], data.task_rows[task + 1])
            own = data.random[rows] @ beta + (data.fixed[rows] @ tastes.fixed)[:, None]
            noise = standard_draws(within.draws, task)
            added = within.x[rows] @ (spread[:, None] * noise)
            v = own[:, :, None] + added[:, None, :]
            path = path * (1.0 / (1.0 + np.exp(v).sum(axis=0))).mean(axis=1)
        found.append(np.log(path.mean()))
    return np.array(found)
