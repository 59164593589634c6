"""The one cookie: who somebody is, and how they want to read; signed, and nothing secret in it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from ccegov_choice.responses.records import Ledger
from ccegov_choice.survey.server.signing import Signer, from_url_text, url_text
from ccegov_choice.survey.settings import Mode, View

COOKIE = "ccegov_choice"
KEPT_FOR = 7 * 24 * 3600
"""Seconds that a browser keeps it: phones close browsers at will, and people come back."""

_LONGEST = 4000
_STRINGS = ("id", "person", "language", "view", "mode", "interviewer", "ledger")


@dataclass(frozen=True)
class Session:
    """What is known of a visitor.

    Parameters
    ----------
    id : str
        Random: ties the consent form to this browser, so that agreeing twice starts one person.
        Empty until the consent page is asked for.
    person : str
        Id of the person, once they have agreed.
    language, view : str
        How they want to read; empty until they have said so.
    mode : str
        How they answer; empty for the web.
    interviewer : str
        Who asks.
    ledger : str
        The book they stand in, where it is not the server's.
    panel : mapping of str to str
        Parameters of the panel that sent them.
    """

    id: str = ""
    person: str = ""
    language: str = ""
    view: View | Literal[""] = ""
    mode: Mode | Literal[""] = ""
    interviewer: str = ""
    ledger: Ledger | Literal[""] = ""
    panel: Mapping[str, str] = field(default_factory=dict)


def new_id() -> str:
    """Return a random id for a session."""
    return secrets.token_urlsafe(16)


def pack(session: Session, signer: Signer) -> str:
    """Return the cookie's value."""
    values: dict[str, Any] = {n: v for n in _STRINGS if (v := getattr(session, n))}
    if session.panel:
        values["panel"] = dict(session.panel)
    body = url_text(json.dumps(values, separators=(",", ":")).encode())
    return f"{body}.{signer.sign('session', body)}"


def unpack(text: str, signer: Signer) -> Session:
    """Return the session of a cookie's value; a new one if it is not ours."""
    body, _, signature = text.rpartition(".")
    if not body or len(text) > _LONGEST or not signer.verify(signature, "session", body):
        return Session()
    values = json.loads(from_url_text(body))
    known = {part.name for part in fields(Session)}  # an older server may have known others
    return Session(**{name: value for name, value in values.items() if name in known})
