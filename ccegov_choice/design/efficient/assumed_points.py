"""The model that a design is made for at one draw of the prior, ready to weigh other tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.beliefs.quadrature import normal_points
from ccegov_choice.design.candidates import Codes, TaskSpace
from ccegov_choice.design.efficient.assumed import Multinomial, Nested, PanelMixed
from ccegov_choice.kernels import assumed as kernels

Floats = npt.NDArray[np.float64]


class Point(Protocol):
    """One model at one draw of the prior, for a whole design."""

    def put(self, t: int, row: Floats) -> None:
        """Show something else, ``(J, K)``, in a task."""

    def weigh(self, t: int, rows: Floats) -> tuple[Floats, Floats]:
        """Return the information ``(C, P, P)`` of tasks in the place of one, and of the rest."""

    @property
    def information(self) -> Floats:
        """Information ``(P, P)`` of the design answered once."""


class NestedPoint:
    """Nested logit, and multinomial logit as one in which everything stands alone.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    assumed : Nested or Multinomial
        The model.
    rows : ndarray of shape (T, J, K)
        Coded tasks.
    present : ndarray of shape (T, J)
        One where an alternative is on offer.
    beta : ndarray of shape (K,)
        Coefficients.
    """

    def __init__(
        self,
        space: TaskSpace,
        assumed: Nested | Multinomial,
        rows: Floats,
        present: Floats,
        beta: Floats,
    ) -> None:
        T, J, K = rows.shape
        if isinstance(assumed, Nested):
            self._nests = assumed.places(space, K)
        else:
            self._nests = np.arange(J), np.ones(J), np.full(J, -1, np.int64)
        self._beta, self._present = beta, present
        size = K + len(assumed.added)
        self._tasks = np.zeros((T, size, size))
        kernels.nested_tasks(rows, present, *self._nests, beta, self._tasks)

    def put(self, t: int, row: Floats) -> None:
        """Show something else in a task."""
        self._tasks[t] = self._weigh(t, row[None])[0]

    def weigh(self, t: int, rows: Floats) -> tuple[Floats, Floats]:
        """Return the information of tasks in the place of one, and that of the others."""
        return self._weigh(t, rows), self._tasks[:t].sum(axis=0) + self._tasks[t + 1 :].sum(axis=0)

    @property
    def information(self) -> Floats:
        """Information of the design answered once."""
        total: Floats = self._tasks.sum(axis=0)
        return total

    def _weigh(self, t: int, rows: Floats) -> Floats:
        out = np.empty((len(rows), *self._tasks.shape[1:]))
        present = np.repeat(self._present[t : t + 1], len(rows), axis=0)
        kernels.nested_tasks(rows, present, *self._nests, self._beta, out)
        return out


@dataclass(frozen=True, eq=False)
class Crowd:
    """The random numbers of a panel mixed logit: the same for every design and every prior draw.

    Parameters
    ----------
    deviates : ndarray of shape (R, M)
        Normal deviates of the tastes at each draw, correlated as the model has it.
    kind : ndarray of shape (N,)
        The draw whose tastes a person has, so that the likelihood averages over the very tastes
        that there are.
    uniform : ndarray of shape (T, N)
        What each person chooses by in each task; in every task they lie evenly.
    """

    deviates: Floats
    kind: Codes
    uniform: Floats

    @classmethod
    def of(cls, assumed: PanelMixed, tasks: int) -> Crowd:
        """Draw them: a scrambled Sobol sequence, and Latin hypercubes."""
        N, R = assumed.people, assumed.draws
        points = normal_points(len(assumed.sd), R, "sobol", assumed.seed)[1]
        rng = np.random.default_rng([assumed.seed, 5])
        uniform = np.stack([rng.permutation(N) + rng.random(N) for _ in range(tasks)]) / N
        return cls(points @ assumed.root.T, np.arange(N, dtype=np.int64) % R, uniform)


class PanelPoint:
    """Panel mixed logit, by simulation.

    Parameters
    ----------
    assumed : PanelMixed
        The model.
    crowd : Crowd
        Its random numbers.
    names : sequence of str
        The ``K`` coefficients.
    rows, present, beta
        See `NestedPoint`; ``beta`` are the means.
    block : ndarray of shape (T,)
        Block of each task.
    """

    def __init__(
        self,
        assumed: PanelMixed,
        crowd: Crowd,
        names: Sequence[str],
        rows: Floats,
        present: Floats,
        beta: Floats,
        block: Codes,
    ) -> None:
        T, J, K = rows.shape
        self._random = np.array([names.index(name) for name in assumed.sd], np.int64)
        sd = np.array(list(assumed.sd.values()))
        self._crowd, self._present, self._block = crowd, present, block
        self._rows = _inside(rows)
        self._draws = np.repeat(beta[None], len(crowd.deviates), axis=0)
        self._draws[:, self._random] += crowd.deviates * sd
        N, R = len(crowd.kind), len(crowd.deviates)
        self._chosen = np.zeros((T, N), np.int64)
        self._log_share, self._mean = np.zeros((T, J, R)), np.zeros((T, R, K))
        size = K + len(sd)
        self._known = np.zeros((T, size, size))
        for t in range(T):
            self._ask(t)
        self._blocks = {int(b): np.zeros((size, size)) for b in np.unique(block)}
        for b in self._blocks:
            self._tell(int(np.flatnonzero(block == b)[0]))

    def put(self, t: int, row: Floats) -> None:
        """Show something else in a task."""
        self._rows[t] = _inside(row[None])[0]
        self._ask(t)
        self._tell(t)

    def weigh(self, t: int, rows: Floats) -> tuple[Floats, Floats]:
        """Return the information of the block with tasks in the place of one, and of the others."""
        mine = int(self._block[t])
        rest = np.zeros_like(self._blocks[mine])
        for b, matrix in self._blocks.items():
            if b != mine:
                rest += matrix
        return self._weigh(t, _inside(rows)), rest

    @property
    def information(self) -> Floats:
        """Information of the design, each block answered once."""
        total: Floats = np.sum(list(self._blocks.values()), axis=0)
        return total

    def _ask(self, t: int) -> None:
        kernels.panel_task(
            self._rows[t], self._present[t], self._crowd.uniform[t], self._crowd.kind, self._draws,
            self._chosen[t], self._log_share[t], self._mean[t],
        )  # fmt: skip
        self._known[t] = 0.0
        kernels.add_known_tastes(
            self._rows[t], self._present[t], self._log_share[t], self._mean[t],
            self._crowd.deviates, self._random, self._known[t],
        )  # fmt: skip
        np.log(self._log_share[t], out=self._log_share[t])

    def _tell(self, t: int) -> None:
        self._blocks[int(self._block[t])] = self._weigh(t, self._rows[t : t + 1])[0]

    def _weigh(self, t: int, rows: Floats) -> Floats:
        others = np.flatnonzero(self._block == self._block[t])
        others = others[others != t]
        chosen = self._chosen[others]
        logs = self._log_share[others[:, None], chosen].sum(axis=0)
        likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
        shown = self._rows[others[:, None], chosen].sum(axis=0)
        size = len(next(iter(self._blocks.values())))
        out = np.empty((len(rows), size, size))
        kernels.panel_moves(
            rows, self._present[t], self._crowd.uniform[t], self._crowd.kind, self._draws,
            self._crowd.deviates, self._random, likelihood, shown,
            self._mean[others].sum(axis=0), self._known[others].sum(axis=0), out,
        )  # fmt: skip
        return out


def _inside(rows: Floats) -> Floats:
    """Return rows less the first of their task: only differences count, and these stay exact."""
    return rows - rows[:, :1]
