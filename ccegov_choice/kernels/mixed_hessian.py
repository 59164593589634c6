"""Mixed logit: second derivatives of the simulated log-likelihood, summed over people.

In the notation of `ccegov_choice.kernels.mixed`, with ``p`` the probability of a row at draw ``r``
and ``m_t`` the mean of its task's rows, the second derivatives of ``log P(r)`` in the coefficients
are ``H(r) = - sum_t (sum_j p_tj d_tj d_tj' - m_t m_t')``. With ``v`` the values, ``s = f'`` and
``g`` the slope in ``v``::

    second derivative in eta_i, eta_j:  h_ij = s_i s_j H_ij + (i = j) f_i'' g_i
    of log L_n in b_ie, b_jf:           sum_r w_r (h_ij + s_i g_i s_j g_j) phi_e phi_f - product of
                                        the person's slopes

(Louis' identity; a location ``a`` has ``phi = 1``). A pass costs about two passes of the score, and
differences of the score one for each parameter: so this is what makes Newton's method cheap.

References
----------
Louis (1982), Journal of the Royal Statistical Society B 44, 226-233.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.elementary import bounded_powers
from ccegov_choice.kernels.mixed import (
    EXPONENTIAL,
    IDENTITY,
    LOGISTIC,
    draw_features,
    draw_values,
    multiply,
    new_scratch,
    set_constant_slopes,
    set_levels,
    tile_paths,
)
from ccegov_choice.kernels.products import TILE, add_transposed

Floats = npt.NDArray[np.float64]


# With up to so many alternatives not chosen in a task, the covariance of its rows is a sum over
# pairs of them, all of it one matrix product; with more, the product of means is subtracted.
_WIDEST = 4


class Curves(NamedTuple):
    """Scratch of the second derivatives; ``V`` values and fixed coefficients, ``C`` columns."""

    d: Floats  # (rows, C) all columns of a person's rows
    dd: Floats  # (terms, pairs of columns) products of the columns, for each term
    terms: Floats  # (terms * TILE) what they are multiplied with at each draw
    pairs: Floats  # (pairs * TILE) minus the second derivatives in coefficients
    mean: Floats  # (C * TILE) mean of a task's rows
    along: Floats  # (C * TILE) second derivatives times the values that are multiplied
    slope: Floats  # (V * TILE) of log P in each value
    weight: Floats  # (TILE,)
    q: Floats  # (TILE,)
    qf: Floats  # (TILE,)


@kernel
def pair(i: int, j: int, size: int) -> int:
    """Return the place of the pair ``i <= j`` among all pairs of ``size``."""
    place: int = i * size - i * (i - 1) // 2 + (j - i)
    return place


@kernel
def _terms(others: int) -> int:
    """Return how many terms the covariance of a task's rows has."""
    return others * (others + 1) // 2 if others <= _WIDEST else others


@kernel
def _new_curves(data: Any, people: Any, rows: int, columns: int, values: int) -> Any:
    pairs = columns * (columns + 1) // 2
    even = pairs + pairs % 2
    most = 1
    for n in range(people[0], people[1]):
        terms = 0
        for task in range(data.person_tasks[n], data.person_tasks[n + 1]):
            terms += _terms(data.task_rows[task + 1] - data.task_rows[task])
        most = max(most, terms)
    return Curves(
        np.zeros((rows, columns)),
        np.zeros((most, even)),
        np.zeros(most * TILE),
        np.zeros(even * TILE),
        np.zeros(columns * TILE),
        np.zeros(columns * TILE),
        np.zeros(values * TILE),
        np.zeros(TILE),
        np.zeros(TILE),
        np.zeros(TILE),
    )


@kernel
def _products_of_rows(d: Any, one: int, two: int, out: Any) -> None:
    """Write the products of the columns of two rows, both ways round where they differ."""
    columns = d.shape[1]
    for i in range(columns):
        for j in range(i, columns):
            total = d[one, i] * d[two, j]
            if one != two:
                total += d[two, i] * d[one, j]
            out[pair(i, j, columns)] = total


@kernel
def _read_person(data: Any, n: int, c: Any) -> int:
    """Copy a person's rows, and the products of their columns; return how many terms there are."""
    start = data.task_rows[data.person_tasks[n]]
    rows = data.task_rows[data.person_tasks[n + 1]] - start
    varying, steady = data.random.shape[1], data.fixed.shape[1]
    for row in range(rows):
        for k in range(varying):
            c.d[row, k] = data.random[start + row, k]
        for k in range(steady):
            c.d[row, varying + k] = data.fixed[start + row, k]
    term = 0
    for task in range(data.person_tasks[n], data.person_tasks[n + 1]):
        first, end = data.task_rows[task] - start, data.task_rows[task + 1] - start
        for one in range(first, end):
            _products_of_rows(c.d, one, one, c.dd[term])
            term += 1
            if end - first <= _WIDEST:
                for two in range(one + 1, end):
                    _products_of_rows(c.d, one, two, c.dd[term])
                    term += 1
    return term


