"""The logit of all people together, around which the search for classes starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import Problem
from ccegov_choice.models.fitting.estimate import FitOptions, unbroken
from ccegov_choice.models.fitting.unidentified import UnidentifiedError
from ccegov_choice.models.logit.fit import logit_problem, search
from ccegov_choice.models.logit.logit import Logit

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.classes.assemble import Mixture
    from ccegov_choice.models.fitting.constraints import Constraints

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pooled:
    """The logit of all people together.

    Parameters
    ----------
    estimates : ndarray of shape (K,)
        Its coefficients.
    information : ndarray of shape (K, K)
        Minus its Hessian.
    scores : ndarray of shape (N, K)
        Slopes of people.
    mass : float
        Total weight of the tasks.
    """

    estimates: FloatArray
    information: FloatArray
    scores: FloatArray
    mass: float

    @property
    def unit(self) -> FloatArray:
        """Changes ``(K,)`` of single coefficients that move utilities by about one."""
        curvature = np.diag(self.information) / self.mass
        return np.asarray(1.0 / np.sqrt(np.maximum(curvature, 1e-12)))


def pooled_logit(
    found: Mixture, constraints: Constraints, data: ChoiceData, threads: int | None
) -> Pooled:
    """Fit the logit of all people; coefficients that no class may choose are left at zero.

    Raises
    ------
    IdentificationError
        If the data cannot tell its coefficients.
    """
    utility, layout = found.utility, found.layout
    own = [p for n, p in zip(layout.classes, layout.positions, strict=True) if n not in found.inner]
    moves = constraints.expansion.any(axis=1)
    # a coefficient without a parameter has position -1, and the last entry says that it is still
    can_move = np.append(moves, False)
    free = np.zeros(utility.size, dtype=bool)
    for positions in own:
        free |= can_move[positions]
    fixed = {name: 0.0 for name, is_free in zip(utility.names, free, strict=True) if not is_free}
    estimates = np.zeros(utility.size)
    try:
        problem = logit_problem(Logit(utility, fixed=fixed), data, threads=threads)
        if free.any():
            with problem.likelihood.running():
                optimum = unbroken(search(problem, estimates, FitOptions(tolerance=1e-4)))
            estimates = problem.constraints.full(optimum.point)
    except UnidentifiedError as error:
        raise type(error).about(
            [_for_classes(p) for p in error.problems], error.coefficients
        ) from error
    at = problem.likelihood.evaluate(estimates)
    return Pooled(estimates, -at.hessian, problem.likelihood.scores(estimates), problem.mass)


def _for_classes(problem: Problem) -> Problem:
    """Say what to do about a problem of the logit in a model of classes."""
    cure = (
        "What the logit of all people cannot tell, no class can: leave it out of the utility, or "
        "let every class ignore it: ClassSpec(name, ignores=[...]). For a logit: "
    )
    return Problem(problem.problem, cure + problem.cure, problem.where)
