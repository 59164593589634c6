"""Reading cells as levels: ids, numbers, labels in any language, codes, or what the user says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ccegov_choice.design.candidates import Cell
from ccegov_choice.design.foreign.import_columns import texts
from ccegov_choice.design.foreign.import_source import listing
from ccegov_choice.design.words import cell_text
from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.attribute import Attribute

_EMPTY_WORDS = {"", "na", "n/a", "nan", "<na>", "null", "none", "-", "--", "–", "."}
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}([.,\s]\d{3})+$")
Where = Callable[[Iterable[int]], str]
Coded = Literal["yes", "maybe", "no"]


@dataclass(frozen=True)
class Reading:
    """How the cells of one attribute are read.

    Parameters
    ----------
    cells : mapping of str to str, float or None
        Text in the file -> what a design holds; None where it means that there is no level.
    problems : tuple of Problem
        What could not be read.
    note : str
        Which coding was recognised; empty where levels are called by their names.
    """

    cells: Mapping[str, Cell | None]
    problems: tuple[Problem, ...] = ()
    note: str = ""


def read_levels(
    attribute: Attribute,
    found: Mapping[str, Sequence[int]],
    given: Mapping[str, object],
    coded: Coded,
    where: Where,
) -> Reading:
    """Say which level each text means.

    Parameters
    ----------
    attribute : Attribute
        The attribute the texts belong to.
    found : mapping of str to sequence of int
        Each text in the file, with the lines it stands in.
    given : mapping of str to object
        What the user, or the file itself, says: text -> level id or number.
    coded : {"yes", "maybe", "no"}
        Whether the layout counts the levels from 1 and writes 0 for none, numeric ones too.
    where : callable
        Names lines of the file.
    """
    told, problems = _given(attribute, given)
    cells: dict[str, Cell | None] = {}
    unsure: dict[str, list[Cell]] = {}
    for text in found:
        if text in told:
            cells[text] = told[text]
            continue
        named = _named(attribute, text)
        if len(named) == 1:
            cells[text] = named[0]
        elif named:
            unsure[text] = named
        elif is_empty_word(text) or (coded != "no" and text == "0"):
            cells[text] = None
    codes = {t: int(t) for t in found if t not in told and _is_whole(t)}
    unread = [text for text in found if text not in cells and text not in unsure]
    if coded != "no" and codes and not given and set(unread) <= set(codes):
        fits = all(0 <= code <= len(attribute.shown_levels) for code in codes.values())
        if fits and (coded == "yes" or unread):
            return _coded(attribute, codes, 1, cells, problems)
        if fits and (unlike := _unlike(attribute, codes, cells)):
            place = where(line for text in codes for line in found[text])
            return Reading(cells, (*problems, Problem(*unlike, place)))
    if unread and set(unread) == set(codes) and all(c is None for c in cells.values()):
        return _by_code(attribute, codes, cells, problems, found, where)
    problems += [_unsure(attribute, t, named, where(found[t])) for t, named in unsure.items()]
    problems += [_unknown(attribute, text, where(found[text])) for text in unread]
    return Reading(cells, tuple(problems))


def say_levels(attribute: str, levels: Mapping[str, str]) -> str:
    """Write how to say what cells mean, in Python and in a shell."""
    python = ", ".join(f"'{text}': '{level}'" for text, level in levels.items())
    shell = " ".join(f"--level '{attribute}:{text}={level}'" for text, level in levels.items())
    return f"levels={{'{attribute}': {{{python}}}}} (in a shell: {shell})"


def _given(
    attribute: Attribute, given: Mapping[str, object]
) -> tuple[dict[str, Cell | None], list[Problem]]:
    told: dict[str, Cell | None] = {}
    problems = []
    for text, level in given.items():
        named = _named(attribute, str(level))
        if len(named) == 1:
            told[text] = named[0]
        elif level is None or level == "":
            told[text] = None
        else:
            where = f"levels of '{attribute.id}'"
            problems.append(unknown_name(level, attribute.level_ids, "level", where=where))
    return told, problems


def is_empty_word(text: str) -> bool:
    """Return whether a text says that there is nothing, unless a level is called so."""
    return text.casefold() in _EMPTY_WORDS


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _folded(text: str) -> str:
    """Make capitals, spaces and underscores alike; signs and decimals stay what they are."""
    return re.sub(r"[\s_]+", " ", text.casefold().replace("−", "-")).strip()


def _named(attribute: Attribute, text: str) -> list[Cell]:
    """Return the levels that a text names: by id or number, by label, or nearly so."""
    by_id = [level for level in attribute.levels if level.id == text]
    if not by_id and attribute.is_numeric:
        numbers = _numbers(text)
        by_id = [level for level in attribute.levels if level.value in numbers]
    found = by_id or [level for level in attribute.levels if text in texts(level.label)]
    wanted = _folded(text)
    if not found and wanted:
        found = [level for level in attribute.levels if _folded(level.id) == wanted]
        found = found or [
            level
            for level in attribute.levels
            if wanted in {_folded(label) for label in texts(level.label)}
        ]
    return list(dict.fromkeys(attribute.cell(level) for level in found))


def _numbers(text: str) -> set[float]:
    """Return the numbers a text may be: with a decimal point or comma, or grouped thousands."""
    plain = text.replace("−", "-")
    writings = [plain, plain.replace(",", ".")]
    if _THOUSANDS.match(plain):
        writings.append(re.sub(r"[.,\s]", "", plain))
    numbers = set()
    for writing in writings:
        try:
            numbers.add(float(writing))
        except ValueError:
            continue
    return numbers


def _shown(attribute: Attribute) -> list[str]:
    return [level.id for level in attribute.shown_levels]


def _coded(
    attribute: Attribute,
    codes: Mapping[str, int],
    first: int,
    cells: Mapping[str, Cell | None],
    problems: Sequence[Problem],
) -> Reading:
    shown = attribute.shown_levels
    read: dict[str, Cell | None] = {**cells}
    for text, code in codes.items():
        place = code - first
        read[text] = attribute.cell(shown[place]) if place >= 0 else None
    key = ", ".join(f"{first + i} = {level.id}" for i, level in enumerate(shown))
    floor = "; levels under the floor are not counted" if attribute.floor else ""
    note = f"{attribute.id} is coded from {first}: {key}{floor}."
    return Reading(read, tuple(problems), note)


def _by_code(
    attribute: Attribute,
    codes: Mapping[str, int],
    cells: Mapping[str, Cell | None],
    problems: Sequence[Problem],
    found: Mapping[str, Sequence[int]],
    where: Where,
) -> Reading:
    """Read whole numbers as codes if that can be done in one way only; numbers stay numbers."""
    shown = _shown(attribute)
    ordered = sorted(codes, key=codes.__getitem__)
    ways = {
        first: {text: shown[codes[text] - first] for text in ordered}
        for first in (1, 0)
        if all(0 <= code - first < len(shown) for code in codes.values())
    }
    if len(ways) == 1 and not attribute.is_numeric:
        return _coded(attribute, codes, next(iter(ways)), cells, problems)
    place = where(line for text in codes for line in found[text])
    what = f"the cells {listing(ordered, 12)} of '{attribute.id}'"
    cure = "; or ".join(say_levels(attribute.id, way) for way in ways.values())
    if not ways:
        problem = f"{what} are neither its levels nor codes from 0 or 1 of them"
        cure = say_levels(attribute.id, dict.fromkeys(ordered, "..."))
    elif attribute.is_numeric:
        problem = f"{what} are not its levels"
    else:
        told = " or ".join(f"from {first} ({_pairs(way)})" for first, way in ways.items())
        problem = f"{what} may be codes that count {told}"
    levels = f"The study shows {', '.join(shown)}. Say what each means"
    return Reading(cells, (*problems, Problem(problem, f"{levels}: {cure}.", place)))


def _unlike(
    attribute: Attribute, codes: Mapping[str, int], cells: Mapping[str, Cell | None]
) -> tuple[str, str] | None:
    """Say that codes from 1 and the numbers themselves are both levels, if they differ."""
    shown = attribute.shown_levels
    first = {text: shown[code - 1] for text, code in sorted(codes.items()) if code}
    if all(cells[text] == attribute.cell(level) for text, level in first.items()):
        return None
    ids = {text: level.id for text, level in first.items()}
    problem = f"the cells of '{attribute.id}' may be its levels, or codes from 1 ({_pairs(ids)})"
    same = {text: cell_text(cells[text]) for text in first}
    cure = f"{say_levels(attribute.id, same)}; or {say_levels(attribute.id, ids)}"
    return problem, f"Say which: {cure}."


def _pairs(levels: Mapping[str, str]) -> str:
    return ", ".join(f"{text} = {level}" for text, level in levels.items())


def _unsure(attribute: Attribute, text: str, named: Sequence[Cell], where: str) -> Problem:
    options = " or ".join(f"'{cell_text(cell)}'" for cell in named)
    example = say_levels(attribute.id, {text: cell_text(named[0])})
    return Problem(
        f"'{text}' may be the level {options} of '{attribute.id}'", f"Say which: {example}.", where
    )


def _unknown(attribute: Attribute, text: str, where: str) -> Problem:
    names = [level.id for level in attribute.levels]
    told = unknown_name(text, names, "level")
    near = re.search(r"Did you mean '(.*?)'", told.cure)
    example = say_levels(attribute.id, {text: near[1] if near else _nearest(attribute, text)})
    return Problem(
        f"'{text}' is no level of '{attribute.id}' ({listing(names, 12)})",
        f"Correct the cell, say which level it is: {example}, or add the level to the study.",
        where,
    )


def _nearest(attribute: Attribute, text: str) -> str:
    numbers = _numbers(text)
    if attribute.is_numeric and numbers:
        number = numbers.pop()
        near = min(attribute.levels, key=lambda level: abs((level.value or 0.0) - number))
        return near.id
    return "..."
