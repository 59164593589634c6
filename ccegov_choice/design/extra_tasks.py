"""Tasks that are there for checks: repeated ones for reliability, hold-out ones for prediction."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ccegov_choice._provenance import Provenance
from ccegov_choice.design.candidates import Codes, TaskSpace, task_key, task_space
from ccegov_choice.design.design import Design, assemble, coded
from ccegov_choice.design.draw import draw_tasks
from ccegov_choice.errors import DesignError

TRIES = 40


def estimating(design: Design) -> Design:
    """Return the design without the tasks that are there for checks."""
    extra = [t for t, why in design.purposes.items() if why != "fixed"]
    if not extra:
        return design
    kept = design.frame[~design.frame["task"].isin(extra)]
    purposes = {t: why for t, why in design.purposes.items() if t not in extra}
    return Design(kept, design.study, design.provenance, design.notes, purposes, design.claims)


def with_repeat(design: Design, *, seed: int = 1) -> Design:
    """Let every block ask one of its tasks again, with the alternatives in reverse order.

    How often people choose the same shows how reliable answers are, and the share of errors that it
    implies corrects marginal effects.

    Parameters
    ----------
    design : Design
        Without labels: the order of labelled alternatives is part of the task.
    seed : int
        Which task of each block is drawn.

    Returns
    -------
    Design
        With one more task in each block; its purpose names the task that it repeats.

    References
    ----------
    Clayton, Horiuchi, Kaufman, King and Komisarchik (2023), Correcting measurement error bias in
    conjoint survey experiments.
    """
    if design.study.labelled:
        raise DesignError(
            "a task with labelled alternatives cannot be swapped",
            where=f"study '{design.study.id}'",
            cure="Leave the repeated task out.",
        )
    rng = np.random.default_rng([seed, 11])
    opt_out = design.study.opt_out.id if design.study.opt_out is not None else None
    number = int(design.frame["task"].max())
    parts, purposes = [design.frame], dict(design.purposes)
    for block, rows in design.frame.groupby("block"):
        own = [t for t in rows["task"].unique() if purposes.get(int(t), "fixed") == "fixed"]
        task = int(own[int(rng.integers(len(own)))])
        number += 1
        again = rows[rows["task"] == task].copy()
        swapped = again[again["alternative"] != opt_out]
        names = swapped["alternative"].to_list()
        swapped = swapped.iloc[::-1].assign(alternative=names)
        rest = again[again["alternative"] == opt_out]
        copy = pd.concat([swapped, rest]).assign(task=number, block=block)
        parts.append(copy)
        purposes[number] = f"repeat of {task}"
    frame = pd.concat(parts, ignore_index=True)
    return _extended(design, frame, purposes, "with_repeat", {"seed": seed})


def with_holdouts(design: Design, tasks: int = 2, *, seed: int = 1) -> Design:
    """Let everybody answer the same few tasks more, which are left out of the estimates.

    How well a model predicts them says more than how well it fits. They are drawn so that levels
    are even and few tie, and none of them is asked elsewhere.

    Parameters
    ----------
    design : Design
        The tasks for the estimates.
    tasks : int
        Hold-out tasks for each person.
    seed : int
        Which are drawn.

    Returns
    -------
    Design
        With `tasks` more tasks in each block, the same in all of them.
    """
    if tasks < 1:
        raise DesignError(
            f"{tasks} hold-out tasks cannot be added", where="with_holdouts", cure="Give 1 or more."
        )
    space = _space(design)
    codes = _drawn(space, coded(design, space), tasks, seed)
    extra = assemble(space, codes, np.ones(tasks, np.int64), Provenance.record("holdouts")).frame
    number = int(design.frame["task"].max())
    parts, purposes = [design.frame], dict(design.purposes)
    for block in design.frame["block"].unique():
        parts.append(extra.assign(block=block, task=extra["task"] + number))
        purposes |= {number + t: "holdout" for t in range(1, tasks + 1)}
        number += tasks
    frame = pd.concat(parts, ignore_index=True)
    return _extended(design, frame, purposes, "with_holdouts", {"tasks": tasks, "seed": seed})


def _space(design: Design) -> TaskSpace:
    opt_out = design.study.opt_out
    shown = [n for n in design.alternatives if opt_out is None or n != opt_out.id]
    return task_space(design.study, None if design.study.labelled else len(shown))


def _drawn(space: TaskSpace, asked: Codes, tasks: int, seed: int) -> Codes:
    """Draw tasks that are not asked yet."""
    known = {task_key(task, space.exchangeable) for task in asked}
    for attempt in range(TRIES):
        rng = np.random.default_rng([seed, 12, attempt])
        codes = draw_tasks(space, tasks, rng, minimal_overlap=True, balanced=True)
        if not any(task_key(task, space.exchangeable) in known for task in codes):
            return codes
    raise DesignError(
        "no hold-out tasks were found that are not asked already",
        where=f"study '{space.study.id}'",
        cure="Ask for fewer hold-out tasks, or add levels.",
    )


def _extended(
    design: Design,
    frame: pd.DataFrame,
    purposes: dict[int, str],
    made_by: str,
    parameters: dict[str, object],
) -> Design:
    record = Provenance.record(
        made_by,
        parameters={**parameters, "of": design.provenance.to_dict()},
        parents={"study": design.study.sha256, "design": design.sha256},
    )
    return Design(frame, design.study, record, design.notes, purposes, design.claims)
