"""Numbers as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccegov_choice.study.wording import number_text
from ccegov_choice.survey.answers.numbers import number_of, whole_number_of


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("12", "en", 12),
        ("1,250.50", "en", 1250.5),
        ("1.250,50", "de", 1250.5),
        ("1.250,50", "en", 1250.5),
        ("1.250", "en", 1.25),
        ("1.250", "de", 1250),
        ("1,250", "en", 1250),
        ("1,250", "de", 1.25),
        ("1,5", "en", 1.5),
        ("1.5", "de", 1.5),
        ("1 250,5", "fr", 1250.5),
        ("1\u202f250", "fr", 1250),
        ("١٢٫٥", "ar", 12.5),
        ("−3", "en", -3),
        ("+3", "en", 3),
        (".5", "en", 0.5),
        ("5.", "en", 5),
        ("1'000", "de", 1000),
    ],
)
def test_numbers_are_understood(text, language, number):
    assert number_of(text, language) == number


@pytest.mark.parametrize(
    "text", ["", "x", "1e5", "nan", "inf", "1.2.3", "1,2,3", "--1", "²", "1/2", "9" * 31]
)
def test_what_is_no_number_is_none(text):
    assert number_of(text) is None


@given(
    st.one_of(st.integers(-(10**12), 10**12), st.decimals(-(10**6), 10**6, places=4).map(float)),
    st.sampled_from(["en", "de", "fr", "pl"]),
)
def test_numbers_that_we_write_are_read_as_they_are(number, language):
    text = number_text(number, language)
    assert number_of(text, language) == number


@pytest.mark.parametrize(
    ("text", "number"), [("07", 7), ("٣", 3), (" 3 ", 3), ("-3", None), ("3.0", None), ("", None)]
)
def test_days_and_years_are_whole(text, number):
    assert whole_number_of(text) == number
