"""`/health` says that the process answers, `/ready` that the database can be written."""

from __future__ import annotations

from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ccegov_choice._version import __version__
from ccegov_choice.errors import ResponseError

_FRESH = {"Cache-Control": "no-store"}


class CanBeReady(Protocol):
    """What is asked of a store."""

    def ready(self) -> None:
        """Raise `ResponseError` if nothing can be written, or tables are of another version."""


def health_routes(store: CanBeReady) -> list[Route]:
    """Return the routes ``/health`` and ``/ready``.

    Parameters
    ----------
    store : object with `ready`
        The store whose health is asked. Both answers are JSON; a refusal does not say why to
        strangers, the log does.
    """

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "alive", "version": __version__}, headers=_FRESH)

    async def ready(request: Request) -> Response:
        try:
            await run_in_threadpool(store.ready)
        except ResponseError as error:
            _log_refusal(error)
            headers = {**_FRESH, "Retry-After": "10"}
            return JSONResponse({"status": "not ready"}, status_code=503, headers=headers)
        return JSONResponse({"status": "ready"}, headers=_FRESH)

    return [Route("/health", health), Route("/ready", ready)]


def _log_refusal(error: ResponseError) -> None:
    from ccegov_choice.survey.server.operations.request_log import LOGGER

    LOGGER.error(
        "not ready", extra={"fields": {"event": "not ready", "cure": error.problems[0].cure}}
    )
