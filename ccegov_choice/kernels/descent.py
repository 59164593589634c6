"""Search for a design: visits to tasks that take the best move, or one by lot while it is warm.

A visit weighs all moves of a task together (every other combination of every group of every
alternative). With a temperature it takes one by lot, with chances ``exp(-cost / temperature)``:
that is Gibbs sampling, and as the temperature falls the search settles in a good design. At zero it
is coordinate exchange. Everything is done in one thread and drawn from one stream of its own, so
the same seed gives the same design.

References
----------
Meyer and Nachtsheim (1995), Technometrics 37. Kirkpatrick, Gelatt and Vecchi (1983), Science 220.
Steele, Lea and Flood (2014), OOPSLA (splitmix64).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.exchange import (
    average_errors,
    move_errors,
)
from ccegov_choice.kernels.information import RIDGE, factorise, move_task
from ccegov_choice.kernels.rules import (
    all_breaches,
    exchange_count,
    repeats,
    task_breaches,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# a breach outweighs any gain in the logarithm of the error
BREACH = 50.0
LEAST_GAIN = 1e-10
FRESH = 4
# a change of a log determinant after which low-rank updates have lost too many digits
SHAKEN = 9.0


class Aim(NamedTuple):
    """What is made small.

    Attributes
    ----------
    loads : (N, F, K, W) float64
        Combinations of coefficients whose variances count; empty for determinants.
    largest : int
        One for the largest of these variances, zero for their sum.
    average : int
        How errors are averaged over the draws, see `average_errors`.
    quantile : float
        Which quantile.
    """

    loads: Floats
    largest: int
    average: int
    quantile: float


class Freedom(NamedTuple):
    """What the search may change.

    Attributes
    ----------
    tasks : (U,) int64
        Tasks that may change.
    tied : (T, M) int64
        One for attributes that all alternatives of a task show alike.
    """

    tasks: Integers
    tied: Integers


@kernel
def lot(stream: Any) -> float:
    """Draw a number between zero and one (splitmix64)."""
    stream[0] += np.uint64(0x9E3779B97F4A7C15)
    z = stream[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (float(z >> np.uint64(11)) + 0.5) * 2.0**-53


@kernel
def shuffle(items: Any, stream: Any) -> None:
    """Put items in a random order."""
    for i in range(items.shape[0] - 1, 0, -1):
        j = int(lot(stream) * (i + 1))
        items[i], items[j] = items[j], items[i]


@kernel
def start_by_lot(places: Any, state: Any, freedom: Any, stream: Any) -> None:
    """Draw all free tasks by lot; attributes that are meant to be equal get one level."""
    for t in freedom.tasks:
        for j in range(state.codes.shape[1]):
            if state.present[t, j] == 0.0:
                continue
            for g in range(places.group_offsets[j], places.group_offsets[j + 1]):
                begin, end = places.combo_offsets[g], places.combo_offsets[g + 1]
                put(places, state, t, j, g, begin + int(lot(stream) * (end - begin)))
        make_equal(places, state, freedom, t)


@kernel
def make_equal(places: Any, state: Any, freedom: Any, t: int) -> None:
    """Let tied attributes show the level of the first alternative, where combinations allow it."""
    first = 0
    for j in range(1, state.codes.shape[1]):
        for g in range(places.group_offsets[j], places.group_offsets[j + 1]):
            begin, end = places.member_offsets[g], places.member_offsets[g + 1]
            some = False
            for a in range(begin, end):
                some = some or freedom.tied[t, places.members[a]] == 1
            if not some:
                continue
            for combo in range(places.combo_offsets[g], places.combo_offsets[g + 1]):
                fits = True
                for a in range(begin, end):
                    m = places.members[a]
                    wanted = state.codes[t, first if freedom.tied[t, m] == 1 else j, m]
                    fits = fits and places.combos[combo, a - begin] == wanted
                if fits:
                    put(places, state, t, j, g, combo)
                    break


@kernel
def put(places: Any, state: Any, t: int, j: int, g: int, combo: int) -> None:
    """Put a combination in its place."""
    state.place[t, g] = combo
    begin = places.member_offsets[g]
    for a in range(begin, places.member_offsets[g + 1]):
        state.codes[t, j, places.members[a]] = places.combos[combo, a - begin]


@kernel
def list_moves(places: Any, state: Any, freedom: Any, varied: int, t: int, moves: Any) -> int:
    """Write the moves of a task, the first one leaving it as it is; return how many."""
    moves[0, 0], moves[0, 1], moves[0, 2] = 0, 0, -1
    count = 1
    for j in range(varied):
        if state.present[t, j] == 0.0:
            continue
        for g in range(places.group_offsets[j], places.group_offsets[j + 1]):
            begin, end = places.member_offsets[g], places.member_offsets[g + 1]
            now = state.place[t, g]
            for i in range(places.near_offsets[now], places.near_offsets[now + 1]):
                combo = places.near[i]
                fits = True
                for a in range(begin, end):
                    m = places.members[a]
                    same = places.combos[combo, a - begin] == state.codes[t, j, m]
                    fits = fits and (same or freedom.tied[t, m] == 0)
                if fits:
                    moves[count, 0], moves[count, 1], moves[count, 2] = j, g, combo
                    count += 1
    return count


@kernel
def added_breaches(
    places: Any, rules: Any, state: Any, freedom: Any, counts: Any, t: int, move: Any, before: int
) -> int:
    """Return by how many breaches a move changes the design, which is left as it was.

    Parameters
    ----------
    before : int
        Breaches of the task itself now, its repetition included.
    """
    j, g, combo = move[0], move[1], move[2]
    if combo < 0:
        return 0
    old = state.place[t, g]
    change = 0
    begin, end = places.member_offsets[g], places.member_offsets[g + 1]
    for a in range(begin, end):
        change += exchange_count(
            rules, counts, j, places.members[a],
            places.combos[old, a - begin], places.combos[combo, a - begin],
        )  # fmt: skip
    for a in range(begin, end):
        exchange_count(
            rules, counts, j, places.members[a],
            places.combos[combo, a - begin], places.combos[old, a - begin],
        )  # fmt: skip
    put(places, state, t, j, g, combo)
    change += task_breaches(rules, state.codes[t], state.present[t], freedom.tied[t])
    change += repeats(rules, state.codes, state.present, t)
    put(places, state, t, j, g, old)
    return change - before


@kernel
def choose(
    places: Any, rules: Any, state: Any, freedom: Any, counts: Any, stream: Any, t: int,
    temperature: float, breaches: int, moves: Any, count: int, cost: Any, pull: Any,
) -> Any:  # fmt: skip
    """Choose a move of a task; return which, and by how many breaches it changes the design."""
    before = task_breaches(rules, state.codes[t], state.present[t], freedom.tied[t])
    before += repeats(rules, state.codes, state.present, t)
    # while rules are broken, every move is judged by them; afterwards only the one to be made
    for c in range(count):
        pull[c] = cost[c]
        if breaches > 0:
            change = added_breaches(places, rules, state, freedom, counts, t, moves[c], before)
            pull[c] += BREACH * change
        if temperature > 0.0:
            pull[c] += temperature * np.log(-np.log(lot(stream)))
    if temperature == 0.0:
        pull[0] -= LEAST_GAIN
    while True:
        best = 0
        for c in range(1, count):
            best = c if pull[c] < pull[best] else best
        if best == 0:
            return 0, 0
        change = added_breaches(places, rules, state, freedom, counts, t, moves[best], before)
        if change <= 0:
            return best, change
        pull[best] = np.inf


@kernel
def make_move(
    tables: Any, places: Any, points: Any, rules: Any, state: Any, counts: Any, t: int, move: Any,
    room: Any, matrix: Any,
) -> None:  # fmt: skip
    """Make a move, in the inverse information too."""
    shaken = move_task(tables, points, state, t, -1.0, room)
    j, g, combo = move[0], move[1], move[2]
    old = state.place[t, g]
    begin = places.member_offsets[g]
    for a in range(begin, places.member_offsets[g + 1]):
        exchange_count(
            rules, counts, j, places.members[a],
            places.combos[old, a - begin], places.combos[combo, a - begin],
        )  # fmt: skip
    put(places, state, t, j, g, combo)
    shaken = max(shaken, move_task(tables, points, state, t, 1.0, room))
    if shaken > SHAKEN:
        factorise(tables, points, state, matrix, RIDGE, room)


@kernel
def search(
    tables: Any, places: Any, points: Any, rules: Any, aim: Any, state: Any, freedom: Any,
    counts: Any, stream: Any, order: Any, best: Any, record: Any, temperatures: Any, room: Any,
    matrix: Any, moves: Any, changes: Any, log_error: Any, cost: Any, pull: Any,
) -> bool:  # fmt: skip
    """Sweep over the tasks once for each temperature.

    Parameters
    ----------
    best : (T, J, M) int64
        Receives the best design met.
    record : (5,) float64
        Breaches and cost of the best, sweeps done, moves made, and one where the inverse has to be
        worked out anew; kept between calls, so that many short calls do what a long one does.
    temperatures : (n,) float64
        One for each sweep.

    Returns
    -------
    bool
        True when a sweep without temperature found nothing better: the search is at rest.
    """
    T, J, M = state.codes.shape
    largest = aim.largest == 1
    for sweep in range(temperatures.shape[0]):
        temperature = temperatures[sweep]
        # low-rank updates lose digits; a fresh inverse now and then brings them back
        if record[4] > 0.0 or int(record[2]) % FRESH == 0:
            record[4] = 0.0
            factorise(tables, points, state, matrix, RIDGE, room)
        breaches = all_breaches(rules, state.codes, state.present, freedom.tied, counts)
        shuffle(order, stream)
        moved = False
        for i in range(order.shape[0]):
            t = order[i]
            count = list_moves(places, state, freedom, rules.varied, t, moves)
            move_errors(
                tables, places, points, state, t, moves, count, room, changes, aim.loads, largest,
                log_error,
            )  # fmt: skip
            average_errors(points, log_error, count, aim.average, aim.quantile, changes, cost)
            c, change = choose(
                places, rules, state, freedom, counts, stream, t, temperature, breaches, moves,
                count, cost, pull,
            )  # fmt: skip
            if c > 0:
                make_move(tables, places, points, rules, state, counts, t, moves[c], room, matrix)
                breaches += change
                moved = True
                record[3] += 1.0
            elif record[0] < np.inf:
                continue
            if breaches < record[0] or (breaches == record[0] and cost[c] < record[1]):
                record[0], record[1] = breaches, cost[c]
                for u in range(T):
                    for j in range(J):
                        for m in range(M):
                            best[u, j, m] = state.codes[u, j, m]
        record[2] += 1.0
        if temperature == 0.0 and not moved:
            return True
    return False
