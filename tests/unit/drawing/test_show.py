"""Charts for notebooks: accessible without a network, and valid for Vega-Lite."""

import re
import sys
import warnings

import numpy as np
import pytest

from ccegov_choice._drawing.chart import Row, nice_axis
from ccegov_choice._drawing.make import bins_axis, estimate_row, make_chart, share_bins
from ccegov_choice._drawing.svg import NARROW, draw
from ccegov_choice._estimate import Estimate
from ccegov_choice.errors import ChoiceError, MissingExtraError


def chart(kind="dots", rows=None):
    made = rows or (
        estimate_row("polite", Estimate(12.25, 9.5, 15.0), spec=".1f"),
        estimate_row("appeal <b>", Estimate(-3.0, -5.0, -1.0), shape=1, spec=".1f"),
        Row("unknown", None, absent="its value is not told from zero"),
    )
    axis = nice_axis(made, "days", reference=0.0, reference_label="no effect")
    words = {"note": "95% intervals.", "sample": "200 people."}
    return make_chart("trade", kind, "Polite staff count", "Days", made, axis, **words)


def bins():
    return share_bins(np.array([0.0, 1.0, 1.0, 3.0]), np.array([1.0, 2.0, 2.0, 5.0]), bins=3, cut=0)


def test_alternative_text_and_table_hold_the_numbers():
    made = chart()
    assert "12.2 (9.5 to 15.0)" in made.alt
    assert "not told from zero" in made.alt
    assert made.table.to_frame()["days"].tolist()[:2] == [12.25, -3.0]
    assert "not told from zero" in made.table.to_text()


def test_a_chart_without_words_is_refused():
    with pytest.raises(ChoiceError, match="has no note"):
        make_chart("x", "bars", "h", "s", [Row("a", 1.0)], nice_axis([], ""), note="", sample="1")


def test_shares_of_bins_by_hand():
    found = bins()
    assert [row.value for row in found] == pytest.approx([10.0, 40.0, 50.0])
    assert [(row.low, row.high) for row in found] == [(0, 1), (1, 2), (2, 3)]


def test_bins_end_at_round_numbers_and_at_zero():
    found = share_bins(np.linspace(-3.7, 18.2, 1000), bins=10, cut=0)
    edges = [row.low for row in found]
    assert 0.0 in edges
    assert edges == [-5.0, -2.5, 0.0, 2.5, 5.0, 7.5, 10.0, 12.5, 15.0, 17.5]
    assert bins_axis(found, "days", reference=0.0).high == 20.0


def test_long_tails_stand_in_the_outermost_bins_and_are_said():
    values = np.concatenate([np.linspace(0, 1, 98), [500.0, -500.0]])
    found = share_bins(values, bins=4, cut=0.02)
    assert sum(row.value for row in found) == pytest.approx(100.0)
    assert found[-1].label.endswith("or more")
    assert found[0].label.startswith("below")
    assert found[-1].high <= 1.0


def test_everybody_alike_stands_in_one_bin():
    assert max(row.value for row in share_bins(np.full(5, 2.0), bins=3)) == pytest.approx(100.0)


@pytest.mark.parametrize("kind", ["bars", "dots", "area"])
def test_figures_are_accessible_and_need_no_network(kind):
    html = chart(kind, bins() if kind == "area" else None)._repr_html_()
    assert 'role="img"' in html
    assert 'aria-label="' in html
    assert "<caption>" in html
    assert "<details>" in html
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", html)
    assert "<b>" not in html


def test_bins_have_edges_and_heights_by_their_shares():
    drawn = draw(chart("area", bins()), NARROW)
    heights = [float(h) for h in re.findall(r'class="bin"[^>]*height="([\d.]+)"', drawn)]
    assert [h / max(heights) for h in heights] == pytest.approx([0.2, 0.8, 1.0], abs=0.01)


@pytest.mark.parametrize("kind", ["bars", "dots", "area"])
def test_altair_specifications_are_valid_and_described(kind):
    made = chart(kind, bins() if kind == "area" else None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        spec = made.to_altair().to_dict()  # validated against the schema of Vega-Lite
    assert spec["description"] == made.alt
    assert spec["title"]["text"] == made.headline
    held = [row for data in spec["datasets"].values() for row in data if "value" in row]
    assert [row["value"] for row in held] == [row.value for row in made.rows]
    assert [row["low"] for row in held] == [row.low for row in made.rows]


def test_without_altair_the_cure_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingExtraError, match="notebook"):
        chart().to_altair()
