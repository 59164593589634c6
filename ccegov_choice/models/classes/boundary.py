"""Classes at the edge: one that holds hardly anybody, and tastes that run away within one."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import ChoiceWarning
from ccegov_choice.models.classes.components import LogitClass
from ccegov_choice.models.classes.order import class_sizes
from ccegov_choice.models.fitting.unidentified import listing

if TYPE_CHECKING:
    from ccegov_choice.models.classes.assemble import Mixture
    from ccegov_choice.models.classes.mixture import Cell
    from ccegov_choice.models.fitting.constraints import Constraints

FloatArray = npt.NDArray[np.float64]

# A class of one person describes that person, not a group.
_FEWEST = 2.0
# Information about a coefficient, as a share of what it is when alternatives are equally likely:
# below this, the choices of the class are predicted wherever the coefficient matters.
_LITTLE_INFORMATION = 1e-4


def inspect_classes(
    found: Mixture, constraints: Constraints
) -> Callable[[FloatArray], tuple[str, ...]]:
    """Return a function that warns of classes at the edge at some parameters, and says it."""

    def inspect(theta: FloatArray) -> tuple[str, ...]:
        said = (*nearly_empty(found, theta), *running_away(found, constraints, theta))
        for told in said:
            warnings.warn(told, ChoiceWarning, stacklevel=2)
        return said

    return inspect


def nearly_empty(found: Mixture, theta: FloatArray) -> list[str]:
    """Return a sentence about each class that holds hardly anybody."""
    people = len(found.likelihood.first_unit)
    said = []
    for name, size in zip(found.layout.classes, class_sizes(found, theta), strict=True):
        if size * people < _FEWEST:
            said.append(
                f"'{name}' holds {size * people:.2g} of {people:,} people: what it says rests on "
                "hardly anybody. Ask for fewer classes, or hold coefficients equal: common=[...]."
            )
    return said


def running_away(found: Mixture, constraints: Constraints, theta: FloatArray) -> list[str]:
    """Return a sentence about each class that predicts choices without exception.

    References
    ----------
    Albert & Anderson (1984), Biometrika 71, 1-10 (separation).
    """
    layout, said = found.layout, []
    moves = constraints.expansion.any(axis=1)
    sizes = class_sizes(found, theta)
    for j, (c, s) in enumerate(layout.cells):
        cell = found.likelihood.cells[j]
        if s > 0 or not isinstance(cell.component, LogitClass):
            continue
        if sizes[c] * len(found.likelihood.first_unit) < _FEWEST:
            continue  # nobody there to tell anything
        weights = found.likelihood.unit_weights * found.likelihood.parts(theta).posterior[:, j]
        ratio = _information_left(cell, cell.own(theta), weights)
        free = np.append(moves, False)[cell.positions]
        names = [
            found.utility.names[k] for k in np.flatnonzero(free & (ratio < _LITTLE_INFORMATION))
        ]
        if names:
            has = "has no finite estimate" if len(names) == 1 else "have no finite estimates"
            said.append(
                f"{listing(names)} in '{layout.classes[c]}' {has}: the people of "
                "this class choose by it without exception. Fix it at a large value, bound it "
                f"(bounds={{'{layout.classes[c]}: {names[0]}': (-10, 10)}}), or hold it equal in "
                "all classes with common=[...]."
            )
    return said


def _information_left(cell: Cell, own: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the information ``(K,)`` about coefficients, relative to that at equal shares."""
    here = -np.diag(_hessian(cell, own, weights))
    equal = -np.diag(_hessian(cell, np.zeros_like(own), weights))
    return np.asarray(np.where(equal > 0, here / np.where(equal > 0, equal, 1.0), 1.0))


def _hessian(cell: Cell, own: FloatArray, weights: FloatArray) -> FloatArray:
    found = cell.component.hessian(own, weights)
    assert found is not None  # a logit knows it
    return found
