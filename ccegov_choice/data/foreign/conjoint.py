"""Conjoint data that show what people saw: long tables, and one row per person."""

from __future__ import annotations

from typing import Any

from ccegov_choice.data.foreign.conjoint_long import read_long_conjoint
from ccegov_choice.data.foreign.conjoint_wide import profile_columns, read_wide_conjoint
from ccegov_choice.data.foreign.qualtrics import answers_only
from ccegov_choice.data.foreign.request import Request, Shown
from ccegov_choice.data.foreign.sheet import read_sheet


def read_conjoint(given: Any, request: Request) -> Shown:
    """Read a table of conjoint answers, whichever way it lies."""
    sheet = answers_only(read_sheet(given))
    profiles = profile_columns(sheet.names, request)
    if profiles:
        return read_wide_conjoint(sheet, profiles, request)
    return read_long_conjoint(sheet, request)
