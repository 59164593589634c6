"""The simulated likelihood of a mixed logit with tastes that also vary from task to task."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.axes import ranges
from ccegov_choice.kernels.mixed import Draws, PersonSums
from ccegov_choice.kernels.mixed_within import Within, within_people
from ccegov_choice.kernels.products import TILE
from ccegov_choice.models.fitting.likelihood import frozen
from ccegov_choice.models.fitting.person_likelihood import PersonValues
from ccegov_choice.models.fitting.threads import over_people
from ccegov_choice.models.mixed.data import Units, apart_from_chosen
from ccegov_choice.models.mixed.distributions import Distribution
from ccegov_choice.models.mixed.likelihood import MixedLikelihood, middles
from ccegov_choice.models.mixed.standard_draws import StandardDraws

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.mixed.layout import Layout
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Draws of tasks have a seed of their own, far from those that a user would try one after the other.
_APART = 7_919
_GIVEN = ("data", "tastes", "draws", "people_ids", "weights", "threads")


@dataclass(frozen=True, eq=False)
class WithinPeople:
    """What varies from task to task.

    Parameters
    ----------
    x : ndarray of shape (rows, Iw)
        Columns whose coefficient does, less those of the chosen alternative.
    positions : ndarray of shape (Iw,)
        Parameters that are spreads within people.
    distributions : tuple of Iw Distribution
        How they vary.
    tasks : ndarray of shape (T,)
        Identifiers of the tasks; draws follow from them.
    draws : Draws
        Standard draws, with tasks in the place of people.
    """

    x: FloatArray
    positions: IntArray
    distributions: tuple[Distribution, ...]
    tasks: npt.NDArray[np.str_]
    draws: Draws

    def drawn_by(self, draws: StandardDraws) -> WithinPeople:
        """Return the same with draws of the kind and seed of other draws of people."""
        made = task_draws(draws, self.draws.number, self.distributions, self.tasks)
        return replace(self, draws=made)


def task_draws(
    draws: StandardDraws,
    number: int,
    distributions: tuple[Distribution, ...],
    tasks: npt.NDArray[np.str_],
) -> Draws:
    """Return standard draws of tasks.

    Parameters
    ----------
    draws : StandardDraws
        The kind and seed.
    number : int
        Draws for each task, ``S``.
    distributions : tuple of Iw Distribution
        How each coefficient varies.
    tasks : ndarray of shape (T,)
        Identifiers that the shifts follow from.
    """
    own = replace(draws.with_count(number).with_seed(draws.seed + _APART), mirrored=())
    size = len(distributions)
    base = np.zeros((size, -(-number // TILE) * TILE), dtype=np.uint32)
    base[:, :number] = own.base(size)
    u = middles(own)
    tables = np.array([shape.quantile(u) for shape in distributions])
    return Draws(base, own.shifts(tasks, size), tables, np.arange(size), number)


def varying_within(
    model: MixedLogit,
    likelihood: MixedLikelihood,
    matrix: FloatArray,
    layout: Layout,
    data: ChoiceData,
) -> WithinLikelihood:
    """Return the likelihood with tastes that also vary from task to task.

    Parameters
    ----------
    model : MixedLogit
        The specification.
    likelihood : MixedLikelihood
        The same without.
    matrix : ndarray of shape (K, A)
        The encoded rows.
    layout : Layout
        The parameters.
    data : ChoiceData
        The choices.
    """
    columns = [inside.column for inside in layout.within]
    names = Units.of(data, panel=False).ids
    shapes = tuple(inside.distribution for inside in layout.within)
    draws = task_draws(model.draws, model.within_draws, shapes, names)
    x = apart_from_chosen(np.ascontiguousarray(matrix[columns].T), data)
    spreads = np.array([inside.spread for inside in layout.within], dtype=np.int64)
    given = {name: getattr(likelihood, name) for name in _GIVEN}
    return WithinLikelihood(**given, within=WithinPeople(frozen(x), spreads, shapes, names, draws))


@dataclass(frozen=True, eq=False)
class WithinLikelihood(MixedLikelihood):
    """The simulated log-likelihood, with draws of people and draws of each task.

    Parameters
    ----------
    within : WithinPeople
        What varies from task to task; the rest is as in `MixedLikelihood`.
    """

    within: WithinPeople = field(kw_only=True)

    def people(self, theta: FloatArray) -> PersonValues:
        """Return values and scores of people, weighted."""
        places, draws, tastes = self.tastes.places(theta), self._draws_at(theta), self.tastes
        count, room, positions = len(self.weights), self.room, self.within.positions
        sums = PersonSums(
            np.empty(count),
            np.empty((count, len(tastes.values))),
            np.empty((count, len(tastes.structure.features))),
            np.empty((count, len(tastes.fixed))),
        )
        spreads = np.empty((count, len(positions)))
        inside = Within(self.within.x, self.within.draws, theta[positions])

        def work(first: int, last: int, _: int) -> None:
            ends, data = np.array([first, last]), self.data
            within_people(data, draws, tastes.structure, places, inside, room, ends, sums, spreads)

        over_people(work, count, self.threads)
        score = tastes.scores(theta, sums)
        score[:, positions] += spreads
        return PersonValues(sums.value * self.weights, score * self.weights[:, None])

    def sample(self, every: int) -> WithinLikelihood:
        """Return the likelihood of one in so many people, each counted for all of them."""
        chosen = np.arange(0, len(self.weights), every)
        tasks = ranges(self.data.person_tasks, chosen)
        rows, draws = ranges(self.data.task_rows, tasks), self.within.draws
        some = replace(
            self.within,
            x=frozen(self.within.x[rows]),
            tasks=self.within.tasks[tasks],
            draws=draws._replace(shifts=draws.shifts[tasks]),
        )
        made = super().sample(every)
        assert isinstance(made, WithinLikelihood)  # `replace` keeps the class
        return replace(made, within=some)

    def with_draws(self, draws: StandardDraws) -> WithinLikelihood:
        """Return the likelihood simulated by other draws of people, and of tasks."""
        return replace(self, draws=draws, within=self.within.drawn_by(draws))

    def hessian(self, theta: FloatArray) -> None:  # type: ignore[override]
        """Return None: differences of the score give second derivatives."""
        return
