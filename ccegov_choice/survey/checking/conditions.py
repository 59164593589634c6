"""Conditions of questions: each must look back at a choice on an earlier page."""

from __future__ import annotations

from collections.abc import Iterator

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.survey.checking.place import place
from ccegov_choice.survey.survey import Survey

_LOOKED_AT = ("single", "multiple", "scale")


def condition_problems(survey: Survey) -> Iterator[Problem]:
    """Yield conditions (`when`) that name nothing, or something not yet answered."""
    before: set[str] = set()
    for page in survey.pages:
        for question in page.questions:
            where = place(survey, "question", question.id, "when")
            for other, options in (question.when or {}).items():
                yield from _problems(survey, other, options, before, where)
        before.update(question.id for question in page.questions)


def _problems(
    survey: Survey, other: str, options: tuple[str, ...], before: set[str], where: str
) -> Iterator[Problem]:
    asked = survey.questions.get(other)
    if asked is None:
        yield unknown_name(other, survey.questions, "question", where=where)
        return
    if other not in before:
        yield Problem(
            f"the condition looks at '{other}', which is not asked on an earlier page",
            "Ask it on a page before this one: a page knows nothing of itself.",
            where,
        )
    if asked.kind not in _LOOKED_AT:
        yield Problem(
            f"the condition looks at '{other}', which is of kind '{asked.kind}'",
            f"A condition looks at questions of kind {', '.join(_LOOKED_AT)}.",
            where,
        )
        return
    for option in options:
        if option not in asked.option_ids:
            yield unknown_name(option, asked.option_ids, f"option of '{other}'", where=where)
