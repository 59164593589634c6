"""What somebody said is taken away: at their wish, or because its time is over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from ccegov_choice.responses import places
from ccegov_choice.responses.places import Move
from ccegov_choice.responses.tables import (
    answer,
    erasure_permit,
    event,
    person,
    place,
    quota_claim,
)

_DAY = 86_400_000
_NOTHING = {
    "reason": "",
    "language": "",
    "mode": "",
    "seed": "",
    "stratum": "",
    "panel": "{}",
    "device": "",
    "interviewer": "",
    "nonce": None,
    "code_hash": None,
    "mark": None,
}


def erase(connection: Connection, person_id: str, *, at: int, now: int) -> bool:
    """Take away all that is kept of somebody; False if there is nothing (any more).

    What remains tells the ledger that somebody was there: the day, the block and the state.
    Whoever had not finished counts as withdrawn, and their place is free.
    """
    found = select(person).where(person.c.id == person_id).with_for_update()
    row = connection.execute(found).first()
    if row is None or row.erased is not None:
        return False
    forget(connection, row, at=at, now=now, state="withdrawn")
    return True


def erased(connection: Connection, survey: str) -> tuple[str, ...]:
    """Return the ids of those of whom nothing is kept."""
    found = select(person.c.id).where(person.c.survey == survey, person.c.erased.is_not(None))
    return tuple(connection.execute(found.order_by(person.c.id)).scalars())


def forget(
    connection: Connection, row: Row[*tuple[Any, ...]], *, at: int, now: int, state: str
) -> None:
    """Leave a tombstone of a person's row, and nothing else of them."""
    ended = row.state if row.state != "started" else state
    if row.state == "started":
        move = Move(row.survey, row.ledger, row.id, row.mark, row.block, at, now)
        places.release(connection, move)
    with_permit(connection, row.id, delete(event).where(event.c.person == row.id))
    for table in (answer, quota_claim):
        connection.execute(delete(table).where(table.c.person == row.id))
    leave_place(connection, row.id)
    tombstone = _NOTHING | {"state": ended, "erased": at, "started": day(row.started)}
    tombstone["finished"] = day(row.finished if row.finished is not None else at)
    connection.execute(update(person).where(person.c.id == row.id).values(tombstone))


def with_permit(connection: Connection, person_id: str, *changes: Any) -> None:
    """Change or delete events, which is refused otherwise."""
    connection.execute(insert(erasure_permit), {"person": person_id})
    for change in changes:
        connection.execute(change)
    connection.execute(delete(erasure_permit).where(erasure_permit.c.person == person_id))


def leave_place(connection: Connection, person_id: str) -> None:
    """Let a final place stand without a name."""
    final = update(place).where(place.c.person == person_id, place.c.state == "completed")
    connection.execute(final.values(person=None, mark=None))


def day(milliseconds: int) -> int:
    """Return the beginning of the day of a time."""
    return milliseconds - milliseconds % _DAY
