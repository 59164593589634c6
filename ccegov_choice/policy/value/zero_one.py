"""Which things to take when each is taken or not: by looking at all of them, or by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

ENUMERATED = 20
"""Up to so many things every one of the 2^N subsets is looked at."""
_CHUNK = 1 << 15
_TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Limits:
    """Linear rules on what may be taken together.

    Parameters
    ----------
    rows : ndarray of shape (C, N)
        What each of ``N`` things uses up.
    low, high : ndarray of shape (C,)
        Least and most that a subset may use up; infinite where there is no limit.
    """

    rows: FloatArray
    low: FloatArray
    high: FloatArray

    def allow(self, taken: FloatArray) -> BoolArray:
        """Return which subsets ``(B, N)`` keep every rule; rounding of sums is forgiven."""
        used = taken @ self.rows.T
        slack = _TIE * np.maximum(np.abs(self.rows).sum(axis=1), 1.0)
        found: BoolArray = ((used >= self.low - slack) & (used <= self.high + slack)).all(axis=1)
        return found


def best_subset(values: FloatArray, limits: Limits, costs: FloatArray) -> BoolArray | None:
    """Return the subset of greatest total value that keeps all limits.

    Parameters
    ----------
    values : ndarray of shape (N,)
        What each thing is worth.
    limits : Limits
        What may be taken together.
    costs : ndarray of shape (N,)
        Among subsets worth the same the cheapest is taken (where all are looked at).

    Returns
    -------
    ndarray of shape (N,) or None
        True for what is taken; None where nothing keeps all limits.

    Notes
    -----
    Exact: every subset up to `ENUMERATED` things, branch and bound without a gap (HiGHS) above.
    """
    if len(values) <= ENUMERATED:
        return _by_looking(values, limits, costs)
    return _by_branching(values, limits)


def _by_looking(values: FloatArray, limits: Limits, costs: FloatArray) -> BoolArray | None:
    size = len(values)
    tie = _TIE * max(float(np.abs(values).sum()), 1.0)
    best, best_value, best_cost = None, -np.inf, np.inf
    for first in range(0, 1 << size, _CHUNK):
        masks = np.arange(first, min(first + _CHUNK, 1 << size))
        taken = ((masks[:, None] >> np.arange(size)) & 1).astype(np.float64)
        taken = taken[limits.allow(taken)]
        if not len(taken):
            continue
        worth, cost = taken @ values, taken @ costs
        top = worth.max()
        if top < best_value - tie:
            continue
        near = np.flatnonzero(worth >= max(top, best_value) - tie)
        pick = near[cost[near].argmin()]
        if worth[pick] > best_value + tie or cost[pick] < best_cost:
            best, best_value, best_cost = taken[pick] > 0, max(top, best_value), float(cost[pick])
    return best


def _by_branching(values: FloatArray, limits: Limits) -> BoolArray | None:
    from scipy.optimize import Bounds, LinearConstraint, milp

    constraint = LinearConstraint(limits.rows, limits.low, limits.high)
    found = milp(
        -values,
        integrality=np.ones(len(values), np.int64),
        bounds=Bounds(0.0, 1.0),
        constraints=constraint,
        options={"mip_rel_gap": 0.0},
    )
    if found.status == 2:
        return None
    if found.x is None or not found.success:
        raise PolicyError(
            f"the search stopped without an answer: {found.message}",
            where="HiGHS",
            cure="Leave out what is surely not wanted, or loosen the limits.",
        )
    taken: BoolArray = np.asarray(found.x) > 0.5
    return taken
