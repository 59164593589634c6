"""The simulated likelihood of a mixed logit: the kernel, its draws, its threads."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.axes import ranges
from ccegov_choice.kernels.mixed import (
    BLOCK_ROWS,
    MAY_BE_CUT,
    POSITIVE_PART,
    Differences,
    Draws,
    PersonSums,
    mixed_people,
    refuse_cut,
)
from ccegov_choice.kernels.mixed_hessian import mixed_hessian
from ccegov_choice.kernels.products import TILE
from ccegov_choice.models.fitting.likelihood import frozen
from ccegov_choice.models.fitting.person_likelihood import PersonValues
from ccegov_choice.models.fitting.threads import PARTS, over_people
from ccegov_choice.models.mixed.corners import with_corners
from ccegov_choice.models.mixed.standard_draws import StandardDraws
from ccegov_choice.models.mixed.taste_curves import parameter_hessian, table_curves
from ccegov_choice.models.mixed.taste_map import TasteMap

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Below this many numbers a second thread costs more than it saves.
_ONE_THREAD = 200_000
# Matrices of so many people stay in the caches.
_BY_PERSON = 64


def middles(draws: StandardDraws) -> FloatArray:
    """Return the middle ``(G,)`` of each cell of the grid."""
    return (np.arange(draws.cells) + 0.5) / draws.cells


def lay_out_draws(
    draws: StandardDraws,
    tastes: TasteMap,
    people: npt.NDArray[Any],
    theta: FloatArray | None = None,
) -> Draws:
    """Return standard draws as the kernel reads them.

    Parameters
    ----------
    draws : StandardDraws
        Which and how many.
    tastes : TasteMap
        Its features say which dimensions and distributions are needed.
    people : ndarray of shape (N,)
        Identifiers that the shifts follow from.
    theta : ndarray of shape (P,), optional
        Parameters, where draws depend on them (`TasteMap.tabulated`); these are NaN without.
    """
    dimensions = max(tastes.dimensions, 1)
    whole = -(-draws.count // TILE) * TILE
    base = np.zeros((dimensions, whole), dtype=np.uint32)
    base[:, : draws.count] = draws.base(dimensions)
    return Draws(
        base,
        draws.shifts(people, dimensions),
        tastes.tables(theta, middles(draws)),
        np.array([feature.dimension for feature in tastes.features], dtype=np.int64),
        draws.count,
    )


@dataclass(frozen=True, eq=False)
class MixedLikelihood:
    """The simulated log-likelihood of a mixed logit as a function of its parameters.

    Parameters
    ----------
    data : Differences
        The choices.
    tastes : TasteMap
        From parameters to coefficients.
    draws : StandardDraws
        The draws.
    people_ids : ndarray of shape (N,)
        Whose choices they are.
    weights : ndarray of shape (N,)
        Weight of each person.
    threads : int
        Threads to use; the result does not depend on it.
    """

    data: Differences
    tastes: TasteMap
    draws: StandardDraws
    people_ids: npt.NDArray[Any]
    weights: FloatArray
    threads: int
    laid_out: Draws = field(init=False)
    _last: list[tuple[FloatArray, PersonSums]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        laid_out = lay_out_draws(self.draws, self.tastes, self.people_ids)
        object.__setattr__(self, "laid_out", laid_out)
        object.__setattr__(self, "_last", [])

    @property
    def room(self) -> IntArray:
        """Rows that the kernel's scratch must hold: at once, and of a person."""
        rows, tasks = self.data.task_rows, self.data.person_tasks
        widest = int(np.diff(rows).max(initial=1))
        return np.array([max(BLOCK_ROWS, widest), int(np.diff(rows[tasks]).max(initial=1))])

    @property
    def corners(self) -> bool:
        """Whether its slope jumps where a draw crosses zero, as those of censored normals do."""
        return bool((self.tastes.structure.kind == POSITIVE_PART).any())

    def people(self, theta: FloatArray) -> PersonValues:
        """Return values and scores of people, weighted."""
        sums = self._sums(theta)
        score = self.tastes.scores(theta, sums)
        return PersonValues(sums.value * self.weights, score * self.weights[:, None])

    def _sums(self, theta: FloatArray) -> PersonSums:
        """Return what the kernel fills; the last is kept, since the Hessian is asked for next."""
        if self._last and np.array_equal(self._last[0][0], theta):
            return self._last[0][1]
        sums = self._fill(theta, self._draws_at(theta))
        self._last[:] = [(theta.copy(), sums)]
        return sums

    def _draws_at(self, theta: FloatArray, bent: int = -1) -> Draws:
        """Return the draws, with tables that depend on parameters made for these."""
        if not self.tastes.tabulated:
            return self.laid_out
        still = self.laid_out.tables
        return self.laid_out._replace(
            tables=self.tastes.tables(theta, middles(self.draws), still, bent)
        )

    def _fill(self, theta: FloatArray, draws: Draws) -> PersonSums:
        """Let the kernel fill values and slopes of all people."""
        places = self.tastes.places(theta)
        count = len(self.weights)
        values, loads = len(self.tastes.values), len(self.tastes.structure.features)
        sums = PersonSums(
            np.empty(count),
            np.empty((count, values)),
            np.empty((count, loads)),
            np.empty((count, len(self.tastes.fixed))),
        )
        room = self.room

        def work(first: int, last: int, _: int) -> None:
            ends = np.array([first, last])
            structure, (a, b, fixed) = self.tastes.structure, places
            mixed_people(self.data, draws, structure, a, b, fixed, room, ends, sums)

        over_people(work, count, self._threads)
        if (sums.value < MAY_BE_CUT).any():
            structure, (a, b, fixed) = self.tastes.structure, places
            refuse_cut(self.data, draws, structure, a, b, fixed, room, sums)
        return sums

    @property
    def _threads(self) -> int:
        return self.threads if self.data.random.size * self.draws.count > _ONE_THREAD else 1

    def hessian(self, theta: FloatArray) -> FloatArray:
        """Return second derivatives ``(P, P)``."""
        sums, tastes, weights = self._sums(theta), self.tastes, self.weights
        places, draws, room = tastes.places(theta), self._draws_at(theta), self.room
        size = sums.a.shape[1] + sums.b.shape[1] + sums.fixed.shape[1]
        found = np.zeros((PARTS, tastes.parameters, tastes.parameters))

        def work(first: int, last: int, part: int) -> None:
            # places by person need second derivatives by person, of a few at a time
            step = _BY_PERSON if tastes.personal else last - first
            for start in range(first, last, step):
                end = min(start + step, last)
                inner = np.zeros((end - start if tastes.personal else 1, size, size))
                ends, person = np.array([start, end]), (weights, sums.value)
                mixed_hessian(self.data, draws, tastes.structure, places, person, room, ends, inner)
                these = slice(start, end)
                mine = PersonSums(*(each[these] for each in sums))
                whole = inner if tastes.personal else inner[0]
                found[part] += parameter_hessian(tastes, theta, mine, weights[these], whole, these)

        over_people(work, len(weights), self._threads)
        bent = [self._fill(theta, self._draws_at(theta, bent=m)).b for m in range(tastes.tabulated)]
        analytic = found.sum(axis=0) + table_curves(tastes, weights, bent)
        if not self.corners:
            return np.asarray(analytic)
        # the score last kept is that of `theta`, and is asked for next
        last = list(self._last)
        curved = with_corners(tastes, theta, analytic, weights, lambda at: self.people(at).score)
        self._last[:] = last
        return curved

    def reweighted(self, times: FloatArray) -> MixedLikelihood:
        """Return the likelihood with each person counted ``(N,)`` times as much.

        Draws and what the kernel filled last have no weights in them, and are kept.
        """
        made = copy(self)
        object.__setattr__(made, "weights", self.weights * times)
        object.__setattr__(made, "_last", list(self._last))
        return made

    def sample(self, every: int) -> MixedLikelihood:
        """Return the likelihood of one in so many people, each counted for all of them."""
        chosen = np.arange(0, len(self.weights), every)
        return replace(
            self,
            data=_some_people(self.data, chosen),
            people_ids=self.people_ids[chosen],
            weights=self.weights[chosen] * every,
        )

    def with_draws(self, draws: StandardDraws) -> MixedLikelihood:
        """Return the likelihood simulated by other draws."""
        return replace(self, draws=draws)


def _some_people(data: Differences, chosen: IntArray) -> Differences:
    """Return the rows of some people."""
    tasks = ranges(data.person_tasks, chosen)
    rows = ranges(data.task_rows, tasks)
    per_person = np.diff(data.person_tasks)[chosen]
    per_task = np.diff(data.task_rows)[tasks]
    return Differences(
        frozen(data.random[rows]),
        frozen(data.fixed[rows]),
        frozen(np.concatenate([[0], np.cumsum(per_task)])),
        frozen(np.concatenate([[0], np.cumsum(per_person)])),
    )
