"""How a survey shows itself: its pages in one table, and the rest in notes."""

from __future__ import annotations

from ccegov_choice._table import Cell, Table
from ccegov_choice.survey.checking.reading_grade import grades
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.survey import Survey


def survey_table(survey: Survey) -> Table:
    """Return the pages of a survey, in the order shown."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (page.id, page.kind, survey.say(page.title, survey.language), _asked(page, survey))
        for page in survey.pages
    )
    title = f"Survey '{survey.id}': {survey.say(survey.title, survey.language)}"
    return Table(title, ("page", "kind", "title", "asks"), rows, notes=survey_notes(survey))


def survey_notes(survey: Survey) -> tuple[str, ...]:
    """Return what the table of pages does not show, a line each."""
    settings, fieldwork = survey.task_settings, survey.fieldwork
    sizes = sorted({len(survey.tasks.of_block(block)) for block in survey.tasks.blocks})
    each = " or ".join(str(size) for size in sizes)
    blocks = "block" if len(survey.tasks.blocks) == 1 else "blocks"
    found = [
        f"Asked by: {survey.say(survey.owner.name, survey.language)} ({survey.owner.contact}).",
        f"Languages: {', '.join(survey.languages)}. Ways to answer: {', '.join(fieldwork.modes)}.",
        f"Tasks: {len(survey.tasks.tasks)} in {len(survey.tasks.blocks)} {blocks}, {each} for each "
        f"person; answered as {settings.response}.",
        f"Answers kept {survey.retention.answers_days} days, contacts "
        f"{survey.retention.contacts_days}, unfinished ones {survey.retention.unfinished_days}.",
    ]
    if survey.quotas:
        found.append(f"Quotas: {', '.join(quota.question for quota in survey.quotas)}.")
    told = [f"{code} {grade:.0f}" for code, grade in grades(survey).items() if grade is not None]
    if told:
        found.append(f"Years at school that the texts ask for, about: {', '.join(told)}.")
    return tuple(found)


def _asked(page: Page, survey: Survey) -> str:
    if page.kind == "tasks":
        return survey.task_settings.response
    if page.budget is not None:
        return f"{len(page.budget.projects)} projects"
    names = [question.id for question in page.questions] or [s.id for s in page.statements]
    return ", ".join(names)
