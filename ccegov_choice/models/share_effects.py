"""Responses of choice probabilities in any model: alternatives are changed, and shares compared.

Where choice probabilities are not those of a logit, what one alternative gains is not taken from
the others in proportion to their shares. So the attribute is changed on one alternative of every
task at a time, and the model says what becomes of all probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.effects import Effects, View, pairs_of, with_intervals
from ccegov_choice.models.fitting.constraints import left_inverse

if TYPE_CHECKING:
    from ccegov_choice.models.probabilities import Tasks
    from ccegov_choice.models.results import Results
    from ccegov_choice.study.attribute import Attribute

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Width of a change of an attribute, as a share of its value: the error of central differences is
# its square.
_WIDTH = 1e-4
# Share of a standard error by which parameters are moved for the delta method.
_STEP = 1e-3


@dataclass(frozen=True, eq=False)
class Change:
    """What is done to an alternative.

    Parameters
    ----------
    words : str
        What changes, such as ``"one more"``.
    before, after : ndarray of shape (A,)
        Cells of the attribute, where an alternative has it.
    factor : ndarray of shape (A,)
        What the difference of probabilities is multiplied by.
    """

    words: str
    before: npt.NDArray[np.object_] | FloatArray
    after: npt.NDArray[np.object_] | FloatArray
    factor: FloatArray


def slope_change(view: View, attribute: Attribute, *, elastic: bool) -> Change:
    """Return the change that gives a slope, or an elasticity, of a numeric attribute."""
    value = view.amount(attribute)
    width = _WIDTH * np.where(value == 0, 1.0, np.abs(value))
    times = value if elastic else np.ones_like(value)
    words = "1 % more" if elastic else "one more"
    return Change(words, value - width, value + width, times / (2 * width))


def level_change(view: View, words: str, base: str | float, level: str | float) -> Change:
    """Return the change from one level to another, whatever an alternative has now."""
    rows = len(view.has)
    before, after = (np.full(rows, cell, dtype=object) for cell in (base, level))
    return Change(words, before, after, np.ones(rows))


def share_effects(
    view: View, measure: str, attribute: Attribute, changes: Sequence[Change], level: float
) -> Effects:
    """Average the responses to some changes of one attribute, with errors by the delta method.

    Parameters
    ----------
    view : View
        The tasks.
    measure : {"elasticity", "marginal effect"}
        Decides how tasks are weighted.
    attribute : Attribute
        What changes.
    changes : sequence of Change
        What is done to each alternative in turn.
    level : float
        Confidence level.
    """
    results = view.tasks.results
    points, steps = _points(results)
    chance = [view.tasks.probabilities(point) for point in points]
    found = [
        _averages(view, measure, attribute, change, points, chance, group)
        for change in changes
        for group in _changing(view)
    ]
    values = np.concatenate(found)
    estimate = values[:, 0]
    slope = (values[:, 1::2] - values[:, 2::2]) / (2 * steps)
    free = left_inverse(results.expansion)
    variance = np.einsum("ef,fg,eg->e", slope, free @ results.covariance @ free.T, slope)
    kinds = [(change.words, *pair) for change in changes for pair in pairs_of(view)]
    return Effects(attribute.id, measure, with_intervals(kinds, estimate, variance, level), level)


def _points(results: Results) -> tuple[list[FloatArray], FloatArray]:
    """Return the estimates, then up and down along each free parameter, and the ``(F,)`` steps."""
    free = left_inverse(results.expansion)
    spread = np.sqrt(np.maximum(np.diag(free @ results.covariance @ free.T), 0.0))
    steps = np.where(spread > 0, _STEP * spread, 1e-6)
    points = [np.array(results.estimates)]
    for f, step in enumerate(steps):
        along = results.expansion[:, f] * step
        points += [results.estimates + along, results.estimates - along]
    return points, steps


def _changing(view: View) -> Iterator[int]:
    for j in range(len(view.groups)):
        if (view.has & (view.codes == j)).any():
            yield j


def _averages(
    view: View,
    measure: str,
    attribute: Attribute,
    change: Change,
    points: Sequence[FloatArray],
    chance: Sequence[FloatArray],
    group: int,
) -> FloatArray:
    """Return the average response of each group that responds, at each point."""
    others = [i for i in range(len(view.groups)) if not (view.labelled and i == group)]
    top = np.zeros((1 + len(others), len(points)))
    base = np.zeros_like(top)
    weights = view.tasks.weights[view.tasks.task]
    for rows in _one_at_a_time(view, group):
        factor, touched = _of_the_task(view, change.factor, rows)
        members = [rows, *((view.codes == i) & ~rows & touched for i in others)]
        before = _changed(view.tasks, attribute, rows, change.before)
        after = _changed(view.tasks, attribute, rows, change.after)
        for q, point in enumerate(points):
            response = (after.probabilities(point) - before.probabilities(point)) * factor
            weight = weights * chance[q] if measure == "elasticity" else weights
            for e, member in enumerate(members):
                top[e, q] += (weights * response)[member].sum()
                base[e, q] += weight[member].sum()
    # no task has both: there is no such response, and no number is made up for it
    return np.where(base != 0, top / np.where(base != 0, base, 1.0), np.nan)


def _one_at_a_time(view: View, group: int) -> Iterator[BoolArray]:
    """Yield sets of rows of a group with at most one in each task."""
    rows = np.flatnonzero(view.has & (view.codes == group))
    task = view.tasks.task[rows]
    first = np.r_[True, task[1:] != task[:-1]]
    starts = np.flatnonzero(first)
    place = np.arange(len(rows)) - starts[np.cumsum(first) - 1]
    for p in range(int(place.max()) + 1):
        found = np.zeros(len(view.has), dtype=bool)
        found[rows[place == p]] = True
        yield found


def _of_the_task(view: View, values: FloatArray, rows: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Return for each row the value of the chosen row of its task, and whether it has one."""
    tasks = view.tasks
    found = np.zeros(len(tasks.offsets) - 1)
    has = np.zeros(len(found), dtype=bool)
    found[tasks.task[rows]] = values[rows]
    has[tasks.task[rows]] = True
    return found[tasks.task], has[tasks.task]


def _changed(
    tasks: Tasks,
    attribute: Attribute,
    rows: BoolArray,
    cells: npt.NDArray[np.object_] | FloatArray,
) -> Tasks:
    """Return the tasks with other cells of an attribute in some rows."""
    column = tasks.frame[attribute.id].astype(object).where(~rows, cells)
    if attribute.is_numeric:
        column = column.astype(float)
    return replace(tasks, frame=tasks.frame.assign(**{attribute.id: column}))
