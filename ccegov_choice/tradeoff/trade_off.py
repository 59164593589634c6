"""The answer: how much of one thing people would give up for another, in numbers and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.tradeoff.interval import Interval
from ccegov_choice.tradeoff.phrases import Payment
from ccegov_choice.tradeoff.sampling import Method
from ccegov_choice.tradeoff.sentences import interval_words, trade_sentence

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice._drawing.chart import Chart

Measure = Literal["common", "median over people", "ratio of means"]


@dataclass(frozen=True)
class TradeOff:
    """How much of one thing people would give up for another.

    Parameters
    ----------
    gain : str
        The change, such as ``"dignity: brusque -> respectful"``.
    gain_text : str
        The same in the study's words.
    payment : Payment
        What it is paid in, in words and units.
    estimate : float
        Units of it that people would give up for the gain; below zero, what they would need.
    interval : Interval
        The confidence set.
    std_error : float or None
        Standard error of the estimate, from the delta method and the bootstrap.
    method : {"delta", "krinsky-robb", "fieller", "bootstrap"}
        How the set was made.
    level : float
        Its confidence.
    denominator_statistic : float
        Utility of one unit of what is paid in over its standard error.
    notes : tuple of str
        What a reader must know besides.
    measure : {"common", "median over people", "ratio of means"}
        Of whom it speaks: of everybody, who has the same tastes; of the person in the middle, where
        tastes differ; of people on average, where they differ by covariates that nobody fixed or a
        second opinion tells means only.
    """

    gain: str
    gain_text: str
    payment: Payment
    estimate: float
    interval: Interval
    std_error: float | None
    method: Method
    level: float
    denominator_statistic: float
    notes: tuple[str, ...] = ()
    measure: Measure = "common"

    @property
    def pay_in(self) -> str:
        """Id of the attribute that people pay in."""
        return self.payment.attribute

    @property
    def unit(self) -> str:
        """Its unit, in the plural: ``"days"``."""
        return self.payment.unit_plural

    @property
    def conf_low(self) -> float | None:
        """Lower limit; None where the confidence set has none."""
        return self.interval.low

    @property
    def conf_high(self) -> float | None:
        """Upper limit; None where the confidence set has none."""
        return self.interval.high

    @property
    def reversed(self) -> bool:
        """True if people would need something in return: the gain is a loss to them."""
        return self.estimate < 0

    @property
    def conclusive(self) -> bool:
        """True if the direction of the trade is told: zero lies outside the confidence set."""
        return self.denominator_statistic > 0 and not self.interval.contains(0.0)

    def sentence(self) -> str:
        """Say it in plain English, with its interval."""
        return trade_sentence(self)

    def interval_text(self) -> str:
        """Say the confidence set in words: ``"7.9 to 11.0 days"``, or what there is instead."""
        return interval_words(self)

    def table(self) -> Table:
        """Return the numbers as a table of one row."""
        return _table((self,), f"Willingness to trade: {self.gain_text}")

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __str__(self) -> str:
        return self.sentence()


@dataclass(frozen=True)
class TradeOffs:
    """What people would give up for each of several gains, all paid in the same thing.

    Parameters
    ----------
    items : tuple of TradeOff
        One for each gain.
    left_out : tuple of str
        Attributes that are not among them, and why.
    """

    items: tuple[TradeOff, ...]
    left_out: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[TradeOff]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, position: int) -> TradeOff:
        return self.items[position]

    def table(self) -> Table:
        """Return one row for each gain."""
        payment = self.items[0].payment
        title = f"What people would accept in {payment.context()}"
        return _table(self.items, title, self.left_out)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each gain, at full precision; missing where there is no limit."""
        import pandas as pd

        keys = ("gain", "gain_text", "pay_in", "unit", "estimate", "std_error")
        more = ("conf_low", "conf_high", "method", "level", "measure")
        rows = [{key: getattr(item, key) for key in (*keys, *more)} for item in self.items]
        return pd.DataFrame(rows, columns=[*keys, *more])

    def sentences(self) -> tuple[str, ...]:
        """Return a sentence for each gain."""
        return tuple(item.sentence() for item in self.items)

    def chart(self) -> Chart:
        """Chart what people would give up for each gain."""
        from ccegov_choice.tradeoff.pictures import trade_chart

        return trade_chart(self)

    plot = chart

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()


def _table(items: tuple[TradeOff, ...], title: str, notes: tuple[str, ...] = ()) -> Table:
    payment, level, method = items[0].payment, items[0].level, items[0].method
    unit = f"{payment.unit_plural} of {payment.label}"
    if payment.vehicle:
        unit = f"{payment.unit_plural} ({payment.vehicle})"
    percent = f"{100 * level:g} %"
    rows = tuple(
        (item.gain_text, item.estimate, *_limits(item), "yes" if item.conclusive else "no")
        for item in items
    )
    own = (
        f"In {unit}. A gain is worth so much {payment.direction} of it; below zero, people would "
        "need that in return.",
        f"{percent} intervals: {_METHOD_WORDS[method]}.",
    )
    others = dict.fromkeys(note for item in items for note in item.notes)
    columns = ("gain", "estimate", f"{percent} low", f"{percent} high", "told from zero")
    formats = dict.fromkeys(columns[1:4], ".3f")
    return Table(title, columns, rows, (*own, *others, *notes), formats)


def _limits(item: TradeOff) -> tuple[Cell, Cell]:
    if item.interval.shape == "bounded":
        return item.conf_low, item.conf_high
    reason = Absent(item.interval_text())
    low: Cell = reason if item.conf_low is None else item.conf_low
    high: Cell = reason if item.conf_high is None else item.conf_high
    return low, high


_METHOD_WORDS = {
    "delta": "delta method",
    "krinsky-robb": "Krinsky-Robb draws of the coefficients",
    "fieller": "Fieller's method",
    "bootstrap": "bootstrap by person",
}
