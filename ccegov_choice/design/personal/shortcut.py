"""Versions built level by level: each profile takes the levels that were shown least so far."""

from __future__ import annotations

import numpy as np

from ccegov_choice.design.candidates import ABSENT, Codes
from ccegov_choice.design.personal.chances import Chances, Floats
from ccegov_choice.design.personal.repeats import alike, repeated

ATTEMPTS = 20
# how much later than due a level may come in each further attempt, in profiles
PATIENCE = 2.0
# of a longer list of combinations a sample is looked at
MOST_COMBINATIONS = 5_000
# a level that is not due in a version at all may still be the only one that fits
NEVER = 1e-3


def least_shown(
    chances: Chances, versions: int, tasks: int, rng: np.random.Generator
) -> tuple[Codes, bool]:
    """Build versions from the levels that are due.

    Parameters
    ----------
    chances : Chances
        The target.
    versions, tasks : int
        How many versions, and tasks in each.
    rng : numpy.random.Generator
        Source of the lots.

    Returns
    -------
    codes : ndarray of shape (V, T, J, M)
        Some tasks may still be alike or repeated.
    sampled : bool
        True if combinations of tied attributes were a sample of the allowed ones.

    Notes
    -----
    In each version a level is to be shown ``q`` times, its share of the ``n`` profiles rounded by
    lot. It is due for the ``i``-th time (from 0) after ``(i + u) n / q`` profiles, ``u`` drawn anew
    each time, and one round of its showings later for every tie it would make in the task. The
    level that is due first is taken. With equal shares that is the level shown least, equal ones
    by lot; with unequal ones, attributes do not move in step. Attributes that constraints tie
    together take the combination with the smallest sum.

    All versions take the same step at once. A task that comes out alike or repeated is built
    again with less and less heed to what is due.
    """
    build = _Build(chances, versions, tasks, rng)
    for t in range(tasks):
        build.add_task(t)
    return build.codes, build.sampled


class _Build:
    """The versions so far, with the counts of their levels."""

    def __init__(
        self, chances: Chances, versions: int, tasks: int, rng: np.random.Generator
    ) -> None:
        space = chances.space
        slots, attributes, width = len(space.slots), len(space.cells), max(space.level_counts)
        self._chances, self._space, self._rng = chances, space, rng
        self.codes: Codes = np.full((versions, tasks, slots, attributes), ABSENT, dtype=np.int64)
        self.sampled = False
        self._sets = np.zeros(slots, dtype=np.int64) if space.exchangeable else np.arange(slots)
        shape = (versions, int(self._sets[-1]) + 1, attributes, width)
        self._counts: Floats = np.zeros(shape)
        self._lots: Floats = rng.random(shape)
        self._gaps: Floats = np.ones(shape)
        each = self._each = tasks * (slots if space.exchangeable else 1)
        for s in range(shape[1]):
            for m, shares in chances.level_shares(s).items():
                often = np.maximum(_rounded(each * shares, versions, rng), NEVER)
                self._gaps[:, s, m, : len(shares)] = each / often

    def add_task(self, t: int) -> None:
        """Add a task to every version."""
        left = np.arange(len(self.codes))
        for attempt in range(ATTEMPTS):
            self.codes[left, t] = self._task(left, PATIENCE * attempt)
            part = self.codes[left, : t + 1]
            left = left[alike(self._space, part)[:, t] | repeated(self._space, part)[:, t]]
            if not len(left):
                break
        rows = np.arange(len(self.codes))
        for j, s in enumerate(self._sets):
            for m in self._space.slots[j].attributes:
                shown = (rows, s, m, self.codes[:, t, j, m])
                self._counts[shown] += 1
                self._lots[shown] = self._rng.random(len(rows))

    def _task(self, which: Codes, noise: float) -> Codes:
        """Build one task for some versions: ``(n, J, M)``."""
        slots, attributes = self.codes.shape[2:]
        task = np.full((len(which), slots, attributes), ABSENT, dtype=np.int64)
        shown = self._counts[which] + self._lots[which]
        in_task = np.zeros((len(which), attributes, shown.shape[3]))
        rows = np.arange(len(which))
        for j, slot in enumerate(self._space.slots):
            s = self._sets[j]
            gaps = self._gaps[which, s]
            due = (shown[:, s] + in_task) * gaps
            # what was shown as often as it should be waits till the others were, too
            due += self._each * (shown[:, s] * gaps >= self._each)
            for g, group in enumerate(slot.groups):
                pick = self._pick(due, group.attributes, self._listed(j, g), noise)
                task[:, j, list(group.attributes)] = pick
            for m in slot.attributes:
                levels = task[:, j, m]
                # the lot of the next showing: the old one is used up
                shown[rows, s, m, levels] = np.floor(shown[rows, s, m, levels]) + 1
                shown[rows, s, m, levels] += self._rng.random(len(rows))
                in_task[rows, m, levels] += 1
        if self._space.exchangeable:
            self._deal(task)
        return task

    def _deal(self, task: Codes) -> None:
        """Deal the levels of each group to the alternatives of a task by lot.

        Else the levels that are due first would meet in the first alternative.
        """
        for group in self._space.slots[0].groups:
            members = list(group.attributes)
            order = np.argsort(self._rng.random(task.shape[:2]), axis=1)
            dealt = np.take_along_axis(task[:, :, members], order[:, :, None], axis=1)
            task[:, :, members] = dealt

    def _listed(self, j: int, g: int) -> Codes:
        combinations = self._space.slots[j].groups[g].combinations
        if len(combinations) <= MOST_COMBINATIONS:
            return combinations
        self.sampled = True
        weights = self._chances.weights[j][g]
        pick = self._rng.choice(len(weights), size=MOST_COMBINATIONS, p=weights)
        return combinations[np.unique(pick)]

    def _pick(
        self, due: Floats, members: tuple[int, ...], combinations: Codes, noise: float
    ) -> Codes:
        """Return for each version the combination whose levels are due first."""
        cost = np.zeros((len(due), len(combinations)))
        for column, m in enumerate(members):
            cost += due[:, m, combinations[:, column]]
        if noise > 0:
            cost += noise * self._rng.random(cost.shape)
        picked: Codes = combinations[np.argmin(cost, axis=1)]
        return picked


def _rounded(expected: Floats, versions: int, rng: np.random.Generator) -> Floats:
    """Round numbers to whole ones by lot, ``(V, L)``, keeping their mean and (whole) sum.

    Systematic sampling: the numbers are laid end to end in an order by lot, and the whole numbers
    that fall into each are counted from a start by lot.
    """
    order = np.argsort(rng.random((versions, len(expected))), axis=1)
    ends = np.round(np.cumsum(expected[order], axis=1), 9) + rng.random((versions, 1))
    whole = np.floor(ends)
    parts = np.diff(whole, axis=1, prepend=np.zeros((versions, 1)))
    rounded = np.empty_like(parts)
    np.put_along_axis(rounded, order, parts, axis=1)
    return rounded
