"""Tastes as arrays that a page can hold: at the estimates, and at draws of the parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError
from ccegov_choice.models.draws import draw_parameters

if TYPE_CHECKING:
    from ccegov_choice.models.population.population import Population

FloatArray = npt.NDArray[np.float64]

MOST_NUMBERS = 100_000
"""Numbers that draws of the parameters may take: some 1.1 MB of the page."""

FEWEST_DRAWS = 100
"""Draws of the parameters below which an interval is too rough."""

FEWEST_POINTS = 50
"""Points of tastes below which their noise is too large."""


@dataclass(frozen=True, eq=False)
class TasteSet:
    """Tastes at ``R`` values of the parameters.

    Parameters
    ----------
    parameters : ndarray of shape (R, P)
        The parameters.
    coefficients : ndarray of shape (R, M or 1, S, Q)
        See `TastePoints`.
    chances : ndarray of shape (R, M or 1, S)
        Chance of each point; they sum to one.
    """

    parameters: FloatArray
    coefficients: FloatArray
    chances: FloatArray

    @property
    def varying(self) -> npt.NDArray[np.int64]:
        """Columns ``(V,)`` that differ between patterns or points at the same parameters."""
        first = self.coefficients[:, :1, :1]
        return np.flatnonzero((self.coefficients != first).any(axis=(0, 1, 2)))


@dataclass(frozen=True, eq=False)
class Tastes:
    """What people want, by the estimates and by how unsure these are.

    Parameters
    ----------
    estimate : TasteSet
        At the estimates, with all points.
    draws : TasteSet
        At draws of the parameters, with as many points as fit.
    simulated : bool
        True where points are draws, so that numbers have simulation noise.
    labels : tuple of str
        Names of the points where they have names.
    seed : int
        Of the draws.
    """

    estimate: TasteSet
    draws: TasteSet
    simulated: bool
    labels: tuple[str, ...]
    seed: int

    @property
    def points(self) -> int:
        """Points of tastes at each draw of the parameters."""
        return int(self.draws.coefficients.shape[2])

    @property
    def alike(self) -> bool:
        """True where all people of a pattern have the same tastes."""
        return bool(self.estimate.coefficients.shape[2] == 1)


def gather_tastes(population: Population, draws: int, seed: int) -> Tastes:
    """Take the tastes of people at the estimates and at draws of the parameters.

    Parameters
    ----------
    population : Population
        The people.
    draws, seed : int
        Draws of the parameters wanted, and their seed.

    Raises
    ------
    PolicyError
        If the page could not hold enough of them.
    """
    results = population.results
    points = population.points()
    estimate = TasteSet(
        results.estimates[None].astype(float), points.coefficients[None], points.chances[None]
    )
    kept, number = _room(estimate, draws, simulated=points.simulated)
    some = replace(population, draws=kept) if points.simulated else population
    sampled = draw_parameters(results, number, seed)
    at = [some.points(theta) for theta in sampled]
    drawn = TasteSet(
        sampled, np.stack([p.coefficients for p in at]), np.stack([p.chances for p in at])
    )
    return Tastes(estimate, drawn, points.simulated, points.labels, seed)


def _room(estimate: TasteSet, draws: int, *, simulated: bool) -> tuple[int, int]:
    """Return how many points and draws fit into a page."""
    _, patterns, points, _ = estimate.coefficients.shape
    each = patterns * max(1, len(estimate.varying)) + estimate.chances.shape[1]
    most = MOST_NUMBERS // each
    if not simulated and points * FEWEST_DRAWS <= most:
        return points, min(draws, most // points)
    if simulated and min(points, FEWEST_POINTS) * FEWEST_DRAWS <= most:
        number = min(draws, most // min(points, FEWEST_POINTS))
        return min(points, most // number), number
    raise PolicyError(
        f"{patterns} patterns of people with {points} points of tastes make too large a page",
        where="Simulator",
        cure="Tell fewer groups apart with by=, put covariates into fewer bands, or give a simpler "
        "model.",
    )
