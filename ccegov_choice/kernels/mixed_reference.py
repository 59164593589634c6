"""Slow NumPy twin of the mixed logit: draw, transform, multiply, take products; used by the tests.

Complex locations, loads and coefficients give complex log-likelihoods, so that a complex step gives
their slopes to the last digit. Names and axes as in `ccegov_choice.kernels.mixed`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.mixed import (
    EXPONENTIAL,
    LOGISTIC,
    POSITIVE_PART,
    Differences,
    Draws,
    Structure,
)

Floats = npt.NDArray[np.float64]
# real, or complex for a complex step
Numbers = npt.NDArray[Any]


class Tastes(NamedTuple):
    """Where values lie and how they spread: ``(N or 1, I)``, ``(N or 1, E)`` and ``(Kf,)``."""

    a: Numbers
    b: Numbers
    fixed: Numbers


def standard_draws(draws: Draws, n: int) -> Floats:
    """Return the features ``(F, R)`` of a person, draw by draw."""
    found = np.empty((len(draws.dimensions), draws.number))
    for f, q in enumerate(draws.dimensions):
        for r in range(draws.number):
            found[f, r] = draws.tables[f, draws.base[q, r] ^ draws.shifts[n, q]]
    return found


def values(structure: Structure, a: Numbers, b: Numbers, phi: Floats) -> Numbers:
    """Return the values ``(I, R)`` of a person with location ``(I,)`` and loads ``(E,)``."""
    rows = []
    for i, kind in enumerate(structure.kind):
        eta = a[i] + np.zeros(phi.shape[1])
        for e in range(structure.offsets[i], structure.offsets[i + 1]):
            eta = eta + b[e] * phi[structure.features[e]]
        if kind == EXPONENTIAL:
            eta = np.exp(eta)
        elif kind == POSITIVE_PART:
            eta = np.where(eta.real > 0, eta, 0.0)
        elif kind == LOGISTIC:
            eta = 1 / (1 + np.exp(-eta))
        rows.append(structure.low[i] + structure.span[i] * eta)
    return np.array(rows)


def coefficients(structure: Structure, value: Numbers) -> Numbers:
    """Return the coefficients ``(Kr, R)`` from values."""
    return np.array(
        [value[k] * (value[m] if m >= 0 else 1.0) for k, m in enumerate(structure.multiplier)]
    )


def log_paths(data: Differences, n: int, beta: Numbers, fixed: Numbers) -> Numbers:
    """Return the log probability ``(R,)`` of all that a person chose, draw by draw."""
    total = np.zeros(beta.shape[1], dtype=beta.dtype)
    for task in range(data.person_tasks[n], data.person_tasks[n + 1]):
        rows = slice(data.task_rows[task], data.task_rows[task + 1])
        v = data.random[rows] @ beta + (data.fixed[rows] @ fixed)[:, None]
        top = np.maximum(v.real.max(axis=0, initial=0.0), 0.0)
        total = total - top - np.log(np.exp(-top) + np.exp(v - top).sum(axis=0))
    return total


def log_likelihoods(
    data: Differences, draws: Draws, structure: Structure, tastes: Tastes
) -> Numbers:
    """Return the log-likelihood ``(N,)`` of each person."""
    found = []
    for n in range(len(data.person_tasks) - 1):
        path = _drawn(data, draws, structure, tastes, n)[1]
        top = path.real.max()
        found.append(top + np.log(np.exp(path - top).mean()))
    return np.array(found)


def posteriors(
    data: Differences, draws: Draws, structure: Structure, tastes: Tastes
) -> tuple[Floats, Floats]:
    """Return means and variances ``(N, I)`` of the values of each person given the choices."""
    means, variances = [], []
    for n in range(len(data.person_tasks) - 1):
        value, path = _drawn(data, draws, structure, tastes, n)
        weight = np.exp(path - path.max())
        weight /= weight.sum()
        means.append(value @ weight)
        variances.append((value - means[-1][:, None]) ** 2 @ weight)
    return np.array(means), np.array(variances)


def shares(rows: Differences, draws: Draws, structure: Structure, tastes: Tastes) -> Floats:
    """Return choice probabilities ``(A,)`` averaged over the draws of the first row of shifts."""
    phi = standard_draws(draws, 0)
    found = []
    for task in range(len(rows.task_rows) - 1):
        mine = slice(rows.task_rows[task], rows.task_rows[task + 1])
        a, b = (each[task if len(each) > 1 else 0] for each in tastes[:2])
        beta = coefficients(structure, values(structure, a, b, phi))
        v = rows.random[mine] @ beta + (rows.fixed[mine] @ tastes.fixed)[:, None]
        powers = np.exp(v - v.max(axis=0))
        found.append((powers / powers.sum(axis=0)).mean(axis=1))
    return np.concatenate(found)


def _drawn(
    data: Differences, draws: Draws, structure: Structure, tastes: Tastes, n: int
) -> tuple[Numbers, Numbers]:
    """Return the values ``(I, R)`` and log path probabilities ``(R,)`` of a person."""
    a, b = (each[n if len(each) > 1 else 0] for each in tastes[:2])
    value = values(structure, a, b, standard_draws(draws, n))
    return value, log_paths(data, n, coefficients(structure, value), tastes.fixed)
