"""An answer comes in: kept once, told apart from its repetition and from a contradiction."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Literal

from sqlalchemy import Connection, Row, and_, bindparam, insert, select

from ccegov_choice.responses import places
from ccegov_choice.responses.database import inserting
from ccegov_choice.responses.people import kept_of
from ccegov_choice.responses.places import Move
from ccegov_choice.responses.plain import to_text
from ccegov_choice.responses.records import Answer, Kept, Outcome
from ccegov_choice.responses.refusals import NotTakingPart
from ccegov_choice.responses.tables import answer, event, person, place_event

Status = Literal["stored", "repeated", "conflict"]
_QUEUE_UP = select(person.c.id).where(person.c.id == bindparam("who")).with_for_update()
_KNOWN = (
    select(
        person.c.survey,
        person.c.ledger,
        person.c.state,
        person.c.block,
        person.c.mark,
        person.c.erased,
        answer.c.payload,
        answer.c.revision,
        answer.c.nonce,
        answer.c.at,
        event.c.id.label("before"),
        event.c.outcome,
    )
    .select_from(
        person.outerjoin(
            answer, and_(answer.c.person == person.c.id, answer.c.item == bindparam("item"))
        ).outerjoin(
            event,
            and_(
                event.c.person == person.c.id,
                event.c.nonce == bindparam("nonce"),
                event.c.digest == bindparam("digest"),
            ),
        )
    )
    .where(person.c.id == bindparam("who"))
)
_NOTED = select(place_event.c.id).where(
    place_event.c.mark == bindparam("as_mark"), place_event.c.what.in_(("extra", "outside"))
)
_APPEND = insert(event).returning(event.c.id)
_SET = ("payload", "revision", "nonce", "at")


def keep(
    connection: Connection, person_id: str, posted: Answer, *, lease: int, at: int, now: int
) -> Outcome:
    """Keep an answer, and the person's place for longer.

    The same form with the same answer is a repetition, also after the person has finished: the
    first acknowledgement may have been lost on the way. The same form with another answer is a
    correction (somebody went back to it) as long as no other form has answered in between. An
    answer from another form counts if that form showed the answer kept now, or there is none;
    else it is a conflict: written down, but only the person can say which one counts.
    """
    payload = to_text(posted.payload)
    digest = hashlib.sha256(f"{posted.item}\n{payload}".encode()).hexdigest()[:32]
    if connection.dialect.name == "postgresql":  # posts of one person come one after the other
        connection.execute(_QUEUE_UP, {"who": person_id})
    found = connection.execute(
        _KNOWN, {"who": person_id, "item": posted.item, "nonce": posted.nonce, "digest": digest}
    ).first()
    if found is None or found.erased is not None:
        raise NotTakingPart.because("unknown")
    status = _status(found, posted, payload)
    if status != "repeated" and found.state != "started":
        raise NotTakingPart.because(found.state)
    if found.state == "started":
        _keep_place(
            connection,
            Move(found.survey, found.ledger, person_id, found.mark, found.block, at, now),
            lease,
        )
    kept = None
    if status != "repeated" and found.before is None:
        kept = _append(connection, person_id, posted, payload, digest, status, at)
    if status == "stored" and kept is not None:
        return Outcome("stored", kept)
    return Outcome(status, kept_of(posted.item, found.payload, found.revision, found.at))


def _status(found: Row[*tuple[Any, ...]], posted: Answer, payload: str) -> Status:
    if found.payload is None:
        return "stored"
    if found.payload == payload:
        return "repeated"
    same_form = found.nonce == posted.nonce
    if found.before is not None:  # this form has said this before, and something else counts now
        return "conflict" if same_form or found.outcome == "conflict" else "repeated"
    return "stored" if same_form or posted.revision == found.revision else "conflict"


def _append(
    connection: Connection,
    person_id: str,
    posted: Answer,
    payload: str,
    digest: str,
    status: Status,
    at: int,
) -> Kept:
    row = {
        "person": person_id,
        "at": at,
        "kind": "answer",
        "item": posted.item,
        "outcome": status,
        "payload": payload,
        "shown": to_text(posted.shown),
        "timing": to_text(posted.timing),
        "language": posted.language,
        "mode": posted.mode,
        "revision": posted.revision,
        "nonce": posted.nonce,
        "digest": digest,
    }
    revision = connection.execute(_APPEND, row).scalar_one()
    if status == "stored":
        kept = {name: row[name] for name in ("person", "item", "payload", "nonce", "at")}
        connection.execute(_counting(connection.dialect.name), kept | {"revision": revision})
    return kept_of(posted.item, payload, revision, at)


@cache  # building it costs more than running it
def _counting(dialect: str) -> Any:
    counts = inserting(dialect, answer)
    return counts.on_conflict_do_update(
        index_elements=["person", "item"], set_={name: counts.excluded[name] for name in _SET}
    )


def _keep_place(connection: Connection, move: Move, lease: int) -> None:
    if places.renew(connection, move, move.now + lease):
        return
    # the place was given away (they keep their block), or there never was one (on paper)
    if connection.execute(_NOTED, {"as_mark": move.mark}).first() is None:
        places.record(connection, move, "extra")
