"""Numbers in words, and the catalogue that holds all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ccegov_choice.report as room
from ccegov_choice.report.wording import (
    between,
    catalogue,
    count,
    digits_for,
    in_100,
    join_words,
    plain,
    points,
    say,
)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.621, "about 62 in 100"),
        (0.004, "fewer than 1 in 100"),
        (0.999, "more than 99 in 100"),
        (0.005, "fewer than 1 in 100"),
    ],
)
def test_shares_are_said_as_people_in_a_hundred(share, words):
    assert in_100(share) == words


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12.4, "12"), (9.96, "10"), (3.14, "3.1"), (0.512, "0.51"), (0.0, "0"), (-4.2, "−4.2")],
)
def test_numbers_have_as_many_decimals_as_a_reader_needs(value, shown):
    assert plain(value) == shown


def test_an_interval_uses_one_number_of_decimals():
    assert between(9.96, 12.3, 1) == "10.0 to 12.3"
    assert digits_for(12.3) == 0


def test_there_is_no_minus_zero():
    assert plain(-0.001, 1) == "0.0"
    assert points(-0.2) == "0"


@pytest.mark.parametrize(
    ("words", "joined"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_joined_as_in_a_sentence(words, joined):
    assert join_words(words) == joined


def test_one_thing_is_one_thing():
    assert count(1, "people") == "1 person"
    assert count(7200, "choices") == "7,200 choices"


def test_a_gap_that_is_not_filled_is_an_error():
    with pytest.raises(KeyError):
        say("interval.plain")


SOURCE = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted(Path(room.__file__).parent.glob("*.py"))
    + sorted(Path(room.__file__).parent.glob("templates/*.j2"))
)


# say(f"{key}.title") and say(f"{key}.text") of told_blocks
TOLD = re.findall(r"told_blocks\(\s*material, [a-z_.()]+, \"([a-z]+)\"", SOURCE)


def test_every_text_of_the_catalogue_is_used():
    asked = set(re.findall(r"\"([a-z]+\.[a-z0-9_]+)\"", SOURCE.replace("'", '"')))
    prefixes = tuple(re.findall(r"f\"([a-z]+\.[a-z_]*)\{", SOURCE))
    prefixes += tuple(f"{key}." for key in TOLD)
    joined = {name + "_many" for name in asked}
    unused = [
        key for key in catalogue() if key not in asked | joined and not key.startswith(prefixes)
    ]
    assert unused == []
