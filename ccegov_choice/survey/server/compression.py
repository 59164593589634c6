"""Pages and files, compressed for browsers that ask for it.

Compressing a secret together with words that an attacker chooses could give the secret away, bit
by bit (BREACH). Nobody else can have a page made with words of theirs and this person's cookie:
forms of other sites come without it (SameSite) and are turned away, and addresses are not echoed.
"""

from __future__ import annotations

import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

_SHORTEST = 800  # below that a packet is not saved
_QUICK, _THOROUGH = 3, 9


def compressed(data: bytes, *, once: bool = False) -> bytes:
    """Return data as gzip: thoroughly if it is done once, else quickly."""
    return gzip.compress(data, _THOROUGH if once else _QUICK, mtime=0)


def wanted(headers: Headers) -> bool:
    """Say whether a browser asks for gzip."""
    return "gzip" in headers.get("accept-encoding", "")


def compress(response: Response, headers: Headers) -> Response:
    """Compress the body of a response if it is worth it and the browser asks for it."""
    body = bytes(response.body)
    if len(body) < _SHORTEST or not wanted(headers):
        return response
    response.body = compressed(body)
    mark_compressed(response.headers, len(response.body))
    return response


def mark_compressed(headers: MutableHeaders, length: int) -> None:
    """Say in a response's headers that it is compressed."""
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(length)
    headers["Vary"] = "Accept-Encoding"
