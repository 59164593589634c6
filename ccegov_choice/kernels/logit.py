"""Multinomial logit: log-likelihood, score and Hessian in one pass over the data.

Axis letters are those of `ccegov_choice.kernels.axes`. For task ``t`` with rows ``i``, scale
``s`` of its group and weight ``w``::

    u_i = x_i' b        p_i = exp(s u_i) / sum_j exp(s u_j)        y_i = 1 for the chosen row
    value     += w log p_chosen
    d/db      += w s sum_i (y_i - p_i) x_i
    d/ds      += w   sum_i (y_i - p_i) u_i
    d2/db db' -= w s^2 sum_i p_i (x_i - xbar)(x_i - xbar)'         xbar = sum_i p_i x_i
    d2/ds2    -= w   sum_i p_i (u_i - ubar)^2
    d2/db ds  -= w s sum_i p_i (x_i - xbar)(u_i - ubar) - w sum_i (y_i - p_i) x_i

The kernel walks chunks of people and, inside a chunk, tiles of a few hundred rows, so that what
belongs to a tile stays in the innermost caches and ``x`` is read from memory once. Cost:
``A (K^2 / 2 + 3 K)`` multiply-adds and ``A`` exponentials.

Where tasks have few alternatives, loops over the rows of a task are too short for vector
instructions. There a task's sums are taken by *bands*: row ``i`` looks at rows ``i + d`` and ``i - d``
for each distance ``d`` and counts those of its own task, so that every loop runs over the tile.

References
----------
McFadden (1974), Conditional logit analysis of qualitative choice behavior. Swait & Louviere (1993),
Journal of Marketing Research 30, 305-314 (scale by group).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from ccegov_choice.kernels.elementary import exponentials, logarithms

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# Sums may be taken in another order; nothing is assumed about NaN and infinity.
_FLAGS = {"reassoc", "contract", "nsz", "arcp"}
_jit: Any = njit(cache=True, nogil=True, fastmath=_FLAGS, error_model="numpy")

TILE_ROWS = 512
# Tasks with more alternatives than this have loops long enough to be vectorised by themselves.
WIDEST_BAND = 8
_MARGIN = WIDEST_BAND


class Choices(NamedTuple):
    """Choice data as the kernel reads them; every array is read-only and C-contiguous.

    Attributes
    ----------
    x : (K, A) float64
        Coded attributes: one row per coefficient, one column per alternative shown.
    task_offsets : (T + 1,) int64
        First row of each task; rows of a task are consecutive.
    person_offsets : (N + 1,) int64
        First task of each person.
    chosen : (T,) int64
        Row of the chosen alternative.
    weights : (T,) float64
        Weight of each task.
    groups : (T,) int64
        Scale group of each task; 0 is the group whose scale is one.
    """

    x: Floats
    task_offsets: Integers
    person_offsets: Integers
    chosen: Integers
    weights: Floats
    groups: Integers


class Plan(NamedTuple):
    """How the work is cut.

    Attributes
    ----------
    bounds : (B + 1,) int64
        First person of each chunk, from `ccegov_choice.kernels.axes.cut_people`.
    room : int
        Rows a tile may hold: `TILE_ROWS`, or the alternatives of the widest task if more.
    """

    bounds: Integers
    room: int


class Sums(NamedTuple):
    """What the kernel fills: one slot per chunk, to be added in order.

    Attributes
    ----------
    value : (B,) float64
        Log-likelihood of each chunk; NaN where a utility is not finite.
    gradient : (B, P) float64
        Slopes; the ``K`` coefficients come before the scales.
    hessian : (B, P, P) float64, or (B, 0, 0) when it is not wanted
        Upper triangle of the second derivatives.
    scores : (N, P) float64, or (0, P) when they are not wanted
        Slope of each person's log-likelihood.
    """

    value: Floats
    gradient: Floats
    hessian: Floats
    scores: Floats


class _Tile(NamedTuple):
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
    bands: Floats  # (2 * WIDEST_BAND, TILE_ROWS): root_i p_(i + d), root_i p_(i - d), zero across tasks
    z: Floats  # (P rounded up to 4, room): centred and weighted columns


@_jit
def _new_tile(room: int, parameters: int) -> Any:
    wide = room + 2 * _MARGIN
    return _Tile(
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


@_jit
def _fill_tile(offsets: Any, task: int, last: int, room: int, starts: Any) -> Any:
    """Take as many tasks as fit; return their number, and the fewest and most alternatives."""
    first = offsets[task]
    tasks = 0
    fewest, most = room + 1, 0
    while task + tasks < last and (
        tasks == 0 or offsets[task + tasks + 1] - first <= TILE_ROWS
    ):
        starts[tasks] = offsets[task + tasks] - first
        width = offsets[task + tasks + 1] - offsets[task + tasks]
        fewest, most = min(fewest, width), max(most, width)
        tasks += 1
    starts[tasks] = offsets[task + tasks] - first
    return tasks, fewest, most


@_jit
def _mark_same_task(starts: Any, tasks: int, most: int, same: Any) -> None:
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


@_jit
def _utilities(x: Any, beta: Any, first: int, size: int, v: Any) -> float:
    """Write the utilities of a tile; return their sum, which is finite only if all of them are."""
    for i in range(size):
        v[i] = 0.0
    count = len(beta)
    k = 0
    while k + 4 <= count:
        b0, b1, b2, b3 = beta[k], beta[k + 1], beta[k + 2], beta[k + 3]
        x0, x1 = x[k, first : first + size], x[k + 1, first : first + size]
        x2, x3 = x[k + 2, first : first + size], x[k + 3, first : first + size]
        for i in range(size):
            v[i] += b0 * x0[i] + b1 * x1[i] + b2 * x2[i] + b3 * x3[i]
        k += 4
    while k < count:
        b0, x0 = beta[k], x[k, first : first + size]
        for i in range(size):
            v[i] += b0 * x0[i]
        k += 1
    total = 0.0
    for i in range(size):
        total += v[i]
    return total


@_jit
def _probabilities_by_band(tile: Any, size: int, most: int) -> None:
    """Turn ``v`` into utilities less the task's largest and ``p`` into probabilities."""
    v, top = tile.v[_MARGIN : _MARGIN + size], tile.root
    for i in range(size):
        top[i] = v[i]
    for d in range(1, most):
        after, before = tile.same[2 * d], tile.same[2 * d + 1]
        ahead = tile.v[_MARGIN + d : _MARGIN + d + size]
        behind = tile.v[_MARGIN - d : _MARGIN - d + size]
        for i in range(size):
            right = ahead[i] if after[i] > 0.0 else v[i]
            left = behind[i] if before[i] > 0.0 else v[i]
            side = right if right > left else left
            top[i] = side if side > top[i] else top[i]
    for i in range(size):
        v[i] -= top[i]
    e, total = tile.p[_MARGIN : _MARGIN + size], tile.root
    exponentials(v, e, tile.bits, size)
    for i in range(size):
        total[i] = e[i]
    for d in range(1, most):
        after, before = tile.same[2 * d], tile.same[2 * d + 1]
        ahead = tile.p[_MARGIN + d : _MARGIN + d + size]
        behind = tile.p[_MARGIN - d : _MARGIN - d + size]
        for i in range(size):
            total[i] += after[i] * ahead[i] + before[i] * behind[i]
    for i in range(size):
        e[i] /= total[i]


