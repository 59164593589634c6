"""Three ways to share out what moves choices among attributes: range, variance, effect."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from ccegov_choice.errors import TradeOffError
from ccegov_choice.tradeoff.profile_mix import ProfileMix

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Kind = Literal["range", "variance", "elasticity"]

Shares = Callable[[FloatArray], FloatArray]
"""From coefficients ``(n, K)`` to sizes ``(n, A)``, which are shares once divided by their sum."""

MOST_SHAPLEY = 14
_CELLS = 4_000_000


def sizes_of(kind: Kind, mix: ProfileMix, *, pairs: int, seed: int) -> Shares:
    """Return the function that says how large each attribute's part is.

    Parameters
    ----------
    kind : {"range", "variance", "elasticity"}
        See `ccegov_choice.tradeoff.importance.importance`.
    mix : ProfileMix
        The services it is about.
    pairs, seed : int
        Pairs of services that effects are averaged over, and where they are drawn from.
    """
    if kind == "range":
        return _ranges(mix)
    if kind == "variance":
        return _variances(mix)
    return _effects(mix, pairs, seed)


def _ranges(mix: ProfileMix) -> Shares:
    rows = [worth[share > 0].T for worth, share in zip(mix.worth, mix.shares, strict=True)]

    def sizes(coefficients: FloatArray) -> FloatArray:
        return np.column_stack([np.ptp(coefficients @ part, axis=1) for part in rows])

    return sizes


# --- variance -------------------------------------------------------------------------------------


def _variances(mix: ProfileMix) -> Shares:
    forms = variance_forms(mix)

    def sizes(coefficients: FloatArray) -> FloatArray:
        parts = [((coefficients @ form) * coefficients).sum(axis=1) for form in forms]
        return np.column_stack(parts)

    return sizes


def variance_forms(mix: ProfileMix) -> FloatArray:
    """Return quadratic forms ``(A, K, K)``: each attribute's part of the variance of utility.

    Where attributes are independent, the variance of its own utility. Where they go together, its
    Shapley effect: how much it adds to the variance that is explained, averaged over the orders in
    which attributes can be learned. These are never below zero, and sum to the whole.

    References
    ----------
    Owen (2014), SIAM/ASA Journal on Uncertainty Quantification 2, 245-251. Song, Nelson & Staum
    (2016), the same journal 4, 1060-1083.
    """
    if mix.joint is None:
        return np.array([_variance(w, q) for w, q in zip(mix.worth, mix.shares, strict=True)])
    size = mix.worth[0].shape[1]
    forms = np.zeros((len(mix.attributes), size, size))
    moving = [j for j in range(len(mix.attributes)) if len(np.unique(mix.joint[:, j])) > 1]
    if len(moving) > MOST_SHAPLEY:
        raise TradeOffError(
            f"{len(moving)} attributes go together in too many ways to share out a variance",
            where="profiles",
            cure=f"Give profiles in which at most {MOST_SHAPLEY} attributes differ, or use "
            "kind='range'.",
        )
    explained = _explained(mix, moving)
    count = len(moving)
    for position, attribute in enumerate(moving):
        bit = 1 << position
        for mask in range(1 << count):
            if not mask & bit:
                before = mask.bit_count()
                weight = 1.0 / (count * comb(count - 1, before))
                forms[attribute] += weight * (explained[mask | bit] - explained[mask])
    return forms


def _variance(rows: FloatArray, weights: FloatArray) -> FloatArray:
    centred = rows - weights @ rows
    form: FloatArray = (centred * weights[:, None]).T @ centred
    return form


def _explained(mix: ProfileMix, moving: list[int]) -> list[FloatArray]:
    """Return the covariance of what utility is expected to be, given each set of attributes."""
    assert mix.joint is not None
    parts = [worth[mix.joint[:, j]] for j, worth in enumerate(mix.worth)]
    rows = np.sum(parts, axis=0)
    rows = (rows - mix.weights @ rows) * mix.weights[:, None]
    found = []
    for mask in range(1 << len(moving)):
        code = np.zeros(len(mix.joint), dtype=np.int64)
        for position, j in enumerate(moving):
            if mask >> position & 1:
                code = np.unique(code * len(mix.levels[j]) + mix.joint[:, j], return_inverse=True)[
                    1
                ]
        order = np.argsort(code, kind="stable")
        starts = np.flatnonzero(np.diff(code[order], prepend=-1))
        sums = np.add.reduceat(rows[order], starts)
        mass = np.add.reduceat(mix.weights[order], starts)
        kept = mass > 0
        found.append((sums[kept] / mass[kept, None]).T @ sums[kept])
    return found


# --- effect on choices ----------------------------------------------------------------------------


def _effects(mix: ProfileMix, pairs: int, seed: int) -> Shares:
    """Compare each drawn pair of services before and after one attribute of the first is redrawn.

    The second services are the first ones in another order, so that both sides are alike.
    """
    rng = np.random.default_rng(seed)
    first = mix.sample(pairs, rng)
    second = first[rng.permutation(pairs)]
    changed = [rng.choice(len(q), pairs, p=q) for q in mix.shares]

    def utility(j: int, levels: IntArray) -> FloatArray:
        return mix.worth[j][levels]

    attributes = range(len(mix.attributes))
    gaps = sum(utility(j, first[:, j]) - utility(j, second[:, j]) for j in attributes)
    moves = [utility(j, changed[j]) - utility(j, first[:, j]) for j in attributes]

    def sizes(coefficients: FloatArray) -> FloatArray:
        step = max(1, _CELLS // pairs)
        blocks = (coefficients[i : i + step] for i in range(0, len(coefficients), step))
        return np.concatenate([_mean_moves(block, np.asarray(gaps), moves) for block in blocks])

    return sizes


def _mean_moves(coefficients: FloatArray, gaps: FloatArray, moves: list[FloatArray]) -> FloatArray:
    gap = coefficients @ gaps.T
    chance = special.expit(gap)
    found = [np.abs(special.expit(gap + coefficients @ move.T) - chance) for move in moves]
    return np.stack([part.mean(axis=1) for part in found], axis=1)
