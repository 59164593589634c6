"""A service index: values, ranks and weights with their intervals, in words too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccegov_choice._disclosure.limits import WITHHELD
from ccegov_choice._drawing.chart import Chart, Row, nice_axis
from ccegov_choice._drawing.make import make_chart
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.policy.value.showing import page
from ccegov_choice.study.payment import lower_first

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class IndexWeight:
    """How much an attribute counts.

    Parameters
    ----------
    attribute, label : str
        Its id and its label.
    weight : Estimate
        Its share of the index, 0 to 1.
    worst, best : str
        Levels that count 0 and 1.
    opposite : float
        Share of people who prefer the worst level.
    """

    attribute: str
    label: str
    weight: Estimate
    worst: str
    best: str
    opposite: float


@dataclass(frozen=True)
class IndexedUnit:
    """One office, area or service.

    Parameters
    ----------
    name : str
        Its name.
    cases : int or None
        People or cases that were measured; None where that is not said or withheld.
    value : Estimate or Absent
        Its index, 0 to 1.
    rank : Estimate or Absent
        1 is best; limits hold for all units together.
    """

    name: str
    cases: int | None
    value: Estimate | Absent
    rank: Estimate | Absent


@dataclass(frozen=True)
class ServiceIndex:
    """Services ranked by what citizens value.

    Parameters
    ----------
    units : tuple of IndexedUnit
        Best first; withheld ones last.
    weights : tuple of IndexWeight
        What counts how much.
    level : float
        Of the intervals.
    seed, draws : int
        Of the draws.
    minimum : int
        Least number of cases.
    people : int
        People whose preferences count; 0 if they do not depend on covariates.
    notes : tuple of str
        What a reader must know besides.
    """

    units: tuple[IndexedUnit, ...]
    weights: tuple[IndexWeight, ...]
    level: float
    seed: int
    draws: int
    minimum: int
    people: int
    notes: tuple[str, ...]

    @property
    def ranked(self) -> tuple[tuple[IndexedUnit, Estimate, Estimate], ...]:
        """Units that are not withheld, each with its index and its rank."""
        return tuple(
            (unit, unit.value, unit.rank)
            for unit in self.units
            if isinstance(unit.value, Estimate) and isinstance(unit.rank, Estimate)
        )

    def table(self) -> Table:
        """Return one row per unit; the index in points of 100."""
        percent = f"{100 * self.level:g} %"
        columns = (
            "unit",
            "index (0-100)",
            f"{percent} low",
            f"{percent} high",
            "rank",
            "best rank",
            "worst rank",
            "cases",
        )
        rows: list[tuple[Cell, ...]] = []
        for unit in self.units:
            if isinstance(unit.value, Absent) or isinstance(unit.rank, Absent):
                withheld: list[Cell] = [WITHHELD] * 7
                rows.append((unit.name, *withheld))
                continue
            shown = unit.value.map(lambda share: 100 * share)
            rank = unit.rank.map(round)
            cases = Absent("not given") if unit.cases is None else unit.cases
            numbers = (shown.value, shown.low, shown.high, rank.value, rank.low, rank.high)
            rows.append((unit.name, *numbers, cases))
        formats = {**dict.fromkeys(columns[1:4], ".1f"), **dict.fromkeys(columns[4:], ",.0f")}
        return Table("Services by what citizens value", columns, tuple(rows), self.notes, formats)

    def weights_table(self) -> Table:
        """Return how much each attribute counts, in per cent."""
        percent = f"{100 * self.level:g} %"
        columns = (
            "attribute",
            "weight (%)",
            f"{percent} low",
            f"{percent} high",
            "counts 0",
            "counts 100",
            "prefer the worst (%)",
        )
        rows = []
        for item in self.weights:
            found = item.weight.map(lambda share: 100 * share)
            numbers = (found.value, found.low, found.high)
            rows.append((item.label, *numbers, item.worst, item.best, 100 * item.opposite))
        formats = dict.fromkeys((*columns[1:4], columns[6]), ".1f")
        return Table("What counts how much", columns, tuple(rows), (), formats)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit; withheld ones without numbers."""
        import pandas as pd

        rows = []
        for unit in self.units:
            value = unit.value if isinstance(unit.value, Estimate) else None
            rank = unit.rank if isinstance(unit.rank, Estimate) else None
            rows.append(
                {
                    "unit": unit.name,
                    "index": value and value.value,
                    "conf_low": value and value.low,
                    "conf_high": value and value.high,
                    "rank": rank and rank.value,
                    "rank_low": rank and rank.low,
                    "rank_high": rank and rank.high,
                    "cases": unit.cases,
                }
            )
        return pd.DataFrame(rows)

    def sentences(self) -> tuple[str, ...]:
        """Say who leads and how sure that is, in plain English."""
        if not self.ranked:
            return (f"No unit has {self.minimum} cases or more, so nothing is ranked.",)
        unit, value, rank = self.ranked[0]
        assert rank.high is not None
        leader = f"'{unit.name}' scores {100 * value.value:.0f} of 100 points"
        if len(self.ranked) == 1:
            said = [f"{leader}; there is no other to compare it with."]
        elif rank.high == 1:
            said = [f"{leader} and is surely the best of {len(self.ranked)}."]
        else:
            said = [
                f"{leader}, the most of {len(self.ranked)}, but this study cannot tell the best: "
                f"its true rank may be anything from 1 to {rank.high:.0f}."
            ]
        top = max(self.weights, key=lambda item: item.weight.value)
        low, high = 100 * (top.weight.low or 0.0), 100 * (top.weight.high or 0.0)
        said.append(
            f"{100 * top.weight.value:.0f} of 100 points are for {lower_first(top.label)} "
            f"({100 * self.level:g}% interval {low:.0f} to {high:.0f})."
        )
        return tuple(said)

    def sentence(self) -> str:
        """Say who leads, in one paragraph."""
        return " ".join(self.sentences())

    def chart(self) -> Chart:
        """Chart the index of every unit that is not withheld."""
        rows = []
        for unit, value, rank in self.ranked:
            shown = value.map(lambda share: 100 * share)
            low, high = rank.low or 0.0, rank.high or 0.0
            text = f"{shown.value:.0f} (rank {low:.0f} to {high:.0f})"
            rows.append(Row(unit.name, shown.value, shown.low, shown.high, text))
        if not rows:
            rows.append(Row("none", None, absent=self.sentences()[0]))
        return make_chart(
            "service-index",
            "dots",
            self.sentences()[0],
            "Points of 100, weighted by what citizens value; ranks that hold for all together",
            rows,
            nice_axis(rows, "points of 100", at_least=(0.0, 100.0), limits=(0.0, 100.0)),
            note=f"Lines are {100 * self.level:g}% intervals. {self.notes[0]}",
            sample=f"{len(self.ranked)} units",
            table=self.table(),
        )

    plot = chart

    def _repr_html_(self) -> str:
        return page([self.table(), self.weights_table()], self.chart())

    def __repr__(self) -> str:
        return f"{self.table().to_text()}\n\n{self.weights_table().to_text()}"
