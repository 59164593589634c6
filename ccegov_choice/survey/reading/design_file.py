"""The tasks of a design, read from ``design.csv`` in plain CSV and held against its record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ccegov_choice._files import read_json, read_text, sha256
from ccegov_choice.errors import FileFormatError, Problem, unknown_name
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.survey.task import Offer, Task, Tasks

CSV = "design.csv"
LOCK = "design.lock"
_KIND, _SCHEMA = "design-lock", 1
_KEYS = ("block", "task", "alternative")


@dataclass
class _Reader:
    """One pass through the rows, which notes what is wrong."""

    study: Study
    file: str
    problems: list[Problem]

    def note(self, problem: str, cure: str, line: int) -> None:
        self.problems.append(Problem(problem, cure, f"{self.file}:{line}"))


def read_tasks(folder: Path, study: Study, name: str) -> tuple[Tasks | None, list[Problem]]:
    """Return the tasks of a design folder, and what is wrong with them.

    Parameters
    ----------
    folder : Path
        Holds ``design.csv`` and ``design.lock``.
    study : Study
        The study of the same folder, as it was read.
    name : str
        What the folder is called in messages.
    """
    try:
        text = read_text(folder / CSV)
        lock = read_json(folder / LOCK, kind=_KIND, schema=_SCHEMA)
    except FileFormatError as error:
        where = (error.where or "").replace(str(folder), name)
        cure = f"Make the design with 'ccegov design make {name}/design.toml'."
        return None, [Problem(error.problem, cure, where)]
    problems = list(_record_problems(lock, text, study, name))
    reader = _Reader(study, f"{name}/{CSV}", problems)
    tasks = _tasks(text, reader)
    return Tasks(tasks, sha256(text)), problems


def _record_problems(
    lock: dict[str, dict[str, object]], text: str, study: Study, name: str
) -> Iterator[Problem]:
    recorded = {part: (lock.get(part) or {}).get("sha256") for part in ("study", "design")}
    found = {"study": study.sha256, "design": sha256(text)}
    files = {"study": "study.toml", "design": CSV}
    for part, fingerprint in recorded.items():
        if fingerprint != found[part]:
            yield Problem(
                f"{files[part]} is not what {LOCK} recorded",
                f"See what changed with 'ccegov design verify {name}', and make the design again.",
                f"{name}/{files[part]}",
            )


def _tasks(text: str, reader: _Reader) -> tuple[Task, ...]:
    lines = list(csv.reader(io.StringIO(text)))
    header = lines[0] if lines else []
    known = (*_KEYS, *reader.study.attribute_ids)
    for column in header:
        if column not in known:
            reader.problems.append(unknown_name(column, known, "column", where=f"{reader.file}:1"))
    missing = [key for key in _KEYS if key not in header]
    if missing:
        reader.note(f"the design has no column {', '.join(missing)}", "Make the design again.", 1)
        return ()
    gathered: dict[str, tuple[str, list[Offer]]] = {}
    for number, row in enumerate(lines[1:], 2):
        if not row:
            continue
        if len(row) != len(header):
            reader.note(
                f"the row has {len(row)} cells and the header {len(header)}",
                "Give each row as many cells as the header has.",
                number,
            )
            continue
        cells = dict(zip(header, row, strict=True))
        block, offers = gathered.setdefault(cells["task"], (cells["block"], []))
        if block != cells["block"]:
            reader.note(
                f"task {cells['task']} stands in the blocks {block} and {cells['block']}",
                "Number tasks through all blocks.",
                number,
            )
        offers.append(_offer(cells, reader, number))
    return tuple(Task(id, block, tuple(offers)) for id, (block, offers) in gathered.items())


def _offer(cells: dict[str, str], reader: _Reader, line: int) -> Offer:
    study, name = reader.study, cells["alternative"]
    levels = {
        attribute.id: _level(cells[attribute.id], attribute, reader, line)
        for attribute in study.attributes
        if cells.get(attribute.id)
    }
    named = {item.id: item for item in study.named_alternatives}.get(name)
    if named is not None:
        return Offer(name, named.kind, {**named.fixed, **levels}, named.personal)
    if study.labelled:
        known = study.alternative_ids
        reader.problems.append(
            unknown_name(name, known, "alternative", where=f"{reader.file}:{line}")
        )
    return Offer(name, "unlabelled", levels)


def _level(cell: str, attribute: Attribute, reader: _Reader, line: int) -> str | float:
    if not attribute.is_numeric:
        if cell not in attribute.level_ids:
            what = f"level of '{attribute.id}'"
            where = f"{reader.file}:{line}"
            reader.problems.append(unknown_name(cell, attribute.level_ids, what, where=where))
        return cell
    try:
        return float(cell)
    except ValueError:
        reader.note(
            f"'{cell}' of '{attribute.id}' is not a number", "Write it without its unit.", line
        )
        return cell
