"""From the cells of one form to answers as our own server keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ccegov_choice.errors import Problem
from ccegov_choice.survey.answers.problem import FieldProblem
from ccegov_choice.survey.answers.questions import read_reply, read_write_in
from ccegov_choice.survey.answers.spending import read_spending
from ccegov_choice.survey.answers.tasks import read_follow, read_task
from ccegov_choice.survey.judging import screening_out, uncounted
from ccegov_choice.survey.keying.columns import KeyColumn
from ccegov_choice.survey.keying.entry import KeyedForm, columns_of
from ccegov_choice.survey.keying.fields import fields_of_form
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.steps import Payload, Step, Way
from ccegov_choice.survey.survey import Survey

# a form may be left empty anywhere; these say only that something is missing
_MISSING = ("error.required",)


@dataclass(frozen=True)
class FormAnswers:
    """One form, read.

    Parameters
    ----------
    form : KeyedForm
        The form.
    agreed : bool
        Whether every sentence of the consent is ticked.
    answers : mapping of str to payload
        Item -> answer.
    screened_out : str
        Question and option that end the interview; empty if none does.
    problems : tuple of Problem
        What cannot be an answer.
    notes : tuple of str
        What was answered and does not count.
    """

    form: KeyedForm
    agreed: bool
    answers: Mapping[str, Payload]
    screened_out: str = ""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def blank(self) -> bool:
        """Whether nothing is answered."""
        return not self.answers


def read_form_answers(survey: Survey, form: KeyedForm) -> FormAnswers:
    """Read one form, whose two entries agree."""
    columns = columns_of(survey, form)
    fields, problems = fields_of_form(survey, form, columns)
    way = Way(survey, form.block, form.seed, {})
    answers: dict[str, Payload] = {}
    notes: list[str] = []
    for page in survey.pages:
        for item, payload, found in _page(survey, way, page, fields, form.language):
            told = [problem for problem in found if not problem.key.startswith(_MISSING)]
            problems += [_problem(form, page, problem) for problem in told]
            if payload:
                answers[item] = payload
            elif found and not told:
                notes.append(f"form {form.form}: {item} is answered in part and does not count")
    way = Way(survey, form.block, form.seed, answers)
    counted, closed = _counted(way, form)
    stops = [
        reason
        for page in survey.pages
        for reason in screening_out(way, Step(page.id, page.id, "page", page))
    ]
    agreed = _agreed(form, columns)
    stop = stops[0] if stops else ""
    return FormAnswers(form, agreed, counted, stop, tuple(problems), (*notes, *closed))


Found = Iterator[tuple[str, dict[str, Any], list[FieldProblem]]]


def _page(
    survey: Survey,
    way: Way,
    page: Page,
    fields: Mapping[str, Mapping[str, list[str]]],
    language: str,
) -> Found:
    """Yield item, answer and problems for everything answered on a page."""
    settings = survey.task_settings
    if page.kind == "tasks":
        for id in way.arrangement.tasks:
            task = survey.tasks.task(id)
            posted = fields.get(f"task:{id}", {})
            if task is not None and posted:
                answer, problems = read_task(settings, task, posted)
                whole = not problems
                yield f"task:{id}", answer if whole else {}, problems
                if whole and (follow := fields.get(f"follow:{id}")):
                    yield (f"follow:{id}", *read_follow(settings, follow))
        return
    posted = fields.get(page.id, {})
    if not posted:
        return
    if page.budget is not None:
        yield (page.id, *read_spending(page.budget, posted, language))
        return
    payload: dict[str, Any] = {}
    problems = []
    for question in page.questions:
        reply, found = read_reply(question, posted, language)
        if reply is None:
            problems += found
            continue
        payload[question.id] = reply
        words, more = read_write_in(question, reply, posted)
        if words:
            payload[f"{question.id}.other"] = words
        problems += [*found, *more]
    yield page.id, payload, problems


def _counted(way: Way, form: KeyedForm) -> tuple[dict[str, Payload], tuple[str, ...]]:
    """Leave out what was answered although the form did not ask it, as our own pages do."""
    trimmed = uncounted(way)
    notes = []
    for item, kept in trimmed.items():
        gone = ", ".join(sorted(set(way.answers[item]) - set(kept)))
        notes.append(f"form {form.form}: answers that were not asked for do not count: {gone}")
    answers = {**way.answers, **trimmed}
    return {item: kept for item, kept in answers.items() if kept}, tuple(notes)


def _agreed(form: KeyedForm, columns: Mapping[str, KeyColumn]) -> bool:
    ticks = [form.cells.get(name, "") for name, c in columns.items() if c.role == "consent"]
    return all(tick == "1" for tick in ticks)


def _problem(form: KeyedForm, page: Page, problem: FieldProblem) -> Problem:
    values = ", ".join(f"{name} {value}" for name, value in problem.values.items())
    told = problem.key.removeprefix("error.").replace("_", " ")
    return Problem(
        f"form {form.form}, page '{page.id}', {problem.field}: {told}"
        + (f" ({values})" if values else ""),
        "Look at the form: correct what was keyed, or key '-' for an answer that cannot count.",
        form.where,
    )
