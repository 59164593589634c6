"""What groups of people would trade, side by side, and which differences are called ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import Chart, Row, nice_axis
from ccegov_choice._drawing.make import make_chart
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.study.payment import decimals, plain
from ccegov_choice.tradeoff.pooling import PoolingTest, p_words

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results
    from ccegov_choice.study.payment import Payment
    from ccegov_choice.tradeoff.trade_off import TradeOff, TradeOffs

_LIMITS = ("low", "high")


@dataclass(frozen=True, eq=False)
class GroupTrade:
    """What one group would trade.

    Parameters
    ----------
    name, label : str
        The group in the data, and in the study's words.
    people, tasks : int
        How many people answered, and how many tasks.
    trades : TradeOffs
        What they would give up for each gain.
    results : Results
        The model of this group by itself.
    """

    name: str
    label: str
    people: int
    tasks: int
    trades: TradeOffs
    results: Results


@dataclass(frozen=True)
class GroupDifference:
    """How much more one group would give up for a gain than another.

    Parameters
    ----------
    gain, gain_text : str
        The gain.
    first, second : str
        The groups.
    difference : Estimate or Absent
        First less second, in units of what is paid in; absent where one of the two is not told.
    p : float or None
        Two-sided p-value by itself.
    p_adjusted : float or None
        The same, allowing for how many differences were looked at.
    called : bool
        Whether it is called a difference: tastes differ by the test of the whole, and this one
        stands out after adjustment.
    """

    gain: str
    gain_text: str
    first: str
    second: str
    difference: Estimate | Absent
    p: float | None
    p_adjusted: float | None
    called: bool


@dataclass(frozen=True, eq=False)
class GroupTrades:
    """Trade-offs of each group, the test of tastes, and differences.

    Parameters
    ----------
    by, label : str
        The column that parts people, and its name in the study's words.
    groups : tuple of GroupTrade
        In the study's order.
    test : PoolingTest or Absent
        Whether tastes are the same but for a scale; absent where a family has no scale.
    differences : tuple of GroupDifference
        One for each pair of groups and gain.
    correction : str
        How p-values allow for the number of differences.
    level : float
        Confidence level; differences are called at one less it.
    seed : int
        Of the draws.
    notes : tuple of str
        What a reader must know besides.
    """

    by: str
    label: str
    groups: tuple[GroupTrade, ...]
    test: PoolingTest | Absent
    differences: tuple[GroupDifference, ...]
    correction: str
    level: float
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def payment(self) -> Payment:
        """What all trades are paid in."""
        return self.groups[0].trades[0].payment

    @property
    def called(self) -> tuple[GroupDifference, ...]:
        """The differences that are called ones."""
        return tuple(item for item in self.differences if item.called)

    # --- numbers --------------------------------------------------------------------------------

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each group and gain."""
        import pandas as pd

        parts = [
            group.trades.to_frame().assign(group=group.name, people=group.people)
            for group in self.groups
        ]
        return pd.concat(parts, ignore_index=True)

    def differences_frame(self) -> pd.DataFrame:
        """Return one row for each difference; missing where it is not told."""
        import pandas as pd

        rows = []
        for item in self.differences:
            row = {**vars(item), "low": None, "high": None}
            if isinstance(item.difference, Estimate):
                found = item.difference
                row |= {"difference": found.value, "low": found.low, "high": found.high}
            else:
                row["difference"] = None
            rows.append(row)
        return pd.DataFrame(rows)

    # --- tables ---------------------------------------------------------------------------------

    def table(self) -> Table:
        """Return what each group would give up for each gain."""
        limits = tuple(f"{100 * self.level:g} % {end}" for end in _LIMITS)
        columns = ("gain", "group", "people", "estimate", *limits)
        rows = tuple(
            (trade.gain_text, group.label, group.people, trade.estimate, *_ends(trade))
            for position in range(len(self.groups[0].trades))
            for group in self.groups
            for trade in [group.trades[position]]
        )
        title = f"What people would accept in {self.payment.context()}, by {self.label}"
        formats = {"people": ",d", **dict.fromkeys(columns[3:], ".3f")}
        return Table(title, columns, rows, self.notes, formats)

    def differences_table(self) -> Table:
        """Return the differences between groups."""
        limits = tuple(f"{100 * self.level:g} % {end}" for end in _LIMITS)
        columns = ("gain", "more of", "than", "difference", *limits, "p", "p adjusted", "called")
        rows = tuple(self._difference_row(item) for item in self.differences)
        known = sum(item.p is not None for item in self.differences)
        note = (
            f"p-values allow for {known} differences looked at ({_CORRECTIONS[self.correction]}). "
            "A difference is called one only after the test of tastes as a whole and this "
            "adjustment."
        )
        formats = {**dict.fromkeys(columns[3:6], ".3f"), "p": ".4f", "p adjusted": ".4f"}
        title = f"Differences by {self.label}, in {self.payment.unit_plural}"
        return Table(title, columns, rows, (note,), formats)

    def _difference_row(self, item: GroupDifference) -> tuple[Cell, ...]:
        first, second = self._label(item.first), self._label(item.second)
        if isinstance(item.difference, Absent):
            gone = item.difference
            return (item.gain_text, first, second, gone, gone, gone, gone, gone, "no")
        found = item.difference
        numbers = (found.value, found.low, found.high, item.p, item.p_adjusted)
        return (item.gain_text, first, second, *numbers, "yes" if item.called else "no")

    def test_table(self) -> Table:
        """Return the two-step test of tastes and scale."""
        if isinstance(self.test, Absent):
            columns = ("held true", "statistic")
            return Table("Same tastes?", columns, (("same tastes, scale free", self.test),))
        table = self.test.table()
        return replace(table, title=f"Same tastes in groups by {self.label}? (Swait and Louviere)")

    def tables(self) -> tuple[Table, ...]:
        """Return all three tables."""
        return (self.table(), self.test_table(), self.differences_table())

    # --- words ----------------------------------------------------------------------------------

    def sentences(self) -> tuple[str, ...]:
        """Say what the test tells, and then each difference that is called one."""
        said = [] if isinstance(self.test, Absent) else list(self.test.sentences())
        if not self.called:
            said.append(
                f"This study cannot tell any difference by {self.label} in what people would "
                f"accept in {self.payment.context()}."
            )
        return (*said, *(self._called_sentence(item) for item in self.called))

    def _called_sentence(self, item: GroupDifference) -> str:
        assert isinstance(item.difference, Estimate)
        found, first, second = item.difference, item.first, item.second
        if found.value < 0:
            found, first, second = found.map(lambda value: -value), second, first
        places = decimals(found, found.value)
        amount = self.payment.amount(found.value, places)
        limits = ""
        if found.low is not None and found.high is not None:
            percent = f"{100 * self.level:g}% interval"
            limits = f"{percent} {plain(found.low, places)} to {plain(found.high, places)}, "
        adjusted = p_words(item.p_adjusted or 0.0)
        return (
            f"For {item.gain_text}, '{self._label(first)}' would accept {amount} {self._way} than "
            f"'{self._label(second)}' ({limits}adjusted p {adjusted})."
        )

    @property
    def _way(self) -> str:
        return self.payment.direction

    def _label(self, name: str) -> str:
        return next(group.label for group in self.groups if group.name == name)

    # --- picture --------------------------------------------------------------------------------

    def chart(self) -> Chart:
        """Chart every group's trade-off under each gain; each group has a shape of its own."""
        rows = [
            _row(group, position, shape)
            for position in range(len(self.groups[0].trades))
            for shape, group in enumerate(self.groups)
        ]
        unit = f"{self.payment.unit_plural} that people would accept"
        axis = nice_axis(rows, unit, reference=0.0, reference_label="nothing")
        people = "; ".join(f"{g.label}: {g.people:,} people" for g in self.groups)
        return make_chart(
            f"groups-{self.by}",
            "dots",
            self.sentences()[0],
            f"What people would accept in {self.payment.context()}, by {self.label}",
            rows,
            axis,
            note=f"Lines are {100 * self.level:g}% intervals. Overlapping lines are no test.",
            sample=people + ".",
            first="gain and group",
            formats=".3f",
        )

    plot = chart

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{words}</p>" for words in map(_escape, self.sentences()))
        return said + "".join(table.to_html() for table in self.tables())

    def __repr__(self) -> str:
        return "\n\n".join([*self.sentences(), *(table.to_text() for table in self.tables())])


_CORRECTIONS = {
    "holm": "Holm",
    "bonferroni": "Bonferroni",
    "bh": "Benjamini and Hochberg: of the differences called, few are false",
    "none": "no adjustment",
}


def _escape(words: str) -> str:
    from html import escape

    return escape(words)


def _ends(trade: TradeOff) -> tuple[Cell, Cell]:
    gone = Absent(trade.interval_text()) if trade.interval.shape != "bounded" else None
    low: Cell = trade.conf_low if trade.conf_low is not None else gone
    high: Cell = trade.conf_high if trade.conf_high is not None else gone
    return low, high


def _row(group: GroupTrade, position: int, shape: int) -> Row:
    trade = group.trades[position]
    low, high = trade.conf_low, trade.conf_high
    heading = trade.gain_text
    if low is None or high is None:
        reason = trade.interval_text()
        return Row(group.label, None, heading=heading, shape=shape, absent=reason)
    places = decimals(trade.interval, trade.estimate)
    shown = [plain(value, places) for value in (trade.estimate, low, high)]
    text = f"{shown[0]} ({shown[1]} to {shown[2]})"
    return Row(group.label, trade.estimate, low, high, text, heading, shape)
