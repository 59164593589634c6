"""Places: blocks in random permuted order, kept by answering, given away, balanced."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses import places
from ccegov_choice.responses.records import Start, Version
from ccegov_choice.responses.refusals import FieldClosed
from ccegov_choice.responses.shuffling import block_at, permuted, places_from


def test_every_turn_holds_every_block_once_and_can_be_replayed() -> None:
    blocks = ("1", "2", "3", "4", "5")
    drawn = [block_at(blocks, "7/live/", number) for number in range(50)]
    for turn in range(10):
        assert sorted(drawn[5 * turn : 5 * turn + 5]) == list(blocks)
    assert places_from(blocks, "7/live/", 20, 3) == list(enumerate(drawn))[20:35]
    assert drawn != [block_at(blocks, "8/live/", number) for number in range(50)]


def test_orders_are_uniform() -> None:
    counts = Counter("".join(permuted("abc", f"s/{turn}")) for turn in range(6000))
    # chi-squared with 5 degrees of freedom: above 30 once in 68,000; the seeds are fixed
    assert sum((n - 1000) ** 2 / 1000 for n in counts.values()) < 30
    assert len(counts) == 6


def test_people_get_the_sequence_in_order(field, monkeypatch) -> None:
    monkeypatch.setattr(places, "_AHEAD", 8)  # filled in four times
    got = [field.start().block for _ in range(30)]
    assert got == [block_at(field.blocks, "7/live/", number) for number in range(30)]
    assert field.moves() == ["take"] * 30


def test_the_same_form_starts_one_person(field) -> None:
    ann = field.start("consent")
    assert field.start("consent") == ann
    assert field.moves() == ["take"]


def test_the_same_form_at_once_starts_one_person(field) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(field.start("consent").id)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert field.moves() == ["take"]


def test_who_leaves_gives_the_place_back_and_the_oldest_goes_first(field) -> None:
    people = [field.start() for _ in range(6)]
    for who, state in ((people[4], "screened_out"), (people[1], "withdrawn")):
        field.clock.goes_on(seconds=1)
        field.store.finish(who.id, state)
    field.clock.goes_on(seconds=1)
    assert field.start().block == people[4].block
    assert field.start().block == people[1].block
    assert field.moves()[6:] == ["release", "release", "reclaim", "reclaim"]


def test_a_place_runs_out_unless_its_person_answers(field) -> None:
    idle, busy = field.start(), field.start()
    field.clock.goes_on(minutes=30)
    field.say(busy, "task:1", "A")
    field.clock.goes_on(minutes=20)
    third = field.start()
    assert third.block == idle.block
    moves = list(field.store.ledger("demo"))
    assert moves[-1].what == "reclaim"
    assert moves[-1].previous == moves[0].mark
    assert moves[-1].place == 0


def test_who_comes_back_late_keeps_the_block_and_is_recorded_once(field) -> None:
    late = field.start()
    field.clock.goes_on(minutes=50)
    field.start()
    for item in ("task:1", "task:2"):
        assert field.say(late, item, "A").status == "stored"
    assert field.store.finish(late.id, "completed").block == late.block
    assert field.moves() == ["take", "reclaim", "extra", "complete"]
    tally = next(t for t in field.store.counts("demo").blocks if t.block == late.block)
    assert (tally.extra, tally.completed, tally.places, tally.started) == (1, 1, 1, 2)


def test_who_comes_back_in_time_takes_nothing_from_anybody(field) -> None:
    late = field.start()
    field.clock.goes_on(minutes=50)
    field.say(late, "task:1", "A")
    assert field.start().block == block_at(field.blocks, "7/live/", 1)
    assert field.moves() == ["take", "take"]


def test_completed_places_are_final(field) -> None:
    ann = field.start()
    field.store.finish(ann.id, "completed")
    assert field.store.finish(ann.id, "withdrawn").state == "completed"
    field.clock.goes_on(days=30)
    field.start()
    assert field.moves() == ["take", "complete", "take"]


def test_books_and_strata_have_sequences_of_their_own(field) -> None:
    live = [field.start().block for _ in range(8)]
    for _ in range(3):
        field.start(ledger="preview")
    field.start(ledger="robot")
    north = [field.start(stratum="north").block for _ in range(8)]
    more = [field.start().block for _ in range(8)]
    assert live + more == [block_at(field.blocks, "7/live/", n) for n in range(16)]
    assert north == [block_at(field.blocks, "7/live/north", n) for n in range(8)]
    assert field.store.counts("demo").states == {"started": 24}
    assert field.store.counts("demo", "preview").states == {"started": 3}


def test_a_mended_word_goes_on_with_the_sequence_and_other_tasks_begin_anew(field) -> None:
    first = [field.start().block for _ in range(3)]
    content = dict(field.version.content)
    for sha, changed in (("b", {"title": "mended"}), ("c", {"tasks": {"tasks": []}})):
        version = Version("demo", sha * 64, content | changed, field.blocks, 7)
        field.store.register(version)
        field.version = version
        got = [field.start().block for _ in range(3)]
        expected = [block_at(field.blocks, "7/live/", n) for n in range(6)]
        assert got == (expected[3:] if sha == "b" else expected[:3] if sha == "c" else first)


def test_paper_stands_outside_the_sequence(field) -> None:
    ann = field.start(block="3", mode="paper")
    assert ann.block == "3"
    field.say(ann, "task:1", "A")
    field.store.finish(ann.id, "completed")
    assert field.moves() == ["outside", "complete"]
    with pytest.raises(ResponseError, match="unknown block '9'"):
        field.start(block="9")


def test_a_version_must_be_known(field) -> None:
    field.version = Version("demo", "f" * 64, {}, ("1",), 1)
    with pytest.raises(ResponseError, match="not registered"):
        field.start()


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_nobody_starts_in_a_closed_field_but_people_finish(field, state) -> None:
    ann = field.start()
    field.store.set_field_state("demo", state, by="admin")
    with pytest.raises(FieldClosed) as caught:
        field.start()
    assert caught.value.why == state
    assert field.say(ann, "task:1", "A").status == "stored"
    assert field.start(ledger="preview").ledger == "preview"
    field.store.set_field_state("demo", "open", by="admin")
    assert field.start().state == "started"


def test_blocks_are_balanced_on_completed_interviews(sqlite_field) -> None:
    """The state of affairs of the research: 30 % drop out; who is left is spread evenly."""
    field = sqlite_field
    for number in range(100):
        who = field.start(lease=5)
        field.clock.goes_on(minutes=1)
        if number * 7 % 10 >= 3:  # every third or so goes without a word
            field.store.finish(who.id, "completed")
    # all but the few places under way have been filled again: at most one in each block is not,
    # and four more that are just being filled
    assert field.store.counts("demo").completed == 70
    assert field.store.counts("demo").spread <= 2


def test_crowds_get_different_places(field) -> None:
    other = field.again()
    got: list[str] = []

    def come(store, prefix) -> None:
        for number in range(12):
            start = Start(f"{prefix}-{number}", "en")
            got.append(store.start(field.version.sha256, start, lease_minutes=45).block)

    threads = [
        threading.Thread(target=come, args=(store, f"{id(store)}-{n}"))
        for store in (field.store, other)
        for n in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert Counter(got) == dict.fromkeys(field.blocks, 18)
    numbers = [move.place for move in field.store.ledger("demo")]
    assert sorted(numbers) == list(range(72))
