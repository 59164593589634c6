"""The files of a bundle: their columns, and what each of them means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ccegov_choice.responses.export.choices import answer_columns
from ccegov_choice.responses.export.content import Content

ColumnKind = Literal["text", "integer", "number", "time"]


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, and what it means."""

    name: str
    kind: ColumnKind
    about: str


@dataclass(frozen=True)
class FileLayout:
    """One file of a bundle."""

    name: str
    about: str
    columns: tuple[Column, ...]


_PERSON = Column("person", "text", "Who; the same in all files.")
_NUMBER = Column("number", "integer", "Which task of this person it was, from 1.")
_LANGUAGE = Column("language", "text", "Language of the page.")
_MODE = Column("mode", "text", "How it was asked: web, kiosk, interviewer, telephone, paper ...")
_VIEW = Column("view", "text", "Options as cards or as a table.")
_SECONDS = Column("seconds", "number", "Seconds from showing the page to the answer.")
_ITEM = Column("item", "text", "What was answered: a page, task:17, follow:17.")
_TASK = Column("task", "text", "Number of the task in the design.")

_ABOUT_TASK = (
    _PERSON,
    Column("block", "text", "Block of the design."),
    _TASK,
    _NUMBER,
    Column("offered", "text", "The alternatives shown, in this order."),
    Column("position", "integer", "Where the chosen (best) one stood, from 1."),
    Column("reason", "text", "Reason given for not deciding, or for the opt-out."),
    _SECONDS,
    Column("changes", "integer", "How often the choice was changed, if the browser told."),
    _VIEW,
    _LANGUAGE,
    _MODE,
    Column("device", "text", "Class of device."),
)
_ANSWER = {
    "chosen": "The alternative chosen; of a dual response after the follow-up.",
    "forced": "Of a dual response: the alternative chosen among the real ones.",
    "follow": "Of a dual response: the answer to the follow-up.",
    "best": "The best alternative.",
    "worst": "The worst alternative.",
    "ranking": "All alternatives, from the best on.",
}

PEOPLE = FileLayout(
    "people",
    "One row for everybody who agreed to take part.",
    (
        _PERSON,
        Column("version", "text", "Fingerprint of the version of the survey."),
        Column("state", "text", "started, completed, screened_out, over_quota or withdrawn."),
        Column("reason", "text", "Why they finished so."),
        Column("language", "text", "Language at the start."),
        Column("mode", "text", "Mode at the start."),
        Column("block", "text", "Block of the design."),
        Column("stratum", "text", "Stratum in which blocks are balanced."),
        Column("device", "text", "Class of device."),
        Column("interviewer", "text", "Who asked, in assisted modes."),
        Column("seed", "text", "From which all orders they saw are drawn."),
        Column("started", "time", "When they agreed, UTC; the day only once their tie is cut."),
        Column("finished", "time", "When they finished, UTC."),
        Column("answers", "integer", "Items answered."),
    ),
)
UNDECIDED = FileLayout(
    "undecided",
    "Choice tasks that somebody could not decide: no choice, and no opt-out either.",
    tuple(column for column in _ABOUT_TASK if column.name != "position"),
)
ANSWERS = FileLayout(
    "answers",
    "All other answers, one row for each value; several values of one question are several rows.",
    (
        _PERSON,
        _ITEM,
        Column("question", "text", "Id of the question; QUESTION.ROW of a matrix."),
        Column("value", "text", "Option id, number, day, or true and false."),
        Column("at", "time", "When, UTC."),
        _SECONDS,
        _LANGUAGE,
        _MODE,
    ),
)
FREE_TEXT = FileLayout(
    "free_text",
    "What people wrote in their own words. It may say who somebody is: read it before passing it "
    "on. Text that a spreadsheet would take for a formula has an apostrophe in front.",
    (_PERSON, _ITEM, Column("question", "text", "Id of the question."), Column("text", "text", "")),
)
SHOWN = FileLayout(
    "shown",
    "What everybody saw in every task answered, one row for each alternative.",
    (
        _PERSON,
        _TASK,
        _NUMBER,
        Column("alternative", "text", "Its name in the design."),
        Column("position", "integer", "Where it stood, from 1."),
        Column("attributes", "text", "The attributes, in the order shown."),
        _VIEW,
        _LANGUAGE,
        Column("page", "text", "SHA-256 of what was shown."),
    ),
)
PANEL = FileLayout(
    "panel",
    "Parameters handed over by a panel. They tie answers to people: keep them apart.",
    (
        _PERSON,
        Column("parameter", "text", "Its name."),
        Column("value", "text", "Its value."),
    ),
)
EVENTS = FileLayout(
    "events",
    "Everything that happened, in order: pages shown, answers (also those that do not count), "
    "changes of language.",
    (
        Column("number", "integer", "Order of events; grows, with gaps."),
        _PERSON,
        Column("at", "time", "When, UTC."),
        Column("kind", "text", "started, answer, finished, page ..."),
        _ITEM,
        Column("outcome", "text", "Of an answer: stored, or conflict (another one counts)."),
        Column("payload", "text", "What was said, as JSON, without free text."),
        Column("timing", "text", "Times and counts, as JSON."),
        _LANGUAGE,
        _MODE,
    ),
)
LEDGER = FileLayout(
    "ledger",
    "Every move of the ledger of places, in order. With seed and blocks of the manifest the "
    "sequence of blocks can be replayed.",
    (
        Column("at", "time", "When, UTC."),
        Column("what", "text", "take, reclaim, release, complete, extra, outside."),
        Column("stratum", "text", "Stratum of the sequence."),
        Column("place", "integer", "Place in the sequence, from 0."),
        Column("block", "text", "Its block."),
        Column("mark", "text", "Stands for somebody; leads to no answers."),
        Column("previous", "text", "Whose place was given away."),
    ),
)


def choices_layout(contents: Iterable[Content]) -> FileLayout:
    """Return the layout of choices, which depends on what was asked."""
    columns = list(_ABOUT_TASK)
    answers: dict[str, Column] = {}
    about: dict[str, Column] = {}
    for content in contents:
        for name in answer_columns(content):
            points = content.response == "rating"
            meaning = "Points given." if points else _ANSWER[name]
            answers[name] = Column(name, "number" if points else "text", meaning)
        for name in content.about_people:
            about.setdefault(name, _question_column(name, content))
    taken = {column.name for column in columns} | set(answers)
    more = [column for name, column in about.items() if name not in taken]
    return FileLayout(
        "choices",
        "One row for each choice task that somebody decided, as ChoiceData.collect takes it, with "
        "what they answered about themselves.",
        (*columns[:4], *answers.values(), *columns[4:], *more),
    )


def _question_column(name: str, content: Content) -> Column:
    question = content.questions.get(name, {})
    covariate = content.covariates.get(name, {})
    numeric = covariate.get("kind") == "numeric" or question.get("kind") in ("number", "scale")
    text = content.say(question.get("text") or covariate.get("label") or "Drawn by lot.")
    return Column(name, "number" if numeric else "text", text)
