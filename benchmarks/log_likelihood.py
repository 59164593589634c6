"""The log-likelihood of any package's estimates, in plain NumPy: one yardstick for all.

Packages spread their draws differently, so that their own simulated log-likelihoods at 500 draws
differ by several units for the same estimates. Here all estimates are judged with the same many
draws. Nothing of ccegov_choice is used, so that this is also a second opinion on us.
"""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
from problems import SIMULATED, Floats, Problem
from scipy.special import logsumexp, ndtri
from scipy.stats import qmc

MANY = 8192
_SEED = 20_261
# a block of this many draws keeps a person's utilities within the cache
_BLOCK = 1024


def log_likelihood_of(problem: Problem, estimates: Floats, draws: int = MANY) -> float:
    """Return the log-likelihood of estimates, in the order of `Problem.start`.

    Parameters
    ----------
    problem : Problem
    estimates : array_like of shape (P,)
    draws : int
        Draws for each person where the model is simulated: one scrambled Sobol sequence from which
        each person takes the next points, the same for all packages. A power of two.

    Returns
    -------
    float
        Exact for the logit and for classes.

    Raises
    ------
    ValueError
        If the number of estimates is not that of the problem.
    """
    given = np.asarray(estimates, dtype=float)
    if given.shape != problem.start.shape:
        raise ValueError(
            f"{problem.name} has {len(problem.start)} parameters, not {given.size}: see "
            "problems.Problem.start for their order"
        )
    if problem.model == "logit":
        return float(_log_shares(_differences(problem) @ given).sum())
    if problem.model == "classes":
        return _mixed_over_classes(problem, given)
    return _mixed_over_draws(problem, given, draws)


def _differences(problem: Problem) -> Floats:
    """Return attributes minus those of the chosen alternative ``(n, J, K)``."""
    return problem.x - problem.x[np.arange(len(problem.y)), problem.y][:, None, :]


def _log_shares(differences: Floats) -> Floats:
    """Return the log-share of the chosen alternative, given ``(n, J, ...)`` above its utility."""
    top = differences.max(axis=1)
    return -(top + np.log(np.exp(differences - top[:, None]).sum(axis=1)))


def _mixed_over_classes(problem: Problem, given: Floats) -> float:
    """Return the log-likelihood of classes: a person's choices multiplied, then mixed."""
    count = problem.classes
    tastes = given[: count * len(problem.names)].reshape(count, -1)
    odds = np.concatenate([[0.0], given[tastes.size :]])
    by_task = _log_shares(_differences(problem) @ tastes.T)
    by_person = np.add.reduceat(by_task, problem.offsets[:-1])
    return float(logsumexp(by_person + odds - logsumexp(odds), axis=1).sum())


def _mixed_over_draws(problem: Problem, given: Floats, draws: int) -> float:
    """Return the simulated log-likelihood, person by person."""
    differences, offsets = _differences(problem), problem.offsets
    with warnings.catch_warnings():  # the number of draws is the caller's choice
        warnings.filterwarnings("ignore", message="The balance properties of Sobol")
        engine = qmc.Sobol(problem.random, scramble=True, rng=_SEED)
        total = 0.0
        for first, last in pairwise(offsets):
            normals = ndtri(np.clip(engine.random(draws), 1e-15, 1 - 1e-15))
            tastes = tastes_of(problem, given, normals)
            total += _one_person(differences[first:last], tastes)
    return total


def _one_person(differences: Floats, tastes: Floats) -> float:
    """Return one person's log-likelihood: attributes ``(T, J, K)``, tastes ``(R, K)``."""
    paths = [
        _log_shares(differences @ tastes[first : first + _BLOCK].T).sum(axis=0)
        for first in range(0, len(tastes), _BLOCK)
    ]
    return float(logsumexp(np.concatenate(paths)) - np.log(len(tastes)))


def tastes_of(problem: Problem, given: Floats, normals: Floats) -> Floats:
    """Return the coefficients of utility ``(R, K)`` that standard normals ``(R, M)`` stand for."""
    assert problem.model in SIMULATED
    count, spread = problem.random, len(problem.names)
    if problem.model == "trade space":
        worth = given[:count] + normals * given[count : 2 * count]
        return given[-1] * np.column_stack([worth, np.full(len(normals), -1.0)])
    tastes = np.tile(given[:spread], (len(normals), 1))
    if problem.model == "normals":
        tastes += normals * given[spread:]
    else:
        root = np.zeros((count, count))
        root[np.tril_indices(count)] = given[spread:]
        tastes[:, :count] += normals @ root.T
    return tastes
