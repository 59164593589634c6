"""Reading ``redesign.toml``: every problem at once, with file and line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ccegov_choice._files import read_text
from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.redesign.lever import Cell, Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.study.lines import positions
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.section import Notes, Section
from ccegov_choice.study.syntax import syntax_problem

LIMITS = ("budget", "capacity", "months", "users", "unit_value")
KEYS = (
    *("schema", "id", "title", "cost_unit", "capacity_unit"),
    *LIMITS,
    *("base", "floors", "today", "lever"),
)
WORDS = ("label", "delivery", "budget_holder", "controller", "legal_basis", "indicator", "route")
NUMBERS = ("cost", "capacity", "lead_time")
LISTS = ("accountable", "depends_on", "excludes")
LEVER_KEYS = (
    *("id", "attribute", "start", "end", "people", "deliverable"),
    *WORDS,
    *NUMBERS,
    *LISTS,
)


def read_redesign(path: str | Path) -> Redesign:
    """Read a redesign from a file; see `Redesign.read`."""
    return redesign_from_toml(read_text(path), str(path))


def redesign_from_toml(text: str, where: str = "redesign.toml") -> Redesign:
    """Read a redesign from TOML text; see `Redesign.from_toml`."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError.of([syntax_problem(error, text, where)]) from error
    notes = Notes(positions(text, where))
    redesign = _redesign(Section(content, (), "the redesign", notes))
    if notes.problems:
        raise PolicyError.of(notes.problems, f"{where} has {{count}} problems:")
    return redesign.standing_at(notes.positions)


def _redesign(root: Section) -> Redesign:
    root.only(KEYS)
    if root.content.get("schema", 1) != 1:
        root.notes.add(
            f"the file says schema = {root.content['schema']!r}, and this version reads schema = 1",
            "Update ccegov_choice, or leave the line out if you wrote the file by hand.",
            ("schema",),
        )
    root.require("id", 'Write near the top: id = "claim-2030".')
    root.require("base", "Add a table [base] with the level of each attribute today.")
    base = dict(_cells(root, "base", "today's service"))
    alternative = base.pop("alternative", None)
    return Redesign(
        id=root.words("id"),
        levers=tuple(_lever(part) for part in root.tables("lever")),
        base=Profile(base, None if alternative is None else str(alternative)),
        floors=_cells(root, "floors", "the floors"),
        today=_numbers(root, "today"),
        title=root.words("title"),
        cost_unit=root.words("cost_unit"),
        capacity_unit=root.words("capacity_unit"),
        **{name: _number(root, name) for name in LIMITS},
    )


def _lever(part: Section) -> Lever:
    part.only(LEVER_KEYS)
    part.require("id", 'Write id = "faster": a short name.')
    part.require("attribute", "Name the attribute of the study that it changes.")
    part.require("end", "Give the level afterwards, as in end = 20.")
    more: dict[str, Any] = {name: part.words(name) for name in WORDS}
    more |= {name: _number(part, name) or 0.0 for name in NUMBERS}
    more |= {name: part.words_list(name) for name in LISTS}
    return Lever(
        id=part.words("id"),
        attribute=part.words("attribute"),
        end=_cell(part, "end") or "",
        start=_cell(part, "start"),
        people=_people(part),
        deliverable=part.flag("deliverable", True),
        **more,
    )


def _number(part: Section, key: str) -> Any:
    found = part.number(key)
    return None if found is None else float(found)


def _cell(part: Section, key: str) -> Any:
    given = part.content.get(key)
    if given is None or _is_cell(given):
        return given
    part.wrong(key, "a level", f'Write {key} = "level", or a number without quotes.')
    return None


def _cells(root: Section, key: str, name: str) -> dict[str, Cell]:
    inside = root.table(key, name)
    if inside is None:
        return {}
    found = {attribute: _cell(inside, attribute) for attribute in inside.content}
    return {attribute: cell for attribute, cell in found.items() if cell is not None}


def _numbers(root: Section, key: str) -> dict[str, float]:
    inside = root.table(key, "the groups today")
    if inside is None:
        return {}
    found = {group: inside.number(group) for group in inside.content}
    return {group: float(value) for group, value in found.items() if value is not None}


def _people(part: Section) -> Mapping[str, tuple[Cell, ...]]:
    inside = part.table("people", f"'people' of {part.name}")
    found: dict[str, tuple[Cell, ...]] = {}
    for name, given in {} if inside is None else inside.content.items():
        items = given if isinstance(given, list) else [given]
        if items and all(map(_is_cell, items)):
            found[name] = tuple(items)
        elif inside is not None:
            inside.wrong(name, "values", f'Write {name} = "value" or {name} = ["one", "two"].')
    return found


def _is_cell(given: object) -> bool:
    return isinstance(given, (str, int, float)) and not isinstance(given, bool)
