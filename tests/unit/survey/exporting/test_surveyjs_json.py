"""The JSON for SurveyJS; tests/e2e/test_surveyjs_runs.py runs it in SurveyJS itself."""

from __future__ import annotations

import re

import pytest

from ccegov_choice.survey.exporting.outlining import outline
from ccegov_choice.survey.exporting.surveyjs import surveyjs, surveyjs_key, surveyjs_losses


def elements(model: dict) -> dict[str, dict]:
    found = {e["name"]: e for page in model["pages"] for e in page["elements"]}
    assert len(found) == sum(len(page["elements"]) for page in model["pages"])
    return found


def test_every_item_is_an_element(claim):
    plan = outline(claim)
    ends = {item.column for screen in plan.screens if screen.kind == "end" for item in screen.items}
    names = {item.column for item in plan.items} - ends
    assert set(elements(surveyjs(plan))) == names | {"version"}


def test_expressions_name_elements_that_exist(claim):
    model = surveyjs(outline(claim))
    names = set(elements(model))
    texts = [page.get("visibleIf", "") for page in model["pages"]]
    texts += [e.get("visibleIf", "") for e in elements(model).values()]
    texts += [trigger["expression"] for trigger in model["triggers"]]
    named = {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}
    assert named
    assert named <= names


def test_texts_are_there_in_every_language(claim):
    task = elements(surveyjs(outline(claim)))["task1show"]["html"]
    assert set(task) == {"default", *claim.languages}
    assert 'dir="rtl"' in task["ar"]
    assert task["default"] == task["en"]


def test_shuffled_options_keep_the_last_ones_last(claim):
    question = elements(surveyjs(outline(claim)))["claimed_before"]
    assert question["choicesOrder"] == "random"
    fixed = [c["value"] for c in question["choices"] if c.get("randomize") is False]
    assert fixed == ["other", "none"]
    assert [c["value"] for c in question["choices"] if c.get("isExclusive")] == ["none"]


def test_the_key_speaks_of_every_answer(claim):
    plan = outline(claim)
    columns = {row.column.partition(".")[0] for row in surveyjs_key(plan)}
    assert columns == {item.column for item in plan.answered} | {"version"}


def test_pages_that_cannot_be_shuffled_are_told(claim, everything):
    from dataclasses import replace

    assert any("shuffle" in loss for loss in surveyjs_losses(outline(claim)))
    settings = replace(everything().task_settings, shuffle_tasks=False)
    fixed = replace(everything(), task_settings=settings)
    assert surveyjs_losses(outline(fixed)) == []


@pytest.mark.parametrize(("response", "type"), [("ranking", "ranking"), ("rating", "matrix")])
def test_other_ways_of_asking_have_a_type_of_their_own(everything, response, type):
    found = elements(surveyjs(outline(everything(response))))
    name = {"ranking": "task1rank", "rating": "task1rate"}[response]
    assert found[name]["type"] == type
