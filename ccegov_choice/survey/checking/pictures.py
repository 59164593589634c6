"""Pictures of levels: they must exist, be of a kind that browsers show, and be put in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ccegov_choice.errors import Problem
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.level import Level
from ccegov_choice.study.wording import Text
from ccegov_choice.survey.checking.place import called, place, texts_in
from ccegov_choice.survey.media import PICTURES, media_file
from ccegov_choice.survey.survey import Survey

_MARKDOWN_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
HEAVY = 200_000
"""Bytes; a picture of this size takes about two seconds on a slow mobile connection."""


def picture_problems(survey: Survey) -> Iterator[Problem]:
    """Yield pictures without a file, or without words in one of the languages."""
    for attribute, level in _pictured(survey):
        where = place(survey, "attribute", attribute.id, "level", level.id)
        name = f"the picture of level '{level.id}' of '{attribute.id}'"
        yield from file_problem(survey, level.image or "", name, where)
        for language in survey.languages:
            if not _in(level.image_alt or "", language).strip():
                yield Problem(
                    f"{name} has no words in '{language}' for people who do not see it",
                    f"Write attribute.{attribute.id}.level.{level.id}.image_alt: what it shows.",
                    where,
                )
    yield from _in_texts(survey)


def picture_advice(survey: Survey) -> Iterator[Problem]:
    """Yield pictures that are heavy, and attributes with pictures for some levels only."""
    for attribute, level in _pictured(survey):
        file = media_file(survey, level.image or "")
        if file is not None and file.stat().st_size > HEAVY:
            yield Problem(
                f"'{level.image}' has {file.stat().st_size // 1000:,} kB",
                f"Make it smaller than {HEAVY // 1000} kB, for people on slow connections.",
                place(survey, "attribute", attribute.id, "level", level.id),
            )
    for attribute in survey.study.attributes:
        without = [level.id for level in attribute.shown_levels if not level.image]
        if without and len(without) < len(attribute.shown_levels):
            yield Problem(
                f"'{attribute.id}' has pictures for some levels, not for {', '.join(without)}",
                "Give a picture to all or to none: a picture marks the option that has it.",
                place(survey, "attribute", attribute.id),
            )


def file_problem(survey: Survey, name: str, what: str, where: str) -> Iterator[Problem]:
    """Yield what is wrong with a picture file, if anything is."""
    if Path(name).suffix.lower() not in PICTURES:
        yield Problem(
            f"{what} is '{name}', which browsers may not show",
            f"Use one of: {', '.join(PICTURES)}.",
            where,
        )
    elif survey.folder is not None and media_file(survey, name) is None:
        yield Problem(
            f"{what} is '{name}', and there is no such file in the folder of survey or study",
            f"Put it at {survey.folder}/{name}.",
            where,
        )


def _in_texts(survey: Survey) -> Iterator[Problem]:
    """Yield pictures in the texts of pages that lack a file or words."""
    for language in survey.languages:
        for path, text in texts_in(survey, language):
            for words, name in _MARKDOWN_PICTURE.findall(text) if path[-1] == "body" else ():
                where = place(survey, *path)
                yield from file_problem(survey, name, f"a picture of {called(path)}", where)
                if not words.strip():
                    yield Problem(
                        f"the picture '{name}' has no words in '{language}'",
                        f"Write ![what it shows]({name}).",
                        where,
                    )


def _pictured(survey: Survey) -> Iterator[tuple[Attribute, Level]]:
    for attribute in survey.study.attributes:
        for level in attribute.shown_levels:
            if level.image:
                yield attribute, level


def _in(text: Text, language: str) -> str:
    return text if isinstance(text, str) else text.get(language, "")
