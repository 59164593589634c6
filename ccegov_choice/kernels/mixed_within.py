"""Mixed logit with tastes that also vary from task to task around a person's own.

As `ccegov_choice.kernels.mixed`, but each task has draws of its own besides those of the person::

    V_j(r, s) = d_j' beta(r) + sum_i d_ji sd_i e_i(t, s)       e: standard draws of the task
    P_t(r)    = mean_s 1 / (1 + sum_j exp V_j(r, s))
    L_n       = mean_r prod_t P_t(r)

What a task adds to a utility does not depend on ``r``, so ``exp V(r, s)`` is a product of
``E_j(r)`` and ``c_j(s)``: exponentials are taken for ``R + S`` draws and not for ``R S``. With
``q(r, s) = P_t(r, s)^2``::

    slope of P_t(r) in V_j, summed over s:  - E_j(r) mean_s c_j(s) q(r, s)
    slope of P_t(r) in sd_i:                - sum_j d_ji E_j(r) mean_s e_i(s) c_j(s) q(r, s)

Cost for each person and pair of draws: a division and ``rows (2 + I)`` multiply-adds.

References
----------
Hess & Train (2011), Transportation Research B 45, 1207-1218.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.elementary import bounded_powers, logarithms
from ccegov_choice.kernels.mixed import (
    CUT,
    MAY_BE_CUT,
    NOTHING,
    add_slopes,
    draw_features,
    draw_values,
    largest_difference,
    multiply,
    new_scratch,
    not_finite,
    set_constant_slopes,
    set_levels,
    weigh,
)
from ccegov_choice.kernels.products import TILE, add_transposed, products

Floats = npt.NDArray[np.float64]


class Within(NamedTuple):
    """What varies from task to task.

    Attributes
    ----------
    x : (rows, Iw) float64
        Columns whose coefficient does, less those of the chosen alternative.
    draws : Draws
        Standard draws with tasks in the place of people, and a feature for each column.
    spread : (Iw,) float64
        How much of a standard draw goes into each coefficient.
    """

    x: Floats
    draws: Any
    spread: Floats


class TaskScratch(NamedTuple):
    """What belongs to the tasks of one person."""

    c: Floats  # (rows, S) what the draws of a task multiply exp(V) with
    ec: Floats  # (Iw, rows, S) the same times the draw
    sum_c: Floats  # (rows * TILE) sum over s of c q
    sum_ec: Floats  # (Iw * rows * TILE) sum over s of e c q
    total: Floats  # (TILE,)
    q: Floats  # (TILE,)
    chance: Floats  # (TILE,) sum over s of P_t(r, s)
    spread: Floats  # (Iw * TILE) minus the slope of the log path in each spread
    log: Floats  # (TILE,)


@kernel
def _new_task_scratch(columns: int, room: int, rows: int, number: int) -> Any:
    return TaskScratch(
        np.zeros((max(rows, 1), number)),
        np.zeros((columns, max(rows, 1), number)),
        np.zeros(room * TILE),
        np.zeros(columns * room * TILE),
        np.zeros(TILE),
        np.zeros(TILE),
        np.zeros(TILE),
        np.zeros(columns * TILE),
        np.zeros(TILE),
    )


@kernel
def _draw_tasks(data: Any, n: int, within: Any, s: Any) -> float:
    """Write what the draws of a person's tasks do; return the most they add to a utility."""
    draws, columns = within.draws, within.x.shape[1]
    start, most = data.task_rows[data.person_tasks[n]], 0.0
    for task in range(data.person_tasks[n], data.person_tasks[n + 1]):
        for row in range(data.task_rows[task], data.task_rows[task + 1]):
            for d in range(draws.number):
                added = 0.0
                for i in range(columns):
                    q = draws.dimensions[i]
                    draw = draws.tables[i, draws.base[q, d] ^ draws.shifts[task, q]]
                    s.ec[i, row - start, d] = draw
                    added += within.x[row, i] * within.spread[i] * draw
                most = max(most, added)
                factor = np.exp(min(added, 700.0))
                s.c[row - start, d] = factor
                for i in range(columns):
                    s.ec[i, row - start, d] *= factor
    return most


