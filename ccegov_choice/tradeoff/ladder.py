"""A ladder of what is worth as much as one unit: one day sooner = 0.4 pages fewer = ..."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccegov_choice._drawing.chart import Chart, Row, nice_axis
from ccegov_choice._drawing.make import make_chart
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.results import Results
from ccegov_choice.study.gain import improvement_sign, parse_gain, payment_attribute
from ccegov_choice.study.payment import decimals, payment_words, plain
from ccegov_choice.tradeoff.phrases import gain_words
from ccegov_choice.tradeoff.ratio import trade_offs, willingness_to_trade

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.payment import Payment
    from ccegov_choice.tradeoff.trade_off import TradeOff


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


def trade_ladder(
    results: Results,
    unit: str,
    *,
    gains: Sequence[str] | None = None,
    level: float = 0.95,
    draws: int | None = None,
    seed: int = 1,
    data: ChoiceData | None = None,
    at: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> TradeLadder:
    """Return what is worth as much as one unit: ``1 day less = 0.4 pages fewer = ...``.

    Parameters
    ----------
    results : Results
        A fitted model of any family; where tastes differ, medians over people.
    unit : str
        Attribute whose unit everything is measured in: a numeraire of the study.
    gains : sequence of str, optional
        What to compare, as in `willingness_to_trade`; every improvement without it.
    level : float
        Confidence level; intervals are Krinsky-Robb's, which turn over as amounts do.
    draws, seed, data, at, language
        As in `willingness_to_trade`.

    Returns
    -------
    TradeLadder

    Raises
    ------
    TradeOffError
        As `trade_offs`: if something is not for sale, or the unit is not told from zero.
    """
    study = results.study
    options: dict[str, Any] = {
        "method": "krinsky-robb",
        "level": level,
        "draws": draws,
        "seed": seed,
        "data": data,
        "at": at,
        "language": language,
    }
    if gains is None:
        found = trade_offs(results, unit, **options)
        trades, left_out = found.items, found.left_out
    else:
        trades = tuple(
            willingness_to_trade(results, gain=gain, pay_in=unit, **options) for gain in gains
        )
        left_out = ()
    if not trades:
        raise TradeOffError(
            "a ladder needs something to compare with",
            where="gains",
            cure="Name gains, such as 'dignity: polite', or leave gains out for all of them.",
        )
    measure = payment_attribute(unit, results.utility, study)
    one = parse_gain(unit, results.utility, study)
    words = gain_words(one, measure, study.numeraire(measure.id), language)
    steps = [_step(results, trade, language) for trade in trades]
    steps.sort(key=lambda step: step.worth.value)
    notes = dict.fromkeys(note for trade in trades for note in trade.notes)
    sample = f"{results.people:,} people, {results.tasks:,} choices."
    payment = trades[0].payment
    return TradeLadder(words, payment, tuple(steps), level, (*notes, *left_out), sample)


def _step(results: Results, trade: TradeOff, language: str | None) -> LadderStep:
    gain = parse_gain(trade.gain, results.utility, results.study)
    worth = Estimate(trade.estimate, trade.conf_low, trade.conf_high)
    if not gain.one_unit:
        unit = trade.payment.unit_plural or "units"
        amount: Estimate | Absent = worth
        if worth.low is None or worth.high is None:
            amount = Absent(trade.interval_text())
        return LadderStep(trade.gain, trade.gain_text, amount, unit, worth, own_unit=False)
    attribute = results.study.attribute(gain.attribute)
    unit = _own_unit(results, attribute, language)
    if worth.sign == 0 or trade.denominator_statistic <= 0:
        gone = Absent(f"its own worth is not told from zero ({trade.interval_text()})")
        return LadderStep(trade.gain, trade.gain_text, gone, unit, worth, own_unit=True)
    turned = worth.map(lambda value: 1.0 / abs(value))
    unit = _own_unit(results, attribute, language, gained=worth.value > 0)
    return LadderStep(trade.gain, trade.gain_text, turned, unit, worth, own_unit=True)


def _own_unit(
    results: Results, attribute: Attribute, language: str | None, *, gained: bool = True
) -> str:
    """Return the unit with the direction that people want: ``"pages fewer (forms)"``."""
    words = payment_words(attribute, results.study.numeraire(attribute.id), language)
    more = (improvement_sign(attribute) > 0) == gained
    less = "less" if words.vehicle or not words.unit_plural else "fewer"
    way = "more" if more else less
    return f"{words.unit_plural} {way} ({words.label})".strip()


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
