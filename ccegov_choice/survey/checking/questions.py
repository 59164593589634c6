"""Questions: ids, answers, bounds, conditions, and covariates of the study."""

from __future__ import annotations

from collections.abc import Iterator

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.place import duplicates
from ccegov_choice.survey.checking.conditions import condition_problems
from ccegov_choice.survey.checking.identifiers import id_problems
from ccegov_choice.survey.checking.place import place
from ccegov_choice.survey.question import Question
from ccegov_choice.survey.survey import Survey

_CHOICES = ("single", "multiple", "matrix")
_POINTS = 11
_TAKEN = ("person", "task", "block", "alternative", "chosen", "weight", "mode", "language")
"""Columns that every data set has."""


def question_problems(survey: Survey) -> Iterator[Problem]:
    """Yield every problem of the questions."""
    ids = [question.id for page in survey.pages for question in page.questions]
    for position in duplicates(ids):
        where = place(survey, "question", ids[position])
        yield Problem(f"question '{ids[position]}' stands twice", "Give it another id.", where)
    covariates = {covariate.id: covariate for covariate in survey.study.covariates}
    for question in survey.questions.values():
        where = place(survey, "question", question.id)
        yield from id_problems("question", question.id, where)
        if question.id in _TAKEN:
            cure = "Give the question another id: every data set has that column."
            yield Problem(f"a question cannot be called '{question.id}'", cure, where)
        if not question.text:
            yield Problem(f"question '{question.id}' has no text", 'Write text = "...".', where)
        yield from _kind_problems(survey, question)
        yield from _option_problems(survey, question)
        if question.id in covariates:
            yield from _covariate_problems(survey, question, covariates[question.id])
    yield from condition_problems(survey)
    yield from _lot_problems(survey, ids)
    yield from _screen_out_problems(survey)


def question_advice(survey: Survey) -> Iterator[Problem]:
    """Yield questions that force people to tell, and covariates that nobody is asked."""
    for question in survey.questions.values():
        if question.sensitive and question.required and not _may_pass(question):
            yield Problem(
                f"question '{question.id}' is sensitive and must be answered",
                'Add an option "I would rather not say" (id "not_said"), or required = false.',
                place(survey, "question", question.id),
            )
    asked = {*survey.questions, *(lot.id for lot in survey.lots)}
    for covariate in survey.study.covariates:
        if covariate.question and covariate.id not in asked:
            yield Problem(
                f"nobody is asked for '{covariate.id}', which the study has a question for",
                f'Write covariate = "{covariate.id}" in a [[question]].',
                place(survey, "covariate", covariate.id),
            )


def _may_pass(question: Question) -> bool:
    return question.option("not_said") is not None


def _kind_problems(survey: Survey, question: Question) -> Iterator[Problem]:
    where, name = place(survey, "question", question.id), f"question '{question.id}'"
    if question.kind in _CHOICES and len(question.options) < 2:
        yield Problem(
            f"{name} needs two options at least", "Write them as [[question.option]].", where
        )
    if question.kind not in _CHOICES and question.options:
        yield Problem(
            f"{name} is of kind '{question.kind}' and has options, which are not shown",
            'Remove them, or write kind = "single".',
            where,
        )
    if (question.kind == "matrix") != bool(question.rows):
        yield Problem(
            f"{name} has no rows" if question.kind == "matrix" else f"{name} has rows",
            'A matrix has rows ([[question.row]] or rows = { id = "text" }); others have none.',
            where,
        )
    low, high = question.low, question.high
    if question.kind == "scale":
        whole = low is not None and high is not None and low == int(low) and high == int(high)
        if low is None or high is None or not whole or not 1 <= high - low < _POINTS:
            yield Problem(
                f"{name} has no usable ends",
                f"Write low = 1 and high = 7: whole numbers, {_POINTS} points at most.",
                where,
            )
        if not question.low_text or not question.high_text:
            yield Problem(
                f"{name} does not say what its ends mean",
                'Write low_text = "..." and high_text = "...".',
                where,
            )
    elif low is not None and high is not None and low >= high:
        yield Problem(f"{name} has low = {low:g} and high = {high:g}", "Swap them.", where)
    if question.kind == "text" and not 1 <= question.max_length <= 10_000:
        yield Problem(
            f"{name} takes {question.max_length:,} characters", "Allow 1 to 10,000.", where
        )


def _option_problems(survey: Survey, question: Question) -> Iterator[Problem]:
    for what, options in (("option", question.options), ("row", question.rows)):
        ids = [option.id for option in options]
        for position in duplicates(ids):
            here = place(survey, "question", question.id, what, position)
            yield Problem(f"{what} '{ids[position]}' stands twice", "Give it another id.", here)
        for position, option in enumerate(options):
            here = place(survey, "question", question.id, what, position)
            yield from id_problems(what, option.id, here)
            if not option.text:
                yield Problem(
                    f"{what} '{option.id}' of question '{question.id}' has no text",
                    'Write text = "...".',
                    here,
                )
            if option.exclusive and question.kind != "multiple":
                yield Problem(
                    f"option '{option.id}' of question '{question.id}' is exclusive without need",
                    'Only a question of kind "multiple" has options that go with no other.',
                    here,
                )


def _lot_problems(survey: Survey, questions: list[str]) -> Iterator[Problem]:
    ids = [lot.id for lot in survey.lots]
    for index, lot in enumerate(survey.lots):
        where = place(survey, "lot", index)
        yield from id_problems("lot", lot.id, where)
        if lot.id in questions or ids.count(lot.id) > 1:
            yield Problem(f"'{lot.id}' is drawn by lot and asked, or drawn twice", "Do one.", where)
        if len(lot.options) < 2:
            yield Problem(f"lot '{lot.id}' has nothing to draw from", "Write two options.", where)
        for option in lot.options:
            yield from id_problems("option", option.id, where)


def _covariate_problems(
    survey: Survey, question: Question, covariate: Covariate
) -> Iterator[Problem]:
    where, name = place(survey, "question", question.id), f"question '{question.id}'"
    if not covariate.is_numeric:
        if question.kind != "single":
            yield Problem(
                f"{name} fills a covariate with levels, and is of kind '{question.kind}'",
                'Write kind = "single".',
                where,
            )
        for level in covariate.level_ids:
            if question.option(level) is None:
                yield unknown_name(level, question.option_ids, f"option of {name}", where=where)
    elif question.kind not in ("number", "scale") and not any(
        option.value is not None for option in question.options
    ):
        yield Problem(
            f"{name} fills a numeric covariate, and its options stand for no numbers",
            "Write value = 1 (0, 2, ...) in each option; leave it out where the answer is unknown.",
            where,
        )


def _screen_out_problems(survey: Survey) -> Iterator[Problem]:
    kinds = [page.kind for page in survey.pages]
    tasks = kinds.index("tasks") if "tasks" in kinds else len(kinds)
    for page in survey.pages[tasks:]:
        for question in page.questions:
            for option in question.options:
                if option.screen_out:
                    yield Problem(
                        f"question '{question.id}' sends people away after the tasks",
                        "Ask it before them: their work would be thrown away.",
                        place(survey, "question", question.id),
                    )
