"""From TOML tables to the nouns of a study, noting every key that is not as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ccegov_choice.errors import StudyError
from ccegov_choice.study.alternative import (
    ALTERNATIVE_KINDS,
    Alternative,
    AlternativeKind,
    FromCovariate,
)
from ccegov_choice.study.attribute import CODINGS, DIRECTIONS, KINDS, TRADEABLE, Attribute, Kind
from ccegov_choice.study.constraint import Cell, Constraint, Forbidden, Implied
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import build_levels
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.section import Section
from ccegov_choice.study.source import Source
from ccegov_choice.study.study import ROLES, Role, Study
from ccegov_choice.study.wording import number_id

SCHEMA = 1

STUDY_KEYS = (
    *("schema", "id", "title", "question", "context", "role", "mandatory", "languages"),
    *("attribute", "alternative", "opt_out", "constraint", "covariate", "numeraire"),
    "declarations",
)
LEVEL_KEYS = ("id", "label", "description", "image", "image_alt", "value")
ATTRIBUTE_KEYS = (
    *("id", "library", "taken_from", "label", "kind", "definition", "unit", "unit_plural"),
    *("levels", "level", "base", "direction", "tradeable", "floor", "coding", "alternatives"),
    *("money", "survey_item", "indicator", "source"),
)


def read_study_table(root: Section) -> Study:
    """Read the whole file; wrong parts are noted and left out or taken as if not given."""
    root.only(STUDY_KEYS)
    _check_schema(root)
    for key, example in (("id", '"benefit-claim"'), ("title", '"Claiming a benefit"')):
        root.require(key, f"Write near the top: {key} = {example}.")
    opt_out = root.table("opt_out", "the opt-out")
    return Study(
        id=root.words("id"),
        title=root.text("title"),
        attributes=tuple(read_attribute(part) for part in root.tables("attribute")),
        alternatives=tuple(
            read_alternative(part, "labelled") for part in root.tables("alternative")
        ),
        opt_out=None if opt_out is None else read_alternative(opt_out, "opt_out"),
        constraints=tuple(
            found for part in root.tables("constraint") for found in read_constraint(part)
        ),
        covariates=tuple(read_covariate(part) for part in root.tables("covariate")),
        numeraires=tuple(read_numeraire(part) for part in root.tables("numeraire")),
        languages=root.words_list("languages", ("en",)),
        question=root.text("question"),
        context=root.text("context"),
        role=cast(Role, root.choice("role", ROLES, "citizen")),
        mandatory=root.flag("mandatory"),
        declarations=_read_declarations(root),
    ).standing_at(root.notes.all_positions())


def _check_schema(root: Section) -> None:
    given = root.content.get("schema", SCHEMA)
    if given != SCHEMA:
        root.notes.add(
            f"the file says schema = {given!r}, and this version reads schema = {SCHEMA}",
            "Update ccegov_choice, or leave the line out if you wrote the file by hand.",
            ("schema",),
        )


def _read_declarations(root: Section) -> dict[str, str]:
    part = root.table("declarations", "the declarations")
    return {} if part is None else {key: part.words(key) for key in part.content}


def read_attribute(part: Section) -> Attribute:
    """Read one attribute, from the library if it says so."""
    part.only(ATTRIBUTE_KEYS)
    fields = _attribute_fields(part)
    entry = part.words("library")
    if entry:
        from ccegov_choice.study.library import attribute

        try:
            return attribute(entry, **fields)
        except StudyError as error:
            part.notes.add(error.problem, error.problems[0].cure, (*part.path, "library"))
    part.require("id", 'Write id = "wait": the name used in data frames and formulas.')
    if "levels" not in part and "level" not in part and not entry:
        part.require(
            "levels", 'Write levels = [2, 10, 20], or levels = { no = "No", yes = "Yes" }.'
        )
    return Attribute(part.words("id"), part.words("id"), _kind(part), ()).revised(**fields)


def _kind(part: Section) -> Kind:
    """Return the kind that was given, or else the one that the levels suggest."""
    given = part.content.get("levels", part.content.get("level", ()))
    numbers = isinstance(given, list) and any(
        _is_number(item) or (isinstance(item, Mapping) and "value" in item) for item in given
    )
    suggested = "numeric" if numbers else "categorical"
    return cast(Kind, part.choice("kind", KINDS, suggested))


def _attribute_fields(part: Section) -> dict[str, Any]:
    """Return the fields that the table gives, each checked for its type."""
    readers: dict[str, Any] = {
        "id": part.words,
        "label": part.text,
        "kind": lambda key: _kind(part),
        "definition": part.text,
        "unit": part.text,
        "unit_plural": part.text,
        "base": part.words,
        "direction": lambda key: part.choice(key, DIRECTIONS, "0"),
        "tradeable": lambda key: part.choice(key, TRADEABLE, "yes"),
        "floor": lambda key: _cell_ids(part, key),
        "coding": lambda key: part.choice(key, CODINGS, ""),
        "alternatives": part.words_list,
        "money": part.flag,
        "survey_item": part.words,
        "indicator": part.words,
    }
    fields = {key: read(key) for key, read in readers.items() if key in part}
    if "taken_from" in part:
        fields["library"] = part.words("taken_from")
    if "source" in part:
        fields["sources"] = tuple(_read_source(item) for item in part.tables("source"))
    if "levels" in part or "level" in part:
        numeric = (fields["kind"] == "numeric") if "kind" in fields else None
        fields["levels"] = _level_items(part, numeric)
    return fields


def _cell_ids(part: Section, key: str) -> tuple[str, ...]:
    """Return level ids; numbers may be written for the levels of numeric attributes."""
    given = part.content[key]
    items = given if isinstance(given, list) else [given]
    if all(isinstance(item, str) or _is_number(item) for item in items):
        return tuple(item if isinstance(item, str) else number_id(item) for item in items)
    return part.words_list(key)


def _level_items(part: Section, numeric: bool | None) -> list[Any] | dict[str, Any]:
    """Return levels in the short forms that `build_levels` takes."""
    if "levels" in part and "level" in part:
        part.notes.add(
            f"{part.name} has both 'levels' and 'level'",
            "Keep the list levels = [...] or the tables [[...level]], not both.",
            (*part.path, "level"),
        )
    key = "level" if "level" in part else "levels"
    given = part.content[key]
    if isinstance(given, Mapping):
        inside = Section(given, (*part.path, key), f"levels of {part.name}", part.notes)
        for index, name in enumerate(given):
            part.notes.alias((*part.path, "level", index), (*part.path, key, name))
        return {name: inside.text(name) for name in given}
    if not isinstance(given, list):
        part.wrong(key, "a list", f'Write {key} = [2, 10, 20], or {key} = ["no", "yes"].')
        return []
    items = []
    for index, item in enumerate(given):
        path = (*part.path, key, index)
        part.notes.alias((*part.path, "level", index), path)
        items.append(_level_item(part, item, path, numeric))
    return [item for item in items if item is not None]


def _level_item(part: Section, item: Any, path: tuple[str | int, ...], numeric: bool | None) -> Any:
    if isinstance(item, Mapping):
        name = item.get("id", item.get("value", "?"))
        return _level_fields(Section(item, path, f"level '{name}' of {part.name}", part.notes))
    if _is_number(item) or (isinstance(item, str) and not numeric):
        return item
    if isinstance(item, str):
        part.notes.add(
            f"{part.name} is numeric, and its level '{item}' is text",
            f'Write the number without quotes ({item}), or drop kind = "numeric".',
            path,
        )
    else:
        part.notes.add(
            f"a level of {part.name} is {item!r}",
            "A level is a number, a text, or a table with id and label.",
            path,
        )
    return None


def _level_fields(part: Section) -> dict[str, Any]:
    part.only(LEVEL_KEYS)
    if "id" not in part and "value" not in part:
        part.require("id", 'Write id = "polite": the name used in data and coefficients.')
    readers = {"id": part.words, "label": part.text, "description": part.text}
    readers |= {"image": part.words, "image_alt": part.text}
    fields: dict[str, Any] = {key: read(key) for key, read in readers.items() if key in part}
    if "value" in part:
        if _is_number(part.content["value"]):
            fields["value"] = float(part.content["value"])
        else:
            part.wrong("value", "a number", "Write it without quotes: value = 10.")
    return fields


def _read_source(part: Section) -> Source:
    part.only(("text", "title", "doi", "note", "checked"))
    part.require("text", 'Write text = "Authors year".')
    return Source(
        part.words("text"),
        part.words("title"),
        part.words("doi"),
        part.words("note"),
        part.flag("checked", True),
    )


def read_alternative(part: Section, kind: AlternativeKind) -> Alternative:
    """Read a labelled alternative, an opt-out or a status quo."""
    part.only(("id", "label", "description", "kind", "levels"))
    part.require("id", 'Write id = "none": the name used in data and constants.')
    found = part.choice("kind", ALTERNATIVE_KINDS, kind)
    levels: dict[str, str | float | FromCovariate] = {}
    inside = part.table("levels", f"levels of {part.name}")
    for name, given in {} if inside is None else inside.content.items():
        if isinstance(given, str) or _is_number(given):
            levels[name] = given
        elif isinstance(given, Mapping) and isinstance(given.get("covariate"), str):
            levels[name] = FromCovariate(given["covariate"])
        elif inside is not None:
            cure = f'Write a level id, a number, or {name} = {{ covariate = "..." }}.'
            inside.wrong(name, "a level", cure)
    label = part.text("label", part.words("id"))
    return Alternative(
        part.words("id"), label, part.text("description"), cast(AlternativeKind, found), levels
    )


def read_constraint(part: Section) -> list[Constraint]:
    """Read one constraint: forbidden levels, or levels that imply others."""
    part.only(("forbid", "when", "then", "reason"))
    reason = part.words("reason")
    if "forbid" in part and "when" not in part and "then" not in part:
        return [Forbidden(_level_sets(part, "forbid"), reason)]
    if "when" in part and "then" in part and "forbid" not in part:
        return [Implied(_level_sets(part, "when"), _level_sets(part, "then"), reason)]
    part.notes.add(
        f"{part.name} is neither a prohibition nor an implication",
        'Write either forbid = { a = "x", b = "y" }, or both when = { a = "x" } and '
        'then = { b = "y" }.',
        part.path,
    )
    return []


def _level_sets(part: Section, key: str) -> dict[str, tuple[Cell, ...]]:
    inside = part.table(key, f"'{key}' of {part.name}")
    found: dict[str, tuple[Cell, ...]] = {}
    for name, given in {} if inside is None else inside.content.items():
        items = given if isinstance(given, list) else [given]
        if all(isinstance(item, str) or _is_number(item) for item in items):
            found[name] = tuple(items)
        elif inside is not None:
            inside.wrong(name, "levels", f'Write {name} = "level" or {name} = ["one", "two"].')
    return found


def read_covariate(part: Section) -> Covariate:
    """Read a person covariate."""
    part.only(("id", "label", "kind", "levels", "level", "unit", "base", "question"))
    part.require("id", 'Write id = "age": the column in data frames.')
    given = "levels" in part or "level" in part
    kind = cast(Kind, part.choice("kind", KINDS, "categorical" if given else "numeric"))
    return Covariate(
        part.words("id"),
        part.text("label", part.words("id")),
        kind,
        build_levels(_level_items(part, kind == "numeric")) if given else (),
        part.text("unit"),
        part.words("base") if "base" in part else None,
        part.text("question"),
    )


def read_numeraire(part: Section) -> Numeraire:
    """Read what may be paid in."""
    part.only(("attribute", "vehicle", "currency"))
    part.require("attribute", 'Write attribute = "wait": what people pay in.')
    return Numeraire(
        part.words("attribute"),
        part.text("vehicle") if "vehicle" in part else None,
        part.words("currency") if "currency" in part else None,
    )


def _is_number(item: object) -> bool:
    return isinstance(item, (int, float)) and not isinstance(item, bool)
