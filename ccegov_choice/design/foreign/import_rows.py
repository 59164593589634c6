"""From the entries of a file to the rows of a design, every problem with its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ccegov_choice.design.candidates import Cell
from ccegov_choice.design.check import design_problems
from ccegov_choice.design.design import KEYS
from ccegov_choice.design.foreign.import_alternatives import name_alternatives, opt_outs
from ccegov_choice.design.foreign.import_columns import alternative_named
from ccegov_choice.design.foreign.import_entries import Entry
from ccegov_choice.design.foreign.import_layouts import Found
from ccegov_choice.design.foreign.import_levels import Coded, is_empty_word, read_levels
from ccegov_choice.design.foreign.import_source import listing
from ccegov_choice.design.foreign.import_tasks import Key, number_tasks, spread_fixed, task_problems
from ccegov_choice.errors import Problem
from ccegov_choice.study.study import Study

Cells = dict[str, Cell | None]
Said = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Rows:
    """The rows of a design as read from a file.

    Parameters
    ----------
    frame : DataFrame
        As `Design` takes it; meaningful only where there are no problems.
    blocks : int
        How many blocks the file has.
    problems : tuple of Problem
        Everything that does not fit the study.
    notes : tuple of str
        What was recognised, added or renamed.
    """

    frame: pd.DataFrame
    blocks: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def read_rows(
    entries: Sequence[Entry],
    found: Found,
    study: Study,
    alternatives: Mapping[str, str],
    levels: Said,
    *,
    sure: bool,
) -> Rows:
    """Read the entries of a file as rows of a design.

    Parameters
    ----------
    entries : sequence of Entry
        What the file shows.
    found : Found
        Where it stands.
    study : Study
        What is asked.
    alternatives, levels : mapping
        What the user says; see `import_design`.
    sure : bool
        True where the user named the layout.
    """
    where = found.source.where
    fixed: list[str] = []
    if found.layout == "sawtooth":
        entries, fixed = spread_fixed(entries)
    cells, problems, codings = _read_cells(entries, found, study, alternatives, levels, sure)
    names = name_alternatives(entries, cells, study, alternatives, where)
    numbers, numbering = number_tasks(entries)
    has_blocks = "block" in found.header.keys
    torn, faulty = task_problems(entries, names.of, study, has_blocks, where)
    gaps = _missing_columns(entries, names.of, found, study)
    unread = {
        (entry.block, entry.task)
        for entry, name, row in zip(entries, names.of, cells, strict=True)
        if not name or len(row) < len(entry.cells)
    }
    rows, lines = _rows(entries, names.of, cells, numbers, study)
    added = _add_opt_out(rows, study)
    frame = pd.DataFrame(rows, columns=[*KEYS, *study.attribute_ids])
    problems += [*names.problems, *torn, *gaps]
    if not gaps:
        sound = ~frame["task"].isin([numbers[key][1] for key in faulty | unread])
        problems += _check(frame[sound], lines, study, found)
    blocks = len({block for block, _ in numbers.values()})
    notes = (*fixed, *codings, *names.notes, *added, *numbering)
    return Rows(frame, blocks, tuple(problems), notes)


def _read_cells(
    entries: Sequence[Entry],
    found: Found,
    study: Study,
    alternatives: Mapping[str, str],
    levels: Said,
    sure: bool,
) -> tuple[list[Cells], list[Problem], list[str]]:
    """Read the cells of each entry; a cell that cannot be read is left out."""
    without = _without(entries, study, alternatives)
    texts: dict[str, dict[str, list[int]]] = {id: {} for id in study.attribute_ids}
    for entry in entries:
        for id, text in entry.cells.items():
            if not ((entry.alternative, id) in without and _is_nothing(text)):
                texts[id].setdefault(text, []).append(entry.line)
    coded: Coded = "no"
    if found.layout == "sawtooth":
        coded = "yes" if sure or found.header.coded else "maybe"
    problems: list[Problem] = []
    notes: list[str] = []
    read: dict[str, Mapping[str, Cell | None]] = {}
    for attribute in study.attributes:
        given = {**found.legend.get(attribute.id, {}), **levels.get(attribute.id, {})}
        reading = read_levels(attribute, texts[attribute.id], given, coded, found.source.where)
        read[attribute.id] = reading.cells
        problems += reading.problems
        notes += [reading.note] if reading.note else []
    cells: list[Cells] = []
    for entry in entries:
        row: Cells = {}
        for id, text in entry.cells.items():
            if (entry.alternative, id) in without and _is_nothing(text):
                row[id] = None
            elif text in read[id]:
                row[id] = read[id][text]
        cells.append(row)
    return cells, problems, notes


def _without(
    entries: Sequence[Entry], study: Study, alternatives: Mapping[str, str]
) -> set[tuple[str, str]]:
    """Return the alternatives, as the file calls them, and the attributes they do not have."""
    out = opt_outs(entries, study, alternatives)
    found = {(token, id) for token in out for id in study.attribute_ids}
    for token in {entry.alternative for entry in entries} - out:
        item = alternative_named(study, alternatives.get(token, token))
        if item in study.alternatives:
            found |= {(token, a.id) for a in study.attributes if not a.available_to(item.id)}
    return found


def _is_nothing(text: str) -> bool:
    return is_empty_word(text) or text == "0"


def _missing_columns(
    entries: Sequence[Entry], names: Sequence[str], found: Found, study: Study
) -> list[Problem]:
    """Name the columns that a table with a row per task lacks."""
    opt_out = study.opt_out.id if study.opt_out is not None else None
    labelled = {item.id: item for item in study.alternatives}
    problems = []
    shown = {name: entry for entry, name in zip(entries, names, strict=True)}
    for name, entry in shown.items():
        token, cells = entry.alternative, entry.cells
        own = labelled[name].levels or {} if name in labelled else {}
        for item in study.attributes:
            has_it = not study.labelled or item.available_to(name)
            if name and name != opt_out and has_it and item.id not in {*own, *cells}:
                example = f"columns={{'their name': '{name}.{item.id}'}}"
                problems.append(
                    Problem(
                        f"no column holds '{item.id}' of the alternative '{token}'",
                        f"Add it, such as {token}.{item.id}, or say what it is called: {example}.",
                        found.source.where([found.line]),
                    )
                )
    return problems


def _rows(
    entries: Sequence[Entry],
    names: Sequence[str],
    cells: Sequence[Cells],
    numbers: Mapping[Key, tuple[int, int]],
    study: Study,
) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:
    """Return the rows of a design, and the lines for each place that a problem may name."""
    fixed = {item.id: item.fixed for item in study.named_alternatives}
    rows: list[dict[str, Any]] = []
    lines: dict[str, list[int]] = {}
    for entry, name, row in zip(entries, names, cells, strict=True):
        block, task = numbers[entry.block, entry.task]
        filled = {**row}
        for id, level in fixed.get(name, {}).items():
            if filled.get(id) is None:
                filled[id] = level
        rows.append({"block": block, "task": task, "alternative": name, **filled})
        for place in (f"task {task}", f"task {task}, alternative '{name}'"):
            lines.setdefault(place, []).append(entry.line)
    return rows, lines


def _add_opt_out(rows: list[dict[str, Any]], study: Study) -> list[str]:
    """Put the opt-out last in every task, adding it where it is left out."""
    if study.opt_out is None:
        return []
    opt_out = study.opt_out
    with_it = {row["task"] for row in rows if row["alternative"] == opt_out.id}
    without = {row["task"]: row["block"] for row in rows if row["task"] not in with_it}
    for task, block in without.items():
        rows.append({"block": block, "task": task, "alternative": opt_out.id, **opt_out.fixed})
    rows.sort(key=lambda row: row["alternative"] == opt_out.id)
    if not without:
        return []
    where = "every task" if not with_it else f"tasks {listing(sorted(without), 12)}"
    return [f"The opt-out '{opt_out.id}' is not in the file; it was added to {where}."]


def _check(
    frame: pd.DataFrame, lines: Mapping[str, Sequence[int]], study: Study, found: Found
) -> list[Problem]:
    """Check rows against the study; the same problem is told once, with all its lines."""
    told: dict[tuple[str, str, str], list[int]] = {}
    if frame.empty:
        return []
    for problem in design_problems(frame, study):
        places = lines.get(problem.where or "", ())
        name = (problem.where or "").partition(", ")[2] if study.labelled else ""
        about = f" ({name})" if name else ""
        told.setdefault((problem.problem, problem.cure, about), []).extend(places)
    where = found.source.where
    return [
        Problem(problem, cure, f"{where(places) if places else found.source.name}{about}")
        for (problem, cure, about), places in told.items()
    ]
