"""How many years of school a text asks for, by Flesch and Kincaid's formula for English."""

from __future__ import annotations

import re
from collections.abc import Iterable

LIMIT = 9.0
"""The grade that a brief should not exceed: about the age of fourteen."""

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|\d[\d,.]*")
_VOWELS = re.compile(r"[aeiouy]+")
_END = re.compile(r"[.!?]+(?=\s|$|[”\"')])")
_SILENT = re.compile(r"(?:[^laeiouy]es|[^dt]ed|[^laeiouy]e)$")


def syllables(word: str) -> int:
    """Count the syllables of an English word: groups of vowels, less a silent ending.

    A number is read as one word of one syllable for each digit, two at most: readers see it.

    >>> [syllables(word) for word in ("decide", "people", "asked", "wanted", "12")]
    [2, 2, 1, 2, 2]
    """
    if word[0].isdigit():
        return min(2, sum(letter.isdigit() for letter in word))
    lower = word.lower()
    count = len(_VOWELS.findall(lower))
    if count > 1 and _SILENT.search(lower):
        count -= 1
    return max(1, count)


def reading_grade(texts: str | Iterable[str]) -> float:
    """Return the school grade of a text, ``0.39 words/sentence + 11.8 syllables/word - 15.59``.

    Parameters
    ----------
    texts : str or iterable of str
        Paragraphs; each ends a sentence, as do a full stop, a question and an exclamation mark.

    Returns
    -------
    float
        The grade; 0 for no words.

    References
    ----------
    Kincaid, Fishburne, Rogers & Chissom (1975), Derivation of new readability formulas for Navy
    enlisted personnel, Research Branch Report 8-75.
    """
    parts = [texts] if isinstance(texts, str) else list(texts)
    words, sentences, sounds = 0, 0, 0
    for part in parts:
        for sentence in _END.split(part):
            found = _WORD.findall(sentence)
            if found:
                words += len(found)
                sentences += 1
                sounds += sum(syllables(word) for word in found)
    if not words:
        return 0.0
    return 0.39 * words / sentences + 11.8 * sounds / words - 15.59


def word_count(texts: Iterable[str]) -> int:
    """Count words as a reader does: what spaces part, if it has a letter or a digit."""
    return sum(any(c.isalnum() for c in word) for text in texts for word in text.split())
