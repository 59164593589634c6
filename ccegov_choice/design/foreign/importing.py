"""Importing a design made elsewhere: read, recognised, checked whole, and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from ccegov_choice._provenance import Provenance
from ccegov_choice.design.blocks import assign_blocks
from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.design import Design, coded
from ccegov_choice.design.foreign.import_entries import entries_of
from ccegov_choice.design.foreign.import_layouts import LAYOUTS, Found, find_table
from ccegov_choice.design.foreign.import_rows import read_rows
from ccegov_choice.design.foreign.import_source import as_text, read_source
from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.study.study import Study

Layout = Literal["auto", "long", "wide", "ngene", "sawtooth"]
Levels = Mapping[str, Mapping[Any, str | float | None]]
# blocks are dealt without a seed of the user's: the same file always gives the same design
_SEED = 0


def import_design(
    source: Any,
    study: Study,
    *,
    layout: Layout = "auto",
    alternatives: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
    levels: Levels | None = None,
    blocks: int | None = None,
) -> Design:
    """Import a design that was made elsewhere.

    Parameters
    ----------
    source : str, Path or data frame
        A text file, whatever separates its cells, with or without lines of text above the table;
        or a pandas or polars table.
    study : Study
        The study it is to be a design of.
    layout : {"auto", "long", "wide", "ngene", "sawtooth"}
        ``"long"``: a row per alternative. ``"wide"``: a row per task, with columns such as
        ``wait_A`` or ``alt1.wait``. ``"ngene"``: the design table of Ngene. ``"sawtooth"``: the
        design file of Lighthouse Studio, whose cells are codes from 1. ``"auto"`` recognises the
        layout from the header, and the notes of the design say which it is.
    alternatives : mapping of str to str, optional
        Name in the file -> id in the study, where they cannot be recognised; alternatives without
        labels are ``"A"``, ``"B"``, ...
    columns : mapping of str to str, optional
        Column in the file -> ``"block"``, ``"task"``, ``"alternative"``, an attribute id, or
        ``"ALTERNATIVE.ATTRIBUTE"`` in a table with a row per task.
    levels : mapping of str to mapping, optional
        Attribute id -> {cell in the file: level id or number}, where cells are neither ids,
        numbers, labels in a language of the study, nor codes that can be read in one way only.
    blocks : int, optional
        Parts to deal the tasks into, where the file has no blocks.

    Returns
    -------
    Design
        Blocks and tasks are numbered from 1, tasks through all blocks; alternatives without
        labels are called A, B, ...; the opt-out is added where the file leaves it out. The notes
        tell all of this.

    Raises
    ------
    FileFormatError
        If the file is missing or is no text.
    DesignError
        Listing everything that does not fit, with lines of the file (or rows of the data frame,
        counted from 1) and cures.
    """
    study.require_valid()
    asked = {str(theirs): str(ours) for theirs, ours in (columns or {}).items()}
    named = {str(theirs): str(ours) for theirs, ours in (alternatives or {}).items()}
    said = {id: {as_text(k): as_text(v) for k, v in x.items()} for id, x in (levels or {}).items()}
    _check_arguments(study, layout, said)
    found = find_table(read_source(source), study, layout, asked)
    entries, problems, notes = entries_of(found, study, asked)
    if problems:
        raise _error(problems, found)
    rows = read_rows(entries, found, study, named, said, sure=layout != "auto")
    problems = [*rows.problems, *_block_problems(rows.blocks, blocks, found)]
    if problems:
        raise _error(problems, found)
    parameters = {
        "layout": found.layout,
        "alternatives": named,
        "columns": asked,
        "levels": said,
        "blocks": blocks,
    }
    parents = {"study": study.sha256, found.source.kind: found.source.sha256}
    provenance = Provenance.record("import_design", parameters=parameters, parents=parents)
    notes = [_first_note(found, layout), *notes, *rows.notes]
    return _parted(Design(rows.frame, study, provenance, tuple(notes)), blocks)


def _check_arguments(study: Study, layout: str, levels: Mapping[str, Mapping[str, object]]) -> None:
    problems = []
    if layout not in ("auto", *LAYOUTS):
        problems.append(unknown_name(layout, ("auto", *LAYOUTS), "layout", where="import_design"))
    problems += [
        unknown_name(id, study.attribute_ids, "attribute", where="levels")
        for id in levels
        if id not in study.attribute_ids
    ]
    if problems:
        raise DesignError.of(problems)


def _block_problems(found: int, asked: int | None, table: Found) -> list[Problem]:
    if asked is None or found in (1, asked):
        return []
    problem = f"{asked} blocks were asked for, but the file has {found}"
    return [Problem(problem, "Leave `blocks` out to keep those of the file.", table.source.name)]


def _parted(design: Design, blocks: int | None) -> Design:
    """Deal the tasks of a design without blocks into as many as were asked for."""
    if blocks is None or design.blocks == blocks:
        return design
    shown = [n for n in design.alternatives if n not in _opt_out_ids(design.study)]
    space = task_space(design.study, None if design.study.labelled else len(shown))
    block = assign_blocks(coded(design, space), blocks, np.random.default_rng(_SEED))
    order = np.argsort(block, kind="stable")
    number = {int(t) + 1: i for i, t in enumerate(order, 1)}
    frame = design.frame.assign(
        block=design.frame["task"].map(dict(enumerate(block.tolist(), 1))),
        task=design.frame["task"].map(number),
    )
    listed = ", ".join(str(int(t) + 1) for t in order)
    note = f"Tasks were dealt into {blocks} blocks and numbered anew; before they were {listed}."
    return Design(frame, design.study, design.provenance, (*design.notes, note))


def _opt_out_ids(study: Study) -> tuple[str, ...]:
    return (study.opt_out.id,) if study.opt_out is not None else ()


def _first_note(found: Found, layout: str) -> str:
    how = "recognised from its header" if layout == "auto" else "as said"
    line = f" in line {found.line}" if found.line > 1 and layout == "auto" else ""
    return f"Imported from {found.source.short_name}, layout '{found.layout}' ({how}{line})."


def _error(problems: list[Problem], found: Found) -> DesignError:
    name = found.source.name
    error = DesignError.of(problems, f"The design in {name} cannot be taken ({{count}} problems):")
    assert isinstance(error, DesignError)
    return error
