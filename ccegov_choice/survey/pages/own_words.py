"""Answers told in the words that people saw: for one's own answers, and when two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ccegov_choice.survey.page import Page
from ccegov_choice.survey.pages.budget_view import money
from ccegov_choice.survey.pages.task_view import Card, TaskView, task_view
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.survey.steps import Payload, Step, Way

_PUNCTUATION = ".:;!?؟。"


@dataclass(frozen=True)
class Told:
    """What was asked, and what was said, a line for each thing."""

    about: str
    said: tuple[str, ...]


def own_sections(voice: Voice, own: Mapping[str, Any]) -> list[tuple[str, tuple[Told, ...]]]:
    """Return all that is held of one person, as headings with what was said under each.

    Parameters
    ----------
    voice : Voice
        The language.
    own : mapping
        What the store holds: ``block``, ``seed``, ``started``, ``finished`` and ``answers``.
    """
    answers = {item: _payload(kept) for item, kept in (own.get("answers") or {}).items()}
    way = Way(voice.survey, str(own.get("block", "")), str(own.get("seed", "")), answers)
    found = []
    for step in way.steps:
        lines = tell(voice, step, way, answers[step.item]) if step.item in answers else ()
        if lines:
            key = {"task": "mine.task", "follow": "mine.follow"}.get(step.kind)
            said = voice.words.say(key, number=step.number) if key else ""
            found.append((said or voice.say(step.page.title) or lines[0].about, lines))
    about = _participation(voice, own)
    return [*found, (voice.words["mine.about"], about)] if about else found


def _payload(kept: Mapping[str, Any]) -> Payload:
    """Return the answer itself, whether it comes bare or with its revision."""
    inner = kept.get("payload", kept)
    return inner if isinstance(inner, Mapping) else {}


def _participation(voice: Voice, own: Mapping[str, Any]) -> tuple[Told, ...]:
    t = voice.words
    told = [
        Told(t[f"mine.{key}"], (str(own[key])[:10],))
        for key in ("started", "finished")
        if own.get(key)
    ]
    state = f"state.{own.get('state')}"
    if state in t:
        told.append(Told(t["mine.state"], (t[state],)))
    device = f"device.{own.get('device')}"
    if device in t:
        told.append(Told(t["mine.device"], (t[device],)))
    return tuple(told)


def tell(voice: Voice, step: Step, way: Way, payload: Payload) -> tuple[Told, ...]:
    """Return one step's answer in words."""
    if step.kind == "follow":
        return (_follow(voice, payload),)
    if step.task is not None or step.page.example is not None:
        return _task(voice, task_view(voice, step, way, highlight=False), payload)
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
            other = str(payload.get(f"{question.id}.other") or "")
            said = _reply(voice, question, payload[question.id])
            found.append(Told(voice.say(question.text), (*said, other) if other else said))
    return tuple(found)


def _reply(voice: Voice, question: Question, reply: Any) -> tuple[str, ...]:
    if reply is None or reply == "":
        return (voice.words["mine.no_answer"],)
    if isinstance(reply, Mapping):
        rows = {row.id: voice.say(row.text).rstrip(_PUNCTUATION) for row in question.rows}
        return tuple(
            f"{rows.get(row, row)}: {_option(voice, question.options, str(chosen))}"
            for row, chosen in reply.items()
        )
    if isinstance(reply, list):
        return tuple(_option(voice, question.options, str(chosen)) for chosen in reply)
    if question.kind == "number" and isinstance(reply, (int, float)):
        return (voice.amount(reply, question.unit),)
    if question.kind == "date":
        return (" ".join(str(int(part)) for part in reversed(str(reply).split("-"))),)
    return (_option(voice, question.options, str(reply)),)


def _option(voice: Voice, options: tuple[Option, ...], id: str) -> str:
    return next((voice.say(option.text) for option in options if option.id == id), id)


def _task(voice: Voice, view: TaskView, payload: Payload) -> tuple[Told, ...]:
    t, settings = voice.words, voice.survey.task_settings
    cards = {card.name: card for card in view.everything}
    found = []
    if payload.get("dont_know"):
        found.append(Told(t["mine.chosen"], (t["task.dont_know"],)))
    for key in ("chosen", "best", "worst"):
        name = str(payload.get(key) or "")
        if name and name != DONT_KNOW:
            found.append(Told(t[f"mine.{key}"], _card(view, cards.get(name), name)))
    if payload.get("ranking"):
        order = tuple(cards[name].title for name in payload["ranking"] if name in cards)
        found.append(Told(t["mine.ranking"], order))
    for name, given in (payload.get("ratings") or {}).items():
        points = t.say("mine.rating", points=given, total=settings.points)
        found.append(Told(cards[name].title if name in cards else name, (points,)))
    if payload.get("reason"):
        reason = _option(voice, settings.protest, str(payload["reason"]))
        found.append(Told(t["mine.reason"], (reason,)))
    return tuple(found)


def _card(view: TaskView, card: Card | None, name: str) -> tuple[str, ...]:
    """Return what an option is called, and what it was like: a letter alone tells nothing."""
    if card is None:
        return (name,)
    lines = (line for line in view.lines if line.attribute in card.levels)
    return (card.title, *(f"{one.label}: {card.levels[one.attribute].text}" for one in lines))


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
