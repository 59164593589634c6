"""Authors' Markdown: nothing that could harm a reader, or break the order of headings."""

from __future__ import annotations

import pytest

from ccegov_choice.survey.pages.prose import prose


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        '<img src="x" onerror="alert(1)">',
        "![x](https://elsewhere.example/x.png)",
        "![x](//elsewhere.example/x.png)",
        "![x](../secret.png)",
        "<style>p{}</style>",
        '<p onclick="x">y</p>',
    ],
)
def test_nothing_harmful_is_left(text):
    html = str(prose(text, "/media"))
    for bad in ("<script", 'href="javascript', 'href="data', "<img", "<style", "<p onclick"):
        assert bad not in html


def test_headings_start_at_the_second_level():
    html = str(prose("# One\n\n## Two\n\n### Three\n\n#### Four", "/media"))
    assert [html.count(f"<h{level}") for level in (1, 2, 3, 4)] == [0, 1, 1, 2]


def test_headings_that_start_deep_are_raised():
    assert "<h2" in prose("### Deep", "/media")


def test_pictures_come_from_the_survey_with_their_text():
    html = prose("![A map](maps/town.svg)", "/x/media")
    assert '<img src="/x/media/maps/town.svg" alt="A map">' in html


def test_column_headings_have_a_scope():
    assert '<th class="govuk-table__header" scope="col">' in prose("|a|\n|-|\n|1|", "/media")


def test_links_stay_in_place_and_tell_nobody_where_from():
    html = prose("[our page](https://office.example/x)", "/media")
    assert 'href="https://office.example/x"' in html
    assert 'rel="noopener noreferrer"' in html
    assert "target" not in html


def test_no_text_is_no_html():
    assert prose("  \n", "/media") == ""
