"""Texts that are too long, and levels of one attribute whose lengths give one of them away.

The limits are ours: a label of 60 characters takes three lines on a phone of 320 px, and a level
that needs a line more than its neighbours, and more than twice their room, catches the eye.
"""

from __future__ import annotations

from collections.abc import Iterator

from ccegov_choice.errors import Problem
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.level import Level
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.wording import Text
from ccegov_choice.survey.checking.place import called, place, texts_in
from ccegov_choice.survey.survey import Survey

LABEL = 60
LONGEST_LABEL = 120
QUESTION = 200
UNEQUAL_BY = 25
UNEQUAL_TIMES = 2.5


def length_problems(survey: Survey) -> Iterator[Problem]:
    """Yield labels that are too long for a card or button."""
    for language, path, text in _labels(survey):
        if len(text) > LONGEST_LABEL:
            yield Problem(
                f"{called(path)} has {len(text)} characters in '{language}'",
                f"A label takes {LABEL} at best and {LONGEST_LABEL} at most; put the rest into "
                "the description or hint.",
                place(survey, *path),
            )


def length_advice(survey: Survey) -> Iterator[Problem]:
    """Yield labels and questions that are long, and levels of unequal length."""
    for language, path, text in _labels(survey):
        if LABEL < len(text) <= LONGEST_LABEL:
            yield Problem(
                f"{called(path)} has {len(text)} characters in '{language}'",
                f"Say it in {LABEL}; the rest fits the description or hint.",
                place(survey, *path),
            )
    for language in survey.languages:
        for path, text in texts_in(survey, language):
            if path[0] == "question" and path[2:] == ("text",) and len(text) > QUESTION:
                yield Problem(
                    f"{called(path)} has {len(text)} characters in '{language}'",
                    f"Ask in {QUESTION} characters or fewer, or in two questions.",
                    place(survey, *path),
                )
        for attribute in survey.study.attributes:
            yield from _unequal(survey, attribute, language)


def _labels(survey: Survey) -> Iterator[tuple[str, KeyPath, str]]:
    """Yield the texts that stand on cards, beside buttons and in headings of tables."""
    for language in survey.languages:
        for path, text in texts_in(survey, language):
            if path[0] in ("attribute", "alternative") and path[-1] == "label":
                yield language, path, text


def _unequal(survey: Survey, attribute: Attribute, language: str) -> Iterator[Problem]:
    lengths = {level.id: _length(level.label, language) for level in _shown(attribute)}
    lengths = {id: length for id, length in lengths.items() if length}
    if len(lengths) < 2:
        return
    longest, shortest = max(lengths, key=lengths.__getitem__), min(lengths, key=lengths.__getitem__)
    long, short = lengths[longest], lengths[shortest]
    if long - short > UNEQUAL_BY and long > UNEQUAL_TIMES * short:
        yield Problem(
            f"level '{longest}' of '{attribute.id}' takes {long} characters in '{language}', "
            f"'{shortest}' {short}",
            "Make their lengths alike: a longer text marks the option that has it.",
            place(survey, "attribute", attribute.id, "level", longest),
        )


def _shown(attribute: Attribute) -> tuple[Level, ...]:
    return attribute.shown_levels


def _length(text: Text, language: str) -> int:
    return len(text if isinstance(text, str) else text.get(language, ""))
