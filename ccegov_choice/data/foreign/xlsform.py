"""XLSForm: CSV of ODK Central, KoboToolbox or SurveyCTO, with groups before the names."""

from __future__ import annotations

from typing import Any

from ccegov_choice.data.foreign.interviews import Interviews, counted_note, person_column
from ccegov_choice.data.foreign.request import Request
from ccegov_choice.data.foreign.sheet import read_sheet

_PEOPLE = ("KEY", "instanceID", "_uuid", "_id", "meta/instanceID")
_REJECTED = frozenset({"rejected", "hasissues", "not_approved"})


def read_xlsform(given: Any, request: Request) -> Interviews:
    """Read an export of submissions; ``tasks-task_17`` and ``tasks/task_17`` are ``task_17``."""
    sheet = read_sheet(given)
    asked = {request.person, *request.columns}
    short = {name: _without_group(name) for name in sheet.names if name not in asked}
    alone = [name for name in short.values() if list(short.values()).count(name) == 1]
    sheet = sheet.renamed({name: end for name, end in short.items() if end in alone})
    person = person_column(sheet, request.person, _PEOPLE, "an ODK server")
    kept = [row for row in sheet.rows if row.cell("ReviewState").casefold() not in _REJECTED]
    left = len(sheet.rows) - len(kept)
    notes = counted_note(
        left,
        "submission that reviewers rejected was left out.",
        "submissions that reviewers rejected were left out.",
    )
    return Interviews(sheet.with_rows(kept), person, notes)


def _without_group(name: str) -> str:
    """Return the name without its groups: ODK puts ``-`` behind them, KoboToolbox ``/``."""
    return name.replace("/", "-").rpartition("-")[2]
