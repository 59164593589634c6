"""Signatures, sessions, form tokens, codes: what comes back is what was given, or nothing."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccegov_choice.survey.server import form_token
from ccegov_choice.survey.server.form_token import FormToken
from ccegov_choice.survey.server.person_code import code_hash, code_of, plain_code
from ccegov_choice.survey.server.session import Session, pack, unpack
from ccegov_choice.survey.server.signing import Signer, from_url_text, url_text

SIGNER, OTHER = Signer(b"k" * 32), Signer(b"l" * 32)


def test_parts_are_kept_apart_and_purposes_too():
    made = [
        SIGNER.sign("a", "ab", "c"),
        SIGNER.sign("a", "a", "bc"),
        SIGNER.sign("a", "abc"),
        SIGNER.sign("b", "ab", "c"),
        OTHER.sign("a", "ab", "c"),
    ]
    assert len(set(made)) == len(made)


@given(st.binary(max_size=40))
def test_text_for_addresses_comes_back(data):
    text = url_text(data)
    assert set(text) <= set(string.ascii_letters + string.digits + "-_")
    assert from_url_text(text) == data


SESSIONS = st.builds(
    Session,
    id=st.text(max_size=10),
    person=st.text(max_size=32),
    language=st.sampled_from(["", "en", "ar"]),
    view=st.sampled_from(["", "cards", "table"]),
    mode=st.sampled_from(["", "web", "kiosk"]),
    interviewer=st.text(max_size=60),
    ledger=st.sampled_from(["", "preview"]),
    panel=st.dictionaries(st.text(max_size=10), st.text(max_size=20), max_size=3),
)


@given(SESSIONS)
def test_a_session_comes_back(session):
    assert unpack(pack(session, SIGNER), SIGNER) == session


@given(SESSIONS, st.integers(0, 10_000))
def test_a_session_changed_anywhere_is_nobodys(session, where):
    text = pack(session, SIGNER)
    place = where % len(text)
    changed = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]
    if changed[-1] == text[-1]:  # the last letter holds bits that are not read
        assert unpack(changed, SIGNER) == Session()
    assert unpack(text, OTHER) == Session()


def test_a_session_of_a_newer_server_is_read_as_far_as_it_is_known():
    body = url_text(b'{"person": "p", "unheard": "of"}')
    text = f"{body}.{SIGNER.sign('session', body)}"
    assert unpack(text, SIGNER) == Session(person="p")


def test_a_token_says_what_was_shown_and_when():
    token = form_token.issue(SIGNER, "person", "task:3", (1234, "zh-Hant", "table"))
    read = form_token.read(SIGNER, token, "person", "task:3")
    assert read == FormToken(token.split(".")[0], 1234, "zh-Hant", "table")


@pytest.mark.parametrize(
    ("subject", "item", "signer"),
    [("somebody", "task:3", SIGNER), ("person", "task:4", SIGNER), ("person", "task:3", OTHER)],
)
def test_a_token_is_good_for_one_person_and_one_item(subject, item, signer):
    token = form_token.issue(SIGNER, "person", "task:3", (1, "en", "cards"))
    assert form_token.read(signer, token, subject, item) is None


def test_nobody_has_no_token():
    token = form_token.issue(SIGNER, "", "welcome", (1, "en", "cards"))
    assert form_token.read(SIGNER, token, "", "welcome") is None


@given(st.text(max_size=32))
def test_a_code_is_read_however_it_is_typed(person):
    code = code_of(SIGNER, person)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", code)
    kept = code_hash(SIGNER, code)
    for typed in (code.lower(), code.replace("-", " "), code.replace("0", "O").replace("1", "l")):
        assert code_hash(SIGNER, typed) == kept
    assert code_of(OTHER, person) != code
    assert code_hash(OTHER, code) != kept


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGH-JKMU", "ABCD-EFGH-JKMN-P", "é" * 12])
def test_what_can_be_no_code_is_none(typed):
    assert plain_code(typed) == ""
