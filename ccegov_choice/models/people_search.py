"""The search for models whose likelihood is known person by person: coarse first, then fine.

The driver is that of every model (`ccegov_choice.models.estimate`). Where a model has no analytic
Hessian, the sum of products of scores stands in for it, and a correction learnt from the steps
taken makes up the difference (a structured secant method). At the end the Hessian is taken from
differences of the score, and the search goes on where that finds something left to gain.

References
----------
Dennis, Gay & Welsch (1981), ACM Transactions on Mathematical Software 7, 348-368.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.conclude import Found
from ccegov_choice.models.constraints import left_inverse
from ccegov_choice.models.estimate import Evaluation, FitOptions, Optimum, maximise
from ccegov_choice.models.person_likelihood import (
    PersonLikelihood,
    PersonValues,
    difference_hessian,
    outer_products,
)
from ccegov_choice.models.status import Status
from ccegov_choice.models.trust_region import decrement

if TYPE_CHECKING:
    from ccegov_choice.models.constraints import Constraints
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]
Warm = Callable[[FloatArray], FloatArray]

# How near its top a first search must come: the next one starts there.
_NEAR = 1e-3
_ROUNDS = 3
METHOD = "trust-region search with products of scores, Hessian by differences of the score"
NEWTON = "trust-region Newton with the analytic Hessian"


@dataclass(frozen=True, eq=False)
class PeopleProblem:
    """A model and data, ready to be searched.

    Parameters
    ----------
    utility : Utility
        Bound to the study.
    likelihood : PersonLikelihood
        The log-likelihood that is to be highest.
    constraints : Constraints
        How all ``P`` parameters follow from the free ones.
    starts : tuple of ndarray of shape (P,)
        Where to start; the best end is taken.
    mass : float
        Total weight of the tasks.
    coarse : PersonLikelihood, optional
        A cheaper likelihood with its top nearby: the same with fewer draws.
    warm : callable, optional
        From a start to a better one, such as some steps of an EM algorithm.
    canonical : callable, optional
        From the top to the point of the same likelihood that is reported, such as the one where
        classes are in the order of their size.
    inspect : callable, optional
        Looks at the parameters at the top before results are made, to warn or to raise.
    """

    utility: Utility
    likelihood: PersonLikelihood
    constraints: Constraints
    starts: tuple[FloatArray, ...]
    mass: float
    coarse: PersonLikelihood | None = None
    warm: Warm | None = None
    canonical: Warm | None = None
    inspect: Callable[[FloatArray], None] | None = None

    def reweighted(self, times: FloatArray) -> PeopleProblem:
        """Return the problem with each person counted ``(N,)`` times as much."""
        coarse = None if self.coarse is None else self.coarse.reweighted(times)
        return replace(self, likelihood=self.likelihood.reweighted(times), coarse=coarse)


@dataclass(eq=False)
class PeopleObjective:
    """The log-likelihood as a function of the free parameters, with a Hessian to step by.

    Parameters
    ----------
    likelihood : PersonLikelihood
        Values and scores of people.
    constraints : Constraints
        From free parameters to all.
    correction : ndarray of shape (F, F), optional
        Difference of Hessian and products of scores, where it is known.
    """

    likelihood: PersonLikelihood
    constraints: Constraints
    correction: FloatArray | None = None
    passes: int = 0
    _last: tuple[FloatArray, FloatArray] | None = field(default=None, repr=False)

    def people(self, free: FloatArray) -> PersonValues:
        """Return values and scores ``(N, F)`` of people."""
        self.passes += 1
        at = self.likelihood.people(self.constraints.full(free))
        return PersonValues(at.value, at.score @ self.constraints.expansion)

    def gradient(self, free: FloatArray) -> FloatArray:
        """Return the gradient ``(F,)``."""
        return np.asarray(self.people(free).score.sum(axis=0))

    def __call__(self, free: FloatArray) -> Evaluation:
        """Return value, gradient and the Hessian to step by."""
        at = self.people(free)
        value, gradient = float(at.value.sum()), at.score.sum(axis=0)
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            return Evaluation(value, gradient, np.full((len(free), len(free)), np.nan))
        analytic = self._own_hessian(free)
        if analytic is not None:
            return Evaluation(value, gradient, analytic)
        outer = outer_products(at, self.likelihood.weights)
        return Evaluation(value, gradient, self._corrected(free, gradient, outer))

    def _own_hessian(self, free: FloatArray) -> FloatArray | None:
        """Return second derivatives ``(F, F)`` as the likelihood gives them, if it does."""
        analytic = self.likelihood.hessian(self.constraints.full(free))
        if analytic is None:
            return None
        self.passes += getattr(self.likelihood, "hessian_passes", 0)
        expansion = self.constraints.expansion
        return np.asarray(expansion.T @ analytic @ expansion)

    def _corrected(self, free: FloatArray, gradient: FloatArray, outer: FloatArray) -> FloatArray:
        correction = np.zeros_like(outer) if self.correction is None else self.correction
        if self._last is not None:
            step, change = free - self._last[0], gradient - self._last[1]
            missed = change - (outer + correction) @ step
            along = float(missed @ step)
            size = float(np.linalg.norm(missed) * np.linalg.norm(step))
            # what a long step taught may be wrong here: it is kept below the products themselves
            modest = np.linalg.norm(missed) <= np.linalg.norm(outer @ step)
            if size > 0 and abs(along) > 1e-6 * size and modest:
                correction = correction + np.outer(missed, missed) / along
        self._last = free, gradient
        self.correction = correction
        return np.asarray(outer + correction)

    def hessian(self, at: Evaluation, free: FloatArray) -> FloatArray:
        """Return second derivatives ``(F, F)`` at a point, exact to about seven digits."""
        analytic = self._own_hessian(free)
        if analytic is not None:
            return analytic
        return difference_hessian(self.gradient, free, at.gradient, at.hessian)


def search_people(problem: PeopleProblem, options: FitOptions) -> Found:
    """Find the top: from every start on the coarse likelihood, then from the best on the fine one.

    Returns
    -------
    Found
        The best point reached. Ctrl-C gives the best so far, marked as interrupted.
    """
    approached = _approach_all(problem, options)
    best = max(approached, key=lambda optimum: _rank(optimum.at.value))
    ends = tuple(optimum.at.value for optimum in approached)
    objective = PeopleObjective(problem.likelihood, problem.constraints)
    if best.record.status is Status.INTERRUPTED:
        at = objective(best.point)
        optimum, curvature = replace(best, at=at), at.hessian
    else:
        objective.correction = _correction(problem, best)
        optimum, curvature = _finish(problem, objective, best.point, options)
        optimum, curvature = _relabelled(problem, objective, optimum, curvature)
        if problem.coarse is None:
            optimum = _with_approach(best, optimum)
    record = replace(
        optimum.record, evaluations=objective.passes, starts=ends, method=_told(problem)
    )
    estimates = problem.constraints.full(optimum.point)
    scores = problem.likelihood.people(estimates).score if optimum.at.finite else None
    found = replace(optimum, record=record)
    return Found(found, _spread(problem.constraints, curvature), scores)


def _with_approach(best: Optimum, optimum: Optimum) -> Optimum:
    """Count the steps of the approach, which were on the same likelihood."""
    before, after = best.record, optimum.record
    record = replace(
        after,
        iterations=before.iterations + after.iterations,
        trace=(*before.trace, *after.trace[1:]),
    )
    return replace(optimum, record=record)


def _relabelled(
    problem: PeopleProblem, objective: PeopleObjective, optimum: Optimum, curvature: FloatArray
) -> tuple[Optimum, FloatArray]:
    """Go to the point of the same likelihood that is reported."""
    if problem.canonical is None or not optimum.record.converged:
        return optimum, curvature
    here = problem.constraints.full(optimum.point)
    point = problem.constraints.reduce(problem.canonical(here))
    if np.array_equal(point, optimum.point):
        return optimum, curvature
    at = objective(point)
    return replace(optimum, point=point, at=at), objective.hessian(at, point)


def _told(problem: PeopleProblem) -> str:
    own: str | None = getattr(problem.likelihood, "method", None)
    if own is not None:
        return own
    start = problem.constraints.full(problem.constraints.reduce(problem.starts[0]))
    return METHOD if problem.likelihood.hessian(start) is None else NEWTON


def _rank(value: float) -> float:
    return value if np.isfinite(value) else -np.inf


def _approach_all(problem: PeopleProblem, options: FitOptions) -> list[Optimum]:
    found = []
    for start in problem.starts:
        found.append(_approach(problem, start, options))
        if found[-1].record.status is Status.INTERRUPTED:
            break
    return found


def _approach(problem: PeopleProblem, start: FloatArray, options: FitOptions) -> Optimum:
    """Search from one start until the top is near."""
    likelihood = problem.coarse or problem.likelihood
    constraints = problem.constraints
    if problem.warm is not None:
        start = problem.warm(start)
    rules = replace(options, tolerance=max(_NEAR, options.tolerance))
    objective = PeopleObjective(likelihood, constraints)
    point = constraints.box.clip(constraints.reduce(start))
    return maximise(objective, point, constraints.box, mass=problem.mass, options=rules)


def _correction(problem: PeopleProblem, near: Optimum) -> FloatArray | None:
    """Return what the products of scores miss, as the coarse likelihood has it near its top."""
    if problem.coarse is None or not near.at.finite:
        return None
    objective = PeopleObjective(problem.coarse, problem.constraints)
    at = objective.people(near.point)
    outer = outer_products(at, problem.coarse.weights)
    here = Evaluation(near.at.value, at.score.sum(axis=0), outer)
    return objective.hessian(here, near.point) - outer


def _finish(
    problem: PeopleProblem, objective: PeopleObjective, point: FloatArray, options: FitOptions
) -> tuple[Optimum, FloatArray]:
    """Search the fine likelihood, and go on while its Hessian shows something to gain."""
    box = problem.constraints.box
    optimum = maximise(objective, point, box, mass=problem.mass, options=options)
    curvature = optimum.at.hessian
    for _ in range(_ROUNDS):
        if not optimum.record.converged:
            break
        try:
            at = objective(optimum.point)
            curvature = objective.hessian(at, optimum.point)
        except KeyboardInterrupt:
            record = replace(optimum.record, status=Status.INTERRUPTED)
            return replace(optimum, record=record), curvature
        gap = decrement(at.gradient, curvature, optimum.point, box)
        record = replace(optimum.record, decrement=gap)
        optimum = replace(optimum, at=replace(at, hessian=curvature), record=record)
        if np.sqrt(2 * gap / problem.mass) <= 10 * options.tolerance:
            break
        outer = outer_products(objective.people(optimum.point), problem.likelihood.weights)
        objective.correction, objective._last = curvature - outer, None
        optimum = maximise(objective, optimum.point, box, mass=problem.mass, options=options)
    return optimum, curvature


def _spread(constraints: Constraints, curvature: FloatArray) -> FloatArray:
    """Return a Hessian ``(P, P)`` whose part in the free parameters is that given ``(F, F)``."""
    inverse = left_inverse(constraints.expansion)
    return np.asarray(inverse.T @ curvature @ inverse)
