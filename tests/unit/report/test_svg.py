"""The drawings: a role and a name, text inside the edges, the same bytes each time."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from ccegov_choice._drawing.chart import Row
from ccegov_choice._drawing.svg import (
    ACCENT,
    BAR,
    INK,
    LINE,
    MUTED,
    NARROW,
    PAPER,
    WIDE,
    draw,
    text_width,
    wrap,
)
from ccegov_choice.report.charts import Words, level_dots, trade_intervals

SVG = "{http://www.w3.org/2000/svg}"
LONG = "How the officers of the local counter treat people who come with a question of their own"
ROWS = (
    Row("polite and attentive", 74.0, 71.0, 77.0, "74 (71 to 77)", heading=LONG),
    Row('<b>&"quotes"</b>', 50.0, 44.0, 56.0, "50 (44 to 56)", heading=LONG, shape=1),
    Row("a level with very many words that does not fit on one line", 40.0, text="40", shape=2),
    Row("diamond", 45.0, text="−1,245.5 (−2,345.6 to −123.4)", shape=3),
)
WORDS = Words("Polite wins", "How often", "Lines are ranges.", "600 people.")
LAYOUTS = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)


@LAYOUTS
def test_it_is_well_formed_and_has_a_role_and_a_name(layout):
    chart = level_dots(ROWS, WORDS)
    root = ElementTree.fromstring(draw(chart, layout))
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.alt
    assert root.find(f".//{SVG}script") is None


@LAYOUTS
def test_everything_stays_inside_the_drawing(layout):
    root = ElementTree.fromstring(draw(level_dots(ROWS, WORDS), layout))
    height = float(root.get("height"))
    for text in root.iter(f"{SVG}text"):
        size = float(text.get("font-size"))
        bold = text.get("font-weight") is not None
        width = text_width(text.text, size, bold=bold)
        x = float(text.get("x")) - (width / 2 if text.get("text-anchor") else 0)
        assert x >= -1, text.text
        assert x + width <= layout.width + 1, text.text
        assert 0 < float(text.get("y")) <= height


@LAYOUTS
def test_rows_do_not_overlap(layout):
    root = ElementTree.fromstring(draw(level_dots(ROWS, WORDS), layout))
    left = [t for t in root.iter(f"{SVG}text") if t.get("class") in ("label", "heading")]
    heights = [float(t.get("y")) for t in left]
    assert all(b - a >= 15 for a, b in pairwise(heights))


@LAYOUTS
def test_marks_sit_where_their_values_are(layout):
    chart = trade_intervals((Row("x", 5.0, 0.0, 10.0, "5"),), WORDS, unit="days")
    root = ElementTree.fromstring(draw(chart, layout))
    assert root.get("width") == f"{layout.width:g}"
    circle = root.find(f".//{SVG}circle")
    assert float(circle.get("cx")) == pytest.approx((layout.left + layout.right) / 2, abs=0.1)
    line = next(e for e in root.iter(f"{SVG}line") if e.get("class") == "interval")
    assert float(line.get("x1")) == pytest.approx(layout.left, abs=0.1)
    assert float(line.get("x2")) == pytest.approx(layout.right, abs=0.1)


def test_groups_differ_by_shape_and_not_by_colour():
    root = ElementTree.fromstring(draw(level_dots(ROWS, WORDS)))
    marks = [e for e in root.iter() if e.get("class") == "mark"]
    assert len({(e.tag, e.get("points", "").count(" ")) for e in marks}) == 4
    assert {e.get("fill") for e in marks} == {ACCENT}


def test_it_is_the_same_each_time():
    assert draw(level_dots(ROWS, WORDS)) == draw(level_dots(ROWS, WORDS))


def test_there_is_no_minus_zero():
    rows = (Row("x", -0.001, -0.04, 0.04, "0"),)
    text = draw(trade_intervals(rows, WORDS, unit="days"))
    assert not re.search(r'"-0(\.0)?"', text)
    assert ">−0<" not in text


def test_wrapping_keeps_every_word_and_the_width():
    lines = wrap(LONG, 14, 200)
    assert " ".join(lines) == LONG
    assert all(text_width(line, 14) <= 200 for line in lines)


def test_a_word_too_long_for_a_line_keeps_its_own():
    assert wrap("a Donaudampfschifffahrtsgesellschaft b", 14, 60)[1].startswith("Donau")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ruler_of_contrast_is_right():
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", [INK, MUTED])
def test_words_in_a_drawing_have_contrast(colour):
    assert contrast(colour, PAPER) >= 4.5


@pytest.mark.parametrize(
    ("colour", "ground"), [(ACCENT, PAPER), (BAR, PAPER), (LINE, PAPER), (INK, BAR)]
)
def test_marks_have_contrast(colour, ground):
    assert contrast(colour, ground) >= 3.0
