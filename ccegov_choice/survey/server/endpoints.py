"""Between HTTP and the views: reads a request, runs the view in a thread, keeps the cookie."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ccegov_choice.errors import ResponseError
from ccegov_choice.survey.server.compression import compress
from ccegov_choice.survey.server.failures import failure, unavailable
from ccegov_choice.survey.server.reply import Reply
from ccegov_choice.survey.server.security import from_here
from ccegov_choice.survey.server.session import COOKIE, KEPT_FOR, Session, pack, unpack
from ccegov_choice.survey.server.site import Site
from ccegov_choice.survey.server.visit import Visit, form_of, preferred, query_of
from ccegov_choice.survey.settings import VIEWS, View

ViewOf = Callable[[Site, Visit], Reply]
Endpoint = Callable[[Request], Awaitable[Response]]
LOGGER = logging.getLogger("ccegov_choice.survey.server")


def endpoint(site: Site, show: ViewOf, take: ViewOf | None = None) -> Endpoint:
    """Return what answers requests for an address.

    Parameters
    ----------
    site : Site
        The survey being served.
    show : callable
        View of GET.
    take : callable, optional
        View of POST.
    """

    async def answered(request: Request) -> Response:
        visit = await _read(site, request)
        posted = request.method == "POST"
        view = take if posted and take is not None else show
        reply = await run_in_threadpool(_run, view, site, visit)
        return compress(finished(site, visit, reply), request.headers)

    return answered


def _run(view: ViewOf, site: Site, visit: Visit) -> Reply:
    limit = site.settings.limits.requests
    if wait := site.limiter.seconds_to_wait("request", visit.address, limit, 60.0):
        return failure(site, visit, 429, seconds=wait)
    try:
        return view(site, visit)
    except ResponseError as error:
        LOGGER.error(
            "answers cannot be kept",
            extra={"fields": {"event": "unavailable", "problem": error.problem}},
        )
        return unavailable(site, visit)
    except Exception:  # the last line of defence: people get a page, operators get the place
        LOGGER.exception("a page broke")
        return failure(site, visit, 500)


def reading(site: Site, request: Request) -> Visit:
    """Read a request without its form; what it says of language and view goes into the session."""
    sent = unpack(request.cookies.get(COOKIE, ""), site.signer)
    visit = Visit(
        path=request.url.path.removeprefix(site.settings.base) or "/",
        session=sent,
        sent=sent,
        query=query_of(request),
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", "")[:400],
        values={name: str(value) for name, value in request.path_params.items()},
    )
    return replace(visit, session=_reading(site, visit, request))


async def _read(site: Site, request: Request) -> Visit:
    visit = reading(site, request)
    if request.method != "POST":
        return visit
    host = request.headers.get("host", "")
    if not from_here(request.headers, site.settings.origin, host):
        raise HTTPException(403)
    return replace(visit, fields=await form_of(request, site.settings.limits.body_bytes))


def _reading(site: Site, visit: Visit, request: Request) -> Session:
    session, languages = visit.session, site.survey.languages
    if (language := visit.asked("lang")) in languages:
        session = replace(session, language=language)
    elif session.language not in languages:
        accepted = request.headers.get("accept-language", "")
        session = replace(session, language=preferred(accepted, languages))
    if (view := visit.asked("view")) in VIEWS:
        session = replace(session, view=cast(View, view))
    return session


def finished(site: Site, visit: Visit, reply: Reply) -> Response:
    """Return the response, with the session's cookie where it has changed."""
    response = reply.response(site.settings.base)
    session = reply.session or visit.session
    if session != visit.sent and _worth_keeping(site, session):
        kept_for = None if session.mode in ("kiosk", "interviewer") else KEPT_FOR
        response.set_cookie(
            COOKIE,
            pack(session, site.signer),
            max_age=kept_for,
            path=site.settings.base or "/",
            secure=site.settings.secure,
            httponly=True,
            samesite="lax",
        )
    return response


def _worth_keeping(site: Site, session: Session) -> bool:
    # whoever only looks gets no cookie: the browser itself asks for its language each time
    return session != Session(language=session.language) or len(site.survey.languages) > 1
