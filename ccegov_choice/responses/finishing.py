"""Somebody is through, or leaves: the place becomes final, or free."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update

from ccegov_choice.responses import people, places
from ccegov_choice.responses.places import Move
from ccegov_choice.responses.plain import storable, to_text
from ccegov_choice.responses.records import Person, State
from ccegov_choice.responses.refusals import NotTakingPart
from ccegov_choice.responses.tables import event, person

_FIND = select(person).where(person.c.id == bindparam("key")).with_for_update()


def finish(
    connection: Connection, person_id: str, state: State, reason: str, *, at: int, now: int
) -> Person:
    """Set how somebody finished; the first finish counts, later ones change nothing."""
    row = connection.execute(_FIND, {"key": person_id}).first()
    if row is None or row.erased is not None:
        raise NotTakingPart.because("unknown")
    if row.state == "started":
        move = Move(row.survey, row.ledger, person_id, row.mark, row.block, at, now)
        if state == "completed":
            places.complete(connection, move)
        else:
            places.release(connection, move)
        ended = {"state": state, "reason": storable(reason), "finished": at}
        connection.execute(update(person).where(person.c.id == person_id).values(ended))
        told = to_text({"state": state, "reason": reason})
        connection.execute(
            insert(event), {"person": person_id, "at": at, "kind": "finished", "payload": told}
        )
    found = people.by_id(connection, person_id)
    assert found is not None
    return found