@kernel
def _write_terms(data: Any, n: int, p: Any, out: Any) -> None:
    """Write what products of rows are multiplied with: ``p (1 - p)`` and ``- p p'``, or ``p``."""
    start = data.task_rows[data.person_tasks[n]]
    term = 0
    for task in range(data.person_tasks[n], data.person_tasks[n + 1]):
        first, end = data.task_rows[task] - start, data.task_rows[task + 1] - start
        narrow = end - first <= _WIDEST
        for one in range(first, end):
            mine, to = p[one * TILE : (one + 1) * TILE], out[term * TILE : (term + 1) * TILE]
            for t in range(TILE):
                to[t] = mine[t] * (1.0 - mine[t]) if narrow else mine[t]
            term += 1
            if narrow:
                for two in range(one + 1, end):
                    other = p[two * TILE : (two + 1) * TILE]
                    to_both = out[term * TILE : (term + 1) * TILE]
                    for t in range(TILE):
                        to_both[t] = -mine[t] * other[t]
                    term += 1


@kernel
def _coefficient_curves(data: Any, n: int, terms: int, p: Any, c: Any) -> None:
    """Write minus the second derivatives of ``log P`` in the coefficients, for each draw."""
    columns = c.d.shape[1]
    for i in range(len(c.pairs)):
        c.pairs[i] = 0.0
    _write_terms(data, n, p, c.terms)
    add_transposed(c.dd, 0, terms, c.terms, c.pairs)
    first = data.task_rows[data.person_tasks[n]]
    for task in range(data.person_tasks[n], data.person_tasks[n + 1]):
        row, end = data.task_rows[task] - first, data.task_rows[task + 1] - first
        if end - row <= _WIDEST:
            continue
        for i in range(columns * TILE):
            c.mean[i] = 0.0
        add_transposed(c.d, row, end - row, p[row * TILE :], c.mean)
        for i in range(columns):
            one = c.mean[i * TILE : (i + 1) * TILE]
            for j in range(i, columns):
                place = pair(i, j, columns)
                other, out = c.mean[j * TILE :], c.pairs[place * TILE : (place + 1) * TILE]
                for t in range(TILE):
                    out[t] -= one[t] * other[t]


@kernel
def _value_slopes(structure: Any, s: Any, c: Any) -> None:
    """Write the slope of ``log P`` in each value; ``gradient`` has minus that in coefficients."""
    varying, values = len(structure.multiplier), len(structure.kind)
    for i in range(varying * TILE, values * TILE):
        c.slope[i] = 0.0
    for k in range(varying):
        m = structure.multiplier[k]
        g, out = s.gradient[k * TILE : (k + 1) * TILE], c.slope[k * TILE : (k + 1) * TILE]
        if m < 0:
            for t in range(TILE):
                out[t] = -g[t]
        else:
            val, times = s.value[k * TILE : (k + 1) * TILE], s.value[m * TILE : (m + 1) * TILE]
            theirs = c.slope[m * TILE : (m + 1) * TILE]
            for t in range(TILE):
                theirs[t] -= g[t] * val[t]
                out[t] = -g[t] * times[t]


@kernel
def _along_values(structure: Any, s: Any, c: Any) -> None:
    """Write ``sum_k H_ck v_k`` over the columns that are multiplied, for each column ``c``."""
    columns, varying = c.d.shape[1], len(structure.multiplier)
    for i in range(columns):
        out = c.along[i * TILE : (i + 1) * TILE]
        for t in range(TILE):
            out[t] = 0.0
        for k in range(varying):
            if structure.multiplier[k] >= 0:
                place = pair(min(i, k), max(i, k), columns)
                curve, val = c.pairs[place * TILE :], s.value[k * TILE : (k + 1) * TILE]
                for t in range(TILE):
                    out[t] -= curve[t] * val[t]


@kernel
def _plain(weight: Any, g: Any, h: Any, curve: Any, q: Any) -> None:
    for t in range(TILE):
        q[t] = weight[t] * (g[t] * h[t] - curve[t])


@kernel
def _minus(curve: Any, q: Any) -> None:
    for t in range(TILE):
        q[t] = -curve[t]


@kernel
def _times(factor: Any, q: Any) -> None:
    for t in range(TILE):
        q[t] *= factor[t]


@kernel
def _add_product(one: Any, two: Any, q: Any) -> None:
    for t in range(TILE):
        q[t] += one[t] * two[t]


