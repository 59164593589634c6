"""Charts: nothing without words, numbers that can be read three ways, scales that hold them."""

from __future__ import annotations

import csv
import io
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccegov_choice._drawing.chart import Chart, Row, nice_axis, nice_step
from ccegov_choice.errors import ChoiceError
from ccegov_choice.report.charts import (
    Words,
    group_differences,
    importance_bars,
    level_dots,
    scenario_shares,
    trade_intervals,
)

ROWS = (
    Row("How staff behave", 31.25, 28.0, 34.5, "31 (28 to 35)"),
    Row("Days until the decision", 12.5, None, None, "13", absent="the model is fixed here"),
)
WORDS = Words("Staff matter most", "Points out of 100", "Lines are ranges.", "600 people.")


def every_kind() -> list[Chart]:
    return [
        importance_bars(ROWS, WORDS),
        level_dots(ROWS, WORDS),
        trade_intervals(ROWS, WORDS, unit="days"),
        scenario_shares(ROWS, WORDS),
        group_differences(ROWS, WORDS, unit="days"),
    ]


@pytest.mark.parametrize("chart", every_kind(), ids=lambda chart: chart.id)
def test_the_alternative_text_holds_every_number_of_the_chart(chart):
    for row in ROWS:
        assert row.label in chart.alt
        assert row.text in chart.alt
    assert WORDS.headline in chart.alt


@pytest.mark.parametrize("chart", every_kind(), ids=lambda chart: chart.id)
def test_the_csv_holds_the_same_numbers_in_full(chart):
    text = unquote(chart.csv_link.removeprefix("data:text/csv;charset=utf-8,"))
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == len(ROWS) + 1
    assert [float(cell) for cell in rows[1][1:]] == [31.25, 28.0, 34.5]
    assert rows[2][2:] == ["", ""]


@pytest.mark.parametrize("chart", every_kind(), ids=lambda chart: chart.id)
def test_a_missing_interval_says_why_below_the_table(chart):
    assert "– Days until the decision: the model is fixed here" in chart.table.all_notes


@pytest.mark.parametrize("gap", ["headline", "subtitle", "alt", "note", "sample", "rows"])
def test_a_chart_without_its_words_cannot_be_made(gap):
    whole = importance_bars(ROWS, WORDS)
    parts = {name: getattr(whole, name) for name in Chart.__dataclass_fields__}
    parts[gap] = () if gap == "rows" else ""
    with pytest.raises(ChoiceError, match=gap):
        Chart(**parts)


def test_an_alternative_text_can_be_written_by_hand():
    words = Words("h", "s", "n", "b", alt="Staff lead with 31 points.")
    assert importance_bars(ROWS, words).alt == "Staff lead with 31 points."


numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))


@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=8))
def test_a_scale_holds_every_mark_and_interval(triples):
    rows = [Row("x", value, min(low, high), max(low, high)) for value, low, high in triples]
    axis = nice_axis(rows, "days", reference=0.0)
    ends = [end for row in rows for end in (row.value, row.low, row.high)]
    room = (axis.high - axis.low) * 1e-9
    assert axis.low - room <= min([*ends, 0.0])
    assert axis.high + room >= max([*ends, 0.0])
    assert 2 <= len(axis.ticks) <= 8


def test_a_scale_of_shares_does_not_pass_a_hundred():
    axis = nice_axis([Row("x", 97.0, 91.0, 99.9)], "in 100", limits=(0.0, 100.0))
    assert axis.high == 100.0


def test_a_scale_of_one_point_still_has_a_width():
    axis = nice_axis([Row("x", 5.0)], "days")
    assert axis.low < axis.high


@given(st.floats(1e-6, 1e9), st.integers(1, 10))
def test_steps_are_round_and_not_too_many(span, count):
    step = nice_step(span, count)
    mantissa = float(f"{step:e}".split("e")[0])
    assert mantissa in (1.0, 2.0, 2.5, 5.0)
    assert span / step <= count * 1.02
