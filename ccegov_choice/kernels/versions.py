"""Filling one version of a design: for each alternative the candidate that evens the counts most.

Levels are numbered through all attributes, ``F`` of them; a candidate profile is a row of ``M``
such numbers, -1 where it does not have an attribute. There are ``S`` sets of counts: one for all
alternatives together, or one for each where alternatives have labels.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.compiled import ordered_kernel

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

# costs are compared as whole numbers of 1/65536, so that equal ones are equal whatever the order
# of their sums
SCALE = 65536.0
HUGE = 2**62

# places in the array of weights
LEVEL, PAIR, TIE, TIE_GOAL, TOTAL_LEVEL, TOTAL_PAIR = range(6)


@ordered_kernel
def fill_version(
    candidates: Integers,
    first: Integers,
    last: Integers,
    counter: Integers,
    attribute: Integers,
    exchangeable: bool,
    shares: Floats,
    pair_shares: Floats,
    goals: Floats,
    weights: Floats,
    totals: Floats,
    pair_totals: Floats,
    placed: Integers,
    state: Words,
    sweeps: int,
    picks: Integers,
) -> int:
    """Choose the candidates of one version, and count them into the totals.

    The loss is, with ``n`` the counts in the version and ``N`` those in all versions so far,

    ``w0 sum (n_f - e_f)**2 + w1 sum (n_fg - e_fg)**2 + w2 ties + w3 sum (ties_m - goal_m)**2
    + w4 sum (N_f - E_f)**2 + w5 sum (N_fg - E_fg)**2``

    over levels ``f``, pairs of levels ``fg`` of two attributes, and attributes ``m``; ``e`` and
    ``E`` are shares times profiles. Empty places are filled one after another, each with the
    candidate that adds least (expected counts and goals growing along); then each place is filled
    again, sweep after sweep, until nothing changes. Equal candidates are chosen by lot.

    Parameters
    ----------
    candidates : ndarray of shape (C, M)
        Level numbers of the candidates.
    first, last : ndarray of shape (J,)
        The candidates of alternative j are the rows ``first[j]:last[j]``.
    counter : ndarray of shape (J,)
        Set of counts that alternative j is counted in.
    attribute : ndarray of shape (F,)
        Attribute of each level.
    exchangeable : bool
        True where the order of alternatives has no meaning; then no candidate comes twice in a
        task.
    shares : ndarray of shape (S, F)
        Share aimed at for each level.
    pair_shares : ndarray of shape (S, F, F)
        Share aimed at for each pair of levels of two attributes.
    goals : ndarray of shape (M,)
        Ties aimed at in the version for each attribute.
    weights : ndarray of shape (6,)
        The ``w`` of the loss.
    totals, pair_totals : ndarray of shape (S, F) and (S, F, F)
        Counts in the versions before; those of this version are added. Pairs are counted with the
        lower level number last.
    placed : ndarray of shape (S,)
        Profiles in the versions before; those of this version are added.
    state : uint64 ndarray of shape (1,)
        State of the lots; it moves on.
    sweeps : int
        At most so many.
    picks : ndarray of shape (T, J)
        The candidates to start with, -1 for an empty place; receives the chosen ones.

    Returns
    -------
    int
        Sweeps made.

    Notes
    -----
    A choice costs ``O(F**2 + C M**2)``, and less where levels alone rule candidates out.
    """
    tasks, slots = picks.shape
    sets, levels = shares.shape
    counts = np.zeros((sets, levels))
    pairs = np.zeros((sets, levels, levels))
    ties = np.zeros(len(goals))
    here = np.zeros(sets, dtype=np.int64)
    level_cost = np.empty(levels, dtype=np.int64)
    pair_cost = np.empty((levels, levels), dtype=np.int64)
    in_task = np.empty(levels, dtype=np.int64)
    all_pairs = tasks * slots * (slots - 1) / 2.0
    filling = False
    for t in range(tasks):
        for j in range(slots):
            s = counter[j]
            start = picks[t, j]
            filling = filling or start < 0
            if start >= 0:
                here[s] += 1
                placed[s] += 1
                _count(candidates[start], counts[s], pairs[s], 1.0)
                _count(candidates[start], totals[s], pair_totals[s], 1.0)
                _tell_task(candidates, picks[:, :j], t, j, in_task)
                _tie(candidates[start], in_task, ties, 1.0)
    for sweep in range(sweeps + filling):
        changed = False
        for t in range(tasks):
            for j in range(slots):
                s = counter[j]
                before = picks[t, j]
                if before >= 0:
                    _count(candidates[before], counts[s], pairs[s], -1.0)
                    _count(candidates[before], totals[s], pair_totals[s], -1.0)
                else:
                    here[s] += 1
                    placed[s] += 1
                _tell_task(candidates, picks, t, j, in_task)
                if before >= 0:
                    _tie(candidates[before], in_task, ties, -1.0)
                progress = 1.0
                if filling and sweep == 0 and all_pairs > 0:
                    progress = (t * slots * (slots - 1) + j * (j + 1)) / 2.0 / all_pairs
                floor = _costs(
                    attribute, shares[s], pair_shares[s], goals, weights, counts[s], pairs[s],
                    totals[s], pair_totals[s], here[s], placed[s], ties, progress, in_task,
                    level_cost, pair_cost,
                )  # fmt: skip
                now = _choose(
                    candidates, first[j], last[j], exchangeable, picks, t, j, before, floor,
                    level_cost, pair_cost, state,
                )  # fmt: skip
                picks[t, j] = now
                changed = changed or now != before
                _count(candidates[now], counts[s], pairs[s], 1.0)
                _count(candidates[now], totals[s], pair_totals[s], 1.0)
                _tie(candidates[now], in_task, ties, 1.0)
        if not changed:
            return sweep
    return sweeps


@ordered_kernel
def _count(profile: Integers, counts: Floats, pairs: Floats, change: float) -> None:
    """Count the levels of a profile, and their pairs, in or out."""
    for a in range(len(profile)):
        if profile[a] >= 0:
            counts[profile[a]] += change
            for b in range(a):
                if profile[b] >= 0:
                    pairs[profile[a], profile[b]] += change


@ordered_kernel
def _tell_task(candidates: Integers, picks: Integers, t: int, j: int, in_task: Integers) -> None:
    """Count the levels that the other alternatives of a task show."""
    in_task[:] = 0
    for i in range(picks.shape[1]):
        if i != j and picks[t, i] >= 0:
            for level in candidates[picks[t, i]]:
                if level >= 0:
                    in_task[level] += 1


@ordered_kernel
def _tie(profile: Integers, in_task: Integers, ties: Floats, change: float) -> None:
    """Count the ties of a profile with the rest of its task in or out."""
    for a in range(len(profile)):
        if profile[a] >= 0:
            ties[a] += change * in_task[profile[a]]


@ordered_kernel
def _costs(
    attribute: Integers,
    shares: Floats,
    pair_shares: Floats,
    goals: Floats,
    weights: Floats,
    counts: Floats,
    pairs: Floats,
    totals: Floats,
    pair_totals: Floats,
    here: int,
    placed: int,
    ties: Floats,
    progress: float,
    in_task: Integers,
    level_cost: Integers,
    pair_cost: Integers,
) -> int:
    """Write what one more showing of each level and pair adds to the loss, but for constants.

    Returns the least that the pairs of any profile can add.
    """
    levels = len(attribute)
    least = np.zeros((len(goals), len(goals)), dtype=np.int64)
    for f in range(levels):
        d = float(in_task[f])
        cost = 2.0 * weights[LEVEL] * (counts[f] - shares[f] * here)
        cost += 2.0 * weights[TOTAL_LEVEL] * (totals[f] - shares[f] * placed)
        cost += weights[TIE] * d
        gap = ties[attribute[f]] - goals[attribute[f]] * progress
        cost += weights[TIE_GOAL] * d * (d + 2.0 * gap)
        level_cost[f] = np.int64(np.rint(cost * SCALE))
        for g in range(f):
            if attribute[g] != attribute[f]:
                share = pair_shares[f, g]
                cost = 2.0 * weights[PAIR] * (pairs[f, g] - share * here)
                cost += 2.0 * weights[TOTAL_PAIR] * (pair_totals[f, g] - share * placed)
                whole = np.int64(np.rint(cost * SCALE))
                pair_cost[f, g] = whole
                least[attribute[f], attribute[g]] = min(least[attribute[f], attribute[g]], whole)
    total = 0
    for a in range(len(goals)):
        for b in range(a):
            total += int(least[a, b])
    return total


@ordered_kernel
def _choose(
    candidates: Integers,
    first: int,
    last: int,
    exchangeable: bool,
    picks: Integers,
    t: int,
    j: int,
    before: int,
    floor: int,
    level_cost: Integers,
    pair_cost: Integers,
    state: Words,
) -> int:
    """Return the cheapest candidate that makes no task alike, and repeats none if it can be."""
    chosen, best, equals = -1, HUGE, 0
    spare, spare_best = -1, HUGE
    width = candidates.shape[1]
    if before >= 0:
        # what was there stays unless another one is really better
        cost = _cost(candidates[before], width, level_cost, pair_cost)
        if _repeats(picks, t, j, before, exchangeable):
            spare, spare_best = before, cost
        else:
            chosen, best = before, cost
    for c in range(first, last):
        bound = floor
        for a in range(width):
            if candidates[c, a] >= 0:
                bound += level_cost[candidates[c, a]]
        if bound > best or c == before:
            continue
        if exchangeable and _in_task(picks, t, j, c):
            continue
        cost = _cost(candidates[c], width, level_cost, pair_cost)
        if cost > best or (cost == best and before >= 0 and chosen == before):
            continue
        if _repeats(picks, t, j, c, exchangeable):
            if cost < spare_best:
                spare, spare_best = c, cost
            continue
        if cost < best:
            chosen, best, equals = c, cost, 1
        else:
            equals += 1
            if _lot(state) % np.uint64(equals) == np.uint64(0):
                chosen = c
    return chosen if chosen >= 0 else spare


@ordered_kernel
def _cost(profile: Integers, width: int, level_cost: Integers, pair_cost: Integers) -> int:
    total = 0
    for a in range(width):
        f = profile[a]
        if f >= 0:
            total += int(level_cost[f])
            for b in range(a):
                if profile[b] >= 0:
                    total += int(pair_cost[f, profile[b]])
    return total


@ordered_kernel
def _in_task(picks: Integers, t: int, j: int, candidate: int) -> bool:
    for i in range(picks.shape[1]):  # noqa: SIM110 - Numba compiles no generators
        if i != j and picks[t, i] == candidate:
            return True
    return False


@ordered_kernel
def _repeats(picks: Integers, t: int, j: int, candidate: int, exchangeable: bool) -> bool:
    """Return whether a task would show the same as another one; only full tasks can."""
    slots = picks.shape[1]
    for i in range(slots):
        if i != j and picks[t, i] < 0:
            return False
    for u in range(picks.shape[0]):
        if u == t:
            continue
        same = True
        for i in range(slots):
            mine = candidate if i == j else picks[t, i]
            # alternatives of a task differ, so equal tasks are those that hold each other's
            same = _in_task(picks, u, -1, mine) if exchangeable else picks[u, i] == mine
            if not same:
                break
        if same:
            return True
    return False


@ordered_kernel
def _lot(state: Words) -> np.uint64:
    """Return the next of a row of 64-bit numbers (SplitMix64).

    References
    ----------
    Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable pseudorandom number generators.
    """
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.uint64(z ^ (z >> np.uint64(31)))
