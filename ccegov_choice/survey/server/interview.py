"""The interview: show a step, take its answer in, lead on."""

from __future__ import annotations

from dataclasses import replace

from ccegov_choice.responses.records import Answer, Kept, Outcome, Person
from ccegov_choice.responses.refusals import NotTakingPart
from ccegov_choice.survey.answering import FieldProblem, fields_of, read_form
from ccegov_choice.survey.answers.contact import read_contact
from ccegov_choice.survey.judging import after_answer, claims, step_to_show, uncounted
from ccegov_choice.survey.pages.frame import Form, Frame
from ccegov_choice.survey.server import panel
from ccegov_choice.survey.server.form_token import FormToken
from ccegov_choice.survey.server.paradata import opened_helps, shown_of, timing_of
from ccegov_choice.survey.server.reply import Reply, go
from ccegov_choice.survey.server.site import Site
from ccegov_choice.survey.server.visit import Visit
from ccegov_choice.survey.steps import Payload, Step, Way


def show(site: Site, visit: Visit) -> Reply:
    """Show a step, with the answer kept for it."""
    person = site.person(visit)
    if person is None:
        return go("/resume")
    way = site.way(person)
    if person.state != "started":
        return ended(site, visit, person, way)
    step, asked_for = step_to_show(way, visit.values["step"])
    if not asked_for:
        return go(f"/page/{step.id}")
    if step.page.kind == "end":  # all is answered, and a crash kept it from being said
        return _complete(site, person, way, step)
    kept = person.answers.get(step.item)
    values = fields_of(step, kept.payload) if kept else {}
    return _page(
        site, visit, person, way, step, values=values, revision=kept.revision if kept else 0
    )


def answer(site: Site, visit: Visit) -> Reply:
    """Take in what was answered to a step."""
    person = site.person(visit)
    if person is None:
        return go("/resume")
    way = site.way(person)
    if person.state != "started":
        return go(f"/page/{way.steps[-1].id}")
    step, asked_for = step_to_show(way, visit.values["step"])
    if not asked_for or step.page.kind == "end":
        return go(f"/page/{step.id}")
    if visit.posted("which") == "kept" and way.answered(step):
        return go(f"/page/{after_answer(way, step).step.id}")
    token = site.token(visit, person.id, step.item)
    payload, problems = read_form(step, way, visit.fields, language=visit.session.language)
    if token is None:
        problems = (*problems, FieldProblem("nonce", "error.expired"))
    if token is None or payload is None:
        again = {"values": visit.fields, "problems": problems, "revision": _revision(visit)}
        return _page(site, visit, person, way, step, 422, **again)
    try:
        outcome = _keep(site, visit, person, way, step, payload, token)
    except NotTakingPart:
        return go(f"/page/{way.steps[-1].id}")
    if outcome.status == "conflict":
        return _ask_which(site, visit, person, way, step, outcome.kept, payload)
    return _onward(site, _with(person, step, outcome.kept), step)


def ended(site: Site, visit: Visit, person: Person, way: Way) -> Reply:
    """Show how it ended, or send a panel's member back to the panel."""
    if back := panel.way_back(site, person):
        return go(back)
    last = way.steps[-1]
    if person.state != "completed":
        frame = site.frame(visit, person, finished=True)
        return Reply(site.pages.notice(person.state, frame))
    if visit.path != f"/page/{last.id}":
        return go(f"/page/{last.id}")
    frame = site.frame(visit, person, finished=True)
    form = site.form(visit, visit.path, person.id, last.item)
    return Reply(site.pages.step(last, way, frame, form))


# -- pages --------------------------------------------------------------------------------------


def _page(
    site: Site,
    visit: Visit,
    person: Person,
    way: Way,
    step: Step,
    status: int = 200,
    **more: object,
) -> Reply:
    form = _form(site, visit, person, step, **more)
    return Reply(site.pages.step(step, way, _frame(site, visit, person, way, step), form), status)


def _frame(site: Site, visit: Visit, person: Person, way: Way, step: Step) -> Frame:
    before = way.before(step)
    back = f"/page/{before.id}" if before else ""
    return site.frame(visit, person, back=back, progress=way.progress)


def _form(site: Site, visit: Visit, person: Person, step: Step, **more: object) -> Form:
    return site.form(visit, f"/page/{step.id}", person.id, step.item, **more)


def _ask_which(
    site: Site, visit: Visit, person: Person, way: Way, step: Step, kept: Kept, posted: Payload
) -> Reply:
    form = _form(site, visit, person, step, values=visit.fields, revision=kept.revision)
    frame = _frame(site, visit, person, way, step)
    return Reply(site.pages.conflict(step, way, frame, form, kept.payload, posted), 409)


# -- keeping ------------------------------------------------------------------------------------


def _keep(
    site: Site,
    visit: Visit,
    person: Person,
    way: Way,
    step: Step,
    payload: Payload,
    token: FormToken,
) -> Outcome:
    if step.page.kind == "contact":
        _keep_contact(site, visit, person, step)
    seen = replace(visit.session, language=token.language, view=token.view)
    frame = _frame(site, replace(visit, session=seen), person, way, step)
    timing = timing_of(visit.fields, token, site.now_ms())
    if opened := opened_helps(visit.fields, dict.fromkeys(site.survey.study.attribute_ids)):
        timing["opened"] = opened
    posted = Answer(
        item=step.item,
        payload=payload,
        nonce=token.nonce,
        revision=_revision(visit),
        shown=shown_of(way, step, token, site.pages.fingerprint(step, way, frame)),
        timing=timing,
        language=token.language,
        mode=visit.session.mode or "web",
    )
    lease = site.survey.fieldwork.lease_minutes
    return site.store.answer(person.id, posted, lease_minutes=lease)


def _keep_contact(site: Site, visit: Visit, person: Person, step: Step) -> None:
    # before the answer that says so: a crash in between leaves a contact twice rather than none
    contact, _ = read_contact(visit.fields)
    if contact is not None and step.item not in person.answers:
        site.store.keep_contact(site.survey.id, contact.fields, contact.wish)


def _revision(visit: Visit) -> int:
    text = visit.posted("revision")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _with(person: Person, step: Step, kept: Kept) -> Person:
    return replace(person, answers={**person.answers, step.item: kept})


def _onward(site: Site, person: Person, step: Step) -> Reply:
    way = site.way(person)
    onward = after_answer(way, step)
    place = go(f"/page/{onward.step.id}")
    if onward.kind == "screened_out":
        site.store.finish(person.id, "screened_out", reason=onward.reason)
        return place
    for claim in claims(way, step):
        if not site.store.claim_quota(person.id, claim.quota, claim.cell, claim.limit):
            reason = f"{claim.quota}={claim.cell}"
            site.store.finish(person.id, "over_quota", reason=reason)
            return go(f"/page/{way.steps[-1].id}")
    return _complete(site, person, way, onward.step) if onward.kind == "completed" else place


def _complete(site: Site, person: Person, way: Way, end: Step) -> Reply:
    lease = site.survey.fieldwork.lease_minutes
    for item, counted in uncounted(way).items():
        kept = person.answers[item]
        trimmed = Answer(item, counted, f"counted {kept.revision}", kept.revision)
        site.store.answer(person.id, trimmed, lease_minutes=lease)
    for claim in claims(way):
        site.store.claim_quota(person.id, claim.quota, claim.cell, claim.limit)
    site.store.finish(person.id, "completed")
    return go(f"/page/{end.id}")
