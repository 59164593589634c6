"""Logging in and out."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ccegov_choice.errors import ResponseError
from ccegov_choice.survey.server.admin import sessions
from ccegov_choice.survey.server.admin.attempts import WINDOW_SECONDS
from ccegov_choice.survey.server.admin.desk import Desk
from ccegov_choice.survey.server.admin.gate import (
    Endpoint,
    Errand,
    end_session,
    posted_form,
    set_session,
)
from ccegov_choice.survey.server.admin.sessions import COOKIE

_LONGEST = 1000
_WRONG = "This name and this password do not belong together."
_OLD = "The form was open for too long. Please try again."
_OFTEN = f"Too many tries. Please wait {WINDOW_SECONDS // 60} minutes."
_BUSY = "Somebody else is logging in at this moment. Please try again."


def log_in(desk: Desk) -> Endpoint:
    """Return what shows and takes the log-in form."""

    async def answered(request: Request) -> Response:
        fields = await posted_form(desk, request)
        caller = request.client.host if request.client else ""
        try:
            if request.method == "POST":
                return await run_in_threadpool(_taken, desk, fields, caller)
            cookie = request.cookies.get(COOKIE, "")
            known = await run_in_threadpool(desk.session_of, cookie)
            return desk.go("") if known else _form(desk)
        except ResponseError as error:
            return desk.page("trouble.html", "The database does not answer", None, 503, error=error)

    return answered


def _form(desk: Desk, problem: str = "", status: int = 200) -> Response:
    token = sessions.log_in_token(desk.site.signer, desk.now)
    title = "Log in"
    return desk.page("log_in.html", title, None, status, problem=problem, log_in_token=token)


def _taken(desk: Desk, fields: Mapping[str, list[str]], caller: str) -> Response:
    name, password, token = (fields.get(key, [""])[-1] for key in ("name", "password", "token"))
    if not sessions.is_log_in_token(token, desk.site.signer, desk.now):
        return _form(desk, _OLD, 400)
    if not desk.attempts.allowed(caller):
        return _form(desk, _OFTEN, 429)
    if len(name) > _LONGEST or len(password) > _LONGEST:
        return _form(desk, _WRONG, 403)
    if not desk.hashing.acquire(blocking=False):
        return _form(desk, _BUSY, 429)
    try:
        admitted = desk.site.settings.administrators.admits(name, password)
    finally:
        desk.hashing.release()
    if not admitted:
        desk.attempts.failed(caller)
        # the name is not written down: people type passwords into the wrong field
        survey = desk.site.survey.id
        desk.site.store.log_action(survey, by="unknown", what="log-in refused")
        return _form(desk, _WRONG, 403)
    desk.attempts.succeeded(caller)
    session = sessions.begin(name, desk.now)
    desk.log(session, "log-in")
    response = desk.go("")
    set_session(desk, response, session)
    return response


def log_out(desk: Desk, errand: Errand) -> Response:
    """End the session, also for copies of its cookie."""
    desk.log(errand.session, "log-out", errand.session.id)
    response = desk.go("/log-in")
    end_session(desk, response)
    return response
