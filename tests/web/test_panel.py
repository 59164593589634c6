"""Panels, screen-outs and quotas: how somebody ends, and where they are sent then."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from ccegov_choice.survey.server.panel import signature
from ccegov_choice.survey.settings import Fieldwork, Panel, Quota

KEY = b"secret of the panel"
PANEL = Panel(
    parameters=("MEMBER", "STUDY"),
    completed="https://panel.example/done?m={MEMBER}&s={STUDY}&signature={signature}",
    screened_out="https://panel.example/screened?m={MEMBER}&signature={signature}",
    over_quota="https://panel.example/full?m={MEMBER}&signature={signature}",
)


@pytest.fixture
def paneled(fielded, brief):
    """Return a function that fields a survey for a panel."""

    def make(panel=PANEL, ledger="live"):
        fieldwork = Fieldwork(panel=panel, modes=("web",))
        return fielded(brief(fieldwork=fieldwork), panel_key=KEY, ledger=ledger)

    return make


def code_on(citizen):
    return re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", citizen.html)[0]


def last_step(citizen, path):
    """Answer until the answer that ends the interview, and return where it leads."""
    citizen.client.follow_redirects = False
    for _ in range(20):
        citizen.answer()
        while citizen.page.has_redirect_location:
            to = citizen.page.headers["location"]
            if to.startswith("https://"):
                return to
            citizen.get(to)
        if citizen.path == path:
            return ""
    raise AssertionError(citizen.trail)


def test_the_signature_is_the_one_that_panels_are_told_to_make():
    """printf 'completed\\nMEMBER=m 1\\nSTUDY=s' | openssl dgst -sha256 -hmac 'secret of the panel'"""
    made = signature(KEY, PANEL, "completed", {"MEMBER": "m 1", "STUDY": "s"})
    assert made == "ec4841c0b2774747bbbd58d8fcc5d6d57eea21c9e651ea3f49890530d4c10f5a"


def test_parameters_are_kept_and_handed_back_signed(paneled):
    field = paneled()
    citizen = field.citizen().agree("/?MEMBER=m%201%26&STUDY=s&OTHER=x")
    (person,) = field.people()
    assert person["panel"] == {"MEMBER": "m 1&", "STUDY": "s"}
    signed = signature(KEY, PANEL, "completed", {"MEMBER": "m 1&", "STUDY": "s"})
    to = last_step(citizen, "/page/end")
    assert to == f"https://panel.example/done?m=m%201%26&s=s&signature={signed}"


def test_whoever_is_screened_out_is_sent_back_as_such(paneled):
    field = paneled()
    citizen = field.citizen().agree("/?MEMBER=m1&STUDY=s")
    citizen.client.follow_redirects = False
    citizen.answer({"q.work": "abroad"})
    citizen.get(citizen.page.headers["location"])
    assert citizen.page.headers["location"].startswith("https://panel.example/screened?m=m1&")
    assert field.people()[0]["state"] == "screened_out"


def test_forms_may_lead_to_the_panel_and_nowhere_else(paneled):
    policy = paneled().citizen().get("/").page.headers["content-security-policy"]
    assert "form-action 'self' https://panel.example;" in policy


def signed_address(**values):
    return "/?" + urlencode(values | {"signature": signature(KEY, PANEL, "start", values)})


def test_a_member_who_comes_back_by_a_signed_address_is_the_same_person(paneled):
    field = paneled(replace(PANEL, signed=True))
    field.citizen().agree(signed_address(MEMBER="m1", STUDY="s")).answer({"q.work": "no"})
    again = field.citizen().agree(signed_address(MEMBER="m1", STUDY="another"))
    assert again.path == "/page/more"
    assert len(field.people()) == 1
    field.citizen().agree(signed_address(MEMBER="m2", STUDY="s"))
    assert len(field.people()) == 2


def test_an_address_that_anybody_can_make_opens_nobodys_interview(paneled):
    field = paneled()
    member = field.citizen().agree("/?MEMBER=m1&STUDY=s").answer({"q.work": "no"})
    stranger = field.citizen().agree("/?MEMBER=m1&STUDY=another")
    assert stranger.path == "/resume"
    assert "has begun an interview with this link already" in stranger.html
    assert stranger.get("/mine").form().named("code")[0].type == "text"
    assert stranger.get("/page/more").path == "/resume"
    assert len(field.people()) == 1
    assert member.get("/page/more").path == "/page/more"
    stranger.get("/resume?begun=yes").answer({"code": code_on(member)})
    assert stranger.path == "/page/more"


@pytest.mark.parametrize("ledger", ["preview", "robot"])
def test_neither_does_an_address_whose_signature_nobody_looks_at(paneled, ledger):
    field = paneled(replace(PANEL, signed=True), ledger=ledger)
    field.citizen().agree("/?MEMBER=m1&STUDY=s").answer({"q.work": "no"})
    assert field.citizen().agree("/?MEMBER=m1&STUDY=s").path == "/resume"


def test_a_member_who_agrees_twice_in_one_browser_is_let_in(paneled):
    citizen = paneled().citizen().get("/?MEMBER=m1&STUDY=s").get("/consent")
    statements = {name: "yes" for name in citizen.form().names if name.startswith("statement.")}
    sent = citizen.fill(statements, ("agree", "yes"))
    before = dict(citizen.client.cookies)
    assert citizen.send(*sent).path == "/page/about"
    citizen.client.cookies = before  # the first answer never came
    assert citizen.send(*sent).path == "/page/about"


def test_another_member_at_the_same_browser_does_not_see_the_first_ones_interview(paneled):
    field = paneled()
    citizen = field.citizen().agree("/?MEMBER=m1&STUDY=s").answer({"q.work": "no"})
    assert citizen.agree("/?MEMBER=m2&STUDY=s").path == "/page/about"
    assert {person["panel"]["MEMBER"] for person in field.people()} == {"m1", "m2"}
    assert citizen.get("/?MEMBER=m2&STUDY=s").get("/consent").path == "/page/about"


def test_people_without_parameters_are_not_taken_for_one_member(paneled):
    field = paneled()
    for _ in range(3):
        field.citizen().agree("/").answer({"q.work": "no"})
    assert len(field.people()) == 3


def test_whoever_came_without_a_panel_ends_on_our_own_page(paneled):
    field = paneled()
    assert field.citizen().agree().until("/page/end").status == 200


@pytest.mark.parametrize("tampered", [False, True])
def test_a_signed_panel_admits_signed_addresses_only(paneled, tampered):
    panel = replace(PANEL, signed=True)
    field = paneled(panel)
    values = {"MEMBER": "m1", "STUDY": "s"}
    signed = signature(KEY, panel, "start", values)
    values["MEMBER"] = "m2" if tampered else "m1"
    citizen = field.citizen().get(f"/?{urlencode(values | {'signature': signed})}")
    if tampered:
        assert citizen.status == 403
        assert citizen.get("/consent").status == 403
    else:
        assert citizen.agree("/").path == "/page/about"


def test_who_was_not_admitted_cannot_agree(paneled):
    field = paneled(replace(PANEL, signed=True))
    citizen = field.citizen().get("/consent")
    assert citizen.status == 403
    assert field.people() == []


def test_screened_out_on_our_own_page(fielded, brief):
    field = fielded(brief())
    citizen = field.citizen().agree().answer({"q.work": "abroad"})
    assert citizen.status == 200
    assert "This survey is for other people" in citizen.html
    assert citizen.get("/page/about").path == "/page/end"
    assert field.people()[0]["state"] == "screened_out"


def test_a_full_quota_ends_the_interview_and_frees_the_place(fielded, brief):
    field = fielded(brief(quotas=(Quota("work", {"no": 1}),)))
    field.citizen().agree().answer({"q.work": "no"}).until("/page/end")
    late = field.citizen().agree().answer({"q.work": "no"})
    assert "Enough people like you" in late.html
    free = field.citizen().agree().answer({"q.work": "yes"})
    assert free.path == "/page/more"
    states = sorted(person["state"] for person in field.people())
    assert states == ["completed", "over_quota", "started"]


def test_changing_ones_mind_gives_the_quota_place_back(fielded, brief):
    field = fielded(brief(quotas=(Quota("work", {"no": 1, "yes": 5}),)))
    first = field.citizen().agree().answer({"q.work": "no"})
    first.get("/page/about").answer({"q.work": "yes"})
    assert field.citizen().agree().answer({"q.work": "no"}).path == "/page/more"


def test_whoever_gave_the_whole_interview_counts_also_past_the_quota(fielded, brief, monkeypatch):
    """A crash between answer and claim lets somebody pass a quota that then fills up."""
    field = fielded(brief(quotas=(Quota("work", {"no": 1}),)))
    first = field.citizen().agree()

    def crash(*args):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(type(field.store), "claim_quota", crash)
        assert first.answer({"q.work": "no"}).status == 500
    field.citizen().agree().answer({"q.work": "no"}).until("/page/end")
    first.get("/page/next").until("/page/end")
    (tally,) = field.store.counts("brief").quotas
    assert (tally.cell, tally.completed) == ("no", 2)
