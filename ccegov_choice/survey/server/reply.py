"""What a view gives back, and how it becomes a response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import Response

from ccegov_choice.survey.server.session import Session

SEE_OTHER, CONFLICT, PUT_RIGHT = 303, 409, 422


@dataclass(frozen=True)
class Reply:
    """A page, a file, or where to go.

    Parameters
    ----------
    body : str or bytes
        The page.
    status : int
        HTTP status.
    to : str
        Where to go instead, without what stands before every address; a whole address for
        another site.
    session : Session, optional
        The session from now on; the one of the request when not given.
    headers : mapping of str to str
        Further headers.
    media_type : str
        What the body is.
    """

    body: str | bytes = ""
    status: int = 200
    to: str = ""
    session: Session | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "text/html"

    def response(self, base: str) -> Response:
        """Return the response; an address of our own gets what stands before all."""
        headers = dict(self.headers)
        if self.to:
            headers["Location"] = self.to if "://" in self.to else base + self.to
            return Response(status_code=SEE_OTHER, headers=headers)
        return Response(self.body, self.status, headers, self.media_type)


def go(to: str, session: Session | None = None) -> Reply:
    """Lead somewhere after a form (303: the browser asks for it anew)."""
    return Reply(to=to, session=session)
