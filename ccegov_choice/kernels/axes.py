"""Axis letters of the whole project, and how work is cut so that threads do not change results.

========  ==================================================================================
letter    counts
========  ==================================================================================
``N``     people
``T``     tasks, all people together; a person's tasks are consecutive
``A``     alternative rows, all tasks together; a task's rows are consecutive
``J``     alternatives in one task; tasks may differ
``K``     coefficients of the utility
``P``     parameters: coefficients and scales
``M``     random coefficients
``R``     draws
``C``     classes
``B``     blocks of a design; chunks of people inside a kernel
========  ==================================================================================

Arrays are float64 or int64 and C-contiguous. Tasks are found by offsets: the rows of task ``t`` are
``task_offsets[t]:task_offsets[t + 1]``, the tasks of person ``n`` are
``person_offsets[n]:person_offsets[n + 1]``. An alternative that is not available has no row.

A kernel works through chunks of people. The chunks depend on the data only, each leaves its sums in
a slot of its own, and the slots are added in order: so one thread and many give the same bits.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

CHUNK_ROWS = 2000
MOST_CHUNKS = 1024


def cut_people(
    person_offsets: Integers, task_offsets: Integers, *, rows: int = CHUNK_ROWS
) -> Integers:
    """Cut people into chunks of about equally many rows.

    Parameters
    ----------
    person_offsets : ndarray of shape (N + 1,)
        First task of each person.
    task_offsets : ndarray of shape (T + 1,)
        First row of each task.
    rows : int
        Rows aimed at in a chunk; more where there would be too many chunks.

    Returns
    -------
    ndarray of shape (B + 1,)
        First person of each chunk, and ``N``. No chunk is empty.
    """
    people = len(person_offsets) - 1
    total = int(task_offsets[-1])
    count = int(np.clip(total // rows, 1, MOST_CHUNKS))
    targets = np.arange(1, count) * (total / count)
    # search people by bisection over their first rows, without building that array
    first_tasks = np.searchsorted(task_offsets, targets)
    cuts = np.searchsorted(person_offsets, first_tasks)
    bounds: Integers = np.unique(np.concatenate(([0], cuts, [people]))).astype(np.int64)
    return bounds


def ranges(offsets: Integers, chosen: Integers) -> Integers:
    """Return the positions of some groups, one group after the other.

    Parameters
    ----------
    offsets : ndarray of shape (groups + 1,)
        First position of each group, such as first rows of tasks.
    chosen : ndarray of int
        Which groups.
    """
    sizes = np.diff(offsets)[chosen]
    ends = np.cumsum(sizes)
    return np.asarray(np.arange(sizes.sum()) + np.repeat(offsets[chosen] - (ends - sizes), sizes))
