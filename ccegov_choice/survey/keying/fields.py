"""Keyed cells as the fields of our own pages, so that one reader judges web and paper alike."""

from __future__ import annotations

from collections.abc import Mapping

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.survey.keying.cells import codes_of, day_of
from ccegov_choice.survey.keying.columns import NOTHING, KeyColumn
from ccegov_choice.survey.keying.entry import KeyedForm
from ccegov_choice.survey.paper.codes import task_codes
from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Task

Posted = dict[str, dict[str, list[str]]]
"""Item -> fields that a browser would have posted."""


def fields_of_form(
    survey: Survey, form: KeyedForm, columns: Mapping[str, KeyColumn]
) -> tuple[Posted, list[Problem]]:
    """Return the fields of everything answered on a form, and codes that do not exist."""
    posted: Posted = {}
    problems: list[Problem] = []
    tasks = Way(survey, form.block, form.seed, {}).arrangement.tasks
    for name, column in columns.items():
        cell = " ".join(form.cells.get(name, "").split())
        if cell in ("", NOTHING) or column.role == "consent":
            continue
        unknown = _unknown(column, cell)
        if unknown is not None:
            problems.append(_said(form, name, unknown, column))
            continue
        if column.role == "task":
            task = survey.tasks.task(tasks[column.choice - 1])
            if task is not None:
                problem = _of_task(survey, posted, task, column, cell)
                problems += [_said(form, name, problem, column)] if problem else []
        elif column.page is not None:
            _of_page(posted.setdefault(column.page.id, {}), column, cell)
    return posted, problems


def _unknown(column: KeyColumn, cell: str) -> str | None:
    """Return what of a cell cannot be keyed there."""
    if column.kind in ("code", "codes"):
        parts = codes_of(cell) if column.kind == "codes" else [cell]
        empty = column.role == "picked" and parts == ["0"]
        wrong = [part for part in parts if part not in column.codes and not empty]
        return wrong[0] if wrong else None
    if column.kind == "date" and day_of(cell) is None:
        return cell
    if column.kind == "tick" and cell not in ("0", "1"):
        return cell
    return None


def _said(form: KeyedForm, name: str, cell: str, column: KeyColumn) -> Problem:
    where = form.where
    if column.codes:
        known = unknown_name(cell, column.codes, "code")
        return Problem(f"form {form.form}, {name}: '{cell}' is no code", known.cure, where)
    cure = "Look at the form: correct what was keyed, or key '-' for an answer that cannot count."
    return Problem(f"form {form.form}, {name}: '{cell}' cannot stand here", cure, where)


def _of_page(fields: dict[str, list[str]], column: KeyColumn, cell: str) -> None:
    if column.role == "picked" and column.page is not None and column.page.budget is not None:
        picked = {column.codes[code] for code in codes_of(cell) if code in column.codes}
        for project in column.page.budget.projects:
            fields[f"buy.{project.id}"] = ["yes" if project.id in picked else "no"]
    elif column.role == "why":
        fields["why"] = [cell]
    elif column.question is not None:
        name = f"q.{column.question.id}"
        if column.role == "row":
            fields[f"{name}.{column.part}"] = [column.codes[cell]]
        elif column.role == "other":
            fields[f"{name}.other"] = [cell]
        elif column.kind == "date":
            year, month, day = (day_of(cell) or "").split("-")
            fields.update({f"{name}.day": [day], f"{name}.month": [month], f"{name}.year": [year]})
        elif column.kind in ("code", "codes"):
            fields[name] = [column.codes[code] for code in codes_of(cell)]
        else:
            fields[name] = [cell]


def _of_task(
    survey: Survey, posted: Posted, task: Task, column: KeyColumn, cell: str
) -> str | None:
    """Put what was keyed of a choice into the fields of its task; return what is no code."""
    if column.part == "follow":
        posted.setdefault(f"follow:{task.id}", {})["follow"] = [column.codes[cell]]
        return None
    fields = posted.setdefault(f"task:{task.id}", {})
    names = {code: name for name, code in task_codes(task, survey.task_settings).items()}
    if column.part == "reason":
        fields["reason"] = [column.codes[cell]]
    elif column.part == "undecided":
        if cell == "1":
            fields["chosen"] = [DONT_KNOW]
    elif column.part in ("rank", "rate"):
        word = "rank" if column.part == "rank" else "rating"
        fields[f"{word}.{names[column.option]}"] = [cell]
    elif cell in names:
        fields[column.part] = [names[cell]]
    else:
        return cell
    return None
