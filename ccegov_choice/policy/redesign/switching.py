"""Where another package becomes the best: at which aversion, budget, or value of a unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import optimize

from ccegov_choice.policy.equity.welfare_functions import social_value
from ccegov_choice.policy.redesign.front import pareto_front
from ccegov_choice.policy.redesign.rules import FloatArray, IntArray
from ccegov_choice.policy.redesign.standing import first_best

MOST_AVERSION = 20.0
_GRID = 81


@dataclass(frozen=True)
class Crossing:
    """A value of a parameter at which the best package changes.

    Parameters
    ----------
    value : float
        The value.
    before, after : int
        Positions of the best package just below and just above it.
    """

    value: float
    before: int
    after: int


def aversion_crossings(levels: FloatArray, shares: FloatArray) -> tuple[Crossing, ...]:
    """Find where aversion to inequality changes the best package, from 0 to `MOST_AVERSION`.

    Parameters
    ----------
    levels : ndarray of shape (P, G)
        How well off groups are with each package; above zero, else nothing is found.
    shares : ndarray of shape (G,)
        Their shares of the people.

    Returns
    -------
    tuple of Crossing
        In order; roots of the difference of two equally distributed equivalents, to 1e-12.
    """
    if not (levels > 0).all():
        return ()
    # a package that another beats in every group is never the best
    places = np.sort(pareto_front(levels))
    front = levels[places]

    def best(aversion: float) -> int:
        return first_best(social_value(front, shares, "prioritarian", aversion))

    found = _between(front, shares, best, 0.0, MOST_AVERSION)
    return tuple(Crossing(c.value, int(places[c.before]), int(places[c.after])) for c in found)


def _between(
    front: FloatArray, shares: FloatArray, best: Callable[[float], int], low: float, high: float
) -> list[Crossing]:
    grid = np.linspace(low, high, _GRID)
    winners = [best(float(a)) for a in grid]
    found: list[Crossing] = []
    for (a, b), (i, j) in zip(pairwise(grid), pairwise(winners), strict=True):
        if i != j:
            found += _change(front, shares, best, (float(a), i), (float(b), j))
    return found


def _change(
    front: FloatArray,
    shares: FloatArray,
    best: Callable[[float], int],
    low: tuple[float, int],
    high: tuple[float, int],
) -> list[Crossing]:
    """Find where the winner at one end gives way to that at the other, or to a third between."""
    (a, i), (b, j) = low, high

    def lead(aversion: float) -> float:
        pair = social_value(front[[i, j]], shares, "prioritarian", aversion)
        return float(pair[0] - pair[1])

    if lead(a) <= 0 or lead(b) >= 0:  # they tie at an end
        return [Crossing(a if lead(a) <= 0 else b, i, j)]
    root = float(optimize.brentq(lead, a, b, xtol=1e-13, rtol=1e-13))
    third = best(root)
    if third in (i, j) or not a < root < b:
        return [Crossing(root, i, j)]
    return [
        *_change(front, shares, best, low, (root, third)),
        *_change(front, shares, best, (root, third), high),
    ]


def budget_crossings(values: FloatArray, cost: FloatArray, budget: float) -> tuple[Crossing, ...]:
    """Find the budgets next to today's, below and above, at which the best package changes.

    Parameters
    ----------
    values, cost : ndarray of shape (P,)
        Of packages without regard to the budget, in the order of `all_packages`.
    budget : float
        The budget; infinite where there is none.

    Returns
    -------
    tuple of Crossing
        The cost of the best package, below which it cannot be paid for; and the least cost of a
        better one, if there is one.
    """
    slack = 1e-9 * max(1.0, abs(budget)) if np.isfinite(budget) else 0.0
    within = np.flatnonzero(cost <= budget + slack)
    if len(within) == 0:
        return ()
    best = int(within[first_best(values[within])])
    found = []
    cheaper = np.flatnonzero(cost < cost[best] - 1e-9)
    if len(cheaper):
        found.append(Crossing(float(cost[best]), int(cheaper[first_best(values[cheaper])]), best))
    tie = 1e-12 * max(1.0, abs(float(values[best])))
    better = np.flatnonzero((values > values[best] + tie) & (cost > budget))
    if len(better):
        least = float(cost[better].min())
        same = better[cost[better] <= least + 1e-9]
        found.append(Crossing(least, best, int(same[first_best(values[same])])))
    return tuple(found)


def unit_crossings(benefit: FloatArray, cost: FloatArray) -> tuple[Crossing, ...]:
    """Find where the package of most net benefit changes, as a unit is worth more to the agency.

    The upper envelope of the lines ``benefit * w - cost`` for ``w >= 0``.

    Parameters
    ----------
    benefit : ndarray of shape (P,)
        Units gained by all people together.
    cost : ndarray of shape (P,)
        In units of cost.
    """
    least = np.flatnonzero(cost <= cost.min() + 1e-12)
    at = int(least[first_best(benefit[least])])
    found: list[Crossing] = []
    while True:
        tie = 1e-12 * max(1.0, abs(float(benefit[at])))
        steeper = np.flatnonzero(benefit > benefit[at] + tie)
        if len(steeper) == 0:
            return tuple(found)
        worth = (cost[steeper] - cost[at]) / (benefit[steeper] - benefit[at])
        low = float(worth.min())
        near: IntArray = steeper[worth <= low * (1 + 1e-12) + 1e-300]
        after = int(near[first_best(benefit[near])])
        found.append(Crossing(low, at, after))
        at = after
