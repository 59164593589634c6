"""Fisher information of a design: what it tells about the coefficients of a utility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.efficient.encoding import check_person
from ccegov_choice.study.utility import Utility

if TYPE_CHECKING:
    from ccegov_choice.design.design import Design

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CodedTasks:
    """The tasks of a design, coded by a utility for one kind of person.

    Parameters
    ----------
    rows : ndarray of shape (T, J, K)
        Coded alternatives; zero where an alternative is not on offer.
    present : ndarray of shape (T, J)
        One where an alternative is on offer.
    names : tuple of str
        The ``K`` coefficients.
    """

    rows: Floats
    present: Floats
    names: tuple[str, ...]

    @classmethod
    def of(
        cls, design: Design, utility: Utility, person: Mapping[str, Any] | None = None
    ) -> CodedTasks:
        """Code a design.

        Parameters
        ----------
        design : Design
            The tasks.
        utility : Utility
            What is estimated.
        person : mapping, optional
            Covariates of the person who answers: those that the utility reads, and those that
            alternatives take levels from (without it, such levels stand at the middle one shown).

        Raises
        ------
        DesignError
            If the utility depends on a covariate that is not given.
        """
        study = design.study
        chosen = utility.bind(study)
        given = dict(typical_person(design) | dict(person or {}))
        check_person(study, chosen, given)
        frame = design.frame.copy()
        for item in study.named_alternatives:
            for attribute, covariate in item.personal.items():
                frame.loc[frame["alternative"] == item.id, attribute] = given[covariate]
        for covariate, value in given.items():
            frame[covariate] = value
        columns = chosen.matrix(frame)
        names = {name: j for j, name in enumerate(design.alternatives)}
        _, task = np.unique(frame["task"].to_numpy(), return_inverse=True)
        place = frame["alternative"].map(names).to_numpy(dtype=np.int64)
        rows = np.zeros((design.tasks, len(names), chosen.size))
        present = np.zeros(rows.shape[:2])
        rows[task, place] = columns.T
        present[task, place] = 1.0
        return cls(rows, present, chosen.names)

    def probabilities(self, coefficients: npt.ArrayLike) -> Floats:
        """Return the choice probabilities ``(T, J)`` of a logit."""
        value = self.rows @ np.asarray(coefficients, dtype=np.float64)
        value = np.where(self.present > 0, value, -np.inf)
        value -= value.max(axis=1, keepdims=True)
        power = np.exp(value)
        shares: Floats = power / power.sum(axis=1, keepdims=True)
        return shares

    def information(self, coefficients: npt.ArrayLike) -> Floats:
        """Return the information ``(K, K)`` of a logit, every task answered once by one person.

        ``sum_t sum_j p_tj (x_tj - mean_t)(x_tj - mean_t)'`` with ``mean_t = sum_j p_tj x_tj``.
        """
        p = self.probabilities(coefficients)
        mean = np.einsum("tj,tjk->tk", p, self.rows)
        centred = (self.rows - mean[:, None, :]) * np.sqrt(p)[:, :, None]
        flat = centred.reshape(-1, self.rows.shape[2])
        matrix: Floats = flat.T @ flat
        return matrix

    @cached_property
    def size(self) -> int:
        """Number of coefficients, ``K``."""
        return len(self.names)


def typical_person(design: Design) -> dict[str, Any]:
    """Return the middle level shown for every level that people bring along."""
    study = design.study
    space = task_space(study, None if study.labelled else 2)
    person: dict[str, Any] = {}
    for item in study.named_alternatives:
        for attribute, covariate in item.personal.items():
            cells = space.cells[study.attribute_ids.index(attribute)]
            person.setdefault(covariate, cells[len(cells) // 2])
    return person


def error_of(matrix: Floats, nuisance: Sequence[int] = ()) -> float:
    """Return the D-error ``det(M^-1)^(1/K)``; infinite where the information is singular.

    Parameters
    ----------
    matrix : ndarray of shape (K, K)
        Information.
    nuisance : sequence of int
        Coefficients whose precision does not matter (Ds-error): the determinant is then that of
        the covariance of the others, to the power of one over their number.
    """
    sign, log_det = np.linalg.slogdet(matrix)
    if sign <= 0 or not np.isfinite(log_det) or _singular(matrix):
        return float("inf")
    size = len(matrix)
    if len(nuisance):
        part = matrix[np.ix_(nuisance, nuisance)]
        log_det = log_det - np.linalg.slogdet(part)[1]
        size -= len(nuisance)
    return float(np.exp(-log_det / size))


def _singular(matrix: Floats) -> bool:
    """Return whether a matrix is singular to working precision, whatever the units are."""
    scale = np.sqrt(np.diag(matrix))
    if (scale <= 0).any():
        return True
    values = np.linalg.eigvalsh(matrix / np.outer(scale, scale))
    return bool(values[0] < 1e-12 * values[-1])
