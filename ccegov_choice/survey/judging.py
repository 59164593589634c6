"""What happens next on somebody's way: pure decisions, without a clock, a store or a page.

Nobody is refused for being out of step: an address that is not reached yet, or that this person
does not have, leads to the first step open.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ccegov_choice.survey.settings import Quota
from ccegov_choice.survey.steps import Payload, Step, Way

NO_LIMIT = sys.maxsize
"""Limit of a quota for an interview that has been given: it counts, also in a full one."""


@dataclass(frozen=True)
class Claim:
    """A place in a quota that a person's answers call for.

    Parameters
    ----------
    quota : str
        Id of the question.
    cell : str
        Id of the option chosen.
    limit : int
        Interviews wanted.
    """

    quota: str
    cell: str
    limit: int


@dataclass(frozen=True)
class Onward:
    """What follows from an answer.

    Parameters
    ----------
    kind : {"next", "screened_out", "completed"}
        Another step; thanks, and no further questions; all is answered.
    step : Step
        Where the person goes; the last page unless there is another step.
    reason : str
        Question and option that screen out.
    """

    kind: Literal["next", "screened_out", "completed"]
    step: Step
    reason: str = ""


def step_to_show(way: Way, id: str) -> tuple[Step, bool]:
    """Return the step that an address leads to, and whether it is the one asked for."""
    place, reached = way.position(id), first_open(way)
    if place is None or place > (way.position(reached.id) or 0):
        return reached, False
    return way.steps[place], True


def first_open(way: Way) -> Step:
    """Return the first step without an answer; the end when there is none."""
    return way.current or way.steps[-1]


def after_answer(way: Way, step: Step) -> Onward:
    """Say what follows when a step has been answered.

    Parameters
    ----------
    way : Way
        With the answer in it.
    step : Step
        What was answered.
    """
    screened = next(screening_out(way, step), "")
    last = way.steps[-1]
    if screened:
        return Onward("screened_out", last, screened)
    if way.current is None or way.current.page.kind == "end":
        return Onward("completed", last)
    behind = way.after(step)
    reached = step_to_show(way, behind.id)[0] if behind else last
    return Onward("next", reached)


def screening_out(way: Way, step: Step) -> Iterator[str]:
    """Yield ``"question=option"`` for every chosen option that ends the interview."""
    if step.kind != "page":
        return
    for question in way.asked(step.page):
        reply = way.reply(question.id)
        for id in reply if isinstance(reply, list) else [reply]:
            option = question.option(str(id))
            if option is not None and option.screen_out:
                yield f"{question.id}={option.id}"


def claims(way: Way, step: Step | None = None) -> tuple[Claim, ...]:
    """Return the places in quotas that answers call for: those of a step, or all of them."""
    ids = None if step is None else {question.id for question in step.page.questions}
    quotas = (q for q in way.survey.quotas if ids is None or q.question in ids)
    found = (_claim(quota, way.reply(quota.question)) for quota in quotas)
    return tuple(claim for claim in found if claim is not None)


def _claim(quota: Quota, reply: Any) -> Claim | None:
    cell = str(reply)
    limit = quota.limits.get(cell)
    return None if limit is None else Claim(quota.question, cell, limit)


def uncounted(way: Way) -> dict[str, Payload]:
    """Return the answers to which parts no longer count, each with what still does.

    They are put in order when the interview ends, so that what counts is what the data hold; the
    record of events keeps what was answered before.
    """
    trimmed = {item: way.counted(item) for item in way.answers}
    return {item: kept for item, kept in trimmed.items() if kept != way.answers[item]}
