"""What is keyed of a paper form: one column for each box or field, with its codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ccegov_choice.survey.page import Page
from ccegov_choice.survey.paper.codes import UNDECIDED, numbered, question_codes
from ccegov_choice.survey.question import Question
from ccegov_choice.survey.settings import TaskSettings
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Task

CellKind = Literal["code", "codes", "words", "number", "date", "tick", "place"]
Role = Literal["consent", "question", "row", "other", "picked", "why", "task"]

FORM_COLUMNS = ("form", "block", "version", "language", "mode")
"""What every keyed row begins with: the form's code, part by part, and how it was filled in."""

NOTHING = "-"
"""Keyed where an answer cannot be read, or more boxes are ticked than allowed: no answer."""


@dataclass(frozen=True)
class KeyColumn:
    """One thing to key.

    Parameters
    ----------
    name : str
        Heading of the column.
    role : str
        Which part of an answer it is.
    kind : {"code", "codes", "words", "number", "date", "tick", "place"}
        One printed number; several, with spaces between; words as written; a number; a day;
        1 where a box is ticked; a number written beside an option.
    codes : mapping of str to str
        What may be keyed -> what it stands for, where that is the same on all forms.
    page : Page or None
        The page.
    question : Question or None
        The question.
    part : str
        Row of a matrix, statement of a consent; of a task what is asked: ``chosen``, ``best``, ...
    choice : int
        Which choice of the form, from 1.
    option : str
        Printed number of the option that a place or a rating is about.
    """

    name: str
    role: Role
    kind: CellKind
    codes: Mapping[str, str] = field(default_factory=dict)
    page: Page | None = None
    question: Question | None = None
    part: str = ""
    choice: int = 0
    option: str = ""


def key_columns(survey: Survey, block: str) -> tuple[KeyColumn, ...]:
    """Return what is keyed of a form of one block, in the order of the form."""
    found: list[KeyColumn] = []
    for page in survey.pages:
        if page.kind == "consent":
            found.extend(_consent(page))
        elif page.kind == "tasks":
            found.extend(_tasks(survey, page, block))
        elif page.budget is not None:
            codes = _meaning(numbered(project.id for project in page.budget.projects))
            found.append(KeyColumn(f"{page.id}.picked", "picked", "codes", codes, page))
            if page.budget.reasons:
                found.append(KeyColumn(f"{page.id}.why", "why", "words", page=page))
        else:
            for question in page.questions:
                found.extend(_question(page, question))
    return tuple(found)


def _consent(page: Page) -> Iterator[KeyColumn]:
    for statement in page.statements:
        name = f"agree.{statement.id}"
        yield KeyColumn(name, "consent", "tick", {"1": "ticked"}, page, part=statement.id)
    if not page.statements:
        yield KeyColumn("agree", "consent", "tick", {"1": "ticked"}, page)


def _question(page: Page, question: Question) -> Iterator[KeyColumn]:
    codes = _meaning(question_codes(question))
    kinds: Mapping[str, CellKind] = {
        "single": "code",
        "scale": "code",
        "multiple": "codes",
        "number": "number",
        "date": "date",
        "text": "words",
    }
    if question.kind == "matrix":
        for row in question.rows:
            name = f"{question.id}.{row.id}"
            yield KeyColumn(name, "row", "code", codes, page, question, row.id)
        return
    kind = kinds[question.kind]
    held = codes if kind in ("code", "codes") else {}
    yield KeyColumn(question.id, "question", kind, held, page, question)
    if any(option.write_in for option in question.options):
        yield KeyColumn(f"{question.id}.other", "other", "words", {}, page, question)


def _tasks(survey: Survey, page: Page, block: str) -> Iterator[KeyColumn]:
    settings = survey.task_settings
    for number, task in enumerate(survey.tasks.of_block(block), 1):
        yield from _task(page, settings, task, number)


def _task(page: Page, settings: TaskSettings, task: Task, number: int) -> Iterator[KeyColumn]:
    """Columns of the choice at one place of the form; which task that is depends on the form."""

    def column(
        part: str, kind: CellKind, codes: Mapping[str, str] | None = None, option: str = ""
    ) -> KeyColumn:
        name = f"choice_{number}" + (f".{part}{option}" if part != "chosen" else "")
        return KeyColumn(name, "task", kind, codes or {}, page, None, part, number, option)

    options = [str(place) for place in range(1, len(task.offers) + 1)]
    undecided = {UNDECIDED: "cannot decide"} if settings.dont_know else {}
    printed = {option: f"the option with the printed number {option}" for option in options}
    if settings.response == "best-worst":
        yield column("best", "code", {**printed, **undecided})
        yield column("worst", "code", printed)
    elif settings.response in ("ranking", "rating"):
        for option in options:
            yield column("rank" if settings.response == "ranking" else "rate", "place", {}, option)
        if undecided:
            yield column("undecided", "tick", {"1": "ticked"})
    else:
        yield column("chosen", "code", {**printed, **undecided})
        if settings.protest:
            yield column("reason", "code", _meaning(numbered(o.id for o in settings.protest)))
    if settings.response == "dual":
        ids = _meaning(numbered(option.id for option in settings.follow_options))
        yield column("follow", "code", ids)


def _meaning(codes: Mapping[str, str]) -> dict[str, str]:
    return {code: id for id, code in codes.items()}
