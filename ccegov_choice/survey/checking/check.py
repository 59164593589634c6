"""Everything that keeps a survey from being fielded, and what would make it better.

A *problem* must be solved: people would be shown something wrong or unlawful, could not read or
use something, or answers would be lost. *Advice* is for the author to judge.
"""

from __future__ import annotations

from ccegov_choice.errors import Problem
from ccegov_choice.survey.checking.languages import language_problems
from ccegov_choice.survey.checking.lengths import length_advice, length_problems
from ccegov_choice.survey.checking.looks import look_problems
from ccegov_choice.survey.checking.money import money_problems
from ccegov_choice.survey.checking.pages import page_problems
from ccegov_choice.survey.checking.pictures import picture_advice, picture_problems
from ccegov_choice.survey.checking.plain_language import plain_language_advice
from ccegov_choice.survey.checking.promises import promise_advice, promise_problems
from ccegov_choice.survey.checking.questions import question_advice, question_problems
from ccegov_choice.survey.checking.quotas import quota_problems
from ccegov_choice.survey.checking.reading_grade import reading_advice
from ccegov_choice.survey.checking.study_part import study_problems
from ccegov_choice.survey.checking.tasks import task_advice, task_problems
from ccegov_choice.survey.survey import Survey

_PROBLEMS = (
    promise_problems,
    page_problems,
    question_problems,
    quota_problems,
    task_problems,
    study_problems,
    language_problems,
    picture_problems,
    length_problems,
    money_problems,
    look_problems,
)
_ADVICE = (
    promise_advice,
    question_advice,
    task_advice,
    picture_advice,
    length_advice,
    plain_language_advice,
    reading_advice,
)


def problems_of(survey: Survey) -> tuple[Problem, ...]:
    """Return every problem of a survey; none if it can be fielded."""
    return tuple(problem for check in _PROBLEMS for problem in check(survey))


def advice_of(survey: Survey) -> tuple[Problem, ...]:
    """Return what would make a survey better; its author decides."""
    return tuple(advice for check in _ADVICE for advice in check(survey))
