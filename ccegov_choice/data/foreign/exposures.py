"""Alternatives that a file itself shows, with what was chosen, turned into checked rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ccegov_choice.data.choice_data import Response
from ccegov_choice.data.foreign.lines import LineFindings
from ccegov_choice.data.foreign.request import Request, Shown
from ccegov_choice.design.foreign.import_alternatives import LETTERS, name_alternatives
from ccegov_choice.design.foreign.import_entries import Entry
from ccegov_choice.design.foreign.import_levels import Coded, is_empty_word, read_levels
from ccegov_choice.design.foreign.import_source import Source, listing
from ccegov_choice.errors import DataError
from ccegov_choice.study.study import Study

Cell = str | float | None


@dataclass(frozen=True)
class Exposure:
    """One alternative that one person saw.

    Parameters
    ----------
    entry : Entry
        Line, person (as ``block``), task, alternative as the file calls it, levels as text.
    marks : mapping
        The answer: ``chosen``, or ``best`` and ``worst``, or ``rank``.
    about : mapping
        Columns about the person.
    """

    entry: Entry
    marks: Mapping[str, object]
    about: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Exposures:
    """Everything that a file shows.

    Parameters
    ----------
    source : Source
        The file.
    all : sequence of Exposure
        One per alternative and person.
    response : {"choice", "ranking", "best-worst"}
        What people did.
    found : LineFindings
        Problems so far; knows what the file calls its columns.
    coded : {"yes", "maybe", "no"}
        Whether levels are counted from 1, with 0 for none.
    notes : tuple of str
        What was recognised and left out.
    """

    source: Source
    all: Sequence[Exposure]
    response: Response
    found: LineFindings
    coded: Coded = "no"
    notes: tuple[str, ...] = ()


def rows_of(seen: Exposures, request: Request) -> Shown:
    """Read levels and names of alternatives, with the study if there is one.

    Raises
    ------
    DataError
        If the file shows nothing.
    """
    if not seen.all:
        seen.found.finish()
        raise DataError("the file shows no alternative", where=seen.source.name, cure="Check it.")
    entries = [exposure.entry for exposure in seen.all]
    if request.study is None:
        names, cells, notes = _guessed(entries)
    else:
        names, cells, notes = _known(entries, request, request.study, seen)
    records = [
        {
            "person": entry.block,
            "task": int(entry.task) if entry.task.isdigit() else entry.task,
            "alternative": name,
            **exposure.marks,
            **row,
            **exposure.about,
        }
        for exposure, entry, name, row in zip(seen.all, entries, names, cells, strict=True)
    ]
    lines = [entry.line for entry in entries]
    return Shown(
        seen.source,
        pd.DataFrame(records),
        lines,
        seen.response,
        seen.found,
        (*seen.notes, *notes),
    )


def _guessed(
    entries: Sequence[Entry],
) -> tuple[list[str], list[dict[str, Cell]], tuple[str, ...]]:
    """Take the words of the file; columns of numbers are numbers."""
    ids = list(dict.fromkeys(id for entry in entries for id in entry.cells))
    numeric = {id for id in ids if all(_is_number(e.cells.get(id, "")) for e in entries)}
    cells: list[dict[str, Cell]] = [
        {
            id: None
            if not (text := entry.cells.get(id, ""))
            else float(text)
            if id in numeric
            else text
            for id in ids
        }
        for entry in entries
    ]
    tokens = list(dict.fromkeys(entry.alternative for entry in entries))
    if all(token.isdigit() for token in tokens) and len(tokens) <= len(LETTERS):
        called = dict(zip(sorted(tokens, key=int), LETTERS, strict=False))
        return [called[entry.alternative] for entry in entries], cells, ()
    return [entry.alternative for entry in entries], cells, ()


def _is_number(text: str) -> bool:
    return not text or re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text) is not None


def _known(
    entries: Sequence[Entry], request: Request, study: Study, seen: Exposures
) -> tuple[list[str], list[dict[str, Cell]], tuple[str, ...]]:
    """Read levels and alternatives as an imported design has them."""
    found, where = seen.found, seen.source.where
    texts: dict[str, dict[str, list[int]]] = {id: {} for id in study.attribute_ids}
    for entry in entries:
        if not _shows_nothing(entry, seen.coded):
            for id, text in entry.cells.items():
                texts[id].setdefault(text, []).append(entry.line)
    read: dict[str, Mapping[str, Cell]] = {}
    notes: tuple[str, ...] = ()
    for attribute in study.attributes:
        if not texts[attribute.id]:
            continue
        given = request.levels.get(attribute.id, {})
        reading = read_levels(attribute, texts[attribute.id], given, seen.coded, where)
        found.problems += reading.problems
        read[attribute.id] = reading.cells
        notes += (reading.note,) if reading.note else ()
    cells: list[dict[str, Cell]] = [
        {id: read.get(id, {}).get(text) for id, text in entry.cells.items()} for entry in entries
    ]
    names = name_alternatives(entries, cells, study, request.alternatives, where)
    found.problems += names.problems
    if not found.problems:
        _fill(cells, names.of, study)
    return names.of, cells, (*notes, *names.notes)


def _shows_nothing(entry: Entry, coded: Coded) -> bool:
    return all(is_empty_word(t) or (coded != "no" and t == "0") for t in entry.cells.values())


def _fill(cells: Sequence[dict[str, Cell]], names: Sequence[str], study: Study) -> None:
    """Put in the levels that an alternative always has, and those no column holds."""
    fixed = {item.id: item.fixed for item in study.named_alternatives}
    for row, name in zip(cells, names, strict=True):
        for id in study.attribute_ids:
            if row.get(id) is None:
                row[id] = fixed.get(name, {}).get(id)


def missing_attributes(
    has: Sequence[str], names: Sequence[str], study: Study, found: LineFindings
) -> None:
    """Note attributes of the study that no column holds."""
    for attribute in study.attributes:
        if attribute.id not in has:
            found.say(
                f"no column holds the attribute '{attribute.id}' ({attribute.text()}); there are "
                f"{listing(names, 20)}",
                f"Say what it is called: columns={{'their name': '{attribute.id}'}} (in a shell: "
                f"--column 'their name={attribute.id}').",
            )
