"""How a survey stands: people by state, blocks, quotas, modes, hours."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from ccegov_choice.responses.clock import moment
from ccegov_choice.responses.records import Ledger
from ccegov_choice.responses.tables import (
    person,
    place,
    place_event,
    place_sequence,
    quota_claim,
    version,
)
from ccegov_choice.responses.tallies import BlockTally, Counts, HourTally, QuotaTally

_HOUR = 3_600_000


def count(connection: Connection, survey: str, ledger: Ledger, now: int) -> Counts:
    """Count everything there is to count."""
    people = and_(person.c.survey == survey, person.c.ledger == ledger)
    there = and_(people, person.c.erased.is_(None))
    return Counts(
        survey=survey,
        ledger=ledger,
        states=_pairs(connection, person.c.state, there),
        erased=connection.execute(
            select(func.count()).where(people, person.c.erased.is_not(None))
        ).scalar_one(),
        blocks=_blocks(connection, survey, ledger, people, now),
        quotas=_quotas(connection, survey, ledger, now),
        modes=_by_state(connection, person.c.mode, there),
        languages=_by_state(connection, person.c.language, there),
        devices=_by_state(connection, person.c.device, there),
        hours=_hours(connection, there),
    )


def _pairs(connection: Connection, column: Any, where: Any) -> dict[str, int]:
    rows = connection.execute(select(column, func.count()).where(where).group_by(column))
    return {row[0]: row[1] for row in rows}


def _by_state(connection: Connection, column: Any, where: Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    grouped = select(column, person.c.state, func.count()).where(where)
    for key, state, number in connection.execute(grouped.group_by(column, person.c.state)):
        found[key][state] = number
    return dict(found)


def _blocks(
    connection: Connection, survey: str, ledger: Ledger, people: Any, now: int
) -> tuple[BlockTally, ...]:
    known = [
        block
        for text in connection.execute(
            select(version.c.blocks)
            .where(version.c.survey == survey)
            .order_by(version.c.registered)
        ).scalars()
        for block in json.loads(text)
    ]
    held = case((place.c.free_from > now, "in_progress"), else_="expired")
    what = case((place.c.state == "taken", held), else_=place.c.state)
    rows = connection.execute(
        select(place.c.block, what, func.count())
        .join(place_sequence, place_sequence.c.id == place.c.sequence)
        .where(
            place_sequence.c.survey == survey,
            place_sequence.c.ledger == ledger,
            place.c.state != "fresh",
        )
        .group_by(place.c.block, what)
    )
    places = {(block, state): number for block, state, number in rows}
    started = _pairs(connection, person.c.block, people)
    completed = _pairs(connection, person.c.block, and_(people, person.c.state == "completed"))
    extra = _pairs(
        connection,
        place_event.c.block,
        and_(
            place_event.c.survey == survey,
            place_event.c.ledger == ledger,
            place_event.c.what == "extra",
        ),
    )
    states = ("in_progress", "expired", "released", "completed")
    return tuple(
        BlockTally(
            block,
            places=sum(places.get((block, state), 0) for state in states),
            started=started.get(block, 0),
            completed=completed.get(block, 0),
            in_progress=places.get((block, "in_progress"), 0),
            expired=places.get((block, "expired"), 0),
            extra=extra.get(block, 0),
        )
        for block in dict.fromkeys(known)
    )


def _quotas(
    connection: Connection, survey: str, ledger: Ledger, now: int
) -> tuple[QuotaTally, ...]:
    holds = and_(person.c.state == "started", place.c.state == "taken", place.c.free_from > now)
    what = case((person.c.state == "completed", "completed"), (holds, "held"), else_="lapsed")
    rows = connection.execute(
        select(quota_claim.c.quota, quota_claim.c.cell, what, func.count())
        .join(person, person.c.id == quota_claim.c.person)
        .outerjoin(place, place.c.person == person.c.id)
        .where(quota_claim.c.survey == survey, quota_claim.c.ledger == ledger)
        .group_by(quota_claim.c.quota, quota_claim.c.cell, what)
    )
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for quota, cell, state, number in rows:
        found[quota, cell][state] = number
    return tuple(
        QuotaTally(quota, cell, states.get("completed", 0), states.get("held", 0))
        for (quota, cell), states in sorted(found.items())
    )


def _hours(connection: Connection, there: Any) -> tuple[HourTally, ...]:
    started: Counter[int] = Counter()
    completed: Counter[int] = Counter()
    columns = (person.c.started, person.c.finished, person.c.state)
    for begun, finished, state in connection.execute(select(*columns).where(there)):
        started[begun // _HOUR] += 1
        if state == "completed":
            completed[finished // _HOUR] += 1
    return tuple(
        HourTally(moment(hour * _HOUR), started[hour], completed[hour])
        for hour in sorted({*started, *completed})
    )
