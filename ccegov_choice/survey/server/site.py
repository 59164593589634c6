"""A survey being served: what every view works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ccegov_choice.responses.records import FieldState, Ledger, Person
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.pages.frame import Form, Frame
from ccegov_choice.survey.pages.pages import Pages
from ccegov_choice.survey.server import form_token
from ccegov_choice.survey.server.form_token import FormToken
from ccegov_choice.survey.server.person_code import code_hash, code_of
from ccegov_choice.survey.server.rate_limits import RateLimiter
from ccegov_choice.survey.server.settings import ServerSettings
from ccegov_choice.survey.server.signing import Signer
from ccegov_choice.survey.server.visit import Visit
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey

_FIELD_STATE_FOR = timedelta(seconds=2)


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Site:
    """A survey being served.

    Parameters
    ----------
    survey : Survey
        The survey.
    store : ResponseStore
        Where answers are kept.
    settings : ServerSettings
        How it is served.
    pages : Pages
        Its pages.
    clock : callable
        Gives the time now, in UTC.
    """

    survey: Survey
    store: ResponseStore
    settings: ServerSettings
    pages: Pages
    clock: Callable[[], datetime] = utc_now
    signer: Signer = field(init=False)
    limiter: RateLimiter = field(init=False, default_factory=RateLimiter)
    _field_state: dict[str, tuple[datetime, FieldState]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "signer", Signer(self.settings.key))

    # -- people -----------------------------------------------------------------------------

    def person(self, visit: Visit) -> Person | None:
        """Return who this is; None before they agree, and once their answers are erased."""
        return self.store.person(visit.session.person) if visit.session.person else None

    def way(self, person: Person) -> Way:
        """Return a person's way, with what they have answered."""
        answers = {item: kept.payload for item, kept in person.answers.items()}
        return Way(self.survey, person.block, person.seed, answers)

    def code(self, person: str) -> str:
        """Return a person's code."""
        return code_of(self.signer, person)

    def code_hash(self, code: str) -> str:
        """Return what is kept of a code."""
        return code_hash(self.signer, code)

    def now_ms(self) -> int:
        """Return the time now, in milliseconds since 1970."""
        return round(self.clock().timestamp() * 1000)

    # -- the field --------------------------------------------------------------------------

    def field_state(self, visit: Visit) -> FieldState:
        """Return whether this visitor could start; asked of the store every two seconds at most.

        Previews and robots always can.
        """
        if self.ledger(visit) != "live":
            return "open"
        now, closes = self.clock(), self.survey.retention.closes
        if closes and now.date().isoformat() > closes:
            return "closed"
        known = self._field_state.get("")
        if known is None or abs(now - known[0]) >= _FIELD_STATE_FOR:
            known = self._field_state[""] = (now, self.store.field_state(self.survey.id))
        return known[1]

    # -- pages ------------------------------------------------------------------------------

    def frame(self, visit: Visit, person: Person | None = None, **facts: Any) -> Frame:
        """Return what surrounds a page."""
        session = visit.session
        return Frame(
            language=session.language,
            view=session.view or self.survey.task_settings.view,
            mode=session.mode or "web",
            base=self.settings.base,
            here=visit.path,
            code=self.code(person.id) if person else "",
            preview=self.ledger(visit) != "live",
            highlight=self.survey.task_settings.highlight,
            **facts,
        )

    def ledger(self, visit: Visit) -> Ledger:
        """Return the book that this visitor's answers stand in."""
        return visit.session.ledger or self.settings.ledger

    def form(self, visit: Visit, action: str, subject: str, item: str, **more: Any) -> Form:
        """Return a form that its subject can post once."""
        view = visit.session.view or self.survey.task_settings.view
        shown = (self.now_ms(), visit.session.language, view)
        action = self.settings.base + action
        return Form(action, form_token.issue(self.signer, subject, item, shown), **more)

    def token(self, visit: Visit, subject: str, item: str) -> FormToken | None:
        """Return what a posted form was made for; None if not by us, for this."""
        return form_token.read(self.signer, visit.posted("nonce"), subject, item)
