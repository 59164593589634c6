"""Whether answers can be kept now: the tables are those of this version, and can be written."""

from __future__ import annotations

from sqlalchemy import Connection, text

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses.schema import REVISIONS, Part


def write_nothing(connection: Connection, part: Part) -> None:
    """Write what is there already: it fails where an answer would fail.

    Raises
    ------
    ResponseError
        If another version has changed the tables since this process opened them.
    """
    newest = REVISIONS[part][-1]
    written = connection.execute(
        text("UPDATE alembic_version SET version_num = :newest WHERE version_num = :newest"),
        {"newest": newest},
    )
    if written.rowcount != 1:
        raise ResponseError(
            f"the tables are no longer those of format {newest}",
            where=part,
            cure="Start the server again: another version of ccegov_choice has changed them.",
        )
