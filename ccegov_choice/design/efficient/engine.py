"""The search as arrays: cases, draws, rules and aim packed for the kernels, and single searches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import ABSENT, Codes, TaskSpace
from ccegov_choice.design.efficient.encoding import Coding, pack_places, pack_tables, place_codes
from ccegov_choice.kernels import descent, swaps
from ccegov_choice.kernels.exchange import new_changes
from ccegov_choice.kernels.information import Places, Points, Room, State, Tables, new_room
from ccegov_choice.kernels.rules import Rules, task_breaches

Floats = npt.NDArray[np.float64]

# bytes of the inverse information of one tile: it should stay in the second-level cache

TILE_BYTES = 640_000
WIDEST, NARROWEST = 256, 16
# weight of what a criterion does not ask for: next to nothing, unless it is not identified at all
FAINT = 1e-5
# tasks that a task is paired with for swaps in a warm sweep
PARTNERS = 3


@dataclass(frozen=True)
class Case:
    """One model for one kind of person, with the draws of its prior.

    Parameters
    ----------
    coding : Coding
        The utility, written out.
    weights : ndarray of shape (R,)
        Weights of the draws; over all cases they sum to one.
    values : ndarray of shape (R, K)
        Coefficients.
    nuisance : ndarray of shape (K,), bool
        Coefficients whose precision does not matter.
    loads : ndarray of shape (R, F, K)
        Combinations of coefficients whose variances count; F is 0 for determinants.
    """

    coding: Coding
    weights: Floats
    values: Floats
    nuisance: npt.NDArray[np.bool_]
    loads: Floats

    @property
    def scale(self) -> Floats:
        """What each column is divided by in the search, ``(K,)``."""
        ranges = self.coding.ranges
        return np.where(ranges > 0, ranges, 1.0)


@dataclass(frozen=True)
class Engine:
    """Everything that all searches for one design share.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    cases : sequence of Case
        Models and people.
    rules : Rules
        What a design has to keep.
    present : ndarray of shape (T, J)
        One where an alternative is on offer in a task.
    fixed : ndarray of shape (U, V, M)
        Tasks that stand first and stay as they are.
    largest, average, quantile
        See `ccegov_choice.kernels.descent.Aim`.
    whole : bool
        Exchange whole profiles (modified Fedorov).
    """

    space: TaskSpace
    cases: tuple[Case, ...]
    rules: Rules
    present: Floats
    fixed: Codes
    largest: bool = False
    average: int = 0
    quantile: float = 0.5
    whole: bool = False
    swapping: bool = False
    exchanging: bool = True

    @cached_property
    def places(self) -> Places:
        """Groups and their combinations."""
        return pack_places(self.space, self.alternatives, whole=self.whole)

    @cached_property
    def tables(self) -> Tables:
        """The coding of every case."""
        codings = [case.coding for case in self.cases]
        return pack_tables(codings, [case.scale for case in self.cases], self.places)

    @property
    def tasks(self) -> int:
        """Tasks in the design, the fixed ones included."""
        return len(self.present)

    @property
    def alternatives(self) -> int:
        """Alternatives of a task, the opt-out included."""
        return int(self.present.shape[1])

    @cached_property
    def width(self) -> int:
        """Draws of a tile."""
        most = max(len(case.weights) for case in self.cases)
        size = max(case.coding.utility.size for case in self.cases)
        widest = int(max(NARROWEST, min(WIDEST, TILE_BYTES // (8 * size * size))))
        return int(-(-most // -(-most // widest)))

    @cached_property
    def points(self) -> Points:
        """Draws of all cases, in tiles."""
        W, size = self.width, self.tables.base.shape[2]
        beta, weight, case = [], [], []
        cases = len(self.cases)
        nuisance, exponent, offset = np.zeros((cases, size)), np.zeros(cases), np.zeros(cases)
        for s, item in enumerate(self.cases):
            K = item.coding.utility.size
            matters = ~item.nuisance
            nuisance[s, :K] = item.nuisance
            exponent[s] = 1.0 / matters.sum()
            offset[s] = -2.0 * np.log(item.scale[matters]).sum() * exponent[s]
            for first in range(0, len(item.weights), W):
                part = item.values[first : first + W] * item.scale
                tile = np.zeros((size, W))
                tile[:K, : len(part)] = part.T
                beta.append(tile)
                weight.append(np.pad(item.weights[first : first + W], (0, W - len(part))))
                case.append(s)
        return Points(
            np.array(beta), np.array(weight), np.array(case, np.int64), nuisance, exponent, offset
        )

    @cached_property
    def aim(self) -> descent.Aim:
        """What is made small."""
        W, size = self.width, self.tables.base.shape[2]
        guarded = [_guarded(item.loads / item.scale) for item in self.cases]
        F = max(rows.shape[1] for rows in guarded)
        tiles = len(self.points.case)
        loads = np.zeros((tiles, F, size if F else 0, W))
        n = 0
        for rows in guarded:
            _, own, K = rows.shape
            for first in range(0, len(rows), W):
                if F:
                    part = rows[first : first + W]
                    loads[n, :own, :K, : len(part)] = part.transpose(1, 2, 0)
                    # padding draws repeat the first one, whose variances are not zero
                    loads[n, :own, :K, len(part) :] = part[:1].transpose(1, 2, 0)
                n += 1
        return descent.Aim(loads, int(self.largest), self.average, self.quantile)

    @cached_property
    def given_breaches(self) -> int:
        """Rules that the fixed tasks break by themselves: they were asked for, and stay."""
        V, M = len(self.space.slots), len(self.space.cells)
        found = 0
        for task, present in zip(self.fixed, self.present, strict=False):
            full = np.full((self.alternatives, M), ABSENT, np.int64)
            full[:V] = task
            found += task_breaches(self.rules, full, present, np.zeros(M, np.int64))
        return int(found)

    @property
    def most_moves(self) -> int:
        """The most moves that a task may have, and one for leaving it."""
        total = 1
        for g in range(len(self.places.combo_offsets) - 1):
            first, last = self.places.combo_offsets[g], self.places.combo_offsets[g + 1]
            total += int(np.diff(self.places.near_offsets[first : last + 1]).max(initial=0))
        return total

    @property
    def most_affected(self) -> int:
        """The most coefficients that a group affects."""
        return int(np.diff(self.tables.affected_offsets, axis=1).max(initial=1))


def _guarded(loads: Floats) -> Floats:
    """Return combinations ``(R, F, K)`` with faint ones for the directions that none of them reads.

    The best design for a few combinations alone often identifies nothing else, and then the model
    cannot be estimated at all.
    """
    if not loads.shape[1]:
        return loads
    _, sizes, directions = np.linalg.svd(loads[0])
    unread = directions[int((sizes > 1e-9 * sizes[0]).sum()) :]
    weight = np.sqrt(FAINT * (loads**2).sum(axis=(1, 2)))
    return np.concatenate([loads, weight[:, None, None] * unread], axis=1)


class Search:
    """One search: a start and everything that changes on the way; used by one thread."""

    def __init__(self, engine: Engine, seed: int, tied: Codes, start: Codes | None = None) -> None:
        self.engine = engine
        T, J, M = engine.tasks, engine.alternatives, len(engine.space.cells)
        points = engine.points
        N, size, W = points.beta.shape
        layers = 2 if points.nuisance.any() and not engine.aim.loads.size else 1
        groups = len(engine.places.member_offsets) - 1
        self._state = State(
            np.full((T, J, M), ABSENT, np.int64),
            np.zeros((T, groups), np.int64),
            engine.present,
            np.zeros((layers, N, size, size, W)),
            np.zeros((layers, N, W)),
        )
        free = np.arange(len(engine.fixed), T)
        self._freedom = descent.Freedom(free, tied)
        self._stream = np.array([seed], np.uint64)
        self._order = free.copy()
        self._counts = np.zeros((len(engine.rules.least), engine.rules.least.shape[1]), np.int64)
        self._record = np.array([np.inf, np.inf, 0.0, 0.0, 1.0])
        self.best: Codes = self._state.codes.copy()
        self._room: Room = new_room(J, size, W)
        self._matrix = np.zeros((size, size, W))
        moves = engine.most_moves
        self._moves = np.zeros((moves, 3), np.int64)
        self._changes = new_changes(moves, J, engine.most_affected, W)
        self._log_error = np.zeros((N, moves, W))
        self._cost, self._pull = np.zeros(moves), np.zeros(moves)
        self._pair: swaps.Pair | None = None
        self._put(np.arange(len(engine.fixed)), engine.fixed)
        if start is None:
            descent.start_by_lot(engine.places, self._state, self._freedom, self._stream)
        else:
            self._put(free, start)
            for t in map(int, free):
                descent.make_equal(engine.places, self._state, self._freedom, t)
        self.best[:] = self._state.codes

    def _put(self, tasks: Codes, codes: Codes) -> None:
        if len(tasks):
            V = len(self.engine.space.slots)
            self._state.codes[tasks, :V] = codes
            self._state.place[tasks] = place_codes(self.engine.space, self.engine.places, codes)

    @property
    def codes(self) -> Codes:
        """Level codes ``(T, V, M)`` of the best design met."""
        return self.best[:, : len(self.engine.space.slots)]

    @property
    def breaches(self) -> float:
        """How many rules the best design breaks, besides what fixed tasks break."""
        return float(self._record[0]) - self.engine.given_breaches

    @property
    def log_error(self) -> float:
        """Logarithm of its error, the ridge included."""
        return float(self._record[1])

    @property
    def error(self) -> float:
        """Its error, the ridge included."""
        return math.exp(min(self.log_error, 700.0))

    @property
    def sweeps(self) -> int:
        """Sweeps done."""
        return int(self._record[2])

    @property
    def moves(self) -> int:
        """Moves made."""
        return int(self._record[3])

    def relabel(self, rng: np.random.Generator, trials: int = 200) -> None:
        """Try other labels for the levels of an attribute, in one alternative or in all.

        A relabelling is a permutation of levels, a cycling a shift of them in one task. What is
        better is kept and swapped further.
        """
        self.back_to_best()
        free = self._freedom.tasks
        for _ in range(trials):
            before = self.codes[free].copy()
            trial = self._relabelled(before, rng)
            if trial is None:
                continue
            self._put(free, trial)
            self._record[4] = 1.0
            reached = tuple(self._record[:2])
            self.sweep([0.0])
            if tuple(self._record[:2]) >= reached:
                self.back_to_best()

    def _relabelled(self, codes: Codes, rng: np.random.Generator) -> Codes | None:
        space = self.engine.space
        m = int(rng.integers(len(space.cells)))
        count = space.level_counts[m]
        slots = [j for j, slot in enumerate(space.slots) if m in slot.attributes]
        if not slots:
            return None
        trial = codes.copy()
        if rng.random() < 0.5:
            chosen = slots if rng.random() < 0.5 else [slots[int(rng.integers(len(slots)))]]
            lookup = np.append(rng.permutation(count), ABSENT)
            trial[:, chosen, m] = lookup[codes[:, chosen, m]]
        else:
            t, step = int(rng.integers(len(codes))), int(rng.integers(1, max(count, 2)))
            column = codes[t, slots, m]
            trial[t, slots, m] = np.where(column == ABSENT, ABSENT, (column + step) % count)
        allowed = all(
            bool((slot.allows(trial[:, j]) | (trial[:, j] == ABSENT).all(axis=1)).all())
            for j, slot in enumerate(space.slots)
        )
        return trial if allowed else None

    def back_to_best(self) -> None:
        """Go on from the best design met."""
        free = self._freedom.tasks
        self._put(free, self.codes[free].copy())
        self._record[4] = 1.0

    def compile(self) -> None:
        """Let the kernels be compiled, or read from the cache, without moving anything."""
        self._exchange(np.zeros(0))
        if self.engine.swapping:
            order, self._order = self._order, self._order[:0]
            self._swap(0.0, 0)
            self._order = order
            self._record[2] -= 1.0

    def sweep(self, temperatures: Sequence[float] | Floats) -> bool:
        """Sweep once for each temperature; return whether the search is at rest."""
        heats = np.asarray(temperatures, np.float64)
        engine, rest = self.engine, True
        if not engine.swapping:
            return self._exchange(heats)
        for heat in heats:
            rest = self._exchange(np.array([heat])) if engine.exchanging else True
            # warm sweeps pair each task with a few others by lot, the last ones with all
            rest = self._swap(float(heat), PARTNERS if heat > 0 else 0) and rest
            if rest and heat == 0.0:
                return True
        return False

    def _exchange(self, heats: Floats) -> bool:
        engine = self.engine
        return bool(
            descent.search(
                engine.tables, engine.places, engine.points, engine.rules, engine.aim,
                self._state, self._freedom, self._counts, self._stream, self._order, self.best,
                self._record, heats, self._room, self._matrix, self._moves, self._changes,
                self._log_error, self._cost, self._pull,
            )
        )  # fmt: skip

    def _swap(self, heat: float, partners: int) -> bool:
        engine = self.engine
        if self._pair is None:
            _, J, M = self._state.codes.shape
            V = len(engine.space.slots)
            _, size, W = engine.points.beta.shape
            self._pair = swaps.new_pair(J, size, W)
            self._swaps = np.zeros((M * V * V + 1, 6), np.int64)
            self._swap_changes = new_changes(len(self._swaps), J, engine.most_affected, W)
            self._swap_error = np.zeros((len(engine.points.case), len(self._swaps), W))
            self._swap_cost = np.zeros((2, len(self._swaps)))
        return bool(
            swaps.swap_sweep(
                engine.tables, engine.places, engine.points, engine.rules, engine.aim,
                self._state, self._freedom, self._counts, self._stream, self._order, self.best,
                self._record, heat, partners, self._room, self._pair, self._matrix, self._swaps,
                self._swap_changes, self._swap_error, self._swap_cost[0], self._swap_cost[1],
            )
        )  # fmt: skip


def cooling(first: float, last: float, sweeps: int) -> Floats:
    """Return temperatures that fall by the same factor from sweep to sweep."""
    if sweeps == 1:
        return np.array([first])
    return first * (last / first) ** (np.arange(sweeps) / (sweeps - 1))


def seed_of(seed: int, number: int) -> int:
    """Return the seed of a single search, a whole number below 2^63."""
    state = np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0]
    return int(state >> np.uint64(1))


def no_rules(space: TaskSpace, alternatives: int) -> Rules:
    """Return rules that only keep the alternatives of a task apart."""
    M = len(space.cells)
    width = max(space.level_counts)
    quo = space.status_quo if space.exchangeable else None
    return Rules(
        len(space.slots), int(space.exchangeable),
        np.full(M, -2, np.int64) if quo is None else quo.copy(),
        0, np.full((alternatives, M), -1, np.int64),
        np.zeros((1, width), np.int64), np.full((1, width), 1 << 40, np.int64),
        np.full(M, math.comb(alternatives, 2), np.int64), M, np.zeros(M, np.int64), 0,
    )  # fmt: skip
