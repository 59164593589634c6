"""Whatever is sent to any address: a page and a status that fits, never a trace, nothing foreign."""

from __future__ import annotations

import shutil
import string
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
from citizen import FORM, KEY, SURVEYS, Clock, Field, brief_survey
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.server.app import create_app
from ccegov_choice.survey.server.settings import Limits, ServerSettings
from ccegov_choice.survey.survey import Survey

FOREIGN = "words that only one person wrote"
METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"]
PATHS = [
    "/",
    "/consent",
    "/page/about",
    "/page/more",
    "/page/task-1",
    "/page/task-2",
    "/page/end",
    "/page/",
    "/resume",
    "/mine",
    "/privacy",
    "/accessibility",
    "/static/survey.css",
    "/static/",
    "/media/",
    "/health",
    "/ready",
    "/admin",
    "/admin/log-in",
]
NAMES = [
    "lang",
    "view",
    "mode",
    "interviewer",
    "preview",
    "next",
    "code",
    "signature",
    "nonce",
    "revision",
    "agree",
    "which",
    "do",
    "confirm",
    "chosen",
    "reason",
    "best",
    "worst",
    "rank.A",
    "rating.A",
    "follow",
    "q.work",
    "q.hours",
    "q.words",
    "seen_ms",
    "first_ms",
    "changes",
    "opened",
]
ODD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "yes",
            "no",
            "A",
            "dont_know",
            "\x00",
            "\ud800",
            "9" * 400,
            "-1",
            "1e999",
            "NaN",
            "../../etc/passwd",
            "<script>alert(1)</script>",
            "' OR 1=1 --",
            "{{7*7}}",
            "%s%n",
            "٣",
            "²",
            "a.b.c.d.e",
        ]
    ),
)


@cache
def served() -> tuple[Field, str]:
    """Return a survey in the field in which somebody has answered, and their page."""
    folder = Path(tempfile.mkdtemp(prefix="ccegov-fuzz-"))
    clock = Clock()
    survey = brief_survey(Survey.read(SURVEYS / "benefit-claim"))
    store = ResponseStore.open(f"sqlite:///{folder / 'answers.sqlite'}", clock=clock)
    app = create_app(survey, store, ServerSettings(KEY, limits=Limits(0, 0, 0)), clock=clock)
    field = Field(survey, store, clock, app)
    citizen = field.citizen().agree().answer({"q.work": "no"}).answer({"q.words": FOREIGN})
    return field, citizen.html


@pytest.fixture(scope="module", autouse=True)
def tidy():
    """Close the store when all is done."""
    yield
    field, _ = served()
    field.store.close()
    served.cache_clear()


@pytest.fixture(scope="module", autouse=True, name="_temporary")
def temporary(tmp_path_factory: pytest.TempPathFactory):
    """Keep everything in pytest's own folder."""
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("fuzz"))
    yield
    shutil.rmtree(tempfile.tempdir, ignore_errors=True)
    tempfile.tempdir = before


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    return urlencode(pairs, errors="surrogatepass").encode()


def judge(reply: httpx.Response, *, foreign: bool = True) -> None:
    assert reply.status_code < 500
    assert "Traceback" not in reply.text
    assert not (foreign and FOREIGN in reply.text)
    assert "<script>alert(1)" not in reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"


pairs = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES), ODD), ODD), max_size=8)


@settings(max_examples=70, deadline=None)
@given(st.sampled_from(METHODS), st.sampled_from(PATHS), pairs, pairs, st.booleans())
def test_strangers(method, path, query, fields, same_origin):
    """Somebody without a session sends anything anywhere."""
    field, _ = served()
    client = TestClient(field.app, raise_server_exceptions=True, follow_redirects=False)
    headers = {"content-type": FORM}
    if same_origin:
        headers["sec-fetch-site"] = "same-origin"
    judge(
        client.request(
            method, path, params=encoded(query), content=encoded(fields), headers=headers
        )
    )


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(PATHS), pairs, pairs, st.booleans())
def test_people_under_way(path, query, fields, with_token):
    """Somebody with a session sends anything, with a token that is good or not."""
    field, _ = served()
    citizen = field.citizen().agree()
    if with_token:
        fields = [*fields, ("nonce", citizen.form().named("nonce")[0].value)]
    judge(
        citizen.client.post(
            path, params=encoded(query), content=encoded(fields), headers={"content-type": FORM}
        )
    )
    judge(citizen.client.get(path, params=encoded(query)))
    assert citizen.get("/page/next").status == 200


@settings(max_examples=20, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([FORM, "", "text/plain", "multipart/form-data", "é"])
)
@example(b"%", FORM)
@example(b"=&;%00%ff%fe&nonce=%C3%28", FORM)
def test_bodies_that_are_no_forms(body, kind):
    field, _ = served()
    citizen = field.citizen().get("/consent")
    headers = {b"content-type": kind.encode()}
    for path in ("/consent", "/page/about", "/resume", "/mine"):
        judge(citizen.client.post(path, content=body, headers=headers))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["/page/{}", "/static/{}", "/media/{}", "/{}", "/admin/{}"]),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=60),
)
@example("/static/{}", "..%2f..%2fpages.py")
@example("/page/{}", "%00")
def test_addresses_that_do_not_exist(template, rest):
    field, _ = served()
    client = TestClient(field.app, follow_redirects=False)
    judge(client.get("http://testserver" + template.format(quote(rest))))


COOKIES = st.one_of(
    st.text(string.ascii_letters + string.digits + "-_.=", max_size=200),
    st.sampled_from(["a.b", "..", "e30.AAAA", "e30." + "A" * 22]),
)


@settings(max_examples=40, deadline=None)
@given(COOKIES, st.sampled_from(PATHS))
def test_cookies_that_are_not_ours(cookie, path):
    field, _ = served()
    client = TestClient(field.app, follow_redirects=False, cookies={"ccegov_choice": cookie})
    judge(client.get(path))


HEADERS = st.dictionaries(
    st.sampled_from(
        ["accept-language", "user-agent", "origin", "sec-fetch-site", "if-none-match", "host"]
    ),
    st.text(string.printable.strip() + "é\x80", max_size=80),
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(HEADERS, st.sampled_from(PATHS), st.sampled_from(["GET", "POST"]))
def test_headers_of_any_kind(headers, path, method):
    field, _ = served()
    client = TestClient(field.app, follow_redirects=False)
    sent = {name: value.encode("utf-8") for name, value in headers.items()}
    judge(client.request(method, path, headers=sent))
