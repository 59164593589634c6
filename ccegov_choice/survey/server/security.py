"""Security headers of every response, and the guards before every request."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ccegov_choice.survey.server.settings import ServerSettings

_SAME = ("same-origin", "none")


def security_headers(settings: ServerSettings, form_targets: tuple[str, ...]) -> dict[str, str]:
    """Return the headers that every response carries.

    Parameters
    ----------
    settings : ServerSettings
        Says whether the connection is encrypted.
    form_targets : tuple of str
        Other sites that a form may end at: browsers apply ``form-action`` to redirects too, and a
        panel's members are sent back to the panel.
    """
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self'",
        "form-action": " ".join(["'self'", *form_targets]),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # "no-referrer" would have browsers send "Origin: null" with our own forms
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
    }
    if settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


class SecurityHeaders:
    """ASGI middleware that adds headers, unless the response has its own; pages are not kept.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    headers : mapping of str to str
        See `security_headers`.
    """

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = {"Cache-Control": "no-store", **headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add headers to its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)


def from_here(headers: Headers, origin: str, host: str) -> bool:
    """Say whether a form was posted by a page of ours.

    Old browsers send neither header, and some send ``Origin: null``; the signed form decides then.

    Parameters
    ----------
    headers : Headers
        Of the request.
    origin : str
        Our public scheme and host; empty if it is not known.
    host : str
        The host that the request was sent to.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in _SAME
    came_from = headers.get("origin", "null")
    if came_from == "null":
        return True
    return came_from == origin or came_from.partition("://")[2] == host
