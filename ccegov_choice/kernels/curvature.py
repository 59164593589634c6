"""Curvature of a tile: columns less their task's mean, weighted, and the sum of their products."""

from __future__ import annotations

from typing import Any

import numpy as np

from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.tile import MARGIN, TILE_ROWS


@kernel
def set_bands(tile: Any, size: int, most: int, pairs: bool) -> None:
    """Write what differences between the rows of a task are multiplied with.

    With up to three alternatives each row needs one difference only, since the sum of
    ``p_i (x_i - xbar)(x_i - xbar)'`` is that of ``p_i p_j (x_i - x_j)(x_i - x_j)'`` over the pairs:
    the next row, or for the third row the first.
    """
    bands, same, p = tile.bands, tile.same, tile.p
    if pairs:
        ahead, behind = p[MARGIN + 1 : MARGIN + 1 + size], p[MARGIN - 2 : MARGIN - 2 + size]
        for i in range(size):
            bands[2, i] = same[2, i] * tile.root[i] * np.sqrt(ahead[i])
            bands[5, i] = same[5, i] * tile.root[i] * np.sqrt(behind[i])
        return
    for d in range(1, most):
        ahead, behind = p[MARGIN + d : MARGIN + d + size], p[MARGIN - d : MARGIN - d + size]
        for i in range(size):
            bands[2 * d, i] = same[2 * d, i] * tile.root[i] * ahead[i]
            bands[2 * d + 1, i] = same[2 * d + 1, i] * tile.root[i] * behind[i]


@kernel
def _centre_four(x: Any, size: int, bands: Any, z: Any) -> None:
    """Do as `centre_by_band` for up to four alternatives, in one loop.

    Few arrays and fixed distances let the compiler see that nothing overlaps.
    """
    for i in range(size):
        here = x[i + 3]
        near = bands[2 * TILE_ROWS + i] * (here - x[i + 4])
        near += bands[3 * TILE_ROWS + i] * (here - x[i + 2])
        next_ = bands[4 * TILE_ROWS + i] * (here - x[i + 5])
        next_ += bands[5 * TILE_ROWS + i] * (here - x[i + 1])
        far = bands[6 * TILE_ROWS + i] * (here - x[i + 6])
        far += bands[7 * TILE_ROWS + i] * (here - x[i])
        z[i] = near + next_ + far


@kernel
def centre_by_band(
    column: Any, first: int, size: int, most: int, pairs: bool, bands: Any, z: Any
) -> None:
    """Write rows whose products add up to those of ``root_i (x_i - xbar)`` over a tile.

    From four alternatives on they are ``sum_d root_i p_(i+d) (x_i - x_(i+d))``, the same numbers.
    """
    here = column[first : first + size]
    if pairs:
        after, before = bands[2], bands[5]
        ahead = column[first + 1 : first + 1 + size]
        behind = column[first - 2 : first - 2 + size]
        for i in range(size):
            z[i] = after[i] * (here[i] - ahead[i]) + before[i] * (here[i] - behind[i])
        return
    if most == 4:
        _centre_four(column[first - 3 : first + size + 3], size, bands.reshape(-1), z)
        return
    for i in range(size):
        z[i] = 0.0
    for d in range(1, most):
        after, before = bands[2 * d], bands[2 * d + 1]
        ahead = column[first + d : first + d + size]
        behind = column[first - d : first - d + size]
        for i in range(size):
            z[i] += after[i] * (here[i] - ahead[i]) + before[i] * (here[i] - behind[i])


@kernel
def centre_by_task(here: Any, p: Any, root: Any, starts: Any, tasks: int, z: Any) -> None:
    """Write ``root_i (x_i - xbar)`` over a tile, from differences to the task's first row."""
    for t in range(tasks):
        a, b = starts[t], starts[t + 1]
        origin = here[a]
        mean = 0.0
        for i in range(a, b):
            mean += p[i] * (here[i] - origin)
        for i in range(a, b):
            z[i] = root[i] * ((here[i] - origin) - mean)


@kernel
def subtract_products(z: Any, size: int, hessian: Any) -> None:
    """Subtract ``z z'`` from the upper triangle, four by four coefficients at a time."""
    count = len(hessian)
    for k in range(0, count, 4):
        k0, k1, k2, k3 = z[k, :size], z[k + 1, :size], z[k + 2, :size], z[k + 3, :size]
        for m in range(k, count, 4):
            m0, m1, m2, m3 = z[m, :size], z[m + 1, :size], z[m + 2, :size], z[m + 3, :size]
            s00 = s01 = s02 = s03 = s10 = s11 = s12 = s13 = 0.0
            s20 = s21 = s22 = s23 = s30 = s31 = s32 = s33 = 0.0
            for i in range(size):
                a0, a1, a2, a3 = k0[i], k1[i], k2[i], k3[i]
                b0, b1, b2, b3 = m0[i], m1[i], m2[i], m3[i]
                s00 += a0 * b0
                s01 += a0 * b1
                s02 += a0 * b2
                s03 += a0 * b3
                s10 += a1 * b0
                s11 += a1 * b1
                s12 += a1 * b2
                s13 += a1 * b3
                s20 += a2 * b0
                s21 += a2 * b1
                s22 += a2 * b2
                s23 += a2 * b3
                s30 += a3 * b0
                s31 += a3 * b1
                s32 += a3 * b2
                s33 += a3 * b3
            products = (
                (s00, s01, s02, s03),
                (s10, s11, s12, s13),
                (s20, s21, s22, s23),
                (s30, s31, s32, s33),
            )
            for i in range(min(4, count - k)):
                for j in range(min(4, count - m)):
                    hessian[k + i, m + j] -= products[i][j]
