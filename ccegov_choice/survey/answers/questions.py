"""Replies to questions: from the fields of a form to what is kept, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ccegov_choice.study.wording import number_text
from ccegov_choice.survey.answers.numbers import number_of, whole_number_of
from ccegov_choice.survey.answers.problem import FieldProblem, Fields, many, one
from ccegov_choice.survey.question import Question

Read = tuple[Any, list[FieldProblem]]
"""A reply (None for none) and what is wrong with it."""

_LONGEST_WRITE_IN = 500
_DATE_PARTS = ("day", "month", "year")


def read_reply(question: Question, fields: Fields, language: str | None) -> Read:
    """Read the reply to a question; a required one that is missing is a problem."""
    reply, problems = _READERS[question.kind](question, fields, language)
    if question.required and not problems and reply is None:
        problems = [FieldProblem(first_field(question), "error.required")]
    return reply, problems


def read_write_in(question: Question, reply: Any, fields: Fields) -> tuple[str, list[FieldProblem]]:
    """Read the own words behind an option that asks for them, if it was chosen."""
    chosen = reply if isinstance(reply, list) else [reply]
    if not any(option.write_in and option.id in chosen for option in question.options):
        return "", []
    name = f"q.{question.id}.other"
    return _words(one(fields, name), name, _LONGEST_WRITE_IN)


def reply_fields(question: Question, reply: Any) -> dict[str, list[str]]:
    """Return the fields that show a reply again."""
    name = f"q.{question.id}"
    if reply is None:
        return {}
    if question.kind == "matrix":
        return {f"{name}.{row}": [option] for row, option in reply.items()}
    if question.kind == "date":
        year, month, day = str(reply).split("-")
        parts = (str(int(day)), str(int(month)), year)
        return {f"{name}.{part}": [text] for part, text in zip(_DATE_PARTS, parts, strict=True)}
    if question.kind == "multiple":
        return {name: list(reply)}
    return {name: [str(reply)]}


def first_field(question: Question) -> str:
    """Return the name of the field that an error link leads to."""
    name = f"q.{question.id}"
    if question.kind == "matrix" and question.rows:
        return f"{name}.{question.rows[0].id}"
    return f"{name}.day" if question.kind == "date" else name


# -- one reader for each kind -------------------------------------------------------------------


def _single(question: Question, fields: Fields, language: str | None) -> Read:
    name = f"q.{question.id}"
    chosen = one(fields, name)
    if not chosen:
        return None, []
    if chosen not in question.option_ids:
        return None, [FieldProblem(name, "error.option")]
    return (int(chosen) if question.kind == "scale" else chosen), []


def _multiple(question: Question, fields: Fields, language: str | None) -> Read:
    name = f"q.{question.id}"
    posted = set(many(fields, name))
    if posted - set(question.option_ids):
        return None, [FieldProblem(name, "error.option")]
    chosen = [option for option in question.options if option.id in posted]
    if len(chosen) > 1 and any(option.exclusive for option in chosen):
        return None, [FieldProblem(name, "error.exclusive")]
    return [option.id for option in chosen] or None, []


def _matrix(question: Question, fields: Fields, language: str | None) -> Read:
    reply: dict[str, str] = {}
    problems = []
    for row in question.rows:
        name = f"q.{question.id}.{row.id}"
        chosen = one(fields, name)
        if chosen in question.option_ids:
            reply[row.id] = chosen
        elif chosen or question.required:
            key = "error.option" if chosen else "error.required_row"
            problems.append(FieldProblem(name, key, {"row": row.id}))
    return reply or None, problems


def _number(question: Question, fields: Fields, language: str | None) -> Read:
    name = f"q.{question.id}"
    text = one(fields, name)
    if not text:
        return None, []
    number = number_of(text, language)
    if number is None:
        return None, [FieldProblem(name, "error.number")]
    for bound, key in ((question.low, "error.too_low"), (question.high, "error.too_high")):
        if bound is not None and (number < bound if key == "error.too_low" else number > bound):
            return None, [FieldProblem(name, key, {"bound": number_text(bound, language)})]
    return number, []


def _text(question: Question, fields: Fields, language: str | None) -> Read:
    name = f"q.{question.id}"
    text, problems = _words(one(fields, name), name, question.max_length)
    return text or None, problems


def _date(question: Question, fields: Fields, language: str | None) -> Read:
    name = f"q.{question.id}"
    parts = [one(fields, f"{name}.{part}") for part in _DATE_PARTS]
    if not any(parts):
        return None, []
    for part, text in zip(_DATE_PARTS, parts, strict=True):
        if not text:
            return None, [FieldProblem(f"{name}.{part}", f"error.date_{part}")]
    day, month, year = (whole_number_of(part) for part in parts)
    try:
        if day is None or month is None or year is None:
            raise ValueError
        return date(year, month, day).isoformat(), []
    except (ValueError, OverflowError):
        return None, [FieldProblem(f"{name}.day", "error.date")]


def _words(text: str, name: str, longest: int) -> tuple[str, list[FieldProblem]]:
    if len(text) <= longest:
        return text, []
    over = {"limit": str(longest), "length": str(len(text))}
    return text, [FieldProblem(name, "error.too_long", over)]


_READERS: dict[str, Callable[[Question, Fields, str | None], Read]] = {
    "single": _single,
    "scale": _single,
    "multiple": _multiple,
    "matrix": _matrix,
    "number": _number,
    "text": _text,
    "date": _date,
}