@kernel
def _bend(kind: int, low: float, span: float, value: Any, slope: Any, g: Any, q: Any) -> None:
    """Add what the curve of a value's own shape contributes to its second derivative."""
    if kind == EXPONENTIAL:
        for t in range(TILE):
            q[t] += slope[t] * g[t]
    elif kind == LOGISTIC:
        for t in range(TILE):
            share = (value[t] - low) / span
            q[t] += slope[t] * (1.0 - 2.0 * share) * g[t]


@kernel
def _total(q: Any) -> float:
    total = 0.0
    for t in range(TILE):
        total += q[t]
    return total


@kernel
def _dot(one: Any, two: Any) -> float:
    total = 0.0
    for t in range(TILE):
        total += one[t] * two[t]
    return total


@kernel
def _four_dots(q: Any, phi: Any) -> Any:
    """Return the sums of ``q`` times each of four features that lie side by side."""
    one, two, three, four = 0.0, 0.0, 0.0, 0.0
    for t in range(TILE):
        one += q[t] * phi[t]
        two += q[t] * phi[t + TILE]
        three += q[t] * phi[t + 2 * TILE]
        four += q[t] * phi[t + 3 * TILE]
    return one, two, three, four


@kernel
def _add_dots(q: Any, phi: Any, features: Any, first: int, last: int, at: int, row: Any) -> None:
    """Add the sums of ``q`` times some features; those of a correlated group lie side by side."""
    e = first
    while e + 4 <= last and features[e + 3] == features[e] + 3:
        one, two, three, four = _four_dots(q, phi[features[e] * TILE :])
        row[at + e] += one
        row[at + e + 1] += two
        row[at + e + 2] += three
        row[at + e + 3] += four
        e += 4
    while e < last:
        row[at + e] += _dot(q, phi[features[e] * TILE :])
        e += 1


@kernel
def _four_totals(q: Any, one: Any, two: Any) -> Any:
    """Return the sums of ``q``, ``q one``, ``q two`` and ``q one two``."""
    total, first, second, both = 0.0, 0.0, 0.0, 0.0
    for t in range(TILE):
        x = q[t] * one[t]
        total += q[t]
        first += x
        second += q[t] * two[t]
        both += x * two[t]
    return total, first, second, both


@kernel
def _add_tile(structure: Any, s: Any, c: Any, sums: Any) -> None:
    """Add a tile to the sums: for each pair of values the places of both.

    One function for all pairs, since handing over this many arrays costs more than a pair.
    """
    values, loads, varying = len(structure.kind), len(structure.features), len(structure.multiplier)
    columns = c.d.shape[1]
    total_values = len(c.slope) // TILE
    q, qf = c.q, c.qf
    for i in range(total_values):
        varying_i = i < varying
        column_i = i if varying_i else i - values + varying
        times_i = structure.multiplier[i] if varying_i else -1
        many_i = varying <= i < values
        plain_i = i >= values or (
            varying_i and times_i < 0 and structure.kind[i] == IDENTITY and structure.span[i] == 1.0
        )
        first_i, last_i, at_i = 0, 0, i + loads
        if i < values:
            first_i, last_i, at_i = structure.offsets[i], structure.offsets[i + 1], i
        g = c.slope[i * TILE : (i + 1) * TILE]
        for j in range(i, total_values):
            varying_j = j < varying
            column_j = j if varying_j else j - values + varying
            times_j = structure.multiplier[j] if varying_j else -1
            many_j = varying <= j < values
            plain_j = j >= values or (
                varying_j
                and times_j < 0
                and structure.kind[j] == IDENTITY
                and structure.span[j] == 1.0
            )
            first_j, last_j, at_j = 0, 0, j + loads
            if j < values:
                first_j, last_j, at_j = structure.offsets[j], structure.offsets[j + 1], j
            h = c.slope[j * TILE : (j + 1) * TILE]
            place = 0
            if not many_i and not many_j:
                place = pair(min(column_i, column_j), max(column_i, column_j), columns)
            curve = c.pairs[place * TILE : (place + 1) * TILE]
            if plain_i and plain_j:
                _plain(c.weight, g, h, curve, q)
            else:
                # second derivative in the two values
                if many_i and many_j:
                    for t in range(TILE):
                        q[t] = 0.0
                    for k in range(varying):
                        if structure.multiplier[k] == i:
                            _add_product(c.along[k * TILE :], s.value[k * TILE :], q)
                elif many_i or many_j:
                    m, other = (i, j) if many_i else (j, i)
                    column = column_j if many_i else column_i
                    along = c.along[column * TILE : (column + 1) * TILE]
                    for t in range(TILE):
                        q[t] = along[t]
                    if other < varying and structure.multiplier[other] == m:
                        _times(s.value[m * TILE :], q)
                        slopes = s.gradient[other * TILE :]
                        for t in range(TILE):
                            q[t] -= slopes[t]
                else:
                    _minus(curve, q)
                    if times_i >= 0:
                        _times(s.value[times_i * TILE :], q)
                    if times_j >= 0:
                        _times(s.value[times_j * TILE :], q)
                # in the etas, with the product of slopes
                _add_product(g, h, q)
                if i < values:
                    _times(s.slope[i * TILE :], q)
                if j < values:
                    _times(s.slope[j * TILE :], q)
                if i == j and i < values:
                    kind, low, span = structure.kind[i], structure.low[i], structure.span[i]
                    _bend(kind, low, span, s.value[i * TILE :], s.slope[i * TILE :], g, q)
                _times(c.weight, q)
            # in the places
            if last_i - first_i == 1 and last_j - first_j == 1:
                f, f2 = structure.features[first_i], structure.features[first_j]
                sum_0, sum_i, sum_j, both = _four_totals(q, s.phi[f * TILE :], s.phi[f2 * TILE :])
                sums[at_i, at_j] += sum_0
                sums[values + first_i, at_j] += sum_i
                sums[at_i, values + first_j] += sum_j
                sums[values + first_i, values + first_j] += both
                continue
            sums[at_i, at_j] += _total(q)
            _add_dots(q, s.phi, structure.features, first_j, last_j, values, sums[at_i])
            for e in range(first_i, last_i):
                draw = s.phi[structure.features[e] * TILE :]
                for t in range(TILE):
                    qf[t] = q[t] * draw[t]
                row = sums[values + e]
                row[at_j] += _total(qf)
                _add_dots(qf, s.phi, structure.features, first_j, last_j, values, row)


