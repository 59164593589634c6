"""Tables are made, or brought up to date, when a store is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, inspect, text

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses.database import Database, queue_up

Part = Literal["answers", "contacts"]
REVISIONS: dict[Part, tuple[str, ...]] = {"answers": ("0001",), "contacts": ("0001",)}
"""Migrations of each part, oldest first; a test compares them with the files."""
_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 4_301_205_907  # any number, the same for all workers


def bring_up_to_date(database: Database, part: Part) -> None:
    """Run the migrations that are missing; several workers may do so at once.

    Raises
    ------
    ResponseError
        If the database was made by a newer version of this package.
    """
    if database.schema:
        database.write(lambda connection: _make_schema(connection, database.schema))
    if database.read(lambda connection: _is_new(connection, database, part)):
        return
    database.write(lambda connection: _migrate(connection, database, part))


def _make_schema(connection: Connection, schema: str) -> None:
    if schema not in inspect(connection).get_schema_names():  # only making it needs the right
        queue_up(connection, _LOCK)
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))


def _is_new(connection: Connection, database: Database, part: Part) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    known = REVISIONS[part]
    if found is not None and found not in known:
        raise ResponseError(
            f"the database has format {found}, and this version knows up to {known[-1]}",
            where=database.name,
            cure="Update ccegov_choice on this machine, or restore the backup made before.",
        )
    return bool(found == known[-1])


def _migrate(connection: Connection, database: Database, part: Part) -> None:
    queue_up(connection, _LOCK)
    if _is_new(connection, database, part):  # another worker was quicker
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _quoted(_FOLDER))
    config.set_main_option("version_locations", _quoted(_FOLDER / part / "versions"))
    config.set_main_option("path_separator", "newline")  # folders may have spaces
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%%")  # the option's own sign
