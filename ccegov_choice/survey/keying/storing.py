"""Forms that two people keyed alike go into the store, each once, as if answered there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ccegov_choice.responses.records import Answer, Outcome, Person, Start, State, Version
from ccegov_choice.survey.judging import NO_LIMIT, claims
from ccegov_choice.survey.keying.form_answers import FormAnswers
from ccegov_choice.survey.steps import Payload, Way
from ccegov_choice.survey.survey import Survey


class Store(Protocol):
    """What keyed forms need of a store of answers."""

    def register(self, version: Version) -> None:
        """Keep what a version consists of."""

    def start(self, version_sha256: str, start: Start, *, lease_minutes: int) -> Person:
        """Let somebody begin; the same nonce gives the same person."""

    def answer(self, person_id: str, answer: Answer, *, lease_minutes: int) -> Outcome:
        """Keep an answer."""

    def finish(self, person_id: str, state: State, *, reason: str = "") -> Person:
        """End an interview."""

    def claim_quota(self, person_id: str, quota: str, cell: str, limit: int) -> bool:
        """Claim one of a quota cell's interviews."""


@dataclass(frozen=True)
class Stored:
    """What became of forms.

    Parameters
    ----------
    new : tuple of int
        Stored now.
    known : tuple of int
        Stored before, with the same answers.
    changed : tuple of int
        Stored before with other answers, which were left as they are.
    clashing : tuple of int
        Not stored, because a form of this number is stored with another block: the number was
        printed twice.
    past_quota : tuple of int
        Of the new ones, those in a quota that was full: the interview has been given, so it
        counts all the same.
    refused : tuple of int
        Not stored, because the consent is not ticked.
    blank : tuple of int
        Not stored, because nothing is answered.
    """

    new: tuple[int, ...] = ()
    known: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    clashing: tuple[int, ...] = ()
    past_quota: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    blank: tuple[int, ...] = ()


def store_forms(
    store: Store, survey: Survey, forms: Iterable[FormAnswers], *, keyed_by: str = ""
) -> Stored:
    """Store forms; storing the same ones again changes nothing.

    Parameters
    ----------
    store : ResponseStore
        Where answers are kept.
    survey : Survey
        The survey.
    forms : iterable of FormAnswers
        What both entries agree on.
    keyed_by : str
        Who keyed them, or where.
    """
    version = Version(
        survey.id, survey.sha256, survey.content, survey.tasks.blocks, survey.fieldwork.seed
    )
    store.register(version)
    found: dict[str, list[int]] = {}
    for form in forms:
        for outcome in _store(store, survey, form, keyed_by):
            found.setdefault(outcome, []).append(form.form.form)
    return Stored(**{outcome: tuple(numbers) for outcome, numbers in found.items()})


def _store(store: Store, survey: Survey, read: FormAnswers, keyed_by: str) -> Iterator[str]:
    """Store a form, and yield what `Stored` calls what became of it."""
    if not read.agreed:
        yield "refused"
        return
    if read.blank:
        yield "blank"
        return
    form, lease = read.form, survey.fieldwork.lease_minutes
    nonce = f"paper:{survey.id}:{survey.sha256[:8]}:{form.form}"
    start = Start(
        nonce,
        form.language,
        mode=form.mode,
        panel={"form": str(form.form)},
        interviewer=keyed_by,
        block=form.block,
        seed=form.seed,
    )
    person = store.start(survey.sha256, start, lease_minutes=lease)
    if person.block != form.block:
        yield "clashing"
        return
    if person.state != "started":
        yield "known" if _same(person, read.answers) else "changed"
        return
    for item, payload in read.answers.items():
        store.answer(
            person.id,
            Answer(
                item,
                payload,
                f"{nonce}:{item}",
                shown=_shown(survey, read, item),
                language=form.language,
                mode=form.mode,
            ),
            lease_minutes=lease,
        )
    if read.screened_out:
        store.finish(person.id, "screened_out", reason=read.screened_out)
        yield "new"
        return
    full = [
        claim
        for claim in claims(Way(survey, form.block, form.seed, read.answers))
        if not store.claim_quota(person.id, claim.quota, claim.cell, claim.limit)
    ]
    for claim in full:
        store.claim_quota(person.id, claim.quota, claim.cell, NO_LIMIT)
    store.finish(person.id, "completed")
    yield "new"
    if full:
        yield "past_quota"


def _same(person: Person, answers: Mapping[str, Payload]) -> bool:
    kept = {item: dict(answer.payload) for item, answer in person.answers.items()}
    return kept == {item: dict(payload) for item, payload in answers.items()}


def _shown(survey: Survey, read: FormAnswers, item: str) -> dict[str, Any]:
    """Return what was seen, as our own server records it, from the form's number."""
    form = read.form
    found: dict[str, Any] = {"language": form.language}
    kind, _, id = item.partition(":")
    orders = Way(survey, form.block, form.seed, {}).arrangement
    if kind in ("task", "follow") and id in orders.offers:
        found.update(
            view="table",
            number=orders.tasks.index(id) + 1,
            attributes=list(orders.attributes),
            offers=list(orders.offers[id]),
        )
    return found
