"""Fitting a model that has a likelihood of people: search, check, and put results together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ccegov_choice.models.certificate.simulation_noise import first_search, trust_in
from ccegov_choice.models.covariance import Covariance, covariance_kind
from ccegov_choice.models.fitting.conclude import Found, conclude, default_covariance, with_errors
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.fitting.identify import flat_directions
from ccegov_choice.models.fitting.people_search import PeopleProblem, search_people
from ccegov_choice.models.fitting.progress import watched
from ccegov_choice.models.fitting.unidentified import raise_findings
from ccegov_choice.models.results import Model, Results

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData

Turn = Callable[[Any, PeopleProblem, Found], tuple[Any, PeopleProblem, Found]]


class PeopleModel(Model, Protocol):
    """A specification whose likelihood is a sum over people."""

    def problem(self, data: ChoiceData, *, threads: int | None = None) -> PeopleProblem:
        """Check names and data, and lay them out for the search."""


def fit_people(
    model: Model,
    data: ChoiceData,
    problem: PeopleProblem,
    *,
    covariance: Covariance | str | None,
    options: FitOptions,
    threads: int | None = None,
    turn: Turn | None = None,
) -> Results:
    """Estimate a model by maximum likelihood.

    Parameters
    ----------
    model : Model
        The specification.
    data : ChoiceData
        Choices, one per task.
    problem : PeopleProblem
        Both, laid out for the search.
    covariance : Covariance or str, optional
        Kind of standard errors.
    options : FitOptions
        When the search stops.
    threads : int, optional
        Threads to use.
    turn : callable, optional
        From what was found to the same in the words that are to be reported.

    Raises
    ------
    IdentificationError
        If the likelihood is flat in some direction; it names the parameters.
    ConvergenceError
        If the search does not reach the top; ``error.best`` holds the best results.
    """
    kind = covariance_kind(covariance) if covariance is not None else default_covariance(data)
    with watched(options, model.title) as rules:
        found = search_people(problem, rules)
        approach = first_search(problem)
        edges: tuple[str, ...] = ()
        if problem.inspect is not None and found.optimum.record.converged:
            edges = problem.inspect(problem.constraints.full(found.optimum.point))
        _check_peak(problem, found)
        if turn is not None:
            model, problem, found = turn(model, problem, found)
        results = conclude(model, data, problem.utility, problem.constraints, found)
        trust = trust_in(results, problem, found, edges, rules)
    results = replace(results, trust=replace(trust, approach=approach))
    return with_errors(results, data, kind, threads)


def _check_peak(problem: PeopleProblem, found: Found) -> None:
    optimum, constraints = found.optimum, problem.constraints
    if not optimum.record.converged:
        return
    moves = ~constraints.box.held(optimum.point, optimum.at.gradient)
    expansion = constraints.expansion[:, moves]
    names = [constraints.names_of(int(f)) for f in np.flatnonzero(moves)]
    raise_findings(flat_directions(-expansion.T @ found.hessian @ expansion, names))
