"""What the alternatives of a file are in the study: by name, by position, or the opt-out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccegov_choice.design.candidates import Cell
from ccegov_choice.design.foreign.import_columns import PLACE, alternative_named, squeezed
from ccegov_choice.design.foreign.import_entries import Entry
from ccegov_choice.design.foreign.import_levels import Where, is_empty_word
from ccegov_choice.design.foreign.import_source import listing
from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.study import Study

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Names:
    """The name in the study of each entry; empty where it could not be found."""

    of: list[str]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def opt_outs(entries: Sequence[Entry], study: Study, given: Mapping[str, str]) -> set[str]:
    """Return what the file calls the opt-out, by its names alone."""
    if study.opt_out is None:
        return set()
    found = set()
    for token in dict.fromkeys(entry.alternative for entry in entries):
        named = given.get(token)
        item = alternative_named(study, token) if named is None else None
        if study.opt_out.id in (named, item.id if item is not None else None):
            found.add(token)
    return found


def is_blank(entry: Entry, cells: Mapping[str, Cell | None]) -> bool:
    """Return whether an alternative shows no level at all.

    Words such as "none" count as no level if at least one attribute has no level of that name.
    """
    nothing = all(is_empty_word(text) for text in entry.cells.values())
    return all(cell is None for cell in cells.values()) or (
        nothing and any(cell is None for cell in cells.values())
    )


def name_alternatives(
    entries: Sequence[Entry],
    cells: Sequence[Mapping[str, Cell | None]],
    study: Study,
    given: Mapping[str, str],
    where: Where,
) -> Names:
    """Find the name in the study of every alternative in the file.

    Parameters
    ----------
    entries : sequence of Entry
        What the file shows.
    cells : sequence of mapping
        The levels of each entry.
    study : Study
        What is asked.
    given : mapping of str to str
        What the user says: name in the file -> id in the study.
    where : callable
        Names lines of the file.
    """
    out = opt_outs(entries, study, given)
    quo = _status_quo(entries, cells, study, out)
    none = [
        entry.alternative in out
        or entry.alternative == quo
        or (is_blank(entry, row) and not _has_label(entry.alternative, study, given))
        for entry, row in zip(entries, cells, strict=True)
    ]
    names = Names([""] * len(entries), [*_given_problems(entries, study, given)])
    rest = [entry for entry, empty in zip(entries, none, strict=True) if not empty]
    find = _labelled if study.labelled else _unlabelled
    found = find(rest, study, given, where, names)
    lines = [entry.line for entry, empty in zip(entries, none, strict=True) if empty]
    if lines and study.opt_out is None:
        cure = "Give the study an opt-out, or the alternative its levels."
        problem = "an alternative shows no level, and the study has no opt-out"
        names.problems.append(Problem(problem, cure, where(lines)))
    opt_out = study.opt_out.id if study.opt_out is not None else ""
    shown = iter(found)
    names.of = [opt_out if empty else next(shown) for empty in none]
    _note(entries, names)
    return names


def _status_quo(
    entries: Sequence[Entry],
    cells: Sequence[Mapping[str, Cell | None]],
    study: Study,
    out: set[str],
) -> str | None:
    """Return the unnamed alternative that always shows what the status quo of the study has."""
    fixed = study.opt_out.fixed if study.opt_out is not None else {}
    if out or study.labelled or set(fixed) != set(study.attribute_ids):
        return None
    same: dict[str, bool] = {}
    for entry, row in zip(entries, cells, strict=True):
        same[entry.alternative] = same.get(entry.alternative, True) and dict(row) == fixed
    found = [token for token, always in same.items() if always]
    return found[0] if len(found) == 1 else None


def _has_label(token: str, study: Study, given: Mapping[str, str]) -> bool:
    return token in given or alternative_named(study, token) in study.alternatives


def _given_problems(
    entries: Sequence[Entry], study: Study, given: Mapping[str, str]
) -> list[Problem]:
    tokens = {entry.alternative for entry in entries}
    letters = () if study.labelled else tuple(LETTERS)
    known = (*letters[: max(2, len(tokens))], *study.alternative_ids)
    problems = []
    for theirs, ours in given.items():
        if theirs not in tokens:
            told = unknown_name(theirs, sorted(tokens), "alternative of the file")
            problems.append(Problem(told.problem, told.cure, "alternatives"))
        if ours not in known:
            problems.append(unknown_name(ours, known, "alternative", where="alternatives"))
    return problems


def _labelled(
    entries: Sequence[Entry], study: Study, given: Mapping[str, str], where: Where, names: Names
) -> list[str]:
    tokens = dict.fromkeys(entry.alternative for entry in entries)
    called = dict(given)
    for token in tokens:
        item = alternative_named(study, token)
        if token not in called and item is not None:
            called[token] = item.id
    unknown = [token for token in tokens if token not in called]
    places = _places(unknown)
    wanted = [item.id for item in study.alternatives]
    if len(unknown) == len(wanted) + 1 and study.opt_out is not None:
        wanted.append(study.opt_out.id)
    if unknown and places and len(unknown) == len(tokens) == len(wanted):
        called |= dict(zip(places, wanted, strict=True))
        unknown = []
    free = [id for id in wanted if id not in called.values()] or wanted
    for token in unknown:
        told = unknown_name(token, wanted, "alternative")
        lines = [entry.line for entry in entries if entry.alternative == token]
        cure = (
            f"{told.cure} Say which it is: alternatives={{'{token}': '{free[0]}'}} (in a shell: "
            f"--alternative '{token}={free[0]}')."
        )
        names.problems.append(Problem(told.problem, cure, where(lines)))
    return [called.get(entry.alternative, "") for entry in entries]


def _unlabelled(
    entries: Sequence[Entry], study: Study, given: Mapping[str, str], where: Where, names: Names
) -> list[str]:
    counted = Counter(entry.alternative for entry in entries)
    sizes = Counter((entry.block, entry.task) for entry in entries)
    if len(sizes) > 1 and set(counted.values()) == {1}:
        return _by_place(entries, names)
    tokens = [token for token in counted if token not in given]
    free = [letter for letter in LETTERS if letter not in given.values()]
    if not set(tokens) <= set(LETTERS[: len(counted)]):
        tokens = _places(tokens) or tokens
        called = dict(zip(tokens, free, strict=False))
    else:
        called = {token: token for token in tokens}
    if len(counted) > len(LETTERS):
        cure = "Number the alternatives alike in every task: 1, 2, ..."
        problem = f"the alternatives have {len(counted)} different names"
        names.problems.append(Problem(problem, cure, where(e.line for e in entries)))
    called |= given
    return [called.get(entry.alternative, "") for entry in entries]


def _by_place(entries: Sequence[Entry], names: Names) -> list[str]:
    """Name alternatives that are numbered through the whole file by their place in the task."""
    names.notes.append("Alternatives are named by their place in the task.")
    place: Counter[tuple[str, str]] = Counter()
    found = []
    for entry in entries:
        key = entry.block, entry.task
        found.append(LETTERS[min(place[key], len(LETTERS) - 1)])
        place[key] += 1
    return found


def _places(tokens: Sequence[str]) -> list[str] | None:
    """Put names such as alt2, Option B or 3 in order; None if one of them is no place."""
    order = []
    for token in tokens:
        match = PLACE.match(token)
        if not match:
            return None
        order.append(
            (int(match[1]), token) if match[1].isdigit() else (ord(match[1].lower()), token)
        )
    return [token for _, token in sorted(order)]


def _note(entries: Sequence[Entry], names: Names) -> None:
    called = dict.fromkeys(
        (entry.alternative, name)
        for entry, name in zip(entries, names.of, strict=True)
        if name and squeezed(entry.alternative) != squeezed(name)
    )
    if called and not names.notes:
        told = [f"'{theirs}' is {ours}" for theirs, ours in called]
        names.notes.append(f"Alternatives: {listing(told, 26)}.")
