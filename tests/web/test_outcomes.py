"""Every way in which a form can come back has one defined outcome."""

from __future__ import annotations

import re

import pytest

from ccegov_choice.errors import ResponseError


@pytest.fixture
def field(fielded, brief):
    return fielded(brief())


def answers(field):
    """Return what counts, of the only person."""
    (person,) = field.people()
    return {item: kept["payload"] for item, kept in person["answers"].items()}


def events(field, item):
    return [e for e in field.store.events("brief") if e["item"] == item and e["kind"] == "answer"]


def code_of(field, citizen):
    """Return the code that pages show to this person."""
    found = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", citizen.html)
    assert found
    return found[0]


# -- the same form again -------------------------------------------------------------------------


def test_a_double_click_counts_once_and_leads_to_the_same_page(field):
    citizen = field.citizen().agree()
    sent = citizen.fill({"q.work": "no"})
    first, second = citizen.post(*sent), citizen.post(*sent)
    assert first.url == second.url
    assert len(events(field, "about")) == 1


def test_loading_a_page_again_changes_nothing(field):
    citizen = field.citizen().agree().answer({"q.work": "no"})
    before = list(field.store.events("brief"))
    assert citizen.get("/page/more").get("/page/more").status == 200
    assert list(field.store.events("brief")) == before


# -- back ----------------------------------------------------------------------------------------


def test_going_back_shows_what_was_answered_and_lets_it_be_changed(field):
    citizen = field.citizen().agree().answer({"q.work": "no"})
    citizen.get("/page/about")
    ticked = [c.value for c in citizen.form().named("q.work") if c.on]
    assert ticked == ["no"]
    citizen.answer({"q.work": "yes"})
    assert citizen.path == "/page/more"
    assert answers(field)["about"] == {"work": "yes"}
    assert len(events(field, "about")) == 2


def test_the_page_before_leads_back_and_the_first_one_does_not(field):
    citizen = field.citizen().agree()
    assert "govuk-back-link" not in citizen.html
    citizen.answer({"q.work": "no"})
    assert 'href="/page/about"' in citizen.html


def test_a_question_closed_by_going_back_does_not_count_but_is_on_record(field):
    citizen = field.citizen().agree().answer({"q.work": "yes"})
    citizen.answer({"q.hours": "20", "q.words": "as before"})
    citizen.get("/page/about").answer({"q.work": "no"})
    citizen.get("/page/next").until("/page/end")
    assert answers(field)["more"] == {"words": "as before"}
    assert [e["payload"].get("hours") for e in events(field, "more")] == [20, None]


def test_a_question_opened_by_going_back_is_asked_before_going_on(field):
    citizen = field.citizen().agree().answer({"q.work": "no"}).answer({"q.words": "x"})
    assert citizen.path == "/page/task-1"
    citizen.get("/page/about").answer({"q.work": "yes"})
    assert citizen.path == "/page/more"
    assert citizen.get("/page/task-1").path == "/page/more"
    assert citizen.answer({"q.hours": "8"}).path == "/page/task-1"


def test_a_form_shown_before_an_earlier_question_opened_again_is_taken(field):
    citizen = field.citizen().agree().answer({"q.work": "no"}).answer({"q.words": "x"})
    sent = citizen.fill({"chosen": "A"})
    citizen.get("/page/about").answer({"q.work": "yes"})
    assert citizen.send(*sent).path == "/page/more"
    assert len(answers(field)) == 3
    assert citizen.answer({"q.hours": "8"}).path == "/page/task-1"
    assert [c.value for c in citizen.form().named("chosen") if c.on] == ["A"]


# -- two tabs ------------------------------------------------------------------------------------


def two_tabs(field, kept, posted):
    """Answer in one tab, then otherwise in another that was open before."""
    citizen = field.citizen().agree()
    other_tab = citizen.fill({"q.work": posted})
    citizen.get("/page/about").answer({"q.work": kept})
    return citizen.send(*other_tab)


def test_the_same_answer_from_another_tab_is_fine(field):
    assert two_tabs(field, "no", "no").path == "/page/more"
    assert answers(field)["about"] == {"work": "no"}


@pytest.mark.parametrize(("which", "counts"), [("kept", "no"), ("posted", "yes")])
def test_of_two_different_answers_the_person_says_which_counts(field, which, counts):
    citizen = two_tabs(field, "no", "yes")
    assert citizen.status == 409
    assert answers(field)["about"] == {"work": "no"}
    citizen.answer({"which": which})
    assert citizen.path == "/page/more"
    assert answers(field)["about"] == {"work": counts}


def test_without_saying_which_the_question_is_asked_again(field):
    citizen = two_tabs(field, "no", "yes")
    citizen.answer({"which": []})
    assert citizen.status == 409
    assert 'href="#which"' in citizen.html
    assert citizen.answer({"which": "posted"}).path == "/page/more"
    assert answers(field)["about"] == {"work": "yes"}


def test_both_answers_of_a_conflict_are_on_record(field):
    two_tabs(field, "no", "yes")
    assert [e["payload"]["work"] for e in events(field, "about")] == ["no", "yes"]


# -- lost and found ------------------------------------------------------------------------------


def test_whoever_lost_the_cookie_comes_back_by_code(field):
    citizen = field.citizen().agree().answer({"q.work": "no"})
    code = code_of(field, citizen)
    elsewhere = field.citizen().get("/page/more")
    assert elsewhere.path == "/resume"
    elsewhere.answer({"code": code.lower().replace("-", " ")})
    assert elsewhere.path == "/page/more"
    elsewhere.until("/page/end")
    (person,) = field.people()
    assert person["state"] == "completed"


