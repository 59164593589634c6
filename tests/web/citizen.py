"""A survey served in process, and citizens who use only what its pages offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
from starlette.testclient import TestClient

from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.settings import Fieldwork
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Tasks
from ccegov_choice.walk.html_form import HtmlForm, read_forms

SURVEYS = Path(__file__).parents[2] / "surveys"
KEY = b"a key for tests, which is long enough to be one"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@dataclass
class Citizen:
    """Somebody with a browser: cookies, links, forms; nothing that a page does not offer."""

    client: TestClient
    page: httpx.Response | None = None
    trail: list[str] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> Citizen:
        self.page = self.client.get(path, headers=headers)
        self.trail.append(self.path)
        return self

    @property
    def path(self) -> str:
        return urlsplit(str(self.page.url)).path

    @property
    def status(self) -> int:
        return self.page.status_code

    @property
    def html(self) -> str:
        return self.page.text

    def form(self, to: str = "") -> HtmlForm:
        forms = [f for f in read_forms(self.html) if f.method == "post" and to in f.action]
        assert forms, f"no form on {self.path}: {self.html[:3000]}"
        return forms[0]

    def fill(
        self, values: Mapping[str, str | Sequence[str]] = {}, press: str | tuple[str, str] = ""
    ) -> tuple[str, list[tuple[str, str]]]:
        """Return where a form goes, and what is sent: first choices, unless told otherwise."""
        form = self.form()
        given = {**first_choices(form), **values}
        given = {name: value for name, value in given.items() if value is not None}
        return form.action, form.filled(given, press)

    def send(self, action: str, pairs: Sequence[tuple[str, str]]) -> Citizen:
        self.page = self.post(action, pairs)
        self.trail.append(self.path)
        return self

    def post(self, action: str, pairs: Sequence[tuple[str, str]]) -> httpx.Response:
        headers = {"content-type": FORM, "origin": "http://testserver"}
        return self.client.post(action, content=urlencode(pairs), headers=headers)

    def answer(
        self, values: Mapping[str, str | Sequence[str]] = {}, press: str | tuple[str, str] = ""
    ) -> Citizen:
        return self.send(*self.fill(values, press))

    def agree(self, start: str = "/", **headers: str) -> Citizen:
        self.get(start, **headers)
        self.get("/consent")
        statements = {name: "yes" for name in self.form().names if name.startswith("statement.")}
        return self.answer({**statements}, ("agree", "yes"))

    def until(self, path: str) -> Citizen:
        """Answer everything until a page."""
        for _ in range(80):
            if self.path == path:
                return self
            before = self.path
            self.answer()
            assert self.path != before, f"stuck at {before}: {self.html}"
        raise AssertionError(f"never came to {path}: {self.trail}")


def first_choices(form: HtmlForm) -> dict[str, str | list[str]]:
    """Fill in every field with something that will do."""
    found: dict[str, str | list[str]] = {}
    ranks = 0
    for name in form.names:
        choices = form.choices(name)
        kind = form.named(name)[0].type
        if name.startswith("rank."):
            found[name] = [c for c in choices if c][ranks]
            ranks += 1
        elif name == "worst":
            found[name] = [c for c in choices if c != "dont_know"][-1]
        elif name == "reason" or name.startswith(("contact.", "buy.")):
            continue
        elif kind == "checkbox":
            found[name] = [choices[0]]
        elif choices:
            found[name] = next(c for c in choices if c)
        elif name.endswith((".day", ".month")):
            found[name] = "3"
        elif name.endswith(".year"):
            found[name] = "1980"
        else:
            found[name] = "12"
    for name in form.names:
        if name.startswith("buy."):
            found[name] = "no"
    return found


@dataclass
class Field:
    """A survey in the field, in process."""

    survey: Survey
    store: ResponseStore
    clock: Clock
    app: object
    base: str = ""

    def citizen(self, address: str = "testclient", **headers: str) -> Citizen:
        """Return somebody with a new browser."""
        client = TestClient(self.app, headers=headers, client=(address, 50000))
        return Citizen(client)

    def people(self) -> list[dict[str, object]]:
        """Return everybody who has started, with their answers, as exports see them."""
        return list(self.store.rows(self.survey.id))


ABOUT = Page(
    "about",
    "questions",
    "About you",
    questions=(
        Question(
            "work",
            "single",
            "Do you work?",
            options=(
                Option("yes", "Yes"),
                Option("no", "No"),
                Option("abroad", "I live abroad", screen_out=True),
            ),
        ),
    ),
)
MORE = Page(
    "more",
    "questions",
    "More about you",
    questions=(
        Question("hours", "number", "How many hours a week?", when={"work": ("yes",)}, high=100),
        Question("words", "text", "Anything else?", required=False, max_length=50),
    ),
)


def brief_survey(whole: Survey, **changes: object) -> Survey:
    """Return a short survey: two pages of questions, two tasks, the end."""
    kept = [task for block in whole.tasks.blocks for task in whole.tasks.of_block(block)[:2]]
    pages = [whole.page_of_kind(kind) for kind in ("welcome", "consent")]
    pages += [ABOUT, MORE, *(whole.page_of_kind(kind) for kind in ("tasks", "end"))]
    standard = {
        "id": "brief",
        "tasks": Tasks(tuple(kept), whole.tasks.sha256),
        "pages": tuple(pages),
        "quotas": (),
        "fieldwork": Fieldwork(modes=("web", "kiosk", "interviewer"), lease_minutes=30),
    }
    return replace(whole, **(standard | changes))
