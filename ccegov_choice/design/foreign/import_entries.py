"""From the table of a file to one entry per alternative shown, whatever the layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from ccegov_choice.design.foreign.import_columns import KEYS, Header, squeezed
from ccegov_choice.design.foreign.import_layouts import Found
from ccegov_choice.design.foreign.import_source import listing
from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.study import Study


@dataclass(frozen=True)
class Entry:
    """One alternative of one task, as the file has it."""

    line: int
    block: str
    task: str
    alternative: str
    cells: Mapping[str, str] = field(default_factory=dict)


def entries_of(
    found: Found, study: Study, columns: Mapping[str, str]
) -> tuple[list[Entry], list[Problem], list[str]]:
    """Return what the table shows, one entry per alternative, with problems and notes."""
    problems = [*_column_problems(found, study, columns), *_ragged(found)]
    keys, unsure = _key_columns(found)
    problems += unsure
    header = found.header
    whole = found.layout in ("long", "sawtooth")
    width = len(header.names)
    entries: list[Entry] = []
    for i, (line, cells) in enumerate(found.rows, 1):
        if len(cells) < width:
            continue
        block = cells[keys["block"]] if "block" in keys else "1"
        task = cells[keys["task"]] if "task" in keys else str(i)
        if whole:
            shown = {id: cells[column] for id, column in header.attributes.items()}
            entries.append(Entry(line, block, task, cells[keys["alternative"]], shown))
            continue
        for token in header.alternatives:
            shown = {id: cells[column] for (id, t), column in header.pairs.items() if t == token}
            entries.append(Entry(line, block, task, token, shown))
    for key in keys:
        lines = [e.line for e in entries if not getattr(e, key)]
        if lines:
            name = header.names[keys[key]]
            where = found.source.where(lines)
            problems.append(Problem(f"'{name}' ({key}) is empty", f"Fill in the {key}.", where))
    if not found.rows:
        where = found.source.where([found.line])
        problems.append(Problem("there are no rows under the header", "Export them too.", where))
    return entries, problems, _notes(found, keys, whole)


def _column_problems(found: Found, study: Study, columns: Mapping[str, str]) -> Iterator[Problem]:
    header, where = found.header, found.source.where([found.line])
    where = where if found.source.kind == "file" else found.source.name
    parts = " ".join(header.names).casefold()
    for theirs, ours in columns.items():
        if theirs not in header.names and theirs.casefold() not in parts:
            yield unknown_name(theirs, header.names, "column", where=where)
        alternative, _, attribute = ours.rpartition(".")
        known = (*KEYS, *study.attribute_ids)
        if ours not in known and not (alternative and attribute in study.attribute_ids):
            told = unknown_name(ours, known, "name in the study", where="columns")
            yield Problem(f"{told.problem} for the column '{theirs}'", told.cure, told.where)
    for what in header.repeated:
        yield Problem(
            f"two columns hold {what}", "Take one out, or rename it with columns={...}.", where
        )
    unread = listing(_unread(header), 12)
    more = f" Columns that were not understood: {unread}." if unread else ""
    for id in study.attribute_ids:
        if id not in header.attributes and not any(id == a for a, _ in header.pairs):
            near = get_close_matches(id, _unread(header), n=1)
            name = near[0] if near else "their name"
            yield Problem(
                f"no column holds the attribute '{id}' ({study.attribute(id).text()})",
                f"Add it, or say what it is called: columns={{'{name}': '{id}'}} (in a shell: "
                f"--column '{name}={id}').{more}",
                where,
            )


def _unread(header: Header) -> list[str]:
    used = {
        *header.attributes.values(),
        *header.pairs.values(),
        *(i for places in header.keys.values() for i in places),
    }
    return [name or "(no name)" for i, name in enumerate(header.names) if i not in used]


def _ragged(found: Found) -> Iterator[Problem]:
    width = len(found.header.names)
    for few in (True, False):
        lines = [
            line
            for line, cells in found.rows
            if (len(cells) < width if few else any(cells[width:]))
        ]
        if lines:
            yield Problem(
                f"{'fewer' if few else 'more'} cells than the {width} of the header",
                "Give each row as many cells as the header; put text with separators in quotes.",
                found.source.where(lines),
            )


def _key_columns(found: Found) -> tuple[dict[str, int], list[Problem]]:
    """Choose among columns that may hold the same key; they must part the rows alike."""
    chosen: dict[str, int] = {}
    problems = []
    for key, places in found.header.keys.items():
        if key == "alternative" and found.layout in ("wide", "ngene"):
            continue
        chosen[key] = places[0]
        within = chosen.get("block") if key == "task" else None
        partings = {
            tuple(
                _numbered(
                    [(cells[within] if within is not None else "", cells[i]) for cells in rows]
                )
            )
            for i in places
            if (rows := [c for _, c in found.rows if len(c) >= len(found.header.names)])
        }
        if len(partings) > 1:
            names = [found.header.names[i] for i in places]
            problems.append(
                Problem(
                    f"several columns may be the {key}: {listing(names, 12)}",
                    f"Say which: columns={{'{names[0]}': '{key}'}} (in a shell: "
                    f"--column '{names[0]}={key}').",
                    found.source.where([found.line]) if found.source.kind == "file" else None,
                )
            )
    return chosen, problems


def _numbered(items: Sequence[object]) -> list[int]:
    seen: dict[object, int] = {}
    return [seen.setdefault(item, len(seen)) for item in items]


def _notes(found: Found, keys: Mapping[str, int], whole: bool) -> list[str]:
    header = found.header
    notes = []
    if found.left:
        notes.append(f"Lines outside the table were not read: {listing(found.left, 12)}.")
    unread = _unread(header)
    if unread:
        notes.append(f"Columns that were not read: {listing(unread, 12)}.")
    spoken = {key: header.names[i] for key, i in keys.items()}
    spoken |= {id: header.names[i] for id, i in header.attributes.items()} if whole else {}
    renamed = [
        f"{ours} from '{name}'"
        for ours, name in spoken.items()
        if not squeezed(name).endswith(squeezed(ours))
    ]
    if renamed and found.layout in ("long", "wide"):
        notes.append(f"Columns of other names: {listing(renamed, 40)}.")
    if not whole and "task" not in keys:
        notes.append("The file does not number its tasks: each row is one.")
    return notes
