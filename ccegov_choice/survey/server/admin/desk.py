"""What every administration page works with: the survey, its store, who may come in."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, RedirectResponse, Response

from ccegov_choice.study.wording import wording
from ccegov_choice.survey.pages.style import marked, static_address
from ccegov_choice.survey.server.admin import sessions
from ccegov_choice.survey.server.admin.attempts import LogInAttempts
from ccegov_choice.survey.server.admin.sessions import AdminSession
from ccegov_choice.survey.server.site import Site

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
STYLE = (_HERE / "admin.css").read_bytes()
"""Style of the administration pages; tables and buttons are those of the survey."""

NAVIGATION = (
    ("", "Overview"),
    ("/pages", "Pages"),
    ("/places", "Places"),
    ("/downloads", "Downloads"),
    ("/field", "Open and close"),
    ("/records", "Records"),
)


@dataclass(frozen=True)
class Desk:
    """An administration.

    Parameters
    ----------
    site : Site
        The survey being served.
    attempts : LogInAttempts
        Failed log-ins.
    hashing : threading.Lock
        One password is hashed at a time, so that log-ins never take the processor from people
        who answer.
    """

    site: Site
    attempts: LogInAttempts = field(default_factory=LogInAttempts)
    hashing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base(self) -> str:
        """What stands before every address of the administration."""
        return f"{self.site.settings.base}/admin"

    @property
    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.site.clock().timestamp())

    @property
    def over(self) -> bool:
        """Whether the last day has passed: nobody can begin then, whatever the field's state."""
        closes = self.site.survey.retention.closes
        return bool(closes) and self.site.clock().date().isoformat() > closes

    def log(self, session: AdminSession, what: str, detail: str = "") -> None:
        """Write down what somebody does."""
        self.site.store.log_action(self.site.survey.id, by=session.name, what=what, detail=detail)

    def session_of(self, cookie: str) -> AdminSession | None:
        """Return the session of a cookie: ours, not ended, and not logged out."""
        session = sessions.unpack(cookie, self.site.signer, self.now)
        if session is None or session.name not in self.site.settings.administrators.hashes:
            return None
        survey = self.site.survey.id
        if self.site.store.was_done(survey, what="log-out", detail=session.id):
            return None
        return session

    # -- pages ------------------------------------------------------------------------------

    @cached_property
    def _templates(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        made = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        made.filters["moment"] = _moment
        return made

    def page(
        self,
        template: str,
        title: str,
        session: AdminSession | None = None,
        status: int = 200,
        **values: Any,
    ) -> Response:
        """Return a page."""
        survey = self.site.survey
        owner = wording(survey.owner.name, survey.language)
        text = self._templates.get_template(template).render(
            title=title,
            survey=wording(survey.title, survey.language),
            owner=owner,
            base=self.base,
            styles=(
                f"{self.site.settings.base}/static/{static_address('govuk-ltr.css')}",
                f"{self.site.settings.base}/static/theme.css",
                f"{self.base}/{marked('admin.css', STYLE)}",
            ),
            navigation=NAVIGATION if session else (),
            name=session.name if session else "",
            token=sessions.form_token(session, self.site.signer) if session else "",
            **values,
        )
        return HTMLResponse(text, status)

    def go(self, to: str) -> Response:
        """Lead to another page of the administration, to be asked for anew."""
        return RedirectResponse(f"{self.base}{to}", 303)


def _moment(at: datetime) -> str:
    """Write a time for people to read."""
    return at.astimezone(UTC).strftime("%-d %B %Y, %H:%M UTC")
