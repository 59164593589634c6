"""One table, many renderings, none of which invents or hides a number."""

import pandas as pd
import pytest

from ccegov_choice._table import Absent, Table, format_number

TABLE = Table(
    "Estimates <of> a model",
    ("term", "estimate", "std. error"),
    (("wait", -0.04, 0.01), ("dignity[a_b]", 1.25, Absent("fixed at 1.25"))),
    notes=("Errors are clustered.",),
    formats={"estimate": ".2f"},
)


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (-0.5, None, "−0.5"),
        (12.0, None, "12"),
        (1234567.0, None, "1,234,567"),
        (0.000012, None, "1.200e-05"),
        (0.123456, None, "0.1235"),
        (0.0, None, "0"),
        (float("nan"), None, "–"),
        (3.14159, ".2f", "3.14"),
    ],
)
def test_numbers_are_written_for_readers(value, spec, text):
    assert format_number(value, spec) == text


def test_text_aligns_numbers_right_and_gives_the_reason_of_a_dash():
    lines = TABLE.to_text().splitlines()
    assert lines[0] == "Estimates <of> a model"
    assert lines[4] == "wait             −0.04        0.01"
    assert lines[5] == "dignity[a_b]      1.25           –"
    assert lines[-2:] == ["Errors are clustered.", "– dignity[a_b]: fixed at 1.25"]


def test_html_has_caption_scopes_and_escapes():
    html = TABLE.to_html(css_class="data", id="t1")
    assert html.startswith('<table id="t1" class="data"><caption>Estimates &lt;of&gt; a model')
    assert html.count('scope="col"') == 3
    assert html.count('scope="row"') == 2
    assert "<of>" not in html


def test_latex_escapes_and_uses_booktabs():
    latex = TABLE.to_latex()
    assert r"dignity[a\_b]" in latex
    assert r"\toprule" in latex
    assert "-0.04" in latex
    assert r"\caption{Estimates <of> a model}" in latex


def test_markdown_keeps_pipes_inside_cells():
    assert "| a\\|b | 1 |" in Table("t", ("x", "n"), (("a|b", 1),)).to_markdown()


def test_frame_and_csv_keep_full_precision_and_leave_absent_cells_empty():
    table = Table("t", ("x", "n"), (("a", 1 / 3), ("b", Absent("none"))))
    frame = table.to_frame()
    assert frame["n"][0] == 1 / 3
    assert pd.isna(frame["n"][1])
    assert table.to_csv() == f"x,n\na,{1 / 3!r}\nb,\n"


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="rows \\[1\\] do not have 2 cells"):
        Table("t", ("a", "b"), (("x", 1), ("y",)))
