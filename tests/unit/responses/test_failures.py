"""Disk full, database locked, server restarted, clock set back: said plainly, nothing lost."""

from __future__ import annotations

import signal
import sqlite3
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses import database
from ccegov_choice.responses.clock import SteadyClock, milliseconds
from ccegov_choice.responses.records import Start


def test_the_disk_is_full(sqlite_field) -> None:
    field = sqlite_field
    ann = field.start()
    kept = field.say(ann, "task:1", "A").kept
    engine = field.store._answers.engine
    with engine.connect() as connection:
        used = connection.execute(text("PRAGMA page_count")).scalar_one()
    engine.dispose()  # the limit is a setting of each connection

    from sqlalchemy import event

    def no_more_room(connection, _record) -> None:
        connection.execute(f"PRAGMA max_page_count = {used}")

    event.listen(engine, "connect", no_more_room)

    def go_on() -> None:
        for number in range(50):
            field.say(ann, f"long-{number}", "x" * 10_000)

    with pytest.raises(ResponseError, match=r"disk is full.*\n.*Free some space"):
        go_on()
    event.remove(engine, "connect", no_more_room)
    engine.dispose()
    found = field.store.person(ann.id).answers
    assert found["task:1"] == kept
    told = [e["item"] for e in field.store.events("demo") if e["kind"] == "answer"]
    assert sorted(told) == sorted(found)  # whole transactions only
    assert field.say(ann, "task:2", "B").status == "stored"


def test_readiness_fails_where_an_answer_would(sqlite_field, monkeypatch) -> None:
    sqlite_field.store.ready()
    file = sqlite_field.store._answers.url.database
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    sqlite_field.store._answers.engine.dispose()
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.05)
    store = sqlite_field.again()  # opening needs no writing
    for act in (
        store.ready,
        lambda: store.register(sqlite_field.version.__class__("other", "e" * 64, {}, ("1",), 1)),
    ):
        with pytest.raises(ResponseError, match=r"holds the database locked"):
            act()
    holder.execute("COMMIT")
    holder.close()
    store.ready()
    store.close()


def test_a_lock_that_is_let_go_in_time_costs_only_time(sqlite_field) -> None:
    ann = sqlite_field.start()
    holder = sqlite3.connect(
        sqlite_field.store._answers.url.database, isolation_level=None, check_same_thread=False
    )
    holder.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, lambda: (holder.execute("COMMIT"), holder.close()))
    release.start()
    assert sqlite_field.say(ann, "task:1", "A").status == "stored"
    release.join()


def test_reading_goes_on_while_somebody_writes(sqlite_field) -> None:
    ann = sqlite_field.start()
    holder = sqlite3.connect(sqlite_field.store._answers.url.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert sqlite_field.store.person(ann.id) == ann
    holder.execute("ROLLBACK")
    holder.close()


def test_the_server_is_restarted_between_answers(frail_field, frail_postgres) -> None:
    ann = frail_field.start()
    frail_field.say(ann, "task:1", "A")
    frail_postgres.restart(signal.SIGQUIT)  # as in a crash
    assert frail_field.say(ann, "task:2", "B").status == "stored"
    assert set(frail_field.store.person(ann.id).answers) == {"task:1", "task:2"}


def test_an_answer_waits_for_a_server_that_restarts(
    frail_field, frail_postgres, monkeypatch
) -> None:
    ann = frail_field.start()
    monkeypatch.setattr(database, "_PAUSES", (0.0, *[0.2] * 100))  # machines may be slow
    frail_postgres.stop(signal.SIGQUIT)
    statuses: list[str] = []
    waiting = threading.Thread(
        target=lambda: statuses.append(frail_field.say(ann, "task:1", "A", "form").status)
    )
    waiting.start()
    frail_postgres.start()
    waiting.join()
    assert statuses == ["stored"]
    assert len([e for e in frail_field.store.events("demo") if e["item"]]) == 1


def test_a_connection_that_breaks_in_the_middle(frail_field) -> None:
    """The first try is broken off after the answer was written, before it was kept."""
    ann = frail_field.start()
    store = frail_field.store._answers
    broken: list[int] = []

    from sqlalchemy import event

    def break_once(connection) -> None:
        if not broken:
            broken.append(1)
            own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})

    event.listen(store.engine, "commit", break_once)
    assert frail_field.say(ann, "task:1", "A").status == "stored"
    event.remove(store.engine, "commit", break_once)
    assert broken
    assert len([e for e in frail_field.store.events("demo") if e["item"]]) == 1


def test_a_server_that_is_gone(frail_field, frail_postgres, monkeypatch) -> None:
    monkeypatch.setattr(database, "_PAUSES", (0.0, 0.01))
    ann = frail_field.start()
    frail_postgres.stop(signal.SIGQUIT)
    for act in (
        lambda: frail_field.say(ann, "task:1", "A"),
        lambda: frail_field.store.person(ann.id),
        lambda: list(frail_field.store.rows("demo")),
        frail_field.store.ready,
    ):
        with pytest.raises(ResponseError, match="does not answer"):
            act()
    frail_postgres.start()
    frail_field.store.ready()


def test_the_clock_is_set_back(field) -> None:
    """Leases neither lengthen nor shorten; freed places are seen; the order of events stays."""
    gone, ann = field.start(), field.start()
    field.store.finish(gone.id, "withdrawn")
    field.clock.goes_on(hours=-3)
    second = field.say(ann, "task:1", "A")
    third = field.say(ann, "task:1", "B", revision=second.kept.revision)
    assert third.kept.revision > second.kept.revision
    assert field.start().block == gone.block  # not hidden because it was freed "in the future"
    field.store.finish(ann.id, "withdrawn")
    with field.again() as store:  # nor after a restart
        start = Start("other", "en")
        person = store.start(field.version.sha256, start, lease_minutes=45)
        assert person.block == ann.block
    assert field.moves() == ["take", "take", "release", "reclaim", "release", "reclaim"]


def test_leases_run_out_while_the_clock_is_behind(sqlite_field, monkeypatch) -> None:
    field = sqlite_field
    ticks = [100.0]
    monkeypatch.setattr("ccegov_choice.responses.clock.time.monotonic", lambda: ticks[0])
    field.store.close()
    field.store = field.again()  # a store reads the clock from when it was opened
    ann = field.start()
    field.clock.goes_on(hours=-3)
    ticks[0] += 46 * 60  # what really went by
    assert field.start().block == ann.block
    assert field.moves() == ["take", "reclaim"]


def test_a_clock_that_jumps_ahead_and_back(field) -> None:
    ann = field.start()
    field.clock.goes_on(days=3650)
    field.say(ann, "task:1", "A")
    field.clock.goes_on(days=-3650)
    assert field.say(ann, "task:2", "A").status == "stored"
    assert field.start().block != ann.block
    assert field.store.finish(ann.id, "completed").state == "completed"


def test_a_steady_clock_never_goes_back() -> None:
    from datetime import UTC, datetime

    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    clock = SteadyClock(lambda: now[0])
    first = clock.read()
    assert first == milliseconds(now[0])
    now[0] -= timedelta(hours=1)
    assert first <= clock.read() < first + 60_000
    assert clock.wall() == first - 3_600_000
    now[0] += timedelta(hours=2)
    assert clock.read() == first + 3_600_000
