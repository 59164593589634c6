"""How much estimates depend on the draws: other draws at the estimates, and one Newton step each.

With ``H`` the Hessian at the estimates and ``g_s`` the slope there under the set of draws ``s``,
the top under that set is at about ``theta + (-H)^-1 g_s`` and higher by ``g_s' (-H)^-1 g_s / 2``.
Two sets taken together are twice the draws: person by person their likelihoods are averaged. It
costs one pass for each further set, where fitting again would cost a search.

References
----------
Train (2009), Discrete Choice Methods with Simulation, chapter 10 (simulation noise and bias).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.certificate.trust import SimulationNoise, Trust
from ccegov_choice.models.classes.components import PeopleClass
from ccegov_choice.models.classes.mixture import MixtureLikelihood
from ccegov_choice.models.fitting.person_likelihood import PersonLikelihood, PersonValues
from ccegov_choice.models.mixed.likelihood import MixedLikelihood

if TYPE_CHECKING:
    from ccegov_choice.models.fitting.conclude import Found
    from ccegov_choice.models.fitting.estimate import FitOptions
    from ccegov_choice.models.fitting.people_search import PeopleProblem
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

# Sets of draws compared, that of the fit among them.
SETS = 4
# Seeds of the others are so far apart that nobody who tries 1, 2, 3 meets them again.
_APART = 7919


def first_search(problem: PeopleProblem) -> str:
    """Say on what cheaper likelihood the starts are compared; empty where it is the full one."""
    coarse, full = problem.coarse, problem.likelihood
    if coarse is None:
        return ""
    if len(coarse.weights) < len(full.weights):
        return f"on a sample of {len(coarse.weights):,} of {len(full.weights):,} people"
    if isinstance(coarse, MixedLikelihood) and isinstance(full, MixedLikelihood):
        return f"with {coarse.draws.count:,} of {full.draws.count:,} draws"
    return "with fewer draws"


def trust_in(
    results: Results,
    problem: PeopleProblem,
    found: Found,
    edges: Sequence[str],
    options: FitOptions,
) -> Trust:
    """Look at what results alone do not show.

    Parameters
    ----------
    results : Results
        The estimates and their Hessian; errors are not needed.
    problem : PeopleProblem
        What was searched.
    found : Found
        Values and scores of people at the estimates.
    edges : sequence of str
        What only the data tell about estimates at an edge.
    options : FitOptions
        Whether other draws are tried, and who hears of it.

    Returns
    -------
    Trust
        Ctrl-C leaves out the noise: the estimates are there already.
    """
    trust = Trust(edges=tuple(edges))
    if not results.converged or drawn_with(problem.likelihood) is None:
        return trust
    if not options.certificate:
        return replace(trust, unsimulated="FitOptions(certificate=False) asked not to")
    try:
        options.tell("certificate: other draws")
        return replace(trust, noise=simulation_noise(results, problem.likelihood, found))
    except KeyboardInterrupt:
        return replace(trust, unsimulated="it was interrupted")


def simulation_noise(
    results: Results, likelihood: PersonLikelihood, found: Found, sets: int = SETS
) -> SimulationNoise:
    """Evaluate the likelihood with other draws at the estimates; ``sets - 1`` passes.

    Parameters
    ----------
    results : Results
        The estimates and their Hessian.
    likelihood : PersonLikelihood
        Simulated; that of the fit.
    found : Found
        Values and scores of people under the draws of the fit.
    sets : int
        Sets of draws to compare, that of the fit among them.
    """
    assert found.values is not None  # a search that converged has them
    assert found.scores is not None
    first = PersonValues(found.values, found.scores)
    others = [redrawn(likelihood, s).people(results.estimates) for s in range(1, sets)]
    expansion = results.expansion
    information = -expansion.T @ results.hessian @ expansion

    def top(at: PersonValues) -> tuple[FloatArray, float]:
        """Return the way to the top under some draws, and the log-likelihood there."""
        slope = expansion.T @ at.score.sum(axis=0)
        step = np.linalg.solve(information, slope)
        return expansion @ step, float(at.value.sum() + slope @ step / 2)

    tops = [top(at) for at in (first, *others)]
    moved, higher = top(together(first, others[0], likelihood.weights))
    return SimulationNoise(
        drawn_with(likelihood) or "",
        sets,
        tuple(map(float, np.std([step for step, _ in tops], axis=0, ddof=1))),
        tuple(map(float, moved - tops[0][0])),
        float(np.std([value for _, value in tops], ddof=1)),
        higher - tops[0][1],
    )


def together(one: PersonValues, other: PersonValues, weights: FloatArray) -> PersonValues:
    """Return values and scores with the draws of two sets, as many in each.

    Parameters
    ----------
    one, other : PersonValues
        Weighted log-likelihoods ``(N,)`` and scores ``(N, P)`` under each set.
    weights : ndarray of shape (N,)
        Weight of each person.
    """
    counted = np.where(weights > 0, weights, 1.0)
    first, second = one.value / counted, other.value / counted
    value = np.logaddexp(first, second) - np.log(2)
    share = np.exp(first - np.logaddexp(first, second))[:, None]
    score = share * one.score + (1 - share) * other.score
    return PersonValues(value * weights, score)


def drawn_with(likelihood: PersonLikelihood) -> str | None:
    """Return the draws of a likelihood in words; None where it is not simulated."""
    if isinstance(likelihood, MixedLikelihood):
        return str(likelihood.draws)
    inner = [one for one in _inside(likelihood) if one is not None]
    return inner[0] if inner else None


def redrawn(likelihood: PersonLikelihood, times: int) -> PersonLikelihood:
    """Return a likelihood simulated with draws of another seed; others as they are."""
    if isinstance(likelihood, MixedLikelihood):
        draws = likelihood.draws
        return likelihood.with_draws(draws.with_seed(draws.seed + times * _APART))
    if not isinstance(likelihood, MixtureLikelihood):
        return likelihood
    cells = tuple(
        replace(
            cell,
            component=replace(cell.component, likelihood=redrawn(cell.component.likelihood, times)),
        )
        if isinstance(cell.component, PeopleClass)
        else cell
        for cell in likelihood.cells
    )
    return replace(likelihood, cells=cells)


def _inside(likelihood: PersonLikelihood) -> list[str | None]:
    """Return the draws of each class."""
    if not isinstance(likelihood, MixtureLikelihood):
        return []
    return [
        drawn_with(cell.component.likelihood)
        for cell in likelihood.cells
        if isinstance(cell.component, PeopleClass)
    ]
