"""The search for the best coefficients: one trust-region Newton driver for every model.

The driver knows nothing of choices. A model gives it an `Objective`; it gives back the point where
the objective is highest inside the box, and the record of how it got there. `begin`, `advance` and
`verdict` are the start, the step and the stop; `maximise` owns the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.fitting.progress import Progress
from ccegov_choice.models.fitting.status import Status
from ccegov_choice.models.fitting.trust_region import Box, constrained_step, decrement

FloatArray = npt.NDArray[np.float64]

# Utilities move by about this much in the first step.
FIRST_RADIUS = 8.0
# A step is taken when it gains this share of what the quadratic model promised.
WORTH_TAKING = 1e-4


@dataclass(frozen=True)
class FitOptions:
    """When a search stops.

    Parameters
    ----------
    max_iterations : int
        Newton steps allowed.
    tolerance : float
        The search has converged when the next step would change utilities by less than this (root
        mean square over tasks, whatever the units of the attributes). That step is still taken,
        so that what is left is about its square.
    warm_start : bool
        Whether large data are first fitted on a fixed share of the people, to start near the top.
        The result is the same to the tolerance; it is only reached sooner.
    progress : bool or Progress, optional
        Whether a line says how the search is going once it has taken a second; without it, only in
        a terminal or in Jupyter. Or an object that hears of every stage and step.
    starts : int, optional
        From how many points the search starts, for models whose likelihood can have several tops;
        without it the model decides.
    seed : int
        Seed of the starts beyond the first.
    certificate : bool
        Whether simulated likelihoods are looked at with other draws, three passes at the end, so
        that `Results.certificate` can say how much estimates depend on the draws.
    """

    max_iterations: int = 100
    tolerance: float = 1e-6
    warm_start: bool = True
    progress: bool | Progress | None = None
    starts: int | None = None
    seed: int = 1
    certificate: bool = True

    @property
    def listener(self) -> Progress | None:
        """Who hears of the search, once that is settled; see `progress.watched`."""
        return None if isinstance(self.progress, bool) else self.progress

    def tell(self, words: str) -> None:
        """Say what begins now to who hears of it."""
        if self.listener is not None:
            self.listener.stage(words)


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
    starts : tuple of float
        Log-likelihood that the search came to from each of its starts, where it had several.
    """

    status: Status
    iterations: int
    evaluations: int
    gradient_norm: float
    decrement: float
    trace: tuple[TracePoint, ...] = ()
    method: str = "trust-region Newton with the analytic Hessian"
    starts: tuple[float, ...] = ()

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


@dataclass(frozen=True, eq=False)
class State:
    """Where a search is: the best point, what is known there, and the trust radius."""

    point: FloatArray
    at: Evaluation
    radius: float
    scale: FloatArray
    box: Box
    mass: float
    decrement: float
    last_step: FloatArray
    evaluations: int = 1
    trace: tuple[TracePoint, ...] = ()
    stuck: bool = False


@dataclass(frozen=True, eq=False)
class Optimum:
    """The end of a search: the point, the objective there, the last step and the record.

    The last step of a search that converged is tiny, unless there is no top and it only came to
    where the objective hardly rises any more.
    """

    point: FloatArray
    at: Evaluation
    last_step: FloatArray
    record: OptimisationRecord


def begin(
    objective: Objective,
    start: FloatArray,
    box: Box,
    *,
    mass: float = 1.0,
    first: Evaluation | None = None,
    radius: float = FIRST_RADIUS,
) -> State:
    """Evaluate the start.

    Parameters
    ----------
    objective : callable
        Returns an `Evaluation` at a point ``(F,)``.
    start : ndarray of shape (F,)
        First point; one outside the box is moved to its wall.
    box : Box
        The bounds.
    mass : float
        Number of observations, which the curvature is divided by: a step of length one then
        moves the utilities by about one, whatever the units of the attributes.
    first : Evaluation, optional
        The objective at the start, where it is known already.
    radius : float
        The longest first step.
    """
    point = box.clip(start)
    at = first or objective(point)
    curvature = np.sqrt(np.abs(np.diag(at.hessian)) / mass)
    largest = float(curvature.max(initial=0.0))
    usable = at.finite and largest > 0
    scale = np.maximum(curvature, 1e-6 * largest) if usable else np.ones_like(point)
    gap = decrement(at.gradient, at.hessian, point, box) if at.finite else np.inf
    trace = (TracePoint(at.value, gap, 0.0, True),)
    return State(point, at, radius, scale, box, mass, gap, np.zeros_like(point), trace=trace)


