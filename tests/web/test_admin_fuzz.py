"""Whatever is sent to the administration: no 500, no trace, and strangers change nothing."""

import hashlib
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from ccegov_choice.survey.server.admin.passwords import Administrators, PasswordHash
from ccegov_choice.survey.server.admin.sessions import COOKIE, begin, form_token, pack
from ccegov_choice.survey.server.signing import Signer

KEY = b"another key for tests, long enough to be one"
HASH = hashlib.scrypt(b"password", salt=b"salt", n=16, r=8, p=1, dklen=32)
ADMINISTRATORS = Administrators({"anna": PasswordHash(16, 8, 1, b"salt", HASH)})
PATHS = ("", "/", "/log-in", "/log-out", "/pages", "/places", "/downloads", "/downloads/file",
         "/field", "/records", "/metrics", "/admin.css", "/nowhere")  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.sampled_from(
    ["name", "password", "token", "state", "confirm", "format", "ledger", "done", "other"]
)
VALUES = TEXT | st.sampled_from(["yes", "open", "paused", "closed", "csv", "live", "preview"])
PAIRS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
METHODS = st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"])
MANY = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def field(brief, fielded):
    return fielded(brief(), administrators=ADMINISTRATORS, key=KEY)


def ask(field, method, path, query, fields, cookie):
    client = TestClient(field.app)
    headers = {"content-type": "application/x-www-form-urlencoded", "origin": "http://testserver"}
    if cookie:
        headers["cookie"] = f"{COOKIE}={cookie}"
    body = urlencode(fields) if method == "POST" else None
    return client.request(
        method,
        f"/admin{path}?{urlencode(query)}",
        content=body,
        headers=headers,
        follow_redirects=False,
    )


def is_sound(answer):
    assert answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text


@MANY
@given(
    METHODS,
    st.sampled_from(PATHS),
    PAIRS,
    PAIRS,
    st.text(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=";,"), max_size=60
    ),
)
def test_strangers_get_nothing_and_change_nothing(field, method, path, query, fields, cookie):
    answer = ask(field, method, path, query, fields, cookie)
    is_sound(answer)
    assert "Overview" not in answer.text
    assert answer.headers.get("content-type") != "application/zip"
    assert field.store.field_state("brief") == "open"
    assert {action.what for action in field.store.actions("brief")} <= {"log-in refused"}


@MANY
@given(METHODS, st.sampled_from(PATHS), PAIRS, PAIRS, st.booleans())
def test_administrators_get_a_page_whatever_they_send(field, method, path, query, fields, right):
    signer = Signer(KEY)
    session = begin("anna", int(field.clock().timestamp()))
    if right:
        fields = [*fields, ("token", form_token(session, signer))]
    answer = ask(field, method, path, query, fields, pack(session, signer))
    is_sound(answer)
    if not right and method == "POST" and path == "/field":
        assert answer.status_code == 403
