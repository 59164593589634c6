"""Versions of a survey, and the series of those whose people share places."""

from __future__ import annotations

import json

from sqlalchemy import Connection, bindparam, select

from ccegov_choice._files import sha256
from ccegov_choice.errors import ResponseError
from ccegov_choice.responses.database import inserting
from ccegov_choice.responses.plain import to_text
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
    connection.execute(inserting(connection, version).on_conflict_do_nothing(), row)


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
