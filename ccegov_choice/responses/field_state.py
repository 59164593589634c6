"""Whether people can start: open, paused or closed."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import Connection, select

from ccegov_choice.errors import ResponseError, unknown_name
from ccegov_choice.responses import admin_log
from ccegov_choice.responses.database import inserting
from ccegov_choice.responses.plain import storable
from ccegov_choice.responses.records import FieldState
from ccegov_choice.responses.tables import field


def read(connection: Connection, survey: str) -> FieldState:
    """Return the state; a field of which nothing was said is open."""
    state: FieldState | None = connection.execute(
        select(field.c.state).where(field.c.survey == survey)
    ).scalar()
    return state or "open"


def write(connection: Connection, survey: str, state: FieldState, by: str, at: int) -> None:
    """Set the state, and log who did it."""
    if state not in get_args(FieldState):
        raise ResponseError.of([unknown_name(state, get_args(FieldState), "state of the field")])
    row = {"state": state, "changed": at, "changed_by": storable(by)}
    setting = inserting(connection.dialect.name, field).values(survey=survey, **row)
    connection.execute(setting.on_conflict_do_update(index_elements=["survey"], set_=row))
    admin_log.add(connection, survey, by, "state", state, at)
