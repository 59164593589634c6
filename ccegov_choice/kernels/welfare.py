"""Who gains and who loses by a change of what is on offer, and how much: tallies over many people.

Axis letters: ``M`` people, ``S`` taste points, ``J`` offers, ``Q`` coefficients, ``G`` groups. For
one person at one taste point with coefficients ``b``::

    change = log sum_after exp(x'b) - log sum_before exp(x'b)
    amount = change / worth         worth = z'b, the utility of one unit of what is paid in

The change decides who gains and who loses; the amount exists where the worth is positive. Nothing
is kept by person and point: sums by group are, and a histogram of amounts from which quantiles are
read. Its bins are equal in relative width: 64 for each doubling of size, from ``2**-20`` to
``2**28`` of either sign, so a quantile read from it by interpolation is off by less than 1.6 %.

Cost of a person and point: ``J`` exponentials, one logarithm and the multiplications of rows by
coefficients that are not zero.

References
----------
Small & Rosen (1981), Econometrica 49, 105-130. McFadden (1978), Modelling the choice of
residential location.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.bits import bits_of
from ccegov_choice.kernels.compiled import kernel, ordered_kernel
from ccegov_choice.kernels.elementary import bounded_powers, logarithms

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

PAID, AMOUNT, GAIN, LOSS, WRONG, SHUT_OUT, LET_IN = range(7)
"""Columns of a tally: weight of amounts that exist, their sum, weights of those who gain, lose,
have the wrong sign, have nothing to choose from any more, or had nothing before."""
COUNTS = 7

SAME = 1e-9
"""Changes of utility up to this count as none."""

BLOCK = 512
"""Points that are worked on at once."""

STEPS, LOWEST, OCTAVES = 64, -20, 48
SIDE = STEPS * OCTAVES
BINS = 2 * SIDE + 1
_SHIFT = np.int64(52 - 6)
_FIRST = np.int64((1023 + LOWEST) * STEPS)


class Choice(NamedTuple):
    """What people may choose from; arrays are read-only and C-contiguous.

    Attributes
    ----------
    rows : (M, J, Q) float64
        The offers, coded for each person.
    open_to : (M, J) bool
        Who may use which.
    """

    rows: Floats
    open_to: Flags


class Crowd(NamedTuple):
    """The people; arrays are read-only and C-contiguous.

    Attributes
    ----------
    worth : (M or 1, Q) float64
        What the coefficients are multiplied with to get the utility of one unit of payment.
    weights : (M,) float64
        Weight of each person.
    groups : (M,) int64
        Group of each person.
    """

    worth: Floats
    weights: Floats
    groups: Integers


@ordered_kernel
def _dot(row: Any, points: Any, place: Any, out: Any) -> None:
    """Write the products of a row ``(Q,)`` with points ``(Q, S)``, leaving out zeros.

    Four coefficients in one pass: it is memory that takes the time.
    """
    size, used = len(out), 0
    for q in range(len(row)):
        if row[q] != 0.0:
            place[used] = q
            used += 1
    for s in range(size):
        out[s] = 0.0
    k = 0
    while k + 4 <= used:
        a, b, c, d = place[k], place[k + 1], place[k + 2], place[k + 3]
        fa, fb, fc, fd = row[a], row[b], row[c], row[d]
        for s in range(size):
            out[s] += fa * points[a, s] + fb * points[b, s] + fc * points[c, s] + fd * points[d, s]
        k += 4
    if k + 2 <= used:
        a, b = place[k], place[k + 1]
        fa, fb = row[a], row[b]
        for s in range(size):
            out[s] += fa * points[a, s] + fb * points[b, s]
        k += 2
    if k < used:
        a = place[k]
        fa = row[a]
        for s in range(size):
            out[s] += fa * points[a, s]


@ordered_kernel
def _open(open_to: Any) -> int:
    """Return how many offers are open."""
    count = 0
    for j in range(len(open_to)):
        count += 1 if open_to[j] else 0
    return count


@ordered_kernel
def _sum_up(rows: Any, open_to: Any, points: Any, room: Any, place: Any, at: int) -> None:
    """Write the highest value and the sum of exponentials over it; something is open."""
    values, powers, top, total = room[7:], room[0], room[at], room[at + 1]
    size, count = len(top), 0
    for j in range(len(rows)):
        if open_to[j]:
            _dot(rows[j], points, place, values[count])
            count += 1
    for s in range(size):
        top[s] = values[0, s]
        total[s] = 1.0 if count == 1 else 0.0
    if count == 1:
        return
    for j in range(1, count):
        for s in range(size):
            top[s] = values[j, s] if values[j, s] > top[s] else top[s]
    for j in range(count):
        for s in range(size):
            values[j, s] -= top[s]
        bounded_powers(values[j], powers, size)
        for s in range(size):
            total[s] += powers[s]


@ordered_kernel
def _changes(room: Any, bits: Any, size: int) -> Any:
    """Return the changes of the log-sums ``(S,)``, from one logarithm of a ratio of sums."""
    ratio, logs = room[0], room[7]
    top, total, new_top, new_total = room[1], room[2], room[3], room[4]
    for s in range(size):
        ratio[s] = new_total[s] / total[s]
    logarithms(ratio, logs, bits, size)
    for s in range(size):
        logs[s] += new_top[s] - top[s]
    return logs


@kernel
def _shares(change: Any, worth: Any, chances: Any, weight: float, tally: Any) -> None:
    """Add the weights of those who gain, lose and have the wrong sign."""
    gain, loss, wrong, every = 0.0, 0.0, 0.0, 0.0
    for s in range(len(change)):
        c = chances[s]
        gain += c if change[s] > SAME else 0.0
        loss += c if change[s] < -SAME else 0.0
        wrong += 0.0 if worth[s] > 0.0 else c
        every += c
    tally[GAIN] += weight * gain
    tally[LOSS] += weight * loss
    tally[WRONG] += weight * wrong
    tally[PAID] += weight * (every - wrong)


@kernel
def _amounts(
    change: Any,
    worth: Any,
    chances: Any,
    weight: float,
    bits: Any,
    room: Any,
    tally: Any,
    bins: Any,
) -> None:
    """Add amounts to their sum and to the histogram, where they exist."""
    amounts, mass, total = room[0], room[1], 0.0
    for s in range(len(change)):
        right = worth[s] > 0.0
        amount = change[s] / (worth[s] if right else 1.0)
        amounts[s] = amount if right else 0.0
        mass[s] = weight * chances[s] if right else 0.0
    for s in range(len(change)):
        step = (bits_of(abs(amounts[s])) >> _SHIFT) - _FIRST + np.int64(1)
        step = step if step > 0 else np.int64(0)
        step = step if step < SIDE else np.int64(SIDE)
        bits[s] = SIDE + step if amounts[s] > 0.0 else SIDE - step
    for s in range(len(change)):
        total += mass[s] * amounts[s]
    tally[AMOUNT] += total
    # by itself: what is written anywhere keeps a loop from being turned into vectors
    for s in range(len(change)):
        bins[bits[s]] += mass[s]


@ordered_kernel
def _nothing(before: int, after: int, weight: float, tally: Any) -> None:
    """Count a person who has nothing to choose from before or after: no amount exists."""
    if before > 0:
        tally[SHUT_OUT] += weight
        tally[LOSS] += weight
    elif after > 0:
        tally[LET_IN] += weight
        tally[GAIN] += weight


@ordered_kernel
def tally_logit(
    before: Any,
    after: Any,
    crowd: Any,
    points: Any,
    chances: Any,
    begin: int,
    end: int,
    tally: Any,
    bins: Any,
) -> None:
    """Add people ``begin`` to ``end`` to the tallies, where they choose by a logit.

    Parameters
    ----------
    before, after : Choice
        What they may choose from.
    crowd : Crowd
        Who they are.
    points : ndarray of shape (M or 1, B, Q, W)
        Coefficients as `in_blocks` lays them out; of all people the same if there is one set.
    chances : ndarray of shape (M or 1, B, W)
        Chance of each point.
    begin, end : int
        Which people.
    tally : ndarray of shape (G, COUNTS)
        Added to.
    bins : ndarray of shape (G, BINS)
        Added to.
    """
    columns, size = points.shape[2], points.shape[3]
    room = np.empty((7 + max(2, before.rows.shape[1], after.rows.shape[1]), size))
    bits, place = np.empty(size, dtype=np.int64), np.empty(columns, dtype=np.int64)
    for m in range(begin, end):
        g, weight = crowd.groups[m], crowd.weights[m]
        first, last = _open(before.open_to[m]), _open(after.open_to[m])
        if first == 0 or last == 0:
            _nothing(first, last, weight, tally[g])
            continue
        payment = crowd.worth[m if len(crowd.worth) > 1 else 0]
        for b in range(points.shape[1]):
            own = points[m if len(points) > 1 else 0, b]
            likely = chances[m if len(chances) > 1 else 0, b]
            _sum_up(before.rows[m], before.open_to[m], own, room, place, 1)
            _sum_up(after.rows[m], after.open_to[m], own, room, place, 3)
            change, worth = _changes(room, bits, size), room[1]
            _dot(payment, own, place, worth)
            _shares(change, worth, likely, weight, tally[g])
            _amounts(change, worth, likely, weight, bits, room[5:7], tally[g], bins[g])


@ordered_kernel
def tally_changes(
    before: Any,
    after: Any,
    worth: Any,
    chances: Any,
    crowd: Any,
    begin: int,
    end: int,
    tally: Any,
    bins: Any,
) -> None:
    """Add people to the tallies from log-sums worked out elsewhere, by any rule of choice.

    Parameters
    ----------
    before, after : ndarray of shape (M, S)
        Log-sums; minus infinity where nothing is on offer.
    worth : ndarray of shape (M, S)
        Utility of one unit of payment.
    chances : ndarray of shape (M or 1, S)
        Chance of each point.
    crowd, begin, end, tally, bins
        As in `tally_logit`.
    """
    room, bits = np.empty((3, before.shape[1])), np.empty(before.shape[1], dtype=np.int64)
    change = room[2]
    for m in range(begin, end):
        g, weight = crowd.groups[m], crowd.weights[m]
        first, last = before[m, 0] > -np.inf, after[m, 0] > -np.inf
        if not (first and last):
            _nothing(int(first), int(last), weight, tally[g])
            continue
        for s in range(len(change)):
            change[s] = after[m, s] - before[m, s]
        likely = chances[m if len(chances) > 1 else 0]
        _shares(change, worth[m], likely, weight, tally[g])
        _amounts(change, worth[m], likely, weight, bits, room, tally[g], bins[g])


def in_blocks(coefficients: Floats, chances: Floats) -> tuple[Floats, Floats]:
    """Lay out points in blocks that stay in a processor's nearest memory.

    Parameters
    ----------
    coefficients : ndarray of shape (M or 1, S, Q)
        Taste points.
    chances : ndarray of shape (M or 1, S)
        Their chances.

    Returns
    -------
    tuple of ndarray
        Coefficients ``(M or 1, B, Q, W)`` and chances ``(M or 1, B, W)``; the last block is filled
        up with points that have no chance.
    """
    size = coefficients.shape[1]
    width = min(size, BLOCK)
    spare = -size % width
    filled = np.pad(coefficients, ((0, 0), (0, spare), (0, 0)), mode="edge")
    likely = np.pad(chances, ((0, 0), (0, spare)))
    blocks = filled.reshape(len(filled), -1, width, filled.shape[2])
    return (
        np.ascontiguousarray(np.swapaxes(blocks, 2, 3)),
        likely.reshape(len(likely), -1, width),
    )


def bin_edges() -> tuple[Floats, Floats]:
    """Return lower and upper ends ``(BINS,)`` of the bins of a histogram."""
    steps = np.arange(SIDE + 1)
    sizes = np.ldexp(1.0 + (steps % STEPS) / STEPS, steps // STEPS + LOWEST)
    low = np.concatenate([-sizes[:0:-1], [-sizes[0]], sizes[:-1]])
    high = np.concatenate([-sizes[-2::-1], [sizes[0]], sizes[1:]])
    return low, high
