"""One request, read whole before any view sees it: session, language, view, form, query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

from ccegov_choice.survey.answering import Fields
from ccegov_choice.survey.server.session import Session

FORM_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 2000


@dataclass(frozen=True)
class Visit:
    """What somebody asks for.

    Parameters
    ----------
    path : str
        Address without what stands before every address.
    session : Session
        Who they are, and how they want to read, with what this request changed.
    sent : Session
        The session as the browser sent it.
    query, fields : mapping of str to list of str
        Parameters of the address, and the form.
    address, user_agent : str
        Looked at in memory and kept nowhere.
    values : mapping of str to str
        Named parts of the path.
    """

    path: str
    session: Session
    sent: Session
    query: Fields = field(default_factory=dict)
    fields: Fields = field(default_factory=dict)
    address: str = ""
    user_agent: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def asked(self, name: str) -> str:
        """Return a parameter of the address; empty if there is none."""
        return self.query.get(name, [""])[-1]

    def posted(self, name: str) -> str:
        """Return a field of the form; empty if there is none."""
        return self.fields.get(name, [""])[-1]


def query_of(request: Request) -> dict[str, list[str]]:
    """Return the parameters of an address."""
    return _parsed(request.scope["query_string"], 414)


async def form_of(request: Request, most_bytes: int) -> dict[str, list[str]]:
    """Read a posted form.

    Raises
    ------
    HTTPException
        413 if it is too long, 415 if it is not a form, 400 if it cannot be read.
    """
    kind = request.headers.get("content-type", FORM_TYPE).partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise HTTPException(415)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > most_bytes:
        raise HTTPException(413)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise HTTPException(413)
    return _parsed(bytes(body), 400)


def _parsed(data: bytes, status: int) -> dict[str, list[str]]:
    try:
        return parse_qs(
            data.decode("ascii", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        raise HTTPException(status) from error


def preferred(accepted: str, languages: Sequence[str]) -> str:
    """Return the language that a browser asks for, of those there are; else the first.

    Parameters
    ----------
    accepted : str
        Header ``Accept-Language``, such as ``"fr-CH, fr;q=0.9, en;q=0.8"``.
    languages : sequence of str
        Those there are.
    """
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:500].split(",")):
        code, _, weight = part.strip().partition(";")
        try:
            wishes.append((-float(weight.strip().removeprefix("q=") or 1), place, code.strip()))
        except ValueError:
            continue
    short = {language.partition("-")[0].lower(): language for language in reversed(languages)}
    whole = {language.lower(): language for language in languages}
    for weight_, _, code in sorted(wishes):
        found = whole.get(code.lower()) or short.get(code.partition("-")[0].lower())
        if found and weight_ < 0:
            return found
    return languages[0]
