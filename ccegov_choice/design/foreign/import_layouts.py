"""Finding the table in a file, whatever separates its cells and whatever text surrounds it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from ccegov_choice.design.foreign.import_columns import Header, read_header, squeezed
from ccegov_choice.design.foreign.import_source import Line, Source, listing
from ccegov_choice.errors import DesignError
from ccegov_choice.study.study import Study

Layout = Literal["long", "wide", "ngene", "sawtooth"]
LAYOUTS: tuple[str, ...] = get_args(Layout)
_LEGEND = re.compile(r"^\s*(\w+)\s*:\s*(\d+\s*=.*)$")
_FITS = 100_000


@dataclass(frozen=True)
class Found:
    """The table inside a source.

    Parameters
    ----------
    source : Source
        Where it is.
    layout : str
        How it is laid out.
    header : Header
        What its columns hold.
    line : int
        The line of the header.
    rows : tuple of Line
        The rows under it, blank ones left out.
    legend : mapping of str to mapping
        Attribute -> code -> level, where lines above the header say so.
    left : tuple of int
        Lines that were not read.
    """

    source: Source
    layout: str
    header: Header
    line: int
    rows: tuple[Line, ...]
    legend: Mapping[str, Mapping[str, str]]
    left: tuple[int, ...]


def find_table(source: Source, study: Study, layout: str, columns: Mapping[str, str]) -> Found:
    """Find the header, and with it the table, whatever separates the cells.

    Raises
    ------
    DesignError
        If no line is a header of the layout; the line that comes nearest is named.
    """
    best: tuple[int, str, int, Header] | None = None
    for separator, lines in source.readings.items():
        for position, (_, cells) in enumerate(lines[: source.searched]):
            if len(cells) < 2:
                continue
            header = read_header(_without_tail(cells), study, columns)
            fits = _laid_out(header, layout) is not None
            meaning = header.meaning() + (_FITS if fits else 0)
            if meaning > (best[0] if best else -1):
                best = meaning, separator, position, header
            if fits:
                break
    if best is None or best[0] < _FITS:
        raise _no_header(source, study, layout, best)
    _, separator, position, header = best
    lines = source.readings[separator]
    rows, after = _body(lines[position + 1 :], len(header.names))
    above = [line for line, cells in lines[:position] if any(cells)]
    text = {line: separator.join(cells) for line, cells in lines[:position]}
    legend, told = _legend(text, study)
    left = tuple(line for line in (*above, *after) if line not in told)
    laid_out = _laid_out(header, layout) or layout
    return Found(source, laid_out, header, lines[position][0], rows, legend, left)


def _without_tail(cells: Sequence[str]) -> Sequence[str]:
    """Leave out the empty cells that spreadsheets put after a header."""
    width = max((i for i, cell in enumerate(cells, 1) if cell), default=0)
    return cells[:width]


def _laid_out(header: Header, layout: str) -> str | None:
    """Return the layout of a header if it is the one that was asked for."""
    own = header.layout()
    if own is None or layout == "auto":
        return own
    alike = ({"long", "sawtooth"}, {"wide", "ngene"})
    return layout if any({own, layout} <= set(pair) for pair in alike) else None


def _body(lines: Sequence[Line], width: int) -> tuple[tuple[Line, ...], list[int]]:
    """Return the rows of the table, and the lines after it: text that follows a blank line."""
    rows: list[Line] = []
    blank = False
    for i, (number, cells) in enumerate(lines):
        if not any(cells):
            blank = bool(rows)
        elif blank and (len(cells) < width or sum(map(bool, cells)) < 2):
            return tuple(rows), [line for line, more in lines[i:] if any(more)]
        else:
            rows.append((number, cells))
    # a single cell is no row of a table: the last lines are text, such as the rules Ngene draws
    last = max((i for i, (_, cells) in enumerate(rows, 1) if sum(map(bool, cells)) > 1), default=0)
    return tuple(rows[:last]), [line for line, _ in rows[last:]]


def _legend(
    lines: Mapping[int, str], study: Study
) -> tuple[dict[str, dict[str, str]], tuple[int, ...]]:
    """Read lines such as ``channel: 0 = web, 1 = phone`` above the header."""
    legend: dict[str, dict[str, str]] = {}
    told = []
    for number, text in lines.items():
        match = _LEGEND.match(text)
        if match and match[1] in study.attribute_ids:
            # the id of a level may hold a comma: a new entry starts with its code
            parts = re.split(r"[,;]\s*(?=\d+\s*=)", match[2].strip(",; \t"))
            entries = (part.partition("=") for part in parts)
            legend[match[1]] = {code.strip(): level.strip() for code, _, level in entries}
            told.append(number)
        elif squeezed(text) in ("", "design"):  # the title that Ngene writes
            told.append(number)
    return legend, tuple(told)


def _no_header(
    source: Source,
    study: Study,
    layout: str,
    best: tuple[int, str, int, Header] | None,
) -> DesignError:
    attributes = listing(study.attribute_ids, 12)
    wanted = {
        "long": f"a column for the task, one for the alternative, and the attributes {attributes}",
        "wide": f"a column for every alternative and attribute, such as A.{study.attribute_ids[0]}",
    }
    asked = {"ngene": "wide", "sawtooth": "long"}.get(layout, layout)
    needs = wanted.get(asked) or f"{wanted['long']} (one row per alternative); or {wanted['wide']}"
    where, seen = source.name, ""
    if best is not None:
        number = source.readings[best[1]][best[2]][0]
        where = source.where([number]) if source.kind == "file" else source.name
        seen = f"; this line comes nearest: {listing(best[3].names, 12)}"
    what = "design" if layout == "auto" else f"design of the layout '{layout}'"
    example = "columns={'their name': 'task', 'another': 'alternative'}"
    return DesignError(
        f"no line is the header of a {what}{seen}",
        where=where,
        cure=f"It takes {needs}. Say what columns are called in the file with {example} "
        "(in a shell: --column 'their name=task').",
    )
