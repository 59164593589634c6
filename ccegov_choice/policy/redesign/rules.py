"""Which levers go together: dependencies, exclusions, floors and constraints as rules on bits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import numpy.typing as npt

from ccegov_choice.policy.redesign.floors import keeps_floor
from ccegov_choice.policy.redesign.lever import Cell, Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.study.study import Study

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Clause = tuple[int, int]
"""Bits that are all in a package, and bits of which none is: such a package is ruled out."""


def exclusive(one: Lever, other: Lever) -> bool:
    """Return whether two levers cannot be in one package: excluded, or both set one level.

    Levers of one attribute may go together where they reach different people.
    """
    if one.id in other.excludes or other.id in one.excludes:
        return True
    if one.attribute != other.attribute:
        return False
    return not any(
        name in other.people and not set(values) & set(other.people[name])
        for name, values in one.people.items()
    )


def finish_times(redesign: Redesign) -> dict[str, float]:
    """Return the month in which each lever works at the earliest, after all it depends on."""
    found: dict[str, float] = {}

    def finish(lever: Lever) -> float:
        if lever.id not in found:
            before = [finish(redesign.lever(name)) for name in lever.depends_on]
            found[lever.id] = lever.lead_time + max(before, default=0.0)
        return found[lever.id]

    for lever in redesign.levers:
        finish(lever)
    return found


def undeliverable(redesign: Redesign) -> frozenset[str]:
    """Return levers that nobody can deliver, or that depend on one of these."""
    lost = {lever.id for lever in redesign.levers if not lever.deliverable}
    while True:
        more = {lever.id for lever in redesign.levers if lost & set(lever.depends_on)} - lost
        if not more:
            return frozenset(lost)
        lost |= more


@dataclass(frozen=True, eq=False)
class Rules:
    """A redesign as arrays; bit ``i`` of a package is lever ``levers[i]``.

    Parameters
    ----------
    levers : tuple of L Lever
        In the order of the bits.
    cost, capacity, finish : ndarray of shape (L,)
        Of each lever; the month in which it works.
    needs, shuns : tuple of L int
        Bits that a lever needs, and that it cannot go with.
    clauses : tuple of pairs of int
        Combinations of levels that are ruled out: by floors and by the study's constraints.
    barred : int
        Bits that are in no package: undeliverable, or too late.
    budget, capacity_limit : float
        Limits; infinite where there are none.
    notes : tuple of str
        What a reader must know.
    """

    levers: tuple[Lever, ...]
    cost: FloatArray
    capacity: FloatArray
    finish: FloatArray
    needs: tuple[int, ...]
    shuns: tuple[int, ...]
    clauses: tuple[Clause, ...]
    barred: int
    budget: float
    capacity_limit: float
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, redesign: Redesign, study: Study, order: Sequence[int], reach: BoolArray) -> Rules:
        """Compile a valid redesign.

        Parameters
        ----------
        redesign, study : Redesign, Study
            What to compile.
        order : sequence of L int
            Positions of the levers in the order of the bits.
        reach : ndarray of bool of shape (C, L)
            Kinds of people by the levers that reach them, in the order of the bits.
        """
        levers = tuple(redesign.levers[i] for i in order)
        bit = {lever.id: 1 << i for i, lever in enumerate(levers)}
        times, lost = finish_times(redesign), undeliverable(redesign)
        limit = np.inf if redesign.months is None else redesign.months
        late = [lv.id for lv in levers if times[lv.id] > limit and lv.id not in lost]
        clauses, broken = _clauses(redesign, study, levers, reach)
        return cls(
            levers,
            np.array([lever.cost for lever in levers]),
            np.array([lever.capacity for lever in levers]),
            np.array([times[lever.id] for lever in levers]),
            tuple(sum(bit[name] for name in set(lever.depends_on)) for lever in levers),
            tuple(sum(bit[b.id] for b in levers if b is not a and exclusive(a, b)) for a in levers),
            clauses,
            sum(bit[name] for name in (*lost, *late)),
            np.inf if redesign.budget is None else redesign.budget,
            np.inf if redesign.capacity is None else redesign.capacity,
            _notes(redesign, lost, late, broken),
        )

    @property
    def size(self) -> int:
        """Number of levers, ``L``."""
        return len(self.levers)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Bits that may be set, each after all that it needs."""
        placed = 0
        found: list[int] = []
        while True:
            ready = [
                i
                for i in range(self.size)
                if not (placed | self.barred) >> i & 1 and self.needs[i] & ~placed == 0
            ]
            if not ready:
                return tuple(found)
            found += ready
            placed |= sum(1 << i for i in ready)

    @cached_property
    def every_clause(self) -> tuple[Clause, ...]:
        """Needs and exclusions as clauses too."""
        found = dict.fromkeys(self.clauses)
        for i in range(self.size):
            for j in range(self.size):
                if self.needs[i] >> j & 1:
                    found[1 << i, 1 << j] = None
                if self.shuns[i] >> j & 1:
                    found[1 << i | 1 << j, 0] = None
        return tuple(found)

    def affords(self, cost: FloatArray) -> BoolArray:
        """Return which costs are within the budget; rounding of sums is forgiven."""
        return np.asarray(cost <= self.budget + _slack(self.budget))

    def holds(self, capacity: FloatArray) -> BoolArray:
        """Return which capacities are within the limit."""
        return np.asarray(capacity <= self.capacity_limit + _slack(self.capacity_limit))

    def total(self, masks: IntArray, of: FloatArray) -> FloatArray:
        """Sum a number of the levers over the levers of each package, ``(P,)``."""
        found = np.zeros(len(masks))
        for i, value in enumerate(of):
            if value:
                found += np.where(masks >> i & 1, value, 0.0)
        return found

    def latest(self, masks: IntArray) -> FloatArray:
        """Return the month in which the last lever of each package works, ``(P,)``."""
        found = np.zeros(len(masks))
        for i, value in enumerate(self.finish):
            np.maximum(found, np.where(masks >> i & 1, value, 0.0), out=found)
        return found

    def allows(self, masks: IntArray) -> BoolArray:
        """Return which packages keep every rule, the limits too; ``(P,)``."""
        good = self.affords(self.total(masks, self.cost))
        good &= self.holds(self.total(masks, self.capacity)) & (masks & self.barred == 0)
        for i in range(self.size):
            bad = (masks & self.needs[i] != self.needs[i]) | (masks & self.shuns[i] != 0)
            good &= ~((masks >> i & 1).astype(bool) & bad)
        for inside, outside in self.clauses:
            good &= ~((masks & inside == inside) & (masks & outside == 0))
        return np.asarray(good)

    def names(self, mask: int) -> tuple[str, ...]:
        """Return ids of the levers in a package."""
        return tuple(lever.id for i, lever in enumerate(self.levers) if mask >> i & 1)


