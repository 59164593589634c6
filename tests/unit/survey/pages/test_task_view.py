"""A task as it is shown: order, names, levels of one's own, lines that differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccegov_choice.survey.pages.pages import Form, Frame, Pages
from ccegov_choice.survey.pages.task_view import task_view
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.task import Offer, Task, Tasks


def view_of(survey, seed="seed", answers=None, language="en", *, highlight=True, id="task-1"):
    way = Way(survey, "1", seed, answers or {})
    return task_view(Voice(survey, language), way.step(id), way, highlight=highlight)


def test_options_and_lines_stand_in_the_person_s_order(rooms):
    survey = rooms.make_survey()
    orders = set()
    for number in range(20):
        seed = f"person {number}"
        way = Way(survey, "1", seed, {})
        view = view_of(survey, seed)
        expected = way.arrangement
        step = way.step("task-1")
        assert tuple(card.name for card in view.everything) == expected.offers[step.task.id]
        assert tuple(line.attribute for line in view.lines) == expected.attributes
        assert [card.title for card in view.cards] == ["Option\u00a0A", "Option\u00a0B"]
        orders.add((expected.offers[step.task.id], expected.attributes))
    assert len(orders) > 5


def test_the_opt_out_stands_last_and_apart(rooms):
    view = view_of(rooms.make_survey())
    assert [card.name for card in view.others] == ["no_claim"]
    assert view.everything[-1].title == "I would not claim"


def test_a_dual_response_asks_of_real_options_first(rooms):
    assert view_of(rooms.make_survey("dual")).others == ()


def test_the_status_quo_has_the_levels_that_people_told(rooms):
    survey = rooms.make_survey(status_quo=True)
    card = view_of(survey, answers={"about": {"wait": 1}}).card("today")
    assert card.levels["wait"].text == "1 working day"
    assert card.levels["channel"].text == "Counter"
    assert view_of(survey, answers={"about": {"wait": 33}}).card("today").levels["wait"].text == "33 working days"  # fmt: skip
    untold = view_of(survey).card("today").levels["wait"].text
    assert untold == "As it is for you today"


@pytest.mark.parametrize(
    ("levels", "marked"),
    [
        (({"wait": 2.0, "treatment": "polite"}, {"wait": 10.0, "treatment": "polite"}), True),
        (({"wait": 2.0, "treatment": "polite"}, {"wait": 10.0, "treatment": "brusque"}), False),
        (({"wait": 2.0, "treatment": "polite"}, {"wait": 2.0, "treatment": "polite"}), False),
    ],
    ids=["some differ", "all differ", "none differs"],
)
def test_lines_are_marked_only_where_some_differ_and_some_do_not(rooms, levels, marked):
    offers = tuple(Offer(n, "unlabelled", ls) for n, ls in zip("AB", levels, strict=True))
    survey = replace(rooms.make_survey(), tasks=Tasks((Task("1", "1", offers),), "0" * 64))
    assert view_of(survey).marked is marked
    assert view_of(survey, highlight=False).marked is False


def test_marks_are_words_too(rooms):
    survey = rooms.make_survey()
    way = Way(survey, "1", "seed", {})
    for view in ("cards", "table"):
        frame = Frame("en", view)
        html = Pages(survey).step(way.step("task-1"), way, frame, Form("/x", "n"))
        marks = (html.count('class="line at-') and html.count(" differs")) or html.count("differs")
        assert marks
        assert "(differs)" in html
        plain = Pages(survey).step(
            way.step("task-1"), way, replace(frame, highlight=False), Form("/x", "n")
        )
        assert "(differs)" not in plain


def test_lines_that_most_options_lack_are_not_aligned(rooms):
    offers = (
        Offer("A", "unlabelled", {"wait": 2.0}),
        Offer("B", "unlabelled", {"channel": "web", "treatment": "polite"}),
    )
    survey = replace(rooms.make_survey(), tasks=Tasks((Task("1", "1", offers),), "0" * 64))
    assert not view_of(survey).aligned
    assert view_of(rooms.make_survey()).aligned


def test_the_glossary_explains_lines_and_levels_in_the_order_of_the_lines(rooms):
    view = view_of(rooms.make_survey())
    explained = dict(zip((line.attribute for line in view.lines), view.glossary, strict=True))
    assert 'data-help="wait"' in explained["wait"]
    assert "Working days until the decision." in explained["wait"]
    assert "<dt>Polite</dt><dd>Staff are polite and listen.</dd>" in explained["treatment"]


def test_a_level_that_the_study_lacks_is_still_told_with_its_unit(rooms):
    offers = (Offer("A", "unlabelled", {"wait": 7.0}), Offer("B", "unlabelled", {"wait": 2.0}))
    survey = replace(rooms.make_survey(), tasks=Tasks((Task("1", "1", offers),), "0" * 64))
    texts = {card.levels["wait"].text for card in view_of(survey).cards}
    assert texts == {"7 working days", "2 working days"}
