"""Reading grade of pages, and of everything else that is read, in each language."""

from __future__ import annotations

from collections.abc import Iterator

from ccegov_choice.errors import Problem
from ccegov_choice.survey.checking.place import place, texts_in
from ccegov_choice.survey.checking.readability import reading_grade
from ccegov_choice.survey.survey import Survey

LIMIT = 9.0
"""Years at school that everybody has had; plain-language guides ask for seven to nine."""

LAW_LIMIT = 11.0
"""For the consent page, where the law demands some of its own words."""


def reading_advice(survey: Survey) -> Iterator[Problem]:
    """Yield pages and languages whose texts are hard to read."""
    for language in survey.languages:
        for page in survey.pages:
            text = page.body if isinstance(page.body, str) else page.body.get(language, "")
            limit = LAW_LIMIT if page.kind == "consent" else LIMIT
            grade = reading_grade(text, language)
            if grade is not None and grade > limit:
                yield _hard(
                    f"page '{page.id}'", grade, limit, language, place(survey, "page", page.id)
                )
        grade = reading_grade(_short_texts(survey, language), language)
        if grade is not None and grade > LIMIT:
            where = place(survey, "languages")
            yield _hard("all short texts together", grade, LIMIT, language, where)


def grades(survey: Survey) -> dict[str, float | None]:
    """Return the reading grade of all that a survey shows, by language."""
    found = {}
    for language in survey.languages:
        bodies = [text for path, text in texts_in(survey, language) if path[-1] == "body"]
        whole = "\n\n".join([*bodies, _short_texts(survey, language)])
        found[language] = reading_grade(whole, language)
    return found


def _short_texts(survey: Survey, language: str) -> str:
    """Return what is a sentence by itself: questions, hints, explanations."""
    kinds = ("text", "hint", "description", "consequence", "follow_up")
    found = [
        text
        for path, text in texts_in(survey, language)
        if path[-1] in kinds or path[0] == "glossary"
        if len(text.split()) > 3
    ]
    return "\n\n".join(found)


def _hard(what: str, grade: float, limit: float, language: str, where: str) -> Problem:
    return Problem(
        f"{what} asks for about {grade:.0f} years at school in '{language}'",
        f"Shorten sentences and take everyday words, to about {limit:.0f} years.",
        where,
    )
