"""Information of a choice design over many draws of the prior, kept as its inverse.

Letters: ``T`` tasks, ``J`` alternatives of a task (the opt-out last), ``M`` attributes, ``K``
coefficients, ``S`` cases (a model and a kind of person), ``R`` draws in ``N`` tiles of ``W``,
``G`` groups (attributes of one alternative that change together). The information of a task at
coefficients ``b`` is ``X'(diag(p) - pp')X = X'LL'X`` with ``L = diag(sqrt p) - p sqrt(p)'``, so
taking a task out and putting one in changes the inverse by rank ``J``::

    C   = V + V X' lift X V        lift = L (I - L'XVX'L)^-1 L'        (out)
    V   = C - C X' lift X C        lift = L (I + L'XCX'L)^-1 L'        (in)

Loops over the draws of a tile are innermost, so that they become vector instructions, and rows are
sparse where attributes are coded by level. Cost of a task: ``O(K J (K + J))`` per draw.

References
----------
Harville (1997), Matrix Algebra From a Statistician's Perspective, section 18.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.elementary import powers_of_e

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# added to the diagonal of the information, whose columns have a range of about one: a singular
# start has a finite error, and the error of a good design changes by less than 1e-7 of itself
RIDGE = 1e-9
# the ridge of nuisance coefficients is so many times that of all: otherwise a design that does not
# identify them looks as good as one that does, because both determinants vanish alike
NUISANCE_RIDGE = 1e4


class Tables(NamedTuple):
    """The coding: every coefficient's column as a table over the levels it reads.

    Attributes
    ----------
    flat : (F,) float64
        All tables, one after the other.
    base : (S, J, K) int64
        Where the table of a coefficient begins.
    attribute, stride : (S, J, K, D) int64
        The attributes it reads and the steps in the table; steps of zero where it reads fewer.
    columns : (S,) int64
        How many coefficients each case has; the others are padding.
    affected_offsets : (S, G + 1) int64
    affected : int64
        Coefficients that a group changes.
    """

    flat: Floats
    base: Integers
    attribute: Integers
    stride: Integers
    columns: Integers
    affected_offsets: Integers
    affected: Integers


class Places(NamedTuple):
    """What may be exchanged: groups, their allowed combinations, and which are near which.

    Attributes
    ----------
    group_offsets : (J + 1,) int64
        Groups of each alternative.
    member_offsets : (G + 1,) int64
    members : int64
        Attributes of each group.
    combo_offsets : (G + 1,) int64
        Combinations of each group.
    combos : (P, A) int64
        Level codes of each combination.
    near_offsets : (P + 1,) int64
    near : int64
        Combinations to try from each.
    """

    group_offsets: Integers
    member_offsets: Integers
    members: Integers
    combo_offsets: Integers
    combos: Integers
    near_offsets: Integers
    near: Integers


class Points(NamedTuple):
    """Draws of the prior, in tiles.

    Attributes
    ----------
    beta : (N, K, W) float64
        Coefficients, in the scale of the tables.
    weight : (N, W) float64
        Weights that sum to one; zero for padding.
    case : (N,) int64
        Case of each tile.
    nuisance : (S, K) float64
        One for a coefficient whose precision does not matter (Ds), zero for the others.
    exponent : (S,) float64
        One over the number of coefficients that matter.
    offset : (S,) float64
        What the scale of the tables takes from the logarithm of the error.
    """

    beta: Floats
    weight: Floats
    case: Integers
    nuisance: Floats
    exponent: Floats
    offset: Floats


class State(NamedTuple):
    """A design during the search; every array belongs to one search alone.

    Attributes
    ----------
    codes : (T, J, M) int64
        Level codes; -1 where an alternative does not vary an attribute.
    place : (T, G) int64
        Combination of each group.
    present : (T, J) float64
        One where an alternative is on offer.
    inverse : (Q, N, K, K, W) float64
        Inverse information; with ``Q = 2`` also that of the nuisance coefficients.
    log_det : (Q, N, W) float64
        Logarithm of the determinant of the information.
    """

    codes: Integers
    place: Integers
    present: Floats
    inverse: Floats
    log_det: Floats


class Room(NamedTuple):
    """Scratch space for the task that is looked at, made by `new_room`.

    Attributes
    ----------
    rows : (2, J, K)
        The rows ``x`` of the task, and ``z``: without the coefficients that a metric leaves out.
    tall : (2, K, J, W)
        ``y = inverse z'`` and, once measured, ``C z'``.
    square : (5, J, J, W)
        Gram matrix of ``z``, lift, two products, squared distances.
    long : (3, J, W)
        Utilities, their exponentials, probabilities.
    line : (2, W)
        Logarithm by which a determinant changes; room for a maximum.
    bits : (J * W,) int64
        For exponentials.
    """

    rows: Floats
    tall: Floats
    square: Floats
    long: Floats
    line: Floats
    bits: Integers


GRAM, LIFT, SMALL, OTHER, DISTANCE = 0, 1, 2, 3, 4
UTILITY, POWER, SHARE = 0, 1, 2


def new_room(J: int, K: int, W: int) -> Room:
    """Return empty room for tasks of ``J`` alternatives."""
    return Room(
        np.zeros((2, J, K)), np.zeros((2, K, J, W)), np.zeros((5, J, J, W)), np.zeros((3, J, W)),
        np.zeros((2, W)), np.zeros(J * W, np.int64),
    )  # fmt: skip


@kernel
def fill_rows(tables: Any, s: int, codes: Any, x: Any) -> None:
    """Write the rows ``(J, K)`` of a task for one case."""
    flat, base, attribute, stride = tables.flat, tables.base, tables.attribute, tables.stride
    J, K = x.shape
    for j in range(J):
        for k in range(K):
            x[j, k] = 0.0
        for k in range(tables.columns[s]):
            place = base[s, j, k]
            for d in range(attribute.shape[3]):
                step = stride[s, j, k, d]
                if step != 0:
                    place += step * codes[j, attribute[s, j, k, d]]
            x[j, k] = flat[place]


@kernel
def fill_probabilities(x: Any, beta: Any, present: Any, long: Any, line: Any, bits: Any) -> None:
    """Write utilities (less the largest), exponentials and probabilities of the rows ``x``."""
    J, K = x.shape
    W = line.shape[1]
    v, e, p, top = long[0], long[1], long[2], line[1]
    for j in range(J):
        for r in range(W):
            v[j, r] = 0.0
        for k in range(K):
            value = x[j, k]
            if value != 0.0:
                for r in range(W):
                    v[j, r] += value * beta[k, r]
    for r in range(W):
        top[r] = -1e300
    for j in range(J):
        if present[j] > 0.0:
            for r in range(W):
                top[r] = v[j, r] if v[j, r] > top[r] else top[r]
    for j in range(J):
        for r in range(W):
            v[j, r] -= top[r]
    powers_of_e(v.ravel(), e.ravel(), bits, J * W)
    for r in range(W):
        top[r] = 0.0
    for j in range(J):
        for r in range(W):
            e[j, r] *= present[j]
            top[r] += e[j, r]
    for j in range(J):
        for r in range(W):
            p[j, r] = e[j, r] / top[r]


@kernel
def fill_products(z: Any, inverse: Any, y: Any, gram: Any) -> None:
    """Write ``y = inverse z'`` and ``gram = z inverse z'``."""
    J, K = z.shape
    W = y.shape[2]
    for k in range(K):
        for j in range(J):
            for r in range(W):
                y[k, j, r] = 0.0
    for j in range(J):
        for i in range(K):
            value = z[j, i]
            if value != 0.0:
                for k in range(K):
                    for r in range(W):
                        y[k, j, r] += value * inverse[k, i, r]
    for i in range(J):
        for j in range(J):
            for r in range(W):
                gram[i, j, r] = 0.0
        for k in range(K):
            value = z[i, k]
            if value != 0.0:
                for j in range(J):
                    for r in range(W):
                        gram[i, j, r] += value * y[k, j, r]


@kernel
def multiply(a: Any, b: Any, out: Any) -> None:
    """Write the product of small matrices ``(J, J, W)``."""
    J, _, W = a.shape
    for i in range(J):
        for j in range(J):
            for r in range(W):
                out[i, j, r] = 0.0
            for k in range(J):
                for r in range(W):
                    out[i, j, r] += a[i, k, r] * b[k, j, r]


@kernel
def fill_lift(gram: Any, p: Any, sign: float, lift: Any, small: Any, other: Any, out: Any) -> None:
    """Write ``lift = L (I + sign L' gram L)^-1 L'`` and the log determinant of its middle.

    The middle is positive definite, so its Cholesky factor needs no pivots; taking out a task that
    the design needs leaves a pivot as small as the ridge.
    """
    J, W = p.shape
    for r in range(W):
        out[r] = 1.0
    for i in range(J):
        for j in range(J):
            for r in range(W):
                root = np.sqrt(p[j, r])
                lift[i, j, r] = (root if i == j else 0.0) - p[i, r] * root
    multiply(gram, lift, other)
    for i in range(J):
        for j in range(i + 1):
            for r in range(W):
                small[i, j, r] = 0.0
            for k in range(J):
                for r in range(W):
                    small[i, j, r] += lift[k, i, r] * other[k, j, r]
            for r in range(W):
                small[i, j, r] = (1.0 if i == j else 0.0) + sign * small[i, j, r]
    for j in range(J):
        for k in range(j):
            for r in range(W):
                small[j, j, r] -= small[j, k, r] * small[j, k, r]
        for r in range(W):
            pivot = small[j, j, r]
            pivot = pivot if pivot > 1e-13 else 1e-13
            out[r] *= pivot
            small[j, j, r] = 1.0 / np.sqrt(pivot)
        for i in range(j + 1, J):
            for k in range(j):
                for r in range(W):
                    small[i, j, r] -= small[i, k, r] * small[j, k, r]
            for r in range(W):
                small[i, j, r] *= small[j, j, r]
    # other = small^-1 lift', then lift = other' other
    for j in range(J):
        for i in range(J):
            for r in range(W):
                other[i, j, r] = lift[j, i, r]
            for k in range(i):
                for r in range(W):
                    other[i, j, r] -= small[i, k, r] * other[k, j, r]
            for r in range(W):
                other[i, j, r] *= small[i, i, r]
    for i in range(J):
        for j in range(J):
            for r in range(W):
                lift[i, j, r] = 0.0
            for k in range(J):
                for r in range(W):
                    lift[i, j, r] += other[k, i, r] * other[k, j, r]
    for r in range(W):
        out[r] = np.log(out[r])


@kernel
def fill_task(
    tables: Any, points: Any, state: Any, q: int, n: int, t: int, sign: float, room: Any
) -> None:
    """Fill everything about a task but what is measured in the metric ``C``."""
    s = points.case[n]
    x, z = room.rows[0], room.rows[1]
    fill_rows(tables, s, state.codes[t], x)
    fill_probabilities(x, points.beta[n], state.present[t], room.long, room.line, room.bits)
    J, K = x.shape
    for j in range(J):
        for k in range(K):
            z[j, k] = x[j, k] if q == 0 or points.nuisance[s, k] != 0.0 else 0.0
    square = room.square
    fill_products(z, state.inverse[q, n], room.tall[0], square[GRAM])
    fill_lift(
        square[GRAM], room.long[SHARE], sign, square[LIFT], square[SMALL], square[OTHER],
        room.line[0],
    )  # fmt: skip


@kernel
def measure_task(tables: Any, points: Any, state: Any, q: int, n: int, t: int, room: Any) -> None:
    """Measure a task in the metric ``C`` of the design without it, which is not written out.

    Afterwards ``tall`` holds ``inverse z'`` and ``C z'``, with ``C = inverse + y lift y'``;
    ``square`` the Gram matrix ``z C z'``, the lift and the squared distances of rows in that
    metric; and ``line[0]`` the logarithm by which the determinant changes without the task.
    """
    fill_task(tables, points, state, q, n, t, -1.0, room)
    y, yc = room.tall[0], room.tall[1]
    square = room.square
    gram, lift, small, other = square[GRAM], square[LIFT], square[SMALL], square[OTHER]
    distance = square[DISTANCE]
    K, J, W = y.shape
    multiply(lift, gram, small)
    multiply(gram, small, other)
    for k in range(K):
        for j in range(J):
            for r in range(W):
                yc[k, j, r] = y[k, j, r]
            for i in range(J):
                for r in range(W):
                    yc[k, j, r] += y[k, i, r] * small[i, j, r]
    for i in range(J):
        for j in range(J):
            for r in range(W):
                gram[i, j, r] += other[i, j, r]
    for i in range(J):
        for j in range(J):
            for r in range(W):
                d = gram[i, i, r] + gram[j, j, r] - 2.0 * gram[i, j, r]
                distance[i, j, r] = d if d > 0.0 else 0.0


@kernel
def add_rank(inverse: Any, y: Any, lift: Any, sign: float) -> None:
    """Add ``sign y lift y'`` to the inverse ``(K, K, W)``."""
    K, J, W = y.shape
    row = np.empty((J, W))
    for k in range(K):
        for j in range(J):
            for r in range(W):
                row[j, r] = 0.0
            for i in range(J):
                for r in range(W):
                    row[j, r] += sign * y[k, i, r] * lift[i, j, r]
        for u in range(k + 1):
            for j in range(J):
                for r in range(W):
                    inverse[k, u, r] += row[j, r] * y[u, j, r]
            if u < k:
                for r in range(W):
                    inverse[u, k, r] = inverse[k, u, r]


@kernel
def move_task(tables: Any, points: Any, state: Any, t: int, sign: float, room: Any) -> float:
    """Take a task out of the inverse (``sign = -1``) or put it in (``sign = 1``).

    Returns
    -------
    float
        The largest change of a log determinant. Where it is large, the design hardly identifies
        its coefficients without the task, and the inverse is better worked out anew.
    """
    largest = 0.0
    for q in range(state.inverse.shape[0]):
        for n in range(points.beta.shape[0]):
            fill_task(tables, points, state, q, n, t, sign, room)
            add_rank(state.inverse[q, n], room.tall[0], room.square[LIFT], -sign)
            for r in range(points.beta.shape[2]):
                state.log_det[q, n, r] += room.line[0, r]
                largest = max(largest, abs(room.line[0, r]))
    return largest


@kernel
def add_information(
    tables: Any, points: Any, state: Any, n: int, t: int, matrix: Any, room: Any
) -> None:
    """Add the information of a task to the lower triangle of ``matrix`` ``(K, K, W)``."""
    x, p, mean = room.rows[0], room.long[SHARE], room.tall[0]
    fill_rows(tables, points.case[n], state.codes[t], x)
    fill_probabilities(x, points.beta[n], state.present[t], room.long, room.line, room.bits)
    J, K = x.shape
    W = p.shape[1]
    for k in range(K):
        for r in range(W):
            mean[k, 0, r] = 0.0
        for j in range(J):
            value = x[j, k]
            if value != 0.0:
                for r in range(W):
                    mean[k, 0, r] += p[j, r] * value
    for k in range(K):
        for u in range(k + 1):
            for j in range(J):
                value = x[j, k] * x[j, u]
                if value != 0.0:
                    for r in range(W):
                        matrix[k, u, r] += p[j, r] * value
            for r in range(W):
                matrix[k, u, r] -= mean[k, 0, r] * mean[u, 0, r]


@kernel
def invert(matrix: Any, inverse: Any, log_det: Any) -> None:
    """Invert positive definite matrices ``(K, K, W)`` given by their lower triangle.

    ``matrix`` receives its Cholesky factor; a pivot that is not positive is taken as tiny.
    """
    K, W = matrix.shape[0], matrix.shape[2]
    for r in range(W):
        log_det[r] = 0.0
    for j in range(K):
        for k in range(j):
            for i in range(j, K):
                for r in range(W):
                    matrix[i, j, r] -= matrix[i, k, r] * matrix[j, k, r]
        for r in range(W):
            pivot = matrix[j, j, r]
            pivot = pivot if pivot > 1e-14 else 1e-14
            log_det[r] += np.log(pivot)
            matrix[j, j, r] = np.sqrt(pivot)
        for i in range(j + 1, K):
            for r in range(W):
                matrix[i, j, r] /= matrix[j, j, r]
    # the inverse of the factor, in the upper triangle of the inverse
    for j in range(K):
        for i in range(j, K):
            for r in range(W):
                inverse[j, i, r] = 1.0 if i == j else 0.0
            for k in range(j, i):
                for r in range(W):
                    inverse[j, i, r] -= matrix[i, k, r] * inverse[j, k, r]
            for r in range(W):
                inverse[j, i, r] /= matrix[i, i, r]
    for k in range(K):
        for u in range(k + 1):
            for r in range(W):
                matrix[k, u, r] = 0.0
            for i in range(k, K):
                for r in range(W):
                    matrix[k, u, r] += inverse[k, i, r] * inverse[u, i, r]
    for k in range(K):
        for u in range(k + 1):
            for r in range(W):
                inverse[k, u, r] = matrix[k, u, r]
                inverse[u, k, r] = matrix[k, u, r]


@kernel
def factorise(tables: Any, points: Any, state: Any, matrix: Any, ridge: float, room: Any) -> None:
    """Work out the inverse information and its log determinant from all tasks.

    Parameters
    ----------
    matrix : (K, K, W) float64
        Scratch space.
    ridge : float
        Added to the diagonal.
    """
    K, W = matrix.shape[0], matrix.shape[2]
    for n in range(points.beta.shape[0]):
        s = points.case[n]
        for q in range(state.inverse.shape[0]):
            for k in range(K):
                for u in range(k + 1):
                    for r in range(W):
                        matrix[k, u, r] = 0.0
            for t in range(state.codes.shape[0]):
                add_information(tables, points, state, n, t, matrix, room)
            for k in range(K):
                counts = k < tables.columns[s] and (q == 0 or points.nuisance[s, k] != 0.0)
                for r in range(W):
                    matrix[k, k, r] += (
                        (ridge if q == 0 else NUISANCE_RIDGE * ridge) if counts else 0.0
                    )
                if not counts:
                    for u in range(K):
                        a, b = max(k, u), min(k, u)
                        for r in range(W):
                            matrix[a, b, r] = 1.0 if k == u else 0.0
            invert(matrix, state.inverse[q, n], state.log_det[q, n])