@_jit
def _probabilities_by_task(tile: Any, size: int, tasks: int) -> None:
    """Do as `_probabilities_by_band`, one task after the other; leave its sums in ``root``."""
    v, e = tile.v[_MARGIN : _MARGIN + size], tile.p[_MARGIN : _MARGIN + size]
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


@_jit
def _value_and_residuals(data: Any, tile: Any, task: int, tasks: int, first: int) -> float:
    """Return the log-likelihood of a tile and write its residuals and roots.

    ``root`` holds the sum of exponentials of each row's task when this is called.
    """
    size = tile.starts[tasks]
    v, p = tile.v[_MARGIN : _MARGIN + size], tile.p[_MARGIN : _MARGIN + size]
    for t in range(tasks):
        tile.totals[t] = tile.root[tile.starts[t]]
    logarithms(tile.totals, tile.logs, tile.bits, tasks)
    value = 0.0
    for t in range(tasks):
        w = data.weights[task + t]
        value += w * (v[data.chosen[task + t] - first] - tile.logs[t])
        for i in range(tile.starts[t], tile.starts[t + 1]):
            tile.weight[i] = w
    for i in range(size):
        share = tile.weight[i] * p[i]
        tile.residual[i] = -tile.scale[i] * share
        tile.root[i] = tile.scale[i] * np.sqrt(share)
    for t in range(tasks):
        chosen = data.chosen[task + t] - first
        tile.residual[chosen] += tile.scale[chosen] * tile.weight[chosen]
    return value


