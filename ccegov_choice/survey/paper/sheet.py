"""A whole form as plain data, from which both the printed form and the scripts are set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccegov_choice.survey.lot import lots_drawn
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.paper.code import FormCode
from ccegov_choice.survey.paper.prose_blocks import prose_blocks
from ccegov_choice.survey.paper.sheet_questions import (
    budget_part,
    consent_part,
    question_part,
)
from ccegov_choice.survey.paper.sheet_tasks import task_part
from ccegov_choice.survey.paper.situation import situation
from ccegov_choice.survey.paper.words import words
from ccegov_choice.survey.steps import Step, Way
from ccegov_choice.survey.survey import Survey

Sheet = dict[str, Any]


def sheet(survey: Survey, code: FormCode) -> Sheet:
    """Return everything that stands on a form, in its order.

    The form's number is the seed of all orders, so that what was seen can be replayed.
    """
    voice = Voice(survey, code.language)
    way = Way(survey, code.block, code.seed, {})
    numbers = _numbers(way)
    owner = survey.owner
    return {
        "language": voice.language,
        "direction": voice.direction,
        "title": voice.say(survey.title),
        "consequence": voice.say(survey.consequence),
        "owner": {
            "name": voice.say(owner.name),
            "address": owner.address,
            "contact": owner.contact,
            "phone": owner.phone,
        },
        "code": str(code),
        "form": str(code.form),
        "block": code.block,
        "pages": [_page(voice, way, page, numbers) for page in survey.pages],
        "glossary": _glossary(voice, survey),
        "situation": prose_blocks(situation(voice)),
        "explains": _first_tasks(survey),
        "words": {**voice.words, **words(voice.language)},
    }


def _numbers(way: Way) -> Mapping[str, int]:
    """Return question id, page id of a budget or warm-up, or item of a task -> its number."""
    found: dict[str, int] = {}

    def count(name: str) -> None:
        found[name] = len(found) + 1

    drawn = {id: option.id for id, option in lots_drawn(way.survey.lots, way.seed).items()}
    for page in way.survey.pages:
        for question in page.questions:
            when = question.when or {}
            # a question that depends on another lot than this form's is not on the form
            if all(drawn[other] in when[other] for other in when if other in drawn):
                count(question.id)
        if page.kind == "budget":
            count(page.id)
        if page.kind == "tasks":
            for id in way.arrangement.tasks:
                count(f"task:{id}")
    return found


def _page(voice: Voice, way: Way, page: Page, numbers: Mapping[str, int]) -> Sheet:
    return {
        "id": page.id,
        "kind": page.kind,
        "title": voice.say(page.title),
        "prose": prose_blocks(voice.say(page.body)),
        "parts": _parts(voice, way, page, numbers),
    }


def _parts(voice: Voice, way: Way, page: Page, numbers: Mapping[str, int]) -> list[Sheet]:
    if page.kind == "consent":
        return [consent_part(voice, page)]
    if page.kind == "warm-up":
        step = Step(page.id, page.id, "page", page)
        return [task_part(voice, way, step, 0, 0, numbers)]
    if page.kind == "tasks":
        ids = way.arrangement.tasks
        return [
            task_part(voice, way, _task_step(way, page, id, place), numbers[f"task:{id}"],
                      len(ids), numbers)
            for place, id in enumerate(ids, 1)
        ]  # fmt: skip
    parts = [
        question_part(voice, page, question, way.seed, numbers)
        for question in page.questions
        if question.id in numbers
    ]
    if page.budget is not None:
        parts.append(budget_part(voice, page, page.budget, way.seed, numbers[page.id]))
    return parts


def _task_step(way: Way, page: Page, id: str, place: int) -> Step:
    return Step(f"task-{place}", f"task:{id}", "task", page, way.survey.tasks.task(id), place)


def _first_tasks(survey: Survey) -> str:
    """Return the id of the first page with a task, which explains the words of tasks."""
    kinds = ("warm-up", "tasks")
    return next((page.id for page in survey.pages if page.kind in kinds), "")


def _glossary(voice: Voice, survey: Survey) -> list[Sheet]:
    return [
        {"label": voice.say(attribute.label), "meaning": meaning}
        for attribute in survey.study.attributes
        if (meaning := survey.glossary_of(attribute.id, voice.language))
    ]
