"""Headlines say what the numbers say, and no more."""

from __future__ import annotations

import dataclasses

import pytest

from ccegov_choice.report.blocks import Figure
from ccegov_choice.report.document import Report
from ccegov_choice.report.priorities import importance_headline
from ccegov_choice.report.trading import by_attribute, gain_parts, headline, places_of
from ccegov_choice.tradeoff.importance import AttributeImportance, Importance
from ccegov_choice.tradeoff.interval import Interval
from ccegov_choice.tradeoff.ratio import trade_offs


def ranking(*ranges: tuple[float, float, float]) -> Importance:
    items = tuple(
        AttributeImportance(f"a{i}", f"Thing {i}", share, low, high, 1.0, "w", "b")
        for i, (share, low, high) in enumerate(ranges, 1)
    )
    return Importance(items, 0.95, 100, 1, ())


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ([(0.6, 0.5, 0.7), (0.4, 0.3, 0.49)], "“Thing 1” matters most"),
        (
            [(0.5, 0.4, 0.6), (0.4, 0.3, 0.45), (0.1, 0.0, 0.2)],
            "“Thing 1” and “Thing 2” matter most, and we cannot tell which comes first",
        ),
        (
            [(0.4, 0.3, 0.5), (0.3, 0.2, 0.4), (0.3, 0.2, 0.4)],
            "“Thing 1” may matter most, but 2 other things are close",
        ),
        ([(1.0, 1.0, 1.0)], "Only “Thing 1” could differ"),
    ],
)
def test_what_matters_most_is_named_only_where_it_is_told(ranges, words):
    assert importance_headline(ranking(*ranges)) == words


@pytest.fixture(scope="module")
def trades(parts):
    return trade_offs(parts[2], "wait").items


def changed(trade, estimate: float, low: float | None, high: float | None):
    return dataclasses.replace(trade, estimate=estimate, interval=Interval(low, high))


def test_the_largest_gain_told_from_nothing_leads(study, trades):
    unsure = changed(trades[0], 99.0, -1.0, 200.0)
    sure = changed(trades[1], 9.0, 5.0, 13.0)
    loss = changed(trades[2], -120.0, -130.0, -110.0)
    _, change = gain_parts(study, sure)
    assert change in headline(study, [unsure, sure, loss])
    assert headline(study, [unsure, loss]) == "No trade is clear enough to name one"


def test_gains_of_one_attribute_stand_together(trades):
    small, large = changed(trades[0], 1.0, 0.5, 1.5), changed(trades[1], 9.0, 5.0, 13.0)
    other = changed(trades[2], 5.0, 4.0, 6.0)
    assert small.gain.startswith("staff:")
    assert large.gain.startswith("staff:")
    assert by_attribute([small, other, large]) == [large, small, other]


@pytest.mark.parametrize(
    ("numbers", "places"),
    [
        ((27.4, 22.2, 32.5), 0),
        ((0.6, -6.8, 7.9), 1),
        ((0.21, 0.12, 0.31), 2),
        ((100.01, 100.0, 100.02), 2),
        ((5.0, 5.0, 5.0), 4),
    ],
)
def test_a_range_never_looks_like_a_single_number_by_rounding(trades, numbers, places):
    assert places_of(changed(trades[0], *numbers)) == places


def test_an_unbounded_set_has_no_mark_and_says_why(study, parts, trades):
    design, data, results = parts
    open_ended = changed(trades[0], 9.0, 2.0, None)
    report = Report(study, design, data, [results], [open_ended])
    figures = [b.chart for s in report.sections for b in s.blocks if isinstance(b, Figure)]
    row = next(chart for chart in figures if chart.id == "trade-offs-wait").rows[0]
    assert row.value is None
    assert row.text == "cannot tell"
    assert "at least 2" in row.absent


def groups_headline(study, parts, one, other) -> str:
    design, data, results = parts
    report = Report(study, design, data, [results], groups={"North": [one], "South": [other]})
    figures = [b.chart for s in report.sections for b in s.blocks if isinstance(b, Figure)]
    return next(chart for chart in figures if chart.id == "groups-wait").headline


def test_groups_differ_only_where_their_ranges_do_not_touch(study, parts, trades):
    low, high = changed(trades[0], 3.0, 1.0, 5.0), changed(trades[0], 9.0, 6.0, 12.0)
    near = changed(trades[0], 9.0, 4.9, 12.0)
    told = groups_headline(study, parts, low, high)
    assert told.startswith("“South” would give up more than “North” for how staff behave")
    assert groups_headline(study, parts, low, near) == "No clear difference between the groups"
