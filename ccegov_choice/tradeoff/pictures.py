"""Pictures of trade-offs: each gain a mark with its interval, in a unit that people know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import Chart, Row, nice_axis
from ccegov_choice._drawing.make import make_chart
from ccegov_choice.study.payment import decimals, plain

if TYPE_CHECKING:
    from ccegov_choice.tradeoff.interval import Interval
    from ccegov_choice.tradeoff.matrix import TradeMatrix
    from ccegov_choice.tradeoff.trade_off import TradeOffs


def trade_chart(trades: TradeOffs) -> Chart:
    """Chart what people would give up for each gain."""
    first = trades.items[0]
    rows = [interval_row(t.gain_text, t.estimate, t.interval, t.interval_text()) for t in trades]
    unit = f"{first.payment.unit_plural} that people would accept"
    axis = nice_axis(rows, unit, reference=0.0, reference_label="nothing")
    title = f"What people would accept in {first.payment.context()}"
    told = [trade for trade in trades if trade.conclusive]
    most = max(told, key=lambda trade: trade.estimate) if told else None
    notes = f"Lines are {100 * first.level:g}% intervals"
    return make_chart(
        f"trade-offs-{first.pay_in}",
        "dots",
        most.sentence() if most else "This study cannot tell what people would trade.",
        title,
        rows,
        axis,
        note=f"{notes}; {first.measure}." if first.measure != "common" else f"{notes}.",
        sample="Everybody who answered.",
        first="gain",
        formats=".3f",
    )


def matrix_chart(matrix: TradeMatrix, pay_in: str | None = None) -> Chart:
    """Chart one column of a matrix: what every improvement is worth in units of one of them."""
    column = pay_in or next(iter(matrix.payable), matrix.gains[0])
    others = [gain for gain in matrix.gains if gain != column]
    rows = [
        interval_row(gain, matrix.value(gain, column), interval, _shape_words(interval))
        for gain in others
        for interval in [matrix.interval(gain, column)]
    ]
    axis = nice_axis(rows, f"times '{column}'", reference=0.0, reference_label="nothing")
    return make_chart(
        "trade-matrix",
        "dots",
        f"What each improvement is worth, measured by '{column}'",
        "A numeric attribute alone stands for one unit of improvement",
        rows,
        axis,
        note=f"Lines are Fieller's {100 * matrix.level:g}% sets.",
        sample="Everybody who answered.",
        first="improvement",
        formats=".3f",
    )


def interval_row(label: str, value: float, interval: Interval, words: str) -> Row:
    """Make the row of an estimate; without a mark where its interval has no ends."""
    if interval.low is None or interval.high is None:
        return Row(label, None, absent=words)
    places = decimals(interval, value)
    shown = [plain(number, places) for number in (value, interval.low, interval.high)]
    text = f"{shown[0]} ({shown[1]} to {shown[2]})"
    return Row(label, value, interval.low, interval.high, text)


def _shape_words(interval: Interval) -> str:
    return f"no interval: the set is {interval.shape}"
