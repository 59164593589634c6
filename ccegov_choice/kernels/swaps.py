"""Swaps: two alternatives exchange their levels of an attribute, so that level counts stay.

The two tasks (or the one) are taken out of the inverse information, which is then the metric ``C``;
putting them back after a swap multiplies the determinant by ``det(I + L'XCX'L)`` over the rows of
both, with a block of ``L`` for each task. Letters as in `ccegov_choice.kernels.information`.

References
----------
Huber and Zwerina (1996), Journal of Marketing Research 33 (relabelling and swapping). Sandor and
Wedel (2001), Journal of Marketing Research 38 (cycling).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.anew import NEEDED, information_without, variances_anew
from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.descent import (
    BREACH,
    FRESH,
    LEAST_GAIN,
    SHAKEN,
    lot,
    put,
    shuffle,
)
from ccegov_choice.kernels.exchange import average_errors
from ccegov_choice.kernels.information import RIDGE, factorise, fill_rows, move_task
from ccegov_choice.kernels.rules import (
    all_breaches,
    exchange_count,
    repeats,
    same_task,
    task_breaches,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Pair(NamedTuple):
    """Scratch space for two tasks, made by `new_pair`; ``n = 2 J`` rows.

    Attributes
    ----------
    x : (n, K)
        Rows of both tasks.
    step : (2, K)
        Change of the two rows that are exchanged.
    y : (K, n, W)
        ``C x'``.
    gram, middle : (n, n, W)
        Gram matrix of the rows, and ``I + L' gram L``.
    power, p, mean : (n, W)
        Exponentials of utilities, probabilities and parts of centring.
    move : (2, n, W)
        Products of the changes with all rows.
    line : (6, W)
        Single numbers for each draw.
    load : (K, W)
        ``C`` times a combination of coefficients.
    """

    x: Floats
    step: Floats
    y: Floats
    gram: Floats
    middle: Floats
    power: Floats
    p: Floats
    mean: Floats
    move: Floats
    line: Floats
    load: Floats


def new_pair(J: int, K: int, W: int) -> Pair:
    """Return empty room for two tasks of ``J`` alternatives."""
    n = 2 * J
    return Pair(
        np.zeros((n, K)), np.zeros((2, K)), np.zeros((K, n, W)), np.zeros((n, n, W)),
        np.zeros((n, n, W)), np.zeros((n, W)), np.zeros((n, W)), np.zeros((n, W)),
        np.zeros((2, n, W)), np.zeros((6, W)), np.zeros((K, W)),
    )  # fmt: skip


@kernel
def combo_with(places: Any, now: int, g: int, m: int, level: int) -> int:
    """Return the combination of a group that differs in one attribute; -1 if not allowed."""
    begin, end = places.member_offsets[g], places.member_offsets[g + 1]
    for i in range(places.near_offsets[now], places.near_offsets[now + 1]):
        combo = places.near[i]
        fits = True
        for a in range(begin, end):
            wanted = level if places.members[a] == m else places.combos[now, a - begin]
            fits = fits and places.combos[combo, a - begin] == wanted
        if fits:
            return int(combo)
    return -1


@kernel
def group_of(places: Any, j: int, m: int) -> int:
    """Return the group of an alternative that has an attribute; -1 if it does not vary it."""
    for g in range(places.group_offsets[j], places.group_offsets[j + 1]):
        for a in range(places.member_offsets[g], places.member_offsets[g + 1]):
            if places.members[a] == m:
                return int(g)
    return -1


@kernel
def list_swaps(
    places: Any, state: Any, freedom: Any, varied: int, t: int, u: int, swaps: Any
) -> int:
    """Write the swaps between two tasks (or within one); the first leaves them as they are.

    Each is: alternative of task `t`, its group and new combination, the same for task `u`.
    """
    for i in range(6):
        swaps[0, i] = -1
    count = 1
    M = state.codes.shape[2]
    for m in range(M):
        if freedom.tied[t, m] == 1 or freedom.tied[u, m] == 1:
            continue
        for i in range(varied):
            for j in range(i + 1 if t == u else 0, varied):
                if state.present[t, i] == 0.0 or state.present[u, j] == 0.0:
                    continue
                a, b = state.codes[t, i, m], state.codes[u, j, m]
                if a < 0 or b < 0 or a == b:
                    continue
                g, h = group_of(places, i, m), group_of(places, j, m)
                one = combo_with(places, state.place[t, g], g, m, b)
                two = combo_with(places, state.place[u, h], h, m, a)
                if one >= 0 and two >= 0 and count < swaps.shape[0]:
                    swaps[count, 0], swaps[count, 1], swaps[count, 2] = i, g, one
                    swaps[count, 3], swaps[count, 4], swaps[count, 5] = j, h, two
                    count += 1
    return count


@kernel
def _exchange(places: Any, rules: Any, state: Any, counts: Any, t: int, u: int, swap: Any) -> int:
    """Make a swap in the codes and counts; return the change of breaches of the counts.

    The old combinations are left in `swap`, so that doing it again takes it back.
    """
    change = 0
    for side in range(2):
        task = t if side == 0 else u
        j, g, combo = swap[3 * side], swap[3 * side + 1], swap[3 * side + 2]
        old = state.place[task, g]
        begin = places.member_offsets[g]
        for a in range(begin, places.member_offsets[g + 1]):
            change += exchange_count(
                rules, counts, j, places.members[a],
                places.combos[old, a - begin], places.combos[combo, a - begin],
            )  # fmt: skip
        put(places, state, task, j, g, combo)
        swap[3 * side + 2] = old
    return change


@kernel
def _breaches_of(rules: Any, state: Any, freedom: Any, t: int, u: int) -> int:
    found = task_breaches(rules, state.codes[t], state.present[t], freedom.tied[t])
    found += repeats(rules, state.codes, state.present, t)
    if u != t:
        found += task_breaches(rules, state.codes[u], state.present[u], freedom.tied[u])
        found += repeats(rules, state.codes, state.present, u)
        if rules.unique == 1 and same_task(
            rules, state.codes[t], state.codes[u], state.present[t], state.present[u]
        ):
            found -= 1  # the pair of both is counted once
    return found


@kernel
def swap_errors(
    tables: Any, places: Any, points: Any, state: Any, aim: Any, t: int, u: int, swaps: Any,
    count: int, pair: Any, room: Any, log_error: Any,
) -> None:  # fmt: skip
    """Write the logarithm of the error of each draw after each swap; both tasks are taken out.

    Parameters
    ----------
    swaps : (C, 6) int64
        From `list_swaps`.
    log_error : (N, C, W) float64
        Receives the logarithms.
    """
    W = points.beta.shape[2]
    J = state.codes.shape[1]
    K = pair.x.shape[1]
    size = J if t == u else 2 * J
    after = state.codes[t].copy()
    fresh = np.empty((J, K))
    for n in range(points.beta.shape[0]):
        s = points.case[n]
        fill_rows(tables, s, state.codes[t], pair.x[:J])
        if t != u:
            fill_rows(tables, s, state.codes[u], pair.x[J:])
        for q in range(state.inverse.shape[0]):
            _fill_pair(points, state, q, n, t, u, size, pair)
            for c in range(count):
                rows = 0
                for side in range(2):
                    for k in range(K):
                        pair.step[side, k] = 0.0
                if swaps[c, 2] >= 0:
                    rows = 2
                    for side in range(2):
                        task = t if side == 0 else u
                        j, g, combo = (
                            swaps[c, 3 * side],
                            swaps[c, 3 * side + 1],
                            swaps[c, 3 * side + 2],
                        )
                        for i in range(J):
                            for m in range(after.shape[1]):
                                after[i, m] = state.codes[task, i, m]
                        begin = places.member_offsets[g]
                        for a in range(begin, places.member_offsets[g + 1]):
                            after[j, places.members[a]] = places.combos[combo, a - begin]
                        fill_rows(tables, s, after, fresh)
                        row = j if side == 0 or t == u else J + j
                        for k in range(K):
                            pair.step[side, k] = fresh[j, k] - pair.x[row, k]
                first = swaps[c, 0]
                second = swaps[c, 3] if t == u else J + swaps[c, 3]
                _change_pair(points, state, q, n, t, u, first, second, rows, size, pair)
                if c == 0 and aim.loads.shape[1] > 0 and pair.line[0].max() > NEEDED:
                    _swaps_anew(
                        tables, places, points, state, n, t, u, swaps, count, room, aim.loads[n],
                        aim.largest == 1, log_error[n],
                    )  # fmt: skip
                    break
                if aim.loads.shape[1] > 0:
                    _pair_variances(
                        state.inverse[0, n], aim.loads[n], size, first, second, rows, pair,
                        aim.largest == 1, log_error[n, c],
                    )  # fmt: skip
                    continue
                factor = points.exponent[s] if q == 1 else -points.exponent[s]
                for r in range(W):
                    value = factor * (pair.line[0, r] + state.log_det[q, n, r])
                    log_error[n, c, r] = value + (
                        points.offset[s] if q == 0 else log_error[n, c, r]
                    )


@kernel
def _swaps_anew(
    tables: Any, places: Any, points: Any, state: Any, n: int, t: int, u: int, swaps: Any,
    count: int, room: Any, loads: Any, largest: bool, log_error: Any,
) -> None:  # fmt: skip
    """Write variances after each swap where the design needs these tasks: worked out anew."""
    _, K, W = loads.shape
    base, matrix, line = np.empty((K, K, W)), np.empty((K, K, W)), np.empty((K, W))
    information_without(tables, points, state, n, t, u, RIDGE, base, room)
    first, second = state.codes[t].copy(), state.codes[u].copy()
    for c in range(count):
        if swaps[c, 2] >= 0:
            for side in range(2):
                j, g, combo = swaps[c, 3 * side], swaps[c, 3 * side + 1], swaps[c, 3 * side + 2]
                begin = places.member_offsets[g]
                for a in range(begin, places.member_offsets[g + 1]):
                    state.codes[t if side == 0 else u, j, places.members[a]] = places.combos[
                        combo, a - begin
                    ]
        variances_anew(
            tables, points, state, n, t, u, base, loads, largest, matrix, line, room, log_error[c]
        )
        state.codes[t] = first
        state.codes[u] = second


@kernel
def _fill_pair(
    points: Any, state: Any, q: int, n: int, t: int, u: int, size: int, pair: Any
) -> None:
    """Fill ``C x'`` and the Gram matrix of the rows of both tasks."""
    inverse = state.inverse[q, n]
    K, _, W = pair.y.shape
    s = points.case[n]
    for k in range(K):
        for i in range(size):
            for r in range(W):
                pair.y[k, i, r] = 0.0
    for i in range(size):
        for h in range(K):
            value = pair.x[i, h] if q == 0 or points.nuisance[s, h] != 0.0 else 0.0
            if value != 0.0:
                for k in range(K):
                    for r in range(W):
                        pair.y[k, i, r] += value * inverse[k, h, r]
    for i in range(size):
        for j in range(size):
            for r in range(W):
                pair.gram[i, j, r] = 0.0
        for k in range(K):
            value = pair.x[i, k] if q == 0 or points.nuisance[s, k] != 0.0 else 0.0
            if value != 0.0:
                for j in range(size):
                    for r in range(W):
                        pair.gram[i, j, r] += value * pair.y[k, j, r]


