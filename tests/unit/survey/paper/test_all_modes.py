"""Every task says the same on the screen, on paper, by telephone and in other tools."""

from __future__ import annotations

import re
from html import unescape

import pytest

from ccegov_choice.survey.exporting.html import note_html
from ccegov_choice.survey.exporting.outlining import outline
from ccegov_choice.survey.pages.pages import Form, Frame, Pages
from ccegov_choice.survey.paper.code import FormCode
from ccegov_choice.survey.paper.sheet import sheet
from ccegov_choice.survey.steps import Way


def squeezed(html: str) -> str:
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


@pytest.mark.parametrize("language", ["en", "ar"])
def test_form_page_and_transfer_tell_the_same_levels(claim, language):
    """Of all blocks: a form keyed back, a page on the web, an export that came home."""
    pages = Pages(claim)
    plan = outline(claim)
    notes = {item.column: note_html(item, str)[language] for item in plan.items if item.task}
    for number, block in enumerate(claim.tasks.blocks, 1):
        code = FormCode(claim.id, claim.sha256[:8], block, number, language)
        way = Way(claim, block, code.seed, {})
        shown = {
            step.item: squeezed(pages.step(step, way, Frame(language), Form("/", "nonce")))
            for step in way.steps
            if step.kind == "task"
        }
        printed = [
            part
            for page in sheet(claim, code)["pages"]
            for part in page["parts"]
            if part["kind"] == "task" and not part["example"]
        ]
        assert sorted(part["item"] for part in printed) == sorted(shown)
        for part in printed:
            id = part["item"].removeprefix("task:")
            transferred = squeezed(notes[f"task{id}show"])
            for option in part["options"]:
                for line in part["lines"]:
                    if line["id"] in option["levels"]:
                        level = squeezed(option["levels"][line["id"]]["text"])
                        assert level in shown[part["item"]]
                        assert level in transferred
