"""Words that people do not use, words that tell them what to answer, and two questions in one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ccegov_choice.errors import Problem
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.survey.checking.place import called, place, texts_in
from ccegov_choice.survey.survey import Survey

_FOLDER = "ccegov_choice.survey.checking"
_BRACKETS = re.compile(r"(?<!!)\[[^\]\n]+\](?!\()")
_APART = ("consent",)
"""Pages where the law may demand its own words."""


@dataclass(frozen=True)
class WordList:
    """Words to avoid in one language.

    Parameters
    ----------
    jargon, customer : mapping of str to str
        Word -> what to say instead; those of `customer` only where nobody pays as one.
    loaded, double : tuple of str
        Words that lead, and words that join two questions.
    """

    jargon: dict[str, str]
    customer: dict[str, str]
    loaded: tuple[str, ...]
    double: tuple[str, ...]


@cache
def word_list(language: str) -> WordList:
    """Return the words to avoid in a language; none where there is no list."""
    file = files(_FOLDER).joinpath("words", f"{language.partition('-')[0]}.toml")
    if not file.is_file():
        return WordList({}, {}, (), ())
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    return WordList(
        found["jargon"],
        found["customer"],
        tuple(found["loaded"]["words"]),
        tuple(found["double"]["words"]),
    )


def plain_language_advice(survey: Survey) -> Iterator[Problem]:
    """Yield every word that a citizen may not know, or should not be led by."""
    for language in survey.languages:
        words = word_list(language)
        plain = dict(words.jargon)
        if survey.study.role != "customer":
            plain.update(words.customer)
        for path, text in texts_in(survey, language):
            where = place(survey, *path)
            for blank in _BRACKETS.findall(text):
                yield Problem(
                    f"{called(path)} still holds '{blank}'",
                    "Put your own words in place of the brackets.",
                    where,
                )
            if not _of_law(survey, path):
                yield from _jargon(path, text, language, plain, where)
            if path[0] == "question" and path[2:] == ("text",):
                yield from _leading(path, text, words, where)


def _of_law(survey: Survey, path: KeyPath) -> bool:
    page = survey.page(str(path[1])) if path[0] == "page" else None
    return page is not None and page.kind in _APART


def _jargon(
    path: KeyPath, text: str, language: str, plain: dict[str, str], where: str
) -> Iterator[Problem]:
    for word in _found(text, plain):
        instead = plain[word]
        yield Problem(
            f"{called(path)} says '{word}' in '{language}'",
            f"Say '{instead}', or what people would say." if instead else "Say what it means.",
            where,
        )


def _leading(path: KeyPath, text: str, words: WordList, where: str) -> Iterator[Problem]:
    for word in _found(text, words.loaded):
        yield Problem(
            f"{called(path)} leads with '{word}'", "Ask so that every answer is as easy.", where
        )
    joined = _found(text, words.double)
    marks = text.count("?") + text.count("؟")
    if joined or marks > 1:
        why = f"'{joined[0]}' joins them" if joined else f"it has {marks} question marks"
        yield Problem(
            f"{called(path)} asks two things at once ({why})",
            "Make two questions of it: some people would answer them differently.",
            where,
        )


def _found(text: str, words: Iterable[str]) -> list[str]:
    """Return the words that stand in a text as whole words; longer ones hide their parts."""
    low, found = text.lower(), []
    for word in sorted(words, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
        if re.search(pattern, low):
            found.append(word)
            low = re.sub(pattern, " ", low)
    return found
