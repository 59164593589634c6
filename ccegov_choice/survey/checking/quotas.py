"""Quotas: of questions that are asked of everybody, before the tasks."""

from __future__ import annotations

from collections.abc import Iterator

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.place import duplicates
from ccegov_choice.survey.checking.place import place
from ccegov_choice.survey.survey import Survey


def quota_problems(survey: Survey) -> Iterator[Problem]:
    """Yield every problem of the quotas."""
    late = _after_tasks(survey)
    names = [quota.question for quota in survey.quotas]
    for position in duplicates(names):
        where = place(survey, "quota", position)
        yield Problem(f"there are two quotas of '{names[position]}'", "Make one of them.", where)
    for index, quota in enumerate(survey.quotas):
        where = place(survey, "quota", index, "question")
        question = survey.questions.get(quota.question)
        if question is None:
            yield unknown_name(quota.question, survey.questions, "question", where=where)
            continue
        if question.kind != "single":
            yield Problem(
                f"a quota counts '{quota.question}', which is of kind '{question.kind}'",
                'A quota counts answers to a question of kind "single".',
                where,
            )
        if quota.question in late:
            yield Problem(
                f"a quota counts '{quota.question}', which is asked after the tasks",
                "Ask it before them: the work of those over the quota would be thrown away.",
                where,
            )
        if question.when:
            yield Problem(
                f"a quota counts '{quota.question}', which is not asked of everybody",
                "Ask it without condition.",
                where,
            )
        for option in quota.limits:
            if option not in question.option_ids:
                here = place(survey, "quota", index, "limits", option)
                what = f"option of '{quota.question}'"
                yield unknown_name(option, question.option_ids, what, where=here)


def _after_tasks(survey: Survey) -> set[str]:
    kinds = [page.kind for page in survey.pages]
    if "tasks" not in kinds:
        return set()
    late = survey.pages[kinds.index("tasks") :]
    return {question.id for page in late for question in page.questions}