@kernel
def _add_draw(e: Any, others: int, c: Any, d: int, row: int, total: Any, q: Any, s: Any) -> None:
    """Add one draw of a task, for a tile of draws of the person."""
    for t in range(TILE):
        total[t] = 1.0
    for j in range(others):
        size, here = c[row + j, d], e[j * TILE : (j + 1) * TILE]
        for t in range(TILE):
            total[t] += size * here[t]
    for t in range(TILE):
        total[t] = 1.0 / total[t]
    for t in range(TILE):
        s.chance[t] += total[t]
    for t in range(TILE):
        q[t] = total[t] * total[t]
    for j in range(others):
        size, out = c[row + j, d], s.sum_c[j * TILE : (j + 1) * TILE]
        for t in range(TILE):
            out[t] += size * q[t]


@kernel
def _add_draw_slopes(ec: Any, others: int, d: int, row: int, q: Any, out: Any) -> None:
    for j in range(others):
        size, to = ec[row + j, d], out[j * TILE : (j + 1) * TILE]
        for t in range(TILE):
            to[t] += size * q[t]


@kernel
def _task(within: Any, row: int, first: int, others: int, e: Any, s: Any) -> None:
    """Sum over the draws of a task; ``row`` counts from the person's ``first``."""
    columns, number = within.x.shape[1], within.draws.number
    for t in range(TILE):
        s.chance[t] = 0.0
    for i in range(others * TILE):
        s.sum_c[i] = 0.0
    for i in range(columns * others * TILE):
        s.sum_ec[i] = 0.0
    for d in range(number):
        _add_draw(e, others, s.c, d, row, s.total, s.q, s)
        for i in range(columns):
            _add_draw_slopes(s.ec[i], others, d, row, s.q, s.sum_ec[i * others * TILE :])
    for i in range(columns):
        spread = s.spread[i * TILE : (i + 1) * TILE]
        for j in range(others):
            x, here = within.x[first + row + j, i], e[j * TILE : (j + 1) * TILE]
            mine = s.sum_ec[(i * others + j) * TILE :]
            for t in range(TILE):
                spread[t] += x * here[t] * mine[t] / s.chance[t]


@kernel
def _paths(data: Any, n: int, within: Any, beta: Any, p: Any, s: Any) -> None:
    """Write log path probabilities of a tile, and minus their slopes; see `tile_paths`."""
    for i in range(data.random.shape[1] * TILE):
        p.gradient[i] = 0.0
    for i in range(within.x.shape[1] * TILE):
        s.spread[i] = 0.0
    for t in range(TILE):
        p.path[t] = 0.0
    first = data.task_rows[data.person_tasks[n]]
    number = float(within.draws.number)
    for task in range(data.person_tasks[n], data.person_tasks[n + 1]):
        row = data.task_rows[task] - first
        others = data.task_rows[task + 1] - data.task_rows[task]
        if others == 0:
            continue
        products(data.random, first + row, others, p.level[row:], beta, p.v)
        bounded_powers(p.v, p.e, others * TILE)
        _task(within, row, first, others, p.e, s)
        kept = p.p[row * TILE :]
        for j in range(others):
            here, mine = p.e[j * TILE :], s.sum_c[j * TILE :]
            out = kept[j * TILE : (j + 1) * TILE]
            for t in range(TILE):
                out[t] = here[t] * mine[t] / s.chance[t]
        for t in range(TILE):
            s.total[t] = number / s.chance[t]
        logarithms(s.total, s.log, p.bits, TILE)
        for t in range(TILE):
            p.path[t] -= s.log[t]
        add_transposed(data.random, first + row, others, kept, p.gradient)


