"""People and the answers that count, as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from ccegov_choice.responses.clock import moment
from ccegov_choice.responses.plain import from_text
from ccegov_choice.responses.records import Kept, Person
from ccegov_choice.responses.tables import answer, person, version

_BY_ID = select(person).where(person.c.id == bindparam("key"), person.c.erased.is_(None))
_BY_CODE = select(person).where(person.c.code_hash == bindparam("key"), person.c.erased.is_(None))
_BY_NONCE = select(person).where(person.c.nonce == bindparam("key"))
_CONTENT = select(version.c.content).where(version.c.sha256 == bindparam("key"))
_ANSWERS = select(answer).where(answer.c.person == bindparam("key")).order_by(answer.c.revision)


def by_id(connection: Connection, id: str) -> Person | None:
    """Return somebody by id."""
    return _found(connection, connection.execute(_BY_ID, {"key": id}).first())


def by_code(connection: Connection, code_hash: str) -> Person | None:
    """Return somebody by the hash of their code."""
    if not code_hash:
        return None
    return _found(connection, connection.execute(_BY_CODE, {"key": code_hash}).first())


def by_nonce(connection: Connection, nonce: str) -> Person | None:
    """Return somebody by the consent form they posted."""
    return _found(connection, connection.execute(_BY_NONCE, {"key": nonce}).first())


def set_code(connection: Connection, person_id: str, code_hash: str) -> None:
    """Set the hash of somebody's code."""
    connection.execute(
        update(person)
        .where(person.c.id == person_id, person.c.erased.is_(None))
        .values(code_hash=code_hash or None)
    )


def _found(connection: Connection, row: Row[Any] | None) -> Person | None:
    if row is None:
        return None
    return person_of(row, answers_of(connection, row.id))


def answers_of(connection: Connection, person_id: str) -> dict[str, Kept]:
    """Return the answers of somebody that count, by item, in the order they were set."""
    rows = connection.execute(_ANSWERS, {"key": person_id})
    return {row.item: kept_of(row.item, row.payload, row.revision, row.at) for row in rows}


def content_of_version(connection: Connection, sha256: str) -> dict[str, Any]:
    """Return what a version consists of; nothing if it is not known."""
    text = connection.execute(_CONTENT, {"key": sha256}).scalar()
    return {} if text is None else from_text(text)


def kept_of(item: str, payload: str, revision: int, at: int) -> Kept:
    """Make the record of an answer that counts."""
    return Kept(item, from_text(payload), revision, moment(at))


def person_of(row: Row[Any], answers: Mapping[str, Kept]) -> Person:
    """Make the record of somebody."""
    return Person(
        id=row.id,
        version=row.version,
        ledger=row.ledger,
        state=row.state,
        language=row.language,
        mode=row.mode,
        block=row.block,
        seed=row.seed,
        answers=answers,
        started=moment(row.started),
        finished=None if row.finished is None else moment(row.finished),
        stratum=row.stratum,
        panel=from_text(row.panel),
        device=row.device,
        interviewer=row.interviewer,
    )
