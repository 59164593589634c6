"""A database with whole transactions: read or written, tried again when the connection is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import StaticPool

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses.failures import refusal
from ccegov_choice.responses.writers import Writers

T = TypeVar("T")
_BUSY_SECONDS = 10
_PAUSES = (0.0, 0.2, 0.5, 1.0)
"""Seconds before a lost transaction is tried again; a PostgreSQL restart takes about one."""
# connection lost, server shutting down or starting, serialisation, deadlock
_LOST = ("08", "57P", "40")


class Database:
    """One database, SQLite or PostgreSQL.

    Parameters
    ----------
    url : str
        ``sqlite:///answers.sqlite`` or ``postgresql://user@host/name``.
    schema : str, optional
        On PostgreSQL, the schema in which the tables are.
    """

    def __init__(self, url: str, *, schema: str = "") -> None:
        self.url = read_url(url)
        self.schema = schema
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.name = self.url.render_as_string(hide_password=True)
        self.memory = self.sqlite and self.url.database in (None, "", ":memory:")
        self.engine = self._engine()
        file = str(self.url.database) if self.sqlite and not self.memory else ""
        self._queue = Writers(file, _BUSY_SECONDS)
        self._writer = self.engine.execution_options(ccegov_writes=True)
        self._streamer = (
            self.engine
            if self.sqlite
            else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )
        # on PostgreSQL, reading without a transaction saves two round trips
        self._reader = (
            self.engine
            if self.sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )

    def _engine(self) -> Engine:
        if self.sqlite:
            options: dict[str, Any] = {"connect_args": {"timeout": _BUSY_SECONDS}}
            if self.memory:
                options |= {"poolclass": StaticPool}
                options["connect_args"] |= {"check_same_thread": False}
            else:
                options |= {"pool_size": 20, "max_overflow": 60}
            engine = create_engine(self.url, **options)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        settings = f"-c lock_timeout={_BUSY_SECONDS}s"
        if self.schema:
            settings += f" -c search_path={self.schema}"
        engine = create_engine(
            self.url,
            pool_size=20,
            max_overflow=60,
            connect_args={
                "options": settings,
                "connect_timeout": 5,
                "application_name": "ccegov",
            },
        )
        event.listen(engine, "connect", _prepare_postgresql)
        return engine

    def read(self, work: Callable[[Connection], T]) -> T:
        """Do some reading, all of it from one state of a SQLite database."""
        waiting: AbstractContextManager[object] = self._queue if self.memory else nullcontext()
        with waiting:
            return self._tried(lambda: self._read(work))

    def stream(self, work: Callable[[Connection], Iterator[T]]) -> Iterator[T]:
        """Read bit by bit, all of it from one state of the database."""
        waiting: AbstractContextManager[object] = self._queue if self.memory else nullcontext()
        try:
            with waiting, self._streamer.connect() as connection:
                yield from work(connection)
        except DBAPIError as error:
            raise refusal(error, self.name) from error

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do some writing: all of it or nothing is kept, and it is on disk on return.

        The work is done again from the start where the connection broke, perhaps after it was
        kept; so it must be such that doing it twice is doing it once.
        """
        waiting: AbstractContextManager[object] = self._queue if self.sqlite else nullcontext()
        with waiting:
            return self._tried(lambda: self._write(work))

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._reader.connect() as connection:
            return work(connection)

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._writer.begin() as connection:
            return work(connection)

    def _tried(self, attempt: Callable[[], T]) -> T:
        for pause in _PAUSES:
            if pause:  # even a sleep of nothing lets others go first
                time.sleep(pause)
            try:
                return attempt()
            except DBAPIError as error:
                if not _worth_another_try(error):
                    raise refusal(error, self.name) from error
                last = error
        raise refusal(last, self.name) from last

    def forget(self) -> None:
        """Let no copy of what was deleted stay in SQLite's journal; it may be done later."""
        if self.sqlite and not self.memory:
            with self.engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # outside a transaction

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self._queue.close()


def read_url(url: str) -> URL:
    """Read the address of a database and name the driver."""
    cure = "Give sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME."
    try:
        read = make_url(url)
    except ArgumentError as error:
        raise ResponseError(
            "this is not the address of a database", where=str(url), cure=cure
        ) from error
    backend = read.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return read.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ResponseError(f"answers cannot be kept in {backend}", where=backend, cure=cure)
    return read


def _worth_another_try(error: DBAPIError) -> bool:
    # two workers doing the same thing at once: on the second try the loser finds it done
    if error.connection_invalidated or isinstance(error, IntegrityError):
        return True
    code = getattr(error.orig, "sqlstate", "sqlite")
    if code is None:  # psycopg could not connect, or the server went away
        return isinstance(error, OperationalError)
    return str(code).startswith(_LOST)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin as `_begin_sqlite` says
    cursor = connection.cursor()
    for setting in (
        "journal_mode=WAL",
        "synchronous=FULL",  # what is acknowledged is on disk
        "fullfsync=ON",  # really on disk, where the system makes a difference
        "secure_delete=ON",  # what is erased is overwritten
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("ccegov_writes", False)
    # through SQLAlchemy, which makes its own errors of a lock
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        if (
            cursor.fetchone()[0] == "off"
        ):  # an acknowledged answer is on disk, whatever the server's habit
            cursor.execute("SET synchronous_commit TO on")
    connection.autocommit = False


def queue_up(connection: Connection, lock: int) -> None:
    """Let one transaction at a time go on from here; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(lock)))


def inserting(dialect: str, table: Table) -> Any:
    """Return an insert that may say `on_conflict_do_...`; both databases write it the same."""
    return insert_sqlite(table) if dialect == "sqlite" else insert_postgresql(table)
