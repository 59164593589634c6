"""Levers in the order of bits, cut into runs, and what the levers of a run change together.

Where no term of the utility reads two of the attributes that levers change, what levers add to
utility adds up. Attributes that a term reads together stay in one run, so that sums over runs
are exact in every case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ccegov_choice.errors import PolicyError
from ccegov_choice.models.population.population import Population
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.rules import BoolArray, FloatArray, exclusive, levels_with
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.utility import Utility

_WIDEST = 10  # a table of 1,024 utilities stays in the first cache
_MOST_TOGETHER = 14
_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Run:
    """Levers side by side in the order of bits.

    Parameters
    ----------
    levers : tuple of int
        Their positions in the redesign.
    units : tuple of tuple of int
        The same, by what adds up: levers whose attributes the utility reads together.
    """

    units: tuple[tuple[int, ...], ...]

    @property
    def levers(self) -> tuple[int, ...]:
        """Positions of the levers in the redesign, from the lowest bit."""
        return tuple(i for unit in self.units for i in unit)


def make_runs(redesign: Redesign, utility: Utility, patterns: int) -> tuple[Run, ...]:
    """Cut the levers into runs, small enough that their tables stay small.

    Raises
    ------
    PolicyError
        If too many levers are tied together by the utility.
    """
    units = _units(redesign, utility)
    large = next((unit for unit in units if len(unit) > _MOST_TOGETHER), None)
    if large is not None:
        names = ", ".join(redesign.levers[i].id for i in large)
        raise PolicyError(
            f"the utility reads together what {len(large)} levers change: {names}",
            where=f"utility '{utility.formula}'",
            cure=f"Search over {_MOST_TOGETHER} of them at once, or fit a utility without these "
            "interactions.",
        )
    wide = int(np.log2(max(_CELLS // (max(patterns, 1) * max(utility.size, 1)), 2)))
    widest = min(_WIDEST, max(wide, 1))
    runs: list[list[tuple[int, ...]]] = []
    room = 0
    for unit in sorted(units, key=lambda u: (-len(u), u)):
        if len(unit) > room:
            runs.append([])
            room = max(widest, len(unit))
        runs[-1].append(unit)
        room -= len(unit)
    return tuple(Run(tuple(run)) for run in runs)


def _units(redesign: Redesign, utility: Utility) -> list[tuple[int, ...]]:
    """Return positions of levers, joined where a term reads the attributes of both."""
    moved = {lever.attribute for lever in redesign.levers}
    parts = [{name} for name in sorted(moved)]
    for reads in [moved & set(term.reads) for term in utility.terms]:
        joined = [part for part in parts if part & reads]
        parts = [part for part in parts if not part & reads]
        if joined:
            parts.append(set().union(*joined))
    found = [
        tuple(i for i, lever in enumerate(redesign.levers) if lever.attribute in part)
        for part in parts
    ]
    return sorted(found)


def run_rows(
    redesign: Redesign, run: Run, population: Population, reach: BoolArray
) -> tuple[FloatArray, BoolArray]:
    """Encode what the levers of a run change, in every combination.

    Parameters
    ----------
    redesign, run, population : Redesign, Run, Population
        What to encode, and for whom.
    reach : ndarray of bool of shape (M, L)
        Which lever of the redesign reaches which pattern of people.

    Returns
    -------
    rows : ndarray of shape (M or 1, 2 ** b, Q)
        Multipliers of coefficients, against today's service; the lowest bit is the first lever.
        One pattern where the change is the same for all.
    possible : ndarray of bool of shape (2 ** b,)
        False where levers exclude each other; their rows are zero.
    """
    levers = [redesign.levers[i] for i in run.levers]
    possible = _possible(levers)
    own = reach[:, list(run.levers)]
    size = population.size if _differs(population, levers, own) else 1
    found = np.zeros((size, len(possible), 0))
    for kind in np.unique(own[:size], axis=0):
        profiles, code = _profiles(redesign, levers, kind, possible)
        who = np.flatnonzero((own[:size] == kind).all(axis=1))
        step = max(1, _CELLS // len(profiles))
        for first in range(0, size, step):
            inside = who[(who >= first) & (who < first + step)]
            if len(inside) == 0:
                continue
            rows = population.encode(profiles, slice(first, min(first + step, size)))
            if found.shape[2] == 0:
                found = np.zeros((*found.shape[:2], rows.shape[2]))
            found[inside] = (rows - rows[:, :1])[inside - first][:, code]
    return found, possible


def _differs(population: Population, levers: Sequence[Lever], reach: BoolArray) -> bool:
    """Return whether a change is not the same for all patterns of people."""
    if not (reach == reach[:1]).all():
        return True
    results = population.results
    moved = {lever.attribute for lever in levers}
    covariates = set(results.study.covariate_ids)
    reads = [set(term.reads) for term in results.utility.terms]
    return any(read & moved and read & covariates for read in reads)


def _possible(levers: Sequence[Lever]) -> BoolArray:
    states = np.arange(1 << len(levers))
    possible = np.ones(len(states), dtype=bool)
    for i, one in enumerate(levers):
        for j in range(i):
            if exclusive(one, levers[j]):
                possible &= ~((states >> i & 1) & (states >> j & 1)).astype(bool)
    return possible


def _profiles(
    redesign: Redesign, levers: Sequence[Lever], kind: BoolArray, possible: BoolArray
) -> tuple[list[Profile], list[int]]:
    """Return distinct services, today's first, and which of them each combination makes."""
    places: dict[Profile, int] = {redesign.base: 0}
    code = []
    for state in range(len(possible)):
        taken = [lever for i, lever in enumerate(levers) if state >> i & 1 and kind[i]]
        levels = levels_with(redesign, taken if possible[state] else [])
        profile = Profile(levels, redesign.base.alternative)
        code.append(places.setdefault(profile, len(places)))
    return list(places), code
