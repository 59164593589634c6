"""How far people come: who answered what, where others stopped, and how long it took."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from sqlalchemy import ColumnElement, Connection, and_, func, select

from ccegov_choice.responses.plain import from_text
from ccegov_choice.responses.records import Ledger
from ccegov_choice.responses.tables import answer, event, person

SAMPLE = 20_000
"""The latest answers whose times are looked at: enough for a median, quick to read."""
_TASK = "task:"


@dataclass(frozen=True)
class StepTally:
    """One step, over all people.

    Parameters
    ----------
    answered : int
        People who answered it.
    last : int
        People who have not finished, and for whom it is the last answer so far.
    seconds : float, optional
        Median time on it, of the latest answers.
    """

    answered: int = 0
    last: int = 0
    seconds: float | None = None


@dataclass(frozen=True)
class Progress:
    """How far people come.

    Parameters
    ----------
    pages : mapping of str to StepTally
        Item -> tally, of everything but choice tasks.
    tasks : mapping of int to StepTally
        By how many tasks somebody had answered then: 1 for the first one shown.
    nothing : int
        People who have not finished and have answered nothing.
    """

    pages: Mapping[str, StepTally] = field(default_factory=dict)
    tasks: Mapping[int, StepTally] = field(default_factory=dict)
    nothing: int = 0


def progress(connection: Connection, survey: str, ledger: Ledger) -> Progress:
    """Count how far people come; whoever had themselves erased is not counted."""
    there = and_(person.c.survey == survey, person.c.ledger == ledger, person.c.erased.is_(None))
    answered, done = _answered(connection, there)
    last, last_task, nothing = _last(connection, there)
    seconds, task_seconds = _seconds(connection, there)
    return Progress(
        pages={
            item: StepTally(answered[item], last[item], seconds.get(item))
            for item in sorted({*answered, *last})
        },
        tasks={
            number: StepTally(done[number], last_task[number], task_seconds.get(number))
            for number in sorted({*done, *last_task})
        },
        nothing=nothing,
    )


def _answered(
    connection: Connection, there: ColumnElement[bool]
) -> tuple[Counter[str], Counter[int]]:
    """Return people by page, and by tasks: how many answered at least that many."""
    is_task = answer.c.item.like(f"{_TASK}%")
    joined = select(answer.c.item, func.count()).join(person, person.c.id == answer.c.person)
    pages: Counter[str] = Counter()
    for item, count in connection.execute(joined.where(there, ~is_task).group_by(answer.c.item)):
        pages[item] = count
    each = (
        select(func.count().label("tasks"))
        .select_from(answer.join(person, person.c.id == answer.c.person))
        .where(there, is_task)
        .group_by(answer.c.person)
        .subquery()
    )
    tasks: Counter[int] = Counter()
    for most, count in connection.execute(
        select(each.c.tasks, func.count()).group_by(each.c.tasks)
    ):
        for number in range(1, most + 1):
            tasks[number] += count
    return pages, tasks


def _last(
    connection: Connection, there: ColumnElement[bool]
) -> tuple[Counter[str], Counter[int], int]:
    """Return where people who have not finished stand: after which page or task, or before all."""
    rows = connection.execute(
        select(person.c.id, answer.c.item)
        .select_from(person.outerjoin(answer, answer.c.person == person.c.id))
        .where(there, person.c.state != "completed")
        .order_by(answer.c.revision)
    )
    latest: dict[str, str | None] = {}
    tasks: Counter[str] = Counter()
    for id, item in rows:
        latest[id] = item
        tasks[id] += bool(item and item.startswith(_TASK))
    pages: Counter[str] = Counter()
    numbers: Counter[int] = Counter()
    for id, item in latest.items():
        if item and item.startswith(_TASK):
            numbers[tasks[id]] += 1
        elif item:
            pages[item] += 1
    return pages, numbers, sum(item is None for item in latest.values())


def _seconds(
    connection: Connection, there: ColumnElement[bool]
) -> tuple[dict[str, float], dict[int, float]]:
    """Return median seconds by page, and by the number that a task was shown as."""
    rows = connection.execute(
        select(event.c.item, event.c.shown, event.c.timing)
        .join(person, person.c.id == event.c.person)
        .where(there, event.c.kind == "answer")
        .order_by(event.c.id.desc())
        .limit(SAMPLE)
    )
    pages: dict[str, list[float]] = defaultdict(list)
    tasks: dict[int, list[float]] = defaultdict(list)
    for item, shown, timing in rows:
        seconds = from_text(timing).get("seconds")
        if not isinstance(seconds, int | float):  # paper has no times
            continue
        if not item.startswith(_TASK):
            pages[item].append(seconds)
        elif isinstance(number := from_text(shown).get("number"), int):
            tasks[number].append(seconds)
    return (
        {item: median(times) for item, times in pages.items()},
        {number: median(times) for number, times in tasks.items()},
    )
