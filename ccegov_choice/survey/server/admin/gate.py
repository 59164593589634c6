"""Between HTTP and the administration's views: nobody passes without a session and a token."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ccegov_choice.errors import ResponseError
from ccegov_choice.survey.server.admin import sessions
from ccegov_choice.survey.server.admin.desk import Desk
from ccegov_choice.survey.server.admin.sessions import COOKIE, AdminSession
from ccegov_choice.survey.server.security import from_here
from ccegov_choice.survey.server.visit import form_of, query_of

MOST_BYTES = 16 * 1024
LOGGER = logging.getLogger("ccegov_choice.survey.server.admin")


@dataclass(frozen=True)
class Errand:
    """What an administrator asks for.

    Parameters
    ----------
    session : AdminSession
        Who asks.
    query, fields : mapping of str to list of str
        Parameters of the address, and the form.
    """

    session: AdminSession
    query: Mapping[str, list[str]] = field(default_factory=dict)
    fields: Mapping[str, list[str]] = field(default_factory=dict)

    def asked(self, name: str, default: str = "") -> str:
        """Return a parameter of the address."""
        return self.query.get(name, [default])[-1]

    def posted(self, name: str) -> str:
        """Return a field of the form; empty if there is none."""
        return self.fields.get(name, [""])[-1]


View = Callable[[Desk, Errand], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(desk: Desk, show: View, take: View | None = None) -> Endpoint:
    """Return what answers requests for a page of the administration.

    Parameters
    ----------
    desk : Desk
        The administration.
    show : callable
        View of GET.
    take : callable, optional
        View of POST; its forms must carry the session's token.
    """

    async def answered(request: Request) -> Response:
        return await run_in_threadpool(_answer, desk, request, await posted_form(desk, request))

    def _answer(desk: Desk, request: Request, fields: Mapping[str, list[str]]) -> Response:
        try:
            session = desk.session_of(request.cookies.get(COOKIE, ""))
            if session is None:
                return desk.go("/log-in")
            return _keep(desk, session, _viewed(session, request, fields))
        except ResponseError as error:
            return desk.page("trouble.html", "The database does not answer", None, 503, error=error)
        except Exception:  # the last line of defence: a page here, the place in the log
            LOGGER.exception("an administration page broke")
            return desk.page("broken.html", "This page is broken", None, 500)

    def _viewed(
        session: AdminSession, request: Request, fields: Mapping[str, list[str]]
    ) -> Response:
        errand = Errand(session, query_of(request), fields)
        if request.method != "POST" or take is None:
            return show(desk, errand)
        if not sessions.is_form_token(errand.posted("token"), session, desk.site.signer):
            return desk.page("stale.html", "Please try again", session, 403)
        return take(desk, errand)

    return answered


async def posted_form(desk: Desk, request: Request) -> dict[str, list[str]]:
    """Return the form of a POST; 403 if another site sent it."""
    if request.method != "POST":
        return {}
    host = request.headers.get("host", "")
    if not from_here(request.headers, desk.site.settings.origin, host):
        raise HTTPException(403)
    return await form_of(request, MOST_BYTES)


def _keep(desk: Desk, session: AdminSession, response: Response) -> Response:
    """Put the session's end off, unless the view has set or deleted the cookie itself."""
    if "set-cookie" not in response.headers:
        set_session(desk, response, session.seen_at(desk.now))
    return response


def set_session(desk: Desk, response: Response, session: AdminSession) -> None:
    """Give the browser a session: for this site's own requests, gone when the browser closes."""
    response.set_cookie(
        COOKIE,
        sessions.pack(session, desk.site.signer),
        path=desk.base,
        secure=desk.site.settings.secure,
        httponly=True,
        samesite="strict",
    )


def end_session(desk: Desk, response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        COOKIE, path=desk.base, secure=desk.site.settings.secure, httponly=True, samesite="strict"
    )