@kernel
def mixed_hessian(
    data: Any,
    draws: Any,
    structure: Any,
    places: Any,
    person: Any,
    room: Any,
    people: Any,
    out: Any,
) -> None:
    """Add weighted second derivatives and products of slopes of some people to ``out``.

    Parameters
    ----------
    data : Differences
        The choices.
    draws : Draws
        Standard draws.
    structure : Structure
        From draws to coefficients; all columns that are multiplied share one multiplier.
    places : tuple of ndarray
        ``a`` (N or 1, I), ``b`` (N or 1, E) and the coefficients that do not vary (Kf,).
    person : tuple of ndarray
        Weight (N,) of each person, and log-likelihood (N,) from the score pass.
    room : (2,) int64
        Rows done at once, and the most rows of a person.
    people : (2,) int64
        First person, and one beyond the last.
    out : (1, S, S) or (people, S, S) float64
        Receives ``sum_n w_n sum_r w_r (H + g g')``, or what each person adds to it; ``S`` places
        are the ``I`` locations, ``E`` loads and ``Kf`` coefficients. Blocks of two values hold one
        of the two triangles, with the value that comes first in the rows.
    """
    a, b, fixed = places
    weights, value = person
    varying, steady = data.random.shape[1], data.fixed.shape[1]
    values = len(structure.kind)
    columns = varying + steady
    s = new_scratch(len(draws.dimensions), values, varying, room[0], room[1])
    set_constant_slopes(structure, s.slope)
    beta = s.beta if structure.multiplied else s.value
    c = _new_curves(data, people, room[1], columns + columns % 2, values + steady)
    for n in range(people[0], people[1]):
        row_a, row_b = a[n if len(a) > 1 else 0], b[n if len(b) > 1 else 0]
        mine = out[n - people[0] if len(out) > 1 else 0]
        terms = _read_person(data, n, c)
        start = data.task_rows[data.person_tasks[n]]
        rows = data.task_rows[data.person_tasks[n + 1]] - start
        set_levels(data.fixed, start, rows, fixed, s.level)
        whole = value[n] + np.log(draws.number)
        for first in range(0, draws.base.shape[1], TILE):
            draw_features(draws, n, first, s.phi)
            draw_values(structure, row_a, row_b, s.phi, s.value, s.slope)
            if structure.multiplied:
                multiply(structure, s.value, s.beta)
            tile_paths(data, n, beta, s, True)
            for t in range(TILE):
                s.path[t] -= whole
            bounded_powers(s.path, c.weight, TILE)
            for t in range(TILE):
                c.weight[t] = c.weight[t] * weights[n] if first + t < draws.number else 0.0
            _coefficient_curves(data, n, terms, s.p, c)
            if structure.multiplied:
                _along_values(structure, s, c)
            _value_slopes(structure, s, c)
            for k in range(steady):
                _fixed_slope(c.d, varying + k, rows, s.p, c.slope[(values + k) * TILE :])
            _add_tile(structure, s, c, mine)


@kernel
def _fixed_slope(d: Any, column: int, rows: int, p: Any, out: Any) -> None:
    """Write the slope of ``log P`` in a coefficient that does not vary."""
    for t in range(TILE):
        out[t] = 0.0
    for row in range(rows):
        size, here = d[row, column], p[row * TILE : (row + 1) * TILE]
        for t in range(TILE):
            out[t] -= size * here[t]
