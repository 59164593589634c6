"""Rules that a design has to keep besides the study's own constraints."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ccegov_choice.design import measures
from ccegov_choice.design.candidates import Codes, TaskSpace
from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.kernels.rules import Rules as PackedRules

Overlap = Literal["any", "minimal", "none"]
FREE = 1 << 40


@dataclass(frozen=True)
class Rules:
    """What a design has to keep; the study's floors and constraints always hold.

    Parameters
    ----------
    balance : None, "even" or float
        How often each level of an attribute is shown: as it comes; equally often (to within one
        showing); or within this share of equally often, such as 0.25. With labelled alternatives
        it is counted for each of them, among the levels that constraints let it show.
    balance_of : mapping of str to None, "even" or float
        The same for single attributes.
    overlap : "any", "minimal", int or mapping
        Levels that alternatives of a task have in common: any; as few as can be; at most this
        many attributes with a level in common; or attribute -> ``"any"``, ``"minimal"`` or
        ``"none"``.
    varying : int, optional
        Partial profiles: exactly this many attributes differ in a task, the others are shown
        alike in all alternatives.
    dominated : bool
        Allow alternatives that are no better than another in any attribute, by the directions the
        study declares (unlabelled alternatives only).
    repeated : bool
        Allow a task to come twice.
    availability : mapping or sequence, optional
        Labelled alternatives that are not on offer in every task: alternative -> share of tasks
        in which it is; or, for each task, the alternatives that are on offer.
    """

    balance: Literal["even"] | float | None = None
    balance_of: Mapping[str, Literal["even"] | float | None] = field(default_factory=dict)
    overlap: Overlap | int | Mapping[str, Overlap] = "any"
    varying: int | None = None
    dominated: bool = False
    repeated: bool = False
    availability: Mapping[str, float] | Sequence[Sequence[str]] | None = None

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Rules:
        """Read what `to_dict` gave."""
        return cls(**content)

    def to_dict(self) -> dict[str, Any]:
        """Return the rules as JSON can hold them."""
        overlap = dict(self.overlap) if isinstance(self.overlap, Mapping) else self.overlap
        offer: Any = self.availability
        if isinstance(offer, Mapping):
            offer = dict(offer)
        elif offer is not None:
            offer = [list(names) for names in offer]
        return {
            "balance": self.balance,
            "balance_of": dict(self.balance_of),
            "overlap": overlap,
            "varying": self.varying,
            "dominated": self.dominated,
            "repeated": self.repeated,
            "availability": offer,
        }

    def check(self, space: TaskSpace, tasks: int) -> list[Problem]:
        """Return everything in the rules that the study or the number of tasks does not allow."""
        return [
            *self._balance_problems(space),
            *self._overlap_problems(space),
            *self._varying_problems(space),
            *self._availability_problems(space, tasks),
            *self._room_problems(space, tasks),
        ]

    def pack(self, space: TaskSpace, present: npt.NDArray[np.float64]) -> PackedRules:
        """Lay the rules out as the kernels read them.

        Parameters
        ----------
        space : TaskSpace
            The tasks that are allowed.
        present : ndarray of shape (T, J)
            One where an alternative is on offer.
        """
        V, M = len(space.slots), len(space.cells)
        rows, least, most = self._counts(space, present)
        ties, attributes = self._ties(space, present.shape[1])
        quo = space.status_quo if space.exchangeable else None
        return PackedRules(
            V,
            int(space.exchangeable),
            np.full(M, -2, np.int64) if quo is None else quo.copy(),
            int(not self.repeated),
            rows,
            least,
            most,
            ties,
            attributes,
            np.array([measures.sign(space, m) for m in range(M)], np.int64),
            int(not self.dominated and bool(space.has_directions)),
        )

    # --- counts --------------------------------------------------------------------------------

    def _counts(
        self, space: TaskSpace, present: npt.NDArray[np.float64]
    ) -> tuple[Codes, Codes, Codes]:
        """Return which counts each attribute belongs to, and what they may be."""
        M = len(space.cells)
        width = max(space.level_counts)
        rows = np.full((present.shape[1], M), -1, np.int64)
        least, most = [np.zeros(width, np.int64)], [np.full(width, FREE, np.int64)]
        for m, count in enumerate(space.level_counts):
            wanted = self.balance_of.get(space.study.attribute_ids[m], self.balance)
            if wanted is None:
                continue
            slots = [j for j, slot in enumerate(space.slots) if m in slot.attributes]
            for together in [slots] if space.exchangeable else [[j] for j in slots]:
                shown = int(present[:, together].sum())
                can = _possible(space, together, m)
                low, high = _limits(shown, len(can), wanted)
                rows[together, m] = len(least)
                least.append(np.array([low if i in can else 0 for i in range(width)], np.int64))
                most.append(np.array([high if i < count else FREE for i in range(width)], np.int64))
        return rows, np.array(least), np.array(most)

    def _ties(self, space: TaskSpace, alternatives: int) -> tuple[Codes, int]:
        M = len(space.cells)
        ties = np.full(M, math.comb(alternatives, 2), np.int64)
        for m in range(M):
            how = self._overlap_of(space.study.attribute_ids[m])
            slots = sum(m in slot.attributes for slot in space.slots)
            if how == "minimal":
                ties[m] = fewest_ties(slots, space.level_counts[m])
            elif how == "none":
                ties[m] = 0
        most = self.overlap if isinstance(self.overlap, int) else M
        return ties, int(most)

    def _overlap_of(self, attribute: str) -> str:
        if isinstance(self.overlap, Mapping):
            return self.overlap.get(attribute, "any")
        return "any" if isinstance(self.overlap, int) else self.overlap

    # --- patterns ------------------------------------------------------------------------------

    def present(
        self, space: TaskSpace, tasks: int, rng: np.random.Generator
    ) -> npt.NDArray[np.float64]:
        """Return ``(T, J)``: one where an alternative is on offer, the opt-out always."""
        J = len(space.slots) + (space.study.opt_out is not None)
        present = np.ones((tasks, J))
        names = [slot.alternative for slot in space.slots]
        if isinstance(self.availability, Mapping):
            for name, share in self.availability.items():
                out = tasks - round(share * tasks)
                _leave_out(present, names.index(name), out, rng)
        elif self.availability is not None:
            for t, offered in enumerate(self.availability):
                present[t, : len(names)] = [float(name in offered) for name in names]
        return present

    def tied(self, space: TaskSpace, tasks: int, rng: np.random.Generator) -> Codes:
        """Return ``(T, M)``: one for attributes shown alike in all alternatives of a task."""
        M = len(space.cells)
        tied = np.zeros((tasks, M), np.int64)
        if self.varying is None:
            return tied
        shown = np.zeros(M)
        for t in range(tasks):
            # the attributes that varied least so far vary now; ties by lot
            order = np.lexsort((rng.random(M), shown))
            vary = order[: self.varying]
            tied[t] = 1
            tied[t, vary] = 0
            shown[vary] += 1
        return tied[rng.permutation(tasks)]

    # --- problems ------------------------------------------------------------------------------

    def _balance_problems(self, space: TaskSpace) -> list[Problem]:
        ids = space.study.attribute_ids
        problems = [
            unknown_name(name, ids, "attribute", where="rules, balance_of")
            for name in self.balance_of
            if name not in ids
        ]
        given: list[tuple[str, Any]] = [("balance", self.balance), *self.balance_of.items()]
        for name, wanted in given:
            if wanted is None or wanted == "even":
                continue
            if isinstance(wanted, str):
                problems.append(unknown_name(wanted, ("even",), "balance", where=f"rules, {name}"))
            elif wanted < 0:
                text = f"a balance of {wanted:g} is not a share"
                problems.append(Problem(text, "Give 0.25, 'even' or None.", f"rules, {name}"))
        return problems

    def _overlap_problems(self, space: TaskSpace) -> list[Problem]:
        ids = space.study.attribute_ids
        where = "rules, overlap"
        if isinstance(self.overlap, Mapping):
            problems = [
                unknown_name(name, ids, "attribute", where=where)
                for name in self.overlap
                if name not in ids
            ]
            words = list(self.overlap.values())
        else:
            problems, words = [], [] if isinstance(self.overlap, int) else [self.overlap]
        known = ("any", "minimal", "none")
        problems += [
            unknown_name(w, known, "overlap", where=where) for w in words if w not in known
        ]
        for m, name in enumerate(ids):
            slots = sum(m in slot.attributes for slot in space.slots)
            if self._overlap_of(name) == "none" and slots > space.level_counts[m]:
                text = (
                    f"{slots} alternatives cannot all differ in '{name}', which shows "
                    f"{space.level_counts[m]} levels"
                )
                problems.append(Problem(text, "Use 'minimal', or add levels.", where))
        return problems

    def _varying_problems(self, space: TaskSpace) -> list[Problem]:
        if self.varying is None:
            return []
        most = len(space.cells)
        where = "rules, varying"
        if not 1 <= self.varying <= most:
            text = f"{self.varying} of {most} attributes cannot vary"
            return [Problem(text, f"Give a number between 1 and {most}.", where)]
        if space.study.labelled:
            text = "partial profiles need alternatives without labels"
            return [Problem(text, "Leave `varying` out.", where)]
        return []

    def _availability_problems(self, space: TaskSpace, tasks: int) -> list[Problem]:
        offer, where = self.availability, "rules, availability"
        if offer is None:
            return []
        names = [slot.alternative for slot in space.slots]
        if space.exchangeable:
            text = "alternatives without labels are always on offer"
            return [Problem(text, "Leave `availability` out, or label them.", where)]
        given = offer if isinstance(offer, Mapping) else [n for some in offer for n in some]
        problems = [
            unknown_name(n, names, "alternative", where=where)
            for n in dict.fromkeys(given)
            if n not in names
        ]
        least = 1 if space.study.opt_out is not None else 2
        if isinstance(offer, Mapping):
            problems += [
                Problem(f"'{n}' cannot be on offer in {s:g} of all tasks", "Give 0 to 1.", where)
                for n, s in offer.items()
                if not 0 < s <= 1
            ]
        else:
            if len(offer) != tasks:
                text = f"availability is given for {len(offer)} of {tasks} tasks"
                problems.append(Problem(text, "Name the alternatives of every task.", where))
            problems += [
                Problem(f"task {t + 1} offers too little to choose from", "Add one.", where)
                for t, some in enumerate(offer)
                if len(set(some)) < least
            ]
        return problems

    def _room_problems(self, space: TaskSpace, tasks: int) -> list[Problem]:
        if self.repeated or self.availability is not None or space.different_tasks >= tasks:
            return []
        return [
            Problem(
                f"{tasks} different tasks are asked for, and the study allows only "
                f"{space.different_tasks}",
                f"Ask for at most {space.different_tasks}, relax a constraint, or allow "
                "Rules(repeated=True).",
                f"study '{space.study.id}'",
            )
        ]


def fewest_ties(alternatives: int, levels: int) -> int:
    """Return how many pairs of alternatives have to share a level of an attribute."""
    each, more = divmod(alternatives, levels)
    return more * math.comb(each + 1, 2) + (levels - more) * math.comb(each, 2)


def _possible(space: TaskSpace, slots: Sequence[int], m: int) -> set[int]:
    """Return the levels of an attribute that constraints let some of the alternatives show."""
    found: set[int] = set()
    for j in slots:
        for group in space.slots[j].groups:
            if m in group.attributes:
                column = group.combinations[:, group.attributes.index(m)]
                found |= {int(level) for level in np.unique(column)}
    return found


def _limits(shown: int, levels: int, wanted: str | float) -> tuple[int, int]:
    even = shown / levels
    slack = 0.0 if isinstance(wanted, str) else float(wanted) * even
    return (
        max(0, min(math.floor(even), math.ceil(even - slack))),
        max(math.ceil(even), math.floor(even + slack)),
    )


def _leave_out(
    present: npt.NDArray[np.float64], j: int, out: int, rng: np.random.Generator
) -> None:
    """Take an alternative out of some tasks, first of those that offer most."""
    order = np.lexsort((rng.random(len(present)), -present.sum(axis=1)))
    least = 3 if present.shape[1] > 2 else 2
    left = [t for t in order if present[t].sum() >= least][:out]
    if len(left) < out:
        raise DesignError(
            "so many alternatives are not on offer that some tasks leave nothing to choose",
            where="rules, availability",
            cure="Raise the shares of tasks in which alternatives are on offer.",
        )
    present[left, j] = 0.0
