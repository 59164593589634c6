"""Languages, views, kiosks, interviewers, previews: how somebody answers is remembered and kept."""

from __future__ import annotations

import pytest


@pytest.fixture
def field(fielded, brief):
    return fielded(brief())


@pytest.mark.parametrize(
    ("wished", "shown"),
    [("de", "de"), ("fr-CH, fr;q=0.9", "fr"), ("xx, pl;q=0.5, de;q=0.1", "pl"), ("xx", "en")],
)
def test_the_browser_says_in_which_language_to_begin(field, wished, shown):
    citizen = field.citizen(**{"accept-language": wished}).get("/")
    assert f'<html class="govuk-template" lang="{shown}"' in citizen.html


def test_a_language_chosen_is_remembered_and_kept_with_the_answer(field):
    citizen = field.citizen().agree().get("/page/about?lang=ar")
    assert 'dir="rtl"' in citizen.html
    citizen.answer({"q.work": "no"})
    assert 'lang="ar"' in citizen.html
    (person,) = field.people()
    assert person["answers"]["about"]["language"] == "ar"
    assert [e["payload"]["to"] for e in field.store.events("brief") if e["kind"] == "language"] == [
        "ar"
    ]


def test_what_was_shown_is_told_by_the_form_not_by_another_tab(field):
    citizen = field.citizen().agree()
    sent = citizen.fill({"q.work": "no"})
    citizen.get("/page/about?lang=de")
    citizen.send(*sent)
    assert field.people()[0]["answers"]["about"]["language"] == "en"


@pytest.mark.parametrize("wished", ["xx", "", "../../etc", "en\x00"])
def test_an_unknown_language_changes_nothing(field, wished):
    citizen = field.citizen().client.get("/", params={"lang": wished})
    assert citizen.status_code == 200
    assert 'lang="en"' in citizen.text


def test_the_view_chosen_is_remembered_and_kept_with_the_answer(field):
    citizen = field.citizen().agree().answer({"q.work": "no"}).answer()
    assert citizen.path == "/page/task-1"
    citizen.get("/page/task-1?view=table").answer()
    assert "<table" in citizen.html
    shown = [
        e["shown"].get("view") for e in field.store.events("brief") if e["item"].startswith("task")
    ]
    assert shown == ["table"]


def test_of_a_task_all_orders_are_kept(field):
    field.citizen().agree().until("/page/end")
    (event, *_) = [e for e in field.store.events("brief") if e["item"].startswith("task:")]
    assert set(event["shown"]) == {"language", "page", "view", "number", "attributes", "offers"}
    assert set(event["shown"]["attributes"]) == set(field.survey.study.attribute_ids)
    task = field.survey.tasks.task(event["item"].removeprefix("task:"))
    assert set(event["shown"]["offers"]) == {offer.alternative for offer in task.offers}


def test_seconds_are_those_of_the_server(field):
    citizen = field.citizen().agree()
    sent = citizen.fill({"q.work": "no"})
    field.clock.forward(0.5)
    citizen.send(*sent)
    (event,) = [e for e in field.store.events("brief") if e["item"] == "about"]
    assert event["timing"]["seconds"] == 30.0


def test_what_the_browser_counts_is_kept_if_it_can_be_true(field):
    citizen = field.citizen().agree()
    action, pairs = citizen.fill({"q.work": "no"})
    told = {"seen_ms": "4200", "first_ms": "-3", "changes": "2", "opened": "work,<b>,glossary"}
    citizen.send(action, [*((n, v) for n, v in pairs if n not in told), *told.items()])
    (event,) = [e for e in field.store.events("brief") if e["item"] == "about"]
    assert event["timing"]["seen_ms"] == 4200
    assert event["timing"]["changes"] == 2
    assert event["timing"]["opened"] == ["work", "glossary"]
    assert "first_ms" not in event["timing"]


PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148"


def test_of_a_browser_only_the_class_of_device_is_kept(field):
    field.citizen(**{"user-agent": PHONE}).agree().answer({"q.work": "no"})
    (person,) = field.people()
    assert person["device"] == "phone"
    assert "iPhone" not in str([person, *field.store.events("brief")])


def test_at_a_kiosk_the_next_person_begins_anew(field):
    citizen = field.citizen().agree("/?mode=kiosk").until("/page/end")
    old_consent = citizen.trail
    assert "next" in citizen.html
    citizen.get("/?mode=kiosk&next=yes").agree("/").until("/page/end")
    people = field.people()
    assert [person["mode"] for person in people] == ["kiosk", "kiosk"]
    assert [person["state"] for person in people] == ["completed", "completed"]
    assert old_consent


def test_at_a_kiosk_the_person_before_cannot_be_called_back(field):
    citizen = field.citizen().get("/?mode=kiosk").get("/consent")
    statements = {n: "yes" for n in citizen.form().names if n.startswith("statement.")}
    consent = citizen.fill(statements, ("agree", "yes"))
    citizen.send(*consent).answer({"q.work": "no"}).get("/?mode=kiosk&next=yes")
    citizen.send(*consent)
    assert citizen.status == 400
    assert citizen.get("/page/about").path == "/resume"
    assert len(field.people()) == 1


def test_nobody_can_be_put_out_of_their_interview_by_a_link(field):
    citizen = field.citizen().agree().answer({"q.work": "no"}).get("/?next=yes")
    assert citizen.get("/page/more").path == "/page/more"


def test_a_household_can_answer_one_after_the_other(field):
    citizen = field.citizen().agree().until("/page/end")
    citizen.get("/?next=yes").agree("/").until("/page/end")
    assert len(field.people()) == 2


def test_the_interviewer_is_kept_with_the_person(field):
    field.citizen().agree("/?mode=interviewer&interviewer=I-07")
    (person,) = field.people()
    assert (person["mode"], person["interviewer"]) == ("interviewer", "I-07")


def test_a_mode_that_the_survey_does_not_offer_is_the_web(field):
    field.citizen().agree("/?mode=telephone")
    assert field.people()[0]["mode"] == "web"


def test_a_preview_does_not_count(fielded, brief):
    from ccegov_choice.survey.server.signing import Signer

    field = fielded(brief())
    key = b"a key for tests, which is long enough to be one"
    link = f"/?preview={Signer(key).sign('preview')}"
    field.citizen().agree(link).until("/page/end")
    field.citizen().agree("/?preview=guessed").answer({"q.work": "no"})
    assert [p["state"] for p in field.store.rows("brief", ledger="preview")] == ["completed"]
    assert [p["state"] for p in field.people()] == ["started"]
