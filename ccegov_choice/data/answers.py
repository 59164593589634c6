"""What people did in a task: the chosen alternative, ranks, or the best and the worst."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.findings import Findings, counted
from ccegov_choice.data.frames import to_flags, to_floats
from ccegov_choice.data.layout import Layout, task_names

Array = npt.NDArray[np.generic]
Mask = npt.NDArray[np.bool_]


def read_answers(
    frame: pd.DataFrame, response: str, layout: Layout, found: Findings
) -> dict[str, Array]:
    """Read and check the answers.

    Parameters
    ----------
    frame : DataFrame
        Holds ``chosen``, or ``rank``, or ``best`` and ``worst``.
    response : {"choice", "ranking", "best-worst", "none"}
        What to look for.
    layout : Layout
        Where the tasks are.
    found : Findings
        Takes the problems.

    Returns
    -------
    dict of str to ndarray
        The columns for `ChoiceData.frame`, over rows of the table.
    """
    if response == "choice":
        return {"chosen": _one_per_task(frame, "chosen", "chosen", layout, found)}
    if response == "ranking":
        return {"rank": _ranks(frame, layout, found)}
    if response == "best-worst":
        best = _one_per_task(frame, "best", "the best", layout, found)
        worst = _one_per_task(frame, "worst", "the worst", layout, found)
        found.say(
            "the same alternative is marked as the best and as the worst",
            f"Check '{found.name('best')}' and '{found.name('worst')}' in these rows.",
            best & worst,
        )
        return {"best": best, "worst": worst}
    return {}


def _one_per_task(
    frame: pd.DataFrame, column: str, word: str, layout: Layout, found: Findings
) -> Mask:
    flags, wrong = to_flags(frame[column])
    name = found.name(column)
    if wrong is not None:
        _say_no_flag(frame, column, wrong, found)
    counts = layout.count(flags)
    doubtful = np.zeros(len(counts), dtype=bool) if wrong is None else layout.count(wrong) > 0
    for tasks, what, cure in (
        ((counts == 0) & ~doubtful, f"no alternative is {word}", "Mark the one"),
        (counts > 1, f"two or more alternatives are {word}", "Keep one"),
    ):
        rows = layout.rows_of(tasks)
        if len(rows):
            found.say(
                f"{what} in {counted(tasks.sum(), 'task')}: {task_names(frame, rows)}",
                f"{cure} that the person named in '{name}', or leave the task out.",
                rows,
            )
    return flags


def _say_no_flag(frame: pd.DataFrame, column: str, wrong: Mask, found: Findings) -> None:
    cells = frame[column]
    name = found.name(column)
    values = pd.unique(cells[wrong & cells.notna().to_numpy()])
    holds = ", ".join(f"'{value}'" for value in values[:5])
    cure = "Mark the named alternative with true or 1 and the others with false or 0."
    if len(values) and set(map(str, values)) <= set(map(str, pd.unique(frame["alternative"]))):
        cure = (
            "It seems to hold the name of the chosen alternative: compare it first, as in "
            f"frame['{name}'] == frame['{found.name('alternative')}']."
        )
    says = f"holds {holds}" if holds else "is empty"
    many = counted(wrong.sum(), "row")
    found.say(f"'{name}' is not true or false in {many}: it {says}", cure, wrong)


def _ranks(frame: pd.DataFrame, layout: Layout, found: Findings) -> npt.NDArray[np.float64]:
    name = found.name("rank")
    ranks, wrong = to_floats(frame["rank"])
    ranked = ~np.isnan(ranks)
    bad = ranked & ((ranks < 1) | (ranks != np.floor(ranks)))
    bad = bad if wrong is None else bad | wrong
    found.say(
        f"'{name}' is not a rank in {counted(bad.sum(), 'row')}",
        "Give whole numbers from 1 (the best); leave it empty where nothing was ranked.",
        bad,
    )
    placed = layout.placed(np.where(ranked & ~bad, ranks, 0.0))
    starts = layout.task_offsets[:-1]
    counts = np.add.reduceat((placed > 0).astype(np.int64), starts)
    highest = np.maximum.reduceat(placed, starts)
    doubtful = layout.count(bad) > 0
    task = np.repeat(np.arange(len(starts)), np.diff(layout.task_offsets))
    tied = np.zeros(len(starts), dtype=bool)
    pairs = np.sort((task * (highest.max(initial=0) + 1) + placed)[placed > 0])
    again = pairs[1:][pairs[1:] == pairs[:-1]] // (highest.max(initial=0) + 1)
    tied[again.astype(np.int64)] = True
    for tasks, what, cure in (
        (counts == 0, "nothing is ranked", "Give at least the best alternative rank 1"),
        (tied, "two alternatives have the same rank", "Give each alternative a rank of its own"),
        ((highest != counts) & ~tied, "the ranks have a gap", "Number them 1, 2, 3, ..."),
    ):
        sure = tasks & ~doubtful
        rows = layout.rows_of(sure)
        if len(rows):
            found.say(
                f"{what} in {counted(sure.sum(), 'task')}: {task_names(frame, rows)}",
                f"{cure} in '{name}', or leave the task out.",
                rows,
            )
    return ranks
