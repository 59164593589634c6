"""Wordings in one or several languages, and numbers with their unit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from ccegov_choice.errors import Problem, StudyError, unknown_name

Text = str | Mapping[str, str]
"""One wording, or language code -> wording."""

_SINGULAR_BELOW_TWO = ("fr", "pt")
_DECIMAL_POINT = ("en", "cy", "ga", "mt", "zh", "ja", "ko", "he", "th", "hi")


def own_copy(text: Text) -> Text:
    """Return the wording so that later changes by the caller do not reach it; ``{}`` is ``""``."""
    return text if isinstance(text, str) else dict(text) or ""


def wording(text: Text, language: str | None = None) -> str:
    """Return a wording in one language.

    Parameters
    ----------
    text : str or mapping
        One wording (returned for every language), or language code -> wording.
    language : str, optional
        Language code such as ``"cy"``; ``"en-GB"`` falls back to ``"en"``. Without it, the
        first wording.

    Returns
    -------
    str
        The wording; empty when there is none at all.

    Raises
    ------
    StudyError
        If the wording does not exist in that language.
    """
    if isinstance(text, str):
        return text
    if not text:
        return ""
    if language is None:
        return next(iter(text.values()))
    for code in (language, language.split("-")[0]):
        if code in text:
            return text[code]
    problem: Problem = unknown_name(language, text, "language")
    first = next(iter(text.values()))
    raise StudyError(
        f"there is no wording in '{language}' for \"{first}\"",
        cure=f"{problem.cure} Add the wording in '{language}' to the study.",
    )


def in_order(text: Text, languages: Sequence[str]) -> Text:
    """Put the wordings into the order of the study's languages; others follow."""
    if isinstance(text, str):
        return text
    known = [code for code in languages if code in text]
    return {code: text[code] for code in [*known, *(c for c in text if c not in known)]}


def number_text(number: float, language: str | None = None) -> str:
    """Write a number for people to read: ``2``, ``0.5``, ``−20``, ``12,000``.

    Whole parts of five digits and more are grouped, the minus sign is a true one, and the
    decimal sign is a comma in languages that use one.
    """
    if not math.isfinite(number):
        return str(number)
    magnitude = abs(number)
    text = str(int(magnitude)) if float(magnitude).is_integer() else repr(float(magnitude))
    if "e" in text:
        text = format(Decimal(text), "f")
    whole, _, part = text.partition(".")
    points = language is None or language.split("-")[0] in _DECIMAL_POINT
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", "," if points else "\u202f")
    text = f"{whole}{'.' if points else ','}{part}" if part else whole
    return f"−{text}" if number < 0 else text


def quantity(number: float, unit: Text, unit_plural: Text, language: str | None = None) -> str:
    """Write a number with its unit: ``1 day``, ``12 days``.

    Parameters
    ----------
    number : float
        How many.
    unit : str or mapping
        The unit for one; the unit for every number when there is no plural.
    unit_plural : str or mapping
        The unit for other numbers; empty for units that do not change, such as ``km``.
    language : str, optional
        Language code; the first wording when not given.
    """
    singular = abs(number) == 1
    code = language or (next(iter(unit), "") if isinstance(unit, Mapping) else "")
    if code.split("-")[0] in _SINGULAR_BELOW_TWO:
        singular = abs(number) < 2
    word = wording(unit, language) if singular or not unit_plural else ""
    word = word or wording(unit_plural, language)
    shown = number_text(number, language if language else code or None)
    return f"{shown} {word}" if word else shown


def number_id(number: float) -> str:
    """Return the level id of a number: ``2.0`` is ``"2"``, ``0.5`` is ``"0.5"``."""
    value = float(number)
    if math.isfinite(value) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)
