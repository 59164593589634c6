"""What this machine can do at most: multiply-adds and exponentials each second, through Numba.

The loops are as simple as they can be and their numbers stay in the first cache, so that a kernel
can only come near. Run with ``python benchmarks/machine.py``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccegov_choice.kernels.compiled import ordered_kernel
from ccegov_choice.kernels.elementary import bounded_powers

# Numbers side by side: eight vectors of 64 bytes, as many as hide the time of one operation.
_WIDTH = 64
_TRIES = 5
_SECONDS_EACH = 0.1


@dataclass(frozen=True)
class Limits:
    """Operations each second, all threads together.

    Parameters
    ----------
    multiply_adds : float
        Of double precision, one number loaded for each.
    exponentials : float
        By the polynomial that the kernels use.
    threads : int
        How many threads ran at once.
    """

    multiply_adds: float
    exponentials: float
    threads: int

    def seconds(self, multiply_adds: float, exponentials: float) -> float:
        """Return how long so many operations take at least."""
        return multiply_adds / self.multiply_adds + exponentials / self.exponentials


@ordered_kernel
def _multiply_add(numbers: Any, out: Any, times: int) -> None:
    """Add sixteen products to each of `_WIDTH` sums, so many times."""
    for _ in range(times):
        for i in range(_WIDTH):
            total = out[i]
            for k in range(16):
                total = total * 0.999 + numbers[k * _WIDTH + i]
            out[i] = total


@ordered_kernel
def _powers(values: Any, out: Any, times: int) -> None:
    """Raise e to `_WIDTH` numbers, so many times."""
    for _ in range(times):
        bounded_powers(values, out, _WIDTH)
        values[0] = out[1] * 1e-9  # so that no round can be left out


def measure_limits(threads: int | None = None) -> Limits:
    """Measure this machine; takes about a second, and some more to compile at first."""
    count = threads or len(os.sched_getaffinity(0))
    adds = _rate(lambda times: _multiply_add(np.ones(16 * _WIDTH), np.ones(_WIDTH), times), count)
    powers = _rate(lambda times: _powers(np.linspace(-5, 5, _WIDTH), np.ones(_WIDTH), times), count)
    return Limits(adds * 16 * _WIDTH, powers * _WIDTH, count)


def _rate(work: Callable[[int], None], threads: int) -> float:
    """Return rounds of work each second, the best of a few tries on all threads at once."""
    work(1)
    times = 1000
    while _timed(work, times) < _SECONDS_EACH / 10:
        times *= 2
    best = np.inf
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(_TRIES):
            before = time.perf_counter()
            list(pool.map(work, [10 * times] * threads))
            best = min(best, time.perf_counter() - before)
    return threads * 10 * times / best


def _timed(work: Callable[[int], None], times: int) -> float:
    before = time.perf_counter()
    work(times)
    return time.perf_counter() - before


if __name__ == "__main__":
    found = measure_limits()
    print(
        f"{found.threads} threads: {found.multiply_adds / 1e9:.1f} billion multiply-adds and "
        f"{found.exponentials / 1e9:.2f} billion exponentials each second"
    )