@kernel
def _change_pair(
    points: Any, state: Any, q: int, n: int, t: int, u: int, first: int, second: int, rows: int,
    size: int, pair: Any,
) -> None:  # fmt: skip
    """Fill the factor of ``I + L' gram L`` after a swap, and its log determinant in ``line[0]``."""
    J = state.codes.shape[1]
    K, _, W = pair.y.shape
    s = points.case[n]
    inverse, beta = state.inverse[q, n], points.beta[n]
    middle, power, p, line, move = pair.middle, pair.power, pair.p, pair.line, pair.move
    for i in range(size):
        for j in range(size):
            for r in range(W):
                middle[i, j, r] = pair.gram[i, j, r]
    # utilities of all rows, the two changed ones included
    for i in range(size):
        for r in range(W):
            power[i, r] = 0.0
        for k in range(K):
            value = pair.x[i, k]
            if rows == 2 and i == first:
                value += pair.step[0, k]
            if rows == 2 and i == second:
                value += pair.step[1, k]
            if value != 0.0:
                for r in range(W):
                    power[i, r] += value * beta[k, r]
    for block in range(size // J):
        task = t if block == 0 else u
        for r in range(W):
            top = -1e300
            for i in range(J):
                if state.present[task, i] > 0.0:
                    top = max(top, power[block * J + i, r])
            total = 0.0
            for i in range(J):
                value = np.exp(power[block * J + i, r] - top) * state.present[task, i]
                p[block * J + i, r] = value
                total += value
            for i in range(J):
                p[block * J + i, r] /= total
    for side in range(rows):
        row = first if side == 0 else second
        for i in range(size):
            for r in range(W):
                move[side, i, r] = 0.0
        for k in range(K):
            d = pair.step[side, k]
            if d != 0.0 and (q == 0 or points.nuisance[s, k] != 0.0):
                for i in range(size):
                    for r in range(W):
                        move[side, i, r] += d * pair.y[k, i, r]
                for other in range(rows):
                    column = first if other == 0 else second
                    for h in range(K):
                        f = pair.step[other, h]
                        if f != 0.0 and (q == 0 or points.nuisance[s, h] != 0.0):
                            for r in range(W):
                                middle[row, column, r] += d * f * inverse[k, h, r]
        for i in range(size):
            for r in range(W):
                middle[row, i, r] += move[side, i, r]
                middle[i, row, r] += move[side, i, r]
    # centre by task, weigh by the roots of the probabilities
    for block in range(size // J):
        begin = block * J
        for i in range(size):
            for r in range(W):
                line[1, r] = 0.0
            for j in range(begin, begin + J):
                for r in range(W):
                    line[1, r] += p[j, r] * middle[i, j, r]
            for j in range(begin, begin + J):
                for r in range(W):
                    middle[i, j, r] -= line[1, r]
        for j in range(size):
            for r in range(W):
                line[1, r] = 0.0
            for i in range(begin, begin + J):
                for r in range(W):
                    line[1, r] += p[i, r] * middle[i, j, r]
            for i in range(begin, begin + J):
                for r in range(W):
                    middle[i, j, r] -= line[1, r]
    for i in range(size):
        for j in range(size):
            for r in range(W):
                middle[i, j, r] = middle[i, j, r] * np.sqrt(p[i, r] * p[j, r]) + (
                    1.0 if i == j else 0.0
                )
    for r in range(W):
        line[0, r] = 0.0
    for j in range(size):
        for k in range(j):
            for i in range(j, size):
                for r in range(W):
                    middle[i, j, r] -= middle[i, k, r] * middle[j, k, r]
        for r in range(W):
            pivot = max(middle[j, j, r], 1e-13)
            line[0, r] += np.log(pivot)
            middle[j, j, r] = np.sqrt(pivot)
        for i in range(j + 1, size):
            for r in range(W):
                middle[i, j, r] /= middle[j, j, r]


@kernel
def _pair_variances(
    inverse: Any, loads: Any, size: int, first: int, second: int, rows: int, pair: Any,
    largest: bool, out: Any,
) -> None:  # fmt: skip
    """Write the logarithm of the sum (or the largest) of variances once both tasks are back."""
    F, K, W = loads.shape
    J = size if size == pair.x.shape[0] // 2 else size // 2
    load, mean, line, p, middle = pair.load, pair.mean, pair.line, pair.p, pair.middle
    for r in range(W):
        out[r] = 0.0
    for f in range(F):
        for k in range(K):
            for r in range(W):
                load[k, r] = 0.0
            for h in range(K):
                for r in range(W):
                    load[k, r] += inverse[k, h, r] * loads[f, h, r]
        for r in range(W):
            line[2, r] = 0.0
        for k in range(K):
            for r in range(W):
                line[2, r] += loads[f, k, r] * load[k, r]
        for i in range(size):
            for r in range(W):
                mean[i, r] = 0.0
            for k in range(K):
                value = pair.x[i, k]
                if rows == 2 and i == first:
                    value += pair.step[0, k]
                if rows == 2 and i == second:
                    value += pair.step[1, k]
                if value != 0.0:
                    for r in range(W):
                        mean[i, r] += value * load[k, r]
        for block in range(size // J):
            begin = block * J
            for r in range(W):
                line[1, r] = 0.0
            for i in range(begin, begin + J):
                for r in range(W):
                    line[1, r] += p[i, r] * mean[i, r]
            for i in range(begin, begin + J):
                for r in range(W):
                    mean[i, r] = (mean[i, r] - line[1, r]) * np.sqrt(p[i, r])
        for i in range(size):
            for k in range(i):
                for r in range(W):
                    mean[i, r] -= middle[i, k, r] * mean[k, r]
            for r in range(W):
                mean[i, r] /= middle[i, i, r]
                line[2, r] -= mean[i, r] * mean[i, r]
        for r in range(W):
            out[r] = max(out[r], line[2, r]) if largest else out[r] + line[2, r]
    for r in range(W):
        out[r] = np.log(max(out[r], 1e-300))


@kernel
def swap_sweep(
    tables: Any, places: Any, points: Any, rules: Any, aim: Any, state: Any, freedom: Any,
    counts: Any, stream: Any, order: Any, best: Any, record: Any, temperature: float, partners: int,
    room: Any, pair: Any, matrix: Any, swaps: Any, changes: Any, log_error: Any, cost: Any,
    pull: Any,
) -> bool:  # fmt: skip
    """Weigh the swaps of every task with others and make one of each pair of tasks.

    Parameters
    ----------
    temperature : float
        As in `ccegov_choice.kernels.descent.search`.
    partners : int
        With how many tasks drawn by lot each is paired; every later one when it is zero.

    Returns
    -------
    bool
        True if no swap was made.
    """
    T, J, M = state.codes.shape
    factorise(tables, points, state, matrix, RIDGE, room)
    breaches = all_breaches(rules, state.codes, state.present, freedom.tied, counts)
    shuffle(order, stream)
    rest = True
    size = order.shape[0]
    made = 0
    for i in range(size):
        for step in range(partners + 1 if partners > 0 else size - i):
            t = order[i]
            u = (
                order[i + step]
                if partners == 0
                else (t if step == 0 else order[int(lot(stream) * size)])
            )
            count = list_swaps(places, state, freedom, rules.varied, t, u, swaps)
            if count == 1:
                continue
            shaken = move_task(tables, points, state, t, -1.0, room)
            if u != t:
                shaken = max(shaken, move_task(tables, points, state, u, -1.0, room))
            swap_errors(
                tables, places, points, state, aim, t, u, swaps, count, pair, room, log_error
            )
            average_errors(points, log_error, count, aim.average, aim.quantile, changes, cost)
            before = _breaches_of(rules, state, freedom, t, u)
            for c in range(count):
                pull[c] = cost[c]
                if breaches > 0 and c > 0:
                    change = _exchange(places, rules, state, counts, t, u, swaps[c])
                    change += _breaches_of(rules, state, freedom, t, u) - before
                    _exchange(places, rules, state, counts, t, u, swaps[c])
                    pull[c] += BREACH * change
                if temperature > 0.0:
                    pull[c] += temperature * np.log(-np.log(lot(stream)))
            if temperature == 0.0:
                pull[0] -= LEAST_GAIN
            while True:
                pick = 0
                for c in range(1, count):
                    pick = c if pull[c] < pull[pick] else pick
                if pick == 0:
                    break
                change = _exchange(places, rules, state, counts, t, u, swaps[pick])
                change += _breaches_of(rules, state, freedom, t, u) - before
                if change <= 0:
                    breaches += change
                    rest = False
                    made += 1
                    break
                _exchange(places, rules, state, counts, t, u, swaps[pick])
                pull[pick] = np.inf
            shaken = max(shaken, move_task(tables, points, state, t, 1.0, room))
            if u != t:
                shaken = max(shaken, move_task(tables, points, state, u, 1.0, room))
            if shaken > SHAKEN or made > FRESH * T:
                factorise(tables, points, state, matrix, RIDGE, room)
                made = 0
            if pick > 0 and (
                breaches < record[0] or (breaches == record[0] and cost[pick] < record[1])
            ):
                record[0], record[1] = breaches, cost[pick]
                for v in range(T):
                    for j in range(J):
                        for m in range(M):
                            best[v, j, m] = state.codes[v, j, m]
    record[2] += 1.0
    record[4] = 1.0
    return rest
