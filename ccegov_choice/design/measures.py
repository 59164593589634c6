"""Measures of a design: balance, overlap, association, dominance, information. Arrays only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import ABSENT, Codes, TaskSpace, task_key

RANK_TOLERANCE = 1e-9


def level_counts(space: TaskSpace, codes: Codes) -> list[Codes]:
    """Return, per attribute, how often each alternative shows each level: ``(J, levels)``."""
    tables = []
    for m, count in enumerate(space.level_counts):
        column = codes[:, :, m]
        tables.append(np.stack([(column == level).sum(axis=0) for level in range(count)], axis=1))
    return tables


def overlap(space: TaskSpace, codes: Codes) -> list[tuple[float, float]]:
    """Return, per attribute, the share of pairs of alternatives that tie, and the least possible.

    Pairs are counted within tasks, among the alternatives on offer that vary the attribute. An
    attribute that fewer than two alternatives vary cannot tie: both shares are NaN.
    """
    found = []
    for m, count in enumerate(space.level_counts):
        slots = [j for j, slot in enumerate(space.slots) if m in slot.attributes]
        column = codes[:, slots, m]
        shown = (column != ABSENT).sum(axis=1)
        pairs = int((shown * (shown - 1) // 2).sum())
        if pairs == 0:
            found.append((np.nan, np.nan))
            continue
        ties = sum(
            int(((column[:, a] == column[:, b]) & (column[:, a] != ABSENT)).sum())
            for a, b in _pairs(len(slots))
        )
        each, more = np.divmod(shown, count)
        least = more * (each + 1) * each // 2 + (count - more) * each * (each - 1) // 2
        found.append((ties / pairs, int(least.sum()) / pairs))
    return found


def association(first: Codes, second: Codes) -> float:
    """Return Cramér's V of two coded columns: 0 unrelated, 1 one follows from the other.

    With two levels each it is the absolute correlation. Rows where either is absent (below zero)
    do not count. NaN if a column never varies.

    References
    ----------
    Cramér, H. (1946). Mathematical Methods of Statistics, section 21.9.
    """
    there = (first >= 0) & (second >= 0)
    if not there.any():
        return float("nan")
    _, a = np.unique(first[there], return_inverse=True)
    _, b = np.unique(second[there], return_inverse=True)
    rows, columns = int(a.max()) + 1, int(b.max()) + 1
    if min(rows, columns) < 2:
        return float("nan")
    table = np.bincount(a * columns + b, minlength=rows * columns).reshape(rows, columns)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / len(a)
    chi_squared = ((table - expected) ** 2 / expected).sum()
    return float(np.sqrt(chi_squared / (len(a) * (min(rows, columns) - 1))))


def associations(space: TaskSpace, codes: Codes) -> npt.NDArray[np.float64]:
    """Return ``(M, M)``: the largest association of two attributes within an alternative."""
    size = len(space.level_counts)
    table = np.full((size, size), np.nan)
    for j, slot in enumerate(space.slots):
        for a in slot.attributes:
            for b in slot.attributes:
                if a < b:
                    value = association(codes[:, j, a], codes[:, j, b])
                    table[a, b] = table[b, a] = np.fmax(table[a, b], value)
    return table


def block_association(space: TaskSpace, codes: Codes, block: Codes) -> list[float]:
    """Return, per attribute, the largest association with the block over alternatives."""
    found = []
    for m in range(len(space.level_counts)):
        values = [
            association(codes[:, j, m], block)
            for j, slot in enumerate(space.slots)
            if m in slot.attributes
        ]
        known = [value for value in values if not np.isnan(value)]
        found.append(max(known, default=float("nan")))
    return found


def repeated_tasks(
    space: TaskSpace, codes: Codes, within: Codes | None = None
) -> list[tuple[int, int]]:
    """Return pairs of task positions that show the same; order counts only with labels.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    codes : ndarray of shape (T, V, M)
        Level codes.
    within : ndarray of shape (T,), optional
        Block of each task, where only tasks of the same block count as repeated.
    """
    seen: dict[tuple[int, bytes], int] = {}
    found = []
    for t, task in enumerate(codes):
        key = (0 if within is None else int(within[t]), task_key(task, space.exchangeable))
        if key in seen:
            found.append((seen[key], t))
        seen.setdefault(key, t)
    return found


def identical(space: TaskSpace, codes: Codes) -> list[int]:
    """Return positions of tasks in which two alternatives without labels show the same."""
    if not space.exchangeable:
        return []
    same = np.zeros(len(codes), dtype=bool)
    for a, b in _pairs(codes.shape[1]):
        same |= (codes[:, a] == codes[:, b]).all(axis=1) & (codes[:, a] != ABSENT).any(axis=1)
    return [int(t) for t in np.flatnonzero(same)]


def varying(space: TaskSpace, codes: Codes) -> Codes:
    """Return ``(T,)``: how many attributes differ between the alternatives of each task.

    Only attributes that at least two alternatives vary are counted.
    """
    total = np.zeros(len(codes), dtype=np.int64)
    for m in range(codes.shape[2]):
        slots = [j for j, slot in enumerate(space.slots) if m in slot.attributes]
        column = codes[:, slots, m]
        if len(slots) > 1:
            highest = column.max(axis=1)
            lowest = np.where(column == ABSENT, highest[:, None], column).min(axis=1)
            total += highest > lowest
    return total


def dominated(space: TaskSpace, codes: Codes) -> list[tuple[int, int, int]]:
    """Return ``(task, better, worse)`` where an alternative is at least as good in every way.

    Goodness comes from the directions of the attributes. Attributes without one must be equal,
    and so must categorical attributes with more than two levels, whose levels have no order.
    Labelled alternatives are never dominated: the label may make up for anything.
    """
    if not space.exchangeable:
        return []
    signs = np.array([sign(space, m) for m in range(len(space.level_counts))])
    found: list[tuple[int, int, int]] = []
    for a, b in _pairs(codes.shape[1]):
        gain = (codes[:, a] - codes[:, b]) * np.where(signs == 0, 1, signs)
        there = (codes[:, a] != ABSENT).any(axis=1) & (codes[:, b] != ABSENT).any(axis=1)
        comparable = there & (gain[:, signs == 0] == 0).all(axis=1)
        for first, second, better in ((a, b, gain), (b, a, -gain)):
            wins = comparable & (better >= 0).all(axis=1) & (better > 0).any(axis=1)
            found += [(int(t), first, second) for t in np.flatnonzero(wins)]
    return sorted(found)


def information(
    columns: npt.NDArray[np.float64], task: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the information of the multinomial logit when all coefficients are zero.

    Parameters
    ----------
    columns : ndarray of shape (K, A)
        Coded alternatives.
    task : ndarray of shape (A,)
        Task of each alternative.

    Returns
    -------
    ndarray of shape (K, K)
        ``sum_t (1/J_t) sum_j (x_tj - mean_t)(x_tj - mean_t)'``: every task answered once.
    """
    _, index = np.unique(task, return_inverse=True)
    sizes = np.bincount(index).astype(np.float64)
    means = np.stack([np.bincount(index, weights=row) / sizes for row in columns])
    centred = (columns - means[:, index]) / np.sqrt(sizes[index])
    matrix: npt.NDArray[np.float64] = centred @ centred.T
    return matrix


