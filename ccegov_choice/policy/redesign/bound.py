"""The best package among very many by branch and bound, for every objective.

Units of levers are decided one after the other. What the undecided ones may add to the utility of
a cell is bounded from above by Lagrange: for any price ``p >= 0`` of money, the rest of the budget
buys at most ``p * rest + sum(max(gain - p * cost))``. Every objective rises with the gain of every
group, and gains rise with utility, so that a bound on utilities is one on the objective.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count

import numpy as np

from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.redesign.rules import BoolArray, FloatArray, IntArray, Rules
from ccegov_choice.policy.redesign.settings import Judgement
from ccegov_choice.policy.redesign.valuation import Moment, Valuation

_PRICES = 12


@dataclass(frozen=True, eq=False)
class _Unit:
    """What can be done with levers that are decided together."""

    states: IntArray  # (S,) bits
    cost: FloatArray  # (S,)
    utility: FloatArray  # (C, S)
    bits: int


@dataclass(frozen=True)
class Found:
    """The best package that was found, and whether it is proved to be the best."""

    mask: int | None
    value: float
    proved: bool


def best_by_bounds(
    valuation: Valuation, rules: Rules, judgement: Judgement, draw: int = 0, most: int = 50_000
) -> Found:
    """Search for the best package at one draw of the parameters.

    Parameters
    ----------
    valuation, rules, judgement : Valuation, Rules, Judgement
        What packages are worth, what goes together, how they are judged.
    draw : int
        The draw; conditions on groups are kept by the estimates.
    most : int
        Nodes to look at before the search is broken off.
    """
    moment = valuation.moment(draw)
    units = _units(valuation, rules, moment)
    bounds = _Bounds(rules, units)
    today, estimated = valuation.levels(draw), valuation.levels(0)
    best, value = None, -np.inf
    order = count()
    heap = [(-np.inf, next(order), 0, 0, 0.0, np.zeros(len(moment.gap)))]
    seen = 0
    while heap:
        promise, _, depth, mask, spent, utility = heapq.heappop(heap)
        if best is not None and -promise <= value + 1e-12 * max(1.0, abs(value)):
            break
        seen += 1
        if seen > most:
            return Found(best, value, False)
        unit = units[depth]
        masks = mask | unit.states
        keep = _kept(rules, units, depth, masks)
        keep &= rules.affords(spent + unit.cost + bounds.saving[depth + 1])
        for s in np.flatnonzero(keep):
            child, paid = int(masks[s]), spent + float(unit.cost[s])
            reached = utility + unit.utility[:, s]
            if depth + 1 < len(units):
                top = bounds.utility(depth + 1, reached, rules.budget - paid)
                promised = _value(valuation, judgement, moment, top, today)
                if promised > value:
                    entry = (-promised, next(order), depth + 1, child, paid, reached)
                    heapq.heappush(heap, entry)
                continue
            one = np.array([child], np.int64)
            if not rules.allows(one)[0]:
                continue
            if not judgement.allows(valuation.gains(one, 0), estimated)[0]:
                continue
            reached_value = float(
                judgement.value(valuation.gains(one, draw), today, valuation.shares)[0]
            )
            if reached_value > value:
                best, value = child, reached_value
    return Found(best, value, True)


class _Bounds:
    """What undecided units may add, at several prices of money."""

    def __init__(self, rules: Rules, units: list[_Unit]) -> None:
        cells = units[0].utility.shape[0]
        self.prices = _prices(rules, units, cells)  # (J, C)
        count_prices = len(self.prices)
        self.rest = np.zeros((len(units) + 1, count_prices, cells))
        self.saving = np.zeros(len(units) + 1)
        for k in range(len(units) - 1, -1, -1):
            unit = units[k]
            net = unit.utility[None] - self.prices[:, :, None] * unit.cost
            self.rest[k] = self.rest[k + 1] + net.max(axis=2)
            self.saving[k] = self.saving[k + 1] + min(float(unit.cost.min()), 0.0)

    def utility(self, depth: int, reached: FloatArray, left: float) -> FloatArray:
        """Return the most that the utility of each cell can become, ``(C,)``."""
        paid = self.prices * left if np.isfinite(left) else 0.0
        return np.asarray(reached + (self.rest[depth] + paid).min(axis=0))


def _prices(rules: Rules, units: list[_Unit], cells: int) -> FloatArray:
    if not np.isfinite(rules.budget):
        return np.zeros((1, cells))
    found = [
        np.where(unit.cost > 0, np.maximum(unit.utility, 0.0) / np.maximum(unit.cost, 1e-300), 0.0)
        for unit in units
    ]
    ratios = np.concatenate(found, axis=1)
    return np.asarray(
        np.vstack([np.zeros(cells), np.quantile(ratios, np.linspace(0, 1, _PRICES), axis=1)])
    )


def _units(valuation: Valuation, rules: Rules, moment: Moment) -> list[_Unit]:
    """Return the units, those that move utilities most first."""
    found = []
    for r, run in enumerate(valuation.runs):
        start = int(valuation.first_bit[r])
        possible = valuation.rows[r][1]
        for members in run.units:
            bits = sum(1 << (start + run.levers.index(i)) for i in members)
            local = (bits & ~rules.barred) >> start
            states = [s for s in _submasks(local) if possible[s]]
            masks = np.array(states, np.int64) << start
            utility = moment.tables[:, valuation.offset[r] + np.array(states)]
            found.append(_Unit(masks, rules.total(masks, rules.cost), utility, bits))
    return sorted(found, key=lambda u: -float(np.ptp(u.utility, axis=1).sum()))


def _submasks(mask: int) -> list[int]:
    found, sub = [], mask
    while True:
        found.append(sub)
        if sub == 0:
            return found[::-1]
        sub = (sub - 1) & mask


def _kept(rules: Rules, units: list[_Unit], depth: int, masks: IntArray) -> BoolArray:
    """Return which packages break no rule among the units decided so far."""
    known = sum(unit.bits for unit in units[: depth + 1])
    keep = rules.holds(rules.total(masks, rules.capacity))
    for inside, outside in rules.every_clause:
        if (inside | outside) & ~known == 0:
            keep &= ~((masks & inside == inside) & (masks & outside == 0))
    return np.asarray(keep)


def _value(
    valuation: Valuation,
    judgement: Judgement,
    moment: Moment,
    utility: FloatArray,
    today: FloatArray,
) -> float:
    """Return the objective at utilities of cells; minus infinity is never a bound."""
    gain = valuation.cell_gains(moment, utility)
    sums = np.bincount(moment.group, moment.weight * gain, len(today))
    gains = np.asarray(sums, np.float64)[:, None]
    try:
        return float(judgement.value(gains, today, valuation.shares)[0])
    except PolicyError:  # priority below zero: the exact value is refused, a bound never binds
        return np.inf
