"""Versions of a survey, and the series of those whose people share places."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ccegov_choice._files import sha256
from ccegov_choice.errors import ResponseError, unknown_name
from ccegov_choice.responses.clock import moment
from ccegov_choice.responses.database import inserting
from ccegov_choice.responses.plain import from_text, to_text
from ccegov_choice.responses.records import Version
from ccegov_choice.responses.tables import version

_FIND = select(version).where(version.c.sha256 == bindparam("key"))


def register(connection: Connection, new: Version, at: int) -> None:
    """Keep a version, if it is new."""
    if connection.execute(_FIND, {"key": new.sha256}).first() is not None:
        return
    # a mended word must not begin a new sequence of places; other tasks must
    series = {
        "survey": new.survey,
        "tasks": new.content.get("tasks"),
        "blocks": list(new.blocks),
        "seed": new.seed,
    }
    row = {
        "sha256": new.sha256,
        "survey": new.survey,
        "series": sha256(to_text(series)),
        "content": to_text(new.content),
        "blocks": json.dumps(new.blocks, ensure_ascii=False),
        "seed": new.seed,
        "registered": at,
    }
    connection.execute(inserting(connection.dialect.name, version).on_conflict_do_nothing(), row)


def series_of(connection: Connection, sha256: str) -> tuple[str, str, int, tuple[str, ...]]:
    """Return survey, series, seed and blocks of a version."""
    row = connection.execute(_FIND, {"key": sha256}).first()
    if row is None:
        raise ResponseError(
            "this version of the survey is not registered",
            where=sha256[:12],
            cure="Register it first: store.register(Version(...)).",
        )
    return row.survey, row.series, row.seed, tuple(json.loads(row.blocks))


def versions_of(connection: Connection, survey: str) -> tuple[dict[str, Any], ...]:
    """Return all versions of a survey, oldest first."""
    rows = connection.execute(
        select(version)
        .where(version.c.survey == survey)
        .order_by(version.c.registered, version.c.sha256)
    )
    return tuple(
        {
            "sha256": row.sha256,
            "series": row.series,
            "content": from_text(row.content),
            "blocks": json.loads(row.blocks),
            "seed": row.seed,
            "registered": moment(row.registered),
        }
        for row in rows
    )


def surveys(connection: Connection) -> tuple[str, ...]:
    """Return the surveys of which there are versions."""
    found = select(version.c.survey).distinct().order_by(version.c.survey)
    return tuple(connection.execute(found).scalars())


def the_survey(connection: Connection, named: str) -> str:
    """Return the survey that is meant: the one named, or the only one."""
    known = surveys(connection)
    if named in known:
        return named
    if named or not known:
        raise ResponseError.of([unknown_name(named, known, "survey", where="the store")])
    if len(known) > 1:
        raise ResponseError(
            "the store has answers to several surveys",
            where=", ".join(known),
            cure=f"Name one: store.choice_rows('{known[0]}').",
        )
    return known[0]
