"""Sawtooth's ``.cho``: numbers in lines, a group of lines per person and per task.

First line of a person: number, how many other variables follow in the next line, attributes,
tasks, and 1 if there is a "none". Then for every task: a line with the number of concepts, one
line per concept with the level of each attribute (from 1; 0 for none), and a line with the
concept that was chosen (one beyond the last for "none", 0 for no answer) and the seconds it took.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ccegov_choice._files import read_text, sha256
from ccegov_choice.data.foreign.exposures import Exposure, Exposures, rows_of
from ccegov_choice.data.foreign.lines import LineFindings
from ccegov_choice.data.foreign.request import Request, Shown
from ccegov_choice.design.foreign.import_entries import Entry
from ccegov_choice.design.foreign.import_source import Source
from ccegov_choice.errors import DataError
from ccegov_choice.study.study import Study

Numbers = tuple[int, list[int]]


def read_cho(path: Path, request: Request) -> Shown:
    """Read a ``.cho`` file against a study, whose order of attributes and levels it counts.

    Raises
    ------
    DataError
        If there is no study, the file ends early, or it holds a dual response.
    """
    text = read_text(path)
    source = Source(str(path), "file", sha256(text), {})
    if request.study is None:
        raise DataError(
            "a .cho file holds numbers of levels, not their names",
            where=source.name,
            cure="Give the study: study=Study.read(...) (in a shell: --study FILE).",
        )
    found = LineFindings(source)
    reader = _Reader(list(_numbers(text, source)), source, request.study, found)
    exposures = list(reader.people())
    notes: tuple[str, ...] = ()
    if reader.unanswered:
        notes = (f"Tasks without an answer were left out: {reader.unanswered:,}.",)
    return rows_of(Exposures(source, exposures, "choice", found, "yes", notes), request)


def _numbers(text: str, source: Source) -> Iterator[Numbers]:
    for line, content in enumerate(text.splitlines(), 1):
        cells = content.replace(",", " ").split()
        if cells:
            try:
                yield line, [int(float(cell)) for cell in cells]
            except ValueError as error:
                raise DataError(
                    "this line holds something that is no number",
                    where=source.where([line]),
                    cure="Export the .cho file again; it holds numbers only.",
                ) from error


class _Reader:
    """Goes through the lines of a file."""

    def __init__(
        self, lines: list[Numbers], source: Source, study: Study, found: LineFindings
    ) -> None:
        self.lines, self.source, self.study, self.found = lines, source, study, found
        self.place = 0
        self.unanswered = 0

    def people(self) -> Iterator[Exposure]:
        """Yield every concept that every person saw."""
        while self.place < len(self.lines):
            line, head = self._next("a person's first line", 5)
            person, others, attributes, tasks, none = head[:5]
            if attributes != len(self.study.attributes):
                raise DataError(
                    f"person {person} has {attributes} attributes, and the study has "
                    f"{len(self.study.attributes)}",
                    where=self.source.where([line]),
                    cure="Give the study that the file belongs to.",
                )
            if none > 1:
                raise DataError(
                    "the file holds a dual response, which .cho files are not read with",
                    where=self.source.where([line]),
                    cure="Export the answers as a CSV file, and give the design: "
                    "import_answers(file, 'sawtooth', design=...).",
                )
            if others:
                self._next("other variables", 0)
            for task in range(1, tasks + 1):
                yield from self._task(str(person), task, bool(none))

    def _task(self, person: str, task: int, none: bool) -> Iterator[Exposure]:
        _, head = self._next("the number of concepts", 1)
        ids = self.study.attribute_ids
        concepts = [self._next("levels of a concept", len(ids)) for _ in range(head[0])]
        line, answer = self._next("the concept that was chosen", 1)
        chosen = answer[0]
        if chosen == 0:
            self.unanswered += 1
            return
        if chosen > len(concepts) + none:
            self.found.say_of(
                [line],
                f"person {person} chose concept {chosen} of {len(concepts) + none}",
                "Check the line: concepts count from 1, and 'none' is the last.",
            )
        shown = [(at, [str(level) for level in levels]) for at, levels in concepts]
        if none:
            shown.append((line, ["0"] * len(ids)))
        for number, (at, levels) in enumerate(shown, 1):
            token = "none" if none and number == len(shown) else str(number)
            cells = dict(zip(ids, levels, strict=False))
            yield Exposure(Entry(at, person, str(task), token, cells), {"chosen": number == chosen})

    def _next(self, what: str, least: int) -> Numbers:
        if self.place >= len(self.lines):
            raise DataError(
                f"the file ends where {what} should stand",
                where=self.source.where([self.lines[-1][0]] if self.lines else [1]),
                cure="Export it again: the last person is not whole.",
            )
        line, numbers = self.lines[self.place]
        if len(numbers) < least:
            raise DataError(
                f"{what} should stand here, with {least} numbers and not {len(numbers)}",
                where=self.source.where([line]),
                cure="Export the .cho file again, and leave its lines as they are.",
            )
        self.place += 1
        return line, numbers
