"""Checking the rows of a design against its study, all at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.design.words import cell_text, constraint_text
from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study


def design_problems(frame: pd.DataFrame, study: Study) -> tuple[Problem, ...]:
    """Return everything that is wrong with the rows of a design.

    Parameters
    ----------
    frame : DataFrame
        ``block``, ``task``, ``alternative`` and a column per attribute.
    study : Study
        What is asked.

    Returns
    -------
    tuple of Problem
        Each names task and alternative; empty when the design may be used.
    """
    columns = _column_problems(frame, study)
    if columns:
        return tuple(columns)
    numbers = _number_problems(frame)
    if numbers:
        return tuple(numbers)
    # a quick look finds the tasks and rows that deserve a close one, which words the problems
    problems = [*_task_problems(frame[_odd_tasks(frame, study)], study)]
    named = {item.id: item for item in study.named_alternatives}
    for row in frame[_odd_rows(frame, study, named)].to_dict("records"):
        problems.extend(_row_problems({str(k): v for k, v in row.items()}, study, named))
    return tuple(problems)


def is_empty(cell: object) -> bool:
    """Return whether a cell of a data frame holds nothing."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell))


def _column_problems(frame: pd.DataFrame, study: Study) -> list[Problem]:
    needed = ("block", "task", "alternative", *study.attribute_ids)
    problems = [
        Problem(f"the column '{name}' is missing", "Add it, or give the study it belongs to.")
        for name in needed
        if name not in frame.columns
    ]
    extra = [name for name in frame.columns if name not in needed]
    problems += [unknown_name(name, needed, "column", where="design") for name in extra]
    if not problems and frame.empty:
        problems.append(Problem("the design has no tasks", "Give at least one task.", "design"))
    return problems


def _number_problems(frame: pd.DataFrame) -> list[Problem]:
    problems = []
    for name in ("block", "task"):
        numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64)
        wrong = ~((numbers >= 1) & (numbers == np.floor(numbers)))
        if wrong.any():
            found = frame[name].iloc[int(np.argmax(wrong))]
            problems.append(
                Problem(f"{name} {found!r} is not a whole number from 1", f"Number each {name}.")
            )
    return problems


def _odd_tasks(frame: pd.DataFrame, study: Study) -> npt.NDArray[np.bool_]:
    """Return the rows of tasks that may have a problem."""
    task, tasks = pd.factorize(frame["task"])
    block, _ = pd.factorize(frame["block"])
    names = frame["alternative"].astype(str)
    first = np.empty(len(tasks), dtype=np.int64)
    first[task[::-1]] = block[::-1]
    odd = np.bincount(task, minlength=len(tasks)) < 2
    odd[task[block != first[task]]] = True
    pairs = pd.DataFrame({"task": task, "name": names.to_numpy()})
    odd[task[pairs.duplicated().to_numpy()]] = True
    if study.opt_out is not None:
        has_it = np.zeros(len(tasks), dtype=bool)
        has_it[task[(names == study.opt_out.id).to_numpy()]] = True
        odd |= ~has_it
    found: npt.NDArray[np.bool_] = odd[task]
    return found


def _odd_rows(
    frame: pd.DataFrame, study: Study, named: Mapping[str, Alternative]
) -> npt.NDArray[np.bool_]:
    """Return the rows that may have a problem; only what shows the same is looked at once."""
    names = frame["alternative"].astype(str).to_numpy()
    odd = np.zeros(len(frame), dtype=bool)
    # the cells of an attribute: few that differ, each asked of each alternative
    for attribute in study.attributes:
        asked: dict[tuple[str, object], bool] = {}
        for i, (name, cell) in enumerate(zip(names, frame[attribute.id].tolist(), strict=True)):
            key = (name, None if is_empty(cell) else cell)
            if key not in asked:
                asked[key] = _is_odd(key[1], name, attribute, study, named)
            odd[i] |= asked[key]
    for constraint in study.constraints:
        columns = [name for name in constraint.attributes if name in study.attribute_ids]
        kept: dict[tuple[object, ...], bool] = {}
        rows = zip(names, *(frame[name].tolist() for name in columns), strict=True)
        for i, row in enumerate(rows):
            if row not in kept:
                levels = dict(zip(("alternative", *columns), row, strict=True))
                shown = {k: v for k, v in levels.items() if not is_empty(v)}
                kept[row] = constraint.allows(shown)
            odd[i] |= not kept[row]
    return odd


