"""Saving, reading and verifying designs: `design.csv` and the record beside it, `design.lock`."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pandas as pd

from ccegov_choice._files import read_json, read_text, sha256, write_atomic, write_json
from ccegov_choice._provenance import Provenance
from ccegov_choice.design.check import is_empty
from ccegov_choice.design.design import KEYS, Design
from ccegov_choice.errors import DesignError, FileFormatError, ProvenanceError
from ccegov_choice.study.study import Study

CSV = "design.csv"
LOCK = "design.lock"
KIND = "design-lock"
SCHEMA = 1


def design_csv(design: Design) -> str:
    """Write the rows of a design; numbers come back exactly as they were."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(design.frame.columns)
    for row in design.frame.itertuples(index=False):
        writer.writerow([_written(cell) for cell in row])
    return stream.getvalue()


def save_design(design: Design, folder: str | Path) -> Path:
    """Write ``design.csv`` and ``design.lock``.

    Parameters
    ----------
    design : Design
        What to save.
    folder : str or Path
        Where; it is made if it is missing.

    Returns
    -------
    Path
        The folder.
    """
    target = Path(folder)
    write_atomic(target / CSV, design.to_csv())
    write_json(target / LOCK, _lock(design))
    return target


def read_design(path: str | Path, study: Study | None = None) -> Design:
    """Read a design; see `Design.read`."""
    source = Path(path)
    table = source / CSV if source.is_dir() else source
    asked = study if study is not None else Study.read(table.parent / "study.toml")
    text = read_text(table)
    lock = read_lock(table.parent) if (table.parent / LOCK).exists() else None
    frame = parse_rows(text, table, asked)
    try:
        if lock is None:
            design = Design(frame, asked)
        else:
            provenance = Provenance.from_dict(lock["provenance"])
            design = Design(
                frame,
                asked,
                provenance,
                tuple(lock["notes"]),
                {int(task): why for task, why in lock.get("purposes", {}).items()},
                lock.get("claims", {}),
            )
    except DesignError as error:
        raise DesignError(
            error.problem, where=str(table), cure=error.cure, problems=error.problems
        ) from error
    if lock is not None and (
        sha256(text) != lock["design"]["sha256"] or asked.sha256 != lock["study"]["sha256"]
    ):
        raise ProvenanceError(
            f"{CSV} or the study is not what {LOCK} recorded",
            where=str(table.parent),
            cure=f"See what changed with 'ccegov design verify {table.parent}'; to take the file "
            f"as it is, as a design of your own, remove {LOCK}.",
        )
    return design


def read_lock(folder: str | Path) -> dict[str, Any]:
    """Read ``design.lock`` and check that it has all its parts.

    Raises
    ------
    FileFormatError
        If the file is missing, is not JSON, is newer than this version, or lacks a part.
    """
    path = Path(folder) / LOCK
    lock = read_json(path, kind=KIND, schema=SCHEMA)
    parts = {
        "study": ("sha256", "asked"),
        "design": ("sha256",),
        "provenance": ("made_by", "parameters", "seed", "versions"),
    }
    missing = [
        f"{part}.{key}"
        for part, keys in parts.items()
        for key in keys
        if not isinstance(lock.get(part), dict) or key not in lock[part]
    ]
    if not isinstance(lock.get("notes"), list):
        missing.append("notes")
    if missing:
        raise FileFormatError(
            f"the record lacks {', '.join(missing)}",
            where=str(path),
            cure="Make the design again with 'ccegov design make'.",
        )
    return lock


def asked_of(study: Study) -> dict[str, Any]:
    """Return what a design depends on in a study, as JSON can hold it.

    With it a changed study can be named attribute by attribute.
    """
    from ccegov_choice.design.words import constraint_text

    def levels(item: Any) -> dict[str, Any]:
        own = item.levels or {}
        return {
            k: v if isinstance(v, str | float) else f"person: {v.covariate}" for k, v in own.items()
        }

    shown = {
        item.id: {
            "kind": item.kind,
            "levels": [item.cell(level) for level in item.shown_levels],
            "alternatives": list(item.alternatives) if item.alternatives is not None else None,
        }
        for item in study.attributes
    }
    return {
        "attributes": shown,
        "alternatives": {item.id: levels(item) for item in study.alternatives},
        "opt_out": {item.id: levels(item) for item in (study.opt_out,) if item is not None},
        "constraints": sorted(constraint_text(item) for item in study.constraints),
    }


def _lock(design: Design) -> dict[str, Any]:
    return {
        "kind": KIND,
        "schema": SCHEMA,
        "study": {
            "id": design.study.id,
            "sha256": design.study.sha256,
            "asked": asked_of(design.study),
        },
        "design": {
            "sha256": design.sha256,
            "tasks": design.tasks,
            "blocks": design.blocks,
            "alternatives": list(design.alternatives),
        },
        "provenance": design.provenance.to_dict(),
        "notes": list(design.notes),
        **(
            {"purposes": {str(t): why for t, why in design.purposes.items()}}
            if design.purposes
            else {}
        ),
        **({"claims": dict(design.claims)} if design.claims else {}),
    }


def _written(cell: object) -> str:
    if is_empty(cell):
        return ""
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def parse_rows(text: str, path: Path, study: Study) -> pd.DataFrame:
    """Read the rows of ``design.csv``.

    Raises
    ------
    FileFormatError
        Naming the line of a number that is none, or of a row with too many or too few cells.
    """
    lines = list(csv.reader(io.StringIO(text)))
    if not lines:
        raise FileFormatError("the file is empty", where=str(path), cure="Save the design again.")
    header, rows = lines[0], [row for row in lines[1:] if row]
    ragged = [i for i, row in enumerate(lines[1:], 2) if row and len(row) != len(header)]
    if ragged:
        raise FileFormatError(
            f"the row does not have {len(header)} cells",
            where=f"{path}:{ragged[0]}",
            cure="Give each row as many cells as the header has.",
        )
    frame = pd.DataFrame(rows, columns=header, dtype=object)
    numeric = [item.id for item in study.attributes if item.is_numeric and item.id in header]
    for name in (*KEYS[:2], *numeric):
        if name in header:
            frame[name] = [_number(cell, name, path, i) for i, cell in enumerate(frame[name], 2)]
    for name in study.attribute_ids:
        if name in header and name not in numeric:
            frame[name] = [cell or None for cell in frame[name]]
    return frame


def _number(cell: str, name: str, path: Path, line: int) -> float:
    if cell == "":
        return float("nan")
    try:
        return float(cell)
    except ValueError as error:
        raise FileFormatError(
            f"'{cell}' in column '{name}' is not a number",
            where=f"{path}:{line}",
            cure="Write a number without its unit, or leave the cell empty.",
        ) from error
