"""Printed forms: tagged, in their language, with every word on them."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache

import pytest
from pypdf import PdfReader

from ccegov_choice._drawing.typesetting import chosen_fonts
from ccegov_choice.errors import SurveyError
from ccegov_choice.survey.pages.task_view import task_view
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.paper import press
from ccegov_choice.survey.paper.code import form_code
from ccegov_choice.survey.paper.press import print_form, print_script, qr_svg
from ccegov_choice.survey.paper.sheet import sheet
from ccegov_choice.survey.steps import Way

KINDS = ("form", "large print", "telephone", "interviewer")


@cache
def printed(survey, kind: str, form: int = 2, language: str = "en") -> PdfReader:
    code = form_code(survey, form, language)
    if kind in ("form", "large print"):
        return PdfReader(io.BytesIO(print_form(survey, code, large_print=kind == "large print")))
    return PdfReader(io.BytesIO(print_script(survey, code, kind)))


def text(reader: PdfReader) -> str:
    """Text without spaces: lines are broken where the paper ends."""
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


def squeezed(words: str) -> str:
    return "".join(words.split())


def tasks_told(survey, form: int, language: str):
    """Every task of a form as our own pages show it to somebody with the form's seed."""
    code = form_code(survey, form, language)
    way = Way(survey, code.block, code.seed, {})
    voice = Voice(survey, language)
    steps = [step for step in way.steps if step.kind == "task"]
    return [task_view(voice, step, way, highlight=True) for step in steps]


@pytest.mark.parametrize("kind", KINDS)
def test_the_levels_are_those_of_our_own_pages(claim, kind):
    said = text(printed(claim, kind))
    views = tasks_told(claim, 2, "en")
    assert len(views) == len(claim.tasks.of_block("2"))
    for view in views:
        for card in view.everything:
            assert squeezed(card.title) in said
            assert squeezed(card.description) in said
            for level in card.levels.values():
                assert squeezed(level.text) in said
        for line in view.lines:
            assert squeezed(line.label) in said


@pytest.mark.parametrize("kind", KINDS)
def test_options_of_labelled_tasks_are_told_with_their_own_levels(obligations, kind):
    said = text(printed(obligations, kind))
    for view in tasks_told(obligations, 2, "en"):
        for card in view.cards:
            labels = [line.label for line in view.lines if line.attribute in card.levels]
            levels = [level.text for level in card.levels.values()]
            for label, level in zip(labels, levels, strict=True):
                assert squeezed(f"{label}: {level}") in said


def test_every_task_gives_its_levels_in_the_columns_of_its_options(claim):
    content = sheet(claim, form_code(claim, 2, "en"))
    parts = [p for page in content["pages"] for p in page["parts"] if p["kind"] == "task"]
    said = text(printed(claim, "form"))
    for part in parts[1:]:
        rows = [
            squeezed(line["label"] + "".join(o["levels"][line["id"]]["text"] for o in part["options"] if o["levels"]))
            for line in part["lines"]
        ]  # fmt: skip
        assert sum(row in said for row in rows) >= len(rows) - 2  # cells of two lines interleave


@pytest.mark.parametrize("language", ["en", "de", "fr", "pl", "ar"])
def test_a_form_is_tagged_and_says_its_language(claim, language):
    reader = printed(claim, "form", 1, language)
    root = reader.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert squeezed(reader.metadata.title) == squeezed(Voice(claim, language).say(claim.title))
    metadata = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part[^0-9]*1", metadata)


def test_every_page_carries_the_code_and_its_number(claim):
    reader = printed(claim, "form", 1, "de")
    code = str(form_code(claim, 1, "de"))
    for number, page in enumerate(reader.pages, 1):
        said = page.extract_text()
        assert code in said
        assert f"Seite {number} von {len(reader.pages)}" in said


def test_arabic_words_are_all_there(claim):
    said = printed(claim, "form", 1, "ar")
    words = set(" ".join(page.extract_text() for page in said.pages).split())
    for view in tasks_told(claim, 1, "ar"):
        for card in view.cards:
            for level in card.levels.values():
                missing = [word for word in level.text.split() if not any(word in w for w in words)]
                assert not missing


def test_large_print_is_large_and_shows_one_task_at_a_time(claim):
    reader = printed(claim, "large print")
    shown = [len(re.findall(r"Choice \d of 8", page.extract_text())) for page in reader.pages]
    assert max(shown) == 1
    assert sum(shown) == 8
    sizes: list[float] = []

    def note(said: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        if len(said.strip()) > 25:  # lines of text: numbers beside boxes are for the office
            sizes.append(size * abs(cm[3] * tm[3]))

    for page in reader.pages:
        page.extract_text(visitor_text=note)
    assert min(size for size in sizes if size != 12) >= 18  # 12: the code at the foot of a page


def test_a_missing_letter_is_refused_and_not_printed_as_a_box(claim):
    strange = replace(claim, consequence="Linear B: \U00010000")
    with pytest.raises(SurveyError, match="no installed font") as refused:
        print_form(strange, form_code(strange, 1, "en"))
    assert "Install a font" in refused.value.problems[0].cure


def test_without_any_font_it_says_which_to_install(claim, monkeypatch):
    monkeypatch.setattr(press, "fonts_here", lambda: chosen_fonts(["Comic Relief"]))
    with pytest.raises(SurveyError, match="no font"):
        print_form(claim, form_code(claim, 1, "en"))


def test_a_missing_picture_is_named(everything, tmp_path):
    survey = replace(everything(languages=("en",)), folder=tmp_path)
    with pytest.raises(SurveyError, match=r"web\.svg|desk\.svg"):
        print_form(survey, form_code(survey, 1, "en"))


@pytest.mark.parametrize("response", ["choice", "dual", "best-worst", "ranking", "rating"])
def test_every_kind_of_page_and_task_is_printed(everything, response, tmp_path):
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    for name in ("web.svg", "desk.svg"):
        (tmp_path / name).write_text(square)
    languages = ("en",)
    survey = replace(everything(response, languages=languages), folder=tmp_path)
    code = form_code(survey, 1, "en")
    form = text(PdfReader(io.BytesIO(print_form(survey, code))))
    script = text(PdfReader(io.BytesIO(print_script(survey, code, "telephone"))))
    for question in survey.questions.values():
        assert squeezed(str(question.text)) in form
        assert squeezed(str(question.text)) in script
    for project in survey.page_of_kind("budget").budget.projects:
        assert squeezed(str(project.text)) in form
        assert squeezed(str(project.text)) in script


def test_a_qr_code_is_svg():
    assert qr_svg("ccegov:x").startswith(b"<svg")
