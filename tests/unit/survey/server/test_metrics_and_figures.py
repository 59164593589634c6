"""Numbers for monitors and for the overview."""

from datetime import UTC, datetime, timedelta

import pytest

from ccegov_choice.responses.tallies import BlockTally, Counts, HourTally, QuotaTally
from ccegov_choice.survey.server.admin import figures
from ccegov_choice.survey.server.admin.hours_chart import MOST_BARS, hours_chart
from ccegov_choice.survey.server.operations.metrics import (
    VARIABLE,
    may_read,
    metrics_text,
    metrics_token,
)

HOUR = datetime(2026, 3, 2, 9, tzinfo=UTC)
COUNTS = Counts(
    'a "b"\\c',
    "live",
    {"completed": 3, "started": 1},
    2,
    (BlockTally("1", 4, 4, 2, 1, 0, 0), BlockTally("2", 1, 1, 1, 0, 0, 0)),
    (QuotaTally("age", "young", 3, 1),),
    {"web": {"completed": 3, "started": 1}},
    {"en": {"completed": 3, "started": 1}},
    {"": {"started": 1}},
    (HourTally(HOUR, 4, 0), HourTally(HOUR + timedelta(hours=2), 0, 3)),
)


def test_metrics_are_lines_that_prometheus_reads():
    text = metrics_text(COUNTS, "paused")
    assert text.endswith("\n")
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(
        line.startswith("ccegov_survey_") and line.rsplit(" ", 1)[1].isdigit() for line in samples
    )
    named = {line.rsplit(" ", 1)[0]: int(line.rsplit(" ", 1)[1]) for line in samples}
    survey = r'survey="a \"b\"\\c"'
    assert named[f'ccegov_survey_people{{{survey},state="completed"}}'] == 3
    assert named[f'ccegov_survey_people{{{survey},state="erased"}}'] == 2
    assert named[f'ccegov_survey_completed{{{survey},block="1"}}'] == 2
    assert named[f"ccegov_survey_block_spread{{{survey}}}"] == 1
    assert named[f'ccegov_survey_field{{{survey},state="paused"}}'] == 1
    assert named[f'ccegov_survey_field{{{survey},state="open"}}'] == 0
    helps = {line.split()[2] for line in text.splitlines() if line.startswith("# HELP")}
    assert {line.split("{")[0] for line in samples} == helps


@pytest.mark.parametrize(
    ("header", "token", "answer"),
    [
        ("Bearer abcdefghijklmnop", "abcdefghijklmnop", True),
        ("Bearer abcdefghijklmnoq", "abcdefghijklmnop", False),
        ("abcdefghijklmnop", "abcdefghijklmnop", False),
        ("Bearer ", "", False),
        ("Bearer é", "abcdefghijklmnop", False),
    ],
)
def test_metrics_open_with_the_token_only(header, token, answer):
    assert may_read(header, token) is answer


def test_a_short_token_is_none():
    assert metrics_token({VARIABLE: "short"}) == ""
    assert metrics_token({}) == ""
    assert metrics_token({VARIABLE: "long enough to be one"}) == "long enough to be one"


def test_the_headline_says_the_few_numbers_that_matter():
    found = dict(figures.headline(COUNTS, 10))
    assert found["completed"] == "3 of 10"
    assert found["under way now"] == "1"
    assert found["begun in all"] == "4"
    assert found["of those who began have completed"] == "75%"
    empty = dict(figures.headline(Counts("s", "live", {}, 0, (), ()), 0))
    assert empty["completed"] == "0"
    assert empty["of those who began have completed"] == figures.NONE


def test_people_of_whom_nothing_is_known_have_a_row_too():
    sheet = figures.by_kind("Devices", "device", COUNTS.devices)
    assert sheet.cells == (("not known", "1", "0", "0%"),)
    assert sheet.numeric == (False, True, True, True)


def test_erased_people_are_told_of():
    assert any("Erased" in row[0] for row in figures.by_state(COUNTS).rows)


def test_a_sheet_writes_numbers_for_people():
    sheet = figures.Sheet("t", ("a", "b", "c"), (("x", 12345, 2.25), ("y", None, 0.0)))
    assert sheet.cells == (("x", "12,345", "2.2"), ("y", "–", "0.0"))
    assert sheet.numeric == (False, True, True)
    assert figures.Sheet("t", ("a",), ()).numeric == (False,)


def test_the_chart_shows_every_hour_also_empty_ones():
    chart = hours_chart(COUNTS.hours)
    assert len(chart.bars) == 3
    assert chart.most == 4
    assert chart.bars[0].behind_height == chart.floor - chart.top
    assert chart.bars[1].behind_height == chart.bars[1].height == 0
    assert chart.bars[2].height == pytest.approx(0.75 * (chart.floor - chart.top), abs=0.1)
    assert "4 people began and 3 completed, at most 4 in one hour" in chart.said


def test_many_hours_become_days_and_nothing_leaves_the_drawing():
    hours = [HourTally(HOUR + timedelta(hours=8 * i), 1, 1) for i in range(400)]
    chart = hours_chart(hours)
    assert len(chart.bars) == MOST_BARS
    assert "By day" in chart.said
    assert max(bar.x + bar.width for bar in chart.bars) <= chart.width
    assert all(0 <= x <= chart.width for x, _, _ in chart.marks)


def test_without_anybody_there_is_no_chart():
    assert hours_chart(()) is None
