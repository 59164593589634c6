"""Information and error of coded tasks under the model that a design is made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.assumed import Assumed, Multinomial, Nested, PanelMixed
from ccegov_choice.design.candidates import Codes, TaskSpace
from ccegov_choice.design.criterion import Criterion
from ccegov_choice.design.encoding import rows_of
from ccegov_choice.design.engine import Case
from ccegov_choice.design.evaluate import Evaluation, average
from ccegov_choice.design.information import error_of
from ccegov_choice.design.quadrature import normal_points
from ccegov_choice.kernels import assumed as kernels

Floats = npt.NDArray[np.float64]


class Point(Protocol):
    """One model at one draw of the prior, for a whole design."""

    def put(self, t: int, row: Floats) -> None:
        """Show something else, ``(J, K)``, in a task."""

    def weigh(self, t: int, rows: Floats) -> tuple[Floats, Floats]:
        """Return the information ``(C, P, P)`` that each of several tasks would give in the place
        of task `t`, and what is told besides, ``(P, P)``.
        """  # noqa: D205 - one sentence

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
    people : ndarray of shape (N, M)
        Normal deviates of the tastes of each person, correlated as the model has it.
    draws : ndarray of shape (R, M)
        The same for the draws of the likelihood.
    uniform : ndarray of shape (T, N)
        What each person chooses by in each task; in every task they lie evenly.
    """

    people: Floats
    draws: Floats
    uniform: Floats

    @classmethod
    def of(cls, assumed: PanelMixed, tasks: int) -> Crowd:
        """Draw them: two scrambled Sobol sequences, and Latin hypercubes."""
        M, N, seed = len(assumed.sd), assumed.people, assumed.seed
        people = normal_points(M, N, "sobol", 2 * seed)[1]
        draws = normal_points(M, assumed.draws, "sobol", 2 * seed + 1)[1]
        rng = np.random.default_rng([seed, 5])
        uniform = np.stack([rng.permutation(N) + rng.random(N) for _ in range(tasks)]) / N
        root = assumed.root
        return cls(people @ root.T, draws @ root.T, uniform)


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
        self._rows = rows.copy()
        self._people = self._tastes(beta, crowd.people * sd)
        self._draws = self._tastes(beta, crowd.draws * sd)
        N, R = len(crowd.people), len(crowd.draws)
        self._chosen = np.zeros((T, N), np.int64)
        self._log_share, self._mean = np.zeros((T, J, R)), np.zeros((T, R, K))
        for t in range(T):
            self._ask(t)
        size = K + len(sd)
        self._blocks = {int(b): np.zeros((size, size)) for b in np.unique(block)}
        for b in self._blocks:
            self._tell(int(np.flatnonzero(block == b)[0]))

    def put(self, t: int, row: Floats) -> None:
        """Show something else in a task."""
        self._rows[t] = row
        self._ask(t)
        self._tell(t)

    def weigh(self, t: int, rows: Floats) -> tuple[Floats, Floats]:
        """Return the information of the block with tasks in the place of one, and of the others."""
        mine = int(self._block[t])
        rest = np.zeros_like(self._blocks[mine])
        for b, matrix in self._blocks.items():
            if b != mine:
                rest += matrix
        return self._weigh(t, rows), rest

    @property
    def information(self) -> Floats:
        """Information of the design, each block answered once."""
        total: Floats = np.sum(list(self._blocks.values()), axis=0)
        return total

    def _tastes(self, beta: Floats, spread: Floats) -> Floats:
        tastes = np.repeat(beta[None], len(spread), axis=0)
        tastes[:, self._random] += spread
        return tastes

    def _ask(self, t: int) -> None:
        kernels.panel_task(
            self._rows[t], self._present[t], self._people, self._crowd.uniform[t], self._draws,
            self._chosen[t], self._log_share[t], self._mean[t],
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
            rows, self._present[t], self._people, self._crowd.uniform[t], self._draws,
            self._crowd.draws, self._random, likelihood, shown, self._mean[others].sum(axis=0), out,
        )  # fmt: skip
        return out


