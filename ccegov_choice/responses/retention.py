"""The retention clock: what is kept no longer than was promised, and the record of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Connection, Row, and_, insert, select, update

from ccegov_choice.responses import vault
from ccegov_choice.responses.database import Database
from ccegov_choice.responses.erasing import day, forget, leave_place, with_permit
from ccegov_choice.responses.free_text import split, text_questions
from ccegov_choice.responses.people import content_of_version
from ccegov_choice.responses.plain import from_text, to_text
from ccegov_choice.responses.tables import answer, event, person, quota_claim, retention_log
from ccegov_choice.responses.tallies import Deletion

_DAY = 86_400_000
_AT_ONCE = 200
"""People in one transaction: others can answer in between."""
_MOMENTS = ("shown_ms",)
"""What `shown` and `timing` hold of the time of day; the others are spans of time."""


class RetentionRules(Protocol):
    """After how many days what is deleted; 0 keeps it."""

    @property
    def answers_days(self) -> int:
        """Days after completion until code, panel ids and free text are deleted."""

    @property
    def contacts_days(self) -> int:
        """Days until a contact is deleted."""

    @property
    def unfinished_days(self) -> int:
        """Days after the start until answers of those who did not finish are deleted."""


def apply(
    answers: Database, contacts: Database, survey: str, rules: RetentionRules, *, at: int, now: int
) -> tuple[Deletion, ...]:
    """Delete what is due; a second run finds nothing to do."""
    unfinished = and_(
        person.c.survey == survey,
        person.c.state != "completed",
        person.c.erased.is_(None),
        person.c.started < at - rules.unfinished_days * _DAY,
    )
    tied = and_(
        person.c.survey == survey,
        person.c.state == "completed",
        person.c.erased.is_(None),
        person.c.cut.is_(None),
        person.c.finished < at - rules.answers_days * _DAY,
    )

    def forget_one(connection: Connection, row: Row[*tuple[Any, ...]]) -> None:
        forget(connection, row, at=at, now=now, state="started")

    def cut_one(connection: Connection, row: Row[*tuple[Any, ...]]) -> None:
        cut_tie(connection, row, at)

    done = []
    if rules.unfinished_days:
        count = _each(answers, unfinished, forget_one)
        rule = f"{rules.unfinished_days} days after the start"
        done.append(Deletion("answers of people who did not finish", count, rule))
    if rules.answers_days:
        count = _each(answers, tied, cut_one)
        rule = f"{rules.answers_days} days after completion"
        done.append(Deletion("codes, panel ids and free text", count, rule))
    if rules.contacts_days:
        count = contacts.write(
            lambda c: vault.delete_before(c, survey, at - rules.contacts_days * _DAY)
        )
        done.append(Deletion("contacts", count, f"{rules.contacts_days} days after they were left"))
    answers.write(lambda connection: _log(connection, survey, done, at))
    if any(deletion.how_many for deletion in done):
        answers.forget()
        contacts.forget()
    return tuple(done)


def _each(
    database: Database, due: Any, act: Callable[[Connection, Row[*tuple[Any, ...]]], None]
) -> int:
    def some(connection: Connection) -> int:
        found = select(person).where(due).limit(_AT_ONCE).with_for_update(skip_locked=True)
        rows = connection.execute(found).all()
        for row in rows:
            act(connection, row)
        return len(rows)

    total = 0
    while count := database.write(some):
        total += count
    return total


def cut_tie(connection: Connection, row: Row[*tuple[Any, ...]], at: int) -> None:
    """Delete what ties answers to a person: code, panel ids, id, times of day, free text.

    The id changes too, because codes are derived from it.
    """
    questions = _questions_of(connection, row.version)
    leave_place(connection, row.id)
    id = secrets.token_hex(16)
    untied = {
        "id": id,
        "nonce": None,
        "code_hash": None,
        "mark": None,
        "panel": "{}",
        "started": day(row.started),
        "finished": day(row.finished),
        "cut": at,
    }
    connection.execute(update(person).where(person.c.id == row.id).values(untied))
    connection.execute(update(quota_claim).where(quota_claim.c.person == row.id).values(person=id))
    for kept in connection.execute(select(answer).where(answer.c.person == row.id)).all():
        mine = and_(answer.c.person == row.id, answer.c.item == kept.item)
        said = {"payload": _without_words(kept.payload, questions), "at": day(kept.at)}
        connection.execute(update(answer).where(mine).values(person=id, nonce="", **said))
    with_permit(
        connection,
        row.id,
        *(
            update(event)
            .where(event.c.id == told.id)
            .values(
                person=id,
                nonce=None,
                digest=None,
                at=day(told.at),
                payload=_without_words(told.payload, questions),
                shown=_without_moments(told.shown),
                timing=_without_moments(told.timing),
            )
            for told in connection.execute(select(event).where(event.c.person == row.id)).all()
        ),
    )


def _without_words(payload: str, questions: frozenset[str]) -> str:
    return to_text(split(from_text(payload), questions)[0])


def _without_moments(text: str) -> str:
    kept = from_text(text)
    return to_text({name: value for name, value in kept.items() if name not in _MOMENTS})


def _questions_of(connection: Connection, version: str) -> frozenset[str]:
    return text_questions(content_of_version(connection, version))


def _log(connection: Connection, survey: str, done: list[Deletion], at: int) -> None:
    rows = [
        {"at": at, "survey": survey, "what": d.what, "how_many": d.how_many, "rule": d.rule}
        for d in done
    ]
    if rows:
        connection.execute(insert(retention_log), rows)
