"""Citizens walk through the real server on real sockets, also one that misbehaves."""

import asyncio
from dataclasses import replace

import pytest

from ccegov_choice.errors import ResponseError, SurveyError
from ccegov_choice.survey.server.person_code import code_of
from ccegov_choice.walk.audit import audit
from ccegov_choice.walk.behaviour import Behaviour
from ccegov_choice.walk.browser import ServerGoneError
from ccegov_choice.walk.choices import with_truth
from ccegov_choice.walk.crowd import Plan, walk_crowd
from ccegov_choice.walk.load_report import load_report
from ccegov_choice.walk.server_process import free_port, require_loopback, require_rehearsal

EVERYTHING = Behaviour(reload=1, back=1, answer_twice=1, lose_cookie=1, give_up=0)


def rows_of(survey, store, signer):
    return {code_of(signer, row["person"]): row for row in store.rows(survey.id, "robot")}


def walked(served, survey, people, plan, wrap=lambda app: app):
    """Walk, and return diaries, rows by code and the audit."""
    with served(survey, wrap) as (address, store, signer):
        diaries = walk_crowd(address, survey, people, plan).diaries
        rows = rows_of(survey, store, signer)
        return diaries, rows, audit(survey, diaries, rows, store.events(survey.id, "robot"))


def test_whatever_happens_to_people_every_answer_is_kept_once(served, survey, people):
    busy = replace(people, behaviour=EVERYTHING, views={"cards": 0.5, "table": 0.5})
    diaries, rows, found = walked(served, survey, busy, Plan(4, seed=2))
    assert [(d.ended, d.trouble) for d in diaries] == [("completed", [])] * 4
    assert {row["state"] for row in rows.values()} == {"completed"}
    assert found.lost == found.duplicated == ()
    assert found.stored == sum(len(d.acknowledged) for d in diaries)
    assert all(d.posts > len(d.acknowledged) for d in diaries)
    assert found.block_spread == 0
    report = load_report(diaries, found)
    assert report.clean
    assert report.waiting["resume"].count == 4


def test_a_crowd_walks_from_a_notebook_too(served, survey, people):
    async def cell():  # a notebook runs cells inside an event loop
        with served(survey) as (address, _, _):
            return walk_crowd(address, survey, people, Plan(2, seed=1)).diaries

    assert [diary.trouble for diary in asyncio.run(cell())] == [[], []]


def test_some_decline_and_some_give_up(served, survey, people):
    timid = replace(people, behaviour=replace(Behaviour.smooth(), decline=0.5, give_up=0.5))
    diaries, rows, found = walked(served, survey, timid, Plan(12, seed=1, rate=200.0))
    endings = {diary.ended for diary in diaries}
    assert endings == {"declined", "gave_up", "completed"}
    assert len(rows) == sum(diary.consented for diary in diaries)
    assert found.lost == found.duplicated == ()


def test_the_same_seed_gives_the_same_choices_whatever_the_pace(served, survey, people, tmp_path):
    tables = []
    for concurrent in (1, 3):
        with served(survey) as (address, store, signer):
            plan = Plan(3, seed=4, concurrent=concurrent)
            diaries = walk_crowd(address, survey, people, plan).diaries
            rows = rows_of(survey, store, signer)
            numbers = {rows[d.code]["person"]: d.number for d in diaries if d.code}
            known = {d.number: d.known for d in diaries}
            tables.append(with_truth(store.choice_rows(survey.id, "robot"), numbers, known))
        (tmp_path / "answers.sqlite").unlink()
    assert tables[0] == tables[1]
    assert len(tables[0]) > 8
    assert {row["true_class"] for row in tables[0]} <= set(people.truth.classes)


class LosesAcknowledgements:
    """An application whose every third post is kept, but whose answer never arrives."""

    def __init__(self, app):
        self.app, self.posts = app, 0

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["method"] == "POST":
            self.posts += 1
            if self.posts % 3 == 0:

                async def swallow(message):
                    pass

                await self.app(scope, receive, swallow)
                head = {"type": "http.response.start", "status": 503, "headers": []}
                await send(head)
                await send({"type": "http.response.body", "body": b""})
                return
        await self.app(scope, receive, send)


def test_an_answer_sent_again_because_nobody_answered_is_kept_once(served, survey, people):
    calm = replace(people, behaviour=Behaviour.smooth())
    diaries, _, found = walked(served, survey, calm, Plan(2, seed=3), LosesAcknowledgements)
    assert [(d.ended, d.trouble) for d in diaries] == [("completed", [])] * 2
    assert sum(d.retries for d in diaries) > 5
    assert found.lost == found.duplicated == ()


class ShowsAnotherLevel:
    """An application whose pages say '40 working days' where the design says 10."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        plain = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
        scope = {**scope, "headers": plain}

        async def changed(message):
            if message["type"] == "http.response.start":
                kept = [(k, v) for k, v in message["headers"] if k != b"content-length"]
                message = {**message, "headers": kept}
            elif message["type"] == "http.response.body":
                body = message["body"].replace(b"10 working days", b"40 working days")
                message = {**message, "body": body}
            await send(message)

        await self.app(scope, receive, changed)


def test_a_page_that_does_not_show_the_design_is_found_out(served, survey, people):
    calm = replace(people, behaviour=Behaviour.smooth())
    diaries, _, _ = walked(served, survey, calm, Plan(2, seed=3), ShowsAnotherLevel)
    assert [diary.ended for diary in diaries] == ["failed", "failed"]
    assert all("no task of the design shows" in diary.trouble[0] for diary in diaries)


def test_a_walk_may_end_while_people_are_answering(served, survey, people):
    calm = replace(people, behaviour=Behaviour.smooth())
    plan = Plan(3, seed=1, think=30.0, seconds=0.5)
    diaries, _, found = walked(served, survey, calm, plan)
    assert [diary.ended for diary in diaries] == ["still_answering"] * 3
    assert found.lost == found.duplicated == ()


def test_a_server_that_is_not_there_ends_the_walk(survey, people, monkeypatch):
    monkeypatch.setattr("ccegov_choice.walk.browser._UNREACHABLE_SECONDS", 0.1)
    with pytest.raises(ServerGoneError, match="Look whether the server runs"):
        walk_crowd(f"http://127.0.0.1:{free_port()}", survey, people, Plan(2))


def test_citizens_who_do_not_exist_stay_at_home():
    assert require_loopback("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
    for url in ("https://survey.example.org", "http://10.0.0.1:80", "127.0.0.1:8000"):
        with pytest.raises(SurveyError, match="not on this machine"):
            require_loopback(url)


@pytest.mark.parametrize("ledger", ["robot", "preview"])
def test_a_server_that_keeps_answers_apart_may_be_walked(served, survey, ledger):
    with served(survey, ledger=ledger) as (address, _, _):
        assert require_rehearsal(f"{address}/") == address


def test_robots_take_no_real_places(served, survey):
    with (
        served(survey, ledger="live") as (address, _, _),
        pytest.raises(SurveyError, match="takes real answers"),
    ):
        require_rehearsal(address)


def test_an_address_without_a_server_is_told():
    with pytest.raises(ResponseError, match="no survey answers there"):
        require_rehearsal(f"http://127.0.0.1:{free_port()}")
