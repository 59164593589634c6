"""Drawing tasks by lot and evening out how often each level is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import ABSENT, Codes, Slot, TaskSpace, task_key

STARTS = 4
MOST_SWEEPS = 60
STALE_SWEEPS = 6
LOTS = 50


def draw_tasks(
    space: TaskSpace,
    tasks: int,
    rng: np.random.Generator,
    *,
    minimal_overlap: bool,
    balanced: bool,
) -> Codes:
    """Draw tasks at random and even them out; the best of a few draws is kept.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    tasks : int
        How many.
    rng : numpy.random.Generator
        Source of all lots.
    minimal_overlap, balanced : bool
        See `random_design`.

    Returns
    -------
    ndarray of shape (T, J, M)
        Level codes.

    Notes
    -----
    The loss is the sum of squared level counts, per alternative and overall, plus a large weight
    times the pairs of equal levels within a task when overlap is to be minimal. A sweep redraws
    each group of each alternative once and costs ``O(T J P)`` for ``P`` combinations.
    """
    best: Codes | None = None
    best_loss = (tasks + 1, np.inf)
    for _ in range(STARTS):
        draw = _Draw(space, tasks, rng, minimal_overlap=minimal_overlap, balanced=balanced)
        draw.improve()
        loss = (draw.repeated_tasks, draw.loss)
        if best is None or loss < best_loss:
            best, best_loss = draw.codes, loss
        if best_loss <= (draw.least_repeats, draw.least_loss):
            break
    assert best is not None
    return best


@dataclass(frozen=True)
class _Place:
    """A group of attributes of one alternative: the unit that is redrawn."""

    slot: int
    members: list[int]
    rest: list[int]
    combinations: Codes


class _Draw:
    """One random draw of all tasks, with the counts that say how even it is."""

    def __init__(
        self,
        space: TaskSpace,
        tasks: int,
        rng: np.random.Generator,
        *,
        minimal_overlap: bool,
        balanced: bool,
    ) -> None:
        self._space = space
        self._rng = rng
        slots, attributes = len(space.slots), len(space.cells)
        width = max(space.level_counts)
        self._balance = 1.0 if balanced else 0.0
        # one tie within a task outweighs any gain in balance
        self._overlap = 4.0 * tasks * slots * attributes if minimal_overlap else 0.0
        self._places = [
            [_place(j, slot, g, attributes) for g in range(len(slot.groups))]
            for j, slot in enumerate(space.slots)
        ]
        self.codes: Codes = np.full((tasks, slots, attributes), ABSENT, dtype=np.int64)
        self._by_slot = np.zeros((slots, attributes, width))
        self._overall = np.zeros((attributes, width))
        self._in_task = np.zeros((tasks, attributes, width))
        self._keys: Counter[bytes] = Counter()
        self._draw_lots()

    @property
    def loss(self) -> float:
        """Squared level counts, and ties within tasks when overlap is to be minimal."""
        ties = (self._in_task * (self._in_task - 1)).sum() / 2
        squares = (self._by_slot**2).sum() + (self._overall**2).sum()
        return float(self._balance * squares + self._overlap * ties)

    @property
    def least_loss(self) -> float:
        """The loss of perfectly even counts, which constraints may not allow."""
        tasks = len(self.codes)
        total = 0.0
        for m, count in enumerate(self._space.level_counts):
            shown = sum(m in slot.attributes for slot in self._space.slots)
            even = shown * _even(tasks, count) + _even(tasks * shown, count)
            total += self._balance * even
            total += self._overlap * tasks * (_even(shown, count) - shown) / 2
        return total

    @property
    def least_repeats(self) -> int:
        """How many tasks must show the same as another one, there being no more tasks."""
        return max(0, len(self.codes) - self._space.different_tasks)

    @property
    def repeated_tasks(self) -> int:
        """How many tasks show the same as another task."""
        return sum(count - 1 for count in self._keys.values() if count > 1)

    def improve(self) -> None:
        """Sweep until the counts are even or nothing helps any more."""
        best = (self.repeated_tasks, self.loss)
        kept, stale = self.codes.copy(), 0
        for _ in range(MOST_SWEEPS):
            if best <= (self.least_repeats, self.least_loss) or stale >= STALE_SWEEPS:
                break
            self._sweep()
            now = (self.repeated_tasks, self.loss)
            stale += 1
            if now < best:
                best, kept, stale = now, self.codes.copy(), 0
        self.codes = kept
        self._recount()

    def _draw_lots(self) -> None:
        for t in range(len(self.codes)):
            for place in self._all_places():
                self.codes[t, place.slot, place.members] = self._lot(place)
        self._recount()
        for t in range(len(self.codes)):
            self._mend(t)

    def _all_places(self) -> list[_Place]:
        return [place for places in self._places for place in places]

    def _lot(self, place: _Place) -> Codes:
        pick = self._rng.integers(len(place.combinations))
        lot: Codes = place.combinations[pick]
        return lot

    def _recount(self) -> None:
        for counts in (self._by_slot, self._overall, self._in_task):
            counts[:] = 0
        self._keys = Counter()
        for t in range(len(self.codes)):
            for place in self._all_places():
                self._count(t, place, +1)
            self._keys[self._key(t)] += 1

    def _count(self, t: int, place: _Place, change: int) -> None:
        """Count the levels that are in a place in or out."""
        levels = self.codes[t, place.slot, place.members]
        self._by_slot[place.slot, place.members, levels] += change
        self._overall[place.members, levels] += change
        self._in_task[t, place.members, levels] += change

    def _put(self, t: int, place: _Place, combination: Codes) -> None:
        self._keys[self._key(t)] -= 1
        self._count(t, place, -1)
        self.codes[t, place.slot, place.members] = combination
        self._count(t, place, +1)
        self._keys[self._key(t)] += 1

    def _key(self, t: int) -> bytes:
        return task_key(self.codes[t], self._space.exchangeable)

    def _mend(self, t: int) -> None:
        """Redraw a task by lot while it shows an alternative twice or repeats another task."""
        for _ in range(LOTS):
            twice = [j for j in range(len(self._places)) if self._shows_again(t, j)]
            if not twice and (self.least_repeats or self._keys[self._key(t)] == 1):
                return
            for j in twice or range(len(self._places)):
                for place in self._places[j]:
                    self._put(t, place, self._lot(place))
        self._force_distinct(t)

    def _force_distinct(self, t: int) -> None:
        """Give each alternative of a crowded task a profile of its own, from the full list."""
        for j, slot in enumerate(self._space.slots):
            if not self._shows_again(t, j):
                continue
            profiles = self._space.profiles(slot)
            free = np.ones(len(profiles), dtype=bool)
            for other in self._others(t, j):
                free &= (profiles != other).any(axis=1)
            choice = profiles[self._rng.choice(np.flatnonzero(free))]
            for place in self._places[j]:
                self._put(t, place, choice[place.members])

    def _others(self, t: int, j: int) -> list[Codes]:
        """Profiles that alternative j of task t may not equal."""
        if not self._space.exchangeable:
            return []
        others = [self.codes[t, i] for i in range(self.codes.shape[1]) if i != j]
        quo = self._space.status_quo
        return [*others, quo] if quo is not None else others

    def _shows_again(self, t: int, j: int) -> bool:
        return any(np.array_equal(self.codes[t, j], other) for other in self._others(t, j))

    def _sweep(self) -> None:
        for t in self._rng.permutation(len(self.codes)):
            for place in self._all_places():
                self._redraw(int(t), place)
            if self._overlap and self._balance:
                self._exchange_within(int(t))

    def _redraw(self, t: int, place: _Place) -> None:
        """Put the best allowed combination in a place; a new task before a repeated one."""
        if len(place.combinations) == 1:
            return
        self._keys[self._key(t)] -= 1
        self._count(t, place, -1)
        cost = self._costs(t, place) + self._rng.random(len(place.combinations)) * 0.5
        cost[self._clashes(t, place)] = np.inf
        order = np.argsort(cost)
        order = order[np.isfinite(cost[order])]
        for pick in order:
            self.codes[t, place.slot, place.members] = place.combinations[pick]
            if self._keys[self._key(t)] == 0:
                break
        else:
            self.codes[t, place.slot, place.members] = place.combinations[order[0]]
        self._count(t, place, +1)
        self._keys[self._key(t)] += 1

    def _costs(self, t: int, place: _Place) -> npt.NDArray[np.float64]:
        """Return what one more showing of each combination adds to the loss: whole numbers."""
        level_cost = (
            2
            * self._balance
            * (self._by_slot[place.slot, place.members] + self._overall[place.members])
        )
        level_cost += self._overlap * self._in_task[t, place.members]
        picked = np.take_along_axis(level_cost, place.combinations.T, axis=1)
        cost: npt.NDArray[np.float64] = picked.sum(axis=0)
        return cost

    def _clashes(self, t: int, place: _Place) -> npt.NDArray[np.bool_]:
        """Return the combinations that would repeat another alternative of the task."""
        clash = np.zeros(len(place.combinations), dtype=bool)
        mine = self.codes[t, place.slot]
        for other in self._others(t, place.slot):
            if np.array_equal(mine[place.rest], other[place.rest]):
                clash |= (place.combinations == other[place.members]).all(axis=1)
        return clash

    def _exchange_within(self, t: int) -> None:
        """Exchange levels between alternatives of a task: ties stay, balance may improve."""
        for i, places in enumerate(self._places):
            for others in self._places[i + 1 :]:
                for mine in places:
                    for theirs in others:
                        if mine.members == theirs.members:
                            self._try_exchange(t, mine, theirs)

    def _try_exchange(self, t: int, mine: _Place, theirs: _Place) -> None:
        m = mine.members
        a, b = self.codes[t, mine.slot, m].copy(), self.codes[t, theirs.slot, m].copy()
        here, there = self._by_slot[mine.slot, m], self._by_slot[theirs.slot, m]
        row, differ = np.arange(len(m)), a != b
        change = here[row, b] - here[row, a] + there[row, a] - there[row, b] + 2
        if not differ.any() or change[differ].sum() > 0:
            return
        if not (mine.combinations == b).all(axis=1).any():
            return
        if not (theirs.combinations == a).all(axis=1).any():
            return
        self._put(t, mine, b)
        self._put(t, theirs, a)
        again = self._shows_again(t, mine.slot) or self._shows_again(t, theirs.slot)
        if again or self._keys[self._key(t)] > 1:
            self._put(t, theirs, b)
            self._put(t, mine, a)


def _place(j: int, slot: Slot, g: int, attributes: int) -> _Place:
    group = slot.groups[g]
    members = list(group.attributes)
    rest = [m for m in range(attributes) if m not in group.attributes]
    return _Place(j, members, rest, group.combinations)


def _even(total: int, parts: int) -> int:
    """Sum of squares of a number parted as evenly as whole numbers allow."""
    each, more = divmod(total, parts)
    return more * (each + 1) ** 2 + (parts - more) * each**2
