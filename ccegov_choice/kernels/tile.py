"""Tiles: some hundred rows of whole tasks, small enough to stay in the innermost caches.

Where tasks have few alternatives, loops over the rows of a task are too short for vector
instructions. There a task's sums are taken by *bands*: row ``i`` looks at rows ``i + d`` and
``i - d`` for each distance ``d`` and counts those of its own task, so that every loop runs over the
tile.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.elementary import exponentials

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

TILE_ROWS = 512
# Tasks with more alternatives than this have loops long enough to be vectorised by themselves.
WIDEST_BAND = 8
MARGIN = WIDEST_BAND


class Tile(NamedTuple):
    """Scratch of one worker; row arrays have a margin on both sides for the bands."""

    v: Floats  # utilities, then less their task's largest
    p: Floats  # probabilities
    residual: Floats  # w s (y - p)
    root: Floats  # s sqrt(w p)
    weight: Floats  # weight of the row's task
    scale: Floats  # scale of the row's task
    plain: Floats  # utilities before scaling
    totals: Floats  # sum of exponentials of each task
    logs: Floats  # their logarithms
    bits: Integers
    starts: Integers  # first row of each task within the tile, and the size
    same: Floats  # (2 * WIDEST_BAND, TILE_ROWS): whether row i + d, i - d is of the same task
    bands: Floats  # the same shape: what differences to row i + d, i - d are multiplied with
    z: Floats  # (P rounded up to 4, room): centred and weighted columns


@kernel
def new_tile(room: int, parameters: int) -> Any:
    """Make scratch for tiles of up to ``room`` rows."""
    wide = room + 2 * MARGIN
    return Tile(
        np.zeros(wide),
        np.zeros(wide),
        np.zeros(room),
        np.zeros(room),
        np.ones(room),
        np.ones(room),
        np.zeros(room),
        np.ones(room),
        np.zeros(room),
        np.zeros(room, dtype=np.int64),
        np.zeros(room + 1, dtype=np.int64),
        np.zeros((2 * WIDEST_BAND, TILE_ROWS)),
        np.zeros((2 * WIDEST_BAND, TILE_ROWS)),
        np.zeros(((parameters + 3) // 4 * 4, room)),
    )


@kernel
def fill_tile(offsets: Any, task: int, last: int, room: int, starts: Any) -> Any:
    """Take as many tasks as fit; return their number, and the fewest and most alternatives."""
    first = offsets[task]
    tasks = 0
    fewest, most = room + 1, 0
    while task + tasks < last and (tasks == 0 or offsets[task + tasks + 1] - first <= TILE_ROWS):
        starts[tasks] = offsets[task + tasks] - first
        width = offsets[task + tasks + 1] - offsets[task + tasks]
        fewest, most = min(fewest, width), max(most, width)
        tasks += 1
    starts[tasks] = offsets[task + tasks] - first
    return tasks, fewest, most


@kernel
def mark_same_task(starts: Any, tasks: int, most: int, same: Any) -> None:
    """Write 1 where the row at a distance belongs to the same task, else 0."""
    size = starts[tasks]
    for d in range(1, max(most, 3)):
        same[2 * d, :size] = 0.0
        same[2 * d + 1, :size] = 0.0
    for t in range(tasks):
        a, b = starts[t], starts[t + 1]
        for d in range(1, b - a):
            for i in range(a, b - d):
                same[2 * d, i] = 1.0
                same[2 * d + 1, i + d] = 1.0


@kernel
def probabilities_by_band(tile: Any, size: int, most: int) -> None:
    """Turn ``v`` into utilities less the task's largest and ``p`` into probabilities."""
    v, top = tile.v[MARGIN : MARGIN + size], tile.root
    for i in range(size):
        top[i] = v[i]
    for d in range(1, most):
        after, before = tile.same[2 * d], tile.same[2 * d + 1]
        ahead = tile.v[MARGIN + d : MARGIN + d + size]
        behind = tile.v[MARGIN - d : MARGIN - d + size]
        for i in range(size):
            right = ahead[i] if after[i] > 0.0 else v[i]
            left = behind[i] if before[i] > 0.0 else v[i]
            side = right if right > left else left
            top[i] = side if side > top[i] else top[i]
    for i in range(size):
        v[i] -= top[i]
    e, total = tile.p[MARGIN : MARGIN + size], tile.root
    exponentials(v, e, tile.bits, size)
    for i in range(size):
        total[i] = e[i]
    for d in range(1, most):
        after, before = tile.same[2 * d], tile.same[2 * d + 1]
        ahead = tile.p[MARGIN + d : MARGIN + d + size]
        behind = tile.p[MARGIN - d : MARGIN - d + size]
        for i in range(size):
            total[i] += after[i] * ahead[i] + before[i] * behind[i]
    for i in range(size):
        e[i] /= total[i]


@kernel
def probabilities_by_task(tile: Any, size: int, tasks: int) -> None:
    """Do as `probabilities_by_band`, one task after the other; leave its sums in ``root``."""
    v, e = tile.v[MARGIN : MARGIN + size], tile.p[MARGIN : MARGIN + size]
    for t in range(tasks):
        a, b = tile.starts[t], tile.starts[t + 1]
        top = v[a]
        for i in range(a + 1, b):
            top = v[i] if v[i] > top else top
        for i in range(a, b):
            v[i] -= top
    exponentials(v, e, tile.bits, size)
    for t in range(tasks):
        a, b = tile.starts[t], tile.starts[t + 1]
        total = 0.0
        for i in range(a, b):
            total += e[i]
        for i in range(a, b):
            e[i] /= total
            tile.root[i] = total
