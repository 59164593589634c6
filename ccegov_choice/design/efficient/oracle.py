"""Looking for the most informative task, among all tasks that a study allows or by climbing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import ABSENT, Codes, TaskSpace
from ccegov_choice.design.efficient.encoding import place_codes, rows_of
from ccegov_choice.design.efficient.engine import Case, Engine
from ccegov_choice.errors import DesignError
from ccegov_choice.kernels import oracle

Floats = npt.NDArray[np.float64]

MOST_NUMBERS = 150_000_000  # of the table of distances: 1.2 GB
NANOSECONDS = 1.6  # for one task at one draw, measured
CLIMBS = 12
MOST_PROFILES = 20_000
MOST_PAIRED = 8_000


@dataclass(frozen=True)
class Metric:
    """What a task is weighed with: one matrix for each draw of each case.

    Parameters
    ----------
    matrices : tuple of ndarray of shape (R, K, K)
        One stack for each case; the weights of the draws are inside.
    """

    matrices: tuple[Floats, ...]


def count_tasks(space: TaskSpace, present: Floats) -> int:
    """Return how many different tasks there are with these alternatives on offer."""
    slots = [slot for slot, here in zip(space.slots, present, strict=False) if here > 0]
    if space.exchangeable:
        return math.comb(slots[0].size, len(slots))
    return math.prod(slot.size for slot in slots)


def seconds_for_all(engine: Engine, present: Floats, workers: int) -> float:
    """Return about how long it takes to try every task; infinite where memory forbids it."""
    space = engine.space
    draws = sum(len(case.weights) for case in engine.cases)
    profiles = _pool_sizes(space, present)
    total = sum(profiles)
    if int((present[: len(space.slots)] > 0).sum()) <= 2:
        # two alternatives: gains of all pairs are added up draw by draw
        if total > MOST_PAIRED:
            return math.inf
        size = max(case.coding.utility.size for case in engine.cases)
        return total**2 * draws * (1 + size / 8) * 1e-9
    if total > MOST_PROFILES or total**2 * draws > MOST_NUMBERS:
        return math.inf
    return count_tasks(space, present) * draws * NANOSECONDS * 1e-9 / workers


def every_task(space: TaskSpace, present: Floats) -> Iterator[Codes]:
    """Yield every task ``(V, M)`` with these alternatives on offer."""
    here = [j for j in range(len(space.slots)) if present[j] > 0]
    pools = [space.profiles(space.slots[j]) for j in here]
    picks: Iterator[tuple[int, ...]]
    if space.exchangeable:
        picks = combinations(range(len(pools[0])), len(here))
    else:
        picks = product(*(range(len(pool)) for pool in pools))
    for pick in picks:
        task = np.full((len(space.slots), len(space.cells)), ABSENT, np.int64)
        for j, pool, i in zip(here, pools, pick, strict=True):
            task[j] = pool[i]
        yield task


def _pool_sizes(space: TaskSpace, present: Floats) -> list[int]:
    slots = [slot for slot, here in zip(space.slots, present, strict=False) if here > 0]
    return [slots[0].size] if space.exchangeable else [slot.size for slot in slots]


def best_of_all(
    engine: Engine, metric: Metric, present: Floats, workers: int
) -> tuple[float, Codes]:
    """Return the largest gain of any task, and the task ``(V, M)``."""
    space = engine.space
    here = [j for j in range(len(space.slots)) if present[j] > 0]
    pools = [space.profiles(space.slots[j]) for j in (here[:1] if space.exchangeable else here)]
    places = here[:1] if space.exchangeable else here
    if len(here) == 2:
        return _best_pair(engine, metric, places, pools, here, present)
    profiles = np.concatenate(pools)
    power, distance, own, own_distance = _tables(engine, metric, places, pools, present)
    ends = np.cumsum([len(pool) for pool in pools])
    first = np.array([0] * len(here) if space.exchangeable else [0, *ends[:-1]], np.int64)
    last = np.array([ends[0]] * len(here) if space.exchangeable else ends, np.int64)

    def part(bounds: tuple[int, int]) -> tuple[float, Codes]:
        picks = np.zeros(len(here), np.int64)
        value = oracle.try_all(
            power, distance, first, last, space.exchangeable, own, own_distance, *bounds, picks
        )
        return float(value), picks

    cuts = np.unique(np.linspace(first[0], last[0], 64 * workers + 1).astype(int))
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(part, zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)))
    value, picks = max(found, key=lambda item: item[0])
    task = np.full((len(space.slots), len(space.cells)), ABSENT, np.int64)
    for j, pick in zip(here, picks, strict=True):
        task[j] = profiles[pick]
    return value, task


def _best_pair(
    engine: Engine,
    metric: Metric,
    places: Sequence[int],
    pools: Sequence[Codes],
    here: Sequence[int],
    present: Floats,
) -> tuple[float, Codes]:
    """Return the best task of two alternatives: gains are added up draw by draw."""
    space = engine.space
    first, second = pools[0], pools[-1]
    total = np.zeros((len(first), len(second)))
    has_own = space.study.opt_out is not None and present[-1] > 0
    for case, matrices in zip(engine.cases, metric.matrices, strict=True):
        rows = _rows(case, space, places[0], first)
        others = _rows(case, space, places[-1], second)
        both = np.concatenate([rows, others])
        own_row = _own_row(case, space) if has_own else np.zeros(rows.shape[1])
        for beta, matrix in zip(case.values, matrices, strict=True):
            utility, own_utility = both @ beta, float(own_row @ beta)
            top = max(float(utility.max()), own_utility if has_own else -np.inf)
            product = rows @ matrix
            norm = np.einsum("pk,pk->p", product, rows)
            other_norm = np.einsum("pk,kl,pl->p", others, matrix, others)
            square = norm[:, None] + other_norm[None, :] - 2 * product @ others.T
            gap = both - own_row
            oracle.add_pair_gains(
                np.exp(utility - top),
                np.maximum(square, 0.0),
                math.exp(own_utility - top) if has_own else 0.0,
                np.maximum(np.einsum("pk,kl,pl->p", gap, matrix, gap), 0.0),
                total,
            )
    if space.exchangeable:
        np.fill_diagonal(total, -1.0)
    a, b = np.unravel_index(int(np.argmax(total)), total.shape)
    task = np.full((len(space.slots), len(space.cells)), ABSENT, np.int64)
    task[here[0]], task[here[1]] = first[a], second[b]
    return float(total[a, b]), task


def _tables(
    engine: Engine, metric: Metric, places: Sequence[int], pools: Sequence[Codes], present: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return exponentials and distances of all profiles at all draws."""
    space = engine.space
    has_own = space.study.opt_out is not None and present[-1] > 0
    powers, distances, owns, own_distances = [], [], [], []
    for case, matrices in zip(engine.cases, metric.matrices, strict=True):
        rows = np.concatenate(
            [_rows(case, space, j, pool) for j, pool in zip(places, pools, strict=True)]
        )
        own_row = _own_row(case, space) if has_own else np.zeros(rows.shape[1])
        for beta, matrix in zip(case.values, matrices, strict=True):
            utility = rows @ (beta * 1.0)
            own_utility = float(own_row @ beta)
            top = max(float(utility.max()), own_utility if has_own else -np.inf)
            powers.append(np.exp(utility - top))
            owns.append(math.exp(own_utility - top) if has_own else 0.0)
            product = rows @ matrix
            norm = np.einsum("pk,pk->p", product, rows)
            square = norm[:, None] + norm[None, :] - 2 * product @ rows.T
            distances.append(np.maximum(square, 0.0))
            gap = rows - own_row
            own_distances.append(np.maximum(np.einsum("pk,pk->p", gap @ matrix, gap), 0.0))
    return np.array(powers), np.array(distances), np.array(owns), np.array(own_distances)


