"""The search for models whose likelihood is known person by person: coarse first, then fine.

The driver is that of every model (`ccegov_choice.models.fitting.estimate`). A pass for values and
slopes is cheap and one for the Hessian is not, so the fine search is a chord method: steps by the
Hessian of the point where it was last taken, first that of the coarse likelihood's top; a fresh one
at the end for the standard errors, and to go on with where it finds something left to gain. Where a
model has no analytic Hessian, differences of the score give it, and products of scores stand in for
it while the top is far.

References
----------
Berndt, Hall, Hall & Hausman (1974), Annals of Economic and Social Measurement 3, 653-665. Dennis &
Schnabel (1996), Numerical Methods for Unconstrained Optimization, sections 5.4 and 10.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.fitting.conclude import Found
from ccegov_choice.models.fitting.constraints import left_inverse
from ccegov_choice.models.fitting.estimate import (
    FIRST_RADIUS,
    Evaluation,
    FitOptions,
    Optimum,
    TracePoint,
    maximise,
)
from ccegov_choice.models.fitting.person_likelihood import (
    PersonLikelihood,
    PersonValues,
    difference_hessian,
    outer_products,
)
from ccegov_choice.models.fitting.status import Status
from ccegov_choice.models.fitting.trust_region import decrement

if TYPE_CHECKING:
    from ccegov_choice.models.fitting.constraints import Constraints
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]
Warm = Callable[[FloatArray], FloatArray]

# How near its top a first search must come: the next one starts there.
_NEAR = 1e-3
# Steps by one Hessian; where they do not arrive, a fresh one is worth its price.
_CHORD_STEPS = 3
# What may be left to gain, in log-likelihood, where the top is a corner that no slope leads to: at
# most a twentieth of a standard error in any direction.
_CORNER = 1.25e-3
METHOD = "trust-region chord Newton, Hessian by differences of the score"
NEWTON = "trust-region chord Newton with the analytic Hessian"


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
        Looks at the parameters at the top before results are made, to warn or to raise; returns
        what it says about estimates at an edge.
    """

    utility: Utility
    likelihood: PersonLikelihood
    constraints: Constraints
    starts: tuple[FloatArray, ...]
    mass: float
    coarse: PersonLikelihood | None = None
    warm: Warm | None = None
    canonical: Warm | None = None
    inspect: Callable[[FloatArray], tuple[str, ...]] | None = None

    def reweighted(self, times: FloatArray) -> PeopleProblem:
        """Return the problem with each person counted ``(N,)`` times as much."""
        coarse = self.coarse
        if coarse is not None:
            # that of a sample of the people is of no use where others count
            coarse = coarse.reweighted(times) if len(coarse.weights) == len(times) else None
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
    curvature : ndarray of shape (F, F), optional
        The Hessian to step by; that of each point without it.
    """

    likelihood: PersonLikelihood
    constraints: Constraints
    curvature: FloatArray | None = None
    passes: int = 0
    newton: bool = False

    def people(self, free: FloatArray) -> PersonValues:
        """Return values and scores ``(N, F)`` of people."""
        self.passes += 1
        at = self.likelihood.people(self.constraints.full(free))
        return PersonValues(at.value, at.score @ self.constraints.expansion)

    def gradient(self, free: FloatArray) -> FloatArray:
        """Return the gradient ``(F,)``."""
        return np.asarray(self.people(free).score.sum(axis=0))

    def analytic(self, free: FloatArray) -> FloatArray | None:
        """Return second derivatives ``(F, F)`` where the model gives them."""
        found = self.likelihood.hessian(self.constraints.full(free))
        self.newton = found is not None
        expansion = self.constraints.expansion
        return None if found is None else np.asarray(expansion.T @ found @ expansion)

    def __call__(self, free: FloatArray) -> Evaluation:
        """Return value, gradient and the Hessian to step by."""
        at = self.people(free)
        value, gradient = float(at.value.sum()), at.score.sum(axis=0)
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            return Evaluation(value, gradient, np.full((len(free), len(free)), np.nan))
        if self.curvature is not None:
            return Evaluation(value, gradient, self.curvature)
        analytic = self.analytic(free)
        if analytic is None:
            analytic = outer_products(at, self.likelihood.weights)
        return Evaluation(value, gradient, analytic)

    def hessian(self, free: FloatArray) -> Evaluation:
        """Return value, gradient and second derivatives, exact to about seven digits at least."""
        at = self.people(free)
        value, gradient = float(at.value.sum()), at.score.sum(axis=0)
        found = self.analytic(free)
        if found is None:
            outer = outer_products(at, self.likelihood.weights)
            found = difference_hessian(self.gradient, free, gradient, outer)
        return Evaluation(value, gradient, found)


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
    if any(optimum.record.status is Status.INTERRUPTED for optimum in approached):
        optimum = _as_it_is(objective, best)
    else:
        optimum = _relabelled(problem, objective, _finish(problem, objective, best, options))
        if problem.coarse is None:
            optimum = _with_approach(best, optimum)
    record = replace(
        optimum.record, evaluations=objective.passes, starts=ends, method=_told(problem, objective)
    )
    estimates = problem.constraints.full(optimum.point)
    found = replace(optimum, record=record)
    hessian = _spread(problem.constraints, optimum.at.hessian)
    if not np.isfinite(optimum.at.value):
        return Found(found, hessian, None)
    last = problem.likelihood.people(estimates)
    return Found(found, hessian, last.score, last.value)


def _as_it_is(objective: PeopleObjective, near: Optimum) -> Optimum:
    """Return what an approach came to on the full likelihood, marked as interrupted: one pass."""
    objective.curvature = near.at.hessian
    return replace(_marked(near), at=objective(near.point))


def _marked(optimum: Optimum) -> Optimum:
    return replace(optimum, record=replace(optimum.record, status=Status.INTERRUPTED))


def _with_approach(best: Optimum, optimum: Optimum) -> Optimum:
    """Count the steps of the approach, which were on the same likelihood."""
    before, after = best.record, optimum.record
    record = replace(
        after,
        iterations=before.iterations + after.iterations,
        trace=(*before.trace, *after.trace[1:]),
    )
    return replace(optimum, record=record)


def _relabelled(problem: PeopleProblem, objective: PeopleObjective, optimum: Optimum) -> Optimum:
    """Go to the point of the same likelihood that is reported."""
    if problem.canonical is None or not optimum.record.converged:
        return optimum
    here = problem.constraints.full(optimum.point)
    point = problem.constraints.reduce(problem.canonical(here))
    if np.array_equal(point, optimum.point):
        return optimum
    try:
        return replace(optimum, point=point, at=objective.hessian(point))
    except KeyboardInterrupt:
        return _marked(optimum)


def _told(problem: PeopleProblem, objective: PeopleObjective) -> str:
    own: str | None = getattr(problem.likelihood, "method", None)
    if own is not None:
        return own
    return NEWTON if objective.newton else METHOD


def _rank(value: float) -> float:
    return value if np.isfinite(value) else -np.inf


def _approach_all(problem: PeopleProblem, options: FitOptions) -> list[Optimum]:
    """Search from every start; Ctrl-C ends all, and the last is then marked."""
    found: list[Optimum] = []
    count = len(problem.starts)
    words = "first search" if problem.coarse is not None else "search"
    for i, start in enumerate(problem.starts):
        try:
            options.tell(f"{words}, start {i + 1} of {count}" if count > 1 else words)
            found.append(_approach(problem, start, options))
        except KeyboardInterrupt:
            found.append(_marked(found.pop()) if found else _not_begun(problem, start))
        if found[-1].record.status is Status.INTERRUPTED:
            break
    return found


def _approach(problem: PeopleProblem, start: FloatArray, options: FitOptions) -> Optimum:
    """Search from one start until the top is near."""
    if problem.warm is not None:
        start = problem.warm(start)
    rules = replace(options, tolerance=max(_NEAR, options.tolerance))
    objective, point = _coarse_start(problem, start)
    return maximise(objective, point, problem.constraints.box, mass=problem.mass, options=rules)


def _coarse_start(problem: PeopleProblem, start: FloatArray) -> tuple[PeopleObjective, FloatArray]:
    constraints = problem.constraints
    objective = PeopleObjective(problem.coarse or problem.likelihood, constraints)
    return objective, constraints.box.clip(constraints.reduce(start))


def _not_begun(problem: PeopleProblem, start: FloatArray) -> Optimum:
    """Return a start as the end of its search: it was interrupted before the first step."""
    objective, point = _coarse_start(problem, start)
    rules = FitOptions(max_iterations=0)
    optimum = maximise(objective, point, problem.constraints.box, mass=problem.mass, options=rules)
    return _marked(optimum)


def _finish(
    problem: PeopleProblem, objective: PeopleObjective, near: Optimum, options: FitOptions
) -> Optimum:
    """Search the fine likelihood by chords, until a fresh Hessian shows nothing more to gain."""
    box, point, optimum = problem.constraints.box, near.point, near
    trace: tuple[TracePoint, ...] = ()
    try:
        options.tell("Hessian")
        objective.curvature = _first_curvature(problem, near)
        while True:
            left = options.max_iterations - len(trace)
            rules = replace(options, max_iterations=min(_CHORD_STEPS, left))
            options.tell("search")
            optimum = maximise(
                objective, point, box, mass=problem.mass, options=rules, radius=_radius(trace)
            )
            status, point = optimum.record.status, optimum.point
            trace = (*trace, *optimum.record.trace[1:])
            if status in {Status.INTERRUPTED, Status.NOT_FINITE}:
                break
            options.tell("Hessian")
            at = objective.hessian(point)
            objective.curvature = at.hessian
            optimum, arrived = _judged(problem, optimum, at, options)
            stuck = optimum.record.status is Status.NO_PROGRESS
            if arrived or stuck or len(trace) >= options.max_iterations:
                break
    except KeyboardInterrupt:
        optimum = _as_it_is(objective, near) if optimum is near else _marked(optimum)
    first = TracePoint(near.at.value, near.record.decrement, 0.0, True)
    return replace(
        optimum, record=replace(optimum.record, trace=(first, *trace), iterations=len(trace))
    )


def _judged(
    problem: PeopleProblem, optimum: Optimum, at: Evaluation, options: FitOptions
) -> tuple[Optimum, bool]:
    """Return where the search is by a fresh Hessian, and whether that is the top."""
    box, record = problem.constraints.box, optimum.record
    gap = decrement(at.gradient, at.hessian, optimum.point, box)
    slopes = np.abs(at.gradient[~box.held(optimum.point, at.gradient)])
    arrived = bool(np.sqrt(2 * gap / problem.mass) <= 10 * options.tolerance)
    arrived |= getattr(problem.likelihood, "corners", False) and gap <= _CORNER
    stuck = record.status is Status.NO_PROGRESS and record.iterations == 0
    status = Status.CONVERGED if arrived else Status.TOO_MANY_ITERATIONS
    record = replace(
        record,
        status=record.status if stuck and not arrived else status,
        decrement=gap,
        gradient_norm=float(slopes.max(initial=0.0)),
    )
    return replace(optimum, at=at, record=record), arrived


def _radius(trace: tuple[TracePoint, ...]) -> float:
    """Return how far a round may go first: what the one before found too far is not tried again."""
    return FIRST_RADIUS if not trace or trace[-1].accepted else trace[-1].step / 4


def _first_curvature(problem: PeopleProblem, near: Optimum) -> FloatArray | None:
    """Return the Hessian at the top of the coarse likelihood, or of the full one there."""
    if not near.at.finite:
        return None
    objective = PeopleObjective(problem.coarse or problem.likelihood, problem.constraints)
    return objective.hessian(near.point).hessian


def _spread(constraints: Constraints, curvature: FloatArray) -> FloatArray:
    """Return a Hessian ``(P, P)`` whose part in the free parameters is that given ``(F, F)``."""
    inverse = left_inverse(constraints.expansion)
    return np.asarray(inverse.T @ curvature @ inverse)
