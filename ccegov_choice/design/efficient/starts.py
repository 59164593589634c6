"""Starts of the search that are made by hand of theory: arrays, shifted, mirrored or paired.

A design from an orthogonal array with generators is the best there is when all coefficients are
zero (Street and Burgess 2007), and no search that starts by lot is sure to find it. With other
priors it is one more start.
"""

from __future__ import annotations

import math

import numpy as np

from ccegov_choice.design.arrays import smallest_array
from ccegov_choice.design.candidates import ABSENT, Codes, TaskSpace
from ccegov_choice.design.draw import draw_tasks
from ccegov_choice.design.pairing import pair_tasks, repeated_alternatives
from ccegov_choice.errors import DesignError

MOST_STARTS = 12
LARGEST = 512


def structured_starts(space: TaskSpace, tasks: int, seed: int) -> list[Codes]:
    """Return designs of a number of tasks that theory or care suggests.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    tasks : int
        How many.
    seed : int
        Used where there is a choice.

    Returns
    -------
    list of ndarray of shape (T, V, M)
        Shifted, mirrored and paired orthogonal arrays whose runs fill the tasks, with all labels
        and further ones by lot; then a balanced draw with as little overlap as can be.
    """
    rng = np.random.default_rng([seed, 1])
    found = [codes for codes in _from_arrays(space, tasks, rng) if _allowed(space, codes)]
    if tasks * len(space.slots) * len(space.cells) <= LARGEST * 4:
        found.append(draw_tasks(space, tasks, rng, minimal_overlap=True, balanced=True))
    return found[:MOST_STARTS]


def _from_arrays(space: TaskSpace, tasks: int, rng: np.random.Generator) -> list[Codes]:
    slots = space.slots
    if len({slot.attributes for slot in slots}) != 1 or not slots[0].attributes:
        return []
    varied = list(slots[0].attributes)
    counts = [space.level_counts[m] for m in varied]
    try:
        array = smallest_array(counts, "array")
    except DesignError:
        return []
    runs = array.runs
    if len(runs) > tasks or tasks % len(runs) or len(runs) > LARGEST:
        return []
    found = []
    for columns in _generators(counts, len(slots), rng):
        paired = np.concatenate(
            [(runs[:, None, :] + columns[None, :, :]) % counts] * (tasks // len(runs))
        )
        found.append(_spread(space, paired, varied))
    if len(slots) == 2:
        mirrored = pair_tasks(runs, counts, 2, "foldover", rng)
        found.append(_spread(space, np.concatenate([mirrored] * (tasks // len(runs))), varied))
    return found


def _generators(counts: list[int], alternatives: int, rng: np.random.Generator) -> list[Codes]:
    """Return shifts ``(V, k)`` for each alternative: even ones first, then by lot."""
    even = np.arange(alternatives)[:, None] % np.asarray(counts)[None, :]
    found: list[Codes] = [even]
    for _ in range(MOST_STARTS - 4):
        columns = [
            np.concatenate(
                [[0], rng.permutation(_balanced(alternatives, count))[: alternatives - 1]]
            )
            for count in counts
        ]
        found.append(np.stack(columns, axis=1).astype(np.int64))
    return found


def _balanced(alternatives: int, count: int) -> Codes:
    """Return shifts other than zero, each as often as any other to within one."""
    times = math.ceil(alternatives / count)
    pool = np.repeat(np.arange(count), times)
    return pool[1:]


def _spread(space: TaskSpace, paired: Codes, varied: list[int]) -> Codes:
    codes = np.full((len(paired), len(space.slots), len(space.cells)), ABSENT, dtype=np.int64)
    codes[:, :, varied] = paired
    return codes


def _allowed(space: TaskSpace, codes: Codes) -> bool:
    if repeated_alternatives(space, codes):
        return False
    return all(bool(slot.allows(codes[:, j]).all()) for j, slot in enumerate(space.slots))
