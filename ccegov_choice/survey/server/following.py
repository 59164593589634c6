"""A preview that follows its author: when a file of the survey changes, it is read anew."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ccegov_choice.errors import ChoiceError
from ccegov_choice.survey.survey import Survey

_PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Not readable</title>
<h1>The survey cannot be read</h1><pre>{problems}</pre><p>Mend the file and load this page again.
"""


class FollowingApp:
    """ASGI application of a survey that is still being written.

    A survey that cannot be read shows its problems instead, each with file, line and cure; one
    that `Survey.check` objects to is served all the same.

    Parameters
    ----------
    folder : str or Path
        The survey's folder.
    make_app : callable
        Makes the application of a survey.
    """

    def __init__(self, folder: str | Path, make_app: Callable[[Survey], ASGIApp]) -> None:
        self._folder = Path(folder)
        self._make_app = make_app
        self._state: tuple[tuple[str, int], ...] = ()
        self._app: ASGIApp = self._not_readable("nothing was read yet")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the survey anew if a file has changed, and pass the request on."""
        if scope["type"] == "lifespan":
            await _alive(receive, send)
            return
        state = await run_in_threadpool(self._look)
        if state != self._state:
            self._app = await run_in_threadpool(self._read)
            self._state = state
        await self._app(scope, receive, send)

    def _look(self) -> tuple[tuple[str, int], ...]:
        files = (path for path in self._folder.rglob("*") if path.is_file())
        return tuple(sorted((str(path), path.stat().st_mtime_ns) for path in files))

    def _read(self) -> ASGIApp:
        try:
            return self._make_app(Survey.read(self._folder))
        except ChoiceError as error:
            return self._not_readable(str(error))

    def _not_readable(self, problems: str) -> ASGIApp:
        return HTMLResponse(_PAGE.format(problems=html.escape(problems)), 500)


async def _alive(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