def _is_odd(
    cell: object, name: str, attribute: Attribute, study: Study, named: Mapping[str, Alternative]
) -> bool:
    if study.labelled and name not in named:
        return True
    is_opt_out = study.opt_out is not None and name == study.opt_out.id
    has_it = not is_opt_out and (not study.labelled or attribute.available_to(name))
    return bool(_cell_problems(cell, attribute, named.get(name), has_it, ""))


def _task_problems(frame: pd.DataFrame, study: Study) -> list[Problem]:
    problems = []
    for task, rows in frame.groupby("task", sort=False):
        where = f"task {task}"
        names = [str(name) for name in rows["alternative"]]
        if rows["block"].nunique() > 1:
            problems.append(
                Problem("the task is in two blocks", "Give each task a number of its own.", where)
            )
        if len(set(names)) < len(names):
            problems.append(
                Problem("an alternative comes twice", "Give each a name of its own.", where)
            )
        if len(names) < 2:
            problems.append(
                Problem("there is only one alternative", "Add one to choose from.", where)
            )
        if study.opt_out is not None and study.opt_out.id not in names:
            problems.append(
                Problem(
                    f"the opt-out '{study.opt_out.id}' is missing",
                    "Add its row, or take the opt-out out of the study.",
                    where,
                )
            )
    return problems


def _row_problems(
    row: Mapping[str, object], study: Study, named: Mapping[str, Alternative]
) -> list[Problem]:
    name = str(row["alternative"])
    where = f"task {row['task']}, alternative '{name}'"
    if study.labelled and name not in named:
        return [unknown_name(name, named, "alternative", where=where)]
    own = named.get(name)
    is_opt_out = study.opt_out is not None and name == study.opt_out.id
    problems: list[Problem] = []
    levels: dict[str, object] = {"alternative": name}
    for attribute in study.attributes:
        has_it = not is_opt_out and (not study.labelled or attribute.available_to(name))
        problems += _cell_problems(row[attribute.id], attribute, own, has_it, where)
        if not is_empty(row[attribute.id]):
            levels[attribute.id] = row[attribute.id]
    if not problems and not is_opt_out:
        problems += _constraint_problems(study, levels, where)
    return problems


def _cell_problems(
    cell: object, attribute: Attribute, own: Alternative | None, has_it: bool, where: str
) -> list[Problem]:
    fixed = own.fixed if own is not None else {}
    personal = own.personal if own is not None else {}
    if attribute.id in fixed:
        if cell == fixed[attribute.id]:
            return []
        wanted = cell_text(fixed[attribute.id])
        return [
            Problem(
                f"{attribute.id} is {cell!r}, but the study fixes it at '{wanted}'",
                "Use the level of the study, or change the study.",
                where,
            )
        ]
    if is_empty(cell):
        if not has_it or attribute.id in personal:
            return []
        return [Problem(f"{attribute.id} is empty", "Give it a level.", where)]
    if not has_it or attribute.id in personal:
        why = "each person brings it along" if attribute.id in personal else "it has none"
        return [Problem(f"{attribute.id} has a level, but {why}", "Leave it empty.", where)]
    known = {attribute.cell(level): level for level in attribute.levels}
    if cell not in known:
        shown = [cell_text(key) for key in known]
        return [unknown_name(cell_text(cell), shown, f"level of {attribute.id}", where=where)]
    if known[cell].id in attribute.floor:
        return [
            Problem(
                f"{attribute.id} = '{cell_text(cell)}' lies under the floor",
                "Show another level.",
                where,
            )
        ]
    return []


def _constraint_problems(study: Study, levels: Mapping[str, object], where: str) -> list[Problem]:
    return [
        Problem(
            f"the combination is not allowed: {constraint_text(constraint)}",
            "Change a level of this alternative.",
            where,
        )
        for constraint in study.constraints
        if not constraint.allows(levels)
    ]
