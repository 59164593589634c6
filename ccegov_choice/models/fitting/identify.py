"""Can the data tell the coefficients? Checks before and after the search, each with its cure.

The information at equal shares is the sum over tasks of the products of attributes less their
task's mean, so it has a direction without information exactly where some combination of attributes
is the same for all alternatives of every task. It comes with the first pass of the search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import Problem
from ccegov_choice.kernels.logit import Choices
from ccegov_choice.models.fitting.constraints import Constraints
from ccegov_choice.models.fitting.unidentified import (
    CollinearError,
    EmptyLevelError,
    Finding,
    FlatLikelihoodError,
    NoVariationError,
    combination,
    listing,
)

FloatArray = npt.NDArray[np.float64]

# Smallest eigenvalue of information scaled to a unit diagonal that is not rounding; columns that
# correlate by less than 1 - 1e-11 within tasks are told apart.
_SMALLEST_INFORMATION = 1e-11


def empty_levels(missing: Mapping[str, tuple[str, str]], constraints: Constraints) -> list[Finding]:
    """Return findings for free coefficients of levels that were never shown."""
    findings = []
    for name, (attribute, level) in missing.items():
        if name in constraints.absent:
            continue
        problem = Problem(
            f"'{name}' cannot be estimated: no alternative in the data has {attribute} = '{level}'",
            f"Take the level out of the study, or fix it: Logit(..., fixed={{'{name}': 0.0}}).",
            "data",
        )
        findings.append(Finding(EmptyLevelError, problem, (name,)))
    return findings


def is_singular(information: FloatArray) -> bool:
    """Say whether some direction has no information."""
    if information.size == 0:
        return False
    diagonal = np.diag(information)
    if not np.isfinite(information).all() or (diagonal <= 0).any():
        return True
    scale = np.sqrt(diagonal)
    smallest = np.linalg.eigvalsh(information / np.outer(scale, scale))[0]
    return bool(smallest < _SMALLEST_INFORMATION)


def no_information(
    information: FloatArray, choices: Choices, constraints: Constraints
) -> list[Finding]:
    """Return what the information at equal shares says cannot be told.

    Parameters
    ----------
    information : ndarray of shape (F, F)
        Negative Hessian of the free coefficients at equal shares.
    choices : Choices
        The data, to say why.
    constraints : Constraints
        What each free coefficient stands for.
    """
    diagonal = np.diag(information)
    size = np.array(
        [
            float(np.square(choices.x[constraints.expansion[: len(choices.x), f] > 0]).mean())
            if (constraints.expansion[: len(choices.x), f] > 0).any()
            else 1.0
            for f in range(len(diagonal))
        ]
    )
    mass = float(choices.weights.sum())
    still = diagonal <= 1e-13 * size * mass
    findings = [_never_varies(int(f), choices, constraints) for f in np.flatnonzero(still)]
    rest = np.flatnonzero(~still)
    scale = np.sqrt(diagonal[rest])
    if len(rest) == 0:
        return findings
    values, vectors = np.linalg.eigh(information[np.ix_(rest, rest)] / np.outer(scale, scale))
    null = vectors[:, values < _SMALLEST_INFORMATION] / scale[:, None]
    together = _sparse_directions(null)
    return findings + [_go_together(rest, direction, constraints) for direction in together]


def _never_varies(free: int, choices: Choices, constraints: Constraints) -> Finding:
    names = constraints.names_of(free)
    shown = listing(names)
    rows = choices.x[constraints.expansion[: len(choices.x), free] > 0]
    if not rows.any():
        reason = "it is zero for every alternative in the data"
        cure = "Check its spelling and coding, or leave it out of the utility."
    elif (rows == rows[:, :1]).all():
        reason = f"it is {rows[0, 0]:g} for every alternative in the data"
        cure = "Leave it out of the utility: what never changes cannot matter for a choice."
    else:
        reason = "it never differs between the alternatives of a task"
        cure = (
            "Leave it out of the utility. Something about the person can only matter together with "
            f"an attribute or alternative: '{names[0]}:attribute' or 'specific({names[0]})'."
        )
    problem = Problem(f"{shown} cannot be estimated: {reason}", cure, "data")
    return Finding(NoVariationError, problem, names)


def _go_together(
    rest: npt.NDArray[np.int64], direction: FloatArray, constraints: Constraints
) -> Finding:
    members = np.flatnonzero(np.abs(direction) > 1e-6 * np.abs(direction).max())
    names = [name for m in members for name in constraints.names_of(int(rest[m]))]
    sum_of = combination(
        [" = ".join(constraints.names_of(int(rest[m]))) for m in members], direction[members]
    )
    problem = Problem(
        f"{listing(names)} cannot be told apart: in every task {sum_of} is the same for all "
        "alternatives",
        f"Leave one of them out, or fix one: Logit(..., fixed={{'{names[-1]}': 0.0}}).",
        "data",
    )
    return Finding(CollinearError, problem, tuple(names))


def _sparse_directions(null: FloatArray) -> list[FloatArray]:
    """Turn a basis of a null space into one with many zeros, by elimination with pivots."""
    basis = null.T.copy()
    for position in range(len(basis)):
        rest = np.abs(basis[position:])
        row, column = divmod(int(np.argmax(rest)), rest.shape[1])
        basis[[position, position + row]] = basis[[position + row, position]]
        basis[position] /= basis[position, column]
        for other in range(len(basis)):
            if other != position:
                basis[other] -= basis[other, column] * basis[position]
    basis[np.abs(basis) < 1e-6 * np.abs(basis).max(axis=1, keepdims=True, initial=0.0)] = 0.0
    return [direction / np.abs(direction[direction != 0]).min() for direction in basis]


def flat_directions(
    information: FloatArray, free_names: Sequence[tuple[str, ...]]
) -> list[Finding]:
    """Return directions in which the likelihood has no curvature at the estimates.

    Parameters
    ----------
    information : ndarray of shape (F, F)
        Negative Hessian at the estimates, of the parameters that are not at a bound.
    free_names : sequence of F tuples of str
        What each stands for.
    """
    if not is_singular(information):
        return []
    diagonal = np.diag(information)
    flat = np.flatnonzero(~(diagonal > 0))
    if len(flat):
        members = flat
    else:
        scale = np.sqrt(diagonal)
        _, vectors = np.linalg.eigh(information / np.outer(scale, scale))
        members = np.flatnonzero(np.abs(vectors[:, 0]) > 0.1 * np.abs(vectors[:, 0]).max())
    names = tuple(name for m in members for name in free_names[int(m)])
    problem = Problem(
        f"the likelihood is flat in {listing(names)}: these data say next to nothing about "
        "this combination",
        f"Leave one out, or fix one: Logit(..., fixed={{'{names[-1]}': ...}}); attributes of very "
        "different size may also be divided by 10 or 100.",
        "estimates",
    )
    return [Finding(FlatLikelihoodError, problem, names)]
