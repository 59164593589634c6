"""The bootstrap by person: refits with people counted as often as they were drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import CovarianceError
from ccegov_choice.models.covariance import Bootstrap
from ccegov_choice.models.evidence import Computed
from ccegov_choice.models.fitting.constraints import left_inverse
from ccegov_choice.models.fitting.estimate import FitOptions, Optimum, maximise
from ccegov_choice.models.fitting.people_search import PeopleObjective, PeopleProblem

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.fitting.constraints import Constraints
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# With fewer refits that have a top, their spread says nothing about that of the estimates.
_LEAST_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class Replicates:
    """Estimates of the samples that could be fitted.

    Parameters
    ----------
    estimates : ndarray of shape (R, P)
        All parameters, one row per sample.
    drawn : int
        Samples drawn; those without a top are left out of ``estimates``.
    """

    estimates: FloatArray
    drawn: int

    @property
    def failed(self) -> int:
        """Samples in which the search found no top."""
        return self.drawn - len(self.estimates)


def bootstrap_estimates(
    results: Results,
    data: ChoiceData,
    *,
    replications: int = 200,
    seed: int = 1,
    threads: int | None = None,
) -> Replicates:
    """Refit a model on samples of people drawn with replacement.

    No rows are copied: the tasks of a person drawn twice have their weight doubled. Each refit
    starts from the estimates.

    Parameters
    ----------
    results : Results
        A fitted model.
    data : ChoiceData
        The data of the fit.
    replications : int
        Samples.
    seed : int
        Seed of the draws.
    threads : int, optional
        Threads to use; the result does not depend on it.

    Raises
    ------
    CovarianceError
        If the data are not those of the fit, or more than a tenth of the samples have no top.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap.
    """
    _check_arguments(results, data, replications)
    generator = np.random.default_rng(seed)
    found = []
    with _refits(results, data, threads) as (refit, constraints):
        for _ in range(replications):
            drawn = generator.integers(data.people, size=data.people)
            optimum = refit(np.bincount(drawn, minlength=data.people))
            if optimum.record.status.label == "interrupted":
                raise KeyboardInterrupt
            settled = optimum.record.trace[-1].step < 0.1
            if optimum.record.converged and settled:
                found.append(constraints.full(optimum.point))
    return Replicates(np.array(found).reshape(len(found), len(results.names)), replications)


@contextmanager
def _refits(
    results: Results, data: ChoiceData, threads: int | None
) -> Iterator[tuple[Callable[[IntArray], Optimum], Constraints]]:
    """Lay the data out once, and give a function that refits with people counted ``(N,)`` times.

    Raises
    ------
    CovarianceError
        If the model cannot be refitted.
    """
    from ccegov_choice.models.logit.fit import logit_problem
    from ccegov_choice.models.logit.logit import Logit

    rules = FitOptions(tolerance=1e-4, max_iterations=50)
    if isinstance(results.model, Logit):
        problem = logit_problem(results.model, data, threads=threads)
        tasks_of = np.diff(data.person_offsets)
        start = problem.constraints.reduce(results.estimates)

        def refit(times: IntArray) -> Optimum:
            weights = problem.likelihood.choices.weights * np.repeat(times, tasks_of)
            return maximise(
                problem.reweighted(weights).objective(),
                start,
                problem.constraints.box,
                mass=problem.mass,
                options=rules,
            )

        with problem.likelihood.running():
            yield refit, problem.constraints
        return
    lay_out = getattr(results.model, "problem", None)
    if lay_out is None:
        raise CovarianceError(
            f"the bootstrap cannot refit a {results.model.title}",
            cure="Use the covariance 'clustered'.",
        )
    people: PeopleProblem = lay_out(data, threads=threads)
    yield partial(_refit_people, people, results.estimates, rules), people.constraints


def _refit_people(
    problem: PeopleProblem, estimates: FloatArray, rules: FitOptions, times: IntArray
) -> Optimum:
    """Search from the estimates: in a sample, classes keep the names that they have."""
    sample = problem.reweighted(times.astype(np.float64))
    return maximise(
        PeopleObjective(sample.likelihood, problem.constraints),
        problem.constraints.reduce(estimates),
        problem.constraints.box,
        mass=problem.mass,
        options=rules,
    )


def bootstrap_covariance(
    results: Results, data: ChoiceData, kind: Bootstrap, *, threads: int | None = None
) -> Computed:
    """Return the covariance of the free parameters over the samples.

    Raises
    ------
    CovarianceError
        If more than a tenth of the samples have no top.
    """
    replicates = bootstrap_estimates(
        results, data, replications=kind.replications, seed=kind.seed, threads=threads
    )
    used = len(replicates.estimates)
    if used < max(2, _LEAST_SHARE * kind.replications):
        raise CovarianceError(
            f"{replicates.failed} of {kind.replications} samples of people have no best estimates",
            where=results.model.title,
            cure="Some coefficients rest on few people: join levels, or use 'clustered'.",
        )
    expansion = results.expansion
    free = replicates.estimates @ left_inverse(expansion).T
    matrix = np.atleast_2d(np.cov(free, rowvar=False))
    note = f"{used:,} samples of {results.people:,} people drawn again, seed {kind.seed}"
    if replicates.failed:
        note += f"; {replicates.failed} more had no best estimates and are left out"
    return Computed(matrix, note)


def _check_arguments(results: Results, data: ChoiceData, replications: int) -> None:
    if replications < 2:
        raise CovarianceError(
            f"{replications} samples cannot show a spread",
            cure="Ask for 200 or more: Bootstrap(200).",
        )
    if not results.converged:
        raise CovarianceError(
            "the estimates did not converge, so they have no standard errors",
            where=results.model.title,
            cure=results.optimisation.status.cure,
        )
    same = (data.people, data.tasks, data.rows) == (results.people, results.tasks, results.rows)
    if not same or not np.array_equal(data.person_ids, results.person_ids):
        raise CovarianceError(
            f"these are not the data of the fit ({results.people:,} people, {results.tasks:,} "
            f"tasks; the data given have {data.people:,} and {data.tasks:,})",
            cure="Give the data that the model was fitted to.",
        )
