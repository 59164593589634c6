"""The interview: show a step, take its answer in, lead on."""

from __future__ import annotations

from dataclasses import replace

from ccegov_choice.responses.records import Answer, Person
from ccegov_choice.responses.refusals import NotTakingPart
from ccegov_choice.survey.answering import FieldProblem, read_form
from ccegov_choice.survey.judging import NO_LIMIT, after_answer, claims, step_to_show, uncounted
from ccegov_choice.survey.server import panel
from ccegov_choice.survey.server.form_token import FormToken
from ccegov_choice.survey.server.reply import Reply, go
from ccegov_choice.survey.server.site import Site
from ccegov_choice.survey.server.turn import Turn
from ccegov_choice.survey.server.visit import Visit
from ccegov_choice.survey.steps import Step, Way


def show(site: Site, visit: Visit) -> Reply:
    """Show a step, with the answer kept for it."""
    person = site.person(visit)
    if person is None:
        return go("/resume")
    way = site.way(person)
    if person.state != "started":
        return _ended(site, visit, person, way)
    step, asked_for = step_to_show(way, visit.values["step"])
    if not asked_for:
        return go(f"/page/{step.id}")
    if step.page.kind == "end":  # all is answered, and a crash kept it from being said
        return _complete(site, person, way, step)
    if visit.session.language != visit.sent.language:
        site.store.note(person.id, "language", {"to": visit.session.language, "step": step.id})
    return Turn(site, visit, person, way, step).page()


def answer(site: Site, visit: Visit) -> Reply:
    """Take in what was answered to a step."""
    person = site.person(visit)
    if person is None:
        return go("/resume")
    way = site.way(person)
    if person.state != "started":
        return go(f"/page/{way.steps[-1].id}")
    reached, asked_for = step_to_show(way, visit.values["step"])
    step = way.step(visit.values["step"])
    if step is None or step.page.kind == "end":
        return go(f"/page/{reached.id}")
    turn = Turn(site, visit, person, way, step)
    which = turn.which_token
    # a form that was shown to this person is taken also when a question before it is open again
    if token := which or turn.token:
        return _take_in(turn, token, asked_which=which is not None)
    if not asked_for:
        return go(f"/page/{reached.id}")
    # made for somebody else, perhaps the person before: nothing of it is repeated
    return turn.page((FieldProblem("", "error.expired"),))


def _take_in(turn: Turn, token: FormToken, *, asked_which: bool) -> Reply:
    visit, step, way = turn.visit, turn.step, turn.way
    which = visit.posted("which")
    if visit.posted("do") == "count":  # what it comes to, for those without JavaScript
        return turn.page((), visit.fields)
    if asked_which and which == "kept":
        return go(f"/page/{after_answer(way, step).step.id}")
    payload, problems = read_form(step, way, visit.fields, language=visit.session.language)
    if payload is None:
        return turn.page(problems, visit.fields)
    if asked_which and which != "posted":
        return turn.which_page(payload, (FieldProblem("which", "error.which"),))
    try:
        outcome = turn.keep(payload, token)
    except NotTakingPart:  # finished in another tab just now
        return go(f"/page/{way.steps[-1].id}")
    person = replace(turn.person, answers={**turn.person.answers, step.item: outcome.kept})
    if outcome.status == "conflict":
        return replace(turn, person=person, way=turn.site.way(person)).which_page(payload)
    return _onward(turn.site, person, step)


def _onward(site: Site, person: Person, step: Step) -> Reply:
    way = site.way(person)
    onward = after_answer(way, step)
    if onward.kind == "screened_out":
        site.store.finish(person.id, "screened_out", reason=onward.reason)
    elif full := _full_quota(site, person, way, step):
        site.store.finish(person.id, "over_quota", reason=full)
    elif onward.kind == "completed":
        return _complete(site, person, way, onward.step)
    else:
        return go(f"/page/{onward.step.id}")
    return go(f"/page/{way.steps[-1].id}")


def _full_quota(site: Site, person: Person, way: Way, step: Step) -> str:
    """Claim the places that an answer calls for; return the quota that has none left."""
    for claim in claims(way, step):
        if not site.store.claim_quota(person.id, claim.quota, claim.cell, claim.limit):
            return f"{claim.quota}={claim.cell}"
    return ""


def _complete(site: Site, person: Person, way: Way, end: Step) -> Reply:
    lease = site.survey.fieldwork.lease_minutes
    for item, counted in uncounted(way).items():
        kept = person.answers[item]
        trimmed = Answer(
            item,
            counted,
            nonce=f"counted {kept.revision}",
            revision=kept.revision,
            shown={"answered_in": kept.revision},
            language=person.language,
            mode=person.mode,
        )
        site.store.answer(person.id, trimmed, lease_minutes=lease)
    for claim in claims(way):  # again, in case a crash came between answer and claim
        site.store.claim_quota(person.id, claim.quota, claim.cell, NO_LIMIT)
    site.store.finish(person.id, "completed")
    return go(f"/page/{end.id}")


def _ended(site: Site, visit: Visit, person: Person, way: Way) -> Reply:
    """Show how it ended, or send a panel's member back to the panel."""
    if back := panel.way_back(site, person):
        return go(back)
    last = way.steps[-1]
    if visit.path != f"/page/{last.id}":
        return go(f"/page/{last.id}")
    frame = site.frame(visit, person, finished=True)
    if person.state != "completed":
        return Reply(site.pages.notice(person.state, frame))
    form = site.form(visit, visit.path, person.id, last.item)
    return Reply(site.pages.step(last, way, frame, form))
