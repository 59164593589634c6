"""The search for the best coefficients: one trust-region Newton driver for every model.

The driver knows nothing of choices. A model gives it an `Objective`; it gives back the point where
the objective is highest inside the box, and the record of how it got there. `begin`, `advance` and
`verdict` are the start, the step and the stop; `maximise` owns the loop.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.trust_region import Box, decrement

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class Status(enum.Enum):
    """How a search ended: a message for the reader, and what to do about it."""

    CONVERGED = (
        "converged",
        "The estimates are at the top of the likelihood.",
        "Nothing to do.",
    )
    TOO_MANY_ITERATIONS = (
        "too many iterations",
        "The search used all its iterations before it reached the top of the likelihood.",
        "Allow more with options=FitOptions(max_iterations=...), or start nearer with start=.",
    )
    NO_PROGRESS = (
        "no progress",
        "No step, however small, raised the likelihood any more, though its slope is not zero.",
        "Check for attributes of very different size (divide one by 100, say) and extreme values.",
    )
    NOT_FINITE = (
        "not finite",
        "The likelihood cannot be computed at the starting values: a utility overflows.",
        "Check the starting values and look for extreme numbers in the attributes.",
    )
    INTERRUPTED = (
        "interrupted",
        "The search was stopped by the user before it reached the top of the likelihood.",
        "Run it again to the end; start=results.estimates goes on from here.",
    )

    @property
    def label(self) -> str:
        """One or two words, as saved in files."""
        return str(self.value[0])

    @property
    def message(self) -> str:
        """What happened, in a sentence."""
        return str(self.value[1])

    @property
    def cure(self) -> str:
        """What to do about it."""
        return str(self.value[2])

    @classmethod
    def from_label(cls, label: str) -> Status:
        """Return the status saved under a label."""
        return next(status for status in cls if status.label == label)


class Progress(Protocol):
    """Somebody who wants to know how a search is going."""

    def advance(self, iteration: int, value: float) -> None:
        """Hear that an iteration ended with this value of the objective."""


@dataclass(frozen=True)
class FitOptions:
    """When a search stops.

    Parameters
    ----------
    max_iterations : int
        Newton steps allowed.
    tolerance : float
        Largest Newton decrement (half the squared distance to the top in standard errors, so
        free of scale) at which the search has converged; 1e-12 is a millionth of a standard error.
    warm_start : bool
        Whether large data are first fitted on a fixed share of the people, to start near the top.
        The result is the same to the tolerance; it is only reached sooner.
    progress : Progress, optional
        Hears of every iteration.
    """

    max_iterations: int = 100
    tolerance: float = 1e-12
    warm_start: bool = True
    progress: Progress | None = None


@dataclass(frozen=True)
class TracePoint:
    """One iteration: the value reached, the decrement there, and the step that led to it."""

    value: float
    decrement: float
    step: float
    accepted: bool


@dataclass(frozen=True)
class OptimisationRecord:
    """How the estimates were found.

    Parameters
    ----------
    status : Status
        How the search ended.
    iterations : int
        Steps tried on all the data.
    evaluations : int
        Passes over all the data.
    gradient_norm : float
        Largest absolute slope of the objective over the coefficients that may move.
    decrement : float
        Newton decrement at the end: the gain still to be had, in log-likelihood units.
    trace : tuple of TracePoint
        One per iteration.
    method : str
        The algorithm, in words.
    """

    status: Status
    iterations: int
    evaluations: int
    gradient_norm: float
    decrement: float
    trace: tuple[TracePoint, ...] = ()
    method: str = "trust-region Newton with the analytic Hessian"

    @property
    def converged(self) -> bool:
        """Whether the search reached the top."""
        return self.status is Status.CONVERGED


@dataclass(frozen=True)
class Evaluation:
    """An objective at a point: value, gradient ``(F,)`` and Hessian ``(F, F)``."""

    value: float
    gradient: FloatArray
    hessian: FloatArray

    @property
    def finite(self) -> bool:
        """Whether every number is one."""
        return bool(
            np.isfinite(self.value)
            and np.isfinite(self.gradient).all()
            and np.isfinite(self.hessian).all()
        )


Objective = Callable[[FloatArray], Evaluation]


@dataclass(frozen=True)
class State:
    """Where a search is: the best point, what is known there, and the trust radius."""

    point: FloatArray
    at: Evaluation
    radius: float
    scale: FloatArray
    box: Box
    decrement: float
    evaluations: int = 1
    trace: tuple[TracePoint, ...] = ()
    stuck: bool = False


@dataclass(frozen=True)
class Optimum:
    """The end of a search."""

    point: FloatArray
    at: Evaluation
    record: OptimisationRecord
    last_step: FloatArray


def begin(objective: Objective, start: FloatArray, box: Box, *, radius: float = 8.0) -> State:
    """Evaluate the start.

    Lengths are measured in units of ``scale``, the square root of the mean curvature of each
    coefficient, so that a step of length one moves utilities by about one whatever the units.
    """
    point = box.clip(start)
    at = objective(point)
    curvature = np.sqrt(np.abs(np.diag(at.hessian)))
    largest = float(curvature.max()) if curvature.size and np.isfinite(curvature).all() else 0.0
    scale = np.maximum(curvature, 1e-8 * largest) if largest > 0 else np.ones_like(point)
    gap = decrement(at.gradient, at.hessian, point, box) if at.finite else np.inf
    return State(point, at, radius, scale, box, gap)
