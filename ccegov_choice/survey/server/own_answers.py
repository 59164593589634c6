"""Coming back by a code, and one's own answers: to see, to take along, to have erased."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import cast

from ccegov_choice.responses.records import Person
from ccegov_choice.survey.answering import FieldProblem
from ccegov_choice.survey.judging import first_open
from ccegov_choice.survey.server.person_code import plain_code
from ccegov_choice.survey.server.reply import PUT_RIGHT, Reply, go
from ccegov_choice.survey.server.session import new_id
from ccegov_choice.survey.server.site import Site
from ccegov_choice.survey.server.visit import Visit
from ccegov_choice.survey.settings import Mode

BEGUN = "begun"
"""Parameter of ``/resume`` for members of a panel who began in another browser."""


def resume(site: Site, visit: Visit) -> Reply:
    """Ask for a code; a personal link brings it along and takes nothing by being opened."""
    code = visit.asked("code")[:40]
    return _ask(site, visit, "resume", {"code": [code]} if code else {})


def take_up(site: Site, visit: Visit) -> Reply:
    """Go on where somebody with this code was."""
    found = _by_code(site, visit, "resume")
    if isinstance(found, Reply):
        return found
    site.store.note(found.id, "resumed", {})
    kept = replace(visit.session, id=new_id(), person=found.id, mode=cast(Mode, found.mode))
    # the language stands in the session already: the one they read in now, not the one then
    return go(f"/page/{first_open(site.way(found)).id}", kept)


def mine(site: Site, visit: Visit) -> Reply:
    """Show somebody their own answers, or ask for their code."""
    person = site.person(visit)
    if person is None or visit.session.mode == "kiosk":
        return _ask(site, visit, "mine", {})
    return _own(site, visit, person)


def use_mine(site: Site, visit: Visit) -> Reply:
    """Show, hand out or erase somebody's own answers."""
    found: Person | Reply | None = None
    if not visit.posted("code") and visit.session.mode != "kiosk":
        found = site.person(visit)
        if found is not None and not site.token(visit, visit.session.id, "mine"):
            return _own(site, visit, found, (FieldProblem("nonce", "error.expired"),), 400)
    if found is None:
        found = _by_code(site, visit, "mine")
    if isinstance(found, Reply):
        return found
    wish = visit.posted("do")
    if wish == "download":
        return _download(site, found)
    if wish == "erase":
        if visit.posted("confirm") != "yes":
            return _own(site, visit, found, (FieldProblem("confirm", "error.confirm"),), PUT_RIGHT)
        return _erase(site, visit, found)
    return _own(site, visit, found)


def _by_code(site: Site, visit: Visit, page: str) -> Person | Reply:
    if not site.token(visit, visit.session.id, page):
        problem = FieldProblem("code", "error.expired")
        return _ask(site, visit, page, dict(visit.fields), (problem,), 400)
    limit = site.settings.limits.codes
    if wait := site.limiter.seconds_to_wait("code", visit.address, limit, 600.0):
        notice = site.pages.notice("too_many", site.frame(visit), seconds=wait)
        return Reply(notice, 429, headers={"Retry-After": str(wait)})
    code = plain_code(visit.posted("code"))
    person = site.store.person_by_code(site.code_hash(code)) if code else None
    if person is not None:
        return person
    key = "error.code_unknown" if code else "error.code"
    return _ask(site, visit, page, dict(visit.fields), (FieldProblem("code", key),), PUT_RIGHT)


def _ask(
    site: Site,
    visit: Visit,
    page: str,
    values: dict[str, list[str]],
    problems: tuple[FieldProblem, ...] = (),
    status: int = 200,
) -> Reply:
    session = visit.session if visit.session.id else replace(visit.session, id=new_id())
    form = site.form(visit, f"/{page}", session.id, page, values=values, problems=problems)
    frame = site.frame(visit)
    if page == "resume":
        body = site.pages.resume(frame, form, begun=bool(visit.asked(BEGUN)))
    else:
        body = site.pages.mine(frame, form, None)
    return Reply(body, status, session=session)


def _own(
    site: Site,
    visit: Visit,
    person: Person,
    problems: tuple[FieldProblem, ...] = (),
    status: int = 200,
) -> Reply:
    code = {"code": [visit.posted("code")]} if visit.posted("code") else {}
    session = visit.session if visit.session.id else replace(visit.session, id=new_id())
    form = site.form(visit, "/mine", session.id, "mine", values=code, problems=problems)
    under_way = person.state == "started"
    back = "/page/next" if under_way and person.id == session.person else ""
    frame = site.frame(visit, person, finished=not under_way, back=back)
    body = site.pages.mine(frame, form, site.store.own_answers(person.id))
    return Reply(body, status, session=session)


def _download(site: Site, person: Person) -> Reply:
    body = json.dumps(site.store.own_answers(person.id), ensure_ascii=False, indent=1, default=str)
    headers = {"Content-Disposition": f'attachment; filename="{site.survey.id}-answers.json"'}
    return Reply(body, headers=headers, media_type="application/json")


def _erase(site: Site, visit: Visit, person: Person) -> Reply:
    notice = "erased"
    if person.state == "started":
        site.store.finish(person.id, "withdrawn", reason="asked for")
        notice = "withdrawn"
    site.store.erase(person.id)
    session = visit.session
    if session.person in ("", person.id):
        session = replace(session, id="", person="", panel={})
    visit = replace(visit, session=session)
    return Reply(site.pages.notice(notice, site.frame(visit, finished=True)), session=session)