@dataclass(frozen=True, eq=False)
class Target:
    """What is made small at one draw of one case, as the kernels read it.

    Parameters
    ----------
    nuisance : ndarray of shape (P,), bool
        Parameters whose precision does not matter.
    loads : ndarray of shape (F, P)
        Combinations whose variances count; ``F`` is 0 for determinants.
    largest : bool
        The largest of these variances, not their sum.
    """

    nuisance: npt.NDArray[np.bool_]
    loads: Floats
    largest: bool

    @classmethod
    def of(cls, case: Case, draw: int, assumed: Assumed, criterion: Criterion) -> Target:
        """Widen a case, which knows the utility only, by what the model adds."""
        extra = np.array([name in criterion.nuisance for name in assumed.added], dtype=bool)
        if criterion.kind != "D":
            extra[:] = False
        loads = np.pad(case.loads[draw], ((0, 0), (0, len(extra))))
        return cls(np.concatenate((case.nuisance, extra)), loads, criterion.largest)

    @cached_property
    def _order(self) -> Codes:
        order: Codes = np.argsort(~self.nuisance, kind="stable").astype(np.int64)
        return order

    @cached_property
    def _loads(self) -> Floats:
        return np.ascontiguousarray(self.loads[:, self._order])

    def log_errors(self, matrices: Floats, rest: Floats) -> Floats:
        """Return the logarithm of the error of ``rest`` and each matrix, ``(C,)``; finite."""
        out = np.empty(len(matrices))
        kernels.log_errors(
            matrices, rest, self._order, int(self.nuisance.sum()), self._loads, int(self.largest),
            out,
        )  # fmt: skip
        return out

    def error(self, matrix: Floats) -> float:
        """Return the error of an information matrix; infinite where it is singular."""
        if not len(self.loads):
            return error_of(matrix, [int(k) for k in np.flatnonzero(self.nuisance)])
        if np.isinf(error_of(matrix)):
            return float("inf")
        variances = np.einsum("fk,fk->f", self.loads, np.linalg.solve(matrix, self.loads.T).T)
        return float(variances.max() if self.largest else variances.sum())


def make_points(
    space: TaskSpace,
    case: Case,
    assumed: Assumed,
    codes: Codes,
    block: Codes,
    present: Floats,
) -> list[Point]:
    """Return the assumed model at every draw of a case."""
    rows = rows_of(case.coding, codes)
    values = [np.array(beta) for beta in case.values]
    if not isinstance(assumed, PanelMixed):
        return [NestedPoint(space, assumed, rows, present, beta) for beta in values]
    crowd, names = Crowd.of(assumed, len(codes)), case.coding.utility.names
    return [PanelPoint(assumed, crowd, names, rows, present, beta, block) for beta in values]


def assumed_information(
    space: TaskSpace,
    case: Case,
    assumed: Assumed,
    codes: Codes,
    *,
    block: Codes,
    present: Floats | None = None,
) -> Floats:
    """Return the information of coded tasks under a model, at every draw of a case.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    case : Case
        Utility and draws of its coefficients.
    assumed : Multinomial, Nested or PanelMixed
        The model.
    codes : ndarray of shape (T, V, M)
        Level codes.
    block : ndarray of shape (T,)
        Block of each task; people answer the tasks of one block.
    present : ndarray of shape (T, J), optional
        One where an alternative is on offer; all of them by default.

    Returns
    -------
    ndarray of shape (R, P, P)
        The whole design answered once. Parameters are ``utility.names`` and ``assumed.added``.
    """
    offer = present_of(space, codes, present)
    points = make_points(space, case, assumed, codes, np.asarray(block, np.int64), offer)
    return np.array([point.information for point in points])


def assumed_error(
    space: TaskSpace,
    cases: Sequence[Case],
    assumed: Assumed,
    criterion: Criterion,
    codes: Codes,
    *,
    block: Codes,
    present: Floats | None = None,
) -> Evaluation:
    """Work a criterion out under the model that a design is made for.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    cases : sequence of Case
        Made with `ccegov_choice.design.assumed.utility_part` of the criterion.
    assumed : Multinomial, Nested or PanelMixed
        The model.
    criterion : Criterion
        ``D`` is about all parameters, those that the model adds included unless they are named
        as nuisance; the other kinds are about the coefficients of the utility.
    codes, block, present
        See `assumed_information`.

    Returns
    -------
    Evaluation
        As `ccegov_choice.design.evaluate.evaluate` gives for the multinomial logit.
    """
    errors = []
    for case in cases:
        matrices = assumed_information(space, case, assumed, codes, block=block, present=present)
        for draw, matrix in enumerate(matrices):
            errors.append(Target.of(case, draw, assumed, criterion).error(matrix))
    weights = np.concatenate([case.weights for case in cases])
    return average(np.array(errors), weights, criterion)


def present_of(space: TaskSpace, codes: Codes, present: Floats | None) -> Floats:
    """Return what is on offer: everything, unless it is said otherwise."""
    if present is not None:
        return np.array(present, dtype=np.float64)
    return np.ones((len(codes), len(space.slots) + (space.study.opt_out is not None)))
