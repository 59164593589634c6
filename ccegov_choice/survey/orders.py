"""In which order one person sees the options of a question and the projects of a budget."""

from __future__ import annotations

from ccegov_choice.survey.arrangement import shuffled
from ccegov_choice.survey.page import Page, Project
from ccegov_choice.survey.question import Option, Question


def options_shown(question: Question, seed: str) -> tuple[Option, ...]:
    """Return a question's options in the order that a person sees.

    Options that go with no other, or that ask for own words, stay last.
    """
    if not question.shuffle:
        return question.options
    free = {o.id: o for o in question.options if not (o.exclusive or o.write_in)}
    order = shuffled(free, seed, f"options of {question.id}")
    last = tuple(o for o in question.options if o.id not in free)
    return (*(free[id] for id in order), *last)


def rows_shown(question: Question, seed: str) -> tuple[Option, ...]:
    """Return the rows of a matrix in the order that a person sees."""
    if not question.shuffle:
        return question.rows
    rows = {row.id: row for row in question.rows}
    return tuple(rows[id] for id in shuffled(rows, seed, f"rows of {question.id}"))


def projects_shown(page: Page, seed: str) -> tuple[Project, ...]:
    """Return the projects of a budget page in the order that a person sees."""
    if page.budget is None or not page.budget.shuffle:
        return () if page.budget is None else page.budget.projects
    projects = {project.id: project for project in page.budget.projects}
    return tuple(projects[id] for id in shuffled(projects, seed, f"projects of {page.id}"))
