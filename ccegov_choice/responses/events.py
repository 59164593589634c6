"""What happened, appended and never changed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, literal, select

from ccegov_choice.responses.database import inserting
from ccegov_choice.responses.plain import storable, to_text
from ccegov_choice.responses.tables import event, person

_WHOSE = (
    select(
        person.c.id,
        bindparam("at", type_=event.c.at.type),
        bindparam("kind", type_=event.c.kind.type),
        bindparam("payload", type_=event.c.payload.type),
        bindparam("nonce", type_=event.c.nonce.type),
        literal("").label("digest"),
    )
    .where(person.c.id == bindparam("who"), person.c.erased.is_(None))
    .with_for_update(read=True)  # nothing is noted of somebody who is being erased
)


def new_mark() -> str:
    """Return a mark by which a note that is written again is known."""
    return f"note-{secrets.token_hex(8)}"


def note(
    connection: Connection, person_id: str, kind: str, detail: Mapping[str, Any], at: int, mark: str
) -> None:
    """Append something that is no answer; nothing for people who are not known."""
    values = {"at": at, "kind": storable(kind), "payload": to_text(detail), "nonce": mark}
    connection.execute(_noting(connection.dialect.name), values | {"who": person_id})


@cache
def _noting(dialect: str) -> Any:
    columns = ["person", "at", "kind", "payload", "nonce", "digest"]
    return inserting(dialect, event).from_select(columns, _WHOSE).on_conflict_do_nothing()
