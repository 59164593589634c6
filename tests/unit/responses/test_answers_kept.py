"""An answer is kept once, whatever browsers and people do."""

from __future__ import annotations

import threading

import pytest

from ccegov_choice.responses.refusals import NotTakingPart


def test_an_answer_is_stored_and_told(field) -> None:
    ann = field.start()
    outcome = field.say(ann, "task:1", "A")
    assert outcome.status == "stored"
    assert field.store.person(ann.id).answers == {"task:1": outcome.kept}
    assert outcome.kept.at == field.clock.now


def test_the_same_form_again_is_a_repetition(field) -> None:
    ann = field.start()
    first = field.say(ann, "task:1", "A", "form")
    again = field.say(ann, "task:1", "A", "form")
    assert (again.status, again.kept) == ("repeated", first.kept)
    assert [told["kind"] for told in field.store.events("demo")] == ["started", "answer"]


def test_the_same_answer_from_another_tab_is_a_repetition(field) -> None:
    ann = field.start()
    first = field.say(ann, "task:1", "A")
    assert field.say(ann, "task:1", "A").kept == first.kept


def test_a_change_counts_if_the_form_showed_what_is_kept(field) -> None:
    ann = field.start()
    first = field.say(ann, "task:1", "A")
    second = field.say(ann, "task:1", "B", revision=first.kept.revision)
    assert second.status == "stored"
    assert second.kept.revision > first.kept.revision
    assert field.store.person(ann.id).answers["task:1"].payload == {"chosen": "B"}


def test_another_answer_from_an_old_tab_is_a_conflict_and_both_are_written_down(field) -> None:
    ann = field.start()
    first = field.say(ann, "task:1", "A")
    for _ in range(2):  # clicking twice does not get around the question
        outcome = field.say(ann, "task:1", "B", "old tab")
        assert (outcome.status, outcome.kept) == ("conflict", first.kept)
    told = [(e["payload"], e["outcome"]) for e in field.store.events("demo") if e["item"]]
    assert told == [({"chosen": "A"}, "stored"), ({"chosen": "B"}, "conflict")]
    decided = field.say(ann, "task:1", "B", "which counts", first.kept.revision)
    assert decided.status == "stored"


def test_going_back_to_the_same_form_corrects_the_answer(field) -> None:
    ann = field.start()
    field.say(ann, "task:1", "A", "form")
    assert field.say(ann, "task:1", "B", "form").status == "stored"
    # A again from the same form may be a wish or an echo: the person says which
    assert field.say(ann, "task:1", "A", "form").status == "conflict"
    assert field.store.person(ann.id).answers["task:1"].payload == {"chosen": "B"}


def test_an_old_form_that_was_answered_once_says_nothing_new(field) -> None:
    ann = field.start()
    first = field.say(ann, "task:1", "A", "one")
    second = field.say(ann, "task:1", "B", "two", first.kept.revision)
    echo = field.say(ann, "task:1", "A", "one")
    assert (echo.status, echo.kept) == ("repeated", second.kept)


@pytest.mark.parametrize("state", ["completed", "screened_out", "over_quota", "withdrawn"])
def test_who_has_finished_can_repeat_but_not_change(field, state) -> None:
    ann = field.start()
    field.say(ann, "task:1", "A", "form")
    field.store.finish(ann.id, state)
    assert field.say(ann, "task:1", "A", "form").status == "repeated"
    with pytest.raises(NotTakingPart) as caught:
        field.say(ann, "task:2", "A")
    assert caught.value.state == state


def test_nobody_answers_who_is_not_known_or_erased(field) -> None:
    ann = field.start()
    field.store.erase(ann.id)
    for id in (ann.id, "0" * 32):
        with pytest.raises(NotTakingPart) as caught:
            field.say(type(ann)(**{**vars(ann), "id": id}), "task:1", "A")
        assert caught.value.state == "unknown"


def test_many_posts_of_one_form_at_once_are_one_answer(field) -> None:
    ann = field.start()
    outcomes: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: outcomes.append(field.say(ann, "task:1", "A", "form").status)
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["repeated"] * 7 + ["stored"]


def test_two_tabs_at_once_never_overwrite_each_other(field) -> None:
    ann = field.start()
    outcomes: list[str] = []
    threads = [
        threading.Thread(target=lambda v=value: outcomes.append(field.say(ann, "t", v).status))
        for value in "ABCDEF"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 5 + ["stored"]
    assert sum(1 for told in field.store.events("demo") if told["item"] == "t") == 6


def test_any_text_comes_back(field) -> None:
    ann = field.start(interviewer="a\0b", panel={"id": "ä\0\ud800"})
    said = "نعم – “yes”\nзначит \0 \ud83d"
    field.say(ann, "words", said)
    found = field.store.person(ann.id)
    assert found.answers["words"].payload == {"chosen": said.replace("\ud83d", "?")}
    assert found.interviewer == "ab"


def test_notes_stand_between_answers(field) -> None:
    ann = field.start()
    field.store.note(ann.id, "page", {"step": "task-1"})
    field.say(ann, "task:1", "A")
    field.store.note("0" * 32, "page", {"step": "nobody"})
    told = list(field.store.events("demo"))
    assert [event["kind"] for event in told] == ["started", "page", "answer"]
    assert told[1]["payload"] == {"step": "task-1"}
