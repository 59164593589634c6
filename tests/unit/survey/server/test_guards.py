"""Rate limits, languages, where forms come from, device classes, key files, settings."""

from __future__ import annotations

import stat

import pytest
from starlette.datastructures import Headers

from ccegov_choice.errors import SurveyError
from ccegov_choice.survey.server.key_file import make_key, read_key
from ccegov_choice.survey.server.paradata import device_class
from ccegov_choice.survey.server.rate_limits import RateLimiter
from ccegov_choice.survey.server.security import from_here
from ccegov_choice.survey.server.settings import ServerSettings
from ccegov_choice.survey.server.visit import preferred


class Ticks:
    """Seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def limiter(ticks):
    return RateLimiter(ticks)


def test_within_a_window_only_so_many_are_welcome(limiter, ticks):
    waits = [limiter.seconds_to_wait("x", "203.0.113.1", 2, 60.0) for _ in range(3)]
    assert waits == [0, 0, 60]
    ticks.now = 59.0
    assert limiter.seconds_to_wait("x", "203.0.113.1", 2, 60.0) == 1
    ticks.now = 60.0
    assert limiter.seconds_to_wait("x", "203.0.113.1", 2, 60.0) == 0


def test_addresses_and_kinds_are_counted_apart(limiter):
    asked = [("x", "203.0.113.1"), ("x", "203.0.113.2"), ("y", "203.0.113.1")]
    assert [limiter.seconds_to_wait(*one, 1, 60.0) for one in asked] == [0, 0, 0]
    assert [limiter.seconds_to_wait(*one, 1, 60.0) > 0 for one in asked] == [True] * 3


def test_no_address_is_kept_in_memory_and_the_salt_changes(limiter, ticks):
    limiter.seconds_to_wait("x", "203.0.113.1", 1, 60.0)
    (before,) = limiter._counts
    assert b"203.0.113.1" not in before
    ticks.now = 3600.0
    limiter.seconds_to_wait("x", "203.0.113.1", 1, 60.0)
    assert before not in limiter._counts


def test_without_a_limit_nothing_is_counted(limiter):
    assert [limiter.seconds_to_wait("x", "203.0.113.1", 0, 60.0) for _ in range(3)] == [0] * 3


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", ""])
def test_nobody_is_exempt_also_on_the_servers_own_machine(limiter, address):
    assert [limiter.seconds_to_wait("x", address, 1, 60.0) for _ in range(2)] == [0, 60]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("fr;q=0.1, de;q=0.9", "de"),
        ("pt, fr", "fr"),
        ("DE", "de"),
        ("de;q=0", "en"),
        ("de;q=x, fr", "fr"),
        ("*", "en"),
        ("zh-Hant-TW", "zh-Hant"),
    ],
)
def test_of_the_languages_there_are_the_one_wished_for_most(accepted, language):
    assert preferred(accepted, ("en", "de", "fr", "zh-Hant")) == language


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "https://office.example"}, False),
        ({"origin": "https://office.example"}, True),
        ({"origin": "http://inside:8000"}, True),
        ({"origin": "https://office.example.evil.example"}, False),
        ({"origin": "null"}, True),
    ],
)
def test_where_a_form_comes_from(headers, ours):
    assert from_here(Headers(headers), "https://office.example", "inside:8000") is ours


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148", "phone"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X910) Safari/537.36", "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile/15E148", "tablet"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/130.0", "desktop"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0", "desktop"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Safari/605", "desktop"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_the_class_of_a_device(user_agent, device):
    assert device_class(user_agent) == device


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    path = make_key(tmp_path / "here" / "survey.key")
    key = read_key(path)
    assert len(key) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(make_key(path)) == key
    assert [p.name for p in path.parent.iterdir()] == ["survey.key"]


def test_a_key_that_will_not_do_is_refused_with_a_cure(tmp_path):
    with pytest.raises(SurveyError, match="no key file"):
        read_key(tmp_path / "none")
    short = tmp_path / "short"
    short.write_text("abc")
    short.chmod(0o600)
    with pytest.raises(SurveyError, match="3 bytes"):
        read_key(short)
    open_to_all = make_key(tmp_path / "open")
    open_to_all.chmod(0o644)
    with pytest.raises(SurveyError, match="chmod 600"):
        read_key(open_to_all)


@pytest.mark.parametrize(
    ("base_url", "base", "origin", "secure"),
    [
        ("", "", "", False),
        ("http://127.0.0.1:8000", "", "http://127.0.0.1:8000", False),
        ("https://office.example/", "", "https://office.example", True),
        ("https://office.example/claim/", "/claim", "https://office.example", True),
    ],
)
def test_the_public_address_says_prefix_origin_and_encryption(base_url, base, origin, secure):
    settings = ServerSettings(b"k" * 32, base_url=base_url)
    assert (settings.base, settings.origin, settings.secure) == (base, origin, secure)
    assert "kkkk" not in repr(settings)


def test_a_short_key_signs_nothing():
    with pytest.raises(ValueError, match="32 bytes"):
        ServerSettings(b"short")