def test_an_answer_posted_without_the_cookie_leads_to_the_code(field):
    citizen = field.citizen().agree()
    sent = citizen.fill({"q.work": "no"})
    citizen.client.cookies.clear()
    assert citizen.send(*sent).path == "/resume"
    assert answers(field) == {}


def test_opening_a_personal_link_takes_nothing(field):
    citizen = field.citizen().agree()
    code = code_of(field, citizen)
    before = list(field.store.events("brief"))
    messenger = field.citizen().get(f"/resume?code={code}")
    assert messenger.form().named("code")[0].value == code
    assert messenger.get("/page/about").path == "/resume"
    assert list(field.store.events("brief")) == before


@pytest.mark.parametrize("code", ["", "ABCD", "0000-0000-0000", "é" * 12, "A" * 500])
def test_a_wrong_code_is_said_to_be_wrong(field, code):
    field.citizen().agree()
    citizen = field.citizen().get("/resume").answer({"code": code})
    assert citizen.status == 422
    assert 'href="#code"' in citizen.html


def test_the_form_of_somebody_else_is_not_shown_nor_kept(field):
    first = field.citizen().agree().answer({"q.work": "no"})
    sent = first.fill({"q.words": "my own words"})
    second = field.citizen().agree().answer({"q.work": "no"})
    second.send(*sent)
    assert second.status == 422
    assert "my own words" not in second.html
    assert all("more" not in person["answers"] for person in field.people())


# -- out of step ---------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["task-1", "task-2", "end", "unknown", "task-99", "welcome"])
def test_whoever_jumps_ahead_is_led_to_the_first_step_open(field, step):
    citizen = field.citizen().agree()
    assert citizen.get(f"/page/{step}").path == "/page/about"
    nonce = citizen.form().named("nonce")[0].value
    assert citizen.send(f"/page/{step}", [("nonce", nonce)]).path == "/page/about"
    assert answers(field) == {}


def test_an_old_tab_after_the_end_changes_nothing(field):
    citizen = field.citizen().agree()
    old_tab = citizen.fill({"q.work": "yes"})
    citizen.answer({"q.work": "no"}).until("/page/end")
    before = answers(field)
    assert citizen.send(*old_tab).path == "/page/end"
    assert citizen.get("/page/task-1").path == "/page/end"
    assert answers(field) == before


def test_a_crash_after_the_last_answer_is_made_up_for(field, monkeypatch):
    """The answer was kept, and that it was the last one was not said any more."""
    citizen = field.citizen().agree().answer({"q.work": "no"}).until("/page/task-2")

    def crash(*_: object, **__: object) -> None:
        raise ResponseError("gone", cure="none")

    with monkeypatch.context() as broken:
        broken.setattr(type(field.store), "finish", crash)
        assert citizen.send(*citizen.fill()).status == 503
    assert citizen.get("/page/task-2").status == 200
    assert citizen.get("/page/end").path == "/page/end"
    (person,) = field.people()
    assert person["state"] == "completed"


# -- leases --------------------------------------------------------------------------------------


def test_whoever_comes_back_late_keeps_their_block(field):
    citizen = field.citizen().agree()
    (before,) = field.people()
    field.clock.forward(120)
    others = [field.citizen().agree() for _ in range(3)]
    citizen.get("/page/about").answer({"q.work": "no"}).until("/page/end")
    people = {person["person"]: person for person in field.people()}
    assert people[before["person"]]["block"] == before["block"]
    assert people[before["person"]]["state"] == "completed"
    assert len(people) == 1 + len(others)
    assert "extra" in {move.what for move in field.store.ledger("brief")}


# -- what a page refuses -------------------------------------------------------------------------


def test_a_page_with_problems_keeps_what_was_written(field):
    citizen = field.citizen().agree().answer({"q.work": "yes"})
    citizen.answer({"q.hours": "many", "q.words": "kept as it is"})
    assert citizen.status == 422
    values = {c.name: c.value for c in citizen.form().controls}
    assert values["q.hours"] == "many"
    assert values["q.words"] == "kept as it is"
    assert answers(field) == {"about": {"work": "yes"}}


def test_an_answer_that_cannot_be_kept_now_goes_along_and_counts_once(field, monkeypatch):
    citizen = field.citizen().agree().answer({"q.work": "yes"})
    with monkeypatch.context() as broken:

        def down(*_: object, **__: object) -> None:
            raise ResponseError("the database is gone", cure="Wait.")

        broken.setattr(type(field.store), "person", down)
        citizen.answer({"q.hours": "12", "q.words": "a\nb <c>"})
    assert citizen.status == 503
    assert int(citizen.page.headers["retry-after"]) > 0
    form = citizen.form()
    citizen.send(form.action, form.filled({}))
    assert citizen.path == "/page/task-1"
    assert answers(field)["more"] == {"hours": 12, "words": "a\nb <c>"}


def test_a_page_that_breaks_shows_no_trace(field, monkeypatch):
    citizen = field.citizen().agree()

    def bug(*_: object, **__: object) -> None:
        raise KeyError("secret words of somebody")

    monkeypatch.setattr(type(field.store), "person", bug)
    citizen.get("/page/about")
    assert citizen.status == 500
    assert "Traceback" not in citizen.html
    assert "secret" not in citizen.html
    assert "<h1" in citizen.html
