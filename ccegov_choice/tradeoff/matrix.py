"""Every improvement against every other: the matrix of willingness to trade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import Cell, Table
from ccegov_choice.errors import TradeOffError, unknown_name
from ccegov_choice.models.results import Results
from ccegov_choice.study.contrast import Standpoint, Vector
from ccegov_choice.study.gain import Gain, improvement_sign, payable, sellable
from ccegov_choice.tradeoff.interval import Interval, Ratio, fieller_interval, normal_quantile
from ccegov_choice.tradeoff.median import tastes_differ
from ccegov_choice.tradeoff.ratio import offered_gains

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice._drawing.chart import Chart
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.study.attribute import Attribute

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TradeMatrix:
    """What each improvement is worth in units of each other one, ``I`` of them.

    Parameters
    ----------
    gains : tuple of I str
        The improvements; a numeric attribute alone stands for one unit of it.
    estimate : ndarray of shape (I, I)
        Row over column: how many times the column's improvement the row's is worth. Products
        along a chain agree: ``[a, b] * [b, c] = [a, c]``.
    intervals : tuple of I tuples of I Interval
        Fieller's confidence sets.
    statistics : ndarray of shape (I,)
        Utility of each improvement over its standard error.
    level : float
        Confidence level.
    payable : tuple of str
        The improvements that the study lets people pay in.
    notes : tuple of str
        What a reader must know besides.
    """

    gains: tuple[str, ...]
    estimate: FloatArray
    intervals: tuple[tuple[Interval, ...], ...]
    statistics: FloatArray
    level: float
    payable: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def _position(self, gain: str) -> int:
        if gain not in self.gains:
            raise TradeOffError.of([unknown_name(gain, self.gains, "improvement")])
        return self.gains.index(gain)

    def value(self, gain: str, pay_in: str) -> float:
        """Return one cell: what `gain` is worth in units of `pay_in`."""
        return float(self.estimate[self._position(gain), self._position(pay_in)])

    def interval(self, gain: str, pay_in: str) -> Interval:
        """Return Fieller's confidence set of one cell."""
        return self.intervals[self._position(gain)][self._position(pay_in)]

    def to_frame(self) -> pd.DataFrame:
        """Return the estimates, rows and columns named by the improvements."""
        import pandas as pd

        names = pd.Index(self.gains, name="gain")
        return pd.DataFrame(self.estimate, index=names, columns=pd.Index(self.gains, name="in"))

    def to_long(self) -> pd.DataFrame:
        """Return one row per pair: gain, pay_in, estimate, conf_low, conf_high, set."""
        import pandas as pd

        rows = [
            (gain, other, self.estimate[i, j], interval.low, interval.high, interval.shape)
            for i, gain in enumerate(self.gains)
            for j, other in enumerate(self.gains)
            for interval in [self.intervals[i][j]]
        ]
        columns = ["gain", "pay_in", "estimate", "conf_low", "conf_high", "set"]
        return pd.DataFrame(rows, columns=columns)

    def table(self) -> Table:
        """Return the matrix; a column whose own value is not told from zero shows dashes."""
        quantile = normal_quantile(self.level)
        told = np.abs(self.statistics) > quantile

        def cell(i: int, j: int) -> Cell:
            return float(self.estimate[i, j]) if told[j] or i == j else "–"

        size = range(len(self.gains))
        rows = tuple((self.gains[i], *(cell(i, j) for j in size)) for i in size)
        columns = ("one of this is worth", *self.gains)
        reasons = [
            f"A column of dashes: the value of '{self.gains[j]}' is not told from zero "
            f"(|z| = {abs(self.statistics[j]):.2f})."
            for j in size
            if not told[j]
        ]
        pay = ", ".join(self.payable) or "none"
        own = (
            "Row over column: so many of the column's improvements are worth one of the row's. "
            "A numeric attribute alone stands for one unit of improvement.",
            f"The study lets people pay in: {pay}.",
        )
        formats = dict.fromkeys(self.gains, ".4g")
        title = "Willingness to trade, all pairs"
        return Table(title, columns, rows, (*own, *self.notes, *reasons), formats)

    def chart(self, pay_in: str | None = None) -> Chart:
        """Chart one column: what each improvement is worth in units of one that can be paid in."""
        from ccegov_choice.tradeoff.pictures import matrix_chart

        return matrix_chart(self, pay_in)

    plot = chart

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()


