"""Which column of an export holds the answer to which task: ``task_17``, ``best_17``, ..."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_WORDS = {
    "task": "chosen",
    "chosen": "chosen",
    "choice": "chosen",
    "best": "best",
    "worst": "worst",
    "rank": "rank",
    "ranking": "rank",
    "rating": "rating",
    "rate": "rating",
    "follow": "follow",
    "reason": "reason",
}
_PART = "|".join(sorted(_WORDS, key=len, reverse=True))
# task_17, task17, task:17, task-17-follow, v2_task_17, rank_17_A, rating17_B
_COLUMN = re.compile(
    rf"^(?:v(?:ersion)?_?(?P<version>\d+)[_:.-]?)?(?P<word>{_PART})[_:.\s-]?(?P<task>\d+)"
    rf"(?:[_:.\s-]?(?P<part>{_PART})(?=$|_))?(?:[_:.\s-](?P<rest>\w+))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class TaskColumn:
    """A column that holds something about a task.

    Parameters
    ----------
    name : str
        The column.
    task : str
        Number of the task in the design.
    what : str
        ``chosen``, ``best``, ``worst``, ``rank``, ``rating``, ``follow`` or ``reason``.
    rest : str
        The alternative or the rank that a ranking or rating is about.
    version : str
        The version of the questionnaire, where a tool has columns for each.
    """

    name: str
    task: str
    what: str
    rest: str = ""
    version: str = ""


def task_column(name: str) -> TaskColumn | None:
    """Return what a column holds about a task; None if it is about something else."""
    match = _COLUMN.match(name)
    if match is None:
        return None
    what = _WORDS[(match["part"] or match["word"]).lower()]
    return TaskColumn(name, match["task"], what, match["rest"] or "", match["version"] or "")


@dataclass(frozen=True)
class TaskColumns:
    """All columns about tasks.

    Parameters
    ----------
    columns : tuple of TaskColumn
        In the order of the file.
    """

    columns: tuple[TaskColumn, ...] = field(default_factory=tuple)

    @classmethod
    def among(cls, names: Iterable[str], said: Mapping[str, str]) -> TaskColumns:
        """Find them; what the user says of a column goes before its name."""
        found = []
        for name in names:
            column = task_column(said.get(name, name))
            if column is not None:
                found.append(TaskColumn(name, *_rest_of(column)))
        return cls(tuple(found))

    def holding(self, what: str) -> tuple[TaskColumn, ...]:
        """Return the columns that hold one kind of answer."""
        return tuple(column for column in self.columns if column.what == what)

    def kinds(self) -> set[str]:
        """Return the kinds of answers there are."""
        return {column.what for column in self.columns}


def _rest_of(column: TaskColumn) -> tuple[str, str, str, str]:
    return column.task, column.what, column.rest, column.version
