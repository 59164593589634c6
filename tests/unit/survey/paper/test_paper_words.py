"""The words of paper and scripts exist in every language, and nowhere are there too many."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ccegov_choice.survey.paper as room
from ccegov_choice.errors import SurveyError
from ccegov_choice.survey.pages.words import shell_languages
from ccegov_choice.survey.paper.words import languages, words

SOURCES = [
    path.read_text(encoding="utf-8")
    for folder in (Path(room.__path__[0]), Path(room.__path__[0]).parent / "exporting")
    for path in folder.rglob("*")
    if path.suffix in (".py", ".typ")
]


def test_the_languages_are_those_of_the_pages():
    assert languages() == shell_languages()


@pytest.mark.parametrize("language", languages())
def test_every_word_is_there_with_the_same_places_to_fill(language):
    english, other = words("en"), words(language)
    assert list(other) == list(english)
    for key, text in other.items():
        assert text.strip()
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", english[key])), key


def test_every_word_is_used():
    used = "\n".join(SOURCES)
    built = {"script.telephone", "script.interviewer"} | {
        key for key in words("en") if key.startswith("paper.how_") or key == "paper.sign"
    }
    assert [key for key in words("en") if f'"{key}"' not in used and key not in built] == []


def test_a_region_takes_the_words_of_its_language():
    assert words("de-AT") == words("de")


def test_an_unknown_language_says_what_to_write():
    with pytest.raises(SurveyError, match=r"words/tlh\.toml"):
        words("tlh")
