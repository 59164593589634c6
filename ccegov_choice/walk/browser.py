"""A browser without a screen: cookies, redirects, forms, and patience with a busy server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

from ccegov_choice.errors import ResponseError
from ccegov_choice.walk.diary import Diary
from ccegov_choice.walk.html_form import HtmlForm, read_forms

if TYPE_CHECKING:
    import aiohttp

PATIENCE = 60.0
_UNREACHABLE_SECONDS = 10.0
_BUSY = (429, 502, 503, 504)
_REDIRECT = (301, 302, 303, 307, 308)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_MOST_REDIRECTS = 8


@dataclass(frozen=True, eq=False)
class Seen:
    """A page as it arrived.

    Parameters
    ----------
    status : int
        The answer's status.
    url : str
        Address, after redirects.
    html : str
        Its text.
    """

    status: int
    url: str
    html: str

    @property
    def path(self) -> str:
        """The address below the host."""
        return urlsplit(self.url).path

    @cached_property
    def forms(self) -> tuple[HtmlForm, ...]:
        """The forms on it."""
        return read_forms(self.html)

    def form_to(self, place: str) -> HtmlForm | None:
        """Return the first form that is posted to a place, such as ``"/consent"``."""
        return next(
            (
                form
                for form in self.forms
                if form.method == "post" and place in urlsplit(form.action).path
            ),
            None,
        )


class ServerGoneError(ResponseError):
    """Nobody listens where the survey should be: no citizen can go on."""


class Browser:
    """One person's browser.

    Parameters
    ----------
    http : aiohttp.ClientSession
        Connections, shared by all; it must keep no cookies.
    diary : Diary
        Where times, retries and trouble are noted.
    language : str
        Preferred language, as browsers tell it.
    patience : float
        Seconds after which a server that does not answer is given up.
    """

    def __init__(
        self, http: aiohttp.ClientSession, diary: Diary, language: str, patience: float = PATIENCE
    ) -> None:
        self._http = http
        self._diary = diary
        self._language = language
        self._patience = patience
        self.cookies: dict[str, str] = {}

    async def get(self, url: str, kind: str) -> Seen:
        """Open an address and follow where it leads."""
        seen, location = await self._request("GET", url, kind)
        return await self._follow(seen, location, kind)

    async def post(
        self, page: Seen, form: HtmlForm, pairs: Sequence[tuple[str, str]], kind: str
    ) -> tuple[Seen, bool]:
        """Send a form; return the page that follows and whether it was accepted (redirected)."""
        url = urljoin(page.url, form.action)
        seen, location = await self._request("POST", url, kind, urlencode(pairs).encode(), page.url)
        return await self._follow(seen, location, "page"), location is not None

    async def _follow(self, seen: Seen, location: str | None, kind: str) -> Seen:
        for _ in range(_MOST_REDIRECTS):
            if location is None:
                return seen
            url = urljoin(seen.url, location)
            if urlsplit(url).netloc != urlsplit(seen.url).netloc:
                return Seen(seen.status, url, "")  # a panel takes over: nobody follows it there
            seen, location = await self._request("GET", url, kind)
        raise ResponseError(
            f"more than {_MOST_REDIRECTS} redirects", where=seen.url, cure="Look at the server."
        )

    async def _request(
        self, method: str, url: str, kind: str, body: bytes | None = None, referer: str = ""
    ) -> tuple[Seen, str | None]:
        """Ask until there is an answer; the same form sent again counts once."""
        import aiohttp

        began = time.monotonic()
        pause = _FIRST_PAUSE
        while True:
            try:
                seen, location = await self._once(method, url, body, referer)
                if seen.status not in _BUSY:
                    self._diary.took(kind, time.monotonic() - began)
                    return seen, location
                told = f"status {seen.status}"
            except aiohttp.ClientConnectorError as error:
                told = str(error)
                if time.monotonic() - began > _UNREACHABLE_SECONDS:
                    raise ServerGoneError(
                        told, where=url, cure="Look whether the server runs, and at its log."
                    ) from error
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                told = f"{type(error).__name__} {error}".strip()
            if time.monotonic() - began > self._patience:
                raise ResponseError(
                    f"no answer within {self._patience:g} seconds ({told})",
                    where=f"{method} {urlsplit(url).path}",
                    cure="Look at the server's log.",
                )
            self._diary.retries += 1
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _once(
        self, method: str, url: str, body: bytes | None, referer: str
    ) -> tuple[Seen, str | None]:
        async with self._http.request(
            method, url, data=body, headers=self._headers(url, body, referer), allow_redirects=False
        ) as response:
            text = await response.text()
            for line in response.headers.getall("Set-Cookie", ()):
                self._keep(line)
            location = response.headers.get("Location")
            redirected = response.status in _REDIRECT and location is not None
            return Seen(response.status, url, text), location if redirected else None

    def _headers(self, url: str, body: bytes | None, referer: str) -> Mapping[str, str]:
        headers = {"Accept": "text/html", "Accept-Language": self._language}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if body is not None:
            parts = urlsplit(url)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"{parts.scheme}://{parts.netloc}"
            headers["Referer"] = referer
            headers["Sec-Fetch-Site"] = "same-origin"
        return headers

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.coded_value
