"""SurveyJS: JSON with one object of answers per person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ccegov_choice._files import read_text, sha256
from ccegov_choice.data.foreign.interviews import Interviews
from ccegov_choice.data.foreign.request import Request
from ccegov_choice.data.foreign.sheet import Row, Sheet, read_sheet
from ccegov_choice.design.foreign.import_source import Source
from ccegov_choice.errors import DataError, FileFormatError
from ccegov_choice.study.wording import number_id

_PEOPLE = ("id", "Id", "resultId", "instanceId", "clientId")


def read_surveyjs(given: Any, request: Request) -> Interviews:
    """Read results: a list of answers, ``{"Data": [...]}``, or one object in each line."""
    sheet = read_sheet(given) if isinstance(given, pd.DataFrame) else _read(Path(given))
    person = request.person or next((name for name in _PEOPLE if name in sheet.names), None)
    if person is None:
        # SurveyJS keeps no identifier of its own: the place in the file stands for one
        rows = [Row(row.line, {**row.cells, "id": str(row.line)}) for row in sheet.rows]
        sheet, person = Sheet(sheet.source, (*sheet.names, "id"), tuple(rows)), "id"
    return Interviews(sheet, person)


def _read(path: Path) -> Sheet:
    text = read_text(path)
    rows = []
    for place, record in enumerate(_records(text, path), 1):
        if not isinstance(record, Mapping):
            raise DataError(
                f"result {place} is no object of answers",
                where=str(path),
                cure="Save a list of what survey.data holds when a survey is complete.",
            )
        inner = record.get("data", record.get("Content", record))
        answers = json.loads(inner) if isinstance(inner, str) else inner
        outer = {key: value for key, value in record.items() if key in _PEOPLE}
        rows.append(Row(place, dict(_flat({**outer, **answers}))))
    if not rows:
        raise DataError("the file holds no result", where=str(path), cure="Export the results.")
    names = dict.fromkeys(name for row in rows for name in row.cells)
    source = Source(str(path), "file", sha256(text), {})
    return Sheet(source, tuple(names), tuple(rows))


def _records(text: str, path: Path) -> list[Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError as error:
            raise FileFormatError(
                f"the file is not JSON: {error.msg}",
                where=f"{path}:{error.lineno}",
                cure="Export the results as JSON.",
            ) from error
    if isinstance(content, Mapping):
        inner = next((content[key] for key in ("Data", "data", "results") if key in content), None)
        return inner if isinstance(inner, list) else [content]
    return content if isinstance(content, list) else [content]


def _flat(answers: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield names and cells: rows of a matrix follow the question's name after a dot."""
    for name, value in answers.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}", "|".join(_text(item) for item in value)
        else:
            yield f"{prefix}{name}", _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_id(value) if isinstance(value, float) else str(value).strip()
