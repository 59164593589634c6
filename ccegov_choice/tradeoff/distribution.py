"""How a trade-off differs between people: quantiles, shares, classes and groups, in words too."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._drawing.chart import Chart, nice_axis
from ccegov_choice._drawing.make import make_chart, share_bins
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.study.payment import decimals, plain
from ccegov_choice.tradeoff.distribution_words import distribution_sentence

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.study.payment import Payment
    from ccegov_choice.tradeoff.trade_off import TradeOff

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ClassTrade:
    """What one class of people would give up.

    Parameters
    ----------
    name : str
        The class.
    share : Estimate
        Its share of the people, 0 to 1.
    trade : TradeOff or Absent
        What its people would give up; or why that is not told.
    """

    name: str
    share: Estimate
    trade: TradeOff | Absent


@dataclass(frozen=True)
class GroupSpread:
    """How a trade-off differs between the people of a group.

    Parameters
    ----------
    name : str
        The group.
    people : int
        How many of those given are in it.
    quantiles : tuple of (float, Estimate)
        Share of its people -> what so many would give at most.
    opposite, refuse : Estimate
        As in `TradeDistribution`.
    """

    name: str
    people: int
    quantiles: tuple[tuple[float, Estimate], ...]
    opposite: Estimate
    refuse: Estimate

    @property
    def median(self) -> Estimate:
        """What half of its people would give at most."""
        return dict(self.quantiles)[0.5]


@dataclass(frozen=True)
class TradeDistribution:
    """How much of one thing people would give up for another, and how that differs between them.

    Parameters
    ----------
    gain, gain_text : str
        The change, and the same in the study's words.
    payment : Payment
        What it is paid in.
    median : Estimate
        What half of the people would give at most.
    quantiles : tuple of (float, Estimate)
        Share of people -> what so many would give at most; infinite where they would give anything.
    mean : Estimate or Absent
        Mean over people; absent where a ratio of utilities has none.
    trimmed_mean : Estimate or Absent
        Mean without a share of people at either end.
    trim : float
        That share.
    opposite : Estimate
        Share of people, 0 to 1, to whom the gain is a loss.
    refuse : Estimate
        Share of people to whom what is paid in costs nothing or is a gain, so that their ratio is
        no willingness to trade. Quantiles count them as they stand.
    classes : tuple of ClassTrade
        Where people come in classes.
    by : str or None
        What groups are made by.
    groups : tuple of GroupSpread
        Those of ten people or more.
    simulation_error : float or None
        By how much other draws of tastes move the median; None where nothing is simulated.
    level : float
        Confidence level of all intervals.
    draws, seed : int
        Draws of the parameters (Krinsky-Robb) and their seed.
    notes : tuple of str
        What a reader must know besides.
    values, weights : ndarray of shape (n,)
        Trade-offs of people at the estimates, and how many each stands for.
    """

    gain: str
    gain_text: str
    payment: Payment
    median: Estimate
    quantiles: tuple[tuple[float, Estimate], ...]
    mean: Estimate | Absent
    trimmed_mean: Estimate | Absent
    trim: float
    opposite: Estimate
    refuse: Estimate
    classes: tuple[ClassTrade, ...]
    by: str | None
    groups: tuple[GroupSpread, ...]
    simulation_error: float | None
    level: float
    draws: int
    seed: int
    notes: tuple[str, ...]
    values: FloatArray = field(repr=False, compare=False)
    weights: FloatArray = field(repr=False, compare=False)

    @property
    def pay_in(self) -> str:
        """Id of the attribute that people pay in."""
        return self.payment.attribute

    @property
    def unit(self) -> str:
        """Its unit, in the plural."""
        return self.payment.unit_plural

    @property
    def same_for_all(self) -> bool:
        """Whether people do not differ in this trade-off."""
        return bool((self.values == self.values[0]).all())

    def quantile(self, share: float) -> Estimate:
        """Return what a share of people would give at most: 0.05, 0.25, 0.5, 0.75 or 0.95."""
        return dict(self.quantiles)[share]

    def sentence(self) -> str:
        """Say it in plain English, with intervals."""
        return distribution_sentence(self)

    # --- tables -------------------------------------------------------------------------------

    def table(self) -> Table:
        """Return quantiles, means and shares with their intervals."""
        rows = [
            (f"{100 * share:g} % of people would give at most", *_cells(found))
            for share, found in self.quantiles
        ]
        rows.append(("mean over people", *_cells(self.mean)))
        trimmed = f"mean without {100 * self.trim:g} % of people at either end"
        rows.append((trimmed, *_cells(self.trimmed_mean)))
        rows.append(("people in 100 to whom the gain is a loss", *_percent(self.opposite)))
        rows.append(("people in 100 whom paying does not cost anything", *_percent(self.refuse)))
        columns = (f"{self.unit} of {self.payment.label}".strip(), "estimate", *self._limits())
        title = f"What people would give for {self.gain_text}"
        return Table(title, columns, tuple(rows), self.notes, dict.fromkeys(columns[1:], ".3f"))

    def class_table(self) -> Table:
        """Return one row for each class of people."""
        rows = []
        for found in self.classes:
            if isinstance(found.trade, Absent):
                cells: tuple[Cell, ...] = (found.trade,) * 3
            else:
                trade = found.trade
                cells = (trade.estimate, trade.conf_low, trade.conf_high)
            rows.append((found.name, 100 * found.share.value, *cells))
        columns = ("class", "people in 100", "estimate", *self._limits())
        formats = {"people in 100": ".1f", **dict.fromkeys(columns[2:], ".3f")}
        title = f"What each class would give for {self.gain_text}, in {self.unit}"
        return Table(title, columns, tuple(rows), self.notes, formats)

    def group_table(self) -> Table:
        """Return one row for each group of people."""
        rows = tuple(
            (g.name, g.people, *_cells(g.median), 100 * g.opposite.value) for g in self.groups
        )
        last = "gain is a loss (in 100)"
        columns = (self.by or "group", "people", "median", *self._limits(), last)
        formats = {**dict.fromkeys(columns[2:5], ".3f"), last: ".1f"}
        title = f"What each group would give for {self.gain_text}, in {self.unit}"
        return Table(title, columns, rows, self.notes, formats)

    def _limits(self) -> tuple[str, str]:
        percent = f"{100 * self.level:g} %"
        return f"{percent} low", f"{percent} high"

    def to_frame(self) -> pd.DataFrame:
        """Return every number, one a row: ``group, measure, estimate, conf_low, conf_high``.

        A measure that does not exist is missing; limits that are infinite stay so.
        """
        import pandas as pd

        named = [(f"quantile {share:g}", found) for share, found in self.quantiles]
        every: list[tuple[str, str, Estimate | Absent]] = [("", n, found) for n, found in named]
        every += [("", "mean", self.mean), ("", "trimmed mean", self.trimmed_mean)]
        every += [("", "opposite", self.opposite), ("", "refuse", self.refuse)]
        for group in self.groups:
            every += [(group.name, f"quantile {share:g}", e) for share, e in group.quantiles]
            every += [(group.name, "opposite", group.opposite)]
            every += [(group.name, "refuse", group.refuse)]
        columns = ["group", "measure", "estimate", "conf_low", "conf_high"]
        rows = [
            (group, name, None, None, None)
            if isinstance(found, Absent)
            else (group, name, found.value, found.low, found.high)
            for group, name, found in every
        ]
        return pd.DataFrame(rows, columns=columns)

    # --- picture ------------------------------------------------------------------------------

    def chart(self) -> Chart:
        """Return how many people would give how much, as a histogram."""
        # people who would give anything stand in the outermost bins, which say that they are open
        finite = np.isfinite(self.values)
        span = self.values[finite] if finite.any() else np.zeros(1)
        values = np.clip(self.values, span.min() - 1.0, span.max() + 1.0)
        rows = share_bins(values, self.weights, cut=0.02)
        axis = nice_axis(
            [replace(row, value=None) for row in rows],
            f"{self.payment.direction} {self.payment.context()}",
            reference=0.0,
            reference_label="the gain is worth nothing",
        )
        error = self.simulation_error
        return make_chart(
            f"trade-{self.gain.split(':')[0]}-{self.pay_in}",
            "area",
            self.sentence().split(". ")[0].rstrip(".") + ".",
            f"What people would give for {self.gain_text}, by share of people",
            rows,
            axis,
            note="The shape follows from the model; the intervals of its numbers are in the table."
            + (f" Simulated; other draws move the median by {error:.2g}." if error else ""),
            sample=f"{self.draws:,} draws of the parameters, seed {self.seed}.",
            first=self.unit,
        )

    plot = chart

    def _repr_html_(self) -> str:
        tables = [self.table()]
        tables += [self.class_table()] if self.classes else []
        tables += [self.group_table()] if self.groups else []
        return "".join(table.to_html() for table in tables) + self.chart()._repr_html_()

    def __repr__(self) -> str:
        return self.table().to_text()

    def amount(self, found: Estimate) -> str:
        """Write a number with its unit and interval: ``"9.4 days (7.9 to 11.0)"``."""
        places = decimals(found, found.value)
        value = self.payment.amount(found.value, places)
        if found.low is None or found.high is None:
            return value
        return f"{value} ({plain(found.low, places)} to {plain(found.high, places)})"


def _cells(found: Estimate | Absent) -> tuple[Cell, Cell, Cell]:
    if isinstance(found, Absent):
        return found, found, found
    return _finite(found.value), _finite(found.low), _finite(found.high)


def _finite(value: float | None) -> Cell:
    if value is None or math.isfinite(value):
        return value
    return Absent("so many people would give anything" if value > 0 else "no lower limit")


def _percent(found: Estimate) -> tuple[Cell, Cell, Cell]:
    return _cells(found.map(lambda share: 100 * share))
