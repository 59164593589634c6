"""Signs of careless answers, one function each: what each person did, or why it cannot be told.

A function returns a float per person: 1 for the sign, 0 for none, NaN where the person's answers
do not allow to judge; or a text that says why nobody can be judged.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.labels import as_labels

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.study.attribute import Attribute

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Judged = Floats | str


def too_fast(data: ChoiceData, fast: float, fastest: float | None, seconds: str) -> Judged:
    """Find people whose median seconds per task are below a limit, or a part of the usual."""
    if seconds not in data.frame:
        return f"the data have no column '{seconds}'"
    values = pd.to_numeric(data.frame[seconds], errors="coerce").to_numpy(dtype=np.float64)
    spent = pd.Series(values[data.task_offsets[:-1]])
    each = spent.groupby(data.task_people).median().reindex(range(data.people)).to_numpy(float)
    if np.isnan(each).all():
        return f"'{seconds}' is empty for everybody"
    limit = fast * float(np.nanmedian(each)) if fastest is None else fastest
    return np.where(np.isnan(each), np.nan, (each < limit).astype(float))


def straight_lining(data: ChoiceData, least_tasks: int) -> Judged:
    """Find people who always chose what stood in the same place, the opt-out left aside."""
    place = _places(data)
    if isinstance(place, str):
        return place
    real = ~opted_out(data) & ~np.isnan(place)
    count = np.bincount(data.task_people[real], minlength=data.people)
    highest, lowest = np.full(data.people, -np.inf), np.full(data.people, np.inf)
    np.maximum.at(highest, data.task_people[real], place[real])
    np.minimum.at(lowest, data.task_people[real], place[real])
    return np.where(count >= least_tasks, (highest == lowest).astype(float), np.nan)


def by_chance(data: ChoiceData, least_tasks: int) -> float:
    """Return the share of people who choose the same place in all tasks if they draw lots."""
    options = _in_task(data, _real(data).astype(np.float64))
    tasks = np.bincount(data.task_people[~opted_out(data)], minlength=data.people)
    size = np.maximum(np.bincount(data.task_people, options, data.people), 1)
    usual = size / np.bincount(data.task_people, minlength=data.people)
    judged = tasks >= least_tasks
    return float(np.mean(usual[judged] ** (1.0 - tasks[judged]))) if judged.any() else 0.0


def chose_dominated(data: ChoiceData) -> Judged:
    """Find people who chose an option though another shown was at least as good in every way."""
    if data.study.labelled:
        return "options have names, which may make up for anything"
    worth = [_worth(attribute, data.frame[attribute.id]) for attribute in data.study.attributes]
    if not any(signed for _, signed in worth):
        return "the study declares of no attribute whether more is better (direction)"
    values = np.column_stack([found for found, _ in worth])
    signed = np.array([has for _, has in worth])
    real, task = _real(data), _task_of_rows(data)
    first = data.first_choices().chosen
    chosen = dominated = np.zeros(data.tasks, dtype=bool)
    for place in range(int(np.diff(data.task_offsets).max())):
        row = np.minimum(data.task_offsets[:-1] + place, data.task_offsets[1:] - 1)
        gain = values - values[row][task]
        better = (gain >= 0).all(axis=1) & (gain[:, signed] > 0).any(axis=1)
        better &= (gain[:, ~signed] == 0).all(axis=1) & real & real[row][task]
        beaten = np.bitwise_or.reduceat(better, data.task_offsets[:-1])
        dominated = dominated | beaten
        chosen = chosen | (beaten & (first == row))
    seen = np.bincount(data.task_people, dominated, data.people) > 0
    did = np.bincount(data.task_people, chosen, data.people) > 0
    if not seen.any():
        return "no task has an option that another beats in every way"
    return np.where(seen, did.astype(float), np.nan)


def disagrees(data: ChoiceData) -> Judged:
    """Find people who chose otherwise when the same options were shown to them again."""
    columns = data.frame[[a.id for a in data.study.attributes]].astype(object)
    named = _real(data) & (not data.study.labelled)
    columns = columns.assign(_=np.where(named, "", np.asarray(data.frame["alternative"], object)))
    code = columns.groupby(list(columns.columns), dropna=False, sort=False).ngroup().to_numpy()
    sizes = np.diff(data.task_offsets)
    task = _task_of_rows(data)
    order = np.lexsort((code, task))
    sets = np.full((data.tasks, int(sizes.max())), -1)
    sets[task, np.arange(data.rows) - data.task_offsets[:-1][task]] = code[order]
    _, same = np.unique(np.column_stack([data.task_people, sets]), axis=0, return_inverse=True)
    same = same.ravel()
    again = np.bincount(same)[same] > 1
    if not again.any():
        return "no task was asked twice"
    answer = code[data.first_choices().chosen]
    frame = pd.DataFrame({"task": same, "answer": answer, "person": data.task_people})
    differing = (
        frame[again].groupby("task").agg(person=("person", "first"), answers=("answer", "nunique"))
    )
    found = np.full(data.people, np.nan)
    worst = differing.groupby("person")["answers"].max()
    found[worst.index.to_numpy()] = (worst > 1).to_numpy(dtype=float)
    return found


def always_opts_out(data: ChoiceData) -> Judged:
    """Find people who never chose anything but the opt-out, or the status quo."""
    if data.study.opt_out is None:
        return "the study has no opt-out"
    out = np.bincount(data.task_people, opted_out(data), data.people)
    return np.asarray(out == np.diff(data.person_offsets), np.float64)


def protests(
    data: ChoiceData, reasons: Collection[str] | None, reason: str, undecided: pd.DataFrame | None
) -> Judged:
    """Find people who gave a reason that is a protest, for the opt-out or for not deciding.

    Where no reasons are declared, any reason of those who chose the opt-out in every task: who
    chose it now and then was asked for a reason too, and rejected only what that task showed.
    """
    if reason not in data.frame and undecided is None:
        return f"the data have no column '{reason}'"
    never = always_opts_out(data) if reasons is None else np.ones(data.people)
    if isinstance(never, str):
        return never
    found = np.zeros(data.people, dtype=bool)
    if reason in data.frame:
        said = _is_protest(data.frame[reason].iloc[data.task_offsets[:-1]], reasons)
        found |= np.bincount(data.task_people, said, data.people) > 0
    if undecided is not None:
        who = undecided["person"][_is_protest(undecided[reason], reasons)]
        found |= np.isin(as_labels(data.person_ids), as_labels(who))
    return np.asarray(found & (never > 0), dtype=np.float64)


def opted_out(data: ChoiceData) -> Mask:
    """Mark tasks in which the opt-out or status quo was chosen, (T,)."""
    first = data.first_choices().chosen
    return np.asarray(~_real(data)[first])


def _is_protest(cells: pd.Series, reasons: Collection[str] | None) -> Mask:
    given = cells.fillna("").astype(str).str.strip()
    said = given != "" if reasons is None else given.isin(list(reasons))
    return np.asarray(said, dtype=bool)


def _real(data: ChoiceData) -> Mask:
    """Mark rows that are not the opt-out or status quo, (A,)."""
    if data.study.opt_out is None:
        return np.ones(data.rows, dtype=bool)
    return np.asarray(data.frame["alternative"] != data.study.opt_out.id, dtype=bool)


def _task_of_rows(data: ChoiceData) -> Integers:
    return np.repeat(np.arange(data.tasks), np.diff(data.task_offsets))


def _in_task(data: ChoiceData, values: Floats) -> Floats:
    return np.asarray(np.add.reduceat(values, data.task_offsets[:-1]))


def _places(data: ChoiceData) -> Judged:
    """Return where the chosen option of each task stood among the real ones, (T,)."""
    if "position" in data.frame:
        column = pd.to_numeric(data.frame["position"], errors="coerce").to_numpy(dtype=np.float64)
        return np.asarray(column[data.task_offsets[:-1]])
    if data.study.labelled:
        return "options have names and the data have no column 'position'"
    count = np.concatenate([[0], np.cumsum(_real(data))]).astype(np.float64)
    return count[data.first_choices().chosen + 1] - count[data.task_offsets[:-1]]


def _worth(attribute: Attribute, cells: pd.Series) -> tuple[Floats, bool]:
    """Return how good each cell is, and whether that has an order; NaN where it is not there."""
    has_order = attribute.kind != "categorical" or len(attribute.shown_levels) == 2
    signed = has_order and attribute.direction != "0"
    factor = -1.0 if attribute.direction == "-" else 1.0
    if attribute.is_numeric:
        return factor * cells.to_numpy(dtype=np.float64), signed
    position = {name: float(i) for i, name in enumerate(attribute.level_ids)}
    codes = [position.get(str(cell), np.nan) for cell in cells]
    return factor * np.array(codes), signed
