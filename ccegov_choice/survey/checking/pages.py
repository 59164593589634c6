"""Pages: their order, ids, and what each kind must have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ccegov_choice.errors import Problem
from ccegov_choice.study.place import duplicates
from ccegov_choice.survey.checking.identifiers import id_problems
from ccegov_choice.survey.checking.place import place
from ccegov_choice.survey.page import Budget, Page
from ccegov_choice.survey.survey import Survey

_STEP = re.compile(r"task-\d+(-follow)?")
_ONCE = ("welcome", "consent", "tasks", "contact", "end")


def page_problems(survey: Survey) -> Iterator[Problem]:
    """Yield every problem of the pages."""
    yield from _order_problems(survey)
    listed = place(survey, "pages")
    ids = [page.id for page in survey.pages]
    for position in duplicates(ids):
        yield Problem(f"page '{ids[position]}' is listed twice", "List it once.", listed)
    for page in survey.pages:
        where = place(survey, "page", page.id)
        yield from id_problems("page", page.id, where)
        if _STEP.fullmatch(page.id):
            yield Problem(
                f"a page cannot be called '{page.id}'",
                "Give it another name: that one is the address of a choice task.",
                where,
            )
        if not page.title:
            yield Problem(
                f"page '{page.id}' has no title",
                'Write title = "...": screen readers and browsers name the page by it.',
                where,
            )
        yield from _content_problems(survey, page)


def _order_problems(survey: Survey) -> Iterator[Problem]:
    kinds: list[str] = [page.kind for page in survey.pages]
    where = place(survey, "pages")
    wanted = (("welcome", 0, "first"), ("consent", 1, "second"), ("end", len(kinds) - 1, "last"))
    for kind, position, ordinal in wanted:
        if kind not in kinds:
            yield Problem(
                f"there is no page of kind '{kind}'",
                f"Write one and list it {ordinal}.",
                where,
            )
        elif kinds.index(kind) != position:
            yield Problem(f"the page of kind '{kind}' is not the {ordinal} one", "Move it.", where)
    for kind in _ONCE:
        if kinds.count(kind) > 1:
            yield Problem(
                f"there are {kinds.count(kind)} pages of kind '{kind}'", "Keep one.", where
            )
    if "tasks" not in kinds and "budget" not in kinds:
        yield Problem(
            "there is no page with choices",
            'Write a page of kind "tasks" (all tasks of the design) or "budget".',
            where,
        )
    if "warm-up" in kinds and "tasks" in kinds and kinds.index("warm-up") > kinds.index("tasks"):
        yield Problem("the warm-up stands after the tasks", "Move it before them.", where)


def _content_problems(survey: Survey, page: Page) -> Iterator[Problem]:
    where = place(survey, "page", page.id)
    if page.questions and page.kind not in ("questions", "text"):
        yield Problem(
            f"page '{page.id}' is of kind '{page.kind}' and has questions, which nobody is asked",
            'Move them to a page of kind "questions".',
            where,
        )
    needs = {
        "consent": (page.statements, "statement", "[[statement]] with id and text"),
        "questions": (page.questions, "question", "[[question]]"),
        "warm-up": (page.example, "task", "[[offer]] for each option"),
        "budget": (page.budget, "budget", "[budget] with amount and [[budget.project]]"),
    }
    for kind, (part, what, cure) in needs.items():
        if page.kind == kind and not part:
            yield Problem(f"page '{page.id}' has no {what}", f"Write {cure}.", where)
        if page.kind != kind and part and what != "question":
            yield Problem(
                f"page '{page.id}' is of kind '{page.kind}' and has a {what}, which is not shown",
                f'Move it to a page of kind "{kind}".',
                where,
            )
    if page.kind in ("welcome", "consent", "text", "end") and not page.body:
        yield Problem(
            f"page '{page.id}' says nothing", "Write its text below the second line +++.", where
        )
    ids = [statement.id for statement in page.statements]
    for position in duplicates(ids):
        where = place(survey, "page", page.id, "statement", position)
        yield Problem(f"statement '{ids[position]}' stands twice", "Give it another id.", where)
    for position, id in enumerate(ids):
        here = place(survey, "page", page.id, "statement", position)
        yield from id_problems("statement", id, here)
    if page.budget is not None:
        yield from _budget_problems(survey, page, page.budget)


def _budget_problems(survey: Survey, page: Page, budget: Budget) -> Iterator[Problem]:
    where = place(survey, "page", page.id, "budget")
    if budget.amount <= 0:
        yield Problem("the budget has nothing to spend", "Write amount = 100, or more.", where)
    if len(budget.projects) < 2:
        yield Problem(
            "a budget needs two projects at least", "Write them as [[budget.project]].", where
        )
    ids = [project.id for project in budget.projects]
    for position in duplicates(ids):
        here = place(survey, "page", page.id, "budget", "project", position)
        yield Problem(f"project '{ids[position]}' stands twice", "Give it another id.", here)
    for position, project in enumerate(budget.projects):
        here = place(survey, "page", page.id, "budget", "project", position)
        yield from id_problems("project", project.id, here)
        if not 0 < project.cost <= budget.amount:
            yield Problem(
                f"project '{project.id}' costs {project.cost:g} of {budget.amount:g}",
                "Let it cost more than nothing and no more than there is: nobody could choose it.",
                here,
            )
    if budget.projects and sum(p.cost for p in budget.projects) <= budget.amount:
        yield Problem(
            "the budget pays for all projects at once, so there is nothing to choose",
            "Lower the amount, or add projects.",
            where,
        )
