"""Sawtooth: ``.cho`` files, tables with a row per concept, and answers by questionnaire version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ccegov_choice.data.foreign.conjoint_long import read_long_conjoint
from ccegov_choice.data.foreign.request import Request, Shown
from ccegov_choice.data.foreign.sawtooth_cho import read_cho
from ccegov_choice.data.foreign.sawtooth_versions import read_versions
from ccegov_choice.data.foreign.sheet import read_sheet
from ccegov_choice.design.foreign.import_columns import squeezed


def read_sawtooth(given: Any, request: Request) -> Shown:
    """Read whichever of Sawtooth's three layouts a file has."""
    if isinstance(given, str | Path) and Path(given).suffix.lower() == ".cho":
        return read_cho(Path(given), request)
    sheet = read_sheet(given)
    if any(squeezed(request.columns.get(name, name)) == "concept" for name in sheet.names):
        return read_long_conjoint(sheet, request, coded="yes")
    return read_versions(sheet, request)
