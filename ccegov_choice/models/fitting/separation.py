"""Estimates that run away because some attributes predict choices without exception."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import optimize

from ccegov_choice.errors import Problem
from ccegov_choice.kernels.logit import Choices
from ccegov_choice.models.fitting.constraints import Constraints
from ccegov_choice.models.fitting.unidentified import Finding, SeparationError, combination, listing

FloatArray = npt.NDArray[np.float64]

# A last step that still moves utilities this much did not come from a top but from a slope.
_STILL_MOVING = 1e-2
_MOST_LP_ROWS = 60_000


def separation(
    choices: Choices, constraints: Constraints, step: FloatArray, length: float
) -> Finding | None:
    """Return the finding if the estimates run away because choices are predicted perfectly.

    Parameters
    ----------
    choices : Choices
        The data.
    constraints : Constraints
        What each free coefficient stands for.
    step : ndarray of shape (F,)
        Last step of the search; where estimates run away it points the way.
    length : float
        How much that step moves utilities.

    References
    ----------
    Albert & Anderson (1984), Biometrika 71, 1-10.
    """
    if length < _STILL_MOVING:
        return None
    count = len(choices.x)
    expansion = constraints.expansion[:count]
    open_below, open_above = np.isinf(constraints.box.low), np.isinf(constraints.box.high)
    # a parameter with a bound on that side cannot run away
    runs = np.where(step < 0, open_below, open_above)
    direction = expansion @ np.where(runs, step, 0.0)
    if not _separates(choices, direction)[0]:
        found = _separating_direction(choices, constraints)
        if found is None:
            return None
        direction = expansion @ found
    _, complete = _separates(choices, direction)
    return _runs_away(choices, direction, constraints, complete=complete)


def _margins(choices: Choices, direction: FloatArray) -> FloatArray:
    """Return how much better the chosen alternative is than each other one, along a direction."""
    utilities = direction @ choices.x
    sizes = np.diff(choices.task_offsets)
    margins = np.repeat(utilities[choices.chosen], sizes) - utilities
    margins[np.repeat(choices.weights <= 0, sizes)] = 0.0
    return margins


def _separates(choices: Choices, direction: FloatArray) -> tuple[bool, bool]:
    """Return whether a direction makes no choice worse, and whether it makes all of them better."""
    margins = _margins(choices, direction)
    top = float(margins.max(initial=0.0))
    if top <= 0 or margins.min() < -1e-5 * top:
        return False, False
    others = np.ones(len(margins), dtype=bool)
    others[choices.chosen] = False
    return True, bool((margins[others] > 1e-5 * top).all())


def _separating_direction(choices: Choices, constraints: Constraints) -> FloatArray | None:
    """Look for a separating direction by linear programming; None if there is none, or too many."""
    sizes = np.diff(choices.task_offsets)
    free = constraints.expansion[: len(choices.x)].T @ choices.x
    differences = np.repeat(free[:, choices.chosen], sizes, axis=1) - free
    differences = differences[:, np.repeat(choices.weights > 0, sizes)]
    scale = np.abs(differences).max(axis=1, initial=0.0)
    scale[scale == 0] = 1.0
    rows = np.unique((differences / scale[:, None]).T, axis=0)
    if len(rows) > _MOST_LP_ROWS:
        return None
    box = constraints.box
    sides = [
        (-1.0 if np.isinf(low) else 0.0, 1.0 if np.isinf(high) else 0.0)
        for low, high in zip(box.low, box.high, strict=True)
    ]
    answer = optimize.linprog(
        -rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=sides, method="highs"
    )
    if not answer.success or answer.fun is None or answer.fun >= -1e-6:
        return None
    direction: FloatArray = answer.x / scale
    return direction


def _runs_away(
    choices: Choices, direction: FloatArray, constraints: Constraints, *, complete: bool
) -> Finding:
    spread = np.abs(direction) * choices.x.std(axis=1)
    members = np.flatnonzero(spread > 1e-3 * spread.max())
    names = tuple(constraints.names[m] for m in members)
    if complete:
        problem = f"the choices are predicted perfectly by {listing(names)}"
    elif len(names) == 1:
        way = "highest" if direction[members[0]] > 0 else "lowest"
        problem = (
            f"'{names[0]}' has no finite estimate: whenever it differs between the alternatives, "
            f"people chose the one where it is {way}, without exception"
        )
    else:
        sum_of = combination(names, direction[members] / np.abs(direction[members]).min())
        problem = (
            f"{listing(names)} have no finite estimates: nobody ever chose an alternative with "
            f"less of {sum_of} than another in the task"
        )
    cure = (
        "Join levels, leave the coefficient out, or bound it: "
        f"Logit(..., bounds={{'{names[0]}': (-5, 5)}}); more answers may also help."
    )
    return Finding(SeparationError, Problem(problem, cure, "data"), names)
