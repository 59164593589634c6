"""How many years at school a text asks for, by a published measure for each language.

Measures count sentences, words and syllables; they know nothing of sense, order or print. They
tell when a text is far too hard, and never that it is understood: only people can tell that.

=======  ==========================================================================
English  Flesch-Kincaid grade: Kincaid, Fishburne, Rogers and Chissom 1975
German   first Wiener Sachtextformel: Bamberger and Vanecek 1984
French   reading ease: Kandel and Moles 1958, turned into grades by Flesch's table
Polish   fog index: Gunning 1952, with words of four syllables and more as hard ones, as is usual
         for Polish
others   LIX, words to a sentence and words of more than six letters: Björnsson 1968, turned into
         grades by Anderson 1983. It was not calibrated for them, Arabic included
=======  ==========================================================================

Syllables are counted by rules of spelling, which are wrong for some words; over a page this
moves a grade by a few tenths.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

LEAST_WORDS = 60
"""Measures of shorter texts jump with every word."""

_SENTENCE = re.compile(r"[.!?؟…:]+(?=\s|$)|\n\s*\n")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ITEM = re.compile(r"^[ \t]*[-*+][ \t]", re.MULTILINE)
_MARKDOWN = re.compile(r"!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|[\[*_`#>]")
_ADDRESS = re.compile(r"\S+@\S*\w|https?://\S*\w")
_ENGLISH_APART = re.compile(
    r"ia(?!l$|n$|ge)|io(?!u|n)|ua(?!r)|eo(?!u|p)|[aeiouy]ing$|cre[ai]t|idea|area|quiet|scien|clien"
    r"|socie"
)
_FLESCH_EASE = (30.0, 50.0, 60.0, 70.0, 80.0, 90.0)
_FLESCH_GRADES = (17.0, 14.5, 11.0, 8.5, 7.0, 6.0, 5.0)
_LIX = (10.0, 15.0, 20.0, 24.0, 28.0, 32.0, 36.0, 40.0, 44.0, 48.0, 52.0, 56.0)


@dataclass(frozen=True)
class Counts:
    """What the measures are made from.

    Parameters
    ----------
    sentences : int
        Sentences; items of lists count as such.
    syllables : tuple of int
        Syllables of each word.
    letters : tuple of int
        Letters of each word.
    """

    sentences: int
    syllables: tuple[int, ...]
    letters: tuple[int, ...]

    @property
    def words(self) -> int:
        """Number of words."""
        return len(self.letters)

    @property
    def words_per_sentence(self) -> float:
        """Mean length of a sentence."""
        return self.words / self.sentences

    def share(self, counts: tuple[int, ...], at_least: int) -> float:
        """Return how many of a hundred words have so many syllables (or letters) at least."""
        return 100 * sum(count >= at_least for count in counts) / self.words


def reading_grade(text: str, language: str) -> float | None:
    """Return about how many years at school a text asks for; None if it is too short to say.

    Parameters
    ----------
    text : str
        Markdown or plain text.
    language : str
        Language code.
    """
    code = language.partition("-")[0]
    found = count(text, code)
    if found.words < LEAST_WORDS:
        return None
    return _MEASURES.get(code, _lix)(found)


def count(text: str, language: str) -> Counts:
    """Count sentences, words and syllables."""
    apart = _ITEM.sub("\n\n", text)  # an item of a list ends what stood before it
    plain = _ADDRESS.sub(" ", _MARKDOWN.sub(" ", apart))
    words = _WORD.findall(plain)
    sentences = sum(bool(_WORD.search(part)) for part in _SENTENCE.split(plain))
    return Counts(
        max(sentences, 1),
        tuple(syllables(word, language) for word in words),
        tuple(len(word) for word in words),
    )


def syllables(word: str, language: str) -> int:
    """Return the syllables of a word, by rules of spelling."""
    low = word.lower()
    if language == "en":
        return _english_syllables(low)
    if language == "pl":
        # i before a vowel only softens the consonant before it
        low = re.sub(r"i(?=[aeouóąęy])", "", low)
        return max(1, len(re.findall(r"[aeiouyóąę]", low)))
    if language == "fr":
        low = re.sub(r"(?<=[^aeiouyâàéèêëîïôöûùü])(?:es|ent|e)$", "", low)
        return max(1, len(re.findall(r"[aeiouyâàéèêëîïôöûùüœæ]+", low)))
    vowels = r"aa|ee|oo|ie|ei|ai|au|äu|eu|[aeiouyäöü]" if language == "de" else r"[aeiouy]+"
    return max(1, len(re.findall(vowels, low)))


def _english_syllables(low: str) -> int:
    low = re.sub(r"['’]s?$", "", low)
    found = len(re.findall(r"[aeiouy]+", low))
    if re.search(r"[^aeiouy]e$", low) and not re.search(r"[^aeiouy]le$", low):
        found -= 1  # make, but table
    if re.search(r"[^aeiouydt]ed$", low):
        found -= 1  # asked, but wanted
    if re.search(r"[^aeiouysxzhgc]es$", low):
        found -= 1  # takes, but pages
    found += len(_ENGLISH_APART.findall(low))  # vowels side by side that are spoken apart
    return max(1, found)


def _flesch_kincaid(found: Counts) -> float:
    per_word = sum(found.syllables) / found.words
    return 0.39 * found.words_per_sentence + 11.8 * per_word - 15.59


def _wiener_sachtext(found: Counts) -> float:
    return (
        0.1935 * found.share(found.syllables, 3)
        + 0.1672 * found.words_per_sentence
        + 0.1297 * found.share(found.letters, 7)
        - 0.0327 * (100 - found.share(found.syllables, 2))
        - 0.875
    )


def _kandel_moles(found: Counts) -> float:
    per_word = sum(found.syllables) / found.words
    ease = 207 - 1.015 * found.words_per_sentence - 73.6 * per_word
    return _FLESCH_GRADES[bisect_right(_FLESCH_EASE, ease)]


def _polish_fog(found: Counts) -> float:
    return 0.4 * (found.words_per_sentence + found.share(found.syllables, 4))


def _lix(found: Counts) -> float:
    value = found.words_per_sentence + found.share(found.letters, 7)
    return float(bisect_right(_LIX, value) + 1)


_MEASURES: dict[str, Callable[[Counts], float]] = {
    "en": _flesch_kincaid,
    "de": _wiener_sachtext,
    "fr": _kandel_moles,
    "pl": _polish_fog,
}
