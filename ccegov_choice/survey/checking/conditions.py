"""Conditions of questions: each must look back at a choice on an earlier page."""

from __future__ import annotations

from collections.abc import Iterator

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.survey.checking.place import asked_before_tasks, place
from ccegov_choice.survey.survey import Survey

_LOOKED_AT = ("single", "multiple", "scale")


def condition_problems(survey: Survey) -> Iterator[Problem]:
    """Yield conditions (`when`) that name nothing, or something not yet answered."""
    before: set[str] = set()
    for page in survey.pages:
        here = {question.id for question in page.questions}
        for question in page.questions:
            where = place(survey, "question", question.id, "when")
            for other, options in (question.when or {}).items():
                if other in here:
                    yield _same_page(question.id, other, where)
                else:
                    yield from _problems(survey, other, options, before, where)
        before.update(here)
    yield from _available_problems(survey)


def _same_page(question: str, other: str, where: str) -> Problem:
    # it would open only once the page has been posted, as a surprise on a page that was done
    return Problem(
        f"'{question}' depends on '{other}', which stands on the same page",
        f"Move '{question}' to a later page: a page is shown whole, before '{other}' is answered.",
        where,
    )


def _available_problems(survey: Survey) -> Iterator[Problem]:
    """Yield conditions of options that name nothing."""
    before = asked_before_tasks(survey)
    known = {offer.alternative for task in survey.tasks.tasks for offer in task.offers}
    for name, wanted in survey.task_settings.available.items():
        where = place(survey, "tasks", "available", name)
        if name not in known:
            yield unknown_name(name, sorted(known), "alternative", where=where)
        for other, options in wanted.items():
            yield from _problems(survey, other, options, before, where)


def _problems(
    survey: Survey, other: str, options: tuple[str, ...], before: set[str], where: str
) -> Iterator[Problem]:
    lot = next((lot for lot in survey.lots if lot.id == other), None)
    if lot is not None:
        known = [option.id for option in lot.options]
        for option in options:
            if option not in known:
                yield unknown_name(option, known, f"option of lot '{other}'", where=where)
        return
    asked = survey.questions.get(other)
    if asked is None:
        yield unknown_name(other, survey.questions, "question", where=where)
        return
    if other not in before:
        yield Problem(
            f"the condition looks at '{other}', which is not asked on an earlier page",
            "Ask it on a page before this one.",
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