@_jit
def _set_bands(tile: Any, size: int, most: int) -> None:
    """Write what differences between the rows of a task are multiplied with.

    With up to three alternatives each row needs one difference only, since the sum of
    ``p_i (x_i - xbar)(x_i - xbar)'`` is that of ``p_i p_j (x_i - x_j)(x_i - x_j)'`` over the pairs:
    the next row, or for the third row the first.
    """
    bands, same, p = tile.bands, tile.same, tile.p
    if most <= 3:
        ahead, behind = p[_MARGIN + 1 : _MARGIN + 1 + size], p[_MARGIN - 2 : _MARGIN - 2 + size]
        for i in range(size):
            bands[2, i] = same[2, i] * tile.root[i] * np.sqrt(ahead[i])
            bands[5, i] = same[5, i] * tile.root[i] * np.sqrt(behind[i])
        return
    for d in range(1, most):
        ahead, behind = p[_MARGIN + d : _MARGIN + d + size], p[_MARGIN - d : _MARGIN - d + size]
        for i in range(size):
            bands[2 * d, i] = same[2 * d, i] * tile.root[i] * ahead[i]
            bands[2 * d + 1, i] = same[2 * d + 1, i] * tile.root[i] * behind[i]


@_jit
def _centre_four(x: Any, size: int, bands: Any, z: Any) -> None:
    """Do as `_centre_by_band` for up to four alternatives, in one loop.

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


@_jit
def _centre_by_band(column: Any, first: int, size: int, most: int, bands: Any, z: Any) -> None:
    """Write rows whose products add up to those of ``root_i (x_i - xbar)`` over a tile.

    From four alternatives on they are ``sum_d root_i p_(i+d) (x_i - x_(i+d))``, the same numbers.
    """
    here = column[first : first + size]
    if most <= 3:
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


@_jit
def _centre_by_task(here: Any, p: Any, root: Any, starts: Any, tasks: int, z: Any) -> None:
    """Write ``root_i (x_i - xbar)`` over a tile, from differences to the task's first row."""
    for t in range(tasks):
        a, b = starts[t], starts[t + 1]
        origin = here[a]
        mean = 0.0
        for i in range(a, b):
            mean += p[i] * (here[i] - origin)
        for i in range(a, b):
            z[i] = root[i] * ((here[i] - origin) - mean)


@_jit
def _subtract_products(z: Any, size: int, hessian: Any) -> None:
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


@_jit
def _add_gradient(x: Any, first: int, size: int, residual: Any, gradient: Any) -> None:
    for k in range(x.shape[0]):
        column = x[k, first : first + size]
        total = 0.0
        for i in range(size):
            total += residual[i] * column[i]
        gradient[k] += total


@_jit
def _add_scores(data: Any, tile: Any, task: int, tasks: int, person: int, scores: Any) -> int:
    """Add each task of a tile to its person's score; return the person of the last task."""
    first = data.task_offsets[task]
    for t in range(tasks):
        while data.person_offsets[person + 1] <= task + t:
            person += 1
        a, b = tile.starts[t], tile.starts[t + 1]
        for k in range(data.x.shape[0]):
            total = 0.0
            for i in range(a, b):
                total += tile.residual[i] * data.x[k, first + i]
            scores[person, k] += total
    return person


@_jit
def _apply_scales(data: Any, tile: Any, theta: Any, task: int, tasks: int) -> None:
    """Keep the plain utilities and multiply ``v`` by the scale of each task's group."""
    size = tile.starts[tasks]
    count = data.x.shape[0]
    for i in range(size):
        tile.plain[i] = tile.v[_MARGIN + i]
    for t in range(tasks):
        group = data.groups[task + t]
        scale = theta[count + group - 1] if group > 0 else 1.0
        for i in range(tile.starts[t], tile.starts[t + 1]):
            tile.scale[i] = scale
            tile.v[_MARGIN + i] *= scale