def _rows(case: Case, space: TaskSpace, j: int, pool: Codes) -> Floats:
    codes = np.full((len(pool), len(space.slots), len(space.cells)), 0, np.int64)
    codes[:, j] = pool
    rows: Floats = rows_of(case.coding, codes)[:, j]
    return rows


def _own_row(case: Case, space: TaskSpace) -> Floats:
    codes = np.zeros((1, len(space.slots), len(space.cells)), np.int64)
    row: Floats = rows_of(case.coding, codes)[0, -1]
    return row


class Climber:
    """Climbing from tasks by lot; the metric is that of the scaled columns of the search."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._moves = 60
        size = engine.tables.base.shape[2]
        most = max(len(case.weights) for case in engine.cases)
        self._beta = np.zeros((len(engine.cases), most, size))
        self._draws = np.array([len(case.weights) for case in engine.cases], np.int64)
        for s, case in enumerate(engine.cases):
            scaled = case.values * case.scale
            self._beta[s, : len(scaled), : scaled.shape[1]] = scaled

    def climb(
        self, metric: Metric, present: Floats, rng: np.random.Generator, start: Codes | None
    ) -> tuple[float, Codes]:
        """Return a task that no exchange of one group of attributes makes more informative.

        Parameters
        ----------
        metric : Metric
            For rows divided by the scale of their columns.
        start : ndarray of shape (V, M), optional
            Where to begin; by lot without it.
        """
        engine = self._engine
        space = engine.space
        task = _draw(space, present, rng) if start is None else start.copy()
        stack = np.zeros((*self._beta.shape, self._beta.shape[2]))
        for s, matrices in enumerate(metric.matrices):
            draws, size = matrices.shape[:2]
            stack[s, :draws, :size, :size] = matrices
        codes = np.full((engine.alternatives, len(space.cells)), ABSENT, np.int64)
        codes[: len(task)] = task
        place = place_codes(space, engine.places, task[None])[0]
        value = oracle.climb(
            engine.tables, engine.places, present, len(space.slots), space.exchangeable,
            self._beta, stack, self._draws, codes, place, self._moves,
        )  # fmt: skip
        return float(value), codes[: len(task)].copy()


def _draw(space: TaskSpace, present: Floats, rng: np.random.Generator) -> Codes:
    for _ in range(200):
        task = np.full((len(space.slots), len(space.cells)), ABSENT, np.int64)
        for j, slot in enumerate(space.slots):
            if present[j] > 0:
                for group in slot.groups:
                    pick = group.combinations[rng.integers(len(group.combinations))]
                    task[j, list(group.attributes)] = pick
        if not _twice(space, task, present):
            return task
    raise DesignError(
        "no task with different alternatives was found by lot",
        where=f"study '{space.study.id}'",
        cure="Add levels, or ask for fewer alternatives.",
    )


def _twice(space: TaskSpace, task: Codes, present: Floats) -> bool:
    if not space.exchangeable:
        return False
    shown = [tuple(row) for row, here in zip(task, present, strict=False) if here > 0]
    return len(set(shown)) < len(shown)
