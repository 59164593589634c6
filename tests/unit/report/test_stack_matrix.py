"""Stacked bars and triangles of numbers: lengths, words and contrast."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from ccegov_choice._drawing.ink import INK, text_width
from ccegov_choice._drawing.matrix import _STEPS, draw_matrix
from ccegov_choice._drawing.stack import TINTS, Stack, draw_stacks, swatch
from ccegov_choice._drawing.svg import NARROW, WIDE

SVG = "{http://www.w3.org/2000/svg}"
LAYOUTS = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [*TINTS, *(colour for _, colour in _STEPS)])
def test_words_stand_out_from_every_tint(colour):
    assert (luminance(colour) + 0.05) / (luminance(INK) + 0.05) >= 4.5


@LAYOUTS
def test_parts_are_as_long_as_their_shares(layout):
    rows = [Stack("Task 1", (0.5, None, 0.5)), Stack("Task 2", (0.9, 0.02, 0.08))]
    root = ElementTree.fromstring(draw_stacks(rows, "ABC", "A <drawing>", layout))
    assert root.get("role") == "img"
    assert root.get("aria-label") == "A <drawing>"
    widths = [float(r.get("width")) for r in root.iter(f"{SVG}rect")]
    total = widths[0] / 0.5  # widths are rounded to a tenth
    assert widths == pytest.approx([total * s for s in (0.5, 0.5, 0.9, 0.02, 0.08)], abs=0.16)
    told = [t.text for t in root.iter(f"{SVG}text")]
    assert told[:3] == ["Task 1", "A 50", "C 50"]
    assert "B 2" not in told  # no room for it


@LAYOUTS
def test_a_triangle_has_every_pair_once(layout):
    values = [[None, 0.25, None], [0.25, None, 1.0], [None, 1.0, None]]
    root = ElementTree.fromstring(draw_matrix(["p", "q", "r"], values, "words", layout))
    assert len(list(root.iter(f"{SVG}rect"))) == 3
    texts = [t.text for t in root.iter(f"{SVG}text") if t.get("class") == "value"]
    assert texts == [".25", "–", "1.00"]
    for text in root.iter(f"{SVG}text"):
        half = text_width(text.text, 13) / (2 if text.get("text-anchor") else 1)
        assert float(text.get("x")) + half <= layout.width + 1


def test_a_swatch_is_left_out_of_the_spoken_page():
    assert 'aria-hidden="true"' in swatch(0)
    assert swatch(0) != swatch(1)
