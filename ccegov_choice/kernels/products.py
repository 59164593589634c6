"""Small matrix products against a tile of draws: ``TILE`` draws side by side, unrolled by hand.

A matrix of ``K`` numbers for each of ``TILE`` draws is a flat array, ``TILE`` numbers after each
other. The trip count of the inner loop is a constant and each function writes to one array, so that
LLVM turns it into vector instructions without tests at run time. Blocks of four rows by four
columns do sixteen multiply-adds for twelve loads and stores.
"""

from __future__ import annotations

from typing import Any

from ccegov_choice.kernels.compiled import kernel

TILE = 64


@kernel
def products(d: Any, first: int, rows: int, start: Any, beta: Any, out: Any) -> None:
    """Write ``start + d[first:first + rows] @ beta`` to ``out``.

    Parameters
    ----------
    d : (any, K) float64
        A matrix whose number of columns ``K`` is even.
    first, rows : int
        Which of its rows.
    start : (rows,) float64
        What each row starts from, the same for every draw.
    beta : (K * TILE,) float64
        Numbers by column and draw.
    out : (rows * TILE,) float64
        Receives the products by row and draw.
    """
    columns = d.shape[1]
    row = 0
    while row + 4 <= rows:
        begin = start[row], start[row + 1], start[row + 2], start[row + 3]
        v = out[row * TILE :]
        k = 4
        if columns < 4:
            k = 2
            _start_four_by_two(d, first + row, begin, beta, v)
        else:
            _start_four_by_four(d, first + row, begin, beta, v)
        while k + 4 <= columns:
            _four_by_four(d, first + row, k, beta[k * TILE :], v)
            k += 4
        if k < columns:
            _four_by_two(d, first + row, k, beta[k * TILE :], v)
        row += 4
    while row < rows:
        v = out[row * TILE :]
        for i in range(TILE):
            v[i] = start[row]
        for k in range(0, columns, 2):
            _one_by_two(d, first + row, k, beta[k * TILE :], v)
        row += 1


@kernel
def add_transposed(d: Any, first: int, rows: int, p: Any, out: Any) -> None:
    """Add ``d[first:first + rows].T @ p`` to ``out``; shapes as in `products`, turned round."""
    columns = d.shape[1]
    row = 0
    while row + 4 <= rows:
        k = 0
        while k + 4 <= columns:
            _four_by_four_turned(d, first + row, k, p[row * TILE :], out[k * TILE :])
            k += 4
        if k < columns:
            _four_by_two_turned(d, first + row, k, p[row * TILE :], out[k * TILE :])
        row += 4
    while row < rows:
        for k in range(0, columns, 2):
            _one_by_two_turned(d, first + row, k, p[row * TILE :], out[k * TILE :])
        row += 1


@kernel
def _four_by_four(d: Any, row: int, k: int, b: Any, v: Any) -> None:
    d00, d01, d02, d03 = d[row, k], d[row, k + 1], d[row, k + 2], d[row, k + 3]
    d10, d11, d12, d13 = d[row + 1, k], d[row + 1, k + 1], d[row + 1, k + 2], d[row + 1, k + 3]
    d20, d21, d22, d23 = d[row + 2, k], d[row + 2, k + 1], d[row + 2, k + 2], d[row + 2, k + 3]
    d30, d31, d32, d33 = d[row + 3, k], d[row + 3, k + 1], d[row + 3, k + 2], d[row + 3, k + 3]
    for i in range(TILE):
        b0, b1, b2, b3 = b[i], b[i + TILE], b[i + 2 * TILE], b[i + 3 * TILE]
        v[i] += d00 * b0 + d01 * b1 + d02 * b2 + d03 * b3
        v[i + TILE] += d10 * b0 + d11 * b1 + d12 * b2 + d13 * b3
        v[i + 2 * TILE] += d20 * b0 + d21 * b1 + d22 * b2 + d23 * b3
        v[i + 3 * TILE] += d30 * b0 + d31 * b1 + d32 * b2 + d33 * b3


@kernel
def _start_four_by_four(d: Any, row: int, start: Any, b: Any, v: Any) -> None:
    s0, s1, s2, s3 = start
    d00, d01, d02, d03 = d[row, 0], d[row, 1], d[row, 2], d[row, 3]
    d10, d11, d12, d13 = d[row + 1, 0], d[row + 1, 1], d[row + 1, 2], d[row + 1, 3]
    d20, d21, d22, d23 = d[row + 2, 0], d[row + 2, 1], d[row + 2, 2], d[row + 2, 3]
    d30, d31, d32, d33 = d[row + 3, 0], d[row + 3, 1], d[row + 3, 2], d[row + 3, 3]
    for i in range(TILE):
        b0, b1, b2, b3 = b[i], b[i + TILE], b[i + 2 * TILE], b[i + 3 * TILE]
        v[i] = s0 + d00 * b0 + d01 * b1 + d02 * b2 + d03 * b3
        v[i + TILE] = s1 + d10 * b0 + d11 * b1 + d12 * b2 + d13 * b3
        v[i + 2 * TILE] = s2 + d20 * b0 + d21 * b1 + d22 * b2 + d23 * b3
        v[i + 3 * TILE] = s3 + d30 * b0 + d31 * b1 + d32 * b2 + d33 * b3


