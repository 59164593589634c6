"""One row of an export: the tasks that its person answered, and what they chose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccegov_choice.data.choice_data import Response
from ccegov_choice.data.foreign.choices import DONT_KNOW, ChoiceWords
from ccegov_choice.data.foreign.lines import LineFindings
from ccegov_choice.data.foreign.rankings import read_ranking
from ccegov_choice.data.foreign.request import Request
from ccegov_choice.data.foreign.sheet import Row
from ccegov_choice.data.foreign.task_columns import TaskColumn, TaskColumns
from ccegov_choice.data.foreign.tasks_shown import Counts, Tasks
from ccegov_choice.data.read import ANSWERS
from ccegov_choice.design.foreign.import_source import listing
from ccegov_choice.errors import unknown_name


class TaskReader:
    """Reads the answers of one row at a time.

    Parameters
    ----------
    tasks : Tasks
        What was shown.
    columns : TaskColumns
        Where the answers stand.
    words : ChoiceWords
        What cells call the alternatives.
    response : {"choice", "ranking", "best-worst"}
        What people did.
    """

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
            if self.tasks.block[task] not in seen:
                continue
            answer = self._answer(row, columns, self.tasks.offered[task], found)
            if isinstance(answer, dict):
                yield {"task": task, **answer}
            elif answer == DONT_KNOW:
                self.counts.dont_know += 1
            else:
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
