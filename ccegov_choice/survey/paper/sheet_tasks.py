"""Choice tasks of a form as plain data: exactly the options and levels of our own pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccegov_choice.study.wording import wording
from ccegov_choice.survey.lot import lots_drawn
from ccegov_choice.survey.pages.task_view import Card, TaskView, task_view
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.paper.codes import UNDECIDED, numbered, task_codes
from ccegov_choice.survey.paper.sheet_questions import conditions
from ccegov_choice.survey.paper.words import words
from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.survey.steps import Step, Way

Part = dict[str, Any]
_STAYING = ("opt_out", "status_quo")
"""Kinds of options that mean choosing nothing new."""


def task_part(
    voice: Voice, way: Way, step: Step, number: int, total: int, asked: Mapping[str, int]
) -> Part:
    """Return a task as it stands on a form.

    Parameters
    ----------
    voice : Voice
        The language.
    way : Way
        The way of whoever gets the form.
    step : Step
        A task, or a warm-up page.
    number, total : int
        Number of the question on the form, and how many tasks there are.
    asked : mapping
        Question id -> number, for levels that people bring along.
    """
    task = step.task or step.page.example
    if task is None:
        raise ValueError(f"step '{step.id}' has no task")
    settings = way.survey.task_settings
    view = task_view(voice, step, way, highlight=True)
    own = _own_levels(voice, step, asked)
    codes = task_codes(task, settings)
    options = [
        {
            **_option(card, view, own, codes),
            "conditions": conditions(settings.available.get(card.name, {}), voice, asked),
        }
        for card in view.everything
    ]
    return {
        "kind": "task",
        "item": step.item,
        "number": number,
        "choice": step.number,
        "total": total,
        "example": step.task is None,
        "question": voice.say(way.survey.study.question),
        "lots": [voice.say(one.text) for one in lots_drawn(way.survey.lots, way.seed).values()],
        "aligned": view.aligned,
        "marked": view.marked,
        "lines": [
            {"id": line.attribute, "label": line.label, "differs": line.differs}
            for line in view.lines
        ],
        "options": options,
        "response": settings.response,
        "points": [str(point) for point in range(1, settings.points + 1)],
        "undecided": {"id": DONT_KNOW, "code": UNDECIDED, "text": voice.words["task.dont_know"]}
        if settings.dont_know
        else None,
        "reasons": _listed(voice, settings.protest)
        if step.task and _may_stay_out(view, voice)
        else [],
        "follow": {
            "text": voice.say(settings.follow_up),
            "options": _listed(voice, settings.follow_options),
        }
        if settings.response == "dual" and step.task is not None
        else None,
    }


def _may_stay_out(view: TaskView, voice: Voice) -> bool:
    settings = voice.survey.task_settings
    may = settings.dont_know or any(card.kind in _STAYING for card in view.everything)
    return may and settings.response in ("choice", "dual")


def _option(
    card: Card, view: TaskView, own: Mapping[tuple[str, str], Part], codes: Mapping[str, str]
) -> Part:
    levels = {}
    for line in view.lines:
        level = card.levels.get(line.attribute)
        if level is not None:
            said = {"text": level.text, "image": level.image, "alt": level.alt, "own": 0}
            levels[line.attribute] = said | own.get((card.name, line.attribute), {})
    return {
        "id": card.name,
        "code": codes[card.name],
        "title": card.title,
        "description": card.description,
        "levels": levels,
    }


def _own_levels(voice: Voice, step: Step, asked: Mapping[str, int]) -> dict[tuple[str, str], Part]:
    """Return words for levels that people bring along: their answer to an earlier question."""
    task = step.task or step.page.example
    say = words(voice.language)["paper.your_answer"]
    found = {}
    for offer in task.offers if task else ():
        for id, question in offer.personal.items():
            attribute = voice.survey.study.attribute(id)
            unit = wording(attribute.unit_plural, voice.language) or voice.say(attribute.unit)
            told = say.format(number=asked[question])
            text = f"{told} ({unit})" if unit else told
            found[offer.alternative, id] = {"text": text, "own": asked[question], "unit": unit}
    return found


def _listed(voice: Voice, options: tuple[Any, ...]) -> list[Part]:
    codes = numbered(option.id for option in options)
    return [
        {"id": o.id, "code": codes[o.id], "text": voice.say(o.text), "hint": voice.say(o.hint)}
        for o in options
    ]
