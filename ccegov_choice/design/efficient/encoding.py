"""From a study's tasks and a utility to the tables that the search kernels read.

Every coefficient's column is a table over the levels of the few attributes that its term reads in
one alternative: one for a main effect, two for an interaction of two. The encoder is the one of
`ccegov_choice.study.utility`; here its columns are only written out once for all levels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.design.candidates import ABSENT, Cell, Codes, Group, Slot, TaskSpace, task_space
from ccegov_choice.errors import DesignError
from ccegov_choice.kernels.information import Places, Tables
from ccegov_choice.study.matrix import FrameRows
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]

MOST_TABLE = 1_000_000
# a group with more combinations than this is walked by changing one attribute at a time
ALL_NEAR = 81
MOST_NEIGHBOURS = 20_000_000


@dataclass(frozen=True)
class Term:
    """The columns of one utility term in one alternative.

    Parameters
    ----------
    first : int
        Position of its first coefficient.
    attributes : tuple of int
        Positions of the attributes that it reads and the alternative varies.
    table : ndarray of shape (coefficients, levels, levels, ...)
        Values for every combination of their levels.
    """

    first: int
    attributes: tuple[int, ...]
    table: Floats


@dataclass(frozen=True)
class Coding:
    """One utility for one kind of person, written out for all alternatives of a task.

    Parameters
    ----------
    utility : Utility
        Bound to the study.
    person : mapping
        Covariates of the person: values that the utility reads and levels that alternatives take.
    slots : tuple of tuple of Term
        The terms of each alternative, the opt-out last.
    """

    utility: Utility
    person: Mapping[str, Any]
    slots: tuple[tuple[Term, ...], ...]

    @property
    def ranges(self) -> Floats:
        """Range ``(K,)`` of each column over everything that can be shown."""
        low = np.full(self.utility.size, np.inf)
        high = np.full(self.utility.size, -np.inf)
        for terms in self.slots:
            for term in terms:
                flat = term.table.reshape(len(term.table), -1)
                where = slice(term.first, term.first + len(flat))
                low[where] = np.minimum(low[where], flat.min(axis=1))
                high[where] = np.maximum(high[where], flat.max(axis=1))
        return np.asarray(high - low)


def code_slots(space: TaskSpace, utility: Utility, person: Mapping[str, Any]) -> Coding:
    """Write a utility out for every alternative of a task.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    utility : Utility
        Bound to the study.
    person : mapping
        Value of each covariate that the utility reads or that an alternative takes a level from.

    Raises
    ------
    DesignError
        If the utility depends on a covariate that is not given, or a term reads so many attributes
        that its table would be too large.
    """
    study = space.study
    check_person(study, utility, person)
    slots = [
        tuple(_terms(space, utility, slot.alternative, slot.attributes, slot.fixed, person))
        for slot in space.slots
    ]
    if study.opt_out is not None:
        fixed: dict[str, Cell | None] = dict(study.opt_out.fixed)
        fixed |= dict.fromkeys(study.opt_out.personal)
        slots.append(tuple(_terms(space, utility, study.opt_out.id, (), fixed, person)))
    return Coding(utility, dict(person), tuple(slots))


def column_ranges(utility: Utility) -> dict[str, float]:
    """Return the range of each coefficient's column over the levels that may be shown."""
    study = utility.study
    assert study is not None
    space = task_space(study, None if study.labelled else 2)
    person = {item.id: 1.0 if item.is_numeric else item.base_id for item in study.covariates}
    for item in study.named_alternatives:
        for attribute, covariate in item.personal.items():
            cells = space.cells[study.attribute_ids.index(attribute)]
            person[covariate] = cells[len(cells) // 2]
    ranges = code_slots(space, utility, person).ranges
    return dict(zip(utility.names, map(float, ranges), strict=True))


def rows_of(coding: Coding, codes: Codes) -> Floats:
    """Return coded rows ``(T, J, K)`` of level codes ``(T, V, M)``, the opt-out last."""
    tasks = len(codes)
    rows = np.zeros((tasks, len(coding.slots), coding.utility.size))
    for j, terms in enumerate(coding.slots):
        for term in terms:
            index = tuple(codes[:, j, m] for m in term.attributes)
            if index:
                values = np.stack([table[index] for table in term.table])
            else:
                values = np.repeat(term.table.reshape(-1, 1), tasks, axis=1)
            rows[:, j, term.first : term.first + len(term.table)] = values.T
    return rows


def check_person(study: Study, utility: Utility, person: Mapping[str, Any]) -> None:
    """Refuse a utility that depends on a covariate which is not given.

    Raises
    ------
    DesignError
        Naming the covariates.
    """
    needed = [name for name in utility.reads if name in study.covariate_ids]
    for item in study.named_alternatives:
        needed += [covariate for name, covariate in item.personal.items() if name in utility.reads]
    lacking = [name for name in dict.fromkeys(needed) if name not in person]
    if lacking:
        raise DesignError(
            f"the design depends on who answers: {', '.join(lacking)}",
            where=f"Utility('{utility.formula}')",
            cure="Name typical people, as in people=[{'"
            + lacking[0]
            + "': ...}], or leave these covariates out of the utility.",
        )


def _terms(
    space: TaskSpace,
    utility: Utility,
    alternative: str,
    varied: Sequence[int],
    fixed: Mapping[str, Cell | None],
    person: Mapping[str, Any],
) -> list[Term]:
    ids = space.study.attribute_ids
    terms, first = [], 0
    for term in utility.terms:
        reads = [ids.index(name) for name in term.reads if name in ids]
        read = tuple(m for m in reads if m in varied)
        shape = tuple(len(space.cells[m]) for m in read)
        size = int(np.prod(shape, dtype=np.int64))
        if size > MOST_TABLE:
            raise DesignError(
                f"a term of {len(read)} attributes has {size:,} combinations",
                where=f"Utility('{utility.formula}')",
                cure="Use interactions of two or three attributes.",
            )
        frame = _frame(space, alternative, read, shape, fixed, person)
        rows = FrameRows(frame, space.study)
        table = np.empty((len(term.names), size))
        term.write(rows, table)
        if rows.problems:
            raise DesignError.of(rows.problems, "The utility cannot be coded ({count} problems):")
        terms.append(Term(first, read, table.reshape(len(term.names), *shape)))
        first += len(term.names)
    return terms


def _frame(
    space: TaskSpace,
    alternative: str,
    read: Sequence[int],
    shape: tuple[int, ...],
    fixed: Mapping[str, Cell | None],
    person: Mapping[str, Any],
) -> pd.DataFrame:
    """Return all combinations of the levels that a term reads, as rows of one alternative."""
    study = space.study
    size = int(np.prod(shape, dtype=np.int64))
    columns: dict[str, Any] = {"alternative": [alternative] * size}
    index = np.indices(shape).reshape(len(shape), size) if shape else np.zeros((0, size), int)
    own = {a.id: a.personal for a in study.named_alternatives}.get(alternative, {})
    for m, item in enumerate(study.attributes):
        empty = np.nan if item.is_numeric else None
        if m in read:
            cells = space.cells[m]
            columns[item.id] = [cells[code] for code in index[list(read).index(m)]]
        elif item.id in own:
            columns[item.id] = [person.get(own[item.id], empty)] * size
        else:
            level = fixed.get(item.id)
            columns[item.id] = [empty if level is None else level] * size
    for covariate, value in person.items():
        columns[covariate] = [value] * size
    return pd.DataFrame(columns)


# --- arrays for the kernels -----------------------------------------------------------------------


def pack_tables(codings: Sequence[Coding], scales: Sequence[Floats], places: Places) -> Tables:
    """Lay the tables of several codings out as the kernels read them.

    Parameters
    ----------
    codings : sequence of Coding
        One for each case.
    scales : sequence of ndarray of shape (K,)
        What each column is divided by.
    places : Places
        The groups that may change.
    """
    size = max(coding.utility.size for coding in codings)
    J = len(codings[0].slots)
    depth = max([len(t.attributes) for c in codings for terms in c.slots for t in terms] + [1])
    base = np.zeros((len(codings), J, size), np.int64)
    attribute = np.zeros((len(codings), J, size, depth), np.int64)
    stride = np.zeros_like(attribute)
    flat: list[Floats] = [np.zeros(1)]
    used = 1
    for s, (coding, scale) in enumerate(zip(codings, scales, strict=True)):
        for j, terms in enumerate(coding.slots):
            for term in terms:
                for i, values in enumerate(term.table):
                    k = term.first + i
                    base[s, j, k] = used
                    steps = np.cumprod((1, *values.shape[:0:-1]))[::-1]
                    for d, m in enumerate(term.attributes):
                        attribute[s, j, k, d], stride[s, j, k, d] = m, steps[d]
                    flat.append(values.ravel() / scale[k])
                    used += values.size
    offsets, affected = _affected(places, attribute, stride, size)
    columns = np.array([coding.utility.size for coding in codings], np.int64)
    return Tables(np.concatenate(flat), base, attribute, stride, columns, offsets, affected)


def _affected(places: Places, attribute: Codes, stride: Codes, size: int) -> tuple[Codes, Codes]:
    """Return which coefficients each group of each case changes."""
    cases, J = attribute.shape[:2]
    groups = len(places.member_offsets) - 1
    offsets = np.zeros((cases, groups + 1), np.int64)
    found: list[int] = []
    for s in range(cases):
        offsets[s, 0] = len(found)
        for j in range(J):
            for g in range(places.group_offsets[j], places.group_offsets[j + 1]):
                members = places.members[places.member_offsets[g] : places.member_offsets[g + 1]]
                reads = (np.isin(attribute[s, j], members) & (stride[s, j] > 0)).any(axis=1)
                found += [int(k) for k in np.flatnonzero(reads)]
                offsets[s, g + 1] = len(found)
    return offsets, np.array(found, np.int64)


def pack_places(space: TaskSpace, alternatives: int, *, whole: bool = False) -> Places:
    """Lay groups, combinations and their neighbours out as the kernels read them.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    alternatives : int
        Alternatives of a task, the opt-out included.
    whole : bool
        Exchange whole profiles (modified Fedorov) instead of one group of attributes at a time.
    """
    group_offsets, member_offsets, members = [0], [0], list[int]()
    combo_offsets, combos, near_offsets, near = [0], list[Codes](), [0], list[Codes]()
    for slot in space.slots:
        groups = (_whole(space, slot),) if whole else slot.groups
        for group in groups:
            members += group.attributes
            member_offsets.append(len(members))
            first = combo_offsets[-1]
            combos.append(group.combinations)
            combo_offsets.append(first + len(group.combinations))
            for others in _neighbours(group, every=whole):
                near.append(others + first)
                near_offsets.append(near_offsets[-1] + len(others))
        group_offsets.append(len(member_offsets) - 1)
    group_offsets += [group_offsets[-1]] * (alternatives - len(space.slots))
    width = max((c.shape[1] for c in combos), default=1)
    table = np.zeros((combo_offsets[-1], max(width, 1)), np.int64)
    for first, rows in zip(combo_offsets, combos, strict=False):
        table[first : first + len(rows), : rows.shape[1]] = rows
    return Places(
        np.array(group_offsets, np.int64),
        np.array(member_offsets, np.int64),
        np.array(members, np.int64),
        np.array(combo_offsets, np.int64),
        table,
        np.array(near_offsets, np.int64),
        np.concatenate(near) if near else np.zeros(0, np.int64),
    )


def _whole(space: TaskSpace, slot: Slot) -> Group:
    codes = space.profiles(slot)
    return Group(slot.attributes, np.ascontiguousarray(codes[:, list(slot.attributes)]))


def _neighbours(group: Group, *, every: bool) -> list[Codes]:
    """Return, for each combination, the ones that an exchange may put in its place."""
    rows = group.combinations
    count = len(rows)
    if count <= ALL_NEAR or every:
        if count * count > MOST_NEIGHBOURS:
            raise DesignError(
                f"{count:,} candidate profiles are too many to exchange whole",
                where="algorithm 'fedorov'",
                cure="Use algorithm='coordinate', which changes one attribute at a time.",
            )
        everyone = np.arange(count)
        return [np.delete(everyone, p) for p in range(count)]
    found: list[list[int]] = [[] for _ in range(count)]
    for a in range(rows.shape[1]):
        rest = np.delete(rows, a, axis=1)
        _, key = np.unique(rest, axis=0, return_inverse=True)
        order = np.argsort(key.ravel(), kind="stable")
        ends = np.flatnonzero(np.diff(key.ravel()[order])) + 1
        for alike in np.split(order, ends):
            for p in alike:
                found[p] += [int(o) for o in alike if o != p]
    return [np.array(sorted(others), np.int64) for others in found]


def place_codes(space: TaskSpace, places: Places, codes: Codes) -> Codes:
    """Return the combination ``(T, G)`` of each group that level codes show.

    Raises
    ------
    DesignError
        If a task shows what is not allowed.
    """
    found = np.zeros((len(codes), len(places.member_offsets) - 1), np.int64)
    for j in range(len(space.slots)):
        for g in range(places.group_offsets[j], places.group_offsets[j + 1]):
            members = places.members[places.member_offsets[g] : places.member_offsets[g + 1]]
            first, last = places.combo_offsets[g], places.combo_offsets[g + 1]
            rows = places.combos[first:last, : len(members)]
            index = {row.tobytes(): p + first for p, row in enumerate(rows)}
            for t, task in enumerate(codes[:, j][:, members]):
                if (task == ABSENT).all() and len(members):
                    found[t, g] = first  # an alternative that is not on offer in this task
                    continue
                key = np.ascontiguousarray(task).tobytes()
                if key not in index:
                    raise DesignError(
                        f"task {t + 1} shows a combination that the study does not allow",
                        where=f"alternative '{space.slots[j].alternative}'",
                        cure="Change its levels, or the constraints of the study.",
                    )
                found[t, g] = index[key]
    return found