def d_error(matrix: npt.NDArray[np.float64]) -> float:
    """Return ``det(M^-1)^(1/K)`` of an information matrix; infinite where it is singular."""
    sign, log_determinant = np.linalg.slogdet(matrix)
    if sign <= 0 or not np.isfinite(log_determinant):
        return float("inf")
    return float(np.exp(-log_determinant / len(matrix)))


def unidentified(matrix: npt.NDArray[np.float64], names: Sequence[str]) -> list[str]:
    """Return the coefficients that the design cannot tell apart from others.

    These are the ones with a part in the null space of the information matrix, scaled to a unit
    diagonal so that units do not matter.
    """
    scale = np.sqrt(np.diag(matrix))
    dead = scale <= RANK_TOLERANCE * max(float(scale.max(initial=0.0)), 1.0)
    alive = np.flatnonzero(~dead)
    scaled = matrix[np.ix_(alive, alive)] / np.outer(scale[alive], scale[alive])
    values, vectors = np.linalg.eigh(scaled)
    null = vectors[:, values < RANK_TOLERANCE * max(len(alive), 1)]
    involved = set(alive[(np.abs(null) > 1e-6).any(axis=1)])
    return [name for k, name in enumerate(names) if dead[k] or k in involved]


def _pairs(count: int) -> list[tuple[int, int]]:
    return [(a, b) for a in range(count) for b in range(a + 1, count)]


def sign(space: TaskSpace, m: int) -> int:
    """Return 1 or -1 where a higher code of an attribute is better or worse, 0 without order."""
    attribute = space.study.attributes[m]
    ordered = attribute.kind != "categorical" or space.level_counts[m] == 2
    if not ordered or attribute.direction == "0":
        return 0
    upward = 1 if attribute.direction == "+" else -1
    values = [cell for cell in space.cells[m] if isinstance(cell, float)]
    descending = attribute.is_numeric and values != sorted(values)
    return -upward if descending else upward
