"""Rules of a choice design: how many of them a task, or a change of a task, would break.

Letters as in `ccegov_choice.kernels.information`. A move may never add to what is broken, so a
design that starts within the rules stays within them, and one that does not is led there.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.compiled import kernel

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Rules(NamedTuple):
    """What a design has to keep.

    Attributes
    ----------
    varied : int
        Alternatives that are varied, ``V``; the opt-out comes after them.
    alike : int
        One where alternatives have no labels: their order has no meaning and none may come twice.
    status_quo : (M,) int64
        Codes that no alternative may show in full; -2 where there is no such profile.
    unique : int
        One where no task may come twice.
    count_row : (J, M) int64
        Row of `least` and `most` that the levels of an attribute are counted in; -1 for none.
    least, most : (rows, L) int64
        How often each level may be shown.
    ties : (M,) int64
        Pairs of alternatives that may tie on an attribute in a task.
    tied_attributes : int
        Attributes that may have any tie in a task.
    better : (M,) int64
        1 or -1 where a higher code is better or worse, 0 where there is no order.
    dominated : int
        One where no alternative may be at least as good as another in every attribute.
    """

    varied: int
    alike: int
    status_quo: Integers
    unique: int
    count_row: Integers
    least: Integers
    most: Integers
    ties: Integers
    tied_attributes: int
    better: Integers
    dominated: int


@kernel
def task_breaches(rules: Any, codes: Any, present: Any, tied: Any) -> int:
    """Return how many rules a task breaks by itself.

    Parameters
    ----------
    codes : (J, M) int64
        Its levels.
    present : (J,) float64
        Which alternatives are on offer.
    tied : (M,) int64
        One for attributes that are meant to be equal in this task (partial profiles).
    """
    M = codes.shape[1]
    V = rules.varied
    found = 0
    attributes = 0
    for m in range(M):
        ties = 0
        for i in range(V):
            for j in range(i):
                here = present[i] > 0.0 and present[j] > 0.0
                if here and codes[i, m] >= 0 and codes[i, m] == codes[j, m]:
                    ties += 1
        if tied[m] == 0:
            found += max(0, ties - rules.ties[m])
            attributes += 1 if ties > 0 else 0
    found += max(0, attributes - rules.tied_attributes)
    if rules.alike == 1:
        for i in range(V):
            if present[i] == 0.0:
                continue
            if _equal(codes[i], rules.status_quo):
                found += 4
            for j in range(i):
                if present[j] > 0.0:
                    if _equal(codes[i], codes[j]):
                        found += 4
                    elif rules.dominated == 1:
                        found += 1 if _dominates(rules, codes[i], codes[j]) else 0
                        found += 1 if _dominates(rules, codes[j], codes[i]) else 0
    return int(found)


@kernel
def _equal(a: Any, b: Any) -> bool:
    same = True
    for m in range(a.shape[0]):
        same = same and a[m] == b[m]
    return same


@kernel
def _dominates(rules: Any, a: Any, b: Any) -> bool:
    """Return whether one profile is at least as good in every attribute and better in one."""
    better = False
    for m in range(a.shape[0]):
        gain = (a[m] - b[m]) * rules.better[m]
        if rules.better[m] == 0 and a[m] != b[m]:
            return False
        if gain < 0:
            return False
        better = better or gain > 0
    return better


@kernel
def same_task(rules: Any, a: Any, b: Any, present_a: Any, present_b: Any) -> bool:
    """Return whether two tasks show the same; order counts only with labels."""
    V = rules.varied
    if rules.alike == 0:
        for j in range(V):
            if present_a[j] != present_b[j]:
                return False
            if present_a[j] > 0.0 and not _equal(a[j], b[j]):
                return False
        return True
    # both ways, because an alternative may still come twice while rules are broken
    for i in range(V):
        there, back = False, False
        for j in range(V):
            there = there or _equal(a[i], b[j])
            back = back or _equal(b[i], a[j])
        if not (there and back):
            return False
    return True


@kernel
def repeats(rules: Any, codes: Any, present: Any, t: int) -> int:
    """Return how many other tasks show what task `t` shows.

    Pairs are counted, so that changing a task changes the breaches of the design by the change of
    its own.
    """
    if rules.unique == 0:
        return 0
    found = 0
    for u in range(codes.shape[0]):
        if u != t and same_task(rules, codes[t], codes[u], present[t], present[u]):
            found += 1
    return found


@kernel
def count_levels(rules: Any, codes: Any, present: Any, counts: Any) -> None:
    """Write how often each level is shown."""
    for row in range(counts.shape[0]):
        for level in range(counts.shape[1]):
            counts[row, level] = 0
    for t in range(codes.shape[0]):
        for j in range(rules.varied):
            if present[t, j] > 0.0:
                for m in range(codes.shape[2]):
                    row = rules.count_row[j, m]
                    if row >= 0 and codes[t, j, m] >= 0:
                        counts[row, codes[t, j, m]] += 1


@kernel
def count_breaches(rules: Any, counts: Any) -> int:
    """Return by how much level counts lie outside what is allowed."""
    found = 0
    for row in range(counts.shape[0]):
        for level in range(counts.shape[1]):
            found += max(0, rules.least[row, level] - counts[row, level])
            found += max(0, counts[row, level] - rules.most[row, level])
    return found


@kernel
def exchange_count(rules: Any, counts: Any, j: int, m: int, old: int, new: int) -> int:
    """Count one level out and another in; return by how much more or less is broken."""
    row = rules.count_row[j, m]
    if row < 0 or old == new or old < 0 or new < 0:
        return 0
    before = _outside(rules, counts, row, old) + _outside(rules, counts, row, new)
    counts[row, old] -= 1
    counts[row, new] += 1
    return _outside(rules, counts, row, old) + _outside(rules, counts, row, new) - before


@kernel
def _outside(rules: Any, counts: Any, row: int, level: int) -> int:
    count = counts[row, level]
    return int(max(0, rules.least[row, level] - count) + max(0, count - rules.most[row, level]))


@kernel
def all_breaches(rules: Any, codes: Any, present: Any, tied: Any, counts: Any) -> int:
    """Return how many rules a design breaks; every pair of tasks that show the same is one."""
    count_levels(rules, codes, present, counts)
    found = count_breaches(rules, counts)
    pairs = 0
    for t in range(codes.shape[0]):
        found += task_breaches(rules, codes[t], present[t], tied[t])
        pairs += repeats(rules, codes, present, t)
    return int(found + pairs // 2)