@kernel
def _start_four_by_two(d: Any, row: int, start: Any, b: Any, v: Any) -> None:
    s0, s1, s2, s3 = start
    d00, d01, d10, d11 = d[row, 0], d[row, 1], d[row + 1, 0], d[row + 1, 1]
    d20, d21, d30, d31 = d[row + 2, 0], d[row + 2, 1], d[row + 3, 0], d[row + 3, 1]
    for i in range(TILE):
        b0, b1 = b[i], b[i + TILE]
        v[i] = s0 + d00 * b0 + d01 * b1
        v[i + TILE] = s1 + d10 * b0 + d11 * b1
        v[i + 2 * TILE] = s2 + d20 * b0 + d21 * b1
        v[i + 3 * TILE] = s3 + d30 * b0 + d31 * b1


@kernel
def _four_by_two(d: Any, row: int, k: int, b: Any, v: Any) -> None:
    d00, d01, d10, d11 = d[row, k], d[row, k + 1], d[row + 1, k], d[row + 1, k + 1]
    d20, d21, d30, d31 = d[row + 2, k], d[row + 2, k + 1], d[row + 3, k], d[row + 3, k + 1]
    for i in range(TILE):
        b0, b1 = b[i], b[i + TILE]
        v[i] += d00 * b0 + d01 * b1
        v[i + TILE] += d10 * b0 + d11 * b1
        v[i + 2 * TILE] += d20 * b0 + d21 * b1
        v[i + 3 * TILE] += d30 * b0 + d31 * b1


@kernel
def _one_by_two(d: Any, row: int, k: int, b: Any, v: Any) -> None:
    d0, d1 = d[row, k], d[row, k + 1]
    for i in range(TILE):
        v[i] += d0 * b[i] + d1 * b[i + TILE]


@kernel
def _four_by_four_turned(d: Any, row: int, k: int, p: Any, g: Any) -> None:
    d00, d01, d02, d03 = d[row, k], d[row, k + 1], d[row, k + 2], d[row, k + 3]
    d10, d11, d12, d13 = d[row + 1, k], d[row + 1, k + 1], d[row + 1, k + 2], d[row + 1, k + 3]
    d20, d21, d22, d23 = d[row + 2, k], d[row + 2, k + 1], d[row + 2, k + 2], d[row + 2, k + 3]
    d30, d31, d32, d33 = d[row + 3, k], d[row + 3, k + 1], d[row + 3, k + 2], d[row + 3, k + 3]
    for i in range(TILE):
        p0, p1, p2, p3 = p[i], p[i + TILE], p[i + 2 * TILE], p[i + 3 * TILE]
        g[i] += d00 * p0 + d10 * p1 + d20 * p2 + d30 * p3
        g[i + TILE] += d01 * p0 + d11 * p1 + d21 * p2 + d31 * p3
        g[i + 2 * TILE] += d02 * p0 + d12 * p1 + d22 * p2 + d32 * p3
        g[i + 3 * TILE] += d03 * p0 + d13 * p1 + d23 * p2 + d33 * p3


@kernel
def _four_by_two_turned(d: Any, row: int, k: int, p: Any, g: Any) -> None:
    d00, d01, d10, d11 = d[row, k], d[row, k + 1], d[row + 1, k], d[row + 1, k + 1]
    d20, d21, d30, d31 = d[row + 2, k], d[row + 2, k + 1], d[row + 3, k], d[row + 3, k + 1]
    for i in range(TILE):
        p0, p1, p2, p3 = p[i], p[i + TILE], p[i + 2 * TILE], p[i + 3 * TILE]
        g[i] += d00 * p0 + d10 * p1 + d20 * p2 + d30 * p3
        g[i + TILE] += d01 * p0 + d11 * p1 + d21 * p2 + d31 * p3


@kernel
def _one_by_two_turned(d: Any, row: int, k: int, p: Any, g: Any) -> None:
    d0, d1 = d[row, k], d[row, k + 1]
    for i in range(TILE):
        g[i] += d0 * p[i]
        g[i + TILE] += d1 * p[i]
