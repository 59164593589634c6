"""The logit likelihood of a data set: the kernel, its threads and the order of its sums."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.axes import cut_people
from ccegov_choice.kernels.logit import Choices, Plan, Sums, logit_chunks
from ccegov_choice.kernels.tile import TILE_ROWS
from ccegov_choice.models.fitting.estimate import Evaluation
from ccegov_choice.models.fitting.person_likelihood import PersonValues

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Below this many numbers in the matrix a second thread costs more than it saves.
ONE_THREAD = 500_000
_BATCHES_PER_THREAD = 4
_MANY_CHUNKS = 64


def default_threads() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this platform
        return os.cpu_count() or 1


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a read-only view, so that the kernel is compiled for one kind of array only."""
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


@dataclass(frozen=True, eq=False)
class LogitLikelihood:
    """The log-likelihood of choices as a function of ``P`` parameters.

    Parameters
    ----------
    choices : Choices
        The data, every array read-only.
    parameters : int
        Number of parameters: coefficients and scales.
    threads : int
        Threads to use; the result does not depend on it.
    """

    choices: Choices
    parameters: int
    threads: int
    plan: Plan = field(init=False)
    _sums: Sums = field(init=False)
    _pool: list[ThreadPoolExecutor] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        bounds = cut_people(self.choices.person_offsets, self.choices.task_offsets)
        widest = int(np.diff(self.choices.task_offsets).max(initial=1))
        plan = Plan(frozen(bounds), max(TILE_ROWS, widest))
        object.__setattr__(self, "plan", plan)
        object.__setattr__(self, "_sums", self._new_sums())

    @property
    def chunks(self) -> int:
        """Number of chunks of people."""
        return len(self.plan.bounds) - 1

    def _new_sums(self) -> Sums:
        count, size = self.chunks, self.parameters
        return Sums(
            np.zeros(count),
            np.zeros((count, size)),
            np.zeros((count, size, size)),
            np.zeros((0, size)),
            np.zeros(0),
        )

    @contextmanager
    def running(self) -> Iterator[LogitLikelihood]:
        """Keep the threads alive over several evaluations."""
        if self.threads == 1 or self.choices.x.size < ONE_THREAD or self._pool:
            yield self
            return
        with ThreadPoolExecutor(self.threads) as pool:
            self._pool.append(pool)
            try:
                yield self
            finally:
                self._pool.clear()

    def _sweep(self, theta: FloatArray, chunks: IntArray, sums: Sums) -> None:
        theta = np.ascontiguousarray(theta, dtype=np.float64)
        small = self.choices.x.size * len(chunks) < ONE_THREAD * self.chunks
        if not self._pool or small:
            logit_chunks(self.choices, theta, self.plan, chunks, sums)
            return
        # many batches even out the load, but each costs a little
        batches = self.threads * (_BATCHES_PER_THREAD if len(chunks) > _MANY_CHUNKS else 1)
        parts = np.array_split(chunks, min(len(chunks), batches))
        jobs = [
            self._pool[0].submit(logit_chunks, self.choices, theta, self.plan, part, sums)
            for part in parts
        ]
        try:
            for job in jobs:
                job.result()
        finally:
            for job in jobs:
                job.cancel()

    def evaluate(self, theta: FloatArray, chunks: IntArray | None = None) -> Evaluation:
        """Return value, gradient and Hessian.

        Parameters
        ----------
        theta : ndarray of shape (P,)
            The parameters.
        chunks : ndarray of int, optional
            Chunks of people to sum over; all without it.
        """
        chosen = np.arange(self.chunks) if chunks is None else chunks
        self._sweep(theta, chosen, self._sums)
        upper = np.triu(self._sums.hessian[chosen].sum(axis=0))
        return Evaluation(
            float(self._sums.value[chosen].sum()),
            self._sums.gradient[chosen].sum(axis=0),
            upper + np.triu(upper, 1).T,
        )

    def scores(self, theta: FloatArray) -> FloatArray:
        """Return the slope ``(N, P)`` of each person's log-likelihood."""
        return self.people(theta).score

    def people(self, theta: FloatArray) -> PersonValues:
        """Return the log-likelihood ``(N,)`` of each person and its slope ``(N, P)``."""
        people = len(self.choices.person_offsets) - 1
        values = PersonValues(np.empty(people), np.empty((people, self.parameters)))
        sums = Sums(
            self._sums.value,
            self._sums.gradient,
            np.zeros((self.chunks, 0, 0)),
            values.score,
            values.value,
        )
        self._sweep(theta, np.arange(self.chunks), sums)
        return values

    def reweighted(self, weights: FloatArray) -> LogitLikelihood:
        """Return the likelihood with other task weights ``(T,)``; nothing else is copied."""
        other = copy.copy(self)
        object.__setattr__(other, "choices", self.choices._replace(weights=frozen(weights)))
        return other
