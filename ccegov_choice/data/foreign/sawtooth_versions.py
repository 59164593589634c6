"""Answers by version of a questionnaire: person, version, and the concept chosen in each task.

This is what Sawtooth takes for paper questionnaires and exports beside a design file; Qualtrics'
conjoint designs number their question sets in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ccegov_choice.data.foreign.conjoint_long import ROLES
from ccegov_choice.data.foreign.interviews import Interviews
from ccegov_choice.data.foreign.lines import LineFindings
from ccegov_choice.data.foreign.request import Request, Shown
from ccegov_choice.data.foreign.sheet import Row, Sheet
from ccegov_choice.data.foreign.task_answers import read_task_answers
from ccegov_choice.data.foreign.tasks_shown import Tasks
from ccegov_choice.design.design import Design
from ccegov_choice.design.foreign.import_columns import SYNONYMS, squeezed
from ccegov_choice.design.foreign.import_source import listing
from ccegov_choice.errors import DataError

_VERSION = re.compile(r"^(?:sys_?)?(?:cbc)?_?(?:design)?version|^question_?set$", re.IGNORECASE)
# CBC_Random1, HotelFixed2, Task 3, CBC answer #4, C5
_ANSWER = re.compile(
    r"^.*?(?:random|fixed|task|answer|cbc|choice|question|^[cq])\W*_?#?(\d+)$", re.I
)
_DUAL = re.compile(r"^(.*\d)(?:[_.\s-]+(?:none|dual|dr|b))$", re.IGNORECASE)
_WOULD, _WOULD_NOT = "1", "2"


def read_versions(sheet: Sheet, request: Request) -> Shown:
    """Read answers that stand in the order of the tasks of a version.

    Raises
    ------
    DataError
        If there is no design, no version, or another number of answers than tasks.
    """
    design = request.design
    if design is None:
        raise DataError(
            "the file says which concepts were chosen, not what they were",
            where=sheet.source.name,
            cure="Import the design file first, and give it: design=import_design(file, study) "
            "(in a shell: --design FOLDER).",
        )
    found = LineFindings(sheet.source)
    person = _column(sheet, request, "person", ROLES["person"])
    version = _version(sheet, request)
    answers = _answers(sheet, request, {person, version})
    tasks = Tasks.of(design)
    in_order: dict[str, list[str]] = {}
    for task, block in tasks.block.items():
        in_order.setdefault(block, []).append(task)
    _check(sheet, version, answers, in_order, found)
    found.finish()
    rows = [_row(row, person, version, answers, in_order, design) for row in sheet.rows]
    names = [person, "block", *_about(sheet, request)]
    for task in tasks.block:
        names += [f"task_{task}", f"follow_{task}"]
    plain = replace(sheet, names=tuple(dict.fromkeys(names)), rows=tuple(rows))
    taken = replace(request, columns=_rest(request.columns))
    return read_task_answers(Interviews(plain, person), taken)


def _column(sheet: Sheet, request: Request, role: str, words: Sequence[str]) -> str:
    if request.person is not None and role == "person":
        return request.person
    said = [theirs for theirs, ours in request.columns.items() if ours == role]
    usual = [name for word in words for name in sheet.names if squeezed(name) == word]
    if said or usual:
        return (said or usual)[0]
    return sheet.names[0]


def _version(sheet: Sheet, request: Request) -> str:
    said = [theirs for theirs, ours in request.columns.items() if ours == "block"]
    words = SYNONYMS["block"]
    usual = [name for name in sheet.names if squeezed(name) in words or _VERSION.match(name)]
    if said or usual:
        return (said or usual)[0]
    raise DataError(
        f"no column holds the version; there are {listing(sheet.names, 20)}",
        where=sheet.source.name,
        cure="Say which it is: columns={'their name': 'block'} (in a shell: --column "
        "'their name=block').",
    )


def _answers(sheet: Sheet, request: Request, taken: set[str]) -> list[tuple[str, str]]:
    """Return the columns with answers in order, each with that of the dual response or ``""``."""
    duals = {m[1]: name for name in sheet.names if (m := _DUAL.match(name))}
    names = [
        name
        for name in sheet.names
        if name not in taken
        and name not in duals.values()
        and not request.keeps(name)
        and _ANSWER.match(request.columns.get(name, name))
    ]
    return [(name, duals.get(name, "")) for name in names]


def _check(
    sheet: Sheet,
    version: str,
    answers: Sequence[tuple[str, str]],
    in_order: Mapping[str, Sequence[str]],
    found: LineFindings,
) -> None:
    unknown = [row.line for row in sheet.rows if row.cell(version) not in in_order]
    if unknown:
        found.say_of(
            unknown,
            f"'{version}' is no version of the design",
            f"The design has {listing(list(in_order), 12)}: check that they belong together.",
        )
    sizes = {len(tasks) for tasks in in_order.values()}
    if len(answers) not in sizes:
        found.say(
            f"there are {listing(sorted(sizes))} tasks in a version and {len(answers)} columns "
            f"with answers: {listing([name for name, _ in answers], 12)}",
            "Export the answers to all tasks of the design, and to no others, in their order.",
        )


def _row(
    row: Row,
    person: str,
    version: str,
    answers: Sequence[tuple[str, str]],
    in_order: Mapping[str, Sequence[str]],
    design: Design,
) -> Row:
    """Put the answers under the numbers that their tasks have in the design."""
    cells = {name: cell for name, cell in row.cells.items() if name != version}
    cells["block"] = row.cell(version)
    opt_out = design.study.opt_out
    for (name, dual), task in zip(answers, in_order[row.cell(version)], strict=False):
        cell = row.cell(name)
        cells[f"task_{task}"] = "" if cell == "0" else cell
        if dual and row.cell(dual) == _WOULD:
            cells[f"follow_{task}"] = "yes"
        elif dual and row.cell(dual) == _WOULD_NOT and opt_out is not None:
            cells[f"follow_{task}"] = opt_out.id
    return Row(row.line, cells)


def _about(sheet: Sheet, request: Request) -> list[str]:
    return [name for name in sheet.names if request.keeps(request.columns.get(name, name))]


def _rest(columns: Mapping[str, str]) -> dict[str, str]:
    """Leave out what was said about columns that have our names by now."""
    return {
        theirs: ours
        for theirs, ours in columns.items()
        if ours not in ("block", "person") and not _ANSWER.match(ours)
    }