def advance(objective: Objective, state: State) -> State:
    """Try one step; the new state is better, or has a smaller radius."""
    at = state.at
    step = constrained_step(
        at.gradient, at.hessian, state.point, state.box, state.radius, state.scale
    )
    length = float(np.linalg.norm(step * state.scale))
    promised = float(at.gradient @ step + step @ at.hessian @ step / 2)
    size = float(np.linalg.norm(state.point * state.scale))
    if length <= 1e-15 * (1 + size):
        return replace(state, stuck=True)
    if promised <= 0:  # where the Hessian has no top, a far wall can cost more than the rest gains
        return replace(state, radius=length / 4)
    point = state.box.land(state.point, step)
    tried = objective(point)
    evaluations = state.evaluations + 1
    gained = tried.value - at.value if tried.finite else -np.inf
    # a promise below the rounding of the value cannot be checked against it: the model is trusted
    rounding = 16 * np.finfo(float).eps * abs(at.value)
    share = 1.0 if promised <= rounding and gained >= -rounding else gained / promised
    if share > WORTH_TAKING:
        gap = decrement(tried.gradient, tried.hessian, point, state.box)
        trace = (*state.trace, TracePoint(tried.value, gap, length, True))
        radius = _next_radius(state.radius, length, share)
        return replace(
            state,
            point=point,
            at=tried,
            radius=radius,
            decrement=gap,
            last_step=step,
            evaluations=evaluations,
            trace=trace,
        )
    trace = (*state.trace, TracePoint(tried.value, state.decrement, length, False))
    return replace(state, radius=length / 4, evaluations=evaluations, trace=trace)


def _next_radius(radius: float, length: float, share: float) -> float:
    if share < 0.25:
        return length / 4
    if share > 0.75 and length > 0.8 * radius:
        return 2 * radius
    return radius


def verdict(state: State, options: FitOptions) -> Status | None:
    """Say whether the search is over, and how it ended."""
    if not state.at.finite:
        return Status.NOT_FINITE
    if np.sqrt(2 * state.decrement / state.mass) <= options.tolerance:
        return Status.CONVERGED
    if state.stuck:
        # nothing more can be gained in double precision
        rounding = 64 * np.finfo(float).eps * abs(state.at.value)
        return Status.CONVERGED if state.decrement <= rounding else Status.NO_PROGRESS
    if len(state.trace) > options.max_iterations:
        return Status.TOO_MANY_ITERATIONS
    return None


def maximise(
    objective: Objective,
    start: FloatArray,
    box: Box,
    *,
    mass: float = 1.0,
    options: FitOptions | None = None,
    first: Evaluation | None = None,
    radius: float = FIRST_RADIUS,
) -> Optimum:
    """Find the highest point of an objective inside a box.

    Parameters
    ----------
    objective : callable
        Returns an `Evaluation` at a point ``(F,)``.
    start : ndarray of shape (F,)
        First point.
    box : Box
        The bounds.
    mass : float
        Number of observations, see `begin`.
    options : FitOptions, optional
        When to stop.
    first : Evaluation, optional
        The objective at the start, where it is known already.
    radius : float
        The longest first step, in the units of `begin`.

    Returns
    -------
    Optimum
        The best point reached. Its record says whether that is the top; an interrupted search
        (Ctrl-C) gives the best point so far.

    References
    ----------
    Nocedal & Wright (2006), Numerical Optimization, chapter 4.
    """
    rules = options or FitOptions()
    state = begin(objective, start, box, mass=mass, first=first, radius=radius)
    status = verdict(state, rules)
    try:
        while status is None:
            state = advance(objective, state)
            status = verdict(state, rules)
            if rules.listener is not None:
                rules.listener.advance(len(state.trace) - 1, state.at.value, _slope(state))
    except KeyboardInterrupt:
        status = Status.INTERRUPTED
    record = _record(state, status)
    if record.converged:
        state = _finish(state)
    return Optimum(state.point, state.at, state.last_step, record)


def _finish(state: State) -> State:
    """Take the last step, whose gain the quadratic model knows better than rounding allows to see.

    Gradient and Hessian stay those of the point before, from which the new one differs by less than
    the tolerance.
    """
    at = state.at
    step = constrained_step(
        at.gradient, at.hessian, state.point, state.box, state.radius, state.scale
    )
    gain = max(0.0, float(at.gradient @ step + step @ at.hessian @ step / 2))
    point = state.box.land(state.point, step)
    return replace(state, point=point, at=replace(at, value=at.value + gain), last_step=step)


def unbroken(optimum: Optimum) -> Optimum:
    """Return the end of a search that only prepares another, unless Ctrl-C ended it: both end.

    Raises
    ------
    KeyboardInterrupt
        If the search was interrupted.
    """
    if optimum.record.status is Status.INTERRUPTED:
        raise KeyboardInterrupt
    return optimum


def _slope(state: State) -> float:
    """Return the largest absolute slope of the coefficients that may move."""
    moves = ~state.box.held(state.point, state.at.gradient)
    return float(np.abs(state.at.gradient[moves]).max(initial=0.0))


def _record(state: State, status: Status) -> OptimisationRecord:
    return OptimisationRecord(
        status=status,
        iterations=len(state.trace) - 1,
        evaluations=state.evaluations,
        gradient_norm=_slope(state),
        decrement=state.decrement,
        trace=state.trace,
    )
