"""The best package among very many by mixed-integer programming, where gains add up."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from ccegov_choice.policy.redesign.rules import FloatArray, Rules
from ccegov_choice.policy.redesign.settings import Judgement


def best_by_program(
    rules: Rules,
    judgement: Judgement,
    gains: FloatArray,
    today: FloatArray,
    shares: FloatArray,
    least: FloatArray,
    estimated: FloatArray,
) -> int | None:
    """Return the best package under the rule "sum" or "maximin"; None where it is not proved.

    Parameters
    ----------
    rules, judgement : Rules, Judgement
        What goes together, and how packages are judged.
    gains : ndarray of shape (G, L)
        What each lever adds, in the order of the bits.
    today, shares : ndarray of shape (G,)
        How well off groups are, and their shares of the people.
    least : ndarray of shape (G,)
        What each group must gain by the estimates.
    estimated : ndarray of shape (G, L)
        Gains by the estimates, for `least`.
    """
    size = rules.size
    worst = judgement.rule == "maximin"
    # one column per lever, and under maximin one for the level of the worst-off group
    rows, low, high = _conditions(rules, size + worst)
    for g in np.flatnonzero(np.isfinite(least)):
        rows.append(np.append(estimated[g], [0.0] * worst))
        low.append(least[g] - 1e-9)
        high.append(np.inf)
    free = np.array([1.0] * size + [0.0] * worst)
    cost = np.zeros(size + worst)
    bounds_low, bounds_high = np.zeros(size + worst), np.ones(size + worst)
    bounds_high[:size] = [0.0 if rules.barred >> i & 1 else 1.0 for i in range(size)]
    if worst:
        cost[-1] = -1.0
        bounds_low[-1], bounds_high[-1] = -np.inf, np.inf
        for g in np.flatnonzero(shares > 0):
            rows.append(np.append(gains[g], -1.0))
            low.append(-today[g])
            high.append(np.inf)
    else:
        cost[:size] = -(shares / shares.sum()) @ gains
    scale = np.abs(cost).max() or 1.0
    found = optimize.milp(
        cost / scale,
        constraints=optimize.LinearConstraint(np.array(rows), np.array(low), np.array(high)),
        integrality=free,
        bounds=optimize.Bounds(bounds_low, bounds_high),
        options={"mip_rel_gap": 0.0},
    )
    if found.status != 0 or found.x is None:
        return None
    mask = sum(1 << i for i in range(size) if found.x[i] > 0.5)
    return mask if rules.allows(np.array([mask], np.int64))[0] else None


def _conditions(rules: Rules, width: int) -> tuple[list[FloatArray], list[float], list[float]]:
    rows, low, high = [np.zeros(width)], [0.0], [0.0]
    for inside, outside in rules.every_clause:
        row = np.zeros(width)
        for i in range(rules.size):
            row[i] = (inside >> i & 1) - (outside >> i & 1)
        rows.append(row)
        low.append(-np.inf)
        high.append(bin(inside).count("1") - 1.0)
    for of, limit in ((rules.cost, rules.budget), (rules.capacity, rules.capacity_limit)):
        if np.isfinite(limit):
            scale = max(np.abs(of).max(), 1e-300)
            rows.append(np.append(of / scale, np.zeros(width - rules.size)))
            low.append(-np.inf)
            high.append(limit / scale + 1e-9)
    return rows, low, high
