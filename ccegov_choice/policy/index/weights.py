"""How much each attribute counts to people: shares of what a change from worst to best is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError
from ccegov_choice.models.population.population import Population
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PreferenceWeights:
    """Weights of people, averaged.

    Parameters
    ----------
    weights : ndarray of shape (A,)
        At the estimates; they sum to one.
    sampled : ndarray of shape (R, A)
        By draw of the parameters.
    opposite : ndarray of shape (A,)
        Share of people who prefer what is called the worst level to the best.
    notes : tuple of str
        At which point attributes that interact are valued.
    """

    weights: FloatArray
    sampled: FloatArray
    opposite: FloatArray
    notes: tuple[str, ...]


def preference_weights(
    population: Population,
    attributes: Sequence[Attribute],
    ends: Sequence[tuple[str | float, str | float]],
    sampled: FloatArray,
    alternative: str | None = None,
) -> PreferenceWeights:
    """Return how much of what matters to people each attribute holds.

    For each taste, the utility of going from the worst to the best level of each attribute, as a
    share of their sum; averaged over tastes and people. It does not change when all utility is
    multiplied by a number. Who prefers the worst level gives an attribute no weight, so that the
    index never falls when a service gets better; their share is returned.

    Parameters
    ----------
    population : Population
        The model, and its people.
    attributes, ends
        ``A`` attributes, and their worst and best levels.
    sampled : ndarray of shape (R, P)
        Draws of the parameters.
    alternative : str, optional
        Which of labelled alternatives the services are.

    Raises
    ------
    PolicyError
        If nobody prefers the best levels.
    """
    contrasts = _contrasts(population, attributes, ends, alternative)
    theta = np.vstack([population.results.estimates, sampled])
    found = [_shares(population, contrasts, row) for row in theta]
    weights = np.array([shares for shares, _ in found])
    if not np.isfinite(weights).all():
        raise PolicyError(
            "in some draws nobody is better off at the best levels, so nothing has a weight",
            where=population.results.model.title,
            cure="Turn worst and best round with ends=, or measure attributes that matter.",
        )
    return PreferenceWeights(
        weights[0], weights[1:], found[0][1], _notes(population.results, attributes)
    )


def _contrasts(
    population: Population,
    attributes: Sequence[Attribute],
    ends: Sequence[tuple[str | float, str | float]],
    alternative: str | None,
) -> FloatArray:
    """Return the multipliers ``(M, A, Q)`` in the utility of going from worst to best."""
    results = population.results
    read = [a for a in results.study.attributes_of(alternative) if a.id in results.utility.reads]
    base = {a.id: a.cell(a.level(a.base_id)) for a in read}
    profiles = [
        Profile(base | {attribute.id: level}, alternative)
        for attribute, end in zip(attributes, ends, strict=True)
        for level in end
    ]
    rows = population.encode(profiles)
    contrasts: FloatArray = rows[:, 1::2] - rows[:, ::2]
    return contrasts


def _shares(
    population: Population, contrasts: FloatArray, theta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return weights, and the share of people with the opposite taste, both ``(A,)``."""
    points = population.points(theta)
    worth = np.einsum("maq,msq->msa", contrasts, points.coefficients)
    mass = population.people.weights[:, None] * points.chances
    positive = np.where(worth > 0, worth, 0.0)
    total = positive.sum(axis=2, keepdims=True)
    some = total[..., 0] > 0
    share = np.divide(positive, total, out=np.zeros_like(positive), where=total > 0)
    counted = np.where(some, mass, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):  # nobody counts: told by the caller
        weights = np.einsum("ms,msa->a", counted, share) / counted.sum()
    opposite = np.einsum("ms,msa->a", mass, (worth < 0).astype(np.float64))
    return np.asarray(weights), np.asarray(opposite)


def _notes(results: Results, attributes: Sequence[Attribute]) -> tuple[str, ...]:
    """Say which other attributes change the worth of one, and where they are held."""
    notes: list[str] = []
    for attribute in attributes:
        read = {n for t in results.utility.terms_of(attribute.id) for n in t.reads}
        notes += [
            f"{other.id} is held at {other.base_id}, since it changes the value of {attribute.id}."
            for other in results.study.attributes
            if other.id in read - {attribute.id}
        ]
    return tuple(notes)
