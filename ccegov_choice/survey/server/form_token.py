"""What makes a form good for one answer of one person: signed, with what they were looking at.

A token is the form's nonce (one answer, however often it is posted), the guard against forms of
other sites, and the record of when, in which language and in which view the page was shown.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ccegov_choice.survey.server.signing import Signer
from ccegov_choice.survey.settings import View


@dataclass(frozen=True)
class FormToken:
    """What a form was made for.

    Parameters
    ----------
    nonce : str
        Random.
    shown_ms : int
        When it was made, in milliseconds since 1970.
    language, view : str
        What it was shown in.
    """

    nonce: str
    shown_ms: int
    language: str
    view: View


def issue(signer: Signer, subject: str, item: str, at: tuple[int, str, str]) -> str:
    """Make a token.

    Parameters
    ----------
    signer : Signer
        Of the server.
    subject : str
        Whose form it is: id of the person, or of the session before there is one.
    item : str
        What it answers.
    at : tuple of int, str, str
        When (milliseconds since 1970), language, view.
    """
    body = ".".join([secrets.token_urlsafe(12), *map(str, at)])
    return f"{body}.{signer.sign('form', subject, item, body)}"


def read(signer: Signer, text: str, subject: str, item: str) -> FormToken | None:
    """Return what a token says; None if it was not made for this."""
    body, _, signature = text.rpartition(".")
    if not subject or not signer.verify(signature, "form", subject, item, body):
        return None
    nonce, shown, language, view = body.split(".")
    return FormToken(nonce, int(shown), language, "table" if view == "table" else "cards")
