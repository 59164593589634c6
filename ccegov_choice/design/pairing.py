"""Pairing: further alternatives for the runs of an orthogonal array."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import Codes, TaskSpace

TRIALS = 500


def pair_tasks(
    runs: Codes,
    level_counts: Sequence[int],
    alternatives: int,
    how: str,
    rng: np.random.Generator,
) -> Codes:
    """Make tasks whose every alternative is an orthogonal array.

    Parameters
    ----------
    runs : ndarray of shape (N, k)
        The array: the first alternative of each task.
    level_counts : sequence of int
        Levels of each column.
    alternatives : int
        Alternatives in a task.
    how : {"shifted", "foldover", "random"}
        See `orthogonal_design`.
    rng : numpy.random.Generator
        Used where there is a choice.

    Returns
    -------
    ndarray of shape (N, alternatives, k)
    """
    counts = np.asarray(level_counts)
    if how == "foldover":
        mirrored: Codes = np.stack([runs, counts - 1 - runs][:alternatives], axis=1)
        return mirrored
    if how == "shifted":
        shifts = shift_vectors(level_counts, alternatives, rng)
        shifted: Codes = (runs[:, None, :] + shifts[None, :, :]) % counts
        return shifted
    return _paired_by_lot(runs, alternatives, rng)


def shift_vectors(
    level_counts: Sequence[int], alternatives: int, rng: np.random.Generator
) -> Codes:
    """Return by how much each alternative shifts each attribute, ``(J, k)``.

    The shifts of an attribute are spread as evenly over its levels as can be, so that levels
    repeat within a task only where there are more alternatives than levels. In that case the
    order of the shifts is chosen so that the alternatives that are most alike still differ in as
    many attributes as possible.
    """
    base: Codes = np.arange(alternatives)[:, None] % np.asarray(level_counts)[None, :]
    if alternatives <= min(level_counts):
        return base
    best, best_score = base, _distances(base)
    for _ in range(TRIALS):
        trial = base.copy()
        for column, count in enumerate(level_counts):
            if count < alternatives:
                trial[1:, column] = rng.permutation(trial[1:, column])
        score = _distances(trial)
        if score > best_score:
            best, best_score = trial, score
    return best


def repeated_alternatives(space: TaskSpace, codes: Codes) -> list[int]:
    """Return the tasks that show a profile twice, or the status quo again; labels differ."""
    if not space.exchangeable:
        return []
    quo = space.status_quo
    shown = codes
    if quo is not None:
        again = np.broadcast_to(quo, (len(codes), 1, codes.shape[2]))
        shown = np.concatenate([codes, again], axis=1)
    return [t for t in range(len(shown)) if len(np.unique(shown[t], axis=0)) < shown.shape[1]]


def distinct_permutations(
    space: TaskSpace,
    runs: Codes,
    columns: Sequence[tuple[int, int]],
    rng: np.random.Generator,
) -> Codes:
    """Relabel the columns of an array until no task shows the same alternative twice.

    Levels of a column may change places without harm to orthogonality. The best relabelling is
    returned; the caller refuses what is left.
    """
    if not space.exchangeable:
        return runs
    best, fewest = runs, len(runs) + 1
    trial = runs
    for _ in range(TRIALS):
        codes = np.zeros((len(runs), len(space.slots), len(space.cells)), dtype=np.int64)
        for column, (j, m) in enumerate(columns):
            codes[:, j, m] = trial[:, column]
        twice = len(repeated_alternatives(space, codes))
        if twice < fewest:
            best, fewest = trial, twice
        if fewest == 0:
            break
        trial = np.column_stack(
            [rng.permutation(space.level_counts[m])[runs[:, c]] for c, (_, m) in enumerate(columns)]
        )
    return best


def _distances(shifts: Codes) -> tuple[int, int]:
    """Fewest attributes in which two alternatives differ, and how few pairs differ so little."""
    pairs = [
        int((shifts[i] != shifts[j]).sum())
        for i in range(len(shifts))
        for j in range(i + 1, len(shifts))
    ]
    least = min(pairs, default=0)
    return least, -pairs.count(least)


def _paired_by_lot(runs: Codes, alternatives: int, rng: np.random.Generator) -> Codes:
    """Put the runs in random orders; runs that meet themselves change places."""
    orders: list[npt.NDArray[np.int64]] = [np.arange(len(runs))]
    while len(orders) < alternatives:
        order = rng.permutation(len(runs))
        for _ in range(TRIALS):
            clash = _met(runs, orders, order)
            if not clash.any():
                break
            for t in map(int, np.flatnonzero(clash)):
                other = int(rng.integers(len(runs)))
                order[[t, other]] = order[[other, t]]
        orders.append(order)
    return np.stack([runs[order] for order in orders], axis=1)


def _met(
    runs: Codes, orders: Sequence[Codes], order: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Return which tasks would show a profile that they show already."""
    clash = np.zeros(len(runs), dtype=bool)
    for other in orders:
        clash |= (runs[order] == runs[other]).all(axis=1)
    return clash