def trade_matrix(
    results: Results,
    *,
    at: Mapping[str, Any] | None = None,
    level: float = 0.95,
    data: ChoiceData | None = None,
) -> TradeMatrix:
    """Return what every improvement is worth in units of every other.

    An improvement is one unit of a numeric attribute (at the point `at` where its utility is a
    curve; its whole tested range where no point is given), or a step from the worst level to a
    better one. A matrix compares worth; only numeraires can be paid in.

    Parameters
    ----------
    results : Results
        A fitted model.
    at : mapping, optional
        Where the trade is made, as in `willingness_to_trade`.
    level : float
        Confidence level of Fieller's sets.
    data : ChoiceData, optional
        For the average over people, where tastes depend on covariates.

    Returns
    -------
    TradeMatrix

    Raises
    ------
    TradeOffError
        If the study has nothing to trade, a value depends on what is not given, or tastes differ
        between people.
    """
    if not results.converged:
        raise TradeOffError(
            "the estimates did not converge, so trade-offs from them mean nothing",
            where=results.model.title,
            cure=results.optimisation.status.cure,
        )
    if tastes_differ(results):
        raise TradeOffError(
            "tastes differ between people, and medians over people do not multiply along a chain, "
            "as a matrix must",
            where=results.model.title,
            cure="Use trade_offs(results, pay_in) or trade_ladder(results, unit): both measure all "
            "by one thing. trade_distribution shows how people differ in one trade.",
        )
    study, utility = results.study, results.utility
    stand = Standpoint(utility, dict(at or {}), data)
    attributes = [a for a in map(study.attribute, sellable(utility, study)) if stand.has(a)]
    pairs: list[tuple[str, Vector]] = []
    notes = dict.fromkeys(stand.missing())
    for attribute in attributes:
        made, said = _improvements(stand, attribute, results.utility_estimates)
        pairs += made
        notes.update(dict.fromkeys([*said, *stand.notes(attribute)]))
    kept = [pair for pair in pairs if pair[1] @ results.utility_estimates != 0.0]
    notes.update(
        (f"{name} is left out: its value is fixed at zero", None)
        for name, row in pairs
        if row @ results.utility_estimates == 0.0
    )
    if not kept:
        raise TradeOffError(
            "no attribute of the utility may be traded",
            where=f"study '{study.id}'",
            cure="Put an attribute into the utility that the study declares tradeable.",
        )
    return _matrix(results, kept, level, payable(utility, study), tuple(notes))


def _improvements(
    stand: Standpoint, attribute: Attribute, estimates: FloatArray
) -> tuple[list[tuple[str, Vector]], list[str]]:
    by_unit = attribute.is_numeric and (
        stand.is_straight(attribute)
        or (attribute.id in stand.at and not stand.is_by_level(attribute))
    )
    if not by_unit:
        gains = offered_gains(stand, attribute)
        return [(str(gain), stand.change(gain)) for gain in gains], []
    slope = improvement_sign(attribute) * stand.slope(attribute)
    if attribute.direction != "0" or slope @ estimates >= 0:
        said = [f"{attribute.id}: one more is the improvement, as people chose"]
        return [(str(Gain(attribute.id)), slope)], said if attribute.direction == "0" else []
    said = [f"{attribute.id}: one less is the improvement, as people chose"]
    return [(str(Gain(attribute.id)), -slope)], said


def _matrix(
    results: Results,
    pairs: list[tuple[str, Vector]],
    level: float,
    pay: list[str],
    notes: tuple[str, ...],
) -> TradeMatrix:
    names = tuple(name for name, _ in pairs)
    rows = np.array([row for _, row in pairs])
    worth = rows @ results.utility_estimates
    covariance = rows @ results.utility_covariance @ rows.T
    variance = np.maximum(np.diag(covariance), 0.0)
    intervals = tuple(
        tuple(
            Interval(1.0, 1.0)
            if i == j
            else fieller_interval(
                Ratio(worth[i], worth[j], variance[i], variance[j], covariance[i, j]), level
            )
            for j in range(len(names))
        )
        for i in range(len(names))
    )
    with np.errstate(divide="ignore"):
        statistics = worth / np.sqrt(variance)
    return TradeMatrix(
        names,
        worth[:, None] / worth[None, :],
        intervals,
        statistics,
        level,
        tuple(name for name in names if name in pay),
        notes,
    )
