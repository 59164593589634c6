"""Refining a design for the model it is made for: exchanges judged by the exact criterion.

The fast search knows the multinomial logit only. Its design is a good start for other models, and
is improved here one exchange at a time, over a few draws of the prior.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import ABSENT, Codes, TaskSpace
from ccegov_choice.design.efficient.assumed import Assumed, PanelMixed, require_fit
from ccegov_choice.design.efficient.assumed_error import (
    Target,
    assumed_error,
    make_points,
    present_of,
)
from ccegov_choice.design.efficient.assumed_points import Point
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.effort import Progress, Watch
from ccegov_choice.design.efficient.encoding import pack_places, place_codes, rows_of
from ccegov_choice.design.efficient.engine import Case, no_rules
from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.kernels import descent
from ccegov_choice.kernels.information import State
from ccegov_choice.kernels.rules import Rules, all_breaches, repeats, task_breaches

Floats = npt.NDArray[np.float64]

# gain in the logarithm of the error below which an exchange is not worth making
LEAST_GAIN = 1e-9
MOST_SWEEPS = 200
GLANCE = 0.5  # seconds between lines of progress


@dataclass(frozen=True, eq=False)
class Refined:
    """A design that was refined.

    Parameters
    ----------
    codes : ndarray of shape (T, V, M)
        Level codes.
    error, start : float
        The criterion under the assumed model, now and before.
    visits : int
        Tasks visited; doing as many again from the same start gives the same design.
    moves : int
        Exchanges made.
    rest : bool
        True where no exchange is better any more.
    """

    codes: Codes
    error: float
    start: float
    visits: int
    moves: int
    rest: bool

    @property
    def work(self) -> dict[str, Any]:
        """What has to be recorded for a replay, besides the start, the seed and the settings."""
        return {"visits": self.visits, "moves": self.moves, "rest": self.rest}


def refine(
    space: TaskSpace,
    cases: Sequence[Case],
    assumed: Assumed,
    criterion: Criterion,
    codes: Codes,
    *,
    block: Codes,
    present: Floats | None = None,
    rules: Rules | None = None,
    tied: Codes | None = None,
    fixed: int = 0,
    sweeps: int | None = None,
    visits: int | None = None,
    seconds: float | None = None,
    seed: int = 1,
    threads: int = 1,
    watch: Watch | None = None,
) -> Refined:
    """Improve a design for the model it is made for.

    Every task is visited in turn, in an order by lot. At a visit all exchanges of one group of
    attributes in one alternative are weighed by the criterion itself, and the best one that
    breaks no rule more than before is made, as long as it is better. The design never ends worse
    than it started.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    cases : sequence of Case
        Priors and people, with few draws (16 or so), made with
        `ccegov_choice.design.efficient.assumed.utility_part` of the criterion.
    assumed : Multinomial, Nested or PanelMixed
        The model.
    criterion : Criterion
        See `assumed_error`.
    codes : ndarray of shape (T, V, M)
        Level codes to start from.
    block : ndarray of shape (T,)
        Block of each task; it stays.
    present : ndarray of shape (T, J), optional
        One where an alternative is on offer; all of them by default.
    rules : Rules, optional
        Packed rules; without them alternatives of a task only stay different.
    tied : ndarray of shape (T, M), optional
        One for attributes that all alternatives of a task show alike (partial profiles).
    fixed : int
        So many tasks, which stand first, stay as they are.
    sweeps, visits : int, optional
        Stop after so many sweeps over all tasks, or visits to one. Without them, and without
        `seconds`, the design is refined until no exchange is better.
    seconds : float, optional
        Stop after this time, or at Ctrl-C; ``visits`` of the result replays what was done.
    seed : int
        Seed of the order in which tasks are visited.
    threads : int
        Draws of the prior are weighed in so many threads; the result does not depend on it.
    watch : callable, optional
        Told of the progress at most twice a second.

    Raises
    ------
    DesignError
        Listing everything that does not fit together.

    Notes
    -----
    A visit costs, for every exchange and every draw of the prior, ``O(J P**2 + P**3)`` for nested
    logit, and ``O(N R (K + 2 M))`` for panel mixed logit with ``N`` people and ``R`` draws.
    """
    offer = present_of(space, codes, present)
    marks = np.asarray(block, np.int64)
    _check(space, cases, assumed, criterion, codes, marks, offer)
    packed = rules if rules is not None else no_rules(space, offer.shape[1])
    bound = np.zeros((len(codes), codes.shape[2]), np.int64) if tied is None else tied
    job = _Job(space, cases, assumed, criterion, codes, marks, offer, packed, bound, fixed)
    limit = _limit(len(job.freedom.tasks), sweeps, visits, seconds)
    clock = _Clock(limit, seconds, criterion.name, watch)
    # only simulation is so much work for a draw that handing it to a thread pays
    many = threads > 1 and isinstance(assumed, PanelMixed)
    with ThreadPoolExecutor(max(1, threads)) as pool:
        rest = _run(job, clock, seed, pool if many else None)
    return _finish(job, rest)


class Done(NamedTuple):
    """Work done so far, and the design that it led to."""

    visits: int
    moves: int
    codes: Codes


class _Clock:
    """How much may be done, and who is told."""

    def __init__(self, limit: int, seconds: float | None, name: str, watch: Watch | None) -> None:
        self.limit, self.budget, self.name, self.watch = limit, seconds, name, watch
        self.began = self.told = time.perf_counter()

    def over(self, visits: int) -> bool:
        if visits >= self.limit:
            return True
        return self.budget is not None and time.perf_counter() - self.began >= self.budget

    def tell(self, sweep: int, log_error: float) -> None:
        now = time.perf_counter()
        if self.watch is None or now - self.told < GLANCE:
            return
        self.told = now
        error = math.exp(min(log_error, 700.0))
        self.watch(Progress(now - self.began, 1, sweep, error, self.name, self.budget))


class _Job:
    """The design while it is refined, at every draw of every case."""

    def __init__(
        self,
        space: TaskSpace,
        cases: Sequence[Case],
        assumed: Assumed,
        criterion: Criterion,
        codes: Codes,
        block: Codes,
        present: Floats,
        rules: Rules,
        tied: Codes,
        fixed: int,
    ) -> None:
        T, V, M = codes.shape
        J = present.shape[1]
        self.space, self.cases, self.assumed, self.criterion = space, cases, assumed, criterion
        self.start, self.block, self.rules = codes.copy(), block, rules
        self.places = pack_places(space, J)
        full = np.full((T, J, M), ABSENT, np.int64)
        full[:, :V] = codes
        nothing = np.zeros((1, 1, 1, 1, 1)), np.zeros((1, 1, 1))
        place = place_codes(space, self.places, codes)
        self.state = State(full, place, present, *nothing)
        free = np.arange(fixed, T)
        self.freedom = descent.Freedom(free, np.ascontiguousarray(tied, np.int64))
        self.counts = np.zeros(rules.least.shape, np.int64)
        self.breaches = self.count_breaches()
        self.done = Done(0, 0, codes.copy())
        self.list = np.zeros((self._most_moves(), 3), np.int64)
        self.points: list[tuple[int, Point, Target]] = [
            (s, point, Target.of(case, draw, assumed, criterion))
            for s, case in enumerate(cases)
            for draw, point in enumerate(make_points(space, case, assumed, codes, block, present))
        ]
        self.weights = np.concatenate([case.weights for case in cases])

    def count_breaches(self) -> int:
        """Count levels anew, and return how many rules are broken."""
        state = self.state
        return int(
            all_breaches(self.rules, state.codes, state.present, self.freedom.tied, self.counts)
        )

    def weigh(self, t: int, pool: ThreadPoolExecutor | None) -> tuple[Codes, Floats]:
        """Return the moves of a task, the first leaving it as it is, and their log errors."""
        moves, trial = self._trials(t)
        rows = [rows_of(case.coding, trial) for case in self.cases]

        def one(item: tuple[int, Point, Target]) -> Floats:
            s, point, target = item
            return target.log_errors(*point.weigh(t, rows[s]))

        found = list(pool.map(one, self.points) if pool else map(one, self.points))
        return moves, average_logs(np.array(found), self.weights, self.criterion)

    def visit(self, t: int, pool: ThreadPoolExecutor | None) -> tuple[bool, float]:
        """Make the best move of a task; return whether there was one, and the log error."""
        moves, cost = self.weigh(t, pool)
        state, tied = self.state, self.freedom.tied
        before = task_breaches(self.rules, state.codes[t], state.present[t], tied[t])
        before += repeats(self.rules, state.codes, state.present, t)
        for c in np.argsort(cost, kind="stable"):
            if not cost[c] < cost[0] - LEAST_GAIN:
                break
            added = descent.added_breaches(
                self.places, self.rules, state, self.freedom, self.counts, t, moves[c], before
            )
            if added <= 0:
                self._make(t, moves[c])
                return True, float(cost[c])
        return False, float(cost[0])

    def _trials(self, t: int) -> tuple[Codes, Codes]:
        """Return the moves of a task and what it would show, ``(C, J, M)``."""
        state, places = self.state, self.places
        count = descent.list_moves(places, state, self.freedom, self.rules.varied, t, self.list)
        moves = self.list[:count].copy()
        trial = np.repeat(state.codes[t : t + 1], count, axis=0)
        for c in range(1, count):
            j, g, combo = moves[c]
            first, last = places.member_offsets[g], places.member_offsets[g + 1]
            trial[c, j, places.members[first:last]] = places.combos[combo, : last - first]
        return moves, trial

    def _make(self, t: int, move: Codes) -> None:
        descent.put(self.places, self.state, t, move[0], move[1], move[2])
        rows = [rows_of(case.coding, self.state.codes[t : t + 1])[0] for case in self.cases]
        for s, point, _ in self.points:
            point.put(t, rows[s])
        self.breaches = self.count_breaches()

    def note(self, better: bool) -> None:
        """Note a visit that is over: one assignment, so that Ctrl-C finds a whole record."""
        visits, moves, codes = self.done
        if better:
            moves, codes = moves + 1, self.state.codes[:, : self.start.shape[1]].copy()
        self.done = Done(visits + 1, moves, codes)

    def _most_moves(self) -> int:
        near = np.diff(self.places.near_offsets)
        ends = itertools.pairwise(self.places.combo_offsets)
        return 1 + sum(int(near[a:b].max(initial=0)) for a, b in ends)


def average_logs(logs: Floats, weights: Floats, criterion: Criterion) -> Floats:
    """Average errors over draws as a criterion asks for, given and returned as logarithms.

    Parameters
    ----------
    logs : ndarray of shape (R, C)
        Logarithms of the errors.
    weights : ndarray of shape (R,)
        They sum to one.
    criterion : Criterion
        How to average.

    Returns
    -------
    ndarray of shape (C,)
    """
    if criterion.averaging == 1:
        mean: Floats = (weights[:, None] * logs).sum(axis=0)
        return mean
    if criterion.averaging == 2:
        order = np.argsort(logs, axis=0, kind="stable")
        reached = np.cumsum(weights[order], axis=0)
        place = np.minimum((reached < criterion.share - 1e-12).sum(axis=0), len(logs) - 1)
        chosen: Floats = np.take_along_axis(np.take_along_axis(logs, order, 0), place[None], 0)[0]
        return chosen
    top = logs.max(axis=0)
    total: Floats = top + np.log((weights[:, None] * np.exp(logs - top)).sum(axis=0))
    return total


def _run(job: _Job, clock: _Clock, seed: int, pool: ThreadPoolExecutor | None) -> bool:
    """Visit tasks until nothing is better or the work is done; return whether it is at rest."""
    moved = bool(len(job.freedom.tasks))
    try:
        for sweep, order in enumerate(_orders(job.freedom.tasks, seed)):
            if not moved:
                return True
            moved = False
            for t in order:
                if clock.over(job.done.visits):
                    return False
                better, log_error = job.visit(int(t), pool)
                job.note(better)
                moved = moved or better
                clock.tell(sweep, log_error)
    except KeyboardInterrupt:
        return False
    return not moved


def _orders(free: Codes, seed: int) -> Iterator[Codes]:
    """Yield the order of the tasks in each sweep."""
    rng = np.random.default_rng([seed, 6])
    for _ in range(MOST_SWEEPS if len(free) else 0):
        yield rng.permutation(free)


def _finish(job: _Job, rest: bool) -> Refined:
    """Work both errors out anew; the start is kept if it is not worse after all."""
    errors = [
        assumed_error(
            job.space, job.cases, job.assumed, job.criterion, codes,
            block=job.block, present=job.state.present,
        ).value
        for codes in (job.start, job.done.codes)
    ]  # fmt: skip
    better = errors[1] <= errors[0]
    codes, error = (job.done.codes, errors[1]) if better else (job.start, errors[0])
    return Refined(codes, error, errors[0], job.done.visits, job.done.moves, rest)


def _limit(tasks: int, sweeps: int | None, visits: int | None, seconds: float | None) -> int:
    given: Mapping[str, float | None] = {"sweeps": sweeps, "visits": visits, "seconds": seconds}
    problems = [
        Problem(f"{name} = {value:g} is below 0", f"Give {name} from 0 up.", "refine")
        for name, value in given.items()
        if value is not None and value < 0
    ]
    if problems:
        raise DesignError.of(problems, "The work has {count} problems:")
    found = [MOST_SWEEPS * tasks]
    found += [] if sweeps is None else [sweeps * tasks]
    found += [] if visits is None else [visits]
    return min(found)


def _check(
    space: TaskSpace,
    cases: Sequence[Case],
    assumed: Assumed,
    criterion: Criterion,
    codes: Codes,
    block: Codes,
    present: Floats,
) -> None:
    """Refuse a model that does not fit, and a criterion about nothing."""
    for case in cases:
        require_fit(assumed, space, case.coding.utility)
    problems = []
    if len(block) != len(codes):
        text = f"blocks are given for {len(block)} of {len(codes)} tasks"
        problems.append(Problem(text, "Give the block of every task.", "refine"))
    if len(present) != len(codes):
        text = f"what is on offer is given for {len(present)} of {len(codes)} tasks"
        problems.append(Problem(text, "Give a row for every task.", "refine"))
    for case in cases:
        names = (*case.coding.utility.names, *assumed.added)
        problems += [
            unknown_name(name, names, "coefficient", where="nuisance")
            for name in criterion.nuisance
            if name not in names
        ]
        if criterion.kind == "D" and all(name in criterion.nuisance for name in names):
            text = "every parameter is called a nuisance"
            problems.append(Problem(text, "Name what the study is about.", "criterion"))
    if problems:
        raise DesignError.of(problems, "The design cannot be refined ({count} problems):")
