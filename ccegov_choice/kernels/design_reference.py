"""Slow NumPy twins of the kernels that search for designs: everything is worked out anew.

Nothing here is an update of something else: the information of a design is summed over its tasks,
inverted and judged, for every move again. Used by the tests. Letters as in
`ccegov_choice.kernels.information`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.information import NUISANCE_RIDGE, Places, Points, Tables
from ccegov_choice.kernels.rules import Rules

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


# --- information and error ------------------------------------------------------------------------


def task_rows(tables: Tables, s: int, codes: Integers) -> Floats:
    """Return the rows ``(J, K)`` of a task, read from the tables of a case."""
    rows = np.zeros((len(codes), tables.base.shape[2]))
    for j, k in np.ndindex(len(codes), int(tables.columns[s])):
        levels = codes[j, tables.attribute[s, j, k]]
        rows[j, k] = tables.flat[tables.base[s, j, k] + tables.stride[s, j, k] @ levels]
    return rows


def shares(x: Floats, beta: Floats, present: Floats) -> Floats:
    """Return the choice probabilities ``(J,)`` of a task; zero for what is not on offer."""
    utility = np.where(present > 0, x @ beta, -np.inf)
    power = np.exp(utility - utility.max())
    found: Floats = power / power.sum()
    return found


def task_information(x: Floats, beta: Floats, present: Floats) -> Floats:
    """Return the information ``(K, K)`` of a task: ``X'(diag(p) - pp')X``."""
    p = shares(x, beta, present)
    found: Floats = x.T @ (np.diag(p) - np.outer(p, p)) @ x
    return found


def information(
    tables: Tables, points: Points, codes: Integers, present: Floats, n: int, r: int, ridge: float
) -> Floats:
    """Return the information ``(K, K)`` of a design at draw `r` of tile `n`, the ridge included.

    Coefficients that only pad a case are cut off.
    """
    s = int(points.case[n])
    size = int(tables.columns[s])
    total = ridge * np.eye(size)
    for task, offer in zip(codes, present, strict=True):
        total += task_information(
            task_rows(tables, s, task)[:, :size], points.beta[n, :size, r], offer
        )
    return total


def log_errors(
    tables: Tables,
    points: Points,
    codes: Integers,
    present: Floats,
    loads: Floats,
    ridge: float,
    *,
    largest: bool = False,
) -> Floats:
    """Return the logarithm ``(N, W)`` of the error of a design at every draw.

    Parameters
    ----------
    codes : ndarray of shape (T, J, M)
        Level codes.
    present : ndarray of shape (T, J)
        One where an alternative is on offer.
    loads : ndarray of shape (N, F, K, W)
        Combinations whose variances count; without any, the error is the D-error or Ds-error.
    ridge : float
        Added to the diagonal of the information.
    largest : bool
        Take the largest variance, not the sum.
    """
    tiles, _, width = points.beta.shape
    found = np.zeros((tiles, width))
    for n, r in np.ndindex(tiles, width):
        s = int(points.case[n])
        size = int(tables.columns[s])
        matrix = information(tables, points, codes, present, n, r, ridge)
        if loads.shape[1]:
            rows = loads[n, :, :size, r]
            variances = np.einsum("fk,kl,fl->f", rows, np.linalg.inv(matrix), rows)
            found[n, r] = np.log(variances.max() if largest else variances.sum())
            continue
        log_det = np.linalg.slogdet(matrix)[1]
        nuisance = points.nuisance[s, :size] > 0
        if nuisance.any():
            more = (NUISANCE_RIDGE - 1) * ridge * np.eye(nuisance.sum())
            log_det -= np.linalg.slogdet(matrix[np.ix_(nuisance, nuisance)] + more)[1]
        found[n, r] = points.offset[s] - points.exponent[s] * log_det
    return found


def average(weight: Floats, log_error: Floats, how: int, quantile: float) -> float:
    """Return the logarithm of the error ``(N, W)`` averaged over draws of some weight ``(N, W)``.

    Parameters
    ----------
    how : int
        0: mean of the error; 1: mean of its logarithm; 2: the smallest error below which a share
        `quantile` of the weight lies.
    """
    pairs = sorted(zip(log_error.ravel(), weight.ravel(), strict=True))
    counted = [(float(value), float(w)) for value, w in pairs if w > 0]
    if how == 1:
        return sum(value * w for value, w in counted)
    if how == 0:
        return float(np.log(sum(np.exp(value) * w for value, w in counted)))
    reached = 0.0
    for value, w in counted:
        reached += w
        if reached >= quantile - 1e-12:
            return value
    return counted[-1][0]


# --- moves ----------------------------------------------------------------------------------------


def after_moves(
    places: Places, codes: Integers, moves: Iterable[tuple[int, Sequence[int]]]
) -> Integers:
    """Return level codes ``(T, J, M)`` with other combinations in some places.

    Parameters
    ----------
    moves : iterable of (int, (int, int, int))
        A task; the alternative, the group and its new combination (-1 leaves it as it is).
    """
    changed = codes.copy()
    for t, (j, g, combo) in moves:
        if combo < 0:
            continue
        members = places.members[places.member_offsets[g] : places.member_offsets[g + 1]]
        changed[t, j, members] = places.combos[combo, : len(members)]
    return changed


# --- rules ----------------------------------------------------------------------------------------


def task_breaches(rules: Rules, codes: Integers, present: Floats, tied: Integers) -> int:
    """Return how many rules a task ``(J, M)`` breaks by itself."""
    shown = [tuple(map(int, codes[j])) for j in range(rules.varied) if present[j] > 0]
    pairs = list(combinations(shown, 2))
    found, attributes = 0, 0
    for m in np.flatnonzero(tied == 0):
        ties = sum(a[m] == b[m] and a[m] >= 0 for a, b in pairs)
        found += max(0, ties - int(rules.ties[m]))
        attributes += ties > 0
    found += max(0, attributes - rules.tied_attributes)
    if rules.alike:
        found += 4 * sum(profile == tuple(rules.status_quo) for profile in shown)
        found += 4 * sum(a == b for a, b in pairs)
        if rules.dominated:
            found += sum(_beats(rules, a, b) or _beats(rules, b, a) for a, b in pairs)
    return int(found)


def _beats(rules: Rules, a: Sequence[int], b: Sequence[int]) -> bool:
    """Return whether `a` is nowhere worse than `b` and somewhere better, in every attribute."""
    gains = [(x - y) * int(sign) for x, y, sign in zip(a, b, rules.better, strict=True)]
    unordered = any(x != y for x, y, sign in zip(a, b, rules.better, strict=True) if sign == 0)
    return not unordered and min(gains) >= 0 and max(gains) > 0


def count_breaches(rules: Rules, codes: Integers, present: Floats) -> int:
    """Return by how much level counts lie outside what is allowed."""
    counts = np.zeros(rules.least.shape, np.int64)
    for t, j, m in np.ndindex(len(codes), rules.varied, codes.shape[2]):
        if present[t, j] > 0 and rules.count_row[j, m] >= 0 and codes[t, j, m] >= 0:
            counts[rules.count_row[j, m], codes[t, j, m]] += 1
    low, high = np.maximum(rules.least - counts, 0), np.maximum(counts - rules.most, 0)
    return int(low.sum() + high.sum())


def repeated_tasks(rules: Rules, codes: Integers, present: Floats) -> int:
    """Return how many pairs of tasks show the same."""
    if not rules.unique:
        return 0
    shown = [
        tuple(tuple(map(int, task[j])) if offer[j] > 0 else None for j in range(rules.varied))
        for task, offer in zip(codes, present, strict=True)
    ]
    keys = [frozenset(task) if rules.alike else task for task in shown]
    return sum(a == b for a, b in combinations(keys, 2))


def all_breaches(rules: Rules, codes: Integers, present: Floats, tied: Integers) -> int:
    """Return how many rules a design breaks."""
    own = sum(
        task_breaches(rules, task, offer, alike)
        for task, offer, alike in zip(codes, present, tied, strict=True)
    )
    return own + count_breaches(rules, codes, present) + repeated_tasks(rules, codes, present)


# --- the most informative task --------------------------------------------------------------------


def task_gain(powers: Floats, distances: Floats) -> float:
    """Return what a task of some profiles brings, summed over draws.

    ``sum_r sum_{i<j} p_i p_j d_ij``, as `ccegov_choice.kernels.oracle` has it.

    Parameters
    ----------
    powers : ndarray of shape (R, n)
        Exponentials of the utilities of its profiles.
    distances : ndarray of shape (R, n, n)
        Squared distances of its profiles.
    """
    p = powers / powers.sum(axis=1, keepdims=True)
    return float(0.5 * np.einsum("ri,rj,rij->", p, p, distances))


def best_task(
    power: Floats,
    distance: Floats,
    first: Integers,
    last: Integers,
    own: Floats,
    own_distance: Floats,
    *,
    alike: bool,
) -> tuple[float, tuple[int, ...]]:
    """Return the largest gain of any task and its profiles; arguments as those of `try_all`."""
    draws, size = power.shape
    every = np.zeros((draws, size + 1, size + 1))
    every[:, :size, :size] = distance
    every[:, size, :size] = every[:, :size, size] = own_distance
    powers = np.concatenate([power, own[:, None]], axis=1)
    tasks: Iterable[tuple[int, ...]]
    if alike:
        tasks = combinations(range(int(first[0]), int(last[0])), len(first))
    else:
        ranges = [range(int(a), int(b)) for a, b in zip(first, last, strict=True)]
        tasks = product(*ranges)
    best = -1.0
    picks: tuple[int, ...] = ()
    for task in tasks:
        shown = [*task, size]
        gain = task_gain(powers[:, shown], every[np.ix_(range(draws), shown, shown)])
        if gain > best:
            best, picks = gain, task
    return best, picks
