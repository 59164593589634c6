"""Options that not everybody has: a website for people online, a counter for people near."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ccegov_choice.survey.arrangement import Arrangement
from ccegov_choice.survey.settings import Available
from ccegov_choice.survey.task import Task

LEAST_OPTIONS = 2
"""With fewer options left there is nothing to choose, and the task is left out."""


def task_of(task: Task, available: Available, reply: Callable[[str], Any]) -> Task:
    """Return a task with only the options that a person has.

    Parameters
    ----------
    task : Task
        As designed.
    available : mapping
        See `TaskSettings.available`.
    reply : callable
        Returns what the person answered to a question; nothing is taken away from those who
        have not answered.
    """
    offers = tuple(
        offer
        for offer in task.offers
        if all(
            _holds(reply(question), options)
            for question, options in available.get(offer.alternative, {}).items()
        )
    )
    return task if len(offers) == len(task.offers) else replace(task, offers=offers)


def _holds(reply: Any, options: tuple[str, ...]) -> bool:
    return reply is None or str(reply) in options


def left_over(arrangement: Arrangement, tasks: Mapping[str, Task]) -> Arrangement:
    """Return the orders without options that a person does not have, and without empty tasks."""
    names = {id: {offer.alternative for offer in task.offers} for id, task in tasks.items()}
    kept = tuple(id for id in arrangement.tasks if len(names[id]) >= LEAST_OPTIONS)
    offers = {
        id: tuple(name for name in arrangement.offers[id] if name in names[id]) for id in kept
    }
    return replace(arrangement, tasks=kept, offers=offers)


def names_in(payload: Mapping[str, Any]) -> set[str]:
    """Return the alternatives that an answer to a task names."""
    found = {payload[key] for key in ("chosen", "best", "worst") if payload.get(key)}
    return found | set(payload.get("ranking") or ()) | set(payload.get("ratings") or ())
