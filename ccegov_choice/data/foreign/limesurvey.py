"""LimeSurvey: CSV with question codes as headings, and answer codes or texts in the cells."""

from __future__ import annotations

import re
from typing import Any

from ccegov_choice.data.foreign.interviews import Interviews, person_column
from ccegov_choice.data.foreign.request import Request
from ccegov_choice.data.foreign.sheet import read_sheet
from ccegov_choice.errors import DataError

_CODE_AND_TEXT = re.compile(r"^(\w+(?:\[\w+\])?)\s*[.:]\s+\S.*$", re.DOTALL)


def read_limesurvey(given: Any, request: Request) -> Interviews:
    """Read an export of responses whose headings are question codes, alone or before the text."""
    sheet = read_sheet(given)
    sheet = sheet.renamed({name: _code(name) for name in sheet.names})
    if not any(re.fullmatch(r"\w+(\[\w+\])?", name) for name in sheet.names[1:]):
        raise DataError(
            "the headings are question texts",
            where=sheet.source.where([1]),
            cure="Export again with Headings: Question code.",
        )
    return Interviews(sheet, person_column(sheet, request.person, ("id",), "LimeSurvey"))


def _code(heading: str) -> str:
    """Return the code of a heading such as ``task3rank[1]. Which is best?``."""
    match = _CODE_AND_TEXT.match(heading)
    return match[1] if match else heading