@kernel
def within_people(
    data: Any,
    draws: Any,
    structure: Any,
    places: Any,
    within: Any,
    room: Any,
    people: Any,
    out: Any,
    spreads: Any,
) -> None:
    """Fill log-likelihood and slopes of some people.

    Parameters
    ----------
    data : Differences
        The choices.
    draws : Draws
        Standard draws of people.
    structure : Structure
        From draws to coefficients.
    places : tuple of ndarray
        ``a`` (N or 1, I), ``b`` (N or 1, E) and the coefficients that do not vary (Kf,).
    within : Within
        What varies from task to task.
    room : (2,) int64
        Rows done at once, and the most rows of a person.
    people : (2,) int64
        First person, and one beyond the last.
    out : PersonSums
        Receives their part.
    spreads : (N, Iw) float64
        Receives the slopes in the spreads within people.
    """
    a, b, fixed = places
    columns, steady, inside = data.random.shape[1], data.fixed.shape[1], within.x.shape[1]
    p = new_scratch(len(draws.dimensions), len(structure.kind), columns, room[0], room[1])
    s = _new_task_scratch(inside, room[0], room[1], within.draws.number)
    set_constant_slopes(structure, p.slope)
    beta = p.beta if structure.multiplied else p.value
    for n in range(people[0], people[1]):
        row_a, row_b = a[n if len(a) > 1 else 0], b[n if len(b) > 1 else 0]
        start = data.task_rows[data.person_tasks[n]]
        rows = data.task_rows[data.person_tasks[n + 1]] - start
        set_levels(data.fixed, start, rows, fixed, p.level)
        for row in range(rows):
            p.mean[row] = 0.0
        mine_a, mine_b, mine_w = out.a[n], out.b[n], spreads[n]
        for i in range(len(mine_a)):
            mine_a[i] = 0.0
        for e in range(len(mine_b)):
            mine_b[e] = 0.0
        for i in range(inside):
            mine_w[i] = 0.0
        best, mass = NOTHING, 0.0
        wrong = not_finite(row_a) + not_finite(row_b) + not_finite(fixed)
        wrong += not_finite(within.spread)
        most = _draw_tasks(data, n, within, s)
        for first in range(0, draws.base.shape[1], TILE):
            draw_features(draws, n, first, p.phi)
            draw_values(structure, row_a, row_b, p.phi, p.value, p.slope)
            if structure.multiplied:
                wrong += multiply(structure, p.value, p.beta)
            _paths(data, n, within, beta, p, s)
            best, shrink = weigh(p.path, p.weight, p.bits, best, draws.number - first)
            mass *= shrink
            for i in range(len(mine_a)):
                mine_a[i] *= shrink
            for e in range(len(mine_b)):
                mine_b[e] *= shrink
            for i in range(inside):
                mine_w[i] *= shrink
            for row in range(rows):
                p.mean[row] *= shrink
            for t in range(TILE):
                mass += p.weight[t]
            add_slopes(structure, p, mass, mine_a, mine_b)
            for i in range(inside):
                total = 0.0
                for t in range(TILE):
                    total += p.weight[t] * s.spread[i * TILE + t]
                mine_w[i] -= total
            for row in range(rows if steady > 0 else 0):
                total = 0.0
                for t in range(TILE):
                    total += p.weight[t] * p.p[row * TILE + t]
                p.mean[row] += total
        value = best + np.log(mass / draws.number) + wrong
        if value < MAY_BE_CUT:
            largest = largest_difference(data, draws, structure, row_a, row_b, n, p)
            if largest + most > CUT:
                value = np.nan
        out.value[n] = value
        for i in range(len(mine_a)):
            mine_a[i] /= mass
        for e in range(len(mine_b)):
            mine_b[e] /= mass
        for i in range(inside):
            mine_w[i] /= mass
        mine = out.fixed[n]
        for k in range(steady):
            total = 0.0
            for row in range(rows):
                total += data.fixed[start + row, k] * p.mean[row]
            mine[k] = -total / mass
