"""Sessions of administrators end, cannot be made up, and do not carry over between keys or uses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccegov_choice.survey.server.admin.attempts import (
    FOR_ALL,
    FOR_ONE,
    WINDOW_SECONDS,
    LogInAttempts,
)
from ccegov_choice.survey.server.admin.sessions import (
    FORM_SECONDS,
    IDLE_SECONDS,
    LONGEST_SECONDS,
    begin,
    form_token,
    is_form_token,
    is_log_in_token,
    log_in_token,
    pack,
    unpack,
)
from ccegov_choice.survey.server.signing import Signer

SIGNER = Signer(b"k" * 32)
NOW = 1_700_000_000


def test_a_session_comes_back_until_it_idles():
    session = begin("anna", NOW)
    value = pack(session, SIGNER)
    assert unpack(value, SIGNER, NOW + IDLE_SECONDS) == session
    assert unpack(value, SIGNER, NOW + IDLE_SECONDS + 1) is None


def test_use_puts_the_end_off_but_not_for_ever():
    session = begin("anna", NOW)
    for now in range(NOW, NOW + LONGEST_SECONDS + 1, IDLE_SECONDS):
        session = session.seen_at(now)
        assert unpack(pack(session, SIGNER), SIGNER, now) == session
    late = NOW + LONGEST_SECONDS + 1
    assert unpack(pack(session.seen_at(late), SIGNER), SIGNER, late) is None


def test_a_session_from_the_future_is_none():
    assert unpack(pack(begin("anna", NOW + 60), SIGNER), SIGNER, NOW) is None


def test_every_log_in_has_an_id_of_its_own():
    assert begin("anna", NOW).id != begin("anna", NOW).id


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_what_we_did_not_write_is_no_session(value):
    assert unpack(value, SIGNER, NOW) is None


@given(st.integers(0, 400), st.characters(max_codepoint=127))
def test_a_changed_cookie_is_no_session(position, letter):
    value = pack(begin("anna", NOW), SIGNER)
    position %= len(value)
    changed = value[:position] + letter + value[position + 1 :]
    assert changed == value or unpack(changed, SIGNER, NOW) is None


def test_another_key_reads_nothing():
    assert unpack(pack(begin("anna", NOW), SIGNER), Signer(b"o" * 32), NOW) is None


def test_a_token_of_one_kind_is_none_of_another():
    session, other = begin("anna", NOW), begin("anna", NOW)
    token = form_token(session, SIGNER)
    assert is_form_token(token, session, SIGNER)
    assert not is_form_token(token, other, SIGNER)
    assert not is_form_token(log_in_token(SIGNER, NOW), session, SIGNER)
    assert not is_log_in_token(token, SIGNER, NOW)


@pytest.mark.parametrize("token", ["", ".", "1.", "x.y", "é.é", f"{NOW}.0"])
def test_log_in_tokens_that_are_none(token):
    assert not is_log_in_token(token, SIGNER, NOW)


def test_a_log_in_form_is_good_for_an_hour():
    token = log_in_token(SIGNER, NOW)
    assert is_log_in_token(token, SIGNER, NOW + FORM_SECONDS)
    assert not is_log_in_token(token, SIGNER, NOW + FORM_SECONDS + 1)


class Ticks:
    now = 0.0

    def __call__(self):
        return self.now


def test_few_failures_slow_one_caller_down_and_not_the_others():
    ticks = Ticks()
    attempts = LogInAttempts(ticks)
    for _ in range(FOR_ONE):
        assert attempts.allowed("a")
        attempts.failed("a")
    assert not attempts.allowed("a")
    assert attempts.allowed("b")
    ticks.now = WINDOW_SECONDS + 1
    assert attempts.allowed("a")


def test_many_callers_together_are_stopped_too():
    attempts = LogInAttempts(Ticks())
    for caller in range(FOR_ALL):
        attempts.failed(str(caller))
    assert not attempts.allowed("somebody new")


def test_a_log_in_clears_the_failures_of_its_caller():
    attempts = LogInAttempts(Ticks())
    for _ in range(FOR_ONE):
        attempts.failed("a")
    attempts.succeeded("a")
    assert attempts.allowed("a")


def test_callers_behind_a_proxy_that_is_not_trusted_are_not_taken_for_one():
    attempts = LogInAttempts(Ticks())
    for _ in range(FOR_ONE):
        attempts.failed("127.0.0.1")
    assert attempts.allowed("127.0.0.1")
