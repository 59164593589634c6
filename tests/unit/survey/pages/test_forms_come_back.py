"""What a page shows of an answer is posted again as the same answer, for every kind of step."""

from __future__ import annotations

import pytest

from ccegov_choice.survey.answering import fields_of, read_form
from ccegov_choice.survey.pages.pages import Form, Frame, Pages
from ccegov_choice.survey.steps import Way

ABOUT = {
    "age": "other",
    "age.other": 'almost "40" <b>',
    "ways": ["web", "else"],
    "ways.other": "fax",
    "trust": {"fair": "never", "quick": "rather", "kind": "fully"},
    "wait": 12.5,
    "post": "AB1",
    "story": "One line.\n\nAnother & last.",
    "sure": 10,
    "born": "2026-03-27",
}
CASES = [
    ("choice", "about", ABOUT),
    ("choice", "explain", {"seen": True}),
    ("choice", "task-1", {"chosen": "B"}),
    ("choice", "task-2", {"chosen": "no_claim", "reason": "unfair"}),
    ("choice", "task-3", {"dont_know": True, "reason": "privacy"}),
    ("choice", "trial", {"chosen": "A"}),
    ("choice", "money", {"picked": ["library", "trees"], "spent": 55.5, "why": "Shade & books"}),
    ("dual", "task-1", {"chosen": "A"}),
    ("dual", "task-1-follow", {"follow": "no_claim"}),
    ("best-worst", "task-1", {"best": "A", "worst": "no_claim"}),
    ("best-worst", "task-2", {"dont_know": True}),
    ("ranking", "task-1", {"ranking": ["no_claim", "B", "A"]}),
    ("ranking", "task-2", {"dont_know": True}),
    ("rating", "task-1", {"ratings": {"A": 1, "B": 7, "no_claim": 4}}),
]


@pytest.mark.parametrize(("response", "id", "payload"), CASES)
@pytest.mark.parametrize("view", ["cards", "table"])
def test_an_answer_that_is_shown_is_posted_again(rooms, parse, response, id, payload, view):
    survey = rooms.make_survey(response)
    answers = {f"task:{number}": {"chosen": "A"} for number in "123"}
    way = Way(survey, "1", "seed", answers)
    step = way.step(id)
    form = Form("/x", "n", 3, fields_of(step, payload))
    html = Pages(survey).step(step, way, Frame("en", view), form)
    found, problems = read_form(step, way, parse(html).posted(), language="en")
    assert problems == ()
    assert found == payload


@pytest.mark.parametrize("response", ["choice", "dual", "best-worst", "ranking", "rating"])
def test_nothing_is_chosen_before_anybody_chose(rooms, parse, response):
    survey = rooms.make_survey(response)
    way = Way(survey, "1", "seed", {})
    step = way.step("task-1")
    html = Pages(survey).step(step, way, Frame("en"), Form("/x", "n"))
    _, problems = read_form(step, way, parse(html).posted(), language="en")
    assert problems
    assert not {"chosen", "best", "worst", "reason"} & set(parse(html).posted())


def test_the_other_answer_goes_along_when_people_are_asked_which_counts(rooms, parse):
    survey = rooms.make_survey()
    way = Way(survey, "1", "seed", {})
    step = way.step("about")
    old = {**fields_of(step, ABOUT), "nonce": ["old"], "revision": ["1"], "which": ["kept"]}
    form = Form("/page/about", "new", 2, old)
    html = Pages(survey).conflict(step, way, Frame("en"), form, {"age": "young"}, ABOUT)
    posted = parse(html).posted()
    assert (posted["nonce"], posted["revision"]) == (["new"], ["2"])
    assert "which" in posted  # what was said of it is shown again
    found, problems = read_form(step, way, posted, language="en")
    assert problems == ()
    assert found == ABOUT
    assert "almost &#34;40&#34; &lt;b&gt;" in html
