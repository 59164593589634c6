"""Answers on their way out: one person's own, or everybody's, a few hundred people at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, select

from ccegov_choice.responses.clock import moment
from ccegov_choice.responses.plain import from_text
from ccegov_choice.responses.tables import (
    answer,
    event,
    person,
    place,
    place_event,
    place_sequence,
    quota_claim,
    retention_log,
)
from ccegov_choice.responses.tallies import Deletion, LedgerMove

_AT_ONCE = 500
_ABOUT = ("id", "survey", "version", "ledger", "state", "reason", "language", "mode", "block")
_MORE = ("seed", "stratum", "device", "interviewer")


def own_answers(connection: Connection, person_id: str) -> dict[str, Any]:
    """Return everything that is kept of one person, under plain names; nothing if erased."""
    row = connection.execute(
        select(person).where(person.c.id == person_id, person.c.erased.is_(None))
    ).first()
    if row is None:
        return {}
    answers = _answers(connection, [person_id])[person_id]
    events = select(event).where(event.c.person == person_id).order_by(event.c.id)
    claims = select(quota_claim).where(quota_claim.c.person == person_id)
    return {
        **_about(row),
        "answers": answers,
        "quotas": {claim.quota: claim.cell for claim in connection.execute(claims)},
        "events": [event_of(told) for told in connection.execute(events)],
    }


def rows(connection: Connection, survey: str, ledger: str) -> Iterator[dict[str, Any]]:
    """Yield everybody with the answers that count, in the order they started."""
    found = select(person).where(
        person.c.survey == survey, person.c.ledger == ledger, person.c.erased.is_(None)
    )
    everybody = connection.execute(found.order_by(person.c.started, person.c.id)).all()
    remaining = iter(everybody)
    while some := list(islice(remaining, _AT_ONCE)):
        answers = _answers(connection, [row.id for row in some])
        for row in some:
            yield {**_about(row), "answers": answers[row.id]}


def events(connection: Connection, survey: str, ledger: str) -> Iterator[dict[str, Any]]:
    """Yield everything that happened, in order."""
    found = (
        select(event)
        .join(person, person.c.id == event.c.person)
        .where(person.c.survey == survey, person.c.ledger == ledger)
        .order_by(event.c.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in connection.execute(found):
        yield event_of(row)


def ledger_moves(connection: Connection, survey: str, ledger: str) -> Iterator[LedgerMove]:
    """Yield every move of the ledger, in order."""
    found = (
        select(place_event, place.c.number, place_sequence.c.stratum)
        .outerjoin(place, place.c.id == place_event.c.place)
        .outerjoin(place_sequence, place_sequence.c.id == place.c.sequence)
        .where(place_event.c.survey == survey, place_event.c.ledger == ledger)
        .order_by(place_event.c.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in connection.execute(found):
        yield LedgerMove(
            at=moment(row.at),
            what=row.what,
            block=row.block,
            stratum=row.stratum or "",
            place=row.number,
            mark=row.mark,
            previous=row.previous or "",
        )


def deletions(connection: Connection, survey: str) -> tuple[Deletion, ...]:
    """Return what the retention clock did, latest first."""
    found = select(retention_log).where(retention_log.c.survey == survey)
    return tuple(
        Deletion(row.what, row.how_many, row.rule, moment(row.at))
        for row in connection.execute(found.order_by(retention_log.c.id.desc()))
    )


def event_of(row: Any) -> dict[str, Any]:
    """Return one event as plain data."""
    return {
        "number": row.id,
        "person": row.person,
        "at": moment(row.at),
        "kind": row.kind,
        "item": row.item,
        "outcome": row.outcome,
        "payload": from_text(row.payload),
        "shown": from_text(row.shown),
        "timing": from_text(row.timing),
        "language": row.language,
        "mode": row.mode,
    }


def _about(row: Any) -> dict[str, Any]:
    about = {("person" if name == "id" else name): getattr(row, name) for name in _ABOUT}
    about |= {name: getattr(row, name) for name in _MORE}
    about["panel"] = from_text(row.panel)
    about["started"] = moment(row.started)
    about["finished"] = _moment_or_none(row.finished)
    return about


def _moment_or_none(at: int | None) -> datetime | None:
    return None if at is None else moment(at)


def _answers(connection: Connection, people: Sequence[str]) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    told = (
        select(answer, event.c.shown, event.c.timing, event.c.language, event.c.mode)
        .join(event, and_(event.c.id == answer.c.revision, event.c.person == answer.c.person))
        .where(answer.c.person.in_(people))
        .order_by(answer.c.revision)
    )
    for row in connection.execute(told):
        found[row.person][row.item] = {
            "payload": from_text(row.payload),
            "at": moment(row.at),
            "revision": row.revision,
            "shown": from_text(row.shown),
            "timing": from_text(row.timing),
            "language": row.language,
            "mode": row.mode,
        }
    return found
