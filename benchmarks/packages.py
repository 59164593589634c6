"""What every package is asked, and which package can answer what.

Each package has a module `fit_PACKAGE` with one function, ``prepare(problem, draws)``: it lays the
data out as its package wants them and returns a call that does the whole estimation from the
problem's starting values, with the package's own standard errors. Only that call is timed. The
modules are imported in the environment of their package, so this one needs NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import numpy as np
from problems import SIMULATED, Floats, Model, Problem

OURS = "ccegov_choice"

# The models of the problems that each peer has: with panels, i.e. the product over a person's
# choices before anything is averaged, and with starting values.
ABLE: dict[str, tuple[Model, ...]] = {
    OURS: ("logit", "normals", "correlated", "trade space", "classes"),
    "xlogit": ("logit", "normals", "trade space"),
    "searchlogit": ("logit", "normals", "correlated"),
    "biogeme": ("logit", "normals", "correlated", "trade space", "classes"),
    "larch": ("logit", "normals", "classes"),
    "choicemodels": ("logit",),
    "pylogit": ("logit",),
}
PEERS = tuple(name for name in ABLE if name != OURS)


@dataclass(frozen=True)
class Outcome:
    """What an estimation gave.

    Parameters
    ----------
    log_likelihood : float
        As the package reports it.
    evaluations : int or None
        Passes over the data, where the package counts them.
    errors : str
        Kind of standard errors that were part of the call.
    estimates : ndarray of shape (P,)
        In the order of `Problem.start`.
    """

    log_likelihood: float
    evaluations: int | None
    errors: str
    estimates: Floats


Estimate = Callable[[], Outcome]


def prepare(package: str, problem: Problem, draws: int | None) -> Estimate:
    """Return the call that fits a problem with a package.

    Raises
    ------
    ValueError
        If the package has no such model, or draws are missing or not wanted.
    """
    if problem.model not in ABLE[package]:
        raise ValueError(f"{package} has no model for {problem.name} ({problem.model})")
    if (draws is None) == (problem.model in SIMULATED):
        raise ValueError(
            f"{problem.name} needs --draws" if draws is None else f"{problem.name} has no draws"
        )
    made: Estimate = import_module(f"fit_{package}").prepare(problem, draws)
    return made


def in_order(problem: Problem, found: Floats) -> Floats:
    """Return estimates with positive standard deviations: packages leave their signs open."""
    signed = np.array(found, dtype=float)
    if problem.model == "normals":
        signed[problem.random :] = np.abs(signed[problem.random :])
    elif problem.model == "trade space":
        signed[problem.random : -1] = np.abs(signed[problem.random : -1])
    return signed


def long_rows(problem: Problem) -> dict[str, np.ndarray]:
    """Return the columns that most packages want, one row per alternative shown.

    ``person``, ``choice`` (number of the task in the whole data), ``task`` (within the person),
    ``alternative`` and the answer ``chosen`` (0 or 1), beside ``x`` of shape ``(rows, K)``.
    """
    n, alternatives, coefficients = problem.x.shape
    within = np.arange(n) - np.repeat(problem.offsets[:-1], np.diff(problem.offsets))
    return {
        "person": np.repeat(problem.people, alternatives),
        "choice": np.repeat(np.arange(1, n + 1), alternatives),
        "task": np.repeat(within + 1, alternatives),
        "alternative": np.tile(np.arange(1, alternatives + 1), n),
        "chosen": (np.arange(alternatives) == problem.y[:, None]).ravel().astype(np.int64),
        "x": problem.x.reshape(n * alternatives, coefficients),
    }


def wide_columns(problem: Problem) -> dict[str, np.ndarray]:
    """Return one row per choice: ``person``, ``choice`` from 1, ``NAME_j`` for each attribute."""
    columns = {"person": problem.people, "choice": problem.y + 1}
    for j in range(problem.x.shape[1]):
        for k, name in enumerate(problem.names):
            columns[f"{name}_{j + 1}"] = problem.x[:, j, k]
    return columns
