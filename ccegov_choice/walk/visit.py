"""One simulated citizen's visit to the survey, from the welcome page to the end or earlier."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from ccegov_choice.errors import ChoiceError, SurveyError
from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.walk.answering import Answering
from ccegov_choice.walk.behaviour import Temper
from ccegov_choice.walk.browser import Browser, Seen, ServerGoneError
from ccegov_choice.walk.citizens import Citizen
from ccegov_choice.walk.diary import Diary, Fields
from ccegov_choice.walk.html_form import HtmlForm
from ccegov_choice.walk.task_on_page import TaskReader

_CODE = re.compile(r">\s*([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})\s*<")
_HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_MESSAGE = re.compile(r"<a href=\"#([^\"]+)\">(.*?)</a>", re.DOTALL)
_APART = ("nonce", "revision", "seen_ms", "first_ms", "opened", "changes")
_NOT_SHOWN_AGAIN = ("contact.",)
_MOST_PAGES = 500


@dataclass(frozen=True)
class Pace:
    """How long people think, and until when the walk goes on.

    Parameters
    ----------
    think : float
        Mean seconds spent on a page.
    until : float, optional
        Moment of `time.monotonic` at which everybody stops where they are.
    """

    think: float = 0.0
    until: float | None = None


class Visit:
    """A citizen at the survey.

    Parameters
    ----------
    base : str
        Address of the survey.
    browser : Browser
        Theirs; it writes into the same diary.
    citizen, temper, answering
        Who they are, what happens to them, and what they answer.
    reader : TaskReader
        Finds the task that a page shows, in their language.
    diary : Diary
        What is noted.
    """

    def __init__(
        self,
        base: str,
        browser: Browser,
        citizen: Citizen,
        temper: Temper,
        answering: Answering,
        reader: TaskReader,
        diary: Diary,
    ) -> None:
        self._base = base
        self._browser = browser
        self._citizen = citizen
        self._temper = temper
        self._answering = answering
        self._reader = reader
        self._diary = diary
        self._seen: Seen | None = None
        self._task_at: dict[str, str] = {}

    async def look(self) -> None:
        """Look at the welcome page and at what is to be agreed to: nothing is taken yet."""
        self._diary.began = time.monotonic()
        with _Noting(self._diary):
            wishes = {"lang": self._citizen.language, "view": self._citizen.view}
            query = urlencode({name: wish for name, wish in wishes.items() if wish})
            await self._browser.get(f"{self._base}/?{query}" if query else f"{self._base}/", "open")
            self._seen = await self._browser.get(f"{self._base}/consent", "open")

    async def agree(self) -> None:
        """Agree, or not."""
        page, diary = self._seen, self._diary
        if page is None or diary.ended:
            return
        with _Noting(diary):
            form = page.form_to("/consent")
            if form is None:
                self._end("turned_away")
                return
            filled = self._answering.consent(form)
            wish = "no" if self._temper.declines else "yes"
            press = "" if "agree" in filled or not form.choices("agree") else ("agree", wish)
            self._seen, accepted = await self._browser.post(
                page, form, form.filled(filled, press), "consent"
            )
            if self._temper.declines:
                self._end("declined")
            elif accepted:
                diary.consented = True
            else:
                self._refused(self._seen, "turned_away")

    async def answer(self, pace: Pace) -> None:
        """Answer page after page until the end."""
        if self._diary.ended:
            return
        self._diary.answering = time.monotonic()
        with _Noting(self._diary):
            for number in range(_MOST_PAGES):
                seen = self._seen
                if seen is None or self._diary.ended:
                    return
                self._note_code(seen)
                form = seen.form_to("/page/")
                if form is None:
                    self._end("completed" if self._at_end(seen) else "turned_away")
                    return
                if number == self._temper.leaves_at:
                    self._end("gave_up")
                    return
                if not await self._think(pace):
                    self._end("still_answering")
                    return
                self._seen = await self._page(seen, form, number)
            raise SurveyError(
                f"{_MOST_PAGES} pages and no end",
                where=seen.path if seen else "page",
                cure="Look where the survey leads in circles.",
            )

    # -- one page ---------------------------------------------------------------------------

    async def _page(self, seen: Seen, form: HtmlForm, number: int) -> Seen:
        mishaps = self._temper.mishaps(number)
        if "lose_cookie" in mishaps and self._diary.code:
            seen, form = await self._resume(seen)
        if "reload" in mishaps:
            seen, form = await self._again(seen)
        values = self._answering.step(form, self._task_on(seen, form))
        pairs = form.filled(values)
        step = urlsplit(form.action).path.rpartition("/")[2]
        if "answer_twice" in mishaps:
            first, following = await asyncio.gather(
                self._send(seen, form, pairs), self._send(seen, form, pairs)
            )
            if first.path != following.path:
                self._diary.trouble.append(f"{step}: a double click led to two places")
        else:
            following = await self._send(seen, form, pairs)
        self._diary.acknowledged[step] = _answer_in(pairs)
        if "back" in mishaps and following.form_to("/page/"):
            following = await self._back(seen, step)
        return following

    async def _send(self, seen: Seen, form: HtmlForm, pairs: Sequence[tuple[str, str]]) -> Seen:
        began = time.monotonic()
        following, accepted = await self._browser.post(seen, form, pairs, "answer")
        if not accepted:
            raise self._not_accepted(following)
        if following.path.endswith("/resume"):
            raise SurveyError(
                "the server no longer knew who answered", where=seen.path, cure="See its log."
            )
        self._diary.took("turn", time.monotonic() - began)
        self._diary.posts += 1
        return following

    async def _again(self, seen: Seen) -> tuple[Seen, HtmlForm]:
        again = await self._browser.get(seen.url, "page")
        form = again.form_to("/page/")
        if form is None or again.path != seen.path:
            raise SurveyError(
                f"loaded again, the page leads to {again.path}",
                where=seen.path,
                cure="See the server's log.",
            )
        return again, form

    async def _resume(self, seen: Seen) -> tuple[Seen, HtmlForm]:
        """Lose the cookie, and come back with the code."""
        self._browser.cookies.clear()
        page = await self._browser.get(f"{self._base}/resume", "page")
        form = page.form_to("/resume")
        if form is None:
            raise SurveyError("there is no form for a code", where=page.path, cure="Add one.")
        back, accepted = await self._browser.post(
            page, form, form.filled({"code": self._diary.code}), "resume"
        )
        if not accepted:
            raise self._not_accepted(back)
        return await self._again(Seen(back.status, seen.url, back.html))

    async def _back(self, seen: Seen, step: str) -> Seen:
        """Go back, see one's own answer, and send it again as it is."""
        page, form = await self._again(seen)
        shown = _shown_again(_answer_in(form.filled({})))
        if shown != _shown_again(self._diary.acknowledged[step]):
            self._diary.trouble.append(f"{step}: going back shows another answer than was given")
        return await self._send(page, form, form.filled({}))

    def _task_on(self, seen: Seen, form: HtmlForm) -> str | None:
        """Return the task that a page shows; one that the design repeats is told by its order."""
        asks = {*form.names}
        prefixes = ("rank.", "rating.")
        names = [n for field in ("chosen", "best") for n in form.choices(field) if n != DONT_KNOW]
        names = names or [n.partition(".")[2] for n in form.names if n.startswith(prefixes)]
        path = urlsplit(form.action).path.removesuffix("-follow")
        if "follow" in asks:
            return self._task_at.get(path)
        if not names or "/task-" not in path:
            return None
        if path not in self._task_at:
            fitting = self._reader.tasks(seen.html, tuple(names))
            taken = set(self._task_at.values())
            self._task_at[path] = next((t for t in fitting if t not in taken), fitting[0])
        return self._task_at[path]

    # -- what is noted ----------------------------------------------------------------------

    async def _think(self, pace: Pace) -> bool:
        """Wait; False if the walk ends before."""
        seconds = self._temper.think(pace.think)
        if pace.until is not None and time.monotonic() + seconds >= pace.until:
            await asyncio.sleep(max(pace.until - time.monotonic(), 0))
            return False
        await asyncio.sleep(seconds)
        return True

    def _note_code(self, seen: Seen) -> None:
        if not self._diary.code and (found := _CODE.search(seen.html)):
            self._diary.code = found[1]

    def _at_end(self, seen: Seen) -> bool:
        heading = _HEADING.search(seen.html)
        return heading is not None and self._answering.at_end(_plain(heading[1]))

    def _end(self, how: str) -> None:
        self._diary.ended = how  # type: ignore[assignment]
        self._diary.finished = time.monotonic()

    def _refused(self, seen: Seen, how: str) -> None:
        if seen.status >= 400:
            raise self._not_accepted(seen)
        self._end(how)

    def _not_accepted(self, seen: Seen) -> SurveyError:
        heading = _HEADING.search(seen.html)
        told = [f"{field}: {_plain(text)}" for field, text in _MESSAGE.findall(seen.html)]
        told = told or ([_plain(heading[1])] if heading else [])
        return SurveyError(
            f"an answer was not accepted (status {seen.status}): {'; '.join(told)[:300]}",
            where=seen.path,
            cure="Compare what was sent with what the page allows.",
        )


class _Noting:
    """Whatever goes wrong in a visit is noted, and the others go on."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, ChoiceError) or isinstance(error, ServerGoneError):
            return False
        self._diary.trouble.append(f"{error.where or ''}: {error.problem}".removeprefix(": "))
        self._diary.ended = "failed"
        self._diary.finished = time.monotonic()
        return True


def _answer_in(pairs: Sequence[tuple[str, str]]) -> Fields:
    """Return the answer in what was sent: no tokens, nothing left empty."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in _APART and value.strip():
            found.setdefault(name, []).append(value)
    return {name: sorted(values) for name, values in found.items()}


def _shown_again(answer: Fields) -> Fields:
    return {n: v for n, v in answer.items() if not n.startswith(_NOT_SHOWN_AGAIN)}


def _plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())
