"""The application: routes, guards, and nothing that knows what a survey asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from ccegov_choice.responses.records import Version
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.pages.pages import Pages
from ccegov_choice.survey.server import documents, entrance, interview, own_answers
from ccegov_choice.survey.server.admin.routes import admin_routes
from ccegov_choice.survey.server.endpoints import Endpoint, endpoint, reading
from ccegov_choice.survey.server.failures import http_failures
from ccegov_choice.survey.server.operations.health import health_routes
from ccegov_choice.survey.server.operations.request_log import RequestLog
from ccegov_choice.survey.server.operations.retention_clock import retention_clock
from ccegov_choice.survey.server.panel import origins
from ccegov_choice.survey.server.security import SecurityHeaders, security_headers
from ccegov_choice.survey.server.settings import ServerSettings
from ccegov_choice.survey.server.shelf import File, media_files, static_files
from ccegov_choice.survey.server.site import Site, utc_now
from ccegov_choice.survey.survey import Survey

# a request is milliseconds of Python: more threads than these only wait for each other
_THREADS = 8


def create_app(
    survey: Survey,
    store: ResponseStore,
    settings: ServerSettings,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> Starlette:
    """Return the application that serves a survey.

    Parameters
    ----------
    survey : Survey
        A valid survey.
    store : ResponseStore
        An open store; the application closes it when it ends.
    settings : ServerSettings
        How it is served.
    clock : callable
        Gives the time now, in UTC.
    """
    store.register(
        Version(
            survey.id,
            survey.sha256,
            survey.content,
            survey.tasks.blocks,
            survey.fieldwork.seed,
        )
    )
    site = Site(survey, store, settings, Pages(survey), clock)
    routes = [*_respondent_routes(site), *health_routes(store), *admin_routes(site)]
    headers = security_headers(settings, origins(survey))
    return Starlette(
        routes=[Mount(settings.base, routes=routes)] if settings.base else routes,
        middleware=[Middleware(RequestLog), Middleware(SecurityHeaders, headers=headers)],
        exception_handlers={HTTPException: http_failures(site, reading)},
        lifespan=_lifespan(site),
    )


def _respondent_routes(site: Site) -> list[BaseRoute]:
    both = ["GET", "POST"]
    static = static_files(site.pages.theme_css())
    return [
        Route("/", endpoint(site, entrance.welcome)),
        Route("/consent", endpoint(site, entrance.consent, entrance.agree), methods=both),
        Route("/page/{step}", endpoint(site, interview.show, interview.answer), methods=both),
        Route("/resume", endpoint(site, own_answers.resume, own_answers.take_up), methods=both),
        Route("/mine", endpoint(site, own_answers.mine, own_answers.use_mine), methods=both),
        Route("/privacy", endpoint(site, documents.privacy)),
        Route("/accessibility", endpoint(site, documents.accessibility)),
        Route("/favicon.ico", _no_icon),
        Route("/static/{path:path}", _files(static)),
        Route("/media/{path:path}", _files(media_files(site.survey))),
    ]


async def _no_icon(request: Request) -> Response:
    # browsers ask for one by themselves; none is better than a page that nothing was found
    return Response(status_code=204, headers={"Cache-Control": "public, max-age=86400"})


def _files(files: dict[str, File]) -> Endpoint:
    async def served(request: Request) -> Response:
        found = documents.file_response(request, files)
        if found is None:
            raise HTTPException(404)
        return found

    return served


def _lifespan(site: Site) -> Callable[[Starlette], Any]:
    @asynccontextmanager
    async def alive(app: Starlette) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = _THREADS
        try:
            async with retention_clock(site.survey, site.store, site.clock):
                yield
        finally:
            site.store.close()

    return alive
