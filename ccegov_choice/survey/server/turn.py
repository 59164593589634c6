"""One person's turn at one step: the page they get, and keeping what they answered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ccegov_choice.responses.records import Answer, Outcome, Person
from ccegov_choice.survey.answering import FieldProblem, Fields, fields_of
from ccegov_choice.survey.answers.contact import read_contact
from ccegov_choice.survey.pages.frame import Form, Frame
from ccegov_choice.survey.server.form_token import FormToken
from ccegov_choice.survey.server.paradata import shown_of, timing_of
from ccegov_choice.survey.server.reply import CONFLICT, PUT_RIGHT, Reply
from ccegov_choice.survey.server.site import Site
from ccegov_choice.survey.server.visit import Visit
from ccegov_choice.survey.steps import Payload, Step, Way

Problems = tuple[FieldProblem, ...]
_CONTACT = "contact"
"""Kind of event: that a contact was left with a form, and not which."""


@dataclass(frozen=True)
class Turn:
    """One person's turn at one step.

    Parameters
    ----------
    site : Site
        The survey being served.
    visit : Visit
        What was asked for or posted.
    person : Person
        Who it is.
    way : Way
        Their way, with the answers they have given.
    step : Step
        Where they are.
    """

    site: Site
    visit: Visit
    person: Person
    way: Way
    step: Step

    # -- tokens -----------------------------------------------------------------------------

    @property
    def token(self) -> FormToken | None:
        """What the posted form was made for, if it was made for this."""
        return self.site.token(self.visit, self.person.id, self.step.item)

    @property
    def which_token(self) -> FormToken | None:
        """The same for the form that asks which of two answers counts."""
        return self.site.token(self.visit, self.person.id, self._which)

    @property
    def _which(self) -> str:
        return f"which {self.step.item}"

    # -- pages ------------------------------------------------------------------------------

    def page(self, problems: Problems = (), posted: Fields | None = None) -> Reply:
        """Show the step with the answer kept for it, or what was posted and is to be put right."""
        kept = self.person.answers.get(self.step.item)
        values: Fields = fields_of(self.step, kept.payload) if kept else {}
        revision = kept.revision if kept else 0
        if posted is not None:
            values, revision = posted, revision_of(self.visit)
        form = self._form(self.step.item, values, revision, problems)
        page = self.site.pages.step(self.step, self.way, self._frame(self.visit), form)
        return Reply(page, PUT_RIGHT if problems else 200)

    def which_page(self, posted: Payload, problems: Problems = ()) -> Reply:
        """Ask which of two answers counts: the one kept, or the one just posted."""
        kept = self.person.answers[self.step.item]
        form = self._form(self._which, self.visit.fields, kept.revision, problems)
        frame = self._frame(self.visit)
        page = self.site.pages.conflict(self.step, self.way, frame, form, kept.payload, posted)
        return Reply(page, CONFLICT)

    def _form(self, item: str, values: Fields, revision: int, problems: Problems) -> Form:
        return self.site.form(
            self.visit,
            f"/page/{self.step.id}",
            self.person.id,
            item,
            values=values,
            revision=revision,
            problems=problems,
        )

    def _frame(self, visit: Visit) -> Frame:
        before = self.way.before(self.step)
        back = f"/page/{before.id}" if before else ""
        return self.site.frame(visit, self.person, back=back, progress=self.way.progress)

    # -- keeping ----------------------------------------------------------------------------

    def keep(self, payload: Payload, token: FormToken) -> Outcome:
        """Keep an answer, with what was seen; a contact goes where contacts are kept."""
        if self.step.page.kind == "contact":
            self._keep_contact(payload, token)
        posted = Answer(
            item=self.step.item,
            payload=payload,
            nonce=token.nonce,
            revision=revision_of(self.visit),
            shown=self._shown(token),
            timing=timing_of(self.visit.fields, token, self.site.now_ms()),
            language=token.language,
            mode=self.visit.session.mode or "web",
        )
        lease = self.site.survey.fieldwork.lease_minutes
        return self.site.store.answer(self.person.id, posted, lease_minutes=lease)

    def _shown(self, token: FormToken) -> dict[str, object]:
        # the page as it was, also if language or view were switched in another tab since
        session = replace(self.visit.session, language=token.language, view=token.view)
        frame = self._frame(replace(self.visit, session=session))
        fingerprint = self.site.pages.fingerprint(self.step, self.way, frame)
        began_with = self.person.version
        return shown_of(self.way, self.step, token, fingerprint=fingerprint, began_with=began_with)

    def _keep_contact(self, payload: Payload, token: FormToken) -> None:
        """Keep a contact once for each form: one that is corrected stands beside the first.

        Contacts do not say whose they are, so the first cannot be found and replaced.
        """
        contact, _ = read_contact(self.visit.fields)
        if contact is None or self._is_asked_which(payload) or self._took_contact_of(token):
            return
        store, id = self.site.store, self.person.id
        # before the record and the answer: a crash in between leaves a contact twice, not none
        store.keep_contact(self.site.survey.id, contact.fields, contact.wish)
        store.note(id, _CONTACT, {"form": token.nonce})

    def _is_asked_which(self, payload: Payload) -> bool:
        kept = self.person.answers.get(self.step.item)
        if kept is None or kept.revision == revision_of(self.visit):
            return False
        return dict(kept.payload) != dict(payload)

    def _took_contact_of(self, token: FormToken) -> bool:
        happened = self.site.store.own_answers(self.person.id).get("events", ())
        return any(
            event["kind"] == _CONTACT and event["payload"].get("form") == token.nonce
            for event in happened
        )


def revision_of(visit: Visit) -> int:
    """Return which answer the posted form was filled with; 0 for none."""
    text = visit.posted("revision")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
