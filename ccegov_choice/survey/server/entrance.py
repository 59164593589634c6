"""Welcome and consent: looking takes nothing; a place is taken when somebody has agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from ccegov_choice.responses.records import Person, Start
from ccegov_choice.responses.refusals import BegunElsewhere, FieldClosed
from ccegov_choice.survey.answering import FieldProblem
from ccegov_choice.survey.judging import first_open
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.server import panel
from ccegov_choice.survey.server.own_answers import BEGUN
from ccegov_choice.survey.server.paradata import device_class
from ccegov_choice.survey.server.reply import PUT_RIGHT, Reply, go
from ccegov_choice.survey.server.session import Session, new_id
from ccegov_choice.survey.server.site import Site
from ccegov_choice.survey.server.visit import Visit
from ccegov_choice.survey.settings import Mode

_CLOSED = {"target": "closed"}
_LONGEST_INTERVIEWER = 60


def welcome(site: Site, visit: Visit) -> Reply:
    """Show the first page, and remember with what parameters somebody came."""
    session = _arriving(site, visit)
    visit = replace(visit, session=session)
    if refused := _refused(site, visit):
        return refused
    form = site.form(visit, "/consent", "", "welcome")
    return Reply(site.pages.welcome(site.frame(visit), form), session=session)


def _refused(site: Site, visit: Visit) -> Reply | None:
    if not panel.admitted(site, visit):
        return Reply(site.pages.notice("not_found", site.frame(visit)), 403)
    state = site.field_state(visit)
    if state == "open":
        return None
    return Reply(site.pages.notice(state, site.frame(visit)))


def _arriving(site: Site, visit: Visit) -> Session:
    session, survey = visit.session, site.survey
    if visit.asked("next"):
        session = _next_person(site, visit)
    if (mode := visit.asked("mode")) in survey.fieldwork.modes:
        session = replace(session, mode=cast(Mode, mode))
    if interviewer := visit.asked("interviewer"):
        session = replace(session, interviewer=interviewer[:_LONGEST_INTERVIEWER])
    if site.signer.verify(visit.asked("preview"), "preview"):
        session = replace(session, ledger="preview")
    if kept := panel.parameters(survey, visit):
        if _another_member(site, visit, kept):
            session = replace(session, id="", person="")
        session = replace(session, panel=kept)
    return session


def _another_member(site: Site, visit: Visit, values: Mapping[str, str]) -> bool:
    """Say whether the browser is in the interview of another member, such as of one's family."""
    person = site.person(visit)
    return person is not None and panel.member(site.survey, person.panel) != panel.member(
        site.survey, values
    )


def _next_person(site: Site, visit: Visit) -> Session:
    """Let the next person at a device begin, once the one before is through."""
    session = visit.session
    person = site.person(visit)
    if person is not None and person.state == "started" and session.mode in ("", "web"):
        return session
    return replace(session, id="", person="", panel={}, language="", view="")


def consent(site: Site, visit: Visit) -> Reply:
    """Ask whether somebody agrees."""
    person = site.person(visit)
    if person is not None:
        return go(f"/page/{first_open(site.way(person)).id}")
    return _refused(site, visit) or _ask(site, visit)


def agree(site: Site, visit: Visit) -> Reply:
    """Take a place for somebody who agrees; keep nothing of somebody who does not."""
    session = visit.session
    known = site.person(visit)
    if known is not None:
        return go(f"/page/{first_open(site.way(known)).id}")
    if refused := _refused(site, visit):
        return refused
    if not site.token(visit, session.id, "consent"):
        # the cookie is missing or newer than the form, which may be of the person before
        return _ask(site, visit, (FieldProblem("agree", "error.expired"),), 400)
    agreed = visit.posted("agree")
    if agreed == "no":
        return Reply(site.pages.notice("declined", site.frame(visit)), session=_nobody(session))
    problems = _missing(site.survey.page_of_kind("consent"), agreed, visit)
    if problems:
        return _ask(site, visit, problems, PUT_RIGHT)
    wait = site.limiter.seconds_to_wait("start", visit.address, site.settings.limits.starts, 600.0)
    if wait:
        notice = site.pages.notice("too_many", site.frame(visit), seconds=wait)
        return Reply(notice, 429, headers={"Retry-After": str(wait)})
    try:
        person = _start(site, visit)
    except BegunElsewhere:
        return go(f"/resume?{BEGUN}=yes")
    except FieldClosed as closed:
        kind = _CLOSED.get(closed.why, closed.why)
        return Reply(site.pages.notice(kind, site.frame(visit)))
    step = first_open(site.way(person))
    return go(f"/page/{step.id}", replace(session, person=person.id))


def _ask(
    site: Site, visit: Visit, problems: tuple[FieldProblem, ...] = (), status: int = 200
) -> Reply:
    session = visit.session
    if not session.id or session.person:  # nobody yet, or somebody whose answers were erased
        session = replace(session, id=new_id(), person="")
    values = visit.fields if status == PUT_RIGHT else {}
    form = site.form(visit, "/consent", session.id, "consent", values=values, problems=problems)
    page = site.pages.consent(site.frame(visit, back="/"), form)
    return Reply(page, status, session=session)


def _missing(page: Page | None, agreed: str, visit: Visit) -> tuple[FieldProblem, ...]:
    statements = page.statements if page else ()
    names = [f"statement.{statement.id}" for statement in statements]
    found = [FieldProblem(n, "error.required_statement") for n in names if visit.posted(n) != "yes"]
    if agreed != "yes":
        found.append(FieldProblem("agree", "error.required"))
    return tuple(found)


def _start(site: Site, visit: Visit) -> Person:
    session, survey = visit.session, site.survey
    here = site.signer.sign("start", session.id)
    start = Start(
        nonce=panel.nonce(site, visit) or here,
        language=session.language,
        mode=session.mode or "web",
        ledger=site.ledger(visit),
        panel=session.panel,
        device=device_class(visit.user_agent),
        interviewer=session.interviewer,
        browser="" if panel.vouched_for(site, visit) else here,
    )
    return site.store.start(
        survey.sha256,
        start,
        lease_minutes=survey.fieldwork.lease_minutes,
        target=survey.fieldwork.target,
        code_of=lambda person: site.code_hash(site.code(person)),
    )


def _nobody(session: Session) -> Session:
    return replace(session, id="", person="", panel={})
