"""Constraints on parameters: fixed values, equal parameters and bounds, as one linear map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import Problem, UtilityError, unknown_name
from ccegov_choice.models.fitting.trust_region import Box

FloatArray = npt.NDArray[np.float64]
Bounds = Mapping[str, tuple[float | None, float | None]]


@dataclass(frozen=True, eq=False)
class Constraints:
    """All ``P`` parameters as a linear map of the ``F`` free ones: ``offset + expansion @ free``.

    Parameters
    ----------
    names : tuple of P str
        The parameters.
    offset : ndarray of shape (P,)
        Values of fixed parameters, zero elsewhere.
    expansion : ndarray of shape (P, F)
        A one where a parameter is (or equals) a free one, minus one where it is what free ones
        leave of one.
    box : Box
        Bounds of the free ones.
    absent : mapping of str to str
        Fixed parameters, and that they are.
    """

    names: tuple[str, ...]
    offset: FloatArray
    expansion: FloatArray
    box: Box
    absent: Mapping[str, str]

    def full(self, free: FloatArray) -> FloatArray:
        """Return all parameters ``(P,)`` from the free ones ``(F,)``."""
        value: FloatArray = self.offset + self.expansion @ free
        return value

    def reduce(self, full: FloatArray) -> FloatArray:
        """Return free parameters ``(F,)`` from all of them; equal ones take their mean."""
        if (self.expansion < 0).any():  # some are what others leave of one
            return np.asarray(left_inverse(self.expansion) @ (full - self.offset))
        mean: FloatArray = self.expansion.T @ full / self.expansion.sum(axis=0)
        return mean

    def hold(self, held: npt.NDArray[np.bool_]) -> FloatArray:
        """Return the expansion without the free parameters that lie at a bound."""
        return self.expansion[:, ~held]

    def names_of(self, free: int) -> tuple[str, ...]:
        """Return the names that a free parameter stands for."""
        return tuple(
            name for name, used in zip(self.names, self.expansion[:, free], strict=True) if used
        )


def left_inverse(expansion: FloatArray) -> FloatArray:
    """Return the matrix ``(F, P)`` that takes changes of parameters back to those of free ones."""
    if (expansion < 0).any():
        return np.asarray(np.linalg.pinv(expansion), dtype=np.float64)
    return np.asarray(expansion.T / np.maximum(expansion.sum(axis=0), 1.0)[:, None])


def constrain(
    names: Sequence[str],
    *,
    fixed: Mapping[str, float],
    equal: Sequence[Sequence[str]],
    bounds: Bounds,
) -> Constraints:
    """Build the map.

    Parameters
    ----------
    names : sequence of P str
        The parameters.
    fixed : mapping of str to float
        Parameters that keep a value.
    equal : sequence of sequences of str
        Groups of parameters that have one value.
    bounds : mapping of str to (low, high)
        Bounds, None where there is none.

    Raises
    ------
    UtilityError
        Listing every unknown name and every contradiction.
    """
    problems = _problems(names, fixed, equal, bounds)
    if problems:
        raise UtilityError.of(problems, "The constraints do not fit together ({count} problems):")
    leader = {name: group[0] for group in equal for name in group}
    free = [name for name in names if name not in fixed and leader.get(name, name) == name]
    column = {name: position for position, name in enumerate(free)}
    expansion = np.zeros((len(names), len(free)))
    for row, name in enumerate(names):
        if name not in fixed:
            expansion[row, column[leader.get(name, name)]] = 1.0
    offset = np.array([float(fixed.get(name, 0.0)) for name in names])
    low, high = np.full(len(free), -np.inf), np.full(len(free), np.inf)
    for name, (least, most) in bounds.items():
        if name not in fixed:
            position = column[leader.get(name, name)]
            low[position] = max(low[position], -np.inf if least is None else least)
            high[position] = min(high[position], np.inf if most is None else most)
    absent = {name: f"fixed at {fixed[name]:g}" for name in names if name in fixed}
    return Constraints(tuple(names), offset, expansion, Box(low, high), absent)


def _problems(
    names: Sequence[str],
    fixed: Mapping[str, float],
    equal: Sequence[Sequence[str]],
    bounds: Bounds,
) -> list[Problem]:
    problems = []
    for where, used in (("fixed", fixed), ("bounds", bounds)):
        problems += [
            unknown_name(name, names, "coefficient", where=where)
            for name in used
            if name not in names
        ]
    members = [name for group in equal for name in group]
    problems += [
        unknown_name(name, names, "coefficient", where="equal")
        for name in dict.fromkeys(members)
        if name not in names
    ]
    for name in dict.fromkeys(name for name in members if members.count(name) > 1):
        problems.append(
            Problem(f"'{name}' stands in 'equal' twice", "Name it once, in one group.", "equal")
        )
    for name in (name for name in members if name in fixed):
        problems.append(
            Problem(
                f"'{name}' is both fixed and held equal to others",
                "Fix all of the group, or none.",
                "equal",
            )
        )
    for name, value in fixed.items():
        if not np.isfinite(value):
            problems.append(
                Problem(f"'{name}' is fixed at {value}", "Give a finite number.", "fixed")
            )
    return problems + _bound_problems(fixed, equal, bounds)


def _bound_problems(
    fixed: Mapping[str, float], equal: Sequence[Sequence[str]], bounds: Bounds
) -> list[Problem]:
    problems = []
    interval = {
        name: (-np.inf if low is None else float(low), np.inf if high is None else float(high))
        for name, (low, high) in bounds.items()
    }
    for name, (low, high) in interval.items():
        if not low < high:
            problems.append(
                Problem(
                    f"the bounds of '{name}' leave no room: {low:g} to {high:g}",
                    f"Give the lower bound first, or fix it: fixed={{'{name}': {low:g}}}.",
                    "bounds",
                )
            )
        if name in fixed and not low <= fixed[name] <= high:
            problems.append(
                Problem(
                    f"'{name}' is fixed at {fixed[name]:g}, outside its bounds",
                    "Drop the bounds or change the value.",
                    "bounds",
                )
            )
    for group in equal:
        low = max((interval[name][0] for name in group if name in interval), default=-np.inf)
        high = min((interval[name][1] for name in group if name in interval), default=np.inf)
        if low > high:
            problems.append(
                Problem(
                    f"{', '.join(group)} are held equal, but their bounds do not overlap",
                    "Widen the bounds or drop the equality.",
                    "equal",
                )
            )
    return problems
