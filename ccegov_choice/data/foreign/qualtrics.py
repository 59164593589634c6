"""Qualtrics: CSV or TSV with three header rows, of which the last holds import ids."""

from __future__ import annotations

import re
from typing import Any

from ccegov_choice.data.foreign.interviews import Interviews, counted_note, person_column
from ccegov_choice.data.foreign.request import Request
from ccegov_choice.data.foreign.sheet import Row, Sheet, read_sheet

PEOPLE = ("ResponseId", "ResponseID", "_recordId")
_RESPONSE = re.compile(r"R_\w+$")
# choice text and numeric values of the column Status that mark rehearsals
_REHEARSALS = frozenset({"survey preview", "survey test", "offline survey preview", "1", "2", "17"})


def read_qualtrics(given: Any, request: Request) -> Interviews:
    """Read an export of responses, with choice text or numeric values."""
    sheet = answers_only(read_sheet(given))
    person = person_column(sheet, request.person, PEOPLE, "Qualtrics")
    kept = [row for row in sheet.rows if row.cell("Status").casefold() not in _REHEARSALS]
    left = len(sheet.rows) - len(kept)
    notes = counted_note(
        left, "preview or test response was left out.", "preview or test responses were left out."
    )
    return Interviews(sheet.with_rows(kept), person, notes)


def answers_only(sheet: Sheet) -> Sheet:
    """Leave out the second and third header row: question texts and import ids."""
    ids = [i for i, row in enumerate(sheet.rows[:3]) if _is_import_ids(row)]
    if ids:
        return sheet.with_rows(sheet.rows[ids[0] + 1 :])
    person = next((name for name in PEOPLE if name in sheet.names), None)
    # the older layout has two header rows: whatever stands above the first response id
    first = next((i for i, row in enumerate(sheet.rows) if _RESPONSE.match(row.cell(person))), 0)
    return sheet.with_rows(sheet.rows[first:])


def _is_import_ids(row: Row) -> bool:
    return any(cell.replace(" ", "").startswith('{"ImportId"') for cell in row.cells.values())
