"""Numbers printed beside the boxes of a paper form, and what each of them stands for.

They follow the order of the survey's files, not the order on the form, so that one list of codes
serves all forms of a survey.
"""

from __future__ import annotations

from collections.abc import Iterable

from ccegov_choice.survey.question import Question
from ccegov_choice.survey.settings import DONT_KNOW, TaskSettings
from ccegov_choice.survey.task import Task

UNDECIDED = "0"
"""Code of "I cannot decide"."""


def numbered(ids: Iterable[str]) -> dict[str, str]:
    """Return id -> code: 1, 2, 3, ..."""
    return {id: str(number) for number, id in enumerate(ids, 1)}


def question_codes(question: Question) -> dict[str, str]:
    """Return option -> code; the code of a point of a scale is the point itself."""
    ids = question.option_ids
    return {id: id for id in ids} if question.kind == "scale" else numbered(ids)


def task_codes(task: Task, settings: TaskSettings) -> dict[str, str]:
    """Return alternative -> code, in the order of the design; 0 for "I cannot decide"."""
    found = numbered(offer.alternative for offer in task.offers)
    return {**found, DONT_KNOW: UNDECIDED} if settings.dont_know else found
