"""The report's own words, in one place, and how it writes numbers.

Everything the report says itself stands in ``catalogue/en.toml``; a translation is another file
beside it. Names of attributes, levels and units come from the study in the study's own words.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from pathlib import Path

from ccegov_choice._table import format_number

_FOLDER = Path(__file__).parent / "catalogue"


@cache
def catalogue(language: str = "en") -> dict[str, str]:
    """Return the words of a language: ``"section.name"`` -> text."""
    content = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        f"{section}.{name}": " ".join(text.split())
        for section, entries in content.items()
        for name, text in entries.items()
    }


def say(key: str, /, **values: object) -> str:
    """Return a text of the catalogue with its gaps filled.

    Parameters
    ----------
    key : str
        ``"section.name"`` in ``catalogue/en.toml``.
    **values
        What fills the gaps; a missing one raises `KeyError`.
    """
    return catalogue()[key].format(**values)


def count(number: int, noun: str) -> str:
    """Write a number of things: ``"1 person"``, ``"7,200 choices"``.

    Parameters
    ----------
    number : int
        How many.
    noun : str
        A name under ``[count]`` of the catalogue.
    """
    return say(f"count.{noun}_{'one' if number == 1 else 'many'}", n=f"{number:,}")


def in_100(share: float) -> str:
    """Write a share (0 to 1) as people in 100: ``"about 62 in 100"``."""
    rounded = round(100 * share)
    if rounded < 1:
        return say("number.under_one")
    if rounded > 99:
        return say("number.over_99")
    return say("number.in_100", n=rounded)


def points(value: float) -> str:
    """Write a number out of 100 without decimals, never as minus zero."""
    return plain(value, 0)


def between(low: float, high: float, digits: int = 0) -> str:
    """Write an interval: ``"58 to 66"``."""
    return say("number.between", low=plain(low, digits), high=plain(high, digits))


def digits_for(value: float) -> int:
    """Return how many decimals a reader needs: none from 10 on, more for small numbers."""
    size = abs(value)
    if size >= 9.95 or size == 0:
        return 0
    if size >= 0.995:
        return 1
    return min(6, 1 - math.floor(math.log10(size)))


def plain(value: float, digits: int | None = None) -> str:
    """Write a number with as many decimals as a reader needs, and a true minus sign."""
    places = digits_for(value) if digits is None else digits
    rounded = round(value, places)
    return format_number(rounded + 0.0 if rounded else 0.0, f",.{places}f")


def join_words(words: list[str] | tuple[str, ...]) -> str:
    """Join words as in a sentence: ``"a, b and c"``."""
    if len(words) < 2:
        return "".join(words)
    return say("number.and", first=", ".join(words[:-1]), last=words[-1])


def quoted(words: str) -> str:
    """Put words in quotation marks."""
    return say("number.quoted", words=words)


def lower_first(words: str) -> str:
    """Start with a small letter, for the middle of a sentence; leave ``"VAT"`` and ``"I"``."""
    if len(words) > 1 and words[0].isupper() and words[1].islower():
        return words[0].lower() + words[1:]
    return words


def upper_first(words: str) -> str:
    """Start with a capital letter."""
    return words[:1].upper() + words[1:]
