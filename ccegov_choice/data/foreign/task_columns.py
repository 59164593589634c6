"""Which column of an export holds the answer to which task: ``task17``, ``task17best``, ..."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

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
    "then": "follow",
    "reason": "reason",
    "why": "reason",
}
_PART = "|".join(sorted(_WORDS, key=len, reverse=True))
_BEGIN = "task|choice|chosen|best|worst|rank|ranking|rating|rate|follow|reason"
# task17, task_17, v5task17then (of the fifth version), best_17, task17rank[2], rank_17_A
_COLUMN = re.compile(
    rf"^(?:v\d+_?)?(?P<word>{_BEGIN})[_:.\s-]?(?P<task>\d+)"
    rf"(?:[_:.\s-]?(?P<part>{_PART})(?![a-z]))?"
    r"(?:[_:.\s-](?P<rest>\w+)|\[(?P<inner>\w+)\])?$",
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
    """

    name: str
    task: str
    what: str
    rest: str = ""


def task_column(name: str) -> TaskColumn | None:
    """Return what a column holds about a task; None if it is about something else."""
    match = _COLUMN.match(name)
    if match is None:
        return None
    what = _WORDS[(match["part"] or match["word"]).lower()]
    return TaskColumn(name, match["task"], what, match["rest"] or match["inner"] or "")


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
                found.append(replace(column, name=name))
        return cls(tuple(found))

    def holding(self, what: str) -> tuple[TaskColumn, ...]:
        """Return the columns that hold one kind of answer."""
        return tuple(column for column in self.columns if column.what == what)

    def kinds(self) -> set[str]:
        """Return the kinds of answers there are."""
        return {column.what for column in self.columns}
