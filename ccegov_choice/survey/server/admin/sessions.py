"""An administrator's session: a signed cookie that ends when idle, and the tokens of its forms."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, replace

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


class Sessions:
    """Makes and reads session cookies and form tokens.

    Parameters
    ----------
    key : bytes
        The server's key. Purposes are kept apart: a token of one kind is no token of another.
    """

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"ccegov admin", hashlib.sha256)

    def begin(self, name: str, now: int) -> AdminSession:
        """Begin a session."""
        return AdminSession(name, secrets.token_hex(16), now, now)

    def seen(self, session: AdminSession, now: int) -> AdminSession:
        """Return the session as seen now, which puts off its end."""
        return replace(session, seen=now)

    def write(self, session: AdminSession) -> str:
        """Return the cookie's value."""
        body = json.dumps(asdict(session), separators=(",", ":")).encode()
        coded = base64.urlsafe_b64encode(body).decode().rstrip("=")
        return f"{coded}.{self._sign('session', coded)}"

    def read(self, value: str, now: int) -> AdminSession | None:
        """Return the session of a cookie; None if it is not ours or has ended."""
        coded, _, signature = value.partition(".")
        if not self._verify(signature, "session", coded):
            return None
        body = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
        session = AdminSession(**json.loads(body))
        return session if session.alive(now) else None

    def form_token(self, session: AdminSession) -> str:
        """Return the token of a session's forms."""
        return self._sign("form", session.id)

    def is_form_token(self, token: str, session: AdminSession) -> bool:
        """Return whether a posted token belongs to the session."""
        return self._verify(token, "form", session.id)

    def log_in_token(self, now: int) -> str:
        """Return a token for the log-in form, good for an hour."""
        return f"{now}.{self._sign('log-in', str(now))}"

    def is_log_in_token(self, token: str, now: int) -> bool:
        """Return whether a posted token is of a log-in form shown within the last hour."""
        made, _, signature = token.partition(".")
        if not self._verify(signature, "log-in", made):
            return False
        return 0 <= now - int(made) <= FORM_SECONDS

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.digest(self._key, f"{purpose}\n{text}".encode(), hashlib.sha256).hex()

    def _verify(self, signature: str, purpose: str, text: str) -> bool:
        expected = self._sign(purpose, text).encode()
        return hmac.compare_digest(expected, signature.encode("utf-8", "surrogatepass"))
