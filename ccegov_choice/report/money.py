"""No currency without a declared vehicle, wherever a word of the report came from."""

from __future__ import annotations

import re
from typing import TypeVar

from ccegov_choice.report.rewriting import rewrite
from ccegov_choice.study.study import Study

_Thing = TypeVar("_Thing")

_SYMBOLS = re.compile(r"\s?[$€£¥₹₩₽₺₴₫₱฿¢]\s?")
_CODES = re.compile(
    r"\b(?:EUR|USD|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|TRY|ZAR|BRL"
    r"|MXN|KRW|SGD|HKD)\b"
)
_NAMES = re.compile(
    r"\b(?:euros?|dollars?|pounds? sterling|pence|cents?|francs?|yen|rupees?)\b", re.IGNORECASE
)


def declares_vehicle(study: Study) -> bool:
    """Return whether the study says how money would be paid."""
    return any(numeraire.vehicle and numeraire.currency for numeraire in study.numeraires)


def without_currency(words: str) -> str:
    """Take symbols, codes and names of currencies out of a text; amounts stay.

    >>> without_currency("a fee of €12 (12 EUR)")
    'a fee of 12 (12 units of money)'
    """
    bare = _SYMBOLS.sub(lambda found: " " if found.group()[0].isspace() else "", words)
    return _NAMES.sub("units of money", _CODES.sub("units of money", bare))


def neutral(thing: _Thing) -> _Thing:
    """Return a section, or any frozen noun, with no currency in any of its words."""
    return rewrite(thing, without_currency)
