"""One JSON line for each request: what an operator needs, and nothing about who it was."""

from __future__ import annotations

import json
import logging
import os
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGGER = logging.getLogger("ccegov_choice.survey.requests")
UNMATCHED = "unmatched"
"""Route of requests that no route takes: their path may hold anything and is not written."""


class RequestLog:
    """ASGI middleware that logs requests without address, browser, query, cookie or person.

    A line holds ``time`` (UTC), ``request`` (random), ``method``, ``route`` (the template, such as
    ``/page/{step}``, never the path), ``status``, ``ms``, ``bytes`` (of the answer) and
    ``worker`` (process id). The random id is also sent as the header ``X-Request-Id``, so that
    somebody can quote it when something went wrong.

    Parameters
    ----------
    app : ASGI application
        What is logged.
    logger : logging.Logger
        Where lines go, at level INFO; at ERROR when the application broke.
    """

    def __init__(self, app: ASGIApp, logger: logging.Logger = LOGGER) -> None:
        self._app = app
        self._logger = logger
        self._worker = os.getpid()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and log it when its answer is sent."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = secrets.token_hex(8)
        began = time.perf_counter()
        status, size = 500, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", request.encode())]
                message = {**message, "headers": headers}
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        broke = True
        try:
            await self._app(scope, receive, counted)
            broke = False
        finally:
            self._logger.log(
                logging.ERROR if broke else logging.INFO,
                "%s %s",
                scope["method"],
                status,
                extra={
                    "fields": {
                        "request": request,
                        "method": _method(scope["method"]),
                        "route": route_of(scope),
                        "status": status,
                        "ms": round((time.perf_counter() - began) * 1000, 1),
                        "bytes": size,
                        "worker": self._worker,
                    }
                },
            )


def route_of(scope: Scope) -> str:
    """Return the template of the route that took a request, such as ``/page/{step}``."""
    return str(getattr(scope.get("route"), "path", UNMATCHED)) or "/"


def _method(method: str) -> str:
    """Return a method that HTTP knows; callers can send any word as one."""
    known = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT")
    return method if method in known else "other"


class JsonLines(logging.Formatter):
    """Writes a log record as one line of JSON; `extra={"fields": {...}}` becomes its keys.

    Exceptions are written as type and place, not as text: messages of databases repeat what was
    to be stored, which may be an answer.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            line.update(fields)
        else:
            line["message"] = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _place(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


def _place(trace: TracebackType | None) -> str:
    """Return file and line where an exception was raised."""
    place = ""
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename).name
        place = f"{file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def log_as_json_lines(level: int = logging.INFO) -> None:
    """Send the survey's log to standard error as JSON lines; for the process of a server."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("ccegov_choice.survey")
    logger.handlers = [handler]
    logger.setLevel(level)
    logger.propagate = False
