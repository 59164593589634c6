"""A keyed file: one row per form, checked against the survey it is keyed for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ccegov_choice._files import read_text
from ccegov_choice.errors import FileFormatError, Problem, SurveyError, unknown_name
from ccegov_choice.survey.keying.columns import FORM_COLUMNS, KeyColumn, key_columns
from ccegov_choice.survey.settings import MODES
from ccegov_choice.survey.survey import Survey


@dataclass(frozen=True)
class KeyedForm:
    """One form, as one person keyed it.

    Parameters
    ----------
    form : int
        Its number.
    block, language, mode : str
        What its code says, and how it was filled in.
    where : str
        File and line.
    cells : mapping of str to str
        Column -> what was keyed; columns the file does not have are left out.
    """

    form: int
    block: str
    language: str
    mode: str
    where: str
    cells: Mapping[str, str]

    @property
    def seed(self) -> str:
        """Seed of the orders on the form."""
        return f"paper:{self.form}"


@dataclass(frozen=True)
class Entry:
    """All forms that one person keyed.

    Parameters
    ----------
    name : str
        The file.
    forms : mapping of int to KeyedForm
        By number.
    """

    name: str
    forms: Mapping[int, KeyedForm]


def read_entry(survey: Survey, path: str | Path, *, whole: bool = True) -> Entry:
    """Read a keyed file.

    Parameters
    ----------
    survey : Survey
        The survey that the forms belong to.
    path : str or Path
        CSV, separated by commas or semicolons.
    whole : bool
        Whether all columns must be there; not so in the file that decides differences.

    Raises
    ------
    FileFormatError
        If the file is missing, or has no header.
    SurveyError
        Listing every row that belongs to another survey, version, block or language, every form
        that is there twice, and every column that is missing or unknown.
    """
    name = str(path)
    header, rows = _table(read_text(path), name)
    problems = list(_column_problems(survey, header, name, whole))
    forms: dict[int, KeyedForm] = {}
    for line, cells in rows:
        where = f"{name}:{line}"
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        found = list(_row_problems(survey, row, where))
        problems += found
        if found:
            continue
        form = _form(survey, row, where)
        if form.form in forms:
            problems.append(
                Problem(
                    f"form {form.form} is keyed twice, first in {forms[form.form].where}",
                    "Keep the row that was keyed from the form.",
                    where,
                )
            )
        forms[form.form] = form
    if problems:
        raise SurveyError.of(problems, f"{name} cannot be taken ({{count}} problems):")
    return Entry(name, forms)


def columns_of(survey: Survey, form: KeyedForm) -> dict[str, KeyColumn]:
    """Return what is keyed of a form, by the name of the column."""
    return {column.name: column for column in key_columns(survey, form.block)}


def _table(text: str, name: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    lines: list[tuple[int, list[str]]] = []
    start = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            lines.append((start, cells))
        start = reader.line_num + 1
    if not lines:
        raise FileFormatError("the file is empty", where=name, cure="Begin with the template.")
    return [cell.strip() for cell in lines[0][1]], lines[1:]


def _column_problems(
    survey: Survey, header: list[str], name: str, whole: bool
) -> Iterator[Problem]:
    blocks = survey.tasks.blocks
    known = [c.name for block in blocks for c in key_columns(survey, block)]
    allowed = [*FORM_COLUMNS, *dict.fromkeys(known)]
    for heading in header:
        if heading not in allowed:
            yield unknown_name(heading, allowed, "column", where=f"{name}:1")
        elif header.count(heading) > 1:
            yield Problem(f"two columns are called '{heading}'", "Keep one.", f"{name}:1")
    needed = dict.fromkeys(known) if whole and len(blocks) == 1 else _shared(survey)
    needed_columns = ["form", *(needed if whole else ())]
    missing = [column for column in needed_columns if column not in header]
    if missing:
        listed = ", ".join(f"'{column}'" for column in missing)
        cure = "Key into the template: ccegov survey key SURVEY --template."
        yield Problem(f"columns are missing: {listed}", cure, f"{name}:1")


def _shared(survey: Survey) -> list[str]:
    """Columns that forms of every block have."""
    each = [[c.name for c in key_columns(survey, block)] for block in survey.tasks.blocks]
    return [name for name in each[0] if all(name in names for names in each)] if each else []


def _row_problems(survey: Survey, row: Mapping[str, str], where: str) -> Iterator[Problem]:
    form = row.get("form", "")
    if not (form.isascii() and form.isdigit() and int(form) > 0):
        yield Problem(f"'{form}' is no number of a form", "Key the printed number.", where)
    block, blocks = row.get("block", ""), survey.tasks.blocks
    if block not in blocks:
        yield unknown_name(block, blocks, "block", where=where)
    version = row.get("version", "") or survey.sha256[:8]
    if version != survey.sha256[:8]:
        yield Problem(
            f"form {form} was printed from the version {version}, and the survey is "
            f"{survey.sha256[:8]}",
            "Key it against the version it was printed from: check that one out first.",
            where,
        )
    language = row.get("language", "") or survey.language
    if language not in survey.languages:
        yield unknown_name(language, survey.languages, "language", where=where)
    mode = row.get("mode", "") or "paper"
    if mode not in MODES:
        yield unknown_name(mode, MODES, "mode", where=where)


def _form(survey: Survey, row: Mapping[str, str], where: str) -> KeyedForm:
    cells = {name: cell for name, cell in row.items() if name not in FORM_COLUMNS}
    return KeyedForm(
        int(row["form"]),
        row["block"],
        row.get("language", "") or survey.language,
        row.get("mode", "") or "paper",
        where,
        cells,
    )
