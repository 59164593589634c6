"""The page of metrics: for a machine with the token, and for nobody where none is set."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ccegov_choice.errors import ResponseError
from ccegov_choice.survey.server.admin.desk import Desk
from ccegov_choice.survey.server.operations.metrics import (
    MEDIA_TYPE,
    may_read,
    metrics_text,
    metrics_token,
)


def metrics(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a monitor."""
    token = metrics_token()
    survey, store = desk.site.survey.id, desk.site.store

    def text() -> str:
        return metrics_text(store.counts(survey), store.field_state(survey))

    async def answered(request: Request) -> Response:
        if not may_read(request.headers.get("authorization", ""), token):
            raise HTTPException(404)
        try:
            return PlainTextResponse(await run_in_threadpool(text), media_type=MEDIA_TYPE)
        except ResponseError as error:
            raise HTTPException(503) from error

    return answered
