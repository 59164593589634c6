"""Certificate: how far a design is, at most, from the best possible one.

The best design of ``T`` tasks cannot beat the best mixture of tasks with weights that sum to ``T``
(the continuous relaxation). For a criterion ``psi`` that is convex in the information and of
degree -1, and any mixture of weights ``w_i`` with sensitivities ``m_i`` of the tasks (so that
``sum_i w_i m_i = psi``)::

    psi(best) >= psi(mixture)^2 / max over designs of sum_i n_i m_i

by convexity along the ray of the mixture. The bound holds for every mixture and is sharp at the
best one, where no task has a sensitivity above the average (Kiefer-Wolfowitz). It is proved when
the task with the largest sensitivity was found by trying all; otherwise it is an estimate.

References
----------
Kiefer and Wolfowitz (1960), Canadian Journal of Mathematics 12. Pukelsheim (1993), Optimal Design
of Experiments, section 5.15. Yu (2010), Annals of Statistics 38 (multiplicative algorithm).
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import Codes, task_key
from ccegov_choice.design.efficient import oracle
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.encoding import rows_of
from ccegov_choice.design.efficient.engine import Case, Engine
from ccegov_choice.design.efficient.oracle import Metric
from ccegov_choice.kernels.information import RIDGE

Floats = npt.NDArray[np.float64]
Kind = Literal["proof", "estimate", "none"]

CLOSE = 1e-5  # the largest sensitivity exceeds the average by no more than this
STEPS = 40  # multiplicative steps between two looks for tasks
FRUITLESS = 4
MOST_AT_ONCE = 20_000_000  # numbers of the coded tasks of a mixture of all tasks
SHARPNESS = 24.0  # power that stands for the largest of several variances


@dataclass(frozen=True)
class Certificate:
    """How far a design is, at most, from the best possible one.

    Parameters
    ----------
    kind : {"proof", "estimate", "none"}
        Proved by trying every task; estimated from the best tasks found; or nothing is known.
    error : float
        Error of the design, on the draws of its search.
    bound : float
        No design of as many tasks has a smaller error; NaN where there is no bound.
    reason : str
        What was tried, or why there is no bound.
    """

    kind: Kind
    error: float
    bound: float
    reason: str
    name: str = "D-error"

    @property
    def efficiency(self) -> float:
        """Bound over error: 1 for the best possible design."""
        return min(self.bound / self.error, 1.0)

    @property
    def gap(self) -> float:
        """By what share the error may be above the best possible one."""
        return max(self.error / self.bound - 1.0, 0.0)

    @property
    def said(self) -> str:
        """The certificate in a sentence."""
        if self.kind == "none":
            return f"How far the design is from the best possible one is not known: {self.reason}."
        if self.kind == "proof" and self.gap < 1e-6:
            return f"No design can be better: this is proved ({self.reason})."
        if self.kind == "proof":
            return (
                f"At most {_percent(self.gap)} from the best possible {self.name}: none below "
                f"{self.bound:.6g} can exist, which is proved ({self.reason})."
            )
        return (
            f"Probably within {_percent(self.gap)} of the best possible {self.name}, an estimate "
            f"and no proof: {self.reason}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the certificate as JSON can hold it."""
        bound = self.bound if math.isfinite(self.bound) else None
        return {
            "kind": self.kind, "error": self.error, "bound": bound, "reason": self.reason,
            "name": self.name,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Certificate:
        """Read what `to_dict` gave."""
        bound = content["bound"]
        return cls(
            content["kind"], content["error"], math.nan if bound is None else bound,
            content["reason"], content["name"],
        )  # fmt: skip

    def __str__(self) -> str:
        return self.said


def _percent(share: float) -> str:
    return f"{share:.2%}" if share < 0.0995 else f"{share:.0%}"


def certify(
    engine: Engine,
    criterion: Criterion,
    codes: Codes,
    error: float,
    *,
    seconds: float,
    seed: int,
    workers: int = 1,
) -> Certificate:
    """Bound the error of the best possible design from below.

    Parameters
    ----------
    engine : Engine
        The problem; rules of balance, overlap and dominance are not used, so the bound also holds
        for designs that break them.
    criterion : Criterion
        What is made small.
    codes : ndarray of shape (T, V, M)
        A good design: its tasks are the first of the mixture.
    error : float
        Its error on the draws of the engine.
    seconds : float
        Time to use; nothing is done when it is zero.
    seed : int
        For tasks drawn by lot.
    workers : int
        Threads to try all tasks with.

    Returns
    -------
    Certificate
    """
    if seconds <= 0:
        return Certificate("none", error, math.nan, "no time was given for it", criterion.name)
    if criterion.averaging == 2:
        text = "a quantile over the prior is not a convex function of the tasks"
        return Certificate("none", error, math.nan, text, criterion.name)
    if not math.isfinite(error):
        text = "the design does not identify all coefficients"
        return Certificate("none", error, math.nan, text, criterion.name)
    return _Relaxation(engine, criterion, codes, seconds, seed, workers).certificate(error)


class _Relaxation:
    """The best mixture of tasks, found step by step."""

    def __init__(
        self,
        engine: Engine,
        criterion: Criterion,
        codes: Codes,
        seconds: float,
        seed: int,
        workers: int,
    ) -> None:
        self.engine, self.criterion = engine, criterion
        self.began, self.seconds, self.workers = time.perf_counter(), seconds, workers
        self.rng = np.random.default_rng([seed, 6])
        fixed = len(engine.fixed)
        self.patterns, which = np.unique(engine.present, axis=0, return_inverse=True)
        which = which.ravel()
        free = np.arange(len(engine.present)) >= fixed
        self.wanted = np.bincount(which[free], minlength=len(self.patterns)).astype(float)
        self.tasks: list[Codes] = []
        self.pattern: list[int] = []
        self.weight: list[float] = []
        self.is_fixed: list[bool] = []
        self._index: dict[tuple[int, bool, bytes], int] = {}
        self.step = 2.5
        self.cut_short = False
        self.climber = oracle.Climber(engine)
        # centred rows times root probability, (R, n, J, K) for each case
        self._parts: list[Floats] = []
        for t, task in enumerate(codes):
            self._add(task, int(which[t]), 1.0, fixed=t < fixed)
        self._code_new()

    @property
    def late(self) -> bool:
        return time.perf_counter() - self.began > self.seconds

    def _add(self, task: Codes, pattern: int, weight: float, *, fixed: bool = False) -> bool:
        """Add a task, or weight to one that is there; return whether it is new."""
        key = (pattern, fixed, task_key(task, self.engine.space.exchangeable))
        if key in self._index:
            self.weight[self._index[key]] += weight
            return False
        self._index[key] = len(self.tasks)
        self.tasks.append(task.copy())
        self.pattern.append(pattern)
        self.weight.append(weight)
        self.is_fixed.append(fixed)
        return True

    def _code_new(self) -> None:
        """Code the tasks that were added since the last time."""
        done = self._parts[0].shape[1] if self._parts else 0
        codes = np.maximum(np.array(self.tasks[done:]), 0)
        if not len(codes):
            return
        present = self.patterns[np.array(self.pattern[done:])]
        for s, case in enumerate(self.engine.cases):
            rows = rows_of(case.coding, codes) / case.scale
            v = np.einsum("njk,rk->rnj", rows, case.values * case.scale)
            v = np.where(present > 0, v, -np.inf)
            p = np.exp(v - v.max(axis=2, keepdims=True))
            p /= p.sum(axis=2, keepdims=True)
            mean = np.einsum("rnj,njk->rnk", p, rows)
            part = (rows - mean[:, :, None, :]) * np.sqrt(p)[..., None]
            if done:
                self._parts[s] = np.concatenate([self._parts[s], part], axis=1)
            else:
                self._parts.append(part)

    def certificate(self, error: float) -> Certificate:
        """Improve the mixture while there is time, and say what it proves."""
        quick = max(oracle.seconds_for_all(self.engine, p, self.workers) for p in self.patterns)
        exhaustive = quick < 0.03 * self.seconds
        if exhaustive:
            self._take_all()
        bound, tries, largest = -1.0, 0, np.zeros(len(self.patterns))
        while tries < FRUITLESS and not self.late:
            value, metric, sensitivity = self._improve()
            largest, added = self._look(metric, sensitivity, everywhere=exhaustive)
            if self.cut_short:
                break
            reached = self._bound(value, metric, sensitivity, largest)
            tries = 0 if reached > bound * (1 + 1e-4) or added else tries + 1
            if reached > bound:
                bound, best = reached, (value, metric, sensitivity, largest)
            if bound >= value * (1 - CLOSE):
                break
        if bound < 0:
            text = "the time was too short"
            return Certificate("none", error, math.nan, text, self.criterion.name)
        if not exhaustive and quick < self.seconds:
            value, metric, sensitivity = self._improve()
            largest, _ = self._look(metric, sensitivity, everywhere=True)
            bound, exhaustive = self._bound(value, metric, sensitivity, largest), True
        elif not exhaustive and not self.late:
            # the best of several estimates flatters: look once more, from other starts
            value, metric, sensitivity, largest = best
            again, _ = self._look(metric, sensitivity, everywhere=False)
            bound = min(bound, self._bound(value, metric, sensitivity, np.maximum(largest, again)))
        bound = self._in_units(bound, error)
        if exhaustive:
            reason = f"every one of {self._count()} tasks was tried"
            return Certificate("proof", error, bound, reason, self.criterion.name)
        reason = f"the most informative tasks were looked for among {self._count()}"
        return Certificate("estimate", error, bound, reason, self.criterion.name)

    def _in_units(self, bound: float, error: float) -> float:
        """Take a bound that is above the error by rounding as the error."""
        return error if error < bound <= error * (1 + 1e-7) else bound

    def _count(self) -> str:
        total = sum(oracle.count_tasks(self.engine.space, p) for p in self.patterns)
        return f"{total:,}" if total < 10**15 else f"{float(total):.1e}"

    def _take_all(self) -> None:
        """Let the mixture begin with every task there is, where they are few."""
        space, cases = self.engine.space, self.engine.cases
        draws = sum(len(case.weights) for case in cases)
        size = max(case.coding.utility.size for case in cases) * len(cases[0].coding.slots)
        for p, present in enumerate(self.patterns):
            count = oracle.count_tasks(space, present)
            if count * draws * size <= MOST_AT_ONCE:
                share = 0.3 * self.wanted[p] / count
                for task in oracle.every_task(space, present):
                    self._add(task, p, share)
        self._code_new()

    # --- the mixture ---------------------------------------------------------------------------

    def _improve(self) -> tuple[float, Metric, Floats]:
        """Move weight to tasks that bring more; return criterion, metric and sensitivities."""
        fixed = np.array(self.is_fixed)
        pattern = np.array(self.pattern)
        weight = np.array(self.weight)
        # variances answer to the square root of the weights, determinants to the weights; a longer
        # step is tried as long as it helps
        plain = 0.5 if self.engine.cases[0].loads.shape[1] else 1.0
        power, last = self.step * plain, math.inf
        kept = weight
        for step in range(STEPS + 1):
            value, metric = self._metric(weight)
            if value > last * (1 + 1e-12) and power > plain:
                power, weight = plain, kept
                self.step = max(1.0, self.step * 0.7)
                value, metric = self._metric(weight)
            sensitivity = self._sensitivities(metric)
            if step == STEPS or self.late:
                break
            kept, last = weight, value
            new = np.where(fixed, weight, weight * np.maximum(sensitivity, 0.0) ** power)
            for p, wanted in enumerate(self.wanted):
                here = (pattern == p) & ~fixed
                if here.any():
                    new[here] *= wanted / max(new[here].sum(), 1e-300)
            weight = new
        self.weight = weight.tolist()
        return value, metric, sensitivity

    def _metric(self, weight: Floats) -> tuple[float, Metric]:
        """Return the criterion of the mixture, and the metric whose traces are sensitivities."""
        errors, slopes, root = [], [], np.sqrt(weight)[:, None, None]
        for case, part in zip(self.engine.cases, self._parts, strict=True):
            flat = (part * root).reshape(len(part), -1, part.shape[3])
            # the best mixture for some of the coefficients may not identify the others; the ridge
            # is taken as information that every design has anyway, so that the bound still holds
            ridge = RIDGE * np.eye(part.shape[3])
            error, slope = self._slopes(case, flat.transpose(0, 2, 1) @ flat + ridge)
            errors.append(error)
            slopes.append(slope)
        stacked = np.concatenate(errors)
        w = np.concatenate([case.weights for case in self.engine.cases])
        if self.criterion.averaging == 1:
            value = float(np.exp(w @ np.log(stacked)))
            factors = w * value / stacked
        else:
            value, factors = float(w @ stacked), w
        ends = np.cumsum([0, *(len(part) for part in self._parts)])
        stacks = [
            slope * factors[a:b, None, None]
            for slope, (a, b) in zip(slopes, pairwise(ends), strict=True)
        ]
        return value, Metric(tuple(stacks))

    def _slopes(self, case: Case, matrices: Floats) -> tuple[Floats, Floats]:
        """Return the error of each draw and the matrices ``A`` with ``-d error = tr(A dM)``."""
        inverse = np.linalg.inv(matrices)
        inverse = (inverse + inverse.transpose(0, 2, 1)) / 2
        loads = case.loads / case.scale
        if loads.shape[1]:
            carried = loads @ inverse
            variances = np.einsum("rfk,rfk->rf", carried, loads)
            share = np.ones_like(variances)
            if self.criterion.largest:
                # the largest of several: any weights that sum to one give a bound
                share = (variances / variances.max(axis=1, keepdims=True)) ** SHARPNESS
                share /= share.sum(axis=1, keepdims=True)
            slope = (carried * share[..., None]).transpose(0, 2, 1) @ carried
            return np.einsum("rf,rf->r", share, variances), slope
        matters = ~case.nuisance
        size = int(matters.sum())
        log_det = np.linalg.slogdet(matrices)[1]
        slope = inverse
        if not matters.all():
            left = np.flatnonzero(case.nuisance)
            part = matrices[:, left[:, None], left]
            log_det = log_det - np.linalg.slogdet(part)[1]
            slope = inverse.copy()
            slope[:, left[:, None], left] -= np.linalg.inv(part)
        offset = -2.0 * float(np.log(case.scale[matters]).sum()) / size
        error = np.exp(-log_det / size + offset)
        return error, slope * (error / size)[:, None, None]

    def _sensitivities(self, metric: Metric) -> Floats:
        total = np.zeros(self._parts[0].shape[1])
        for part, matrices in zip(self._parts, metric.matrices, strict=True):
            draws, n, J, K = part.shape
            flat = part.reshape(draws, n * J, K)
            total += np.einsum("rnk,rnk->n", flat @ matrices, flat).reshape(n, J).sum(axis=1)
        return total

    # --- looking for tasks ---------------------------------------------------------------------

    def _look(
        self, metric: Metric, sensitivity: Floats, *, everywhere: bool
    ) -> tuple[Floats, bool]:
        """Return the largest sensitivity of each pattern of alternatives on offer; add tasks."""
        raw = self._unscaled(metric)
        largest, added = np.zeros(len(self.patterns)), False
        weight = np.array(self.weight)
        usual = [
            float(np.average(sensitivity[here], weights=np.maximum(weight[here], 1e-12)))
            for here in (np.array(self.pattern) == p for p in range(len(self.patterns)))
        ]
        for p, present in enumerate(self.patterns):
            here = [i for i, pattern in enumerate(self.pattern) if pattern == p]
            largest[p] = max((sensitivity[i] for i in here), default=0.0)
            if everywhere:
                value, task = oracle.best_of_all(self.engine, raw, present, self.workers)
                largest[p] = max(largest[p], value)
                added = self._add(task, p, 0.02) or added
            else:
                best = sorted(here, key=lambda i: -sensitivity[i])[:3]
                starts: list[Codes | None] = [self.tasks[i] for i in best]
                for start in [*starts, *[None] * oracle.CLIMBS]:
                    if self.late:
                        # a look that was cut short would flatter the design
                        self.cut_short = True
                        break
                    value, task = self.climber.climb(metric, present, self.rng, start)
                    if value > usual[p] * (1 + 1e-9):
                        added = self._add(task, p, 0.05) or added
                    largest[p] = max(largest[p], value)
        self._code_new()
        return largest, added

    def _unscaled(self, metric: Metric) -> Metric:
        """Return the metric for rows that are not divided by the scale of their columns."""
        return Metric(
            tuple(
                matrices / np.outer(case.scale, case.scale)
                for case, matrices in zip(self.engine.cases, metric.matrices, strict=True)
            )
        )

    def _bound(self, value: float, metric: Metric, sensitivity: Floats, largest: Floats) -> float:
        """Return ``value^2`` over the largest sum of sensitivities that a design can have."""
        fixed = float(sum(s for s, f in zip(sensitivity, self.is_fixed, strict=False) if f))
        fixed += RIDGE * sum(float(np.einsum("rkk->", a)) for a in metric.matrices)
        return value**2 / (fixed + float(self.wanted @ largest))
