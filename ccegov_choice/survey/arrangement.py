"""In which order one person sees tasks, attributes and options: drawn from a seed, replayable.

The order is that of SHA-256 hashes of (seed, purpose, name): it needs no generator whose stream
could change between versions, and anybody can redo it in any language.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ccegov_choice.survey.settings import TaskSettings
from ccegov_choice.survey.task import Task

_FIXED_LAST = ("opt_out", "status_quo")


def shuffled(items: Iterable[str], seed: str, purpose: str) -> tuple[str, ...]:
    """Return names in an order drawn from a seed.

    Parameters
    ----------
    items : iterable of str
        Distinct names.
    seed : str
        The person's seed.
    purpose : str
        What is shuffled, so that orders of different things are independent.
    """
    return tuple(sorted(items, key=lambda item: _hash(seed, purpose, item)))


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\x1f".join(parts).encode()).digest()


@dataclass(frozen=True)
class Arrangement:
    """The orders one person sees.

    Parameters
    ----------
    tasks : tuple of str
        Ids of the tasks, in the order shown.
    attributes : tuple of str
        Ids of the attributes, in the order shown in every task.
    offers : mapping
        Task id -> names of its alternatives in the order shown; opt-out and status quo are last.
    """

    tasks: tuple[str, ...]
    attributes: tuple[str, ...]
    offers: Mapping[str, tuple[str, ...]]


def arrange(
    tasks: Iterable[Task], attributes: Iterable[str], settings: TaskSettings, seed: str
) -> Arrangement:
    """Draw the orders one person sees.

    Parameters
    ----------
    tasks : iterable of Task
        The tasks of the person's block.
    attributes : iterable of str
        All attributes of the study.
    settings : TaskSettings
        What is shuffled, and what stays first and last.
    seed : str
        The person's seed.
    """
    shown = tuple(tasks)
    ids = tuple(task.id for task in shown)
    return Arrangement(
        tasks=shuffled(ids, seed, "tasks") if settings.shuffle_tasks else ids,
        attributes=_attributes(tuple(attributes), settings, seed),
        offers={task.id: _offers(task, settings, seed) for task in shown},
    )


def _attributes(ids: tuple[str, ...], settings: TaskSettings, seed: str) -> tuple[str, ...]:
    first = tuple(id for id in settings.first_attributes if id in ids)
    last = tuple(id for id in settings.last_attributes if id in ids)
    middle = tuple(id for id in ids if id not in first and id not in last)
    if settings.shuffle_attributes:
        middle = shuffled(middle, seed, "attributes")
    return (*first, *middle, *last)


def _offers(task: Task, settings: TaskSettings, seed: str) -> tuple[str, ...]:
    free = tuple(o.alternative for o in task.offers if o.kind not in _FIXED_LAST)
    last = tuple(o.alternative for o in task.offers if o.kind in _FIXED_LAST)
    if settings.shuffle_alternatives:
        free = shuffled(free, seed, f"offers of {task.id}")
    return (*free, *last)
