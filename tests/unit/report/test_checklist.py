"""The checklist: ten items in three parts, open ones first, no "complete" before its time."""

from __future__ import annotations

import re

import pytest

from ccegov_choice.report.checklist import CHECKLISTS, Evidence, fill, items
from ccegov_choice.report.evidence import _EVIDENCE

EVERY = [item for name in CHECKLISTS for item in items(name)[2]]
NAMES = [item.evidence for item in EVERY if item.evidence]
NOTHING = dict.fromkeys(NAMES)


def test_it_has_the_ten_items_of_the_guideline_in_three_parts():
    _, source, found = items()
    assert len(found) == 30
    assert [item.id for item in found[:4]] == ["1a", "1b", "1c", "2a"]
    assert len({item.topic for item in found}) == 10
    assert "10.1016/j.jval.2010.11.013" in source


@pytest.mark.parametrize(
    ("name", "topics", "parts"),
    [("estimate-2016", 8, 12), ("aapor-2021", 11, 11), ("johnston-2017", 5, 19)],
)
def test_the_other_guidelines_have_their_topics(name, topics, parts):
    title, source, found = items(name)
    assert len({item.topic for item in found}) == topics
    assert len(found) == parts
    assert len({item.id for item in found}) == parts
    assert name.split("-")[1] in title + source


def test_an_item_of_one_part_needs_no_letter():
    assert [item.id for item in items("aapor-2021")[2]] == [str(n) for n in range(1, 12)]


@pytest.mark.parametrize("name", CHECKLISTS)
def test_every_part_can_be_answered_by_its_authors(name):
    keys = [item.declaration for item in items(name)[2]]
    assert all(re.fullmatch(r"[a-z_]+", key) for key in keys)
    assert len(set(keys)) == len(keys)


def test_every_evidence_it_names_exists_and_is_used():
    assert set(NAMES) == set(_EVIDENCE)


def test_nothing_known_leaves_everything_open():
    checklist = fill({}, NOTHING)
    assert [len(group.answers) for group in checklist.groups] == [30, 0, 0]
    assert not checklist.complete
    assert "complete" not in checklist.status.lower()


def test_a_fact_answers_and_a_reason_is_still_asked_for():
    evidence = {
        **NOTHING,
        "study.role": Evidence("as citizens"),
        "task.opt_out": Evidence("Yes", True),
    }
    states = {answer.item.id: answer.state for answer in fill({}, evidence).answers}
    assert states["1b"] == "partly"
    assert states["3c"] == "done"
    assert states["1a"] == "open"


def test_open_items_come_first_and_say_what_to_write_where():
    checklist = fill({"pretest": "Twelve people tried it."}, NOTHING)
    first = checklist.groups[0]
    assert first.state == "open"
    assert "6c" not in [answer.item.id for answer in first.answers]
    assert 'research_question = "..."' in first.answers[0].cure
    assert "[declarations] in study.toml" in first.answers[0].cure


def test_blank_declarations_answer_nothing():
    assert fill({"pretest": "  "}, NOTHING).groups[0].answers[17].state == "open"


def test_it_is_complete_only_when_all_is_answered():
    declared = {item.declaration: "Said." for item in items()[2]}
    assert fill(declared, NOTHING).complete
    assert "complete" in fill(declared, NOTHING).status
    for key in declared:
        rest = {name: text for name, text in declared.items() if name != key}
        assert not fill(rest, NOTHING).complete


def test_states_differ_in_sign_and_words():
    groups = fill({}, NOTHING).groups
    assert len({group.sign for group in groups}) == 3
    assert len({group.label for group in groups}) == 3


def test_evidence_that_nobody_gathers_is_our_mistake():
    with pytest.raises(KeyError):
        fill({}, {})
