"""Mixed logit: simulated log-likelihood and score of each person in one pass, draws innermost.

For person ``n`` and draw ``r`` (axis letters as in `ccegov_choice.kernels.axes`)::

    eta_i  = a_i + sum_j b_ij phi_j(r)          features phi: standard draws of the person
    val_i  = low_i + span_i f_i(eta_i)          f: identity, exp, max(., 0), logistic
    beta_k = val_k, or val_k val_m              m: a multiplier, such as a random scale
    P(r)   = prod_t 1 / (1 + sum_j exp(d_tj' beta))    d: attributes less those of the chosen
    L_n    = mean_r P(r)

and, with ``w_r = P(r) / sum P`` and ``g_r`` the slope of ``log P(r)`` in ``val``::

    d log L_n / d a_i  = sum_r w_r g_i f_i'(eta_i)
    d log L_n / d b_ij = sum_r w_r g_i f_i'(eta_i) phi_j(r)

Everything a model may want (means and spreads that depend on the person, correlation, trade space)
is a way to fill ``a`` and ``b``, which the caller does; so a full correlation matrix costs the
kernel no more than a diagonal one, but for its features.

Draws are never stored by person: all people share one base of ``R`` points on a grid of ``G`` cells
in each of ``Q`` dimensions. For each person some bits of the cells are turned over, the same bits
for all points (a digital shift), which leaves a Sobol net as even as it was. A table gives the
value of each cell, so that a draw is a look-up and any distribution costs the same.

What belongs to one person and ``TILE`` draws stays in the innermost caches. Path probabilities are
products of many numbers: their exponents are summed as integers and one logarithm is taken for each
draw. Weights are kept relative to the largest so far, so one pass is enough. Cost for each person
and draw: ``2 rows K`` multiply-adds and ``rows`` exponentials, with a row for each alternative not
chosen.

References
----------
Train (2009), Discrete Choice Methods with Simulation, chapters 6, 9 and 10. L'Ecuyer & Lemieux
(2002), Recent advances in randomized quasi-Monte Carlo methods, section 4.2 (digital shifts).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.bits import bits_of, float_of
from ccegov_choice.kernels.compiled import kernel, ordered_kernel
from ccegov_choice.kernels.elementary import bounded_powers, exponentials, logarithms
from ccegov_choice.kernels.products import TILE, add_transposed, products

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Cells = npt.NDArray[np.uint32]

IDENTITY, EXPONENTIAL, POSITIVE_PART, LOGISTIC = 0, 1, 2, 3
# Rows of whole tasks done together; more than in one task where a task is wider.
BLOCK_ROWS = 16
_MANTISSA = np.int64((1 << 52) - 1)
_ONE = np.int64(1023 << 52)
_SHIFT = np.int64(52)
_LN2 = 0.6931471805599453
# A utility difference beyond 700 is cut by the exponential. It shows in the value of a person only
# if that is below minus this.
MAY_BE_CUT = -650.0
CUT = 699.0
NOTHING = -1e300


class Differences(NamedTuple):
    """Attributes of each alternative not chosen, less those of the chosen one.

    Attributes
    ----------
    random : (rows, Kr) float64
        Columns whose coefficient differs between draws; ``Kr`` is even, a last one may be zero.
    fixed : (rows, Kf) float64
        Columns whose coefficient does not.
    task_rows : (T + 1,) int64
        First row of each task.
    person_tasks : (N + 1,) int64
        First task of each person.
    """

    random: Floats
    fixed: Floats
    task_rows: Integers
    person_tasks: Integers


class Draws(NamedTuple):
    """Standard draws.

    Attributes
    ----------
    base : (Q, R rounded up to whole tiles) uint32
        Cell of each point, shared by all people.
    shifts : (N, Q) uint32
        Which bits of the cells of each person's points are turned over.
    tables : (F, G) float64
        Value of each feature in each cell; ``G`` is a power of two.
    dimensions : (F,) int64
        Dimension that each feature is read from.
    number : int
        Number of draws ``R``.
    """

    base: Cells
    shifts: Cells
    tables: Floats
    dimensions: Integers
    number: int


class Structure(NamedTuple):
    """How coefficients follow from draws; there are ``I`` values, ``Kr`` columns' first.

    Attributes
    ----------
    kind : (I,) int64
        ``IDENTITY``, ``EXPONENTIAL``, ``POSITIVE_PART`` or ``LOGISTIC``.
    low, span : (I,) float64
        The value is ``low + span f(eta)``.
    offsets : (I + 1,) int64
        Features of value ``i`` are ``features[offsets[i]:offsets[i + 1]]``.
    features : (E,) int64
        Which features each value uses.
    multiplier : (Kr,) int64
        Value that a column's value is multiplied with, or -1.
    multiplied : bool
        Whether any is; if not, values are coefficients as they are.
    """

    kind: Integers
    low: Floats
    span: Floats
    offsets: Integers
    features: Integers
    multiplier: Integers
    multiplied: bool


class PersonSums(NamedTuple):
    """What the kernel fills.

    Attributes
    ----------
    value : (N,) float64
        Log-likelihood of each person; NaN where a utility is not finite, and after `refuse_cut`
        where one is beyond 700.
    a : (N, I) float64
        Its slope in ``a``.
    b : (N, E) float64
        Its slope in ``b``.
    fixed : (N, Kf) float64
        Its slope in the coefficients that do not vary.
    """

    value: Floats
    a: Floats
    b: Floats
    fixed: Floats


class Scratch(NamedTuple):
    """What belongs to one person and one tile of draws."""

    phi: Floats
    value: Floats
    slope: Floats
    beta: Floats
    gradient: Floats
    v: Floats
    e: Floats
    p: Floats  # probabilities of all rows of a person, where some coefficients are fixed
    level: Floats  # utility of each row from the fixed coefficients
    mean: Floats  # weighted mean probability of each row
    mantissa: Floats
    exponent: Integers
    path: Floats
    weight: Floats
    bits: Integers


@kernel
def new_scratch(features: int, values: int, columns: int, room: int, rows: int) -> Any:
    """Make scratch for people with up to ``rows`` rows, ``room`` of them at once."""
    return Scratch(
        np.zeros(max(features, 1) * TILE),
        np.zeros(values * TILE),
        np.ones(values * TILE),
        np.zeros(columns * TILE),
        np.zeros(max(values, columns) * TILE),
        np.zeros(room * TILE),
        np.zeros(room * TILE),
        np.zeros(rows * TILE),
        np.zeros(max(rows, room)),
        np.zeros(max(rows, 1)),
        np.zeros(TILE),
        np.zeros(TILE, dtype=np.int64),
        np.zeros(TILE),
        np.zeros(TILE),
        np.zeros(TILE, dtype=np.int64),
    )


@kernel
def draw_features(draws: Any, n: int, first: int, phi: Any) -> None:
    """Look up the standard draws of a person in one tile."""
    for f in range(draws.tables.shape[0]):
        q = draws.dimensions[f]
        shift = draws.shifts[n, q]
        cells = draws.base[q, first : first + TILE]
        table = draws.tables[f]
        out = phi[f * TILE : (f + 1) * TILE]
        for i in range(TILE):
            out[i] = table[cells[i] ^ shift]


@ordered_kernel
def zero_or_nan(number: float) -> float:
    """Return zero, or NaN when a number is not finite."""
    return number - number


@ordered_kernel
def not_finite(numbers: Any) -> float:
    """Return zero, or NaN when some number is not finite.

    Where sums may be taken in any order, LLVM takes ``x - x`` for zero, NaN or not.
    """
    total = 0.0
    for i in range(len(numbers)):
        total += numbers[i] - numbers[i]
    return total


@kernel
def set_constant_slopes(structure: Any, slope: Any) -> None:
    """Write the slopes of those values that are linear in their draws."""
    for i in range(len(structure.kind)):
        if structure.kind[i] == IDENTITY:
            for t in range(TILE):
                slope[i * TILE + t] = structure.span[i]


@kernel
def draw_values(structure: Any, a: Any, b: Any, phi: Any, value: Any, slope: Any) -> None:
    """Turn standard draws into values, and write the slopes of values that are not linear."""
    for i in range(len(structure.kind)):
        kind, low, span = structure.kind[i], structure.low[i], structure.span[i]
        val, slo = value[i * TILE : (i + 1) * TILE], slope[i * TILE : (i + 1) * TILE]
        linear = kind == IDENTITY
        place, unit = (low + span * a[i], span) if linear else (a[i], 1.0)
        first, last = structure.offsets[i], structure.offsets[i + 1]
        if first == last:
            for t in range(TILE):
                val[t] = place
        else:
            size, f = unit * b[first], structure.features[first]
            draw = phi[f * TILE : (f + 1) * TILE]
            for t in range(TILE):
                val[t] = place + size * draw[t]
        for e in range(first + 1, last):
            size, f = unit * b[e], structure.features[e]
            draw = phi[f * TILE : (f + 1) * TILE]
            for t in range(TILE):
                val[t] += size * draw[t]
        if kind == EXPONENTIAL:
            bounded_powers(val, slo, TILE)
            for t in range(TILE):
                slo[t] *= span
                val[t] = low + slo[t]
        elif kind == POSITIVE_PART:
            for t in range(TILE):
                up = val[t] > 0.0
                slo[t] = span if up else 0.0
                val[t] = low + span * val[t] if up else low
        elif kind == LOGISTIC:
            for t in range(TILE):
                val[t] = -val[t]
            bounded_powers(val, slo, TILE)
            for t in range(TILE):
                share = 1.0 / (1.0 + slo[t])
                slo[t] = span * share * (1.0 - share)
                val[t] = low + span * share


@kernel
def multiply(structure: Any, value: Any, beta: Any) -> float:
    """Turn values into coefficients; return a sum that is not finite when one of them is not."""
    total = 0.0
    for k in range(len(structure.multiplier)):
        m = structure.multiplier[k]
        out, val = beta[k * TILE : (k + 1) * TILE], value[k * TILE : (k + 1) * TILE]
        if m < 0:
            for t in range(TILE):
                out[t] = val[t]
        else:
            times = value[m * TILE : (m + 1) * TILE]
            for t in range(TILE):
                out[t] = val[t] * times[t]
        size = 0.0
        for t in range(TILE):
            size += out[t]
        total += zero_or_nan(size)
    return total


@kernel
def _one_other(e: Any, mantissa: Any, exponent: Any) -> None:
    """Do the probabilities of a task with one alternative not chosen, and its share of the path."""
    for t in range(TILE):
        e0 = e[t]
        total = 1.0 + e0
        e[t] = e0 / total
        bits = bits_of(mantissa[t] * total)
        exponent[t] += bits >> _SHIFT
        mantissa[t] = float_of((bits & _MANTISSA) | _ONE)


@kernel
def _two_others(e: Any, mantissa: Any, exponent: Any) -> None:
    for t in range(TILE):
        e0, e1 = e[t], e[t + TILE]
        total = 1.0 + e0 + e1
        share = 1.0 / total
        e[t] = e0 * share
        e[t + TILE] = e1 * share
        bits = bits_of(mantissa[t] * total)
        exponent[t] += bits >> _SHIFT
        mantissa[t] = float_of((bits & _MANTISSA) | _ONE)


@kernel
def _three_others(e: Any, mantissa: Any, exponent: Any) -> None:
    for t in range(TILE):
        e0, e1, e2 = e[t], e[t + TILE], e[t + 2 * TILE]
        total = 1.0 + e0 + e1 + e2
        share = 1.0 / total
        e[t] = e0 * share
        e[t + TILE] = e1 * share
        e[t + 2 * TILE] = e2 * share
        bits = bits_of(mantissa[t] * total)
        exponent[t] += bits >> _SHIFT
        mantissa[t] = float_of((bits & _MANTISSA) | _ONE)


@kernel
def _many_others(e: Any, others: int, total: Any, mantissa: Any, exponent: Any) -> None:
    for t in range(TILE):
        total[t] = 1.0
    for row in range(others):
        here = e[row * TILE : (row + 1) * TILE]
        for t in range(TILE):
            total[t] += here[t]
    for t in range(TILE):
        bits = bits_of(mantissa[t] * total[t])
        exponent[t] += bits >> _SHIFT
        mantissa[t] = float_of((bits & _MANTISSA) | _ONE)
        total[t] = 1.0 / total[t]
    for row in range(others):
        here = e[row * TILE : (row + 1) * TILE]
        for t in range(TILE):
            here[t] *= total[t]


@kernel
def tile_paths(data: Any, n: int, beta: Any, s: Any, keep: bool) -> None:
    """Write log path probabilities of a tile, and minus their slope in each coefficient."""
    columns = data.random.shape[1]
    for i in range(columns * TILE):
        s.gradient[i] = 0.0
    for t in range(TILE):
        s.mantissa[t] = 1.0
        s.exponent[t] = 0
    task, last = data.person_tasks[n], data.person_tasks[n + 1]
    start = data.task_rows[task]
    counted = 0
    while task < last:
        first, end = data.task_rows[task], task + 1
        while end < last and data.task_rows[end + 1] - first <= BLOCK_ROWS:
            end += 1
        rows = data.task_rows[end] - first
        products(data.random, first, rows, s.level[first - start :], beta, s.v)
        bounded_powers(s.v, s.e, rows * TILE)
        for each in range(task, end):
            row = data.task_rows[each]
            others = data.task_rows[each + 1] - row
            e = s.e[(row - first) * TILE :]
            if others == 2:
                _two_others(e, s.mantissa, s.exponent)
            elif others == 1:
                _one_other(e, s.mantissa, s.exponent)
            elif others == 3:
                _three_others(e, s.mantissa, s.exponent)
            elif others > 0:
                _many_others(e, others, s.weight, s.mantissa, s.exponent)
            counted += 1 if others > 0 else 0
        add_transposed(data.random, first, rows, s.e, s.gradient)
        if keep:
            kept = s.p[(first - start) * TILE :]
            for i in range(rows * TILE):
                kept[i] = s.e[i]
        task = end
    logarithms(s.mantissa, s.path, s.bits, TILE)
    for t in range(TILE):
        s.path[t] = -(s.path[t] + _LN2 * (s.exponent[t] - 1023 * counted))


@kernel
def add_slopes(structure: Any, s: Any, total: float, a: Any, b: Any) -> None:
    """Add the weighted slopes of a tile; ``gradient`` holds minus those in the coefficients."""
    values, columns = len(structure.kind), len(structure.multiplier)
    for i in range(columns * TILE, values * TILE):
        s.gradient[i] = 0.0
    for k in range(columns):
        m = structure.multiplier[k]
        if m >= 0:
            own, val = s.gradient[k * TILE : (k + 1) * TILE], s.value[k * TILE : (k + 1) * TILE]
            times = s.value[m * TILE : (m + 1) * TILE]
            theirs = s.gradient[m * TILE : (m + 1) * TILE]
            for t in range(TILE):
                theirs[t] += own[t] * val[t]
                own[t] *= times[t]
    for i in range(values):
        g, slope = s.gradient[i * TILE : (i + 1) * TILE], s.slope[i * TILE : (i + 1) * TILE]
        sum_a = 0.0
        for t in range(TILE):
            g[t] *= -slope[t] * s.weight[t]
            sum_a += g[t]
        a[i] += sum_a
        for e in range(structure.offsets[i], structure.offsets[i + 1]):
            f = structure.features[e]
            draw = s.phi[f * TILE : (f + 1) * TILE]
            sum_b = 0.0
            for t in range(TILE):
                sum_b += g[t] * draw[t]
            b[e] += sum_b


@kernel
def set_levels(x: Any, start: int, rows: int, fixed: Any, level: Any) -> None:
    """Write the utility of each row of a person from the coefficients that do not vary."""
    for row in range(rows):
        total = 0.0
        for k in range(len(fixed)):
            total += x[start + row, k] * fixed[k]
        level[row] = total


@kernel
def weigh(path: Any, weight: Any, bits: Any, best: float, draws: int) -> Any:
    """Turn log path probabilities of a tile into weights relative to the largest so far.

    Parameters
    ----------
    path : (TILE,) float64
        Log path probabilities; only the first ``draws`` of them count.
    weight : (TILE,) float64
        Receives the weights.
    bits : (TILE,) int64
        Scratch space.
    best : float
        The largest before this tile.
    draws : int
        How many draws are left, this tile's among them.

    Returns
    -------
    top : float
        The largest so far.
    shrink : float
        What sums of earlier weights are to be multiplied with.
    """
    for t in range(draws, TILE):
        path[t] = NOTHING
    top = best
    for t in range(TILE):
        top = path[t] if path[t] > top else top
    for t in range(TILE):
        path[t] -= top
    exponentials(path, weight, bits, TILE)
    return top, np.exp(best - top)


@kernel
def largest_difference(
    data: Any, draws: Any, structure: Any, a: Any, b: Any, n: int, s: Any
) -> float:
    """Return the largest utility difference of a person over all draws."""
    largest = -np.inf
    beta = s.beta if structure.multiplied else s.value
    start = data.task_rows[data.person_tasks[n]]
    for first in range(0, draws.base.shape[1], TILE):
        draw_features(draws, n, first, s.phi)
        draw_values(structure, a, b, s.phi, s.value, s.slope)
        if structure.multiplied:
            multiply(structure, s.value, s.beta)
        for row in range(start, data.task_rows[data.person_tasks[n + 1]]):
            products(data.random, row, 1, s.level[row - start :], beta, s.v)
            for t in range(TILE):
                largest = s.v[t] if s.v[t] > largest else largest
    return largest


@kernel
def mixed_people(
    data: Any,
    draws: Any,
    structure: Any,
    a: Any,
    b: Any,
    fixed: Any,
    room: Any,
    people: Any,
    out: Any,
) -> None:
    """Fill log-likelihood and slopes of some people.

    Parameters
    ----------
    data : Differences
        The choices.
    draws : Draws
        Standard draws.
    structure : Structure
        From draws to coefficients.
    a : (N or 1, I) float64
        Location of each value, by person or the same for all.
    b : (N or 1, E) float64
        Weight of each feature.
    fixed : (Kf,) float64
        Coefficients that do not vary.
    room : (2,) int64
        Rows done at once, and the most rows of a person.
    people : (2,) int64
        First person, and one beyond the last.
    out : PersonSums
        Receives their part.
    """
    columns, steady = data.random.shape[1], data.fixed.shape[1]
    values = len(structure.kind)
    s = new_scratch(len(draws.dimensions), values, columns, room[0], room[1])
    set_constant_slopes(structure, s.slope)
    beta = s.beta if structure.multiplied else s.value
    for n in range(people[0], people[1]):
        row_a, row_b = a[n if len(a) > 1 else 0], b[n if len(b) > 1 else 0]
        start = data.task_rows[data.person_tasks[n]]
        rows = data.task_rows[data.person_tasks[n + 1]] - start
        set_levels(data.fixed, start, rows, fixed, s.level)
        for row in range(rows):
            s.mean[row] = 0.0
        mine_a, mine_b = out.a[n], out.b[n]
        for i in range(len(mine_a)):
            mine_a[i] = 0.0
        for e in range(len(mine_b)):
            mine_b[e] = 0.0
        best, mass = NOTHING, 0.0
        wrong = not_finite(row_a) + not_finite(row_b) + not_finite(fixed)
        for first in range(0, draws.base.shape[1], TILE):
            draw_features(draws, n, first, s.phi)
            draw_values(structure, row_a, row_b, s.phi, s.value, s.slope)
            if structure.multiplied:
                wrong += multiply(structure, s.value, s.beta)
            tile_paths(data, n, beta, s, steady > 0)
            best, shrink = weigh(s.path, s.weight, s.bits, best, draws.number - first)
            if shrink < 1.0:
                mass *= shrink
                for i in range(len(mine_a)):
                    mine_a[i] *= shrink
                for e in range(len(mine_b)):
                    mine_b[e] *= shrink
                for row in range(rows):
                    s.mean[row] *= shrink
            tile_mass = 0.0
            for t in range(TILE):
                tile_mass += s.weight[t]
            mass += tile_mass
            add_slopes(structure, s, mass, mine_a, mine_b)
            if steady > 0:
                for row in range(rows):
                    p = s.p[row * TILE : (row + 1) * TILE]
                    total = 0.0
                    for t in range(TILE):
                        total += s.weight[t] * p[t]
                    s.mean[row] += total
        value = best + np.log(mass / draws.number) + wrong
        out.value[n] = value
        for i in range(len(mine_a)):
            mine_a[i] /= mass
        for e in range(len(mine_b)):
            mine_b[e] /= mass
        mine = out.fixed[n]
        for k in range(steady):
            total = 0.0
            for row in range(rows):
                total += data.fixed[start + row, k] * s.mean[row]
            mine[k] = -total / mass


@kernel
def refuse_cut(
    data: Any, draws: Any, structure: Any, a: Any, b: Any, fixed: Any, room: Any, out: Any
) -> None:
    """Write NaN for people with so low a value that it may have been cut, where it has been.

    Apart from `mixed_people`, whose arguments these are, because it is hardly ever needed and takes
    as long to compile.
    """
    columns, values = data.random.shape[1], len(structure.kind)
    s = new_scratch(len(draws.dimensions), values, columns, room[0], room[1])
    for n in range(len(out.value)):
        if not out.value[n] < MAY_BE_CUT:
            continue
        start = data.task_rows[data.person_tasks[n]]
        rows = data.task_rows[data.person_tasks[n + 1]] - start
        set_levels(data.fixed, start, rows, fixed, s.level)
        row_a, row_b = a[n if len(a) > 1 else 0], b[n if len(b) > 1 else 0]
        if largest_difference(data, draws, structure, row_a, row_b, n, s) > CUT:
            out.value[n] = np.nan
