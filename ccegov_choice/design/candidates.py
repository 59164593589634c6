"""Allowed profiles: every combination of shown levels that floors and constraints let through.

Levels are coded by their place among the levels that may be shown, one axis position per
attribute of the study; -1 stands for an attribute that an alternative does not vary. Attributes
that share a constraint form a group, and only the combinations inside a group are written out:
the allowed profiles are all combinations of the groups, so that twelve attributes with five
levels each never need their 244 million profiles.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pydoe

from ccegov_choice.design.words import constraint_text
from ccegov_choice.errors import DesignError, Problem
from ccegov_choice.study.study import Study

Codes = npt.NDArray[np.int64]
Cell = str | float

ABSENT = -1
MOST_COMBINATIONS = 1_000_000


@dataclass(frozen=True)
class Group:
    """Attributes tied together by constraints, with the combinations that are allowed.

    Parameters
    ----------
    attributes : tuple of int
        Positions of the attributes in the study.
    combinations : ndarray of shape (P, len(attributes))
        Level codes of each allowed combination.
    """

    attributes: tuple[int, ...]
    combinations: Codes


@dataclass(frozen=True)
class Slot:
    """One alternative of a task: which attributes it varies, and how.

    Parameters
    ----------
    alternative : str
        Its id, such as ``"A"`` or ``"phone"``.
    groups : tuple of Group
        The attributes it varies.
    fixed : mapping
        Levels that are the same in every task; None for a level that each person brings along.
    """

    alternative: str
    groups: tuple[Group, ...]
    fixed: Mapping[str, Cell | None]

    @cached_property
    def attributes(self) -> tuple[int, ...]:
        """Positions of the attributes it varies, in the order of the study."""
        return tuple(sorted(i for group in self.groups for i in group.attributes))

    @property
    def size(self) -> int:
        """How many profiles are allowed."""
        return math.prod(len(group.combinations) for group in self.groups)

    def allows(self, codes: Codes) -> npt.NDArray[np.bool_]:
        """Return ``(P,)``, true where a row of ``(P, M)`` codes is an allowed profile."""
        allowed = np.ones(len(codes), dtype=bool)
        for group in self.groups:
            sizes = group.combinations.max(axis=0) + 1
            table = np.zeros(sizes, dtype=bool)
            table[tuple(group.combinations.T)] = True
            columns = codes[:, list(group.attributes)]
            inside = (columns < sizes).all(axis=1) & (columns >= 0).all(axis=1)
            allowed &= inside
            allowed[inside] &= table[tuple(columns[inside].T)]
        return allowed


@dataclass(frozen=True)
class TaskSpace:
    """All the tasks that a study allows.

    Parameters
    ----------
    study : Study
        What is asked.
    slots : tuple of Slot
        The alternatives that are varied; the opt-out is not among them.
    cells : tuple of tuple
        For each attribute, what a data frame holds for each level code.
    """

    study: Study
    slots: tuple[Slot, ...]
    cells: tuple[tuple[Cell, ...], ...]

    @cached_property
    def level_counts(self) -> tuple[int, ...]:
        """How many levels each attribute may show."""
        return tuple(len(cells) for cells in self.cells)

    @property
    def exchangeable(self) -> bool:
        """True where alternatives have no label, so that their order has no meaning."""
        return not self.study.labelled

    @property
    def has_directions(self) -> bool:
        """True if the study says of some attribute which way is better."""
        return any(item.direction != "0" for item in self.study.attributes)

    @cached_property
    def status_quo(self) -> Codes | None:
        """Codes of the opt-out when it shows the same full profile to everybody."""
        opt_out = self.study.opt_out
        if opt_out is None:
            return None
        codes = np.full(len(self.cells), ABSENT, dtype=np.int64)
        for position, attribute in enumerate(self.study.attribute_ids):
            cell = opt_out.fixed.get(attribute)
            if cell is None or cell not in self.cells[position]:
                return None
            codes[position] = self.cells[position].index(cell)
        return codes

    @cached_property
    def different_tasks(self) -> int:
        """How many tasks that differ the study allows; order counts only with labels."""
        if not self.exchangeable:
            return math.prod(slot.size for slot in self.slots)
        return math.comb(self.available_profiles, len(self.slots))

    @cached_property
    def available_profiles(self) -> int:
        """Profiles that an unlabelled alternative may show: all allowed but the status quo."""
        slot, quo = self.slots[0], self.status_quo
        return slot.size - (quo is not None and bool(slot.allows(quo[None, :])[0]))

    def profiles(self, slot: Slot) -> Codes:
        """Return every allowed profile of a slot, ``(P, M)``.

        Raises
        ------
        DesignError
            If there are more than a million.
        """
        _check_size(slot.size, f"alternative '{slot.alternative}'")
        index = _full_factorial([len(group.combinations) for group in slot.groups])
        codes = np.full((len(index), len(self.cells)), ABSENT, dtype=np.int64)
        for column, group in enumerate(slot.groups):
            codes[:, list(group.attributes)] = group.combinations[index[:, column]]
        return codes


def task_space(study: Study, alternatives: int | None = None) -> TaskSpace:
    """Work out which tasks a study allows.

    Parameters
    ----------
    study : Study
        A valid study.
    alternatives : int, optional
        Alternatives in a task besides the opt-out: two when not given; in a study with labelled
        alternatives it is the number of these.

    Returns
    -------
    TaskSpace

    Raises
    ------
    DesignError
        If the number of alternatives does not fit, or an alternative has no allowed profile.
    """
    study.require_valid()
    cells = tuple(
        tuple(item.cell(level) for level in item.shown_levels) for item in study.attributes
    )
    problems: list[Problem] = []
    slots = []
    for name in _alternative_names(study, alternatives):
        slot, found = _slot(study, name, cells)
        slots.append(slot)
        problems.extend(found)
    if problems:
        raise DesignError.of(dict.fromkeys(problems), "The study allows no tasks:")
    space = TaskSpace(study, tuple(slots), cells)
    _check_enough(space)
    return space


def task_key(task: Codes, exchangeable: bool) -> bytes:
    """Return bytes that are equal for tasks that show the same; order counts only with labels.

    Parameters
    ----------
    task : ndarray of shape (J, M)
        Level codes of one task.
    exchangeable : bool
        True where the order of alternatives has no meaning.
    """
    rows = [row.tobytes() for row in task]
    return b"".join(sorted(rows) if exchangeable else rows)


def _alternative_names(study: Study, alternatives: int | None) -> tuple[str, ...]:
    if study.labelled:
        names = tuple(item.id for item in study.alternatives)
        if alternatives not in (None, len(names)):
            raise DesignError(
                f"{alternatives} alternatives were asked for, but the study has the labelled "
                f"alternatives {', '.join(names)}",
                where=f"study '{study.id}'",
                cure=f"Leave `alternatives` out, or give {len(names)}.",
            )
        return names
    count = 2 if alternatives is None else alternatives
    most = 26
    least = 1 if study.opt_out is not None else 2
    if not least <= count <= most:
        raise DesignError(
            f"a task cannot have {count} alternatives",
            where=f"study '{study.id}'",
            cure=f"Give `alternatives` between {least} and {most}.",
        )
    return tuple(chr(ord("A") + i) for i in range(count))


def _slot(
    study: Study, alternative: str, cells: Sequence[Sequence[Cell]]
) -> tuple[Slot, list[Problem]]:
    labelled = {item.id: item for item in study.alternatives}.get(alternative)
    own = labelled.levels or {} if labelled is not None else {}
    fixed: dict[str, Cell | None] = {
        name: level if isinstance(level, (str, float)) else None for name, level in own.items()
    }
    varied = [
        position
        for position, item in enumerate(study.attributes)
        if item.id not in fixed and (not study.labelled or item.available_to(alternative))
    ]
    groups, problems = [], []
    for members in _tied(study, varied):
        known = {"alternative": alternative, **fixed}
        group, hindrance = _group(study, members, cells, known)
        groups.append(group)
        if hindrance:
            names = ", ".join(study.attribute_ids[i] for i in members)
            problems.append(
                Problem(
                    f"no combination of {names} is allowed: {hindrance}",
                    "Allow one more combination, or lower the floor.",
                    f"alternative '{alternative}'" if study.labelled else f"study '{study.id}'",
                )
            )
    return Slot(alternative, tuple(groups), fixed), problems


def _tied(study: Study, varied: Sequence[int]) -> list[tuple[int, ...]]:
    """Part the varied attributes into groups that share constraints."""
    leader = {position: position for position in varied}

    def find(position: int) -> int:
        while leader[position] != position:
            position = leader[position]
        return position

    ids = study.attribute_ids
    for constraint in study.constraints:
        members = [ids.index(a) for a in constraint.attributes if a in ids]
        members = [position for position in members if position in leader]
        for other in members[1:]:
            leader[find(other)] = find(members[0])
    groups: dict[int, list[int]] = {}
    for position in varied:
        groups.setdefault(find(position), []).append(position)
    return [tuple(group) for group in groups.values()]


def _group(
    study: Study,
    members: tuple[int, ...],
    cells: Sequence[Sequence[Cell]],
    known: Mapping[str, Cell | None],
) -> tuple[Group, str]:
    """Write out the allowed combinations; also say what stands in the way when there is none."""
    ids = [study.attribute_ids[i] for i in members]
    _check_size(math.prod(len(cells[i]) for i in members), ", ".join(ids))
    combinations = _full_factorial([len(cells[i]) for i in members])
    here = [c for c in study.constraints if set(c.attributes) & set(ids)]
    allowed = np.ones(len(combinations), dtype=bool)
    for constraint in here:
        columns = [ids.index(name) for name in constraint.attributes if name in ids]
        table = np.zeros([len(cells[members[c]]) for c in columns], dtype=bool)
        for index in np.ndindex(table.shape):
            levels: dict[str, object] = dict(known)
            for column, code in zip(columns, index, strict=True):
                levels[ids[column]] = cells[members[column]][code]
            table[index] = constraint.allows(levels)
        allowed &= table[tuple(combinations[:, columns].T)]
    hindrance = ""
    if not allowed.any():
        told = "; ".join(constraint_text(constraint) for constraint in here)
        hindrance = told or "every level lies under the floor"
    return Group(members, combinations[allowed]), hindrance


def _check_enough(space: TaskSpace) -> None:
    """Refuse studies whose unlabelled alternatives cannot all differ."""
    if not space.exchangeable:
        return
    available, needed = space.available_profiles, len(space.slots)
    if available < needed:
        raise DesignError(
            f"{needed} different alternatives are needed in a task, but only {available} "
            f"profile{'s are' if available != 1 else ' is'} allowed",
            where=f"study '{space.study.id}'",
            cure="Ask for fewer alternatives, add levels, or relax a constraint or floor.",
        )


def _check_size(size: int, what: str) -> None:
    if size > MOST_COMBINATIONS:
        raise DesignError(
            f"{size:,} combinations are too many to write out",
            where=what,
            cure="Tie fewer attributes together by constraints, or take fewer levels.",
        )


def _full_factorial(level_counts: Sequence[int]) -> Codes:
    """Return all combinations of level codes; a factor with no level leaves none."""
    if not level_counts:
        return np.zeros((1, 0), dtype=np.int64)
    if min(level_counts) == 0:
        return np.zeros((0, len(level_counts)), dtype=np.int64)
    grid: Codes = np.rint(pydoe.fullfact(np.asarray(level_counts))).astype(np.int64)
    return grid
