"""What single people would trade, given what they chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.mixed.data import with_error_columns
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.population.population import Population
from ccegov_choice.study.contrast import Standpoint
from ccegov_choice.study.gain import parse_gain, payment_attribute
from ccegov_choice.study.people import People
from ccegov_choice.tradeoff.median import tastes_differ
from ccegov_choice.tradeoff.over_people import POINTS, OverPeople, columns_read
from ccegov_choice.tradeoff.ratio import check_request
from ccegov_choice.tradeoff.spread import people_ratios

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

# So many people are done at once: their draws stay in memory.
_TOGETHER = 64
_RANGE = (0.05, 0.5, 0.95)


def individual_trade_offs(
    results: Results,
    data: ChoiceData,
    *,
    gain: str,
    pay_in: str,
    at: Mapping[str, Any] | None = None,
    points: int | None = None,
) -> pd.DataFrame:
    """Return what each person is likely to give up, given what the person chose.

    Each draw of tastes (or class) counts as much as it makes the person's choices likely. With few
    tasks a person's range is wide: it says what is not known of the person, not a confidence
    interval of the study. Never publish it by person.

    Parameters
    ----------
    results : Results
        Of a model in which tastes differ between people.
    data : ChoiceData
        The data of the fit, or choices of other people in the same study.
    gain, pay_in, at
        As in `trade_distribution`.
    points : int, optional
        Draws of tastes for each person, 1,024.

    Returns
    -------
    DataFrame
        One row per person: ``person``; ``median`` and the limits ``low`` and ``high`` of the middle
        90 % of what the person may be like; ``opposite``, the chance that the gain is a loss to the
        person; ``refuse``, the chance that paying costs the person nothing.

    Raises
    ------
    TradeOffError
        If everybody has the same tastes, or tastes are not those of a person but of a task.

    References
    ----------
    Train (2009), Discrete Choice Methods with Simulation, chapter 11.
    """
    check_request(results, None, 0.95, None)
    _check_tastes(results)
    fixed = dict(at or {})
    Standpoint(results.utility, fixed)  # says what is wrong with the point
    payment = payment_attribute(pay_in, results.utility, results.study)
    change = parse_gain(gain, results.utility, results.study)
    frame = data.frame.iloc[data.person_rows].reset_index(drop=True)
    frame = frame.assign(**{n: v for n, v in fixed.items() if n in results.study.covariate_ids})
    names = columns_read(results, [change.attribute, payment.id])
    choices = _Choices.of(results, data)
    found = []
    for first in range(0, len(frame), _TOGETHER):
        part = frame.iloc[first : first + _TOGETHER]
        size = len(part)
        people = People({n: part[n].to_numpy() for n in names}, np.full(size, 1.0), size)
        everybody = OverPeople(Population(results, people, points or POINTS), fixed)
        found.append(_rows(everybody, choices, first, change, payment))
    numbers = np.vstack(found)
    columns = ["low", "median", "high", "opposite", "refuse"]
    told = pd.DataFrame(numbers, columns=columns)
    told.insert(0, "person", data.person_ids)
    return told[["person", "median", "low", "high", "opposite", "refuse"]]


def _check_tastes(results: Results) -> None:
    model = results.model
    where, cure = "individual_trade_offs", "Use trade_offs(results, pay_in)."
    if not tastes_differ(results):
        raise TradeOffError(
            f"a {model.title} gives everybody the same tastes", where=where, cure=cure
        )
    if not getattr(model, "panel", True) or getattr(model, "within", None):
        raise TradeOffError(
            "tastes vary from task to task, so that no person has a trade-off",
            where=where,
            cure="Use trade_distribution(results, ...), or fit the model with panel=True and "
            "without within=...",
        )


@dataclass(frozen=True, eq=False)
class _Choices:
    """What people chose: encoded rows ``(A, Q)`` and where tasks and people begin."""

    rows: FloatArray
    chosen: npt.NDArray[np.int64]
    tasks: npt.NDArray[np.int64]
    people: npt.NDArray[np.int64]

    @classmethod
    def of(cls, results: Results, data: ChoiceData) -> _Choices:
        matrix = results.utility.matrix(data.frame)
        if isinstance(results.model, MixedLogit):
            matrix = with_error_columns(results.model, matrix, data.frame)
        return cls(matrix.T, data.chosen, data.task_offsets, data.person_offsets)

    def log_chance(self, n: int, coefficients: FloatArray) -> FloatArray:
        """Return the log-probability ``(S,)`` of all that a person chose, for tastes ``(S, Q)``."""
        first, last = self.people[n], self.people[n + 1]
        offsets = self.tasks[first : last + 1]
        begin = offsets[0]
        values = self.rows[begin : offsets[-1]] @ coefficients.T
        starts = offsets[:-1] - begin
        top = np.maximum.reduceat(values, starts, axis=0)
        shifted = values - np.repeat(top, np.diff(offsets), axis=0)
        total = np.log(np.add.reduceat(np.exp(shifted), starts, axis=0))
        own = values[self.chosen[first:last] - begin] - top
        return np.asarray((own - total).sum(axis=0))


def _rows(
    everybody: OverPeople, choices: _Choices, first: int, change: Any, payment: Any
) -> FloatArray:
    """Return quantiles and shares ``(people, 5)`` of some people."""
    study, population = everybody.results.study, everybody.population
    points = population.points()
    over = everybody.utilities(everybody.gain(change, study.attribute(change.attribute)), points)
    under = everybody.utilities(everybody.payment(payment), points)
    ratios = people_ratios(over, under)
    found = np.empty((population.size, 5))
    for m in range(population.size):
        own = points.coefficients[m if len(points.coefficients) > 1 else 0]
        prior = points.chances[m if len(points.chances) > 1 else 0]
        log_chance = choices.log_chance(first + m, own) + np.log(prior)
        weight = np.exp(log_chance - log_chance.max())
        weight /= weight.sum()
        order = np.argsort(ratios[m], kind="stable")
        upto = np.cumsum(weight[order])
        places = np.minimum(np.searchsorted(upto, np.array(_RANGE) - 1e-12), len(order) - 1)
        found[m, :3] = ratios[m][order][places]
        found[m, 3] = weight[over[m] < 0].sum()
        found[m, 4] = weight[under[m] <= 0].sum()
    return found
