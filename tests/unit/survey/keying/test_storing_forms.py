"""Forms go into the store once, with the mode, block and seed printed on them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ccegov_choice.cli.main import main
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.keying.entry import read_entry
from ccegov_choice.survey.keying.form_answers import read_form_answers
from ccegov_choice.survey.keying.storing import store_forms
from ccegov_choice.survey.settings import Quota
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey


@pytest.fixture
def store(tmp_path):
    with ResponseStore.open(f"sqlite:///{tmp_path / 'answers.sqlite'}") as opened:
        yield opened


def forms(survey, keyed, given):
    entry = read_entry(survey, keyed("a.csv", given, survey))
    return [read_form_answers(survey, form) for form in entry.forms.values()]


def test_a_form_is_stored_as_an_interview_on_paper(store, survey, keyed, answers):
    done = store_forms(store, survey, forms(survey, keyed, {12: answers}), keyed_by="office")
    assert done.new == (12,)
    (row,) = store.rows("claim")
    assert (row["mode"], row["block"], row["state"]) == ("paper", "1", "completed")
    person = store.person(row["person"])
    assert person.seed == "paper:12"
    assert person.interviewer == "office"
    first = Way(survey, "1", "paper:12", {}).arrangement.tasks[0]
    assert person.answers[f"task:{first}"].payload == {"chosen": "A"}
    shown = [e for e in store.events("claim") if e.get("item") == f"task:{first}"]
    assert shown[0]["shown"]["number"] == 1
    assert set(shown[0]["shown"]["offers"]) == {"A", "B", "none"}


def test_storing_again_changes_nothing(store, survey, keyed, answers):
    given = {12: answers, 13: answers}
    store_forms(store, survey, forms(survey, keyed, given))
    before = list(store.events("claim"))
    done = store_forms(store, survey, forms(survey, keyed, given))
    assert done.known == (12, 13)
    assert done.new == ()
    assert list(store.events("claim")) == before
    assert len(list(store.rows("claim"))) == 2


def test_other_answers_to_a_stored_form_are_told_and_not_taken(store, survey, keyed, answers):
    store_forms(store, survey, forms(survey, keyed, {12: answers}))
    done = store_forms(store, survey, forms(survey, keyed, {12: {**answers, "sex": "2"}}))
    assert done.changed == (12,)
    (row,) = store.rows("claim")
    assert store.person(row["person"]).answers["about"].payload["sex"] == "f"


def test_a_form_in_a_full_quota_counts_and_is_told(store, survey, keyed, answers):
    limited = replace(survey, quotas=(Quota("sex", {"f": 1}),))
    done = store_forms(store, limited, forms(limited, keyed, {1: answers, 2: answers}))
    assert (done.new, done.past_quota) == ((1, 2), (2,))
    (tally,) = store.counts("claim").quotas
    assert (tally.cell, tally.completed) == ("f", 2)


def test_a_number_that_was_printed_with_two_blocks_is_refused(store, survey, keyed, answers):
    store_forms(store, survey, forms(survey, keyed, {12: answers}))
    (again,) = forms(survey, keyed, {12: answers})
    other = replace(again, form=replace(again.form, block="2"))
    assert store_forms(store, survey, [other]).clashing == (12,)
    assert len(list(store.rows("claim"))) == 1


def test_a_crash_half_way_is_made_good(store, survey, keyed, answers):
    class Crash(Exception):
        pass

    class Crashing:
        def __init__(self, store):
            self.store, self.left = store, 3

        def __getattr__(self, name):
            return getattr(self.store, name)

        def answer(self, *given, **named):
            self.left -= 1
            if not self.left:
                raise Crash
            return self.store.answer(*given, **named)

    read = forms(survey, keyed, {12: answers})
    with pytest.raises(Crash):
        store_forms(Crashing(store), survey, read)
    assert store_forms(store, survey, read).new == (12,)
    (row,) = store.rows("claim")
    kept = store.person(row["person"])
    assert {item: dict(a.payload) for item, a in kept.answers.items()} == dict(read[0].answers)
    assert kept.state == "completed"


def test_no_consent_or_no_answer_stores_nothing(store, survey, keyed, answers):
    given = {1: {**answers, "agree.take_part": ""}, 2: {"agree.take_part": "1"}}
    done = store_forms(store, survey, forms(survey, keyed, given))
    assert (done.refused, done.blank, done.new) == ((1,), (2,), ())
    assert list(store.rows("claim")) == []


def test_forms_are_taken_after_the_field_has_closed(store, survey, keyed, answers):
    store_forms(store, survey, forms(survey, keyed, {1: answers}))
    store.set_field_state("claim", "closed", by="test")
    assert store_forms(store, survey, forms(survey, keyed, {2: answers})).new == (2,)


@pytest.fixture
def read_from_folder(monkeypatch, survey, tmp_path):
    (tmp_path / "survey.toml").write_text("")
    monkeypatch.setattr(Survey, "read", classmethod(lambda cls, folder: survey))
    return str(tmp_path)


def test_the_command_lists_differences_and_stores_nothing(
    read_from_folder, keyed, answers, tmp_path, capsys
):
    first, second = keyed("a.csv", {1: answers}), keyed("b.csv", {1: {**answers, "age": "45"}})
    url = f"sqlite:///{tmp_path / 'k.sqlite'}"
    command = ["survey", "key", read_from_folder, str(first), str(second), "--database", url]
    assert main(command) == 1
    told = capsys.readouterr().out
    assert "form 1, age: '44' and '45'" in told
    assert "Nothing was stored" in told
    assert not (tmp_path / "k.sqlite").exists()


def test_the_command_stores_what_a_third_decided(
    read_from_folder, keyed, answers, tmp_path, capsys
):
    first, second = keyed("a.csv", {1: answers}), keyed("b.csv", {1: {**answers, "age": "45"}})
    third = tmp_path / "c.csv"
    third.write_text("form,block,age\n1,1,45\n")
    url = f"sqlite:///{tmp_path / 'k.sqlite'}"
    command = ["survey", "key", read_from_folder, str(first), str(second), "--database", url]
    assert main([*command, "--decides", str(third), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["stored"]["new"] == [1]
    assert told["differences"][0]["decided"] == "45"
    with ResponseStore.open(url) as store:
        (row,) = store.rows("claim")
        assert store.person(row["person"]).answers["about"].payload["age"] == 45


def test_the_command_writes_templates_and_a_guide(read_from_folder, tmp_path, capsys):
    out = tmp_path / "key"
    assert main(["survey", "key", read_from_folder, "--template", "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "claim-block-1.csv",
        "claim-block-2.csv",
        "claim-keying.md",
    ]
    assert main(["survey", "key", read_from_folder, "--template", "--block", "7"]) == 1
    assert "unknown block '7'" in capsys.readouterr().err


def test_the_command_needs_two_files(read_from_folder, capsys):
    assert main(["survey", "key", read_from_folder]) == 1
    assert "two keyed files are needed" in capsys.readouterr().err
