"""What administrators did, appended and never changed: log-ins, changes of state, downloads."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, insert, select

from ccegov_choice.responses.clock import moment
from ccegov_choice.responses.plain import storable
from ccegov_choice.responses.records import AdminAction
from ccegov_choice.responses.tables import admin_log

_LOCK = 4_301_205_908  # any number of our own, the same for all workers
_ENTRIES = (
    select(admin_log)
    .where(admin_log.c.survey == bindparam("survey"))
    .order_by(admin_log.c.id.desc())
    .limit(bindparam("most"))
)
_FIND = (
    select(admin_log.c.id)
    .where(
        admin_log.c.survey == bindparam("survey"),
        admin_log.c.what == bindparam("what"),
        admin_log.c.detail == bindparam("detail"),
    )
    .limit(1)
)


def add(connection: Connection, survey: str, by: str, what: str, detail: str, at: int) -> None:
    """Append an action."""
    row = {"survey": survey, "by": storable(by), "what": what, "detail": storable(detail), "at": at}
    connection.execute(insert(admin_log), row)


def entries(connection: Connection, survey: str, most: int) -> tuple[AdminAction, ...]:
    """Return the newest actions, newest first."""
    rows = connection.execute(_ENTRIES, {"survey": survey, "most": most})
    return tuple(AdminAction(moment(row.at), row.by, row.what, row.detail) for row in rows)


def holds(connection: Connection, survey: str, what: str, detail: str) -> bool:
    """Return whether something was done."""
    found = connection.execute(_FIND, {"survey": survey, "what": what, "detail": detail})
    return found.first() is not None


def claim(connection: Connection, survey: str, by: str, what: str, detail: str, at: int) -> bool:
    """Append an action unless it is there; of several workers one is told True."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if holds(connection, survey, what, detail):
        return False
    add(connection, survey, by, what, detail, at)
    return True
