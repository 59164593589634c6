"""One's own answers: to see, to take along, to have erased, by code."""

from __future__ import annotations

import json
import re

import pytest
from citizen import brief_survey


@pytest.fixture
def field(fielded, brief):
    return fielded(brief())


def coded(field):
    """Return somebody who has answered, and their code."""
    citizen = field.citizen().agree().answer({"q.work": "no"}).answer({"q.words": "unusual words"})
    return citizen, re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", citizen.html)[0]


def test_by_code_somebody_sees_what_they_answered_elsewhere(field):
    _, code = coded(field)
    other = field.citizen().get("/mine")
    assert "unusual words" not in other.html
    other.answer({"code": code})
    assert other.status == 200
    assert "unusual words" in other.html


def test_seeing_ones_answers_by_code_does_not_log_in(field):
    _, code = coded(field)
    other = field.citizen().get("/mine").answer({"code": code})
    assert other.get("/page/more").path == "/resume"


def test_from_their_answers_people_under_way_find_back(field):
    citizen, code = coded(field)
    assert 'href="/page/next"' in citizen.get("/mine").html
    other = field.citizen().get("/mine").answer({"code": code})
    assert 'href="/page/next"' not in other.html


def test_answers_can_be_taken_along(field):
    _, code = coded(field)
    other = field.citizen().get("/mine").answer({"code": code})
    other.answer({}, ("do", "download"))
    assert "attachment" in other.page.headers["content-disposition"]
    assert "unusual words" in json.dumps(json.loads(other.html))


def test_nothing_is_erased_without_a_tick(field):
    citizen, code = coded(field)
    other = field.citizen().get("/mine").answer({"code": code})
    other.answer({"confirm": []}, ("do", "erase"))
    assert other.status == 422
    assert 'href="#confirm"' in other.html
    assert field.people()[0]["answers"]
    assert citizen.get("/page/more").status == 200


def test_whoever_stops_in_the_middle_leaves_no_answer(field):
    citizen, _ = coded(field)
    citizen.get("/mine").answer({"confirm": ["yes"]}, ("do", "erase"))
    assert citizen.status == 200
    assert not any(person["answers"] for person in field.people())
    assert [e for e in field.store.events("brief") if e["item"]] == []
    assert citizen.get("/page/more").path == "/resume"
    assert citizen.agree().path == "/page/about"


def test_after_the_end_answers_can_still_be_erased(field):
    citizen, code = coded(field)
    citizen.until("/page/end")
    other = field.citizen().get("/mine").answer({"code": code})
    other.answer({"confirm": ["yes"]}, ("do", "erase"))
    assert other.status == 200
    assert not any(person["answers"] for person in field.people())
    assert field.citizen().get("/mine").answer({"code": code}).status == 422
    assert citizen.get("/page/end").path == "/resume"


def test_a_browser_whose_person_was_erased_elsewhere_can_begin_anew(field):
    citizen, code = coded(field)
    other = field.citizen().get("/mine").answer({"code": code})
    other.answer({"confirm": ["yes"]}, ("do", "erase"))
    assert citizen.agree().path == "/page/about"
    assert citizen.until("/page/end").status == 200


def test_the_next_person_at_a_kiosk_is_asked_for_a_code(fielded, brief):
    field = fielded(brief())
    citizen = field.citizen().agree("/?mode=kiosk").answer({"q.work": "no"})
    citizen.get("/mine")
    assert citizen.form().named("code")[0].type == "text"


def test_a_contact_is_kept_apart(fielded, benefit_claim):
    field = fielded(benefit_claim)
    citizen = field.citizen().agree().until("/page/contact")
    sent = citizen.fill({"contact.email": "somebody@example.org"})
    citizen.post(*sent)
    citizen.send(*sent)
    assert citizen.path == "/page/end"
    (person,) = field.people()
    assert person["answers"]["contact"]["payload"] == {"left": True}
    told = str([*field.store.events("benefit-claim"), *field.people()])
    assert "somebody@example.org" not in told
    contacts = [contact["email"] for contact in field.store.contacts("benefit-claim")]
    assert contacts == ["somebody@example.org"]


@pytest.fixture
def contact_first(fielded, benefit_claim):
    """A survey that asks for a contact before its last page."""
    pages = [p for p in brief_survey(benefit_claim).pages if p.kind != "tasks"]
    contact = benefit_claim.page_of_kind("contact")
    pages.insert(2, contact)
    return fielded(brief_survey(benefit_claim, pages=tuple(pages)))


def contacts(field):
    return sorted(contact["email"] for contact in field.store.contacts("brief"))


def test_a_corrected_contact_is_kept(contact_first):
    citizen = contact_first.citizen().agree()
    assert citizen.path == "/page/contact"
    citizen.answer({"contact.email": "wrong@example.org"})
    citizen.get("/page/contact")
    corrected = citizen.fill({"contact.email": "right@example.org"})
    citizen.post(*corrected)
    citizen.send(*corrected)
    assert citizen.path == "/page/about"
    assert contacts(contact_first) == ["right@example.org", "wrong@example.org"]


def test_a_contact_is_kept_when_it_is_said_to_count(contact_first):
    citizen = contact_first.citizen().agree()
    left = citizen.fill({"contact.email": "left@example.org"})
    citizen.get("/page/contact").answer({})
    citizen.send(*left)
    assert citizen.status == 409
    assert contacts(contact_first) == []
    citizen.answer({"which": "posted"})
    assert contacts(contact_first) == ["left@example.org"]
