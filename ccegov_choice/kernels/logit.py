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

References
----------
McFadden (1974), Conditional logit analysis of qualitative choice behavior. Swait & Louviere (1993),
Journal of Marketing Research 30, 305-314 (scale by group).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.curvature import (
    centre_by_band,
    centre_by_task,
    set_bands,
    subtract_products,
)
from ccegov_choice.kernels.elementary import logarithms
from ccegov_choice.kernels.tile import (
    MARGIN,
    WIDEST_BAND,
    fill_tile,
    mark_same_task,
    new_tile,
    probabilities_by_band,
    probabilities_by_task,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


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
    people : (N,) float64, or (0,) when they are not wanted
        Log-likelihood of each person; NaN for somebody at least where a utility is not finite.
    """

    value: Floats
    gradient: Floats
    hessian: Floats
    scores: Floats
    people: Floats


@kernel
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


@kernel
def _value_and_residuals(data: Any, tile: Any, task: int, tasks: int, first: int) -> float:
    """Return the log-likelihood of a tile and write its residuals and roots.

    ``root`` holds the sum of exponentials of each row's task when this is called.
    """
    size = tile.starts[tasks]
    v, p = tile.v[MARGIN : MARGIN + size], tile.p[MARGIN : MARGIN + size]
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


@kernel
def _add_gradient(x: Any, first: int, size: int, residual: Any, gradient: Any) -> None:
    for k in range(x.shape[0]):
        column = x[k, first : first + size]
        total = 0.0
        for i in range(size):
            total += residual[i] * column[i]
        gradient[k] += total


@kernel
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


@kernel
def _add_people(data: Any, tile: Any, task: int, tasks: int, person: int, people: Any) -> int:
    """Add the log-likelihood of each task of a tile to its person; return that of the last task."""
    first = data.task_offsets[task]
    for t in range(tasks):
        while data.person_offsets[person + 1] <= task + t:
            person += 1
        chosen = tile.v[MARGIN + data.chosen[task + t] - first]
        people[person] += data.weights[task + t] * (chosen - tile.logs[t])
    return person


@kernel
def _apply_scales(data: Any, tile: Any, theta: Any, task: int, tasks: int) -> None:
    """Keep the plain utilities and multiply ``v`` by the scale of each task's group."""
    size = tile.starts[tasks]
    count = data.x.shape[0]
    for i in range(size):
        tile.plain[i] = tile.v[MARGIN + i]
    for t in range(tasks):
        group = data.groups[task + t]
        scale = theta[count + group - 1] if group > 0 else 1.0
        for i in range(tile.starts[t], tile.starts[t + 1]):
            tile.scale[i] = scale
            tile.v[MARGIN + i] *= scale


@kernel
def _add_scale_terms(
    data: Any, tile: Any, task: int, tasks: int, person: int, gradient: Any, sums: Any, c: int
) -> None:
    """Add what the scales contribute to gradient, Hessian and scores of chunk ``c``.

    The plain utility is one more column, which only rows of the group have.
    """
    size = tile.starts[tasks]
    count = data.x.shape[0]
    first = data.task_offsets[task]
    p = tile.p[MARGIN : MARGIN + size]
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


@kernel
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
        Receives them; values and scores of the people of these chunks are set as well when wanted.
    """
    count = data.x.shape[0]
    rows = data.x.shape[1]
    beta = theta[:count]
    tile = new_tile(plan.room, len(theta))
    # rows of pairs are not rows of alternatives, which the scales need
    may_pair = len(theta) == count
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
        with_people = sums.people.shape[0] > 0
        last_seen = person
        if with_people:
            sums.people[person : plan.bounds[c + 1]] = 0.0
        task, last = data.person_offsets[person], data.person_offsets[plan.bounds[c + 1]]
        while task < last:
            first = data.task_offsets[task]
            tasks, fewest, most = fill_tile(data.task_offsets, task, last, plan.room, tile.starts)
            size = tile.starts[tasks]
            v = tile.v[MARGIN : MARGIN + size]
            # bands look a few rows beyond the tile; at the ends of the data there are none
            banded = most <= WIDEST_BAND and first >= MARGIN and first + size + MARGIN <= rows
            pairs = may_pair and most <= 3
            total = _utilities(data.x, beta, first, size, v)
            if not abs(total) < np.inf:
                value = np.nan
            if len(theta) > count:
                _apply_scales(data, tile, theta, task, tasks)
            if banded:
                if not (fewest == most == marked_width and size <= marked_rows):
                    mark_same_task(tile.starts, tasks, most, tile.same)
                    marked_width = most if fewest == most else 0
                    marked_rows = size
                probabilities_by_band(tile, size, most)
            else:
                probabilities_by_task(tile, size, tasks)
            value += _value_and_residuals(data, tile, task, tasks, first)
            if with_people:
                if not abs(total) < np.inf:
                    sums.people[last_seen] = np.nan
                last_seen = _add_people(data, tile, task, tasks, last_seen, sums.people)
            _add_gradient(data.x, first, size, tile.residual, gradient)
            if with_hessian:
                if banded:
                    set_bands(tile, size, most, pairs)
                for k in range(count):
                    if banded:
                        centre_by_band(data.x[k], first, size, most, pairs, tile.bands, tile.z[k])
                    else:
                        here = data.x[k, first : first + size]
                        p = tile.p[MARGIN : MARGIN + size]
                        centre_by_task(here, p, tile.root, tile.starts, tasks, tile.z[k])
            if len(theta) > count:
                _add_scale_terms(data, tile, task, tasks, person, gradient, sums, c)
            if with_hessian:
                subtract_products(tile.z, size, sums.hessian[c])
            if with_scores:
                person = _add_scores(data, tile, task, tasks, person, sums.scores)
            task += tasks
        sums.value[c] = value
