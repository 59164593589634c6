"""How far people come, and what administrators did, as the store tells it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses.progress import StepTally
from ccegov_choice.responses.records import Answer, Start


@pytest.fixture
def store(field):
    """On SQLite and on PostgreSQL."""
    return field.store


def somebody(store, nonce, *items, ledger="live", state="", seconds=10.0):
    person = store.start("a" * 64, Start(nonce, "en", ledger=ledger), lease_minutes=30)
    number = 0
    for item in items:
        number += item.startswith("task:")
        answer = Answer(
            item,
            {"chosen": "A"},
            f"{nonce} {item}",
            shown={"number": number} if item.startswith("task:") else {},
            timing={"seconds": seconds} if seconds is not None else {},
        )
        store.answer(person.id, answer, lease_minutes=30)
    if state:
        store.finish(person.id, state)
    return person.id


def test_tasks_are_counted_by_how_many_were_answered_whatever_their_number(store):
    somebody(store, "a", "about", "task:9", "task:4", state="completed")
    somebody(store, "b", "about", "task:2", seconds=20.0)
    somebody(store, "c", "about", seconds=60.0)
    somebody(store, "d")
    found = store.progress("demo")
    assert found.pages == {"about": StepTally(3, 1, 20.0)}
    assert found.tasks == {1: StepTally(2, 1, 15.0), 2: StepTally(1, 0, 10.0)}
    assert found.nothing == 1


def test_other_ledgers_surveys_and_the_erased_do_not_count(store):
    somebody(store, "a", "about", ledger="preview")
    gone = somebody(store, "b", "about")
    store.erase(gone)
    assert store.progress("demo").pages == {}
    assert store.progress("demo").nothing == 0
    assert store.progress("demo", "preview").pages["about"].answered == 1
    assert store.progress("other").pages == {}
    assert store.erased("demo") == (gone,)


def test_answers_without_a_time_have_no_median(store):
    somebody(store, "a", "about", seconds=None)
    assert store.progress("demo").pages["about"].seconds is None


def test_actions_come_newest_first_and_cannot_be_changed(store):
    store.log_action("demo", by="anna", what="log-in")
    store.set_field_state("demo", "paused", by="berta")
    store.log_action("other", by="carla", what="log-in")
    found = [(action.by, action.what, action.detail) for action in store.actions("demo")]
    assert found == [("berta", "state", "paused"), ("anna", "log-in", "")]
    assert len(store.actions("demo", most=1)) == 1
    for statement in ("UPDATE admin_log SET by = 'x'", "DELETE FROM admin_log"):
        with pytest.raises((ResponseError, DBAPIError)):
            store._answers.write(lambda connection, s=statement: connection.execute(text(s)))
    assert len(store.actions("demo")) == 2


def test_what_is_claimed_is_claimed_once(store):
    claim = {"by": "clock", "what": "retention", "detail": "2026-03-02"}
    assert store.claim_action("demo", **claim)
    assert not store.claim_action("demo", **claim)
    assert store.claim_action("other", **claim)
    assert store.was_done("demo", what="retention", detail="2026-03-02")
    assert not store.was_done("demo", what="retention", detail="2026-03-03")


def test_tables_that_another_version_has_changed_are_not_ready(field):
    field.store.ready()
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    field.store._answers.write(lambda connection: connection.execute(newer))
    with pytest.raises(ResponseError, match="no longer those of format"):
        field.store.ready()
