"""From one row per person to the alternatives that each of them was shown and what they chose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pandas as pd

from ccegov_choice.data.choice_data import Response
from ccegov_choice.data.foreign.choices import DONT_KNOW, ChoiceWords
from ccegov_choice.data.foreign.interviews import Interviews
from ccegov_choice.data.foreign.lines import LineFindings
from ccegov_choice.data.foreign.people import AboutPeople
from ccegov_choice.data.foreign.rankings import read_ranking
from ccegov_choice.data.foreign.request import Request, Shown
from ccegov_choice.data.foreign.sheet import Row
from ccegov_choice.data.foreign.task_columns import TaskColumn, TaskColumns
from ccegov_choice.data.foreign.tasks_shown import Counts, Tasks, with_levels
from ccegov_choice.data.read import ANSWERS
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
    reader = _Reader(tasks, columns, ChoiceWords(design.study, request.alternatives), response)
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


class _Reader:
    """Reads the answers of one row at a time."""

    def __init__(
        self, tasks: Tasks, columns: TaskColumns, words: ChoiceWords, response: Response
    ) -> None:
        self.tasks, self.columns, self.words, self.response = tasks, columns, words, response
        self.counts = Counts()
        self.of_task: dict[str, list[TaskColumn]] = {}
        for column in columns.columns:
            if column.task in tasks.offered:
                self.of_task.setdefault(column.task, []).append(column)

    def of(
        self, row: Row, person: str, request: Request, found: LineFindings
    ) -> Iterator[dict[str, object]]:
        """Yield one answer per task that this person answered."""
        said = {ours: theirs for theirs, ours in request.columns.items()}
        block = row.cell(said.get("block", "block"))
        seen = {
            self.tasks.block[task]
            for task, columns in self.of_task.items()
            if any(row.cell(column.name) for column in columns)
        }
        if len(seen) > 1 or (
            seen and block and block in self.tasks.block.values() and block not in seen
        ):
            blocks = listing(sorted(seen | ({block} if block else set())))
            found.say_of(
                [row.line],
                f"person {person} has answers to tasks of the blocks {blocks}",
                "A person answers the tasks of one block: check that the file and the design "
                "belong together.",
            )
            return
        for task, columns in self.of_task.items():
            answer = self._answer(row, columns, self.tasks.offered[task], found)
            if isinstance(answer, dict):
                yield {"task": task, **answer}
            elif answer == DONT_KNOW:
                self.counts.dont_know += 1
            elif self.tasks.block[task] in seen:
                self.counts.unanswered += 1

    def _answer(
        self, row: Row, columns: Sequence[TaskColumn], offered: Sequence[str], found: LineFindings
    ) -> dict[str, object] | str | None:
        """Return what was answered to one task, `DONT_KNOW`, or None."""
        if self.response == "ranking":
            places = read_ranking(
                row, [c for c in columns if c.what == "rank"], offered, self.words
            )
            for column, cell in places.unread:
                self._say(column.name, cell, offered, row, found)
            if places.undecided:
                return DONT_KNOW
            return {"rank": places.places} if places.places else None
        answer: dict[str, object] = {}
        for what in ANSWERS[self.response]:
            named = self._named(row, columns, what, offered, found)
            if named is None or named == DONT_KNOW:
                return named
            answer[what] = named
        for column in columns:
            if column.what == "follow" and row.cell(column.name):
                self._follow_up(answer, row.cell(column.name), offered)
            elif column.what == "reason" and row.cell(column.name):
                answer["reason"] = row.cell(column.name)
        return answer

    def _follow_up(self, answer: dict[str, object], cell: str, offered: Sequence[str]) -> None:
        """Take the second answer of a dual response; both are kept."""
        answer["follow"] = cell
        answer["forced"] = answer["chosen"]
        opt_out = self.words.study.opt_out
        if opt_out is not None and self.words.read(cell, (opt_out.id,)) == opt_out.id:
            answer["chosen"] = opt_out.id

    def _named(
        self,
        row: Row,
        columns: Sequence[TaskColumn],
        what: str,
        offered: Sequence[str],
        found: LineFindings,
    ) -> str | None:
        for column in columns:
            cell = row.cell(column.name)
            if column.what != what or column.rest or not cell:
                continue
            named = self.words.read(cell, offered)
            if named is None:
                self._say(column.name, cell, offered, row, found)
            return named
        return None

    def _say(
        self, name: str, cell: str, offered: Sequence[str], row: Row, found: LineFindings
    ) -> None:
        near = unknown_name(cell, (*offered, DONT_KNOW), f"alternative in '{found.name(name)}'")
        cure = (
            f"{near.cure} Say which it is: alternatives={{'{cell}': '{offered[0]}'}} (in a shell: "
            f"--alternative '{cell}={offered[0]}')."
        )
        found.say_of([row.line], near.problem, cure)
