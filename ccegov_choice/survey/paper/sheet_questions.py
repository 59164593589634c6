"""Questions, consent and budgets of a form as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccegov_choice.survey.orders import projects_shown
from ccegov_choice.survey.page import Budget, Page
from ccegov_choice.survey.pages.question_view import Choice, question_view
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.paper.codes import numbered, question_codes
from ccegov_choice.survey.question import Question

Part = dict[str, Any]


def conditions(
    wanted: Mapping[str, tuple[str, ...]], voice: Voice, numbers: Mapping[str, int]
) -> list[Part]:
    """Return of whom something is asked: number and options of earlier questions.

    Conditions on lots are left out: what a form draws is known when it is printed.
    """
    asked = voice.survey.questions
    return [
        {
            "number": numbers[other],
            "options": [_option_text(asked[other], id, voice) for id in ids],
        }
        for other, ids in wanted.items()
        if other in asked
    ]


def _option_text(question: Question, id: str, voice: Voice) -> str:
    option = question.option(id)
    return voice.say(option.text) if option else id


def question_part(
    voice: Voice, page: Page, question: Question, seed: str, numbers: Mapping[str, int]
) -> Part:
    """Return a question as it stands on a form."""
    view = question_view(voice, question, seed)
    codes = question_codes(question)
    stops = {option.id for option in question.options if option.screen_out}
    return {
        "kind": "question",
        "item": page.id,
        "field": question.id,
        "number": numbers[question.id],
        "text": view.text,
        "hint": view.hint,
        "answer": view.kind,
        "required": view.required,
        "options": [_ticked(choice, codes, stops) for choice in view.options],
        "points": [{"code": codes[id], "text": voice.number(int(id))} for id in codes]
        if view.kind == "scale"
        else [],
        "rows": [{"id": row.id, "text": row.text} for row in view.rows],
        "low_text": view.low_text,
        "high_text": view.high_text,
        "unit": view.unit,
        "long": view.max_length > 200,
        "conditions": conditions(question.when or {}, voice, numbers),
    }


def _ticked(choice: Choice, codes: Mapping[str, str], stops: set[str]) -> Part:
    return {
        "id": choice.id,
        "code": codes[choice.id],
        "text": choice.text,
        "hint": choice.hint,
        "write_in": choice.write_in,
        "stop": choice.id in stops,
    }


def consent_part(voice: Voice, page: Page) -> Part:
    """Return what people agree to, each sentence with a box of its own."""
    codes = numbered(statement.id for statement in page.statements)
    return {
        "kind": "consent",
        "item": page.id,
        "options": [
            {"id": s.id, "code": codes[s.id], "text": voice.say(s.text), "hint": voice.say(s.hint)}
            for s in page.statements
        ],
    }


def budget_part(voice: Voice, page: Page, budget: Budget, seed: str, number: int) -> Part:
    """Return what a budget may be spent on."""

    def amount(value: float) -> str:
        return voice.amount(value, budget.unit, budget.unit_plural)

    codes = numbered(project.id for project in budget.projects)
    return {
        "kind": "budget",
        "item": page.id,
        "number": number,
        "amount": amount(budget.amount),
        "reasons": budget.reasons,
        "options": [
            {
                "id": project.id,
                "code": codes[project.id],
                "text": voice.say(project.text),
                "hint": voice.say(project.description),
                "cost": amount(project.cost),
            }
            for project in projects_shown(page, seed)
        ],
    }
