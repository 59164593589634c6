"""Where the search for classes starts: around the logit, by kinds of answers and by lot.

The logit's score of a person, turned by the inverse Hessian, is a first step towards the person's
own tastes. Half of the starts give each class a part of the step of a person drawn by lot; a
quarter group people by their steps, and a quarter move the coefficients by lot alone. Each start is
then improved by steps of the EM algorithm: a Newton step of the expected log-likelihood of the data
with known classes, which converges like EM.

References
----------
Dempster, Laird & Rubin (1977), Journal of the Royal Statistical Society B 39, 1-38. Lange (1995),
Journal of the Royal Statistical Society B 57, 425-437 (Newton steps in the place of full M-steps).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.fitting.assemble import starting_values
from ccegov_choice.models.fitting.estimate import Evaluation, FitOptions, maximise, unbroken

if TYPE_CHECKING:
    from ccegov_choice.models.classes.assemble import Mixture
    from ccegov_choice.models.classes.mixture import MixtureLikelihood
    from ccegov_choice.models.classes.pooled import Pooled
    from ccegov_choice.models.fitting.constraints import Constraints

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_WARM_STEPS = 5
# Share of a person's own step that a class takes: few answers say little about a person.
_SHRUNK = 0.2
# Root mean square by which the coefficients of a class are moved, in utilities.
_SPREADS = (0.5, 1.0)
_MOST_MOVED = 3.0
# Logarithms of the second, third, ... scale at a start; the next start has them the other way.
_LOG_SCALES = (-1.0, 0.7, -2.0)


def given_start(
    found: Mixture, pooled: Pooled, start: Mapping[str, float] | Sequence[float] | None
) -> FloatArray | None:
    """Return the start that the user gives, with the logit where it says nothing.

    Raises
    ------
    UtilityError
        If a name is unknown, the length is wrong, or a value is not finite.
    """
    if start is None:
        return None
    names = found.layout.names
    values = starting_values(names, len(names), start)
    if not isinstance(start, Mapping):
        return values
    told = np.array([name in start for name in names])
    alike = [pooled.estimates] * len(found.layout.classes)
    return np.where(told, values, _spread_out(found, pooled, alike, 0))


def starts(
    found: Mixture, pooled: Pooled, own: FloatArray | None, count: int, seed: int
) -> tuple[FloatArray, ...]:
    """Return starting values: the user's first, then those of each kind in turn."""
    kinds = (_by_answers, _by_people, _by_lot, _by_people)
    made = [] if own is None else [own]
    for position in range(len(made), count):
        rng = np.random.default_rng([seed, position])
        moved = kinds[position % len(kinds)](found, pooled, rng)
        made.append(_spread_out(found, pooled, moved, position))
        flip = 1.0 if position % 2 == 0 else -1.0
        scales = found.layout.scales[1:]
        made[-1][scales] = flip * np.resize(_LOG_SCALES, len(scales))
    return tuple(made)


def _spread_out(
    found: Mixture, pooled: Pooled, coefficients: Sequence[FloatArray], position: int
) -> FloatArray:
    """Return all parameters ``(P,)`` from coefficients by class; common ones take the mean."""
    layout = found.layout
    total, times = np.zeros(len(layout.names)), np.zeros(len(layout.names))
    for c, name in enumerate(layout.classes):
        used = layout.positions[c] >= 0
        places = layout.positions[c][used]
        own = coefficients[c]
        if name in found.inner:
            own = _inner_start(found, pooled, name, own, position)
        total[places] += own[used]
        times[places] += 1.0
    return total / np.maximum(times, 1.0)


def _inner_start(
    found: Mixture, pooled: Pooled, name: str, coefficients: FloatArray, position: int
) -> FloatArray:
    """Move a start of a class's own model as the coefficients of a logit class would be moved."""
    problem = found.inner[name]
    start = problem.starts[position % len(problem.starts)].copy()
    for k, coefficient in enumerate(found.utility.names):
        if coefficient in problem.constraints.names:
            place = problem.constraints.names.index(coefficient)
            alone = pooled.estimates[k]
            # its units may be others, as in trade space
            unit = abs(start[place] / alone) if alone != 0 and start[place] != 0 else 1.0
            start[place] += unit * (coefficients[k] - alone)
    return start


def _by_lot(found: Mixture, pooled: Pooled, rng: np.random.Generator) -> list[FloatArray]:
    size = len(pooled.estimates)
    spread = rng.choice(_SPREADS) / np.sqrt(max(size, 1))
    return [
        pooled.estimates + spread * pooled.unit * rng.standard_normal(size)
        for _ in found.layout.classes
    ]


def _by_people(found: Mixture, pooled: Pooled, rng: np.random.Generator) -> list[FloatArray]:
    """Give each class a part of what one person, drawn by lot, seems to want."""
    people = len(pooled.scores)
    drawn = rng.choice(people, size=len(found.layout.classes), replace=True)
    return [_towards(pooled, _SHRUNK * people * pooled.scores[n]) for n in drawn]


def _by_answers(found: Mixture, pooled: Pooled, rng: np.random.Generator) -> list[FloatArray]:
    """Group people by the direction in which the logit misses their answers."""
    classes = len(found.layout.classes)
    values, vectors = np.linalg.eigh(pooled.information)
    kept = values > 1e-9 * max(float(values.max(initial=0.0)), 1e-300)
    missed = pooled.scores @ (vectors[:, kept] / np.sqrt(values[kept]))
    member = _groups(missed, classes, rng)
    moved = []
    for c in range(classes):
        share = max(float((member == c).mean()), 1.0 / len(member))
        moved.append(_towards(pooled, pooled.scores[member == c].sum(axis=0) / share))
    return moved


def _towards(pooled: Pooled, slope: FloatArray) -> FloatArray:
    """Return coefficients a Newton step away, but not too far."""
    step = np.linalg.pinv(pooled.information, hermitian=True) @ slope
    length = float(np.sqrt(np.maximum(step @ pooled.information @ step, 0.0) / pooled.mass))
    return np.asarray(pooled.estimates + step * min(1.0, _MOST_MOVED / max(length, 1e-300)))


def _groups(points: FloatArray, count: int, rng: np.random.Generator) -> IntArray:
    """Return a group ``(N,)`` for each point, by ten rounds of k-means."""
    centres = points[rng.choice(len(points), size=min(count, len(points)), replace=False)]
    member = np.zeros(len(points), dtype=np.int64)
    for _ in range(10):
        distance = (centres**2).sum(axis=1) - 2 * points @ centres.T
        member = distance.argmin(axis=1)
        for c in range(len(centres)):
            if (member == c).any():
                centres[c] = points[member == c].mean(axis=0)
    return member


def warm_up(
    likelihood: MixtureLikelihood, constraints: Constraints, mass: float
) -> Callable[[FloatArray], FloatArray]:
    """Return a function that improves a start by steps of the EM algorithm."""
    expansion = constraints.expansion

    def evaluate(free: FloatArray) -> Evaluation:
        theta = constraints.full(free)
        at = likelihood.people(theta)
        complete = likelihood.complete(theta)
        value, gradient = float(at.value.sum()), at.score.sum(axis=0) @ expansion
        return Evaluation(value, gradient, expansion.T @ complete @ expansion)

    def warm(start: FloatArray) -> FloatArray:
        rules = FitOptions(max_iterations=_WARM_STEPS, tolerance=1e-2)
        found = maximise(
            evaluate, constraints.reduce(start), constraints.box, mass=mass, options=rules
        )
        return constraints.full(unbroken(found).point)

    return warm
