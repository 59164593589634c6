"""Words of the shell: the same keys and the same blanks in every language, and all that is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ccegov_choice.survey.pages.pages as module
from ccegov_choice.survey.pages.words import shell_languages, shell_words

SURVEY = Path(module.__file__).parents[1]
BLANK = re.compile(r"\{(\w+)\}")
ENGLISH = shell_words("en")
OTHERS = [code for code in shell_languages() if code != "en"]


def test_five_languages_ship():
    assert set(shell_languages()) >= {"en", "de", "fr", "pl", "ar"}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_key_and_no_other(language):
    assert set(shell_words(language)) == set(ENGLISH)


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_things_are_filled_in(language):
    words = shell_words(language)
    unlike = [key for key in words if set(BLANK.findall(words[key])) != set(BLANK.findall(ENGLISH[key]))]  # fmt: skip
    assert unlike == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_was_left_in_english(language):
    words = shell_words(language)
    same = {key for key in words if words[key] == ENGLISH[key] and len(words[key]) > 12}
    assert same <= {"task.letters", "task.option"}


@pytest.mark.parametrize("language", shell_languages())
def test_no_word_is_empty_or_has_stray_spaces(language):
    words = shell_words(language)
    assert [key for key in words if not words[key] or words[key] != words[key].strip()] == []


def test_there_are_letters_for_eight_options_in_every_language():
    assert {len(shell_words(code)["task.letters"].split()) for code in shell_languages()} == {8}


def test_every_word_that_a_template_uses_exists():
    used: set[str] = set()
    for path in (SURVEY / "pages" / "templates").glob("*.j2"):
        used |= set(re.findall(r'\bt\("([a-z_.]+)"[,)]', path.read_text(encoding="utf-8")))
    assert len(used) > 60
    assert sorted(key for key in used if key not in ENGLISH) == []


def test_every_error_that_the_survey_can_raise_has_words():
    raised: set[str] = set()
    for path in SURVEY.rglob("*.py"):
        raised |= set(re.findall(r'"(error\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    assert len(raised) > 15
    assert sorted(key for key in raised if key not in ENGLISH) == []


def test_a_regional_language_speaks_as_its_main_one_and_an_unknown_one_english():
    assert shell_words("de-AT") is not ENGLISH
    assert shell_words("de-AT")["button.continue"] == "Weiter"
    assert shell_words("xx")["button.continue"] == ENGLISH["button.continue"]


def test_a_text_may_hold_braces_when_nothing_is_filled_in():
    assert ENGLISH.say("shell.back") == "Back"
    assert ENGLISH.say("progress.step", number=3, total=12) == "Step 3 of 12"


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("en", "1 point", "100 points"),
        ("de", "1 Punkt", "100 Punkte"),
        ("pl", "1 punkt", "2 punkty"),
    ],
)
def test_no_verb_before_an_amount_is_for_one_only(language, one, several):
    singular = re.compile(r"\b(is|ist|jest)\b")
    for key in ("error.over_budget", "budget.amount"):
        for amount in (one, several):
            said = shell_words(language).say(key, spent=amount, amount=amount, over=amount)
            assert not singular.search(said)
