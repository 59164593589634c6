"""Average responses of choice probabilities to a change of one attribute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from ccegov_choice._table import Table
from ccegov_choice.models.probabilities import Tasks

if TYPE_CHECKING:
    from ccegov_choice._drawing.chart import Chart
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results
    from ccegov_choice.study.attribute import Attribute

FloatArray = npt.NDArray[np.float64]
Values = npt.NDArray[Any]  # real, or complex while a derivative is taken
_TINY = 1e-30  # complex step: no difference is formed, so nothing cancels


@dataclass(frozen=True)
class Effect:
    """The response of one probability to a change of one alternative.

    Parameters
    ----------
    change : str
        What changes: ``"one more"``, ``"1 % more"``, or ``"polite instead of brusque"``.
    changed : str
        The alternative whose attribute changes.
    responding : str
        The alternative whose probability responds.
    direct : bool
        True if they are the same.
    estimate, std_error, conf_low, conf_high : float
        Average response; its error by the delta method.
    """

    change: str
    changed: str
    responding: str
    direct: bool
    estimate: float
    std_error: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True)
class Effects:
    """Average responses of choice probabilities to changes of one attribute.

    Parameters
    ----------
    attribute : str
        The attribute that changes.
    measure : str
        ``"elasticity"`` or ``"marginal effect"``.
    items : tuple of Effect
        The responses.
    level : float
        Confidence level.
    """

    attribute: str
    measure: str
    items: tuple[Effect, ...]
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each response."""
        return pd.DataFrame([{"attribute": self.attribute, **vars(item)} for item in self.items])

    def table(self) -> Table:
        """Return one row for each response."""
        percent = f"{100 * self.level:g} %"
        columns = (
            "change",
            "of",
            "responds",
            "kind",
            "estimate",
            "std. error",
            f"{percent} low",
            f"{percent} high",
        )
        rows = tuple(
            (
                item.change,
                item.changed,
                item.responding,
                "direct" if item.direct else "cross",
                item.estimate,
                item.std_error,
                item.conf_low,
                item.conf_high,
            )
            for item in self.items
        )
        title = f"{self.measure.capitalize()} of choice probabilities: {self.attribute}"
        notes = (_NOTES[self.measure], "Standard errors by the delta method.")
        return Table(title, columns, rows, notes, dict.fromkeys(columns[4:], ".4f"))

    def chart(self) -> Chart:
        """Chart every response with its interval."""
        from ccegov_choice.models.effects_chart import effects_chart

        return effects_chart(self)

    plot = chart

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()


_NOTES = {
    "elasticity": "Per cent that a probability changes when the attribute grows by one per cent; "
    "tasks are averaged by their weight times the probability that responds.",
    "marginal effect": "Change of a probability (0 to 1); tasks are averaged by their weight.",
}


Response = Callable[[Values, Values], Values]
"""From parameters ``(P,)`` and probabilities ``(A,)`` to each row's own response ``(A,)``."""


@dataclass(frozen=True, eq=False)
class View:
    """Tasks, which of their rows have the attribute, and the groups to report by."""

    tasks: Tasks
    has: npt.NDArray[np.bool_]
    groups: tuple[str, ...]
    codes: npt.NDArray[np.int64]
    labelled: bool

    @classmethod
    def of(cls, results: Results, data: ChoiceData | pd.DataFrame, attribute: Attribute) -> View:
        """Read the tasks and sort their rows into groups; unnamed alternatives are one group."""
        tasks = Tasks.of(results, data)
        tasks.matrix  # noqa: B018  (checks the frame before anything is read from it)
        study = results.study
        opt_out = study.opt_out.id if study.opt_out else None
        names = tasks.frame["alternative"].astype(str) if "alternative" in tasks.frame else None
        has = tasks.frame[attribute.id].notna().to_numpy()
        if names is None:
            return cls(tasks, has, ("any",), np.zeros(len(has), dtype=np.int64), False)
        if not study.labelled:
            out = (names == opt_out).to_numpy()
            return cls(tasks, has, ("any", str(opt_out)), out.astype(np.int64), False)
        present = [name for name in study.alternative_ids if (names == name).any()]
        codes = np.array([present.index(name) for name in names], dtype=np.int64)
        return cls(tasks, has, tuple(present), codes, True)

    def amount(self, attribute: Attribute) -> FloatArray:
        """Return the values ``(A,)`` of a numeric attribute; zero where it does not exist."""
        return self.tasks.frame[attribute.id].fillna(0.0).to_numpy(np.float64)

    def at_level(self, attribute: Attribute, cell: str | float) -> FloatArray:
        """Encode the rows with the attribute at one level wherever it exists."""
        column = self.tasks.frame[attribute.id].astype(object).where(~self.has, cell)
        if attribute.is_numeric:
            column = column.astype(float)
        return self.tasks.results.utility.matrix(self.tasks.frame.assign(**{attribute.id: column}))

    def step(self, before: FloatArray, after: FloatArray) -> Response:
        """Return the response of a row's own probability to going from one coding to another."""
        tasks = self.tasks

        def at(matrix: FloatArray, parameters: Values, odds: Values, now: Values) -> Values:
            return np.asarray(1 / (1 + odds * np.exp(now - tasks.value(matrix, parameters))))

        def respond(parameters: Values, chance: Values) -> Values:
            now = tasks.value(tasks.matrix, parameters)
            odds = (1 - chance) / chance  # of the other alternatives
            return at(after, parameters, odds, now) - at(before, parameters, odds, now)

        return respond