@_jit
def _add_scale_terms(
    data: Any, tile: Any, task: int, tasks: int, person: int, gradient: Any, sums: Any, c: int
) -> None:
    """Add what the scales contribute to gradient, Hessian and scores of chunk ``c``.

    The plain utility is one more column, which only rows of the group have.
    """
    size = tile.starts[tasks]
    count = data.x.shape[0]
    first = data.task_offsets[task]
    p = tile.p[_MARGIN : _MARGIN + size]
    with_hessian = sums.hessian.shape[1] > 0
    tile.z[count:, :size] = 0.0
    for t in range(tasks):
        while data.person_offsets[person + 1] <= task + t:
            person += 1
        group = data.groups[task + t]
        if group == 0:
            continue
        q = count + group - 1
        a, b = tile.starts[t], tile.starts[t + 1]
        chosen = data.chosen[task + t] - first
        mean, slope = 0.0, 0.0
        for i in range(a, b):
            outcome = 1.0 if i == chosen else 0.0
            mean += p[i] * tile.plain[i]
            slope += tile.weight[i] * (outcome - p[i]) * tile.plain[i]
        gradient[q] += slope
        if sums.scores.shape[0] > 0:
            sums.scores[person, q] += slope
        if with_hessian:
            for i in range(a, b):
                outcome = 1.0 if i == chosen else 0.0
                tile.z[q, i] = np.sqrt(tile.weight[i] * p[i]) * (tile.plain[i] - mean)
                error = tile.weight[i] * (outcome - p[i])
                for k in range(count):
                    sums.hessian[c, k, q] += error * data.x[k, first + i]


@_jit
def logit_chunks(data: Any, theta: Any, plan: Any, chunks: Any, sums: Any) -> None:
    """Fill the slots of some chunks of people.

    Parameters
    ----------
    data : Choices
        The choices.
    theta : (P,) float64
        ``K`` coefficients, then the scales of groups 1, 2, ...
    plan : Plan
        How the work is cut.
    chunks : (any,) int64
        Which chunks to do.
    sums : Sums
        Receives them; person scores of these chunks are set as well when wanted.
    """
    count = data.x.shape[0]
    rows = data.x.shape[1]
    beta = theta[:count]
    tile = _new_tile(plan.room, len(theta))
    marked_width, marked_rows = 0, 0
    for c in chunks:
        value = 0.0
        gradient = sums.gradient[c]
        gradient[:] = 0.0
        with_hessian = sums.hessian.shape[1] > 0
        if with_hessian:
            sums.hessian[c] = 0.0
        with_scores = sums.scores.shape[0] > 0
        person = plan.bounds[c]
        if with_scores:
            sums.scores[person : plan.bounds[c + 1]] = 0.0
        task, last = data.person_offsets[person], data.person_offsets[plan.bounds[c + 1]]
        while task < last:
            first = data.task_offsets[task]
            tasks, fewest, most = _fill_tile(
                data.task_offsets, task, last, plan.room, tile.starts
            )
            size = tile.starts[tasks]
            v = tile.v[_MARGIN : _MARGIN + size]
            # bands look a few rows beyond the tile; at the ends of the data there are none
            banded = most <= WIDEST_BAND and first >= _MARGIN and first + size + _MARGIN <= rows
            total = _utilities(data.x, beta, first, size, v)
            if not abs(total) < np.inf:
                value = np.nan
            if len(theta) > count:
                _apply_scales(data, tile, theta, task, tasks)
            if banded:
                if not (fewest == most == marked_width and size <= marked_rows):
                    _mark_same_task(tile.starts, tasks, most, tile.same)
                    marked_width = most if fewest == most else 0
                    marked_rows = size
                _probabilities_by_band(tile, size, most)
            else:
                _probabilities_by_task(tile, size, tasks)
            value += _value_and_residuals(data, tile, task, tasks, first)
            _add_gradient(data.x, first, size, tile.residual, gradient)
            if with_hessian:
                if banded:
                    _set_bands(tile, size, most)
                for k in range(count):
                    if banded:
                        _centre_by_band(data.x[k], first, size, most, tile.bands, tile.z[k])
                    else:
                        here = data.x[k, first : first + size]
                        p = tile.p[_MARGIN : _MARGIN + size]
                        _centre_by_task(here, p, tile.root, tile.starts, tasks, tile.z[k])
            if len(theta) > count:
                _add_scale_terms(data, tile, task, tasks, person, gradient, sums, c)
            if with_hessian:
                _subtract_products(tile.z, size, sums.hessian[c])
            if with_scores:
                person = _add_scores(data, tile, task, tasks, person, sums.scores)
            task += tasks
        sums.value[c] = value
