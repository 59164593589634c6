"""What the checks share: where a part stands, what it is called, and its texts in a language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.wording import Text
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.wordings import wordings

_SHOWN_APART = ("covariate",)
"""Wordings of the study that people do not see: a question shows them under its own path."""


def place(survey: Survey, *path: str | int) -> str:
    """Return file and line of a part, or the survey's name if it was made in Python."""
    if survey.positions is None:
        return f"survey '{survey.id}'"
    return survey.positions.where(*path)


@lru_cache(maxsize=4)  # every check of a survey asks for them, once for each language
def shown_wordings(survey: Survey) -> Mapping[KeyPath, Text]:
    """Return every wording that people are shown, by its path.

    Levels under the floor are never shown; nor are definitions where the glossary explains.
    """
    hidden: set[KeyPath] = {("study", "title")}
    for attribute in survey.study.attributes:
        path: KeyPath = ("attribute", attribute.id)
        hidden.update((*path, "level", level) for level in attribute.floor)
        if survey.glossary.get(attribute.id):
            hidden.add((*path, "definition"))
    return {
        path: text
        for path, text in wordings(survey).items()
        if path[0] not in _SHOWN_APART and path not in hidden and path[:4] not in hidden
    }


def texts_in(survey: Survey, language: str) -> Iterator[tuple[KeyPath, str]]:
    """Yield every text that people are shown in one language."""
    for path, text in shown_wordings(survey).items():
        found = text if isinstance(text, str) else text.get(language, "")
        if found.strip():
            yield path, found


def asked_before_tasks(survey: Survey) -> set[str]:
    """Return the questions that people have been asked when they come to the first task."""
    found: set[str] = set()
    for page in survey.pages:
        if page.kind in ("warm-up", "tasks"):
            break
        found.update(question.id for question in page.questions)
    return found


def called(path: KeyPath) -> str:
    """Return what a wording is called in messages: its path, as in a translation file."""
    return ".".join(str(key) for key in path)
