"""A small survey on paper, and a keyed file of one form."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.survey.keying.template import template_csv
from ccegov_choice.survey.page import Budget, Page, Project
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.settings import Owner, TaskSettings
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Offer, Task, Tasks

STUDY = Study(
    "claim",
    "A claim",
    (Attribute.numeric("wait", "Days", (5, 14, 30), "day", "days"),),
    opt_out=Alternative("none", "I would not claim", kind="opt_out"),
)


def task(id: str, block: str, waits: tuple[int, int]) -> Task:
    offers = [Offer(name, "unlabelled", {"wait": w}) for name, w in zip("AB", waits, strict=True)]
    return Task(id, block, (*offers, Offer("none", "opt_out", {})))


TASKS = Tasks(
    (
        task("1", "1", (5, 14)),
        task("2", "1", (14, 30)),
        task("3", "1", (30, 5)),
        task("4", "2", (5, 30)),
        task("5", "2", (14, 5)),
        task("6", "2", (30, 14)),
    ),
    "0" * 64,
)

QUESTIONS = (
    Question("sex", "single", "You are", options=(Option("f", "a woman"), Option("m", "a man"))),
    Question(
        "used",
        "multiple",
        "What have you used?",
        options=(
            Option("web", "Website"),
            Option("desk", "Counter"),
            Option("else", "Something else", write_in=True),
            Option("nothing", "Nothing", exclusive=True),
        ),
        required=False,
    ),
    Question("why", "text", "Why?", when={"used": ("web",)}, required=False),
    Question(
        "trust",
        "matrix",
        "Do you trust",
        options=(Option("yes", "Yes"), Option("no", "No")),
        rows=(Option("office", "the office"), Option("court", "the court")),
    ),
    Question("age", "number", "Age", low=16, high=120),
    Question("born", "date", "Born", required=False),
    Question("ease", "scale", "How easy?", low=0, high=4),
)

SURVEY = Survey(
    id="claim",
    title="A claim",
    study=STUDY,
    tasks=TASKS,
    pages=(
        Page("welcome", "welcome", "Welcome"),
        Page("consent", "consent", "Consent", statements=(Option("take_part", "I take part"),)),
        Page("about", "questions", "About you", questions=QUESTIONS),
        Page("tasks", "tasks", "Choices"),
        Page(
            "money",
            "budget",
            "Money",
            budget=Budget(10, (Project("roads", "Roads", 6), Project("parks", "Parks", 5))),
        ),
        Page("end", "end", "Thank you"),
    ),
    owner=Owner("The office"),
    task_settings=TaskSettings(protest=(Option("too_hard", "Too hard"), Option("bad", "Bad"))),
)

ANSWERS: Mapping[str, str] = {
    "agree.take_part": "1",
    "sex": "1",
    "used": "1 3",
    "used.other": "by post",
    "why": "quick",
    "trust.office": "1",
    "trust.court": "2",
    "age": "44",
    "born": "31.12.1980",
    "ease": "0",
    "choice_1": "1",
    "choice_2": "3",
    "choice_2.reason": "2",
    "choice_3": "0",
    "money.picked": "2",
    "money.why": "green",
}


@pytest.fixture
def survey() -> Survey:
    return SURVEY


@pytest.fixture
def answering() -> Callable[..., Survey]:
    """Return the survey with choices asked in another way."""

    def change(**settings: object) -> Survey:
        return replace(SURVEY, task_settings=replace(SURVEY.task_settings, **settings))

    return change


@pytest.fixture
def keyed(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that keys forms: number -> answers, block 1 for all."""

    def write(
        name: str,
        forms: Mapping[int, Mapping[str, str]],
        survey: Survey = SURVEY,
        separator: str = ",",
    ) -> Path:
        header = template_csv(survey, "1").strip().split(",")
        out = io.StringIO()
        writer = csv.DictWriter(out, header, restval="", delimiter=separator, lineterminator="\n")
        writer.writeheader()
        for form, answers in forms.items():
            head = {
                "form": str(form),
                "block": "1",
                "version": survey.sha256[:8],
                "language": "en",
                "mode": "paper",
            }
            writer.writerow({**head, **answers})
        path = tmp_path / name
        path.write_text(out.getvalue(), encoding="utf-8")
        return path

    return write


@pytest.fixture
def answers() -> dict[str, str]:
    return dict(ANSWERS)
