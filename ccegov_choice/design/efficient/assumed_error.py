"""Information and error of coded tasks under the model that a design is made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import Codes, TaskSpace
from ccegov_choice.design.efficient.assumed import Assumed, PanelMixed
from ccegov_choice.design.efficient.assumed_points import Crowd, NestedPoint, PanelPoint, Point
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.encoding import rows_of
from ccegov_choice.design.efficient.engine import Case
from ccegov_choice.design.efficient.evaluate import Evaluation, average
from ccegov_choice.design.efficient.information import error_of
from ccegov_choice.kernels import assumed as kernels

Floats = npt.NDArray[np.float64]


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
        Made with `ccegov_choice.design.efficient.assumed.utility_part` of the criterion.
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
        As `ccegov_choice.design.efficient.evaluate.evaluate` gives for the multinomial logit.
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