def _slack(limit: float) -> float:
    return 1e-9 * max(1.0, abs(limit)) if np.isfinite(limit) else 0.0


def levels_with(
    redesign: Redesign, levers: Sequence[Lever], alternative: bool = False
) -> dict[str, Cell]:
    """Return the levels of the service after some levers."""
    levels = {**redesign.base.levels, **{lever.attribute: lever.end for lever in levers}}
    if alternative and redesign.base.alternative is not None:
        levels["alternative"] = redesign.base.alternative
    return levels


def _clauses(
    redesign: Redesign, study: Study, levers: tuple[Lever, ...], reach: BoolArray
) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """Return what floors and constraints rule out for any kind of people, and what none mends."""
    found: dict[Clause, None] = {}
    broken: dict[str, None] = {}
    for kind in np.unique(reach, axis=0):
        for attribute in study.attributes:
            if attribute.id not in redesign.base.levels:
                continue
            for clause, levels in _states(redesign, levers, kind, (attribute.id,)):
                if not keeps_floor(redesign, attribute, levels[attribute.id]):
                    found[clause] = None
        for constraint in study.constraints:
            for clause, levels in _states(redesign, levers, kind, constraint.attributes):
                if constraint.allows(levels) or clause == (0, 0):
                    if not constraint.allows(levels):
                        broken["today's service combines levels that the study forbids"] = None
                    continue
                found[clause] = None
    return tuple(found), tuple(broken)


def _states(
    redesign: Redesign,
    levers: tuple[Lever, ...],
    kind: BoolArray,
    attributes: Sequence[str],
) -> Iterator[tuple[Clause, Mapping[str, Cell]]]:
    """Yield the ways that the named attributes can be, as bits set and bits not set."""
    choices: list[list[tuple[int, int, Lever | None]]] = []
    for name in attributes:
        own = [i for i, lever in enumerate(levers) if lever.attribute == name and kind[i]]
        if own:
            nothing = (0, sum(1 << i for i in own), None)
            choices.append([nothing, *((1 << i, 0, levers[i]) for i in own)])
    for picked in product(*choices):
        clause = (sum(p[0] for p in picked), sum(p[1] for p in picked))
        taken = [lever for _, _, lever in picked if lever is not None]
        yield clause, levels_with(redesign, taken, alternative=True)


def _notes(
    redesign: Redesign, lost: frozenset[str], late: Sequence[str], broken: Sequence[str]
) -> tuple[str, ...]:
    notes = list(broken)
    if lost:
        names = ", ".join(name for name in redesign.lever_ids if name in lost)
        notes.append(f"In no package, since nobody can deliver it: {names}.")
    if late:
        notes.append(
            f"In no package, since it works only after {redesign.months:g} months: "
            f"{', '.join(late)}."
        )
    return tuple(notes)
