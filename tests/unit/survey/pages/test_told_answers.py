"""Answers in words, notices, and what the budget comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ccegov_choice.survey.pages.budget_view import budget_view
from ccegov_choice.survey.pages.criteria import EVIDENCE, criteria
from ccegov_choice.survey.pages.notices import notice_of
from ccegov_choice.survey.pages.own_words import own_sections
from ccegov_choice.survey.pages.pages import Form, Frame, Pages
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.settings import Fieldwork, Panel
from ccegov_choice.survey.steps import Way


def told(rooms, language="en", response="choice", answers=None):
    survey = rooms.make_survey(response)
    own = {"block": "1", "seed": "seed", "answers": answers or rooms.ANSWERS}
    own |= {"started": datetime(2026, 3, 1, 9, tzinfo=UTC), "finished": None, "state": "started"}
    own |= {"device": "phone"}
    return dict(own_sections(Voice(survey, language), own))


def test_all_answers_are_told_in_the_words_that_were_shown(rooms):
    sections = told(rooms)
    about = {one.about: one.said for one in sections["About you"]}
    assert about["How old are you?"] == ("Something else", "almost 40")
    assert about["How did you reach the office last year?"] == ("On the website", "In another way", "fax")  # fmt: skip
    assert about["How far do you agree?"][0] == "The office treats everybody alike: Do not agree at all"  # fmt: skip
    assert about["How long did you wait?"] == ("12 minutes",)
    assert about["When did you apply?"] == ("27 3 2026",)
    money = {one.about: one.said for one in sections["What should be done?"]}
    assert money["Spent"] == ("55.5 million",)
    assert sections["About your participation"][0].said == ("2026-03-01",)
    assert "Phone" in str(sections["About your participation"])


def test_an_option_is_told_with_what_it_was_like(rooms):
    survey = rooms.make_survey()
    way = Way(survey, "1", "seed", {})
    number = way.arrangement.tasks.index("1") + 1
    said = told(rooms)[f"Choice {number}"][0].said
    assert said[0] in ("Option\u00a0A", "Option\u00a0B")
    assert "Time until the decision: 10 working days" not in said  # task 1, option A waits 20
    assert "Time until the decision: 20 working days" in said


@pytest.mark.parametrize(
    ("response", "payload", "word"),
    [
        ("best-worst", {"best": "A", "worst": "no_claim"}, "I would not claim"),
        ("ranking", {"ranking": ["no_claim", "A", "B"]}, "In order, from best to worst"),
        ("rating", {"ratings": {"A": 2, "B": 7, "no_claim": 1}}, "7 of 7"),
        ("choice", {"dont_know": True, "reason": "privacy"}, "I do not want my data"),
    ],
)
def test_every_kind_of_answer_has_words(rooms, response, payload, word):
    assert word in str(told(rooms, response=response, answers={"task:1": payload}))


def test_unknown_answers_are_told_as_they_are_held(rooms):
    answers = {"about": {"age": "gone"}, "task:1": {"chosen": "gone"}}
    assert str(told(rooms, answers=answers)).count("'gone'") == 2


def test_the_second_question_is_told(rooms):
    answers = {"task:1": {"chosen": "A"}, "follow:1": {"follow": "real"}}
    assert "Yes, I would do that" in str(told(rooms, response="dual", answers=answers))


def test_the_budget_counts_what_the_form_holds(rooms):
    survey = rooms.make_survey()
    page = survey.page("money")
    voice = Voice(survey, "de")

    def total(*ids):
        form = Form("/x", "n", values={f"buy.{id}": ["yes"] for id in ids})
        return budget_view(voice, page, page.budget, "seed", form)

    some = total("library", "trees")
    assert (some.spent_text, some.left_text, some.over) == ("55,5 million", "44,5 million", False)
    assert total("library", "buses").left_text == "0 million"
    assert not total("library", "buses").over
    over = total("library", "trees", "buses")
    assert (over.left_text, over.over) == ("15,5 million", True)


def test_projects_stand_in_an_order_of_each_person_s_own(rooms):
    survey = rooms.make_survey()
    page = survey.page("money")
    voice, form = Voice(survey, "en"), Form("", "")
    views = [budget_view(voice, page, page.budget, f"person {n}", form) for n in range(30)]
    orders = {tuple(project.id for project in view.projects) for view in views}
    assert len(orders) == 6


def test_privacy_says_what_the_settings_say(rooms):
    survey = rooms.make_survey()
    told = str(notice_of(Voice(survey, "en"), "privacy", "", {}))
    for word in ("Office of the Town", "dpo@town.example", "2027-06-30", "Article 6(1)(e) GDPR", "365", "90", "30"):  # fmt: skip
        assert word in told
    assert "panel" not in told
    panel = replace(survey, fieldwork=Fieldwork(panel=Panel(parameters=("PID",))))
    assert "panel" in str(notice_of(Voice(panel, "en"), "privacy", "", {}))


def test_an_unknown_notice_says_that_something_does_not_work(rooms):
    survey = rooms.make_survey()
    assert "Sorry" in Pages(survey).notice("no such", Frame("en"))


def test_every_criterion_of_levels_a_and_aa_is_answered_for():
    found = criteria()
    assert len(found) == 55  # WCAG 2.2: 31 of level A without 4.1.1 and 24 of level AA
    assert len({one.number for one in found}) == 55
    assert sum(one.level == "A" for one in found) == 31
    assert {one.evidence for one in found} <= set(EVIDENCE)
    numbers = [tuple(map(int, one.number.split("."))) for one in found]
    assert numbers == sorted(numbers)


def test_a_preview_speaks_the_main_language_where_a_wording_lacks(rooms):
    survey = replace(rooms.make_survey(), title={"en": "Only English"})
    assert "Only English" in Pages(survey).notice("closed", Frame("pl"))


def test_assisted_modes_tell_the_interviewer_what_to_do(rooms):
    pages = Pages(rooms.make_survey())
    assert "Read out the question" in pages.notice("closed", Frame("en", mode="interviewer"))
    assert "For the interviewer" not in pages.notice("closed", Frame("en", mode="kiosk"))
    assert "large-print" in pages.notice("closed", Frame("en", mode="large-print"))


def test_addresses_stand_below_the_base(rooms, parse):
    survey = rooms.make_survey()
    way = Way(survey, "1", "seed", {})
    frame = Frame("en", base="/claims", here="/page/task-1", back="/page/explain")
    html = Pages(survey).step(way.step("task-1"), way, frame, Form("/claims/page/task-1", "n"))
    for element in parse(html).elements:
        for key in ("href", "src", "action"):
            address = element.attributes.get(key, "")
            if address.startswith("/"):
                assert address.startswith("/claims/"), address
