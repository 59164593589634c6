"""Rows of a bundle's files, from what a store hands out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ccegov_choice.responses.free_text import split, text_questions
from ccegov_choice.responses.plain import to_text

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def person_row(person: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row about somebody."""
    return {**person, "answers": len(person["answers"])}


def panel_rows(person: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the panel parameters of somebody."""
    for name, value in person["panel"].items():
        yield {"person": person["person"], "parameter": name, "value": value}


def answer_rows(person: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield everything somebody answered, without free text."""
    questions = text_questions(content)
    for item, kept in person["answers"].items():
        rest, _ = split(kept["payload"], questions)
        for question, value in rest.items():
            for name, single in _singles(question, value):
                yield {
                    "person": person["person"],
                    "item": item,
                    "question": name,
                    "value": _told(single),
                    "at": kept["at"],
                    "seconds": kept["timing"].get("seconds"),
                    "language": kept["language"],
                    "mode": kept["mode"],
                }


def free_text_rows(
    person: Mapping[str, Any], content: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield what somebody wrote in their own words."""
    questions = text_questions(content)
    for item, kept in person["answers"].items():
        _, words = split(kept["payload"], questions)
        for question, value in words.items():
            for name, single in _singles(question, value):
                if text := _told(single).strip():
                    guarded = f"'{text}" if text.startswith(_FORMULA) else text
                    row = {"item": item, "question": name, "text": guarded}
                    yield {"person": person["person"], **row}


def event_row(event: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of an event, without free text."""
    rest, _ = split(event["payload"], text_questions(content))
    return {**event, "payload": to_text(rest), "timing": to_text(event["timing"])}


def _singles(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield f"{name}.{key}", inner
    elif isinstance(value, list):
        for inner in value:
            yield name, inner
    else:
        yield name, value


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
