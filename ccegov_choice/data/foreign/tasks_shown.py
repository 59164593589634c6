"""The tasks of a design, to be looked up and put under answers; what had no answer is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ccegov_choice.data.choice_data import Response
from ccegov_choice.data.labels import as_labels
from ccegov_choice.data.read import ANSWERS
from ccegov_choice.design.design import Design
from ccegov_choice.design.foreign.import_source import listing


@dataclass(frozen=True)
class Tasks:
    """The tasks of a design, for looking up.

    Parameters
    ----------
    frame : DataFrame
        The design.
    offered : mapping of str to tuple of str
        Task -> its alternatives in the design's order.
    block : mapping of str to str
        Task -> its block.
    """

    frame: pd.DataFrame
    offered: Mapping[str, tuple[str, ...]]
    block: Mapping[str, str]

    @classmethod
    def of(cls, design: Design) -> Tasks:
        """Read a design."""
        frame = design.frame.assign(task=as_labels(design.frame["task"]))
        offered = {
            str(task): tuple(as_labels(rows["alternative"]))
            for task, rows in frame.groupby("task", sort=False)
        }
        block = dict(zip(frame["task"], as_labels(frame["block"]), strict=True))
        return cls(frame, offered, block)


@dataclass
class Counts:
    """What was left out."""

    dont_know: int = 0
    unanswered: int = 0
    people: list[str] = field(default_factory=list)

    def notes(self) -> tuple[str, ...]:
        """Say it in words."""
        told = []
        if self.dont_know:
            told.append(
                f'"Cannot decide" was the answer to {_tasks(self.dont_know)}: left out, since it '
                "is no choice of the opt-out."
            )
        if self.unanswered:
            told.append(f"{_tasks(self.unanswered)} of a person's block had no answer: left out.")
        if self.people:
            who = "1 person has" if len(self.people) == 1 else f"{len(self.people):,} people have"
            told.append(f"{who} no answered task and are left out: {listing(self.people, 8)}.")
        return tuple(told)


def _tasks(number: int) -> str:
    return "1 task" if number == 1 else f"{number:,} tasks"


def with_levels(
    answers: pd.DataFrame, lines: Sequence[int], tasks: Tasks, response: Response
) -> tuple[pd.DataFrame, list[int]]:
    """Put the rows of the design under each answer."""
    if answers.empty:
        return answers, []
    answers = answers.assign(_line=lines)
    taken = [name for name in tasks.frame.columns if name in answers and name != "task"]
    frame = answers.drop(columns=taken).merge(tasks.frame, on="task", how="left", sort=False)
    alternative = as_labels(frame["alternative"])
    for what in ANSWERS[response]:
        if what == "rank":
            pairs = zip(frame["rank"], alternative, strict=True)
            frame["rank"] = [places.get(name) for places, name in pairs]
        else:
            pairs = zip(frame[what], alternative, strict=True)
            frame[what] = [chosen == name for chosen, name in pairs]
    frame["task"] = [int(task) for task in frame["task"]]
    rows = [int(line) for line in frame.pop("_line")]
    return frame, rows
