"""Work on ranges of people by several threads, with the same result for any number of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import numpy as np

PARTS = 32


def over_people(work: Callable[[int, int, int], None], people: int, threads: int) -> None:
    """Do work on ranges of people, by several threads where there are.

    The ranges, and so the sums over each, are the same for any number of threads.

    Parameters
    ----------
    work : callable
        Takes the first person, one beyond the last, and the number of the range.
    people : int
        How many people, ``N``.
    threads : int
        Threads to use.
    """
    ends = np.unique(np.linspace(0, people, PARTS + 1).astype(np.int64))
    parts = [(int(a), int(b), part) for part, (a, b) in enumerate(pairwise(ends))]
    if threads == 1 or len(parts) == 1:
        for part in parts:
            work(*part)
        return
    jobs = [pool(threads, "people").submit(work, *part) for part in parts]
    try:
        for job in jobs:
            job.result()
    finally:
        for job in jobs:
            job.cancel()


def pool(threads: int, purpose: str) -> ThreadPoolExecutor:
    """Return threads that outlive a fit: starting them costs as much as a small one.

    Each purpose has threads of its own, since work that waits for work in the same threads would
    wait for ever.
    """
    return _pool(threads, purpose, os.getpid())  # a forked process has no threads


@cache
def _pool(threads: int, purpose: str, process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix=f"ccegov-{purpose}-{process}")
