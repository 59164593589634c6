"""Keyed cells that are not yet answers: days and lists of codes."""

from __future__ import annotations

import re
from datetime import date

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})")


def day_of(text: str) -> str | None:
    """Return a day keyed as ``2026-12-31`` or ``31.12.2026`` in ISO form; None if it is none."""
    if match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    else:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def codes_of(text: str) -> list[str]:
    """Return the codes of a cell such as ``1 4`` or ``1, 4``."""
    return text.replace(",", " ").split()
