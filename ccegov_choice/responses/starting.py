"""Somebody starts: one place, one person, however often the form is posted."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, insert, select

from ccegov_choice.errors import Problem, ResponseError, unknown_name
from ccegov_choice.responses import people, places, quotas
from ccegov_choice.responses.places import Move, Series
from ccegov_choice.responses.plain import storable, to_text
from ccegov_choice.responses.records import FieldState, Person, Start
from ccegov_choice.responses.refusals import BegunElsewhere, FieldClosed
from ccegov_choice.responses.tables import event, field, person

CodeOf = Callable[[str], str]
"""Id of a person -> hash of the code by which they find their answers again."""


def start(
    connection: Connection,
    series: Series,
    version: str,
    start: Start,
    *,
    lease: int,
    target: int,
    code_of: CodeOf | None,
    at: int,
    now: int,
) -> Person:
    """Take a place and begin; the same form again gives the same person."""
    known = people.by_nonce(connection, start.nonce)
    if known is not None:
        if start.browser and not _began_in(connection, known.id, start.browser):
            raise BegunElsewhere.in_survey(series.survey)
        return known
    if not start.block:
        _require_open(connection, series, target, now)
    id, mark = secrets.token_hex(16), secrets.token_hex(8)
    move = Move(series.survey, series.ledger, id, mark, start.block, at, now)
    block = start.block
    if block:
        _require_block(series, block)
        places.record(connection, move, "outside")
    else:
        taken = places.take(connection, series, move, now + lease)
        block = taken.block
    row: dict[str, Any] = {
        "id": id,
        "survey": series.survey,
        "version": version,
        "ledger": series.ledger,
        "state": "started",
        "language": storable(start.language),
        "mode": storable(start.mode),
        "block": block,
        "seed": storable(start.seed) or secrets.token_hex(16),
        "stratum": series.stratum,
        "panel": to_text(start.panel),
        "device": storable(start.device),
        "interviewer": storable(start.interviewer),
        "nonce": start.nonce,
        "code_hash": (code_of(id) if code_of else start.code_hash) or None,
        "mark": mark,
        "started": at,
    }
    connection.execute(insert(person), row)
    told = to_text({"block": block})
    begun: dict[str, Any] = {"person": id, "at": at, "kind": "started", "payload": told}
    begun["nonce"] = start.browser or None
    connection.execute(insert(event), begun | {"language": row["language"], "mode": row["mode"]})
    found = people.by_id(connection, id)
    assert found is not None
    return found


def _began_in(connection: Connection, person_id: str, browser: str) -> bool:
    mine = select(event.c.id).where(
        event.c.person == person_id, event.c.kind == "started", event.c.nonce == browser
    )
    return connection.execute(mine).first() is not None


def _require_open(connection: Connection, series: Series, target: int, now: int) -> None:
    if series.ledger != "live":  # a preview works before the field opens and after it has closed
        return
    state = connection.execute(select(field.c.state).where(field.c.survey == series.survey))
    found: FieldState = state.scalar() or "open"
    if found != "open":
        raise FieldClosed.because(series.survey, found)
    if target and not quotas.has_room(connection, series.survey, series.ledger, target, now):
        raise FieldClosed.because(series.survey, "target")


def _require_block(series: Series, block: str) -> None:
    if block not in series.blocks:
        problem: Problem = unknown_name(block, series.blocks, "block", where=series.survey)
        raise ResponseError.of([problem])
