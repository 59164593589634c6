"""Answers told in the words that people saw: for one's own answers, and when two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ccegov_choice.survey.page import Page
from ccegov_choice.survey.pages.budget_view import money
from ccegov_choice.survey.pages.task_view import titles
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.survey.steps import Payload, Step, Way
from ccegov_choice.survey.task import Task


@dataclass(frozen=True)
class Told:
    """What was asked, and what was said."""

    about: str
    said: tuple[str, ...]


def tell(voice: Voice, step: Step, way: Way, payload: Payload) -> tuple[Told, ...]:
    """Return one step's answer in words."""
    task = step.task or step.page.example
    if step.kind == "follow":
        return (_follow(voice, payload),)
    if task is not None:
        order = way.arrangement.offers.get(task.id, ())
        return _task(voice, task, order, payload)
    if step.page.budget is not None:
        return _budget(voice, step.page, payload)
    if step.page.kind == "contact":
        key = "contact_left" if payload.get("left") else "contact_not_left"
        return (Told(voice.words["mine.contact"], (voice.words[f"mine.{key}"],)),)
    return _questions(voice, step.page, payload)


def _questions(voice: Voice, page: Page, payload: Payload) -> tuple[Told, ...]:
    found = []
    for question in page.questions:
        if question.id in payload:
            about = voice.say(question.text)
            other = str(payload.get(f"{question.id}.other") or "")
            said = reply_words(voice, question, payload[question.id])
            found.append(Told(about, (*said, other) if other else said))
    return tuple(found)


def reply_words(voice: Voice, question: Question, reply: Any) -> tuple[str, ...]:
    """Return a reply to a question in words."""
    if reply is None or reply == "":
        return (voice.words["mine.no_answer"],)
    if isinstance(reply, Mapping):
        rows = {row.id: voice.say(row.text) for row in question.rows}
        return tuple(
            f"{rows.get(row, row)}: {_option(voice, question.options, str(chosen))}"
            for row, chosen in reply.items()
        )
    if isinstance(reply, list):
        return tuple(_option(voice, question.options, str(chosen)) for chosen in reply)
    if question.kind == "number" and isinstance(reply, (int, float)):
        return (voice.amount(reply, question.unit),)
    return (_option(voice, question.options, str(reply)),)


def _option(voice: Voice, options: tuple[Option, ...], id: str) -> str:
    return next((voice.say(option.text) for option in options if option.id == id), id)


def _task(voice: Voice, task: Task, order: tuple[str, ...], payload: Payload) -> tuple[Told, ...]:
    t = voice.words
    names = titles(voice, task, order)
    found = []
    if payload.get("dont_know"):
        found.append(Told(t["mine.chosen"], (t["task.dont_know"],)))
    for key in ("chosen", "best", "worst"):
        if payload.get(key) and payload[key] != DONT_KNOW:
            found.append(Told(t[f"mine.{key}"], (names.get(payload[key], payload[key]),)))
    if payload.get("ranking"):
        said = tuple(names.get(name, name) for name in payload["ranking"])
        found.append(Told(t["mine.ranking"], said))
    points = str(voice.survey.task_settings.points)
    for name, given in (payload.get("ratings") or {}).items():
        said = (t.say("mine.rating_value", points=given, total=points),)
        found.append(Told(names.get(name, name), said))
    if payload.get("reason"):
        reason = _option(voice, voice.survey.task_settings.protest, payload["reason"])
        found.append(Told(t["mine.reason"], (reason,)))
    return tuple(found)


def _follow(voice: Voice, payload: Payload) -> Told:
    options = voice.survey.task_settings.follow_options
    said = _option(voice, options, str(payload.get("follow", "")))
    return Told(voice.words["mine.follow_answer"], (said,))


def _budget(voice: Voice, page: Page, payload: Payload) -> tuple[Told, ...]:
    t, budget = voice.words, page.budget
    if budget is None:
        return ()
    picked = payload.get("picked") or ()
    texts = tuple(voice.say(p.text) for p in budget.projects if p.id in picked)
    found = [Told(t["mine.picked"], texts or (t["mine.picked_none"],))]
    found.append(Told(t["mine.spent"], (money(voice, budget, payload.get("spent") or 0),)))
    if payload.get("why"):
        found.append(Told(t["mine.why"], (str(payload["why"]),)))
    return tuple(found)
