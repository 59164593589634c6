"""Pages for what went wrong, in the person's language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ccegov_choice.survey.pages.frame import Form
from ccegov_choice.survey.server.reply import Reply
from ccegov_choice.survey.server.site import Site
from ccegov_choice.survey.server.visit import Visit

RETRY_SECONDS = 10
_KINDS = {404: "not_found", 405: "not_found", 429: "too_many"}

Handler = Callable[[Request, Exception], Awaitable[Response]]


def failure(site: Site, visit: Visit, status: int, **facts: Any) -> Reply:
    """Return the page of a status."""
    kind = _KINDS.get(status, "broken")
    headers = {"Retry-After": str(facts["seconds"])} if "seconds" in facts else {}
    return Reply(site.pages.notice(kind, site.frame(visit), **facts), status, headers=headers)


def unavailable(site: Site, visit: Visit) -> Reply:
    """Say that answers cannot be kept now; the form goes along, to be sent again as it was.

    It keeps its nonce: if the answer was kept after all, sending it again changes nothing.
    """
    frame = site.frame(visit)
    if visit.fields:
        form = Form(site.settings.base + visit.path, nonce="", values=visit.fields)
        page = site.pages.unavailable(frame, form)
    else:
        page = site.pages.notice("broken", frame)
    return Reply(page, 503, headers={"Retry-After": str(RETRY_SECONDS)})


def http_failures(site: Site, reading: Callable[[Site, Request], Visit]) -> Handler:
    """Return the handler of everything that is no page of ours: 404, 405, 413 and the like."""

    async def handled(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        visit = reading(site, request)
        reply = await run_in_threadpool(failure, site, visit, error.status_code)
        response = reply.response(site.settings.base)
        response.headers.update(error.headers or {})
        return response

    return handled
