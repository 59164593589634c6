"""The nested logit as the model that a design is made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import TaskSpace
from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Members = Sequence[str] | Literal["alternatives"]

EVERY = "alternatives"


@dataclass(frozen=True)
class Nested:
    """Nested logit: alternatives of a nest are nearer to each other than to the rest.

    Parameters
    ----------
    nests : mapping of str to (sequence of str or "alternatives")
        Nest -> its alternatives. ``"alternatives"`` stands for all of them but the opt-out: the
        only nest that alternatives without labels can form. An alternative that is not named
        stands alone; the opt-out may be in a nest.
    dissimilarity : float or mapping of str to float
        Above 0, and 1 where a nest makes no difference: the scale inside all nests, or in each.
    estimate_dissimilarity : bool
        Whether the survey has to tell the dissimilarities too.

    Raises
    ------
    DesignError
        Listing everything that cannot be.

    Notes
    -----
    The scale of the utility is that between nests: alternative j of nest m is chosen with
    probability ``exp(v_j / d_m) / sum_m exp(v_i / d_m)`` inside the nest, and the nest with one
    that is proportional to ``(sum_m exp(v_i / d_m)) ** d_m``.
    """

    nests: Mapping[str, Members]
    dissimilarity: float | Mapping[str, float] = 0.6
    estimate_dissimilarity: bool = True

    def __post_init__(self) -> None:
        nests = {
            name: EVERY if isinstance(members, str) and members == EVERY else tuple(members)
            for name, members in self.nests.items()
            if not isinstance(members, str) or members == EVERY
        }
        problems = [
            Problem(f"nest '{name}' is '{members}'", f"Give a list, or '{EVERY}'.", "Nested")
            for name, members in self.nests.items()
            if name not in nests
        ]
        if not self.nests:
            cure = "Name one, as in {'digital': ['web', 'app']}, or use Multinomial()."
            problems.append(Problem("no nest is named", cure, "Nested"))
        problems += self._value_problems()
        problems += _twice(nests)
        if problems:
            raise DesignError.of(problems, "The nested logit has {count} problems:")
        object.__setattr__(self, "nests", nests)

    @property
    def values(self) -> dict[str, float]:
        """Dissimilarity of each nest."""
        given = self.dissimilarity
        if isinstance(given, Mapping):
            return {name: float(given[name]) for name in self.nests}
        return dict.fromkeys(self.nests, float(given))

    @property
    def added(self) -> tuple[str, ...]:
        """Parameters besides the coefficients of the utility."""
        names = tuple(f"dissimilarity[{name}]" for name in self.nests)
        return names if self.estimate_dissimilarity else ()

    @property
    def said(self) -> str:
        """The model in words."""
        told = ", ".join(f"{name} {value:g}" for name, value in self.values.items())
        return f"nested logit (dissimilarity {told})"

    def check(self, space: TaskSpace, utility: Utility) -> list[Problem]:
        """Return what does not fit the study.

        Parameters
        ----------
        space : TaskSpace
            The tasks that are allowed.
        utility : Utility
            What is estimated.
        """
        names = _alternatives(space)
        problems = [
            unknown_name(name, names, "alternative", where=f"Nested, nest '{nest}'")
            for nest, members in self.nests.items()
            for name in (() if isinstance(members, str) else members)
            if name not in names
        ]
        resolved = {nest: self._members(nest, space) for nest in self.nests}
        if not any(isinstance(members, str) for members in self.nests.values()):
            problems += [] if problems else _label_problems(resolved, space)
        else:
            problems += _twice(resolved)
        for nest, members in resolved.items():
            problems += [] if problems else _size_problems(nest, members, names)
        return problems

    def places(self, space: TaskSpace, first: int) -> tuple[Integers, Floats, Integers]:
        """Lay the nests out as the kernels read them.

        Parameters
        ----------
        space : TaskSpace
            The tasks that are allowed.
        first : int
            Position of the first added parameter.

        Returns
        -------
        nest : ndarray of shape (J,)
            Nest of each alternative, the opt-out last.
        dissimilarity : ndarray of shape (L,)
        column : ndarray of shape (L,)
            Parameter that it is, -1 for none.
        """
        names = _alternatives(space)
        nest = np.full(len(names), -1, np.int64)
        for number, name in enumerate(self.nests):
            for member in self._members(name, space):
                nest[names.index(member)] = number
        alone = np.flatnonzero(nest < 0)
        nest[alone] = len(self.nests) + np.arange(len(alone))
        dissimilarity = np.ones(len(self.nests) + len(alone))
        dissimilarity[: len(self.nests)] = list(self.values.values())
        column = np.full(len(dissimilarity), -1, np.int64)
        column[: len(self.added)] = first + np.arange(len(self.added))
        return nest, dissimilarity, column

    def to_dict(self) -> dict[str, Any]:
        """Return the specification as JSON can hold it."""
        nests = {
            name: members if isinstance(members, str) else list(members)
            for name, members in self.nests.items()
        }
        return {
            "model": "nested",
            "nests": nests,
            "dissimilarity": self.values,
            "estimate_dissimilarity": self.estimate_dissimilarity,
        }

    def _members(self, nest: str, space: TaskSpace) -> tuple[str, ...]:
        members = self.nests[nest]
        if isinstance(members, str):
            return tuple(slot.alternative for slot in space.slots)
        return tuple(members)

    def _value_problems(self) -> list[Problem]:
        given, where = self.dissimilarity, "Nested, dissimilarity"
        if not isinstance(given, Mapping):
            given = dict.fromkeys(["all nests"], given)
            problems = []
        else:
            problems = [
                unknown_name(name, self.nests, "nest", where=where)
                for name in given
                if name not in self.nests
            ]
            problems += [
                Problem(f"nest '{name}' has none", "Give one between 0 and 1.", where)
                for name in self.nests
                if name not in given
            ]
        return problems + [
            Problem(
                f"{value:g} for {name} is not between 0 and 1",
                "Give a number above 0, up to 1 (no difference from multinomial logit).",
                where,
            )
            for name, value in given.items()
            if not 0 < value <= 1
        ]


def _alternatives(space: TaskSpace) -> list[str]:
    names = [slot.alternative for slot in space.slots]
    return names if space.study.opt_out is None else [*names, space.study.opt_out.id]


def _twice(nests: Mapping[str, Sequence[str]]) -> list[Problem]:
    """Return a problem for every alternative that is named more than once."""
    named = [
        name for members in nests.values() for name in (() if isinstance(members, str) else members)
    ]
    return [
        Problem(f"'{name}' is in a nest more than once", "Name it once.", "Nested, nests")
        for name in dict.fromkeys(named)
        if named.count(name) > 1
    ]


def _label_problems(resolved: Mapping[str, Sequence[str]], space: TaskSpace) -> list[Problem]:
    if not space.exchangeable:
        return []
    letters = {slot.alternative for slot in space.slots}
    return [
        Problem(
            "alternatives without labels cannot be parted between nests",
            f"Use nests={{'{nest}': '{EVERY}'}}: all of them, without the opt-out.",
            f"Nested, nest '{nest}'",
        )
        for nest, members in resolved.items()
        if letters & set(members) and not letters <= set(members)
    ]


def _size_problems(nest: str, members: Sequence[str], names: Sequence[str]) -> list[Problem]:
    where = f"Nested, nest '{nest}'"
    if len(members) < 2:
        text = f"a nest of {len(members)} has no dissimilarity"
        return [Problem(text, "Name two alternatives or more, or leave the nest out.", where)]
    if len(members) == len(names):
        text = "a nest of all alternatives only changes the scale of the utility"
        return [Problem(text, "Leave one alternative, or the opt-out, outside.", where)]
    return []
