"""Exporting a design in the layouts of other programs, so that `import_design` gives it back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from ccegov_choice._files import write_atomic
from ccegov_choice.design.check import is_empty
from ccegov_choice.design.design import Design
from ccegov_choice.errors import DesignError, unknown_name
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.wording import number_id

Layout = Literal["long", "wide", "ngene", "sawtooth"]
Lines = Iterable[Sequence[object]]


def export_design(design: Design, path: str | Path, layout: Layout) -> Path:
    """Write a design in the layout of another program.

    Parameters
    ----------
    design : Design
        What to write.
    path : str or Path
        The file; it is replaced whole or not at all.
    layout : {"long", "wide", "ngene", "sawtooth"}
        ``"long"``: CSV with a row per alternative, the same as ``design.csv``. ``"wide"``: CSV
        with a row per task and columns such as ``A.wait``. ``"ngene"``: separated by tabs, with
        columns such as ``alt1.wait``; levels that are words are coded from 0, and lines above the
        table say which code is which. ``"sawtooth"``: CSV with every level as its number, from
        1, among those that may be shown; 0 where an alternative does not have the attribute.
        The opt-out is written in the first layout only: the others leave it to the program.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    DesignError
        If there is no such layout, or the layout cannot hold tasks that differ in their
        alternatives.
    """
    return write_atomic(path, design_text(design, layout))


def design_text(design: Design, layout: str) -> str:
    """Return the content of the file that `export_design` writes."""
    if layout == "long":
        return design.to_csv()
    makers = {"wide": _wide, "ngene": _ngene, "sawtooth": _sawtooth}
    if layout not in makers:
        problem = unknown_name(layout, ("long", *makers), "layout", where="export_design")
        raise DesignError.of([problem])
    _check_alike(design, layout)
    return makers[layout](design)


def _check_alike(design: Design, layout: str) -> None:
    """Refuse tasks that differ in their alternatives: these layouts have a place for each."""
    names = _alternatives(design)
    for task, rows in design.frame.groupby("task"):
        if not set(names) <= set(rows["alternative"]):
            raise DesignError(
                f"task {task} does not show all of the alternatives {', '.join(names)}",
                where=f"layout '{layout}'",
                cure="Use layout='long', which has a row per alternative.",
            )


def _alternatives(design: Design) -> list[str]:
    """Return the alternatives in the order of the study, the opt-out left out."""
    study = design.study
    opt_out = study.opt_out.id if study.opt_out is not None else None
    names = [item.id for item in study.alternatives] or sorted(design.alternatives)
    return [name for name in names if name != opt_out]


def _cells(design: Design) -> list[tuple[int, int, list[Mapping[str, Any]]]]:
    """Return block, task and the rows of its alternatives, in order."""
    names = _alternatives(design)
    tasks: dict[tuple[int, int], dict[str, Mapping[str, Any]]] = {}
    for row in design.frame.to_dict("records"):
        rows = tasks.setdefault((int(row["block"]), int(row["task"])), {})
        rows[str(row["alternative"])] = {str(k): v for k, v in row.items()}
    return [(*key, [rows[name] for name in names]) for key, rows in tasks.items()]


def _wide(design: Design) -> str:
    names = _alternatives(design)
    has = [(j, id) for j, name in enumerate(names) for id in _attributes(design, name)]
    lines: list[Sequence[object]] = [["block", "task", *(f"{names[j]}.{id}" for j, id in has)]]
    for block, task, rows in _cells(design):
        lines.append([block, task, *(_text(rows[j][id]) for j, id in has)])
    return _written(lines, ",")


def _ngene(design: Design) -> str:
    study, names = design.study, _alternatives(design)
    words = [item for item in study.attributes if not item.is_numeric]
    legend = [
        f"{item.id}: {', '.join(f'{i} = {level.id}' for i, level in enumerate(item.levels))}"
        for item in words
    ]
    has = [(j, id) for j, name in enumerate(names) for id in _attributes(design, name)]
    called = names if study.labelled else [f"alt{j + 1}" for j in range(len(names))]
    lines: list[Sequence[object]] = [
        ["Choice situation", *(f"{called[j]}.{id}" for j, id in has), "Block"]
    ]
    codes = {item.id: {level.id: i for i, level in enumerate(item.levels)} for item in words}
    for block, task, rows in _cells(design):
        cells = [_text(rows[j][id], codes.get(id)) for j, id in has]
        lines.append([task, *cells, block])
    return "\n".join(["Design", *legend, ""]) + _written(lines, "\t")


def _sawtooth(design: Design) -> str:
    study = design.study
    named = [f"Att {i} - {id}" for i, id in enumerate(study.attribute_ids, 1)]
    lines: list[Sequence[object]] = [["Version", "Task", "Concept", *named]]
    within: dict[int, int] = {}
    for block, _, rows in _cells(design):
        within[block] = within.get(block, 0) + 1
        for j, row in enumerate(rows, 1):
            codes = [_number(row[item.id], item) for item in study.attributes]
            lines.append([block, within[block], j, *codes])
    return _written(lines, ",")


def _attributes(design: Design, alternative: str) -> list[str]:
    """Return the attributes that an alternative has."""
    if not design.study.labelled:
        return list(design.study.attribute_ids)
    return [item.id for item in design.study.attributes_of(alternative)]


def _text(cell: Any, codes: Mapping[str, int] | None = None) -> str:
    if is_empty(cell):
        return ""
    if codes is not None:
        return str(codes[cell])
    return number_id(cell) if isinstance(cell, float) else str(cell)


def _number(cell: Any, attribute: Attribute) -> int:
    """Return the number of a level among those that may be shown; 0 for none."""
    shown = [attribute.cell(level) for level in attribute.shown_levels]
    return shown.index(cell) + 1 if cell in shown else 0


def _written(lines: Lines, separator: str) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\n").writerows(lines)
    return stream.getvalue()
