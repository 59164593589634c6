"""From one row per person to the alternatives that each of them was shown and what they chose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from ccegov_choice.data.choice_data import Response
from ccegov_choice.data.foreign.choices import ChoiceWords
from ccegov_choice.data.foreign.interviews import Interviews
from ccegov_choice.data.foreign.lines import LineFindings
from ccegov_choice.data.foreign.people import AboutPeople
from ccegov_choice.data.foreign.request import Request, Shown
from ccegov_choice.data.foreign.task_columns import TaskColumns
from ccegov_choice.data.foreign.task_reader import TaskReader
from ccegov_choice.data.foreign.tasks_shown import Tasks, with_levels
from ccegov_choice.design.foreign.import_source import listing
from ccegov_choice.errors import DataError, unknown_name


def read_task_answers(interviews: Interviews, request: Request) -> Shown:
    """Read the answers to the tasks of a design from one row per person.

    Raises
    ------
    DataError
        If no design is given, or no column holds an answer.
    """
    design, sheet = request.design, interviews.sheet
    if design is None:
        raise DataError(
            "the file says which alternatives were chosen, not what was shown",
            where=sheet.source.name,
            cure="Give the design: design=Design.read('designs/NAME') (in a shell: "
            "--design FOLDER).",
        )
    found = LineFindings(sheet.source, interviews.called)
    columns = TaskColumns.among(sheet.names, request.columns)
    tasks = Tasks.of(design)
    response = _response(columns, sheet.names, tasks, found)
    _check_tasks(columns, tasks, found)
    about = AboutPeople(request, sheet.names, sheet.rows, found)
    _check_people(interviews, found)
    reader = TaskReader(tasks, columns, ChoiceWords(design.study, request.alternatives), response)
    records: list[dict[str, object]] = []
    lines: list[int] = []
    for row in sheet.rows:
        person = row.cell(interviews.person)
        told = about.of(row)
        answers = list(reader.of(row, person, request, found))
        for answer in answers:
            records.append({"person": person, **answer, **told})
            lines.append(row.line)
        if not answers:
            reader.counts.people.append(person)
    frame, rows = with_levels(pd.DataFrame(records), lines, tasks, response)
    notes = (*interviews.notes, *about.notes, *reader.counts.notes())
    if frame.empty and not found.problems:
        found.say("nobody answered any task", "Check that the export holds the answers.")
    return Shown(sheet.source, frame, rows, response, found, notes)


def _response(
    columns: TaskColumns, names: Sequence[str], tasks: Tasks, found: LineFindings
) -> Response:
    """Return what people did, by the columns there are."""
    kinds = columns.kinds()
    if "chosen" in kinds:
        return "choice"
    if {"best", "worst"} <= kinds:
        return "best-worst"
    if "rank" in kinds:
        return "ranking"
    first = next(iter(tasks.offered))
    if "rating" in kinds:
        found.say(
            "the tasks were rated, and choice data hold no ratings",
            "Make choices or rankings of the ratings first, and say how ties were broken.",
        )
    else:
        found.say(
            f"no column holds the answer to a task; there are {listing(names, 12)}",
            f"By the numbers of the design they are called task_{first}, ...; say what they are "
            f"called: columns={{'Q7': 'task_{first}'}} (in a shell: --column 'Q7=task_{first}').",
        )
    found.finish()
    raise AssertionError


def _check_tasks(columns: TaskColumns, tasks: Tasks, found: LineFindings) -> None:
    for column in columns.columns:
        if column.task not in tasks.offered:
            near = unknown_name(column.task, tasks.offered, "task of the design")
            found.say(f"'{found.name(column.name)}' is about an {near.problem}", near.cure)


def _check_people(interviews: Interviews, found: LineFindings) -> None:
    rows = interviews.sheet.rows
    counts = Counter(row.cell(interviews.person) for row in rows)
    empty = [row.line for row in rows if not row.cell(interviews.person)]
    if empty:
        found.say_of(empty, f"'{interviews.person}' is empty", "Give everybody an identifier.")
    twice = [person for person, number in counts.items() if person and number > 1]
    if twice:
        found.say_of(
            [row.line for row in rows if row.cell(interviews.person) in twice],
            f"'{interviews.person}' is the same in several rows: {listing(twice)}",
            "Keep the row that counts of each person.",
        )
