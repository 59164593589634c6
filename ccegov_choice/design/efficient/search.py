"""Running many searches in threads, within a time or a number of runs, and keeping the best."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ccegov_choice.design.candidates import ABSENT, Codes, task_key
from ccegov_choice.design.efficient.effort import (
    Effort,
    Progress,
    Watch,
    Work,
    length_of,
    this_processor,
)
from ccegov_choice.design.efficient.engine import Engine, Search, cooling, seed_of
from ccegov_choice.design.efficient.rules import Rules
from ccegov_choice.errors import DesignError, Problem
from ccegov_choice.kernels.rules import all_breaches

# temperatures, in units of the logarithm of the error: one level of many matters less, so both are
# divided by the number of levels shown in the design
WARMEST, COOLEST = 0.3, 0.012
MOST_COLD = 400
GLANCE = 0.15  # seconds of sweeps between looks at the clock
LAST_RUNS = 100_000


@dataclass(frozen=True)
class Found:
    """A design that a run ended with.

    Parameters
    ----------
    codes : ndarray of shape (T, V, M)
        Level codes.
    breaches : float
        Rules that it breaks.
    error : float
        Its criterion, as the search sees it.
    work : Work
        How to find it again.
    """

    codes: Codes
    breaches: float
    error: float
    work: Work

    @property
    def rank(self) -> tuple[float, float, int]:
        """Order: fewest breaches, smallest error, earliest run."""
        return self.breaches, self.error, self.work.run


@dataclass
class _Clock:
    """What the threads share: the time, the tally and the wish to stop."""

    began: float
    budget: float | None
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    runs: int = 0
    sweeps: int = 0
    best: tuple[float, float, int] = (math.inf, math.inf, 0)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    @property
    def over(self) -> bool:
        return self.stop.is_set() or (self.budget is not None and self.seconds >= self.budget)


@dataclass(frozen=True)
class Task:
    """Everything that a run is made of.

    Parameters
    ----------
    engine : Engine
        Packed problem.
    rules : Rules
        Where patterns of partial profiles come from.
    starts : sequence of ndarray of shape (U, V, M)
        Starts made by theory; the first runs descend from them.
    seed : int
        Seed of all runs.
    effort : Effort
        Settings.
    """

    engine: Engine
    rules: Rules
    starts: Sequence[Codes]
    seed: int
    effort: Effort

    def begin(self, run: int) -> Search:
        """Return a search at its start."""
        engine = self.engine
        rng = np.random.default_rng([self.seed, 2, run])
        tied = self.rules.tied(engine.space, engine.tasks, rng)
        start = self.starts[run] if run < len(self.starts) else None
        return Search(engine, seed_of(self.seed, run), tied, start)

    def heats(self, length: int) -> list[float]:
        """Return the temperatures of a run."""
        tasks = max(1, self.engine.tasks - len(self.engine.fixed))
        shown = tasks * max(1, sum(len(slot.attributes) for slot in self.engine.space.slots))
        return [float(h) for h in cooling(WARMEST / shown, COOLEST / shown, length)]

    @cached_property
    def unit(self) -> int:
        """Sweeps of the shortest run: as many as take about 50 ms, from 25 to 200."""
        engine = self.engine
        draws = engine.points.weight.size
        cost = engine.tasks * engine.most_moves * (draws * 1e-8 + 3e-7)
        return int(min(200, max(25, 0.05 / cost)))

    def length(self, run: int) -> int:
        """Return how many warm sweeps a run is laid out for; none from a start of theory."""
        return 0 if run < len(self.starts) else length_of(run - len(self.starts), self.unit)


def run_searches(task: Task, budget: float | None, watch: Watch | None, name: str) -> list[Found]:
    """Run searches until the time or the runs are over; return the best designs, best first.

    A run that the end of the time meets goes on without temperature for a moment, so that what it
    found is kept. Ctrl-C ends the search in the same way.

    Returns
    -------
    list of Found
        Different designs, at most ``effort.keep`` of them.
    """
    effort = task.effort
    task.begin(0).compile()  # not counted as time: it happens once on a machine
    clock = _Clock(time.perf_counter(), budget)
    last = effort.runs if effort.runs is not None else LAST_RUNS
    numbers = iter(range(last))
    found: dict[bytes, Found] = {}

    def work() -> None:
        while not clock.stop.is_set():
            with clock.lock:
                run = next(numbers, None)
            # the first run is always done, so that there is something to return
            if run is None or (clock.over and clock.runs + 1 > 1):
                return
            result = _one_run(task, run, clock, watch, name)
            with clock.lock:
                _keep(found, result, task, effort.keep)

    with ThreadPoolExecutor(effort.workers) as pool:
        try:
            futures = [pool.submit(work) for _ in range(effort.workers)]
            for future in futures:
                future.result()
        except KeyboardInterrupt:
            pass  # the best so far is kept
        finally:
            # inside the pool, which waits for its threads
            clock.stop.set()
    best = sorted(found.values(), key=lambda item: item.rank)
    if not best:
        raise DesignError("the search was stopped before it began", cure="Give it more time.")
    return [
        Found(item.codes, item.breaches, item.error, _with_tally(item.work, clock)) for item in best
    ]


def replay(task: Task, work: Work) -> Codes:
    """Do the recorded run again and return its design."""
    search = task.begin(work.run)
    heats = task.heats(work.length)[: work.warm] if work.length else []
    _warm(search, heats)
    if heats:
        search.back_to_best()
    for _ in range(work.cold):
        search.sweep([0.0])
    _relabel(task, search, work.run)
    return search.codes.copy()


def _with_tally(work: Work, clock: _Clock) -> Work:
    return Work(**{**work.to_dict(), "runs": clock.runs, "sweeps": clock.sweeps})


def _keep(found: dict[bytes, Found], result: Found, task: Task, most: int) -> None:
    """Keep a design unless a better or equal one shows the same tasks."""
    exchangeable = task.engine.space.exchangeable
    key = b"".join(sorted(task_key(codes, exchangeable) for codes in result.codes))
    if key not in found or result.rank < found[key].rank:
        found[key] = result
    if len(found) > most:
        worst = max(found, key=lambda k: found[k].rank)
        del found[worst]


def _one_run(task: Task, run: int, clock: _Clock, watch: Watch | None, name: str) -> Found:
    """Cool from a start of its own, then descend; look at the clock now and then."""
    search = task.begin(run)
    length = task.length(run)
    heats = task.heats(length) if length else []
    warm, chunk = 0, 1
    while warm < len(heats) and not clock.over:
        began = time.perf_counter()
        part = heats[warm : warm + chunk]
        search.sweep(part)
        warm += len(part)
        chunk = _next_chunk(chunk, time.perf_counter() - began)
        _tell(search, clock, watch, name, len(part))
    if warm:
        search.back_to_best()
    cold, rest = 0, False
    # the descent is short: it is finished even when the time is over, unless it is slow
    while cold < MOST_COLD and not rest and not clock.stop.is_set():
        if clock.over and cold > 2 and clock.budget and clock.seconds > clock.budget * 1.05 + 1:
            break
        rest = search.sweep([0.0])
        cold += 1
        _tell(search, clock, watch, name, 1)
    _relabel(task, search, run)
    with clock.lock:
        clock.runs += 1
    work = Work(
        task.effort.algorithm,
        task.effort.draws or 1,
        str(task.effort.rule),
        0,
        0,
        run,
        length,
        warm,
        cold,
        this_processor(),
    )
    return Found(search.codes.copy(), search.breaches, search.error, work)


def _warm(search: Search, heats: Sequence[float]) -> None:
    if heats:
        search.sweep(heats)


def _relabel(task: Task, search: Search, run: int) -> None:
    """Relabel and cycle levels where that helps (algorithm 'rsc' only)."""
    if task.effort.algorithm == "rsc":
        search.relabel(np.random.default_rng([task.seed, 3, run]))


def _next_chunk(chunk: int, seconds: float) -> int:
    if seconds < GLANCE / 2:
        return min(chunk * 2, 4096)
    return max(1, chunk // 2) if seconds > GLANCE * 2 else chunk


def _tell(search: Search, clock: _Clock, watch: Watch | None, name: str, sweeps: int) -> None:
    rank = (search.breaches, search.error, 0)
    with clock.lock:
        clock.sweeps += sweeps
        better = rank[:2] < clock.best[:2]
        if better:
            clock.best = rank
        best = clock.best[1] if clock.best[0] == 0 else math.inf
        progress = Progress(clock.seconds, clock.runs, clock.sweeps, best, name, clock.budget)
        # told under the lock, so that lines come one after the other
        if watch is None:
            return
        try:
            watch(progress)
        except KeyboardInterrupt:
            clock.stop.set()


def breaches_of(engine: Engine, codes: Codes) -> int:
    """Return how many rules coded tasks ``(T, V, M)`` break; partial profiles are not looked at."""
    T, V, M = codes.shape
    full = np.full((T, engine.alternatives, M), ABSENT, np.int64)
    full[:, :V] = codes
    tied = np.zeros((T, M), np.int64)
    counts = np.zeros_like(engine.rules.least)
    found = all_breaches(engine.rules, full, engine.present, tied, counts)
    return int(found) - engine.given_breaches


def explain_breaches(rules: Rules, engine: Engine, codes: Codes) -> list[Problem]:
    """Say which rules a design breaks, and the nearest change of the rules that would do."""
    from ccegov_choice.design import measures

    space = engine.space
    problems = []
    where = f"study '{space.study.id}'"
    repeated = measures.repeated_tasks(space, codes)
    if repeated and not rules.repeated:
        named = ", ".join(f"{b + 1} repeats {a + 1}" for a, b in repeated[:4])
        problems.append(
            Problem(
                f"{len(repeated)} tasks have to come twice (task {named})",
                f"Ask for {len(codes) - len(repeated)} tasks, or allow Rules(repeated=True).",
                where,
            )
        )
    dominated = {t for t, _, _ in measures.dominated(space, codes)}
    if dominated and not rules.dominated:
        problems.append(
            Problem(
                f"{len(dominated)} tasks cannot avoid an alternative that is dominated",
                "Allow Rules(dominated=True), add an attribute, or take fewer tasks.",
                where,
            )
        )
    packed = engine.rules
    for m, name in enumerate(space.study.attribute_ids):
        rows = {int(r) for r in packed.count_row[:, m] if r >= 0}
        for row in rows:
            slots = [j for j in range(len(space.slots)) if packed.count_row[j, m] == row]
            shown = [int((codes[:, slots, m] == v).sum()) for v in range(space.level_counts[m])]
            least = packed.least[row, : len(shown)]
            low, high = int(least.max()), int(packed.most[row, 0])
            able = [count for count, floor in zip(shown, least, strict=True) if floor == low]
            if min(able) < low or max(shown) > high:
                even = sum(shown) / len(able)
                slack = max(even - min(able), max(shown) - even) / even
                problems.append(
                    Problem(
                        f"the levels of '{name}' are shown {', '.join(map(str, shown))} times, and "
                        f"the rules ask for {low} to {high}",
                        f"Allow balance_of={{'{name}': {math.ceil(slack * 100) / 100:g}}}, or "
                        "relax the constraints that tie it.",
                        where,
                    )
                )
        problems += _tie_problems(engine, codes, m, name, where)
    if not problems:
        problems.append(
            Problem(
                "the rules cannot all be kept at once",
                "Relax overlap or balance, or give the search more time.",
                where,
            )
        )
    return problems


def _tie_problems(engine: Engine, codes: Codes, m: int, name: str, where: str) -> list[Problem]:
    space, most = engine.space, int(engine.rules.ties[m])
    slots = [j for j, slot in enumerate(space.slots) if m in slot.attributes]
    column = codes[:, slots, m]
    ties = [
        sum(int(a == b) for i, a in enumerate(task) for b in task[:i] if a >= 0) for task in column
    ]
    over = sum(count > most for count in ties)
    if not over or engine.rules.tied_attributes < 0:
        return []
    return [
        Problem(
            f"alternatives have to share levels of '{name}' in {over} tasks",
            f"Use overlap={{'{name}': 'any'}}, or relax the constraints that tie it.",
            where,
        )
    ]