def slopes_of(tasks: Tasks, attribute: Attribute) -> FloatArray:
    """Return the slope ``(K, A)`` of the coding in a numeric attribute, row by row.

    Central differences of two widths, extrapolated: the error is of the fourth order.
    """
    values = tasks.frame[attribute.id].to_numpy(np.float64, na_value=np.nan)
    width = 1e-3 * np.where(np.nan_to_num(values) == 0, 1.0, np.abs(np.nan_to_num(values)))

    def at(offset: FloatArray) -> FloatArray:
        frame = tasks.frame.assign(**{attribute.id: values + offset})
        return tasks.results.utility.matrix(frame)

    wide = (at(width) - at(-width)) / (2 * width)
    near = (at(width / 2) - at(-width / 2)) / width
    slope: FloatArray = (4 * near - wide) / 3
    return slope


def average_effects(
    view: View,
    measure: str,
    attribute: Attribute,
    changes: list[tuple[str, Response]],
    level: float,
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
    changes : list of (str, Response)
        Each change in words, and how a row's own probability responds to it.
    level : float
        Confidence level.
    """
    results = view.tasks.results

    def averages(parameters: Values) -> Values:
        chance = view.tasks.probabilities(parameters)
        found = [_average(view, measure, chance, f(parameters, chance)) for _, f in changes]
        return np.concatenate(found)

    estimate = averages(results.estimates).real
    slope = _derivative(averages, results)
    variance = np.einsum("ep,pq,eq->e", slope, results.covariance, slope)
    kinds = [(change, *pair) for change, _ in changes for pair in pairs_of(view)]
    return Effects(attribute.id, measure, with_intervals(kinds, estimate, variance, level), level)


def with_intervals(
    kinds: Sequence[tuple[str, str, str, bool]],
    estimate: FloatArray,
    variance: FloatArray,
    level: float,
) -> tuple[Effect, ...]:
    """Return effects with normal intervals; those that do not exist are left out.

    Parameters
    ----------
    kinds : sequence of tuple
        The change, what it is done to, what responds, and whether they are the same.
    estimate, variance : ndarray of shape (E,)
        Of each.
    level : float
        Confidence level.
    """
    error = np.sqrt(np.maximum(variance, 0.0))
    half = float(special.ndtri(0.5 + level / 2)) * error
    return tuple(
        Effect(*kind, float(value), float(spread), float(value - width), float(value + width))
        for kind, value, spread, width in zip(kinds, estimate, error, half, strict=True)
        if np.isfinite(value)
    )


def _derivative(function: Callable[[Values], Values], results: Results) -> FloatArray:
    """Return the derivative ``(E, P)`` by the parameters, by complex steps (exact to rounding)."""
    columns = []
    for position in range(len(results.estimates)):
        moved = results.estimates.astype(np.complex128)
        moved[position] += _TINY * 1j
        columns.append(function(moved).imag / _TINY)
    slope: FloatArray = np.column_stack(columns)
    return slope


def pairs_of(view: View) -> list[tuple[str, str, bool]]:
    """Return who changes, who responds, and whether they are the same, in the order of averages."""
    pairs = []
    for j, changed in enumerate(view.groups):
        if not (view.has & (view.codes == j)).any():
            continue
        own = changed if view.labelled or j > 0 else "an alternative"
        pairs.append((own, own, True))
        for i, responding in enumerate(view.groups):
            if view.labelled and i == j:
                continue
            other = responding if view.labelled or i > 0 else "another alternative"
            pairs.append((own, other, False))
    return pairs


def _average(view: View, measure: str, chance: Values, own: Values) -> Values:
    """Average each row's own response, and the responses of the others to it.

    When the odds among the others stay as they are, the others of a task share what a row gains
    or loses in proportion to their probabilities.
    """
    tasks = view.tasks
    weights = tasks.weights[tasks.task]
    rest = 1 - chance
    # a row that is alone in its task takes nothing from anybody
    given = np.where(rest.real > 0, -own / np.where(rest.real > 0, rest, 1.0), 0.0)
    found = []
    for j, _ in enumerate(view.groups):
        rows = view.has & (view.codes == j)
        if not rows.any():
            continue
        base = chance if measure == "elasticity" else np.ones_like(chance)
        found.append(_ratio(weights, rows, own, base))
        for i, _ in enumerate(view.groups):
            if view.labelled and i == j:
                continue
            member = (view.codes == i).astype(np.float64)
            others = tasks.sums(chance * member) - chance * member
            number = tasks.sums(member) - member
            base = others if measure == "elasticity" else number + 0 * chance
            found.append(_ratio(weights, rows, given * others, base))
    return np.array(found)


def _ratio(weights: FloatArray, rows: npt.NDArray[np.bool_], top: Values, base: Values) -> Any:
    total = (weights * base)[rows].sum()
    # no task has both: there is no such response, and no number is made up for it
    return (weights * top)[rows].sum() / total if total != 0 else complex(np.nan)
