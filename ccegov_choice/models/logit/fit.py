"""Fitting a logit: check, search, check again, and put the results together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.certificate.trust import Trust
from ccegov_choice.models.covariance import Covariance
from ccegov_choice.models.covariance import covariance_kind as kind_of
from ccegov_choice.models.fitting.assemble import (
    ScaleGroups,
    check_levels_shown,
    logit_likelihood,
    scale_groups,
    starting_values,
)
from ccegov_choice.models.fitting.conclude import Found, conclude, default_covariance, with_errors
from ccegov_choice.models.fitting.constraints import Constraints, constrain
from ccegov_choice.models.fitting.estimate import (
    Evaluation,
    FitOptions,
    Objective,
    Optimum,
    maximise,
)
from ccegov_choice.models.fitting.identify import (
    empty_levels,
    flat_directions,
    is_singular,
    no_information,
)
from ccegov_choice.models.fitting.likelihood import LogitLikelihood
from ccegov_choice.models.fitting.progress import watched
from ccegov_choice.models.fitting.separation import separation
from ccegov_choice.models.fitting.status import Status
from ccegov_choice.models.fitting.unidentified import raise_findings

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.logit.logit import Bound, Logit
    from ccegov_choice.models.results import Results
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# A first fit on every so many chunks of people, where that leaves enough tasks per parameter.
_SHARE = 16
_TASKS_PER_PARAMETER = 100
_LARGEST_SHARE = 0.25
_SAMPLED_ROWS = 20_000


@dataclass(frozen=True, eq=False)
class LogitProblem:
    """A logit and data, ready to be searched.

    Parameters
    ----------
    utility : Utility
        Bound to the study.
    likelihood : LogitLikelihood
        The log-likelihood of the parameters.
    constraints : Constraints
        How all parameters follow from the free ones.
    scales : ScaleGroups or None
        Groups with a scale of their own.
    """

    utility: Utility
    likelihood: LogitLikelihood
    constraints: Constraints
    scales: ScaleGroups | None

    @property
    def mass(self) -> float:
        """Total weight of the tasks."""
        return float(self.likelihood.choices.weights.sum())

    def objective(self, chunks: IntArray | None = None) -> Objective:
        """Return the log-likelihood as a function of the free parameters."""
        expansion = self.constraints.expansion

        def evaluate(free: FloatArray) -> Evaluation:
            at = self.likelihood.evaluate(self.constraints.full(free), chunks)
            hessian = expansion.T @ at.hessian @ expansion
            return Evaluation(at.value, at.gradient @ expansion, hessian)

        return evaluate

    def reweighted(self, weights: FloatArray) -> LogitProblem:
        """Return the problem with other task weights ``(T,)``."""
        return replace(self, likelihood=self.likelihood.reweighted(weights))

    def information_at_equal_shares(self) -> FloatArray:
        """Return the negative Hessian of the free coefficients when all shares are equal."""
        theta = np.zeros(self.likelihood.parameters)
        theta[self.utility.size :] = 1.0
        expansion = self.constraints.expansion
        information: FloatArray = -expansion.T @ self.likelihood.evaluate(theta).hessian @ expansion
        return information


def logit_problem(model: Logit, data: ChoiceData, *, threads: int | None = None) -> LogitProblem:
    """Check names and data, and lay them out for the search.

    Raises
    ------
    UtilityError, DataError
        If they do not fit each other.
    IdentificationError
        If a coefficient belongs to a level that was never shown.
    """
    utility = model.utility.bind(data.study)
    scales = scale_groups(data, model.scale) if model.scale else None
    names = (*utility.names, *(scales.names if scales else ()))
    bounds: dict[str, Bound] = dict.fromkeys(scales.names, (0.0, None)) if scales else {}
    constraints = constrain(
        names, fixed=model.fixed, equal=model.equal, bounds={**bounds, **model.bounds}
    )
    _ = data.chosen  # says what to do where there is not one choice per task
    raise_findings(empty_levels(check_levels_shown(utility, data), constraints))
    likelihood = logit_likelihood(utility, data, scales=scales, threads=threads)
    return LogitProblem(utility, likelihood, constraints, scales)


def fit_logit(
    model: Logit,
    data: ChoiceData,
    *,
    start: Mapping[str, float] | Sequence[float] | None,
    threads: int | None,
    covariance: Covariance | str | None,
    options: FitOptions,
) -> Results:
    """Estimate a logit; see `ccegov_choice.models.logit.logit.Logit.fit`."""
    kind = kind_of(covariance) if covariance is not None else default_covariance(data)
    problem = logit_problem(model, data, threads=threads)
    first = starting_values(problem.constraints.names, problem.utility.size, start)
    with problem.likelihood.running(), watched(options, model.title) as rules:
        found = _found(problem, search(problem, first, rules))
    concluded = conclude(model, data, problem.utility, problem.constraints, found)
    # with scales of groups, utilities are no straight lines in the parameters
    results = replace(concluded, trust=Trust(one_top=not model.scale))
    return with_errors(results, data, kind, threads)


def _found(problem: LogitProblem, optimum: Optimum) -> Found:
    constraints = problem.constraints
    estimates = constraints.full(optimum.point)
    unconstrained = constraints.expansion.shape[0] == constraints.expansion.shape[1]
    at = optimum.at if unconstrained else problem.likelihood.evaluate(estimates)
    scores = problem.likelihood.scores(estimates) if optimum.at.finite else None
    return Found(optimum, at.hessian, scores)


def search(problem: LogitProblem, start: FloatArray, options: FitOptions) -> Optimum:
    """Find the top, and check before and after that there is one.

    Raises
    ------
    IdentificationError
        If the data cannot tell all coefficients.
    """
    constraints = problem.constraints
    free = constraints.box.clip(constraints.reduce(start))
    interrupted = False
    if options.warm_start:
        free, interrupted = _warm_start(problem, free)
    rules = replace(options, max_iterations=0) if interrupted else options
    objective = problem.objective()
    first = objective(free)
    coefficients = np.asarray(constraints.expansion[: problem.utility.size].any(axis=0))
    if first.finite and is_singular(-first.hessian[np.ix_(coefficients, coefficients)]):
        # shares far from equal may hide information, so only equal shares decide
        information = problem.information_at_equal_shares()
        _check_information(problem, information, coefficients)
    optimum = maximise(
        objective, free, constraints.box, mass=problem.mass, options=rules, first=first
    )
    if interrupted:
        optimum = replace(optimum, record=replace(optimum.record, status=Status.INTERRUPTED))
    _check_after(problem, optimum)
    return optimum


def _check_information(
    problem: LogitProblem, information: FloatArray, coefficients: npt.NDArray[np.bool_]
) -> None:
    constraints = problem.constraints
    part = replace(constraints, expansion=constraints.expansion[:, coefficients])
    information = information[np.ix_(coefficients, coefficients)]
    raise_findings(no_information(information, problem.likelihood.choices, part))


def _check_after(problem: LogitProblem, optimum: Optimum) -> None:
    constraints, choices = problem.constraints, problem.likelihood.choices
    if not optimum.at.finite or optimum.record.status.label == "interrupted":
        return
    length = _utility_moved(problem, optimum.last_step)
    found = separation(choices, constraints, optimum.last_step, length)
    raise_findings([found] if found else [])
    if optimum.record.converged:
        moves = ~constraints.box.held(optimum.point, optimum.at.gradient)
        names = [constraints.names_of(int(f)) for f in np.flatnonzero(moves)]
        raise_findings(flat_directions(-optimum.at.hessian[np.ix_(moves, moves)], names))


def _utility_moved(problem: LogitProblem, step: FloatArray) -> float:
    """Return about how much a step changes utilities, from a sample of the rows."""
    x = problem.likelihood.choices.x
    size = np.abs(x[:, :: 1 + x.shape[1] // _SAMPLED_ROWS]).max(axis=1, initial=0.0)
    # a level too rare for the sample is a dummy
    size[size == 0] = 1.0
    change = problem.constraints.expansion[: len(x)] @ step
    return float(np.abs(change) @ size)


def _warm_start(problem: LogitProblem, free: FloatArray) -> tuple[FloatArray, bool]:
    """Return the top on a fixed share of the people, or the start where that does not help.

    And whether Ctrl-C ended the search for it.

    Each step of a Newton search costs a pass over the data, and only the last two or three must see
    all of it.
    """
    likelihood = problem.likelihood
    tasks = len(likelihood.choices.chosen)
    enough = _TASKS_PER_PARAMETER * likelihood.parameters * likelihood.chunks / tasks
    count = int(np.ceil(max(likelihood.chunks / _SHARE, enough)))
    if count > _LARGEST_SHARE * likelihood.chunks:
        return free, False
    chunks = (np.arange(count) * likelihood.chunks) // count
    optimum = maximise(
        problem.objective(chunks),
        free,
        problem.constraints.box,
        mass=problem.mass * count / likelihood.chunks,
        options=FitOptions(max_iterations=15, tolerance=1e-3),
    )
    if optimum.record.status is Status.INTERRUPTED:
        return optimum.point, True
    settled = optimum.record.converged and optimum.record.trace[-1].step < 0.5
    return optimum.point if settled else free, False
