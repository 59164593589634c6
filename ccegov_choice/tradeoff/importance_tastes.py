"""Importance where tastes differ: shares of each taste, averaged over people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.models.population.population import Population
from ccegov_choice.models.population.taste_points import TastePoints
from ccegov_choice.models.results import Results, draw_coefficients
from ccegov_choice.study.contrast import Vector
from ccegov_choice.tradeoff.importance_kinds import Kind, Shares

_POINTS = 20_000  # taste points looked at for each draw of the parameters


@dataclass(frozen=True, eq=False)
class Tastes:
    """Whose tastes: those everybody has, or the points of a population.

    Parameters
    ----------
    results : Results
        A fitted model.
    population : Population or None
        None where everybody has the same.
    """

    results: Results
    population: Population | None

    @classmethod
    def of(cls, results: Results, kind: Kind, data: Any) -> Tastes:
        """Return the tastes that an importance of some kind is of."""
        common = getattr(results.model, "common_tastes", True)
        # a scale cancels in ranges and variances, but not in chances
        if common and (kind != "elasticity" or len(results.names) == results.utility.size):
            return cls(results, None)
        population = Population.of(results, data, where="importance")
        points = population.points()
        size, count = points.coefficients.shape[:2]
        if points.simulated and size * count > _POINTS:
            population = replace(population, draws=max(50, _POINTS // size))
        return cls(results, population)

    @property
    def many(self) -> bool:
        """Whether there is more than one taste."""
        return self.population is not None

    @property
    def notes(self) -> tuple[str, ...]:
        """Say that tastes differ, and how they were looked at."""
        if self.population is None:
            return ()
        points = self.population.points()
        count = points.coefficients.shape[1]
        said = f", simulated with {count:,} tastes" if points.simulated else ""
        careless = (points.coefficients[:, :, : self.results.utility.size] == 0.0).all(axis=2)
        told = [f"on average over people, whose tastes differ{said}"]
        if careless.any():
            told.append("people to whom no attribute matters have no shares, and are left out")
        return tuple(told)

    def shares(self, sizes: Shares, theta: Vector) -> tuple[Vector, Vector]:
        """Return shares ``(A,)`` at some parameters, and the mean coefficients ``(K,)``."""
        size = self.results.utility.size
        if self.population is None:
            coefficients = theta[None, :size]
            return parts_of(sizes(coefficients), self.results)[0], coefficients[0]
        points = self.population.points(theta)
        coefficients = points.coefficients[:, :, :size].reshape(-1, size)
        chances = _chances(points, self.population).ravel()
        parts = sizes(coefficients)
        # somebody to whom nothing matters has no shares: a class that attends to nothing
        told = parts.sum(axis=1) > 0
        if not told.any():
            parts_of(parts, self.results)  # refuses
        mass = chances[told] / chances[told].sum()
        return mass @ parts_of(parts[told], self.results), chances @ coefficients

    def sampled(self, sizes: Shares, draws: int, seed: int) -> Vector:
        """Return shares ``(R, A)`` at draws of the parameters."""
        if self.population is None:
            return parts_of(sizes(draw_coefficients(self.results, draws, seed)), self.results)
        drawn = draw_parameters(self.results, draws, seed)
        return np.array([self.shares(sizes, theta)[0] for theta in drawn])


def _chances(points: TastePoints, population: Population) -> Vector:
    """Return the chance ``(M, S)`` of each point among all people."""
    weights = population.people.weights
    if points.coefficients.shape[0] == 1:
        if points.chances.shape[0] == 1:
            return points.chances
        return (weights @ points.chances)[None, :]
    return np.asarray(weights[:, None] * points.chances)


def parts_of(sizes: Vector, results: Results) -> Vector:
    """Return shares ``(n, A)`` of sizes; refuse where all are zero."""
    total = sizes.sum(axis=1, keepdims=True)
    if (total <= 0.0).any():
        raise TradeOffError(
            "every level of every attribute is worth the same, so nothing matters most",
            where=results.model.title,
            cure="Estimate the coefficients instead of fixing them at zero, and give profiles that "
            "differ.",
        )
    return np.asarray(sizes / total)
