"""Markdown as blocks for print."""

from __future__ import annotations

from ccegov_choice.survey.paper.prose_blocks import prose_blocks


def plain(text: str, **style: bool) -> dict:
    return {"text": text, "bold": False, "italic": False, **style}


def test_paragraphs_and_styles():
    assert prose_blocks("One **bold** and *leaning*\nline.\n\nTwo") == [
        {
            "kind": "paragraph",
            "runs": [
                plain("One "),
                plain("bold", bold=True),
                plain(" and "),
                plain("leaning", italic=True),
                plain(" "),
                plain("line."),
            ],
        },
        {"kind": "paragraph", "runs": [plain("Two")]},
    ]


def test_lists_and_headings():
    heading, numbered, bullets = prose_blocks("# Title\n\n1. a\n2. b\n\n* c")
    assert (heading["kind"], heading["runs"]) == ("heading", [plain("Title")])
    assert numbered["ordered"]
    assert [item[0]["runs"][0]["text"] for item in numbered["items"]] == ["a", "b"]
    assert not bullets["ordered"]


def test_a_link_is_printed_with_its_address_and_a_picture_not_at_all():
    text = "See [the page](https://example.org), <a@b.example> ![a screen](x.png)."
    (block,) = prose_blocks(text)
    said = "".join(run["text"] for run in block["runs"])
    assert said == "See the page (https://example.org), a@b.example ."


def test_html_is_text():
    (block,) = prose_blocks("<script>alert(1)</script> stays")
    assert "<script>" in "".join(run["text"] for run in block["runs"])
