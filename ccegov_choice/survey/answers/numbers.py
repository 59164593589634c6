"""Numbers as people type them: separators of their language, digits of their script."""

from __future__ import annotations

import math
import re

from ccegov_choice.study.wording import number_text

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?|[+-]?\.\d+")
_LONGEST = 30


def number_of(text: str, language: str | None = None) -> int | float | None:
    """Return the number that somebody typed, or None.

    Parameters
    ----------
    text : str
        Such as ``"1,250.50"``, ``"1 250,5"``, ``"١٢٫٥"``, ``"−3"``.
    language : str, optional
        Decides whether a lone separator before three digits groups them: ``"1.250"`` is 1.25 in
        English and 1250 in German.
    """
    plain = _SPACES.sub("", text).replace("−", "-").replace("٫", ".").replace("٬", "")
    if len(plain) > _LONGEST:
        return None
    point = "," if "," in number_text(0.5, language) else "."
    group = "." if point == "," else ","
    if point in plain and group in plain:
        point = max(point, group, key=plain.rfind)  # whichever comes last parts the decimals
        group = "." if point == "," else ","
    if re.fullmatch(rf"[+-]?\d{{1,3}}(\{group}\d{{3}})+(\{point}\d*)?", plain):
        plain = plain.replace(group, "").replace(point, ".")
    else:
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        return None
    number = float(plain)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def whole_number_of(text: str) -> int | None:
    """Return the whole number, without sign, that somebody typed, or None."""
    plain = _SPACES.sub("", text)
    return int(plain) if re.fullmatch(r"\d{1,9}", plain) else None
