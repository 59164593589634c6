"""Errors of a design, worked out in full: what the search's short cuts have to agree with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import Codes
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.encoding import rows_of
from ccegov_choice.design.efficient.engine import Case
from ccegov_choice.design.efficient.information import CodedTasks, error_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """A criterion over the draws of a prior.

    Parameters
    ----------
    value : float
        The average that the criterion asks for; infinite where a draw it needs is singular.
    errors : ndarray of shape (R,)
        Error of each draw, all cases together.
    weights : ndarray of shape (R,)
        Their weights.
    """

    value: float
    errors: Floats
    weights: Floats

    @property
    def singular(self) -> int:
        """Draws at which the design identifies nothing; they are counted, never left out."""
        return int(np.isinf(self.errors).sum())

    def quantile(self, share: float) -> float:
        """Return the smallest error below which a share of the weight lies."""
        order = np.argsort(self.errors)
        reached = np.cumsum(self.weights[order])
        place = int(np.searchsorted(reached, share - 1e-12))
        return float(self.errors[order[min(place, len(order) - 1)]])


def evaluate(
    cases: Sequence[Case], criterion: Criterion, codes: Codes, present: Floats
) -> Evaluation:
    """Work a criterion out for coded tasks.

    Parameters
    ----------
    cases : sequence of Case
        Models, people and draws.
    criterion : Criterion
        What to work out.
    codes : ndarray of shape (T, V, M)
        Level codes.
    present : ndarray of shape (T, J)
        One where an alternative is on offer.
    """
    errors, weights = [], []
    for case in cases:
        tasks = CodedTasks(rows_of(case.coding, codes), present, case.coding.utility.names)
        nuisance = [int(k) for k in np.flatnonzero(case.nuisance)]
        for values, loads in zip(case.values, case.loads, strict=True):
            matrix = tasks.information(values)
            errors.append(_error(matrix, loads, nuisance, largest=criterion.largest))
        weights.append(case.weights)
    return average(np.array(errors), np.concatenate(weights), criterion)


def average(errors: Floats, weights: Floats, criterion: Criterion) -> Evaluation:
    """Average the errors of draws as a criterion asks for."""
    plain = Evaluation(float("nan"), errors, weights)
    if criterion.averaging == 2:
        value = plain.quantile(criterion.share)
    elif criterion.averaging == 1:
        value = float(np.exp(weights @ np.log(errors)))
    else:
        value = float(weights @ errors)
    return Evaluation(value, errors, weights)


def _error(matrix: Floats, loads: Floats, nuisance: Sequence[int], *, largest: bool) -> float:
    if not len(loads):
        return error_of(matrix, nuisance)
    if np.isinf(error_of(matrix)):
        return float("inf")
    variances = np.einsum("fk,fk->f", loads, np.linalg.solve(matrix, loads.T).T)
    return float(variances.max() if largest else variances.sum())
