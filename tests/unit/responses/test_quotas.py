"""Room in quotas and in the whole: people who completed or hold a place, and no others."""

from __future__ import annotations

import threading

import pytest

from ccegov_choice.responses.refusals import FieldClosed, NotTakingPart


def claim(field, person, cell="old", limit=2) -> bool:
    return field.store.claim_quota(person.id, "age", cell, limit)


def test_a_cell_has_room_until_it_is_full(field) -> None:
    people = [field.start() for _ in range(4)]
    assert [claim(field, who) for who in people] == [True, True, False, False]
    assert claim(field, people[0])  # the same claim again
    assert claim(field, people[2], "young")
    (old, young) = field.store.counts("demo").quotas
    assert (old.cell, old.completed, old.in_progress) == ("old", 0, 2)
    assert (young.cell, young.in_progress) == ("young", 1)


def test_who_does_not_complete_makes_room(field) -> None:
    left, completed, expired, last = (field.start() for _ in range(4))
    assert claim(field, left)
    assert claim(field, completed)
    field.store.finish(left.id, "withdrawn")
    assert claim(field, expired)
    assert not claim(field, last)
    field.store.finish(completed.id, "completed")
    field.clock.goes_on(minutes=46)
    field.say(last, "task:1", "A")
    assert claim(field, last)
    (tally,) = field.store.counts("demo").quotas
    assert (tally.completed, tally.in_progress) == (1, 1)


def test_who_comes_back_late_is_not_turned_away(field) -> None:
    late = field.start()
    assert claim(field, late, limit=1)
    field.clock.goes_on(minutes=46)
    other = field.start()
    assert claim(field, other, limit=1)
    assert claim(field, late, limit=1)


def test_a_changed_answer_changes_the_cell(field) -> None:
    ann, bob = field.start(), field.start()
    assert claim(field, ann, "old", 1)
    assert claim(field, ann, "young", 1)
    assert claim(field, bob, "old", 1)
    assert not claim(field, ann, "old", 1)


def test_books_do_not_share_quotas(field) -> None:
    assert claim(field, field.start(ledger="robot"), limit=1)
    assert claim(field, field.start(), limit=1)


def test_only_known_people_claim(field) -> None:
    ann = field.start()
    field.store.erase(ann.id)
    with pytest.raises(NotTakingPart):
        claim(field, ann)


def test_a_crowd_gets_exactly_what_there_is(field) -> None:
    people = [field.start() for _ in range(12)]
    got: list[bool] = []
    threads = [
        threading.Thread(target=lambda who=who: got.append(claim(field, who, limit=5)))
        for who in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(got) == 5


def test_the_target_closes_the_field_and_opens_it_again(field) -> None:
    first, second = field.start(target=2), field.start(target=2)
    with pytest.raises(FieldClosed) as caught:
        field.start(target=2)
    assert caught.value.why == "target"
    field.store.finish(first.id, "completed")
    field.store.finish(second.id, "screened_out")
    field.start(target=2)
    with pytest.raises(FieldClosed):
        field.start(target=2)
    assert field.start(target=2, ledger="preview").ledger == "preview"
    field.clock.goes_on(minutes=46)
    assert field.start(target=2).state == "started"
