"""Exchange moves in a choice design: what a change of one alternative does to its error.

Putting a task back with one other row multiplies the determinant of the information by::

    1 + sum_ij p_i p_j D_ij + sum_ijk p_i p_j p_k A_ijk + ...    (Cauchy-Binet)

where ``D_ij`` is the squared distance of two rows in the metric ``C`` of the design without the
task, and ``A_ijk`` the Gram determinant of a triangle. Only distances to the changed row change,
and they need just the entries of ``C`` that belong to its changed columns: a candidate costs
``O(J^3)`` per draw, whatever ``K`` is. Letters are those of `ccegov_choice.kernels.information`.

References
----------
Meyer and Nachtsheim (1995), Technometrics 37 (coordinate exchange). Kessels, Jones, Goos and
Vandebroek (2009), Journal of Business & Economic Statistics 27.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.anew import NEEDED, information_without, variances_anew
from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.elementary import logarithms, powers_of_e
from ccegov_choice.kernels.information import (
    DISTANCE,
    GRAM,
    LIFT,
    OTHER,
    POWER,
    RIDGE,
    SHARE,
    SMALL,
    fill_lift,
    measure_task,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Changes(NamedTuple):
    """Scratch space for the moves of a task, made by `new_changes`.

    Attributes
    ----------
    column : (C, A)
        Change of each affected coefficient's column.
    utility, power, step, determinant : (C, W)
        Change of utility; exponential of the new utility; squared length of the change in the
        metric ``C``; determinant after the move.
    along : (C, J, W)
        The change times the difference of its row and every other, in the metric ``C``.
    raised, block : (J, W), (A, A, W)
        Parts of the metric for a group that affects ``A`` coefficients.
    bits : (C * W,) int64
        For exponentials and logarithms.
    """

    column: Floats
    utility: Floats
    power: Floats
    step: Floats
    determinant: Floats
    along: Floats
    raised: Floats
    block: Floats
    bits: Integers


def new_changes(C: int, J: int, A: int, W: int) -> Changes:
    """Return empty room for ``C`` moves of groups that affect at most ``A`` coefficients."""
    return Changes(
        np.zeros((C, A)), np.zeros((C, W)), np.zeros((C, W)), np.zeros((C, W)), np.zeros((C, W)),
        np.zeros((C, J, W)), np.zeros((J, W)), np.zeros((A, A, W)), np.zeros(C * W, np.int64),
    )  # fmt: skip


@kernel
def fill_changes(
    tables: Any, places: Any, s: int, codes: Any, moves: Any, count: int, x: Any, column: Any
) -> None:
    """Write by how much each move changes the columns that its group affects."""
    flat, base, attribute, stride = tables.flat, tables.base, tables.attribute, tables.stride
    offsets, affected = tables.affected_offsets, tables.affected
    member_offsets, members, combos = places.member_offsets, places.members, places.combos
    M = codes.shape[1]
    after = np.empty(M, np.int64)
    for c in range(count):
        j, g, combo = moves[c, 0], moves[c, 1], moves[c, 2]
        if combo < 0:
            continue
        for m in range(M):
            after[m] = codes[j, m]
        begin = member_offsets[g]
        for a in range(begin, member_offsets[g + 1]):
            after[members[a]] = combos[combo, a - begin]
        first = offsets[s, g]
        for a in range(first, offsets[s, g + 1]):
            k = affected[a]
            place = base[s, j, k]
            for d in range(attribute.shape[3]):
                step = stride[s, j, k, d]
                if step != 0:
                    place += step * after[attribute[s, j, k, d]]
            column[c, a - first] = flat[place] - x[j, k]


@kernel
def follow_moves(
    tables: Any, s: int, moves: Any, count: int, beta: Any, counted: Any, inverse: Any,
    y: Any, yc: Any, lift: Any, changes: Any,
) -> None:  # fmt: skip
    """Write what each move changes: utility, length of the step, its product with differences.

    Moves of a group share the block of the metric ``C = inverse + y lift y'`` that belongs to the
    coefficients it affects.

    Parameters
    ----------
    counted : (K,) float64
        One for the coefficients of this metric, zero for the others.
    """
    offsets, affected = tables.affected_offsets, tables.affected
    column, utility, step, along = changes.column, changes.utility, changes.step, changes.along
    raised, block = changes.raised, changes.block
    J, W = y.shape[1], y.shape[2]
    j, g, first, last = -1, -1, 0, 0
    for c in range(count):
        for r in range(W):
            utility[c, r] = 0.0
            step[c, r] = 0.0
        for i in range(J):
            for r in range(W):
                along[c, i, r] = 0.0
        if moves[c, 2] < 0:
            continue
        if moves[c, 1] != g or moves[c, 0] != j:
            j, g = moves[c, 0], moves[c, 1]
            first, last = offsets[s, g], offsets[s, g + 1]
            _fill_block(affected, first, last, inverse, y, lift, raised, block)
        for a in range(first, last):
            d = column[c, a - first]
            if d == 0.0:
                continue
            k = affected[a]
            for r in range(W):
                utility[c, r] += d * beta[k, r]
            if counted[k] == 0.0:
                continue
            for i in range(J):
                if i != j:
                    for r in range(W):
                        along[c, i, r] += d * (yc[k, j, r] - yc[k, i, r])
            for b in range(first, a + 1):
                f = d * column[c, b - first] * counted[affected[b]]
                if f != 0.0:
                    f = f if b == a else 2.0 * f
                    for r in range(W):
                        step[c, r] += f * block[a - first, b - first, r]


@kernel
def _fill_block(
    affected: Any, first: int, last: int, inverse: Any, y: Any, lift: Any, raised: Any, block: Any
) -> None:
    """Write the block of the metric ``C`` for some coefficients, its lower triangle."""
    J, W = y.shape[1], y.shape[2]
    for a in range(first, last):
        k = affected[a]
        for i in range(J):
            for r in range(W):
                raised[i, r] = 0.0
            for u in range(J):
                for r in range(W):
                    raised[i, r] += lift[i, u, r] * y[k, u, r]
        for b in range(first, a + 1):
            u = affected[b]
            for r in range(W):
                block[a - first, b - first, r] = inverse[k, u, r]
            for i in range(J):
                for r in range(W):
                    block[a - first, b - first, r] += raised[i, r] * y[u, i, r]


@kernel
def fill_determinants(moves: Any, count: int, distance: Any, power: Any, changes: Any) -> None:
    """Write ``det(I + C M_t)`` of the task after each move, from squared distances alone."""
    fresh, step, along, out = changes.power, changes.step, changes.along, changes.determinant
    J, W = power.shape
    for c in range(count):
        j = moves[c, 0]
        if J == 2:
            a = 1 - j
            for r in range(W):
                total = fresh[c, r] + power[a, r]
                da = distance[j, a, r] + 2.0 * along[c, a, r] + step[c, r]
                value = 1.0 + fresh[c, r] * power[a, r] * da / (total * total)
                out[c, r] = value if value > 1.0 else 1.0
        elif J == 3:
            a, b = (j + 1) % 3, (j + 2) % 3
            for r in range(W):
                share = 1.0 / (fresh[c, r] + power[a, r] + power[b, r])
                p, pa, pb = fresh[c, r] * share, power[a, r] * share, power[b, r] * share
                da = distance[j, a, r] + 2.0 * along[c, a, r] + step[c, r]
                db = distance[j, b, r] + 2.0 * along[c, b, r] + step[c, r]
                dab = distance[a, b, r]
                g = 0.5 * (da + db - dab)
                value = p * (pa * da + pb * db) + pa * pb * dab + p * pa * pb * (da * db - g * g)
                out[c, r] = 1.0 + (value if value > 0.0 else 0.0)
        elif J == 4:
            a, b, d = (j + 1) % 4, (j + 2) % 4, (j + 3) % 4
            for r in range(W):
                share = 1.0 / (fresh[c, r] + power[a, r] + power[b, r] + power[d, r])
                p, pa = fresh[c, r] * share, power[a, r] * share
                pb, pd = power[b, r] * share, power[d, r] * share
                da = distance[j, a, r] + 2.0 * along[c, a, r] + step[c, r]
                db = distance[j, b, r] + 2.0 * along[c, b, r] + step[c, r]
                dd = distance[j, d, r] + 2.0 * along[c, d, r] + step[c, r]
                dab, dad, dbd = distance[a, b, r], distance[a, d, r], distance[b, d, r]
                gab, gad, gbd = 0.5 * (da + db - dab), 0.5 * (da + dd - dad), 0.5 * (db + dd - dbd)
                h = 0.5 * (dab + dad - dbd)
                sides = p * (pa * da + pb * db + pd * dd)
                sides += pa * pb * dab + pa * pd * dad + pb * pd * dbd
                faces = p * pa * pb * (da * db - gab * gab) + p * pa * pd * (da * dd - gad * gad)
                faces += p * pb * pd * (db * dd - gbd * gbd) + pa * pb * pd * (dab * dad - h * h)
                body = da * (db * dd - gbd * gbd) - gab * (gab * dd - gbd * gad)
                body += gad * (gab * gbd - db * gad)
                value = sides + faces + p * pa * pb * pd * body
                out[c, r] = 1.0 + (value if value > 0.0 else 0.0)
        else:
            _determinant_of_many(distance, power, fresh[c], along[c], step[c], j, out[c])


@kernel
def _determinant_of_many(
    distance: Any, power: Any, fresh: Any, along: Any, step: Any, j: int, out: Any
) -> None:
    """Do the same for five alternatives or more, by elimination around row `j`."""
    J, W = power.shape
    size = J - 1
    product = np.empty((size, size))
    near, share = np.empty(size), np.empty(size)
    for r in range(W):
        total = fresh[r]
        for i in range(size):
            o = i if i < j else i + 1
            total += power[o, r]
            near[i] = distance[j, o, r] + 2.0 * along[o, r] + step[r]
        for i in range(size):
            share[i] = power[i if i < j else i + 1, r] / total
        for u in range(size):
            mean = 0.0
            for i in range(size):
                a, b = i if i < j else i + 1, u if u < j else u + 1
                product[i, u] = 0.5 * (near[i] + near[u] - distance[a, b, r])
                mean += share[i] * product[i, u]
            for i in range(size):
                product[i, u] = share[i] * (product[i, u] - mean) + (1.0 if i == u else 0.0)
        value = 1.0
        for i in range(size):
            top = i
            for u in range(i + 1, size):
                if abs(product[u, i]) > abs(product[top, i]):
                    top = u
            if top != i:
                value = -value
                for u in range(size):
                    product[i, u], product[top, u] = product[top, u], product[i, u]
            pivot = product[i, i]
            value *= pivot
            for u in range(i + 1, size):
                factor = product[u, i] / pivot
                for m in range(i + 1, size):
                    product[u, m] -= factor * product[i, m]
        out[r] = value if value > 1.0 else 1.0


@kernel
def weigh_moves(
    tables: Any, places: Any, points: Any, state: Any, q: int, n: int, t: int, moves: Any,
    count: int, room: Any, changes: Any,
) -> None:  # fmt: skip
    """Fill everything about the moves of a task for one tile of draws."""
    s = points.case[n]
    measure_task(tables, points, state, q, n, t, room)
    fill_changes(tables, places, s, state.codes[t], moves, count, room.rows[0], changes.column)
    counted = np.ones(points.nuisance.shape[1]) if q == 0 else points.nuisance[s].copy()
    follow_moves(
        tables, s, moves, count, points.beta[n], counted, state.inverse[q, n],
        room.tall[0], room.tall[1], room.square[LIFT], changes,
    )  # fmt: skip
    W = points.beta.shape[2]
    powers_of_e(changes.utility.ravel(), changes.power.ravel(), changes.bits, count * W)
    power = room.long[POWER]
    for c in range(count):
        for r in range(W):
            changes.power[c, r] *= power[moves[c, 0], r]
    fill_determinants(moves, count, room.square[DISTANCE], power, changes)


@kernel
def move_errors(
    tables: Any, places: Any, points: Any, state: Any, t: int, moves: Any, count: int, room: Any,
    changes: Any, loads: Any, largest: bool, log_error: Any,
) -> None:  # fmt: skip
    """Write the logarithm of the error of each draw after each move of a task.

    Parameters
    ----------
    moves : (C, 3) int64
        The alternative, the group and its new combination; a combination of -1 leaves the task
        as it is.
    count : int
        How many moves.
    loads : (N, F, K, W) float64
        Linear combinations of the coefficients whose variances count, each times the square root
        of its weight. Without any, the error is the D-error (or Ds-error).
    largest : bool
        Take the largest variance, not the sum.
    log_error : (N, C, W) float64
        Receives the logarithms.
    """
    W = points.beta.shape[2]
    logs = changes.utility
    for n in range(points.beta.shape[0]):
        s = points.case[n]
        for q in range(state.inverse.shape[0]):
            weigh_moves(tables, places, points, state, q, n, t, moves, count, room, changes)
            if loads.shape[1] > 0 and room.line[0].min() < -NEEDED:
                _moves_anew(
                    tables, places, points, state, n, t, moves, count, room, loads[n], largest,
                    log_error[n],
                )  # fmt: skip
                continue
            if loads.shape[1] > 0:
                _variances(
                    tables.affected_offsets[s], tables.affected, state.inverse[q, n], loads[n],
                    moves, count, room, changes, largest, log_error[n],
                )  # fmt: skip
                continue
            factor = points.exponent[s] if q == 1 else -points.exponent[s]
            logarithms(changes.determinant.ravel(), logs.ravel(), changes.bits, count * W)
            for r in range(W):
                room.line[0, r] = factor * (room.line[0, r] + state.log_det[q, n, r])
            for c in range(count):
                for r in range(W):
                    value = factor * logs[c, r] + room.line[0, r]
                    log_error[n, c, r] = value + (
                        points.offset[s] if q == 0 else log_error[n, c, r]
                    )


@kernel
def _moves_anew(
    tables: Any, places: Any, points: Any, state: Any, n: int, t: int, moves: Any, count: int,
    room: Any, loads: Any, largest: bool, log_error: Any,
) -> None:  # fmt: skip
    """Do what `_variances` does where the design needs the task: every move is worked out anew."""
    _, K, W = loads.shape
    base, matrix, line = np.empty((K, K, W)), np.empty((K, K, W)), np.empty((K, W))
    information_without(tables, points, state, n, t, t, RIDGE, base, room)
    before = state.codes[t].copy()
    for c in range(count):
        j, g, combo = moves[c, 0], moves[c, 1], moves[c, 2]
        if combo >= 0:
            begin = places.member_offsets[g]
            for a in range(begin, places.member_offsets[g + 1]):
                state.codes[t, j, places.members[a]] = places.combos[combo, a - begin]
        variances_anew(
            tables, points, state, n, t, t, base, loads, largest, matrix, line, room, log_error[c]
        )
        for m in range(before.shape[1]):
            state.codes[t, j, m] = before[j, m]


@kernel
def _variances(
    offsets: Any, affected: Any, inverse: Any, loads: Any, moves: Any, count: int, room: Any,
    changes: Any, largest: bool, log_error: Any,
) -> None:  # fmt: skip
    """Write the logarithm of the sum (or the largest) of variances for one tile of draws."""
    F, K, W = loads.shape
    J = room.rows.shape[1]
    lifted = np.empty((J, F, W))  # rows of the task times C times the combinations
    product = np.empty((K, F, W))  # C times the combinations
    before = np.empty((F, W))
    gram, lift = np.empty((J, J, W)), np.empty((J, J, W))
    row, log_det = np.empty((F, W)), np.empty(W)
    power, p, yc = room.long[POWER], room.long[SHARE], room.tall[1]
    _loads_in_metric(
        inverse, loads, room.rows[1], room.tall[0], room.square[LIFT], product, lifted, before
    )
    for c in range(count):
        j, g = moves[c, 0], moves[c, 1]
        first = offsets[g]
        last = first if moves[c, 2] < 0 else offsets[g + 1]
        for i in range(J):
            for u in range(J):
                for r in range(W):
                    gram[i, u, r] = room.square[GRAM, i, u, r]
        for f in range(F):
            for r in range(W):
                row[f, r] = lifted[j, f, r]
        for a in range(first, last):
            d, k = changes.column[c, a - first], affected[a]
            if d != 0.0:
                for i in range(J):
                    for r in range(W):
                        value = d * yc[k, i, r]
                        gram[i, j, r] += value
                        gram[j, i, r] += value
                for f in range(F):
                    for r in range(W):
                        row[f, r] += d * product[k, f, r]
        for r in range(W):
            gram[j, j, r] += changes.step[c, r]
            total = changes.power[c, r]
            for i in range(J):
                total += power[i, r] if i != j else 0.0
            for i in range(J):
                p[i, r] = (changes.power[c, r] if i == j else power[i, r]) / total
        fill_lift(gram, p, 1.0, lift, room.square[SMALL], room.square[OTHER], log_det)
        _sum_variances(before, lifted, row, j, lift, largest, log_error[c])


@kernel
def _sum_variances(
    before: Any, lifted: Any, row: Any, j: int, lift: Any, largest: bool, out: Any
) -> None:
    """Write the logarithm of the sum (or the largest) of variances once the task is back."""
    J, F, W = lifted.shape
    for r in range(W):
        total = 0.0
        for f in range(F):
            value = before[f, r]
            for i in range(J):
                left = row[f, r] if i == j else lifted[i, f, r]
                for u in range(J):
                    right = row[f, r] if u == j else lifted[u, f, r]
                    value -= left * lift[i, u, r] * right
            total = max(total, value) if largest else total + value
        out[r] = np.log(max(total, 1e-300))


@kernel
def _loads_in_metric(
    inverse: Any, loads: Any, z: Any, y: Any, lift: Any, product: Any, lifted: Any, before: Any
) -> None:
    """Write ``C l``, ``z C l`` and ``l'C l`` of all combinations ``l``."""
    F, K, W = loads.shape
    J = z.shape[0]
    inner, raised = np.empty((J, W)), np.empty((J, W))
    for f in range(F):
        for k in range(K):
            for r in range(W):
                product[k, f, r] = 0.0
        for i in range(J):
            for r in range(W):
                inner[i, r] = 0.0
        for u in range(K):
            some = False
            for r in range(W):
                some = some or loads[f, u, r] != 0.0
            if some:
                for k in range(K):
                    for r in range(W):
                        product[k, f, r] += inverse[k, u, r] * loads[f, u, r]
                for i in range(J):
                    for r in range(W):
                        inner[i, r] += y[u, i, r] * loads[f, u, r]
        for i in range(J):
            for r in range(W):
                raised[i, r] = 0.0
            for u in range(J):
                for r in range(W):
                    raised[i, r] += lift[i, u, r] * inner[u, r]
        for k in range(K):
            for i in range(J):
                for r in range(W):
                    product[k, f, r] += y[k, i, r] * raised[i, r]
        for r in range(W):
            before[f, r] = 0.0
        for k in range(K):
            for r in range(W):
                before[f, r] += loads[f, k, r] * product[k, f, r]
        for i in range(J):
            for r in range(W):
                lifted[i, f, r] = 0.0
            for k in range(K):
                value = z[i, k]
                if value != 0.0:
                    for r in range(W):
                        lifted[i, f, r] += value * product[k, f, r]


