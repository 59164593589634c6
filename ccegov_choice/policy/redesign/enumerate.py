"""All packages that keep the rules, lever by lever."""

from __future__ import annotations

import numpy as np

from ccegov_choice.policy.redesign.rules import IntArray, Rules

MOST_PACKAGES = 4_000_000
"""Up to so many packages every one is valued; above, the best are searched for."""


def all_packages(rules: Rules, most: int = MOST_PACKAGES) -> IntArray | None:
    """Return every package within rules and limits, the cheapest first; None if there are more.

    Parameters
    ----------
    rules : Rules
        What goes together, and the limits.
    most : int
        How many packages to hold.

    Returns
    -------
    ndarray of int64 of shape (P,) or None
        Ordered by cost, then by number of levers, then by bits, so that the first of several
        that are equally good is the one that takes least.
    """
    masks = np.zeros(1, np.int64)
    cost, capacity = np.zeros(1), np.zeros(1)
    order = rules.order
    placed = 0
    for step, i in enumerate(order):
        rest = order[step + 1 :]
        saving = float(np.minimum(rules.cost[list(rest)], 0.0).sum())
        fits = (masks & rules.needs[i] == rules.needs[i]) & (masks & rules.shuns[i] == 0)
        masks = np.concatenate([masks, masks[fits] | (1 << i)])
        cost = np.concatenate([cost, cost[fits] + rules.cost[i]])
        capacity = np.concatenate([capacity, capacity[fits] + rules.capacity[i]])
        placed |= 1 << i
        # what later levers save may still pay for a package that is too dear now
        keep = rules.affords(cost + saving) & rules.holds(capacity)
        for inside, outside in rules.clauses:
            known = placed | rules.barred
            if (inside | outside) & ~known == 0 and (inside | outside) >> i & 1:
                keep &= ~((masks & inside == inside) & (masks & outside == 0))
        masks, cost, capacity = masks[keep], cost[keep], capacity[keep]
        if len(masks) > most:
            return None
    masks = masks[rules.allows(masks)]
    return masks[package_order(rules, masks)]


def package_order(rules: Rules, masks: IntArray) -> IntArray:
    """Return the order of packages: by cost, then by number of levers, then by bits."""
    cost = np.round(rules.total(masks, rules.cost), 9)
    levers = rules.total(masks, np.ones(rules.size))
    return np.lexsort((masks, levers, cost))
