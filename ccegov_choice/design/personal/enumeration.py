"""Versions filled from a list of candidates: complete enumeration and balanced overlap."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import Codes
from ccegov_choice.design.personal.chances import Chances, Floats
from ccegov_choice.design.personal.listing import (
    MOST_CANDIDATES,
    Listed,
    neighbours,
    offsets_of,
    sample,
)

Words = npt.NDArray[np.uint64]

MOST_SWEEPS = 20
# rounds of bettering a version that was made from a sample, one group of attributes at a time
ROUNDS = 2


def fill_versions(
    chances: Chances,
    versions: int,
    tasks: int,
    rng: np.random.Generator,
    overlap: float | None,
) -> tuple[Codes, bool]:
    """Fill versions so that levels and pairs of levels come up as often as they should.

    Parameters
    ----------
    chances : Chances
        The target.
    versions, tasks : int
        How many versions, and tasks in each.
    rng : numpy.random.Generator
        Source of the lots.
    overlap : float or None
        Ties aimed at: 0 as few as the shares allow, 1 as many as independent draws have. None
        for as few as possible.

    Returns
    -------
    codes : ndarray of shape (V, T, J, M)
    sampled : bool
        True if candidates were a sample of the allowed profiles.
    """
    aim = _Aim.of(chances, tasks, overlap)
    totals = _Totals.none(aim)
    state = rng.integers(0, 2**64, size=1, dtype=np.uint64)
    slots = len(chances.space.slots)
    codes = np.empty((versions, tasks, slots, len(chances.space.cells)), dtype=np.int64)
    sampled = max(chances.available) > MOST_CANDIDATES
    listed: Listed | None = None
    for v in range(versions):
        if listed is None or sampled:
            listed = sample(chances, rng)
        empty = np.full((tasks, slots), -1, dtype=np.int64)
        # a version has whole ties: rounded by lot, so that short versions have some, too
        goals = np.floor(aim.goals + rng.random(len(aim.goals)))
        first = replace(aim, goals=goals)
        picks, after = _fill(chances, listed, first, totals, state, empty)
        near, then = listed, replace(first, weights=_then(aim.weights))
        for _ in range(ROUNDS if sampled else 1):
            if sampled:
                near, picks = neighbours(chances, near.codes[picks], rng)
            picks, after = _fill(chances, near, then, totals, state, picks)
        codes[v] = near.codes[picks]
        totals = after
    return codes, sampled


def _fill(
    chances: Chances, listed: Listed, aim: _Aim, totals: _Totals, state: Words, picks: Codes
) -> tuple[Codes, _Totals]:
    """Fill one version from a list of candidates; return it and the totals with it."""
    from ccegov_choice.kernels.versions import fill_version

    picks, after = picks.copy(), totals.copy()
    fill_version(
        listed.levels,
        listed.first,
        listed.last,
        aim.counter,
        aim.attribute,
        chances.space.exchangeable,
        aim.shares,
        aim.pair_shares,
        aim.goals,
        aim.weights,
        after.levels,
        after.pairs,
        after.placed,
        state,
        MOST_SWEEPS,
        picks,
    )
    return picks, after


@dataclass(frozen=True)
class _Totals:
    """Counts over the versions so far."""

    levels: Floats
    pairs: Floats
    placed: Codes

    @classmethod
    def none(cls, aim: _Aim) -> _Totals:
        placed = np.zeros(len(aim.shares), dtype=np.int64)
        return cls(np.zeros_like(aim.shares), np.zeros_like(aim.pair_shares), placed)

    def copy(self) -> _Totals:
        return _Totals(self.levels.copy(), self.pairs.copy(), self.placed.copy())


@dataclass(frozen=True)
class _Aim:
    """What the counts should come to; see `ccegov_choice.kernels.versions.fill_version`."""

    counter: Codes
    attribute: Codes
    shares: Floats
    pair_shares: Floats
    goals: Floats
    weights: Floats

    @classmethod
    def of(cls, chances: Chances, tasks: int, overlap: float | None) -> _Aim:
        space = chances.space
        offsets = offsets_of(chances)
        sets = 1 if space.exchangeable else len(space.slots)
        shares = np.zeros((sets, offsets[-1]))
        pair_shares = np.zeros((sets, offsets[-1], offsets[-1]))
        for s in range(sets):
            for m, share in chances.level_shares(s).items():
                shares[s, offsets[m] : offsets[m + 1]] = share
            for a in space.slots[s].attributes:
                for b in space.slots[s].attributes:
                    if b < a:
                        rows, columns = slice(*offsets[a : a + 2]), slice(*offsets[b : b + 2])
                        pair_shares[s, rows, columns] = chances.pair_shares(s, a, b)
        counter = np.zeros(len(space.slots), dtype=np.int64)
        if not space.exchangeable:
            counter = np.arange(sets)
        attribute = np.repeat(np.arange(len(space.cells)), space.level_counts)
        goals = np.array([tie_goal(chances, m, overlap) for m in range(len(space.cells))])
        weights = _weights(len(space.cells), minimal=overlap is None)
        return cls(counter, attribute, shares, pair_shares, goals * tasks, weights)


def tie_goal(chances: Chances, m: int, overlap: float | None) -> float:
    """Return the ties per task to aim at in an attribute."""
    drawn, fewest = chances.ties(m)
    return fewest + (overlap or 0.0) * (drawn - fewest)


def _weights(attributes: int, *, minimal: bool) -> Floats:
    """Ties before levels, levels before pairs, the version before all versions.

    A level that is shown once too often costs as much as some deviations in its ``M - 1`` pairs.
    """
    level = 2.0 * attributes
    tie = 4.0 * level
    ties = (tie, 0.0) if minimal else (0.0, tie)
    return np.array([level, 1.0, *ties, 0.25 * level, 0.25])


def _then(weights: Floats) -> Floats:
    """Put levels before a set number of ties: what cannot be had together shows once it is full.

    Two levels in two alternatives, say, are shown equally often only with an even number of ties.
    """
    from ccegov_choice.kernels.versions import TIE_GOAL

    after = weights.copy()
    after[TIE_GOAL] *= 0.25
    return after
