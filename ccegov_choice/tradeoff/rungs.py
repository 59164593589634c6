"""A ladder of improvements, each beside one unit of the same thing: in numbers and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import Chart, Row, nice_axis
from ccegov_choice._drawing.make import make_chart
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.study.payment import decimals, plain

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.study.payment import Payment


@dataclass(frozen=True)
class LadderStep:
    """One rung: an improvement beside one unit of what everything is measured in.

    Parameters
    ----------
    gain, text : str
        The improvement, and its words.
    amount : Estimate or Absent
        For an attribute measured in units of its own: how many of them are worth one unit of what
        is measured in. For a step between words: how many of those units the step is worth.
    unit : str
        The unit of the amount, with its direction: ``"pages fewer"``.
    worth : Estimate
        What the improvement is worth, in units of what is measured in.
    own_unit : bool
        Whether the amount is in the improvement's own unit.
    """

    gain: str
    text: str
    amount: Estimate | Absent
    unit: str
    worth: Estimate
    own_unit: bool

    def words(self) -> str:
        """Say the amount: ``"0.4 pages fewer"``, or ``"polite instead of brusque (6.0 days)"``."""
        if isinstance(self.amount, Absent):
            return self.text
        return _amount_words(self.amount, self.unit)


@dataclass(frozen=True)
class TradeLadder:
    """Improvements in the order of their worth, all beside one unit of the same thing.

    Parameters
    ----------
    unit_text : str
        What they are measured by: ``"1 day less (time until the decision)"``.
    payment : Payment
        Its words.
    steps : tuple of LadderStep
        From the least to the most worth.
    level : float
        Confidence level.
    notes : tuple of str
        What a reader must know besides.
    sample : str
        Whom it rests on.
    """

    unit_text: str
    payment: Payment
    steps: tuple[LadderStep, ...]
    level: float
    notes: tuple[str, ...] = ()
    sample: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each step; missing where there is no amount."""
        import pandas as pd

        rows = []
        for step in self.steps:
            amount = step.amount if isinstance(step.amount, Estimate) else Estimate(float("nan"))
            row = {"gain": step.gain, "text": step.text, "amount": amount.value}
            row |= {"amount_low": amount.low, "amount_high": amount.high, "unit": step.unit}
            worth = {"worth": step.worth.value, "low": step.worth.low, "high": step.worth.high}
            rows.append({**row, **worth, "own_unit": step.own_unit})
        return pd.DataFrame(rows)

    def text(self) -> str:
        """Say the ladder in one line: ``"1 day less = 0.4 pages fewer = ..."``.

        Only improvements with a unit of their own whose worth is told from zero can stand in it.
        """
        own = [s for s in self.steps if s.own_unit and isinstance(s.amount, Estimate)]
        return " = ".join([self.unit_text, *(step.words() for step in own)])

    def sentences(self) -> tuple[str, ...]:
        """Say what one unit is worth as much as, and what each step between words is worth."""
        return tuple(self._sentence(step) for step in self.steps)

    def _sentence(self, step: LadderStep) -> str:
        percent = f"{100 * self.level:g}% interval"
        if step.worth.sign == 0 or isinstance(step.amount, Absent):
            return (
                f"This study cannot tell what {step.text} is worth in {self.payment.context()} "
                f"({percent} {_between(step.worth)})."
            )
        aside = f"({percent} {_between(step.amount)})"
        if step.own_unit:
            return f"{_capital(self.unit_text)} is worth as much as {step.words()} {aside}."
        if step.worth.value < 0:
            amount = _amount_words(step.worth.map(lambda value: -value), step.unit)
            return f"{_capital(step.text)} is a loss, as large as {amount} {aside}."
        return f"{_capital(step.text)} is worth as much as {step.words()} {aside}."

    def table(self) -> Table:
        """Return the steps from the least to the most worth."""
        limits = tuple(f"{100 * self.level:g} % {end}" for end in ("low", "high"))
        worth = f"worth in {self.payment.unit_plural or 'units'}"
        columns = ("improvement", worth, *limits, f"one {self.payment.unit or 'unit'} is worth")
        rows = tuple(self._row(step) for step in self.steps)
        if not any(step.own_unit for step in self.steps):
            columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
        formats = dict.fromkeys(columns[1:4], ".3f")
        return Table(f"Ladder: {self.unit_text}", columns, rows, self.notes, formats)

    def _row(self, step: LadderStep) -> tuple[Cell, ...]:
        last: Cell = step.words() if step.own_unit else None
        if isinstance(step.amount, Absent):
            last = step.amount
        return (step.text, step.worth.value, step.worth.low, step.worth.high, last)

    def chart(self) -> Chart:
        """Chart what each improvement is worth, from the most to the least."""
        rows = [_rung(step) for step in reversed(self.steps)]
        unit = f"worth so many {self.payment.context()}"
        axis = nice_axis(rows, unit, reference=0.0, reference_label="nothing")
        return make_chart(
            f"ladder-{self.payment.attribute}",
            "dots",
            self._headline(),
            f"What each improvement is worth to people, in {self.payment.context()}",
            rows,
            axis,
            note=f"Lines are {100 * self.level:g}% intervals.",
            sample=self.sample or "Everybody who answered.",
            first="improvement",
            formats=".3f",
        )

    plot = chart

    def _headline(self) -> str:
        if "=" in self.text():
            return self.text()
        return f"{_capital(self.steps[-1].text)} is worth most"

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return f"{self.text()}\n\n{self.table().to_text()}"


def _amount_words(amount: Estimate, unit: str) -> str:
    return f"{plain(amount.value, decimals(amount, amount.value))} {unit}"


def _between(amount: Estimate) -> str:
    if amount.low is None or amount.high is None:
        return "without limits"
    places = decimals(amount, amount.value)
    return f"{plain(amount.low, places)} to {plain(amount.high, places)}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _rung(step: LadderStep) -> Row:
    worth = step.worth
    if worth.low is None or worth.high is None:
        return Row(step.text, None, absent="its interval is unbounded")
    places = decimals(worth, worth.value)
    shown = [plain(value, places) for value in (worth.value, worth.low, worth.high)]
    text = f"{shown[0]} ({shown[1]} to {shown[2]})"
    return Row(step.text, worth.value, worth.low, worth.high, text)
