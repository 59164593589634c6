"""Variances of a design worked out anew, for where short cuts would lose their digits.

Without a task that the design needs, variances are as large as the ridge allows; putting the task
back takes the difference of two such numbers, and nothing is left of it. Determinants are products
and do not suffer. Letters as in `ccegov_choice.kernels.information`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.information import add_information

# a task that changes the logarithm of a determinant by more than this is needed: variances without
# it are up to exp(9) times as large, which costs twice as many digits, eight of sixteen
NEEDED = 9.0


@kernel
def information_without(
    tables: Any, points: Any, state: Any, n: int, t: int, u: int, ridge: float, base: Any, room: Any
) -> None:
    """Write the information of all tasks but `t` and `u`, its lower triangle, with the ridge."""
    K, W = base.shape[0], base.shape[2]
    for k in range(K):
        for h in range(k + 1):
            for r in range(W):
                base[k, h, r] = 0.0
    for v in range(state.codes.shape[0]):
        if v not in (t, u):
            add_information(tables, points, state, n, v, base, room)
    for k in range(K):
        # coefficients that only pad a case have an information of one
        add = ridge if k < tables.columns[points.case[n]] else 1.0
        for r in range(W):
            base[k, k, r] += add


@kernel
def variances_anew(
    tables: Any, points: Any, state: Any, n: int, t: int, u: int, base: Any, loads: Any,
    largest: bool, matrix: Any, line: Any, room: Any, out: Any,
) -> None:  # fmt: skip
    """Write the logarithm of the sum (or the largest) of variances of the design as it stands.

    Parameters
    ----------
    base : (K, K, W) float64
        From `information_without`.
    loads : (F, K, W) float64
        Combinations whose variances count.
    matrix, line : (K, K, W), (K, W) float64
        Scratch space.
    out : (W,) float64
        Receives the logarithms.
    """
    F, K, W = loads.shape
    for k in range(K):
        for h in range(k + 1):
            for r in range(W):
                matrix[k, h, r] = base[k, h, r]
    add_information(tables, points, state, n, t, matrix, room)
    if u != t:
        add_information(tables, points, state, n, u, matrix, room)
    for j in range(K):
        for k in range(j):
            for i in range(j, K):
                for r in range(W):
                    matrix[i, j, r] -= matrix[i, k, r] * matrix[j, k, r]
        for r in range(W):
            matrix[j, j, r] = np.sqrt(max(matrix[j, j, r], 1e-14))
        for i in range(j + 1, K):
            for r in range(W):
                matrix[i, j, r] /= matrix[j, j, r]
    for r in range(W):
        out[r] = 0.0
    total = np.empty(W)
    for f in range(F):
        for r in range(W):
            total[r] = 0.0
        for k in range(K):
            for r in range(W):
                line[k, r] = loads[f, k, r]
            for h in range(k):
                for r in range(W):
                    line[k, r] -= matrix[k, h, r] * line[h, r]
            for r in range(W):
                line[k, r] /= matrix[k, k, r]
                total[r] += line[k, r] * line[k, r]
        for r in range(W):
            out[r] = max(out[r], total[r]) if largest else out[r] + total[r]
    for r in range(W):
        out[r] = np.log(max(out[r], 1e-300))