@kernel
def average_errors(
    points: Any, log_error: Any, count: int, how: int, quantile: float, changes: Any, cost: Any
) -> None:
    """Write the logarithm of each move's error, averaged over the draws.

    Parameters
    ----------
    log_error : (N, C, W) float64
        Logarithm of the error of each draw.
    how : int
        0: mean of the error; 1: mean of its logarithm; 2: quantile.
    quantile : float
        Which quantile.
    cost : (C,) float64
        Receives the logarithms.
    """
    weight = points.weight
    N, _, W = log_error.shape
    if N * W == 1:
        for c in range(count):
            cost[c] = log_error[0, c, 0]
        return
    if how == 2:
        for c in range(count):
            cost[c] = _quantile(weight, log_error[:, c, :].copy(), quantile)
        return
    for c in range(count):
        cost[c] = 0.0
    if how == 1:
        for n in range(N):
            for c in range(count):
                for r in range(W):
                    cost[c] += weight[n, r] * log_error[n, c, r]
        return
    # errors are taken relative to the largest of the design as it stands
    top = -1e300
    for n in range(N):
        for r in range(W):
            if weight[n, r] > 0.0:
                top = max(top, log_error[n, 0, r])
    scaled, ratio = changes.utility, changes.power
    for n in range(N):
        for c in range(count):
            for r in range(W):
                scaled[c, r] = log_error[n, c, r] - top
        powers_of_e(scaled.ravel(), ratio.ravel(), changes.bits, count * W)
        for c in range(count):
            for r in range(W):
                cost[c] += weight[n, r] * ratio[c, r]
    for c in range(count):
        cost[c] = top + np.log(cost[c])


@kernel
def _quantile(weight: Any, log_error: Any, quantile: float) -> float:
    """Return the smallest error below which a share of the weight lies."""
    values, weights = log_error.ravel(), weight.ravel().copy()
    size = values.shape[0]
    # comb sort: short, and quick enough for some hundred draws
    gap, done = size, False
    while not done:
        gap = max(1, gap * 10 // 13)
        done = gap == 1
        for i in range(size - gap):
            if values[i] > values[i + gap]:
                values[i], values[i + gap] = values[i + gap], values[i]
                weights[i], weights[i + gap] = weights[i + gap], weights[i]
                done = False
    reached = 0.0
    for i in range(size):
        reached += weights[i]
        if weights[i] > 0.0 and reached >= quantile - 1e-12:
            return float(values[i])
    return float(values[size - 1])
