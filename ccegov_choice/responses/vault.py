"""The vault of contacts: a database of its own, with nothing that leads to answers."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, and_, delete, insert, select

from ccegov_choice.responses.clock import moment
from ccegov_choice.responses.database import Database, queue_up
from ccegov_choice.responses.plain import from_text, storable, to_text
from ccegov_choice.responses.tables import contact

_LOCK = 4_301_205_909
_SCHEMA = "ccegov_contacts"


def vault_beside(answers: Database, url: str | None) -> Database:
    """Return the vault: at its own address, in a file beside the answers, or another schema."""
    if url is not None:
        return Database(url)
    if not answers.sqlite:
        return Database(answers.url.render_as_string(hide_password=False), schema=_SCHEMA)
    if answers.memory:
        return Database("sqlite://")
    file = str(answers.url.database)
    stem = file.removesuffix(".sqlite").removesuffix(".db")
    return Database(answers.url.set(database=f"{stem}-contacts.sqlite").render_as_string())


def keep(
    connection: Connection, id: str, survey: str, fields: Mapping[str, str], wish: str, day: str
) -> None:
    """Keep a contact among those of its day, in an order that tells nothing.

    All contacts of the day are written anew, sorted by their random ids: neither where a row
    stands in the file nor the number of the transaction that wrote it says when it came.
    """
    queue_up(connection, _LOCK)
    row = {"survey": survey, "day": day, "fields": to_text(fields), "wish": storable(wish)}
    today = and_(contact.c.survey == survey, contact.c.day == day)
    rows = [dict(kept._mapping) for kept in connection.execute(select(contact).where(today))]
    if any(kept["id"] == id for kept in rows):  # written before the connection broke
        return
    connection.execute(delete(contact).where(today))
    connection.execute(insert(contact), sorted([*rows, row | {"id": id}], key=lambda r: r["id"]))


def read(connection: Connection, survey: str) -> list[dict[str, str]]:
    """Return contacts in the order of their random ids: fields, wish and day."""
    found = connection.execute(
        select(contact).where(contact.c.survey == survey).order_by(contact.c.id)
    )
    return [from_text(row.fields) | {"wish": row.wish, "day": row.day} for row in found]


def delete_before(connection: Connection, survey: str, limit: int) -> int:
    """Delete contacts of days before a time; return how many."""
    day = moment(limit).date().isoformat()
    due = delete(contact).where(contact.c.survey == survey, contact.c.day < day)
    return int(connection.execute(due).rowcount)
