"""An administrator's session: a signed cookie that ends when idle, and the tokens of its forms."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace

from ccegov_choice.survey.server.signing import Signer, from_url_text, url_text

COOKIE = "ccegov_admin"
IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 3600
FORM_SECONDS = 3600


@dataclass(frozen=True)
class AdminSession:
    """A log-in.

    Parameters
    ----------
    name : str
        Whose.
    id : str
        Random; new with every log-in, so that a cookie planted before is worth nothing.
    began, seen : int
        Seconds since 1970 of the log-in and of the last request.
    """

    name: str
    id: str
    began: int
    seen: int

    def alive(self, now: int) -> bool:
        """Return whether it has neither idled nor lasted too long."""
        return 0 <= now - self.seen <= IDLE_SECONDS and now - self.began <= LONGEST_SECONDS

    def seen_at(self, now: int) -> AdminSession:
        """Return the session as seen now, which puts off its end."""
        return replace(self, seen=now)


def begin(name: str, now: int) -> AdminSession:
    """Begin a session."""
    return AdminSession(name, secrets.token_hex(16), now, now)


def pack(session: AdminSession, signer: Signer) -> str:
    """Return the cookie's value."""
    body = url_text(json.dumps(asdict(session), separators=(",", ":")).encode())
    return f"{body}.{signer.sign('admin session', body)}"


def unpack(text: str, signer: Signer, now: int) -> AdminSession | None:
    """Return the session of a cookie's value; None if it is not ours or has ended."""
    body, _, signature = text.rpartition(".")
    if not body or not signer.verify(signature, "admin session", body):
        return None
    session = AdminSession(**json.loads(from_url_text(body)))
    return session if session.alive(now) else None


def form_token(session: AdminSession, signer: Signer) -> str:
    """Return the token of a session's forms."""
    return signer.sign("admin form", session.id)


def is_form_token(token: str, session: AdminSession, signer: Signer) -> bool:
    """Return whether a posted token belongs to the session."""
    return signer.verify(token, "admin form", session.id)


def log_in_token(signer: Signer, now: int) -> str:
    """Return a token for the log-in form, good for an hour."""
    return f"{now}.{signer.sign('admin log-in', str(now))}"


def is_log_in_token(token: str, signer: Signer, now: int) -> bool:
    """Return whether a posted token is of a log-in form shown within the last hour."""
    made, _, signature = token.partition(".")
    if not signer.verify(signature, "admin log-in", made):
        return False
    return 0 <= now - int(made) <= FORM_SECONDS
