"""What is taken away is gone everywhere; what must stay cannot be changed."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ccegov_choice.responses.erasing import erase
from ccegov_choice.responses.records import Answer
from ccegov_choice.responses.tables import metadata, vault


def everything(field) -> str:
    """All rows of all tables, as one text."""

    def read(connection) -> str:
        return json.dumps(
            [
                [list(row) for row in connection.execute(table.select())]
                for table in metadata.sorted_tables
            ],
            default=str,
            ensure_ascii=False,
        )

    return field.store._answers.read(read)


def test_one_sees_all_that_is_kept_of_oneself(field) -> None:
    ann = field.start(panel={"PID": "p-1"}, device="phone")
    field.say(ann, "task:1", "A")
    field.store.claim_quota(ann.id, "age", "old", 5)
    own = field.store.own_answers(ann.id)
    assert own["answers"]["task:1"]["payload"] == {"chosen": "A"}
    assert own["quotas"] == {"age": "old"}
    assert own["panel"] == {"PID": "p-1"}
    assert (own["block"], own["seed"], own["device"]) == (ann.block, ann.seed, "phone")
    assert [event["kind"] for event in own["events"]] == ["started", "answer"]
    assert field.store.own_answers("0" * 32) == {}


@pytest.mark.parametrize("completed", [True, False])
def test_erasure_leaves_a_tombstone(field, completed) -> None:
    ann, bob = field.start(panel={"PID": "p-1"}), field.start()
    for who in (ann, bob):
        field.say(who, "you", f"secret of {who.id}")
        field.store.claim_quota(who.id, "age", "old", 5)
    if completed:
        field.store.finish(ann.id, "completed")
    assert field.store.erase(ann.id)
    assert not field.store.erase(ann.id)
    left = everything(field)
    assert f"secret of {ann.id}" not in left
    assert "p-1" not in left
    assert f"code of {ann.id}" not in left
    assert f"secret of {bob.id}" in left
    assert field.store.person(ann.id) is None
    assert field.store.person_by_code(f"code of {ann.id}") is None
    assert field.store.own_answers(ann.id) == {}
    assert [row["person"] for row in field.store.rows("demo")] == [bob.id]
    counts = field.store.counts("demo")
    tally = next(tally for tally in counts.blocks if tally.block == ann.block)
    assert (counts.erased, tally.completed, tally.places) == (1, int(completed), 1)
    assert field.moves()[-1] == ("complete" if completed else "release")


def test_erased_words_are_not_in_the_files(sqlite_field) -> None:
    field = sqlite_field
    ann = field.start()
    field.say(ann, "you", "unmistakable words")
    field.store.erase(ann.id)
    folder = Path(field.store._answers.url.database).parent
    for file in folder.iterdir():
        assert b"unmistakable words" not in file.read_bytes(), file.name


def test_events_and_moves_cannot_be_changed(field) -> None:
    ann = field.start()
    field.say(ann, "task:1", "A")
    field.store.apply_retention("demo", Rules())
    field.store.log_action("demo", by="admin", what="download")
    for table in ("event", "place_event", "retention_log", "admin_log"):
        for change in (f"UPDATE {table} SET at = 0", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="append-only"):
                _run(field, change)


def test_tables_cannot_be_emptied(postgres_field) -> None:
    postgres_field.start()
    for table in ("event", "place_event", "retention_log"):
        with pytest.raises(DBAPIError, match="append-only"):
            _run(postgres_field, f"TRUNCATE {table}")


def _run(field, sql: str) -> None:
    with field.store._answers.engine.begin() as connection:
        connection.execute(text(sql))


class Rules:
    answers_days = 365
    contacts_days = 90
    unfinished_days = 30


def test_nothing_is_deleted_before_its_time(field) -> None:
    done, gone = field.start(), field.start()
    for who in (done, gone):
        field.say(who, "you", "x")
    field.store.finish(done.id, "completed")
    field.store.keep_contact("demo", {"email": "a@example.org"}, "result")
    before = everything(field)
    field.clock.goes_on(days=29)
    assert [d.how_many for d in field.store.apply_retention("demo", Rules())] == [0, 0, 0]
    assert {row["person"] for row in field.store.rows("demo")} == {done.id, gone.id}
    assert field.store.contacts("demo")
    assert before != everything(field)  # the log says that it ran


def test_the_clock_deletes_what_is_due_and_logs_it(field) -> None:
    done, gone, late = field.start(panel={"PID": "p-1"}), field.start(), field.start()
    words = {"say": "my own words", "age": "old", "age.other": "written in"}
    for who in (done, gone):
        field.store.answer(who.id, Answer("you", words, field.nonce()), lease_minutes=45)
    field.store.finish(done.id, "completed")
    field.store.finish(late.id, "screened_out")
    field.store.keep_contact("demo", {"email": "a@example.org"}, "result")
    field.clock.goes_on(days=31)
    first = field.store.apply_retention("demo", Rules())
    assert [d.how_many for d in first] == [2, 0, 0]
    assert [row["person"] for row in field.store.rows("demo")] == [done.id]
    field.clock.goes_on(days=60)
    assert [d.how_many for d in field.store.apply_retention("demo", Rules())] == [0, 0, 1]
    assert field.store.contacts("demo") == []
    field.clock.goes_on(days=300)
    assert [d.how_many for d in field.store.apply_retention("demo", Rules())] == [0, 1, 0]
    assert [d.how_many for d in field.store.apply_retention("demo", Rules())] == [0, 0, 0]
    assert len(field.store.retention_log("demo")) == 12
    (row,) = field.store.rows("demo")
    assert row["answers"]["you"]["payload"] == {"age": "old"}
    assert row["person"] != done.id
    left = everything(field)
    for secret in ("my own words", "written in", "p-1", done.id, f"code of {done.id}"):
        assert secret not in left
    assert field.store.person_by_code(f"code of {done.id}") is None
    assert field.store.counts("demo").states == {"completed": 1}
    assert field.store.counts("demo").completed == 1


def test_cut_answers_have_no_time_of_day(field) -> None:
    ann = field.start()
    field.say(ann, "task:1", "A")
    field.store.finish(ann.id, "completed")
    field.clock.goes_on(days=400)
    field.store.apply_retention("demo", Rules())
    (row,) = field.store.rows("demo")
    times = [row["started"], row["finished"], row["answers"]["task:1"]["at"]]
    times += [event["at"] for event in field.store.events("demo")]
    assert {time.isoformat() for time in times} == {"2026-03-02T00:00:00+00:00"}


def test_cut_answers_have_no_time_of_day_beside_them(field) -> None:
    ann = field.start()
    timing = {"shown_ms": 1_772_445_600_123, "seconds": 2.5, "first_ms": 700}
    shown = {"number": 1, "shown_ms": 1_772_445_600_123}
    answer = Answer("task:1", {"chosen": "A"}, field.nonce(), shown=shown, timing=timing)
    field.store.answer(ann.id, answer, lease_minutes=45)
    field.store.finish(ann.id, "completed")
    field.clock.goes_on(days=400)
    field.store.apply_retention("demo", Rules())
    (row,) = field.store.rows("demo")
    assert row["answers"]["task:1"]["timing"] == {"seconds": 2.5, "first_ms": 700}
    assert row["answers"]["task:1"]["shown"] == {"number": 1}


def test_only_own_words_are_cut(field) -> None:
    """A question may be called `why` and be a choice; the reasons for a budget are words."""
    ann = field.start()
    answers = {
        "you": {"age": "old", "why": "cost"},
        "money": {"picked": ["roads"], "spent": 6, "why": "my own reasons"},
    }
    for item, payload in answers.items():
        field.store.answer(ann.id, Answer(item, payload, field.nonce()), lease_minutes=45)
    field.store.finish(ann.id, "completed")
    field.clock.goes_on(days=400)
    field.store.apply_retention("demo", Rules())
    (row,) = field.store.rows("demo")
    assert row["answers"]["you"]["payload"] == {"age": "old", "why": "cost"}
    assert row["answers"]["money"]["payload"] == {"picked": ["roads"], "spent": 6}


def test_nothing_is_noted_of_somebody_while_they_are_erased(postgres_field) -> None:
    field = postgres_field
    ann = field.start()
    engine = field.store._answers.engine
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with engine.begin() as connection, engine.connect() as watching:
        assert erase(connection, ann.id, at=0, now=0)
        noting = threading.Thread(target=field.store.note, args=(ann.id, "language", {}))
        noting.start()
        while noting.is_alive() and not watching.execute(waits).scalar():
            noting.join(0.01)
    noting.join()
    assert list(field.store.events("demo")) == []


def test_zero_days_keep(field) -> None:
    class Never:
        answers_days = contacts_days = unfinished_days = 0

    field.start()
    field.clock.goes_on(days=9999)
    assert field.store.apply_retention("demo", Never()) == ()
    assert field.store.counts("demo").states == {"started": 1}


def test_contacts_lie_apart_and_shuffled(field) -> None:
    left = [f"{number:02}@example.org" for number in range(12)]
    for mail in left:
        field.store.keep_contact("demo", {"email": mail}, "result")
    found = [contact["email"] for contact in field.store.contacts("demo")]
    assert sorted(found) == left
    assert found != left  # by chance once in 479,001,600
    assert "example.org" not in everything(field)
    assert {c["day"] for c in field.store.contacts("demo")} == {"2026-03-02"}


def test_a_contacts_file_has_no_trace_of_the_order(sqlite_field) -> None:
    for number in range(5):
        sqlite_field.store.keep_contact("demo", {"email": f"{number}@example.org"}, "")
    file = Path(sqlite_field.store._contacts.url.database)
    assert file.name == "answers-contacts.sqlite"
    with closing(sqlite3.connect(file)) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT rowid FROM contact")
    connection.close()


def test_contacts_of_a_day_are_written_by_one_transaction(postgres_field) -> None:
    for number in range(5):
        postgres_field.store.keep_contact("demo", {"email": f"{number}@example.org"}, "")
    written = postgres_field.store._contacts.read(
        lambda c: c.execute(text("SELECT DISTINCT xmin::text FROM contact")).all()
    )
    assert len(written) == 1
    assert postgres_field.store._contacts.schema == "ccegov_contacts"


def test_no_table_has_a_column_for_an_address_or_a_browser() -> None:
    columns = {
        column.name
        for part in (metadata, vault)
        for table in part.sorted_tables
        for column in table.columns
    }
    assert len(columns) > 30
    for name in columns:
        parts = set(name.split("_"))
        assert not parts & {"ip", "ips", "addr", "address", "host", "agent", "ua", "browser"}, name


def test_contacts_have_no_key_to_answers() -> None:
    (contact,) = vault.sorted_tables
    assert {c.name for c in contact.columns} == {"id", "survey", "day", "fields", "wish"}
