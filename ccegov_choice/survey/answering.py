"""Forms and answers: the names of fields, what is posted, and what is kept.

=============  ==========================================================  ======================
what           fields                                                      kept (payload)
=============  ==========================================================  ======================
read only      none                                                        ``{"seen": True}``
question       ``q.ID``; several values for a multiple choice; a matrix    ``{ID: value}``: option
               has ``q.ID.ROW``, a date ``q.ID.day .month .year``, own      id, list of ids, ``{row:
               words behind an option ``q.ID.other``                       option}``, number, text,
                                                                           ISO day; ``ID.other``
choice, dual   ``chosen`` (alternative or ``dont_know``), ``reason``       ``chosen`` or
                                                                           ``dont_know: True``;
                                                                           ``reason``
best-worst     ``best``, ``worst`` (or ``best = dont_know``)               ``best``, ``worst``
ranking        ``rank.ALTERNATIVE`` = 1 .. J                               ``ranking``: names, best
                                                                           first
rating         ``rating.ALTERNATIVE`` = 1 .. points                        ``ratings``
follow-up      ``follow`` = option id                                      ``follow``
warm-up        as its task                                                 as its task
budget         ``buy.PROJECT`` = yes or no, ``why``                        ``picked``, ``spent``,
                                                                           ``why``
contact        ``contact.email``, ``contact.phone``, ``contact.wish``      ``{"left": bool}``; the
                                                                           contact goes elsewhere
consent        ``agree`` (yes or no), ``statement.ID`` = yes                ``statements``
=============  ==========================================================  ======================

Every form also carries ``nonce`` and ``revision``, and for the record of what happened
``seen_ms`` (visible time), ``first_ms`` (until the first touch), ``opened`` (helps opened,
separated by commas) and ``changes`` (how often the choice was changed).
"""

from __future__ import annotations

from typing import Any

from ccegov_choice.survey.answers.contact import read_contact
from ccegov_choice.survey.answers.problem import FieldProblem, Fields
from ccegov_choice.survey.answers.questions import read_reply, read_write_in, reply_fields
from ccegov_choice.survey.answers.spending import read_spending, spending_fields
from ccegov_choice.survey.answers.tasks import read_follow, read_task, task_fields
from ccegov_choice.survey.steps import Payload, Step, Way

__all__ = ["FieldProblem", "Fields", "fields_of", "read_form"]


def read_form(
    step: Step, way: Way, fields: Fields, *, language: str | None = None
) -> tuple[dict[str, Any] | None, tuple[FieldProblem, ...]]:
    """Read the answer to a step from a posted form.

    Parameters
    ----------
    step : Step
        What was answered.
    way : Way
        The person's way: it says which questions are asked.
    fields : mapping of str to list of str
        Name of each field -> its values.
    language : str, optional
        How numbers are written.

    Returns
    -------
    payload : dict or None
        The answer to keep; None if something is to be put right. It has a key for each question
        asked, with None for one passed over, so that questions opened later are told apart.
    problems : tuple of FieldProblem
        All of them, in the order of the page.
    """
    payload, problems = _read(step, way, fields, language)
    return (None if problems else payload), tuple(problems)


def _read(
    step: Step, way: Way, fields: Fields, language: str | None
) -> tuple[dict[str, Any], list[FieldProblem]]:
    settings, page = way.survey.task_settings, step.page
    if step.kind == "follow":
        return read_follow(settings, fields)
    task = step.task or page.example
    if task is not None:
        return read_task(settings, task, fields)
    if page.budget is not None:
        return read_spending(page.budget, fields, language)
    if page.kind == "contact":
        contact, problems = read_contact(fields)
        return {"left": contact is not None}, problems
    asked = way.asked(page)
    if not asked:
        return {"seen": True}, []
    payload: dict[str, Any] = {}
    found: list[FieldProblem] = []
    for question in asked:
        payload[question.id], problems = read_reply(question, fields, language)
        words, more = read_write_in(question, payload[question.id], fields)
        if words:
            payload[f"{question.id}.other"] = words
        found += [*problems, *more]
    return payload, found


def fields_of(step: Step, payload: Payload) -> dict[str, list[str]]:
    """Return the fields that show an answer again: the inverse of `read_form`.

    Of a contact nothing is shown, because it is not kept with the answers.
    """
    page = step.page
    if step.kind != "page" or page.example is not None:
        return task_fields(payload)
    if page.budget is not None:
        return spending_fields(page.budget, payload)
    found: dict[str, list[str]] = {}
    for question in page.questions:
        found.update(reply_fields(question, payload.get(question.id)))
        if words := payload.get(f"{question.id}.other"):
            found[f"q.{question.id}.other"] = [str(words)]
    return found
