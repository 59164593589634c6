"""How much each attribute counts to people: shares of what a change from worst to best is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError
from ccegov_choice.models.population.population import Population
from ccegov_choice.models.population.taste_points import TastePoints
from ccegov_choice.policy.offers import PointSource
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

_CELLS = 4_000_000  # coefficients held at once: 32 MB


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
    profiles = _profiles(population.results, attributes, ends, alternative)
    theta = np.vstack([population.results.estimates, sampled])
    source = PointSource.of(population)
    weights, mass = np.zeros((len(theta), len(attributes))), np.zeros(len(theta))
    opposite = np.zeros(len(attributes))
    for part in source.parts(_CELLS):
        rows = population.encode(profiles, part)
        contrasts = rows[:, 1::2] - rows[:, ::2]
        people = population.people.weights[part]
        for r, parameters in enumerate(theta):
            found = _shares(source.points(parameters, part), contrasts, people)
            weights[r] += found[0]
            mass[r] += found[1]
            if r == 0:
                opposite += found[2]
    if not (mass > 0).all():
        raise PolicyError(
            "in some draws nobody is better off at the best levels, so nothing has a weight",
            where=population.results.model.title,
            cure="Turn worst and best round with ends=, or measure attributes that matter.",
        )
    weights /= mass[:, None]
    notes = _notes(population.results, attributes)
    return PreferenceWeights(weights[0], weights[1:], opposite, notes)


def _profiles(
    results: Results,
    attributes: Sequence[Attribute],
    ends: Sequence[tuple[str | float, str | float]],
    alternative: str | None,
) -> list[Profile]:
    """Return the worst and the best level of each attribute, all others at their base."""
    read = [a for a in results.study.attributes_of(alternative) if a.id in results.utility.reads]
    base = {a.id: a.cell(a.level(a.base_id)) for a in read}
    return [
        Profile(base | {attribute.id: level}, alternative)
        for attribute, end in zip(attributes, ends, strict=True)
        for level in end
    ]


def _shares(
    points: TastePoints, contrasts: FloatArray, people: FloatArray
) -> tuple[FloatArray, float, FloatArray]:
    """Sum shares of worth over the people of ``m`` patterns.

    Parameters
    ----------
    points : TastePoints
        Their tastes.
    contrasts : ndarray of shape (m, A, Q)
        Multipliers in the utility of going from worst to best.
    people : ndarray of shape (m,)
        Their weights.

    Returns
    -------
    shares : ndarray of shape (A,)
        Sums of the shares of those whom some best level makes better off.
    mass : float
        How many they are.
    opposite : ndarray of shape (A,)
        How many prefer the worst level.
    """
    worth = points.coefficients @ contrasts.transpose(0, 2, 1)
    mass = people[:, None] * points.chances
    opposite = np.array([(mass * (worth[..., a] < 0)).sum() for a in range(worth.shape[2])])
    positive = np.maximum(worth, 0.0, out=worth)
    total = positive @ np.ones(positive.shape[2])  # a sum over so short an axis is slow
    counted = np.where(total > 0, mass, 0.0)
    each = np.divide(counted, total, out=np.zeros_like(total), where=total > 0)
    shares = np.tensordot(each, positive, axes=2)
    return np.asarray(shares), float(counted.sum()), opposite


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
