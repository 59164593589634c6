"""Orthogonal arrays: the smallest set of runs in which every pair of factors is balanced.

An array has strength two when, for every two columns, every pair of levels occurs equally often.
The arrays come from pyDOE: its catalogue of Taguchi arrays, Plackett-Burman arrays, regular
two-level fractions and full factorials. Columns with 4 levels may be replaced by three with 2
levels, and columns with 6 levels by one with 2 and one with 3 (expansive replacement; Hedayat,
Sloane and Stufken 1999, section 9.3); arrays for different numbers of levels are crossed when
that is smaller than the full factorial. Whatever is returned was checked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pydoe

from ccegov_choice.design.candidates import Codes
from ccegov_choice.errors import DesignError

MOST_RUNS = 20_000
MOST_FACTORS = 26
RESOLUTIONS = {3: "III", 4: "IV", 5: "V"}


@dataclass(frozen=True, eq=False)
class Array:
    """An orthogonal array of strength two (or a full factorial).

    Parameters
    ----------
    name : str
        What it is called in the literature.
    runs : ndarray of shape (N, k)
        Level codes from 0.
    """

    name: str
    runs: Codes


def smallest_array(level_counts: Sequence[int], method: str) -> Array:
    """Return the smallest array of a kind that has a column for every factor.

    Parameters
    ----------
    level_counts : sequence of int
        Levels of each factor.
    method : {"auto", "full", "fractional", "array"}
        Full factorial; regular two-level fraction; array of strength two from the catalogue or
        crossed from it; or the smallest of all.

    Returns
    -------
    Array

    Raises
    ------
    DesignError
        If there is none of that kind, or it has more than 20,000 runs.
    """
    makers = {"full": [_full], "fractional": [_fraction], "array": [_fraction, _crossed]}
    makers["auto"] = [_fraction, _full, _crossed]
    if method not in makers:
        raise DesignError(
            f"unknown method '{method}'", cure=f"Give one of: {', '.join(sorted(makers))}."
        )
    if method == "fractional" and set(level_counts) != {2}:
        raise DesignError(
            "a regular fraction needs attributes with two levels each, but the numbers of levels "
            f"are {', '.join(str(n) for n in level_counts)}",
            cure="Use method='array' (or 'auto'), which mixes numbers of levels.",
        )
    plans = [plan for maker in makers[method] if (plan := maker(tuple(level_counts))) is not None]
    if not plans:
        raise DesignError(
            f"there is no such array for factors with {_said(level_counts)} levels",
            cure="Use method='auto', fewer attributes, or random_design.",
        )
    # the first of equally small ones: fractions of known resolution, then the full factorial
    size, name, columns = min(plans, key=lambda plan: plan[0])
    if size > MOST_RUNS:
        raise DesignError(
            f"the smallest array for factors with {_said(level_counts)} levels has {size:,} runs",
            cure="Use numbers of levels that fit together (all 2 and 4, or all 3), fewer levels "
            "or attributes, or random_design.",
        )
    runs = _build(columns)
    if not is_orthogonal(runs):
        raise AssertionError(f"{name} is not of strength two")
    return Array(name, runs)


def is_orthogonal(runs: Codes) -> bool:
    """Return whether every level, and every pair of levels of two columns, is shown equally often.

    Parameters
    ----------
    runs : ndarray of shape (N, k)
        Level codes from 0.
    """
    return not unbalanced_pairs(runs)


def unbalanced_pairs(runs: Codes) -> list[tuple[int, int]]:
    """Return the pairs of columns (a column with itself: its levels) that are not balanced."""
    counts = runs.max(axis=0, initial=0) + 1
    alone = range(runs.shape[1])
    found = [(i, i) for i in alone if _uneven(runs[:, i], int(counts[i]))]
    for i, j in combinations(range(runs.shape[1]), 2):
        if _uneven(runs[:, i] * counts[j] + runs[:, j], int(counts[i] * counts[j])):
            found.append((i, j))
    return found


def _uneven(codes: Codes, size: int) -> bool:
    shown = np.bincount(codes, minlength=size)
    return bool(shown.min() != shown.max())


# A plan is (runs, name, parts): parts are crossed, and each holds the columns of some factors.
_Part = tuple[tuple[int, ...], Codes]
_Plan = tuple[int, str, tuple[_Part, ...]]


def _build(parts: Sequence[_Part]) -> Codes:
    """Cross the parts of a plan and put the columns in the order of the factors."""
    factors = [factor for members, _ in parts for factor in members]
    blocks = [np.concatenate(rows) for rows in product(*(part for _, part in parts))]
    runs = np.array(blocks, dtype=np.int64).reshape(len(blocks), len(factors))
    ordered: Codes = np.ascontiguousarray(runs[:, np.argsort(factors)])
    return ordered


@cache
def _full(level_counts: tuple[int, ...]) -> _Plan | None:
    size = math.prod(level_counts)
    members = tuple(range(len(level_counts)))
    if size > MOST_RUNS:
        return size, "full factorial", ()
    runs = np.rint(pydoe.fullfact(np.array(level_counts))).astype(np.int64)
    return size, f"full factorial {_powers(level_counts)}", ((members, runs),)


@cache
def _fraction(level_counts: tuple[int, ...]) -> _Plan | None:
    """Find the regular two-level fraction with the fewest runs, and among these the clearest."""
    factors = len(level_counts)
    if set(level_counts) != {2} or not 3 <= factors <= MOST_FACTORS:
        return None
    best: tuple[int, str, Codes] | None = None
    for resolution, numeral in RESOLUTIONS.items():
        try:
            signs = pydoe.fracfact_by_res(factors, resolution)
        except ValueError:
            break
        if best is not None and len(signs) > best[0]:
            break
        base = int(math.log2(len(signs)))
        name = f"2^({factors}-{factors - base}) fraction of resolution {numeral}"
        if base == factors:
            name = f"full factorial 2^{factors}"
        best = len(signs), name, (np.asarray(signs) > 0).astype(np.int64)
    return None if best is None else (best[0], best[1], ((tuple(range(factors)), best[2]),))


@cache
def _crossed(level_counts: tuple[int, ...]) -> _Plan | None:
    """Find the smallest product of arrays, one for each part of the numbers of levels."""
    best: _Plan | None = None
    for partition in _partitions(sorted(set(level_counts))):
        plan = _cross(level_counts, partition)
        if plan is not None and (best is None or plan[0] < best[0]):
            best = plan
    return best


def _cross(level_counts: tuple[int, ...], partition: Sequence[Sequence[int]]) -> _Plan | None:
    size, names, parts = 1, [], []
    for numbers in partition:
        members = tuple(i for i, count in enumerate(level_counts) if count in numbers)
        plan = _single(tuple(level_counts[i] for i in members))
        if plan is None:
            return None
        size *= plan[0]
        names.append(plan[1])
        parts.append((members, plan[2][0][1]))
    return size, " x ".join(names), tuple(parts)


@cache
def _single(level_counts: tuple[int, ...]) -> _Plan | None:
    """Find the smallest array that is not crossed."""
    plans = [_fraction(level_counts)]
    if math.prod(level_counts) <= MOST_RUNS:
        plans.append(_full(level_counts))
    plans += [_plackett_burman(level_counts), *_taguchi(level_counts)]
    found = [plan for plan in plans if plan is not None]
    return min(found, key=lambda plan: plan[0]) if found else None


def _plackett_burman(level_counts: tuple[int, ...]) -> _Plan | None:
    factors = len(level_counts)
    if set(level_counts) != {2} or factors < 3:
        return None
    try:
        signs = np.asarray(pydoe.pbdesign(factors))
    except ValueError:
        return None
    runs = (signs > 0).astype(np.int64)
    if not is_orthogonal(runs):
        return None
    name = f"Plackett-Burman array of {len(runs)} runs"
    return len(runs), name, ((tuple(range(factors)), runs),)


def _taguchi(level_counts: tuple[int, ...]) -> Iterator[_Plan]:
    members = tuple(range(len(level_counts)))
    for array in catalogue():
        columns = _columns(array.runs, level_counts)
        if columns is not None:
            yield len(array.runs), array.name, ((members, columns),)


@cache
def catalogue() -> tuple[Array, ...]:
    """Return the arrays of pyDOE that are of strength two, smallest first.

    Each was checked: one array of pyDOE 1.6, `L64(2^31)`, repeats columns and is left out.
    """
    arrays = []
    for name in pydoe.list_orthogonal_arrays():
        runs = np.asarray(pydoe.get_orthogonal_array(name), dtype=np.int64)
        if is_orthogonal(runs):
            levels = (int(n) for n in runs.max(axis=0) + 1)
            arrays.append(Array(f"L{len(runs)}({_powers(tuple(levels))})", runs))
    return tuple(sorted(arrays, key=lambda array: len(array.runs)))


def _columns(runs: Codes, level_counts: Sequence[int]) -> Codes | None:
    """Pick or derive a column for every factor; None if the array does not carry them all."""
    free: dict[int, list[npt.NDArray[np.int64]]] = {}
    for column in runs.T:
        free.setdefault(int(column.max()) + 1, []).append(column)
    wanted = Counter(level_counts)
    while len(free.get(2, ())) < wanted[2] and len(free.get(4, ())) > wanted[4]:
        column = free[4].pop()
        free.setdefault(2, []).extend([column // 2, column % 2, (column // 2) ^ (column % 2)])
    short = len(free.get(2, ())) < wanted[2] or len(free.get(3, ())) < wanted[3]
    if short and len(free.get(6, ())) > wanted[6]:
        column = free[6].pop()
        free.setdefault(2, []).append(column // 3)
        free.setdefault(3, []).append(column % 3)
    if any(len(free.get(count, ())) < number for count, number in wanted.items()):
        return None
    taken = {count: iter(columns) for count, columns in free.items()}
    return np.column_stack([next(taken[count]) for count in level_counts])


def _partitions(items: Sequence[int]) -> Iterator[list[list[int]]]:
    """Yield every way to part a few numbers into groups."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for partition in _partitions(rest):
        yield [[first], *partition]
        for i, group in enumerate(partition):
            yield [*partition[:i], [first, *group], *partition[i + 1 :]]


def _powers(level_counts: Sequence[int]) -> str:
    counted = Counter(level_counts)
    return " ".join(f"{levels}^{number}" for levels, number in sorted(counted.items()))


def _said(level_counts: Sequence[int]) -> str:
    return ", ".join(str(count) for count in level_counts)
