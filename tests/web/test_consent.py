"""Looking takes nothing; agreeing takes one place, however often it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccegov_choice.survey.settings import Fieldwork


def test_looking_at_the_first_page_takes_nothing_and_sets_no_cookie(fielded, brief):
    field = fielded(brief(languages=("en",)))
    citizen = field.citizen().get("/")
    assert citizen.status == 200
    assert field.people() == []
    assert "set-cookie" not in citizen.page.headers


def test_reading_the_consent_page_takes_nothing(fielded, brief):
    field = fielded(brief())
    assert field.citizen().get("/consent").status == 200
    assert field.people() == []


def test_agreeing_twice_starts_one_person(fielded, brief):
    field = fielded(brief())
    citizen = field.citizen().get("/consent")
    names = [name for name in citizen.form().names if name.startswith("statement.")]
    action, pairs = citizen.fill(dict.fromkeys(names, "yes"), ("agree", "yes"))
    first, second = citizen.post(action, pairs), citizen.post(action, pairs)
    assert first.url == second.url
    assert len(field.people()) == 1


def test_two_requests_at_once_start_one_person(fielded, brief):
    """The second one does not know of the first, as when both come within milliseconds."""
    field = fielded(brief())
    citizen = field.citizen().get("/consent")
    names = [name for name in citizen.form().names if name.startswith("statement.")]
    action, pairs = citizen.fill(dict.fromkeys(names, "yes"), ("agree", "yes"))
    before = dict(citizen.client.cookies)
    citizen.post(action, pairs)
    citizen.client.cookies.clear()
    citizen.client.cookies.update(before)
    citizen.post(action, pairs)
    assert len(field.people()) == 1


def test_every_statement_is_needed(fielded, brief):
    field = fielded(brief())
    citizen = field.citizen().get("/consent")
    names = [name for name in citizen.form().names if name.startswith("statement.")]
    left_out = names[0]
    citizen.answer({**dict.fromkeys(names, "yes"), left_out: []}, ("agree", "yes"))
    assert citizen.status == 422
    assert f'href="#{left_out}"' in citizen.html
    assert field.people() == []


def test_of_somebody_who_declines_nothing_is_stored(fielded, brief):
    field = fielded(brief())
    citizen = field.citizen().get("/consent").answer({}, ("agree", "no"))
    assert citizen.status == 200
    assert "Nothing was stored" in citizen.html
    assert field.people() == []


def test_without_the_cookie_agreeing_asks_again(fielded, brief):
    field = fielded(brief())
    citizen = field.citizen().get("/consent")
    action, pairs = citizen.fill({}, ("agree", "yes"))
    citizen.client.cookies.clear()
    assert citizen.send(action, pairs).status == 400
    assert field.people() == []


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_field_that_is_not_open_says_so_and_lets_those_under_way_finish(fielded, brief, state):
    field = fielded(brief())
    early = field.citizen().agree()
    field.store.set_field_state("brief", state, by="test")
    field.clock.forward(1)
    assert early.until("/page/end").status == 200
    late = field.citizen().get("/")
    assert not late.page.history
    assert f"This survey is {state}" in late.html
    assert len(field.people()) == 1


def test_the_last_day_closes_the_field(fielded, brief, benefit_claim):
    retention = replace(benefit_claim.retention, closes="2026-03-02")
    field = fielded(brief(retention=retention))
    assert field.citizen().get("/consent").form("/consent")
    field.clock.forward(24 * 60)
    assert "This survey is closed" in field.citizen().get("/consent").html


def test_enough_people_closes_the_field(fielded, brief):
    field = fielded(brief(fieldwork=Fieldwork(target=1)))
    field.citizen().agree().until("/page/end")
    late = field.citizen().agree()
    assert late.status == 200
    assert "closed" in late.html
    assert len(field.people()) == 1


def test_whoever_has_agreed_goes_on_where_they_were(fielded, brief):
    field = fielded(brief())
    citizen = field.citizen().agree().answer({"q.work": "no"})
    assert citizen.path == "/page/more"
    assert citizen.get("/consent").path == "/page/more"
    assert len(field.people()) == 1
