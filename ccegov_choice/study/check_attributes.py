"""What can be wrong with the attributes of a study and their levels."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.attribute import CODINGS, DIRECTIONS, KINDS, TRADEABLE, Attribute
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.place import duplicates, place
from ccegov_choice.study.study import Study

_FOR_WORDS = ("dummy", "effects")


def attribute_problems(study: Study) -> Iterator[Problem]:
    """Yield every problem of the attributes, one attribute after the other."""
    for position, attribute in enumerate(study.attributes):
        path: KeyPath = ("attribute", position)
        yield from _choice_problems(study, attribute, path)
        yield from _level_problems(study, attribute, path)
        yield from _number_problems(study, attribute, path)
        yield from _floor_problems(study, attribute, path)
        yield from _coding_problems(study, attribute, path)
        yield from _owner_problems(study, attribute, path)
        yield from _unit_problems(study, attribute, path)


def _at(study: Study, path: KeyPath, *more: str | int) -> str:
    return place(study, (*path, *more), f"study '{study.id}'")


def _choice_problems(study: Study, attribute: Attribute, path: KeyPath) -> Iterator[Problem]:
    choices = (("kind", KINDS), ("direction", DIRECTIONS), ("tradeable", TRADEABLE))
    for name, allowed in choices:
        given = getattr(attribute, name)
        if given not in allowed:
            what = f"{name} of attribute '{attribute.id}'"
            yield unknown_name(given, allowed, what, where=_at(study, path, name))


def _level_problems(study: Study, attribute: Attribute, path: KeyPath) -> Iterator[Problem]:
    name = attribute.id
    if len(attribute.levels) < 2:
        yield Problem(
            f"attribute '{name}' has {len(attribute.levels) or 'no'} level"
            f"{'s' if not attribute.levels else ''}, so it never varies",
            "Give it at least two levels, or say it in the context and drop the attribute.",
            _at(study, path),
        )
    for index in duplicates(attribute.level_ids):
        yield Problem(
            f"attribute '{name}' has the level '{attribute.level_ids[index]}' twice",
            "Give each level its own id.",
            _at(study, path, "level", index),
        )
    for index in duplicates(str(level.label) for level in attribute.levels):
        level = attribute.levels[index]
        if level.id not in attribute.level_ids[:index]:
            yield Problem(
                f"level '{level.id}' of '{name}' reads like another level: \"{level.text()}\"",
                "Give it a label that people can tell apart.",
                _at(study, path, "level", index),
            )
    for index, level in enumerate(attribute.levels):
        if not level.id or level.id != level.id.strip() or re.search(r"[\[\]\n]|->", level.id):
            yield Problem(
                f"'{level.id}' cannot be the id of a level of '{name}'",
                "Use a short name without brackets, arrows and outer spaces.",
                _at(study, path, "level", index),
            )
    if attribute.base is not None and attribute.base not in attribute.level_ids:
        what = f"base level of '{name}'"
        where = _at(study, path, "base")
        yield unknown_name(attribute.base, attribute.level_ids, what, where=where)


def _number_problems(study: Study, attribute: Attribute, path: KeyPath) -> Iterator[Problem]:
    if not attribute.is_numeric:
        return
    before = -math.inf
    for index, level in enumerate(attribute.levels):
        where = _at(study, path, "level", index)
        if level.value is None:
            yield Problem(
                f"level '{level.id}' of the numeric attribute '{attribute.id}' has no number",
                'Add value = 10 (your number), or write kind = "ordered".',
                where,
            )
        elif not math.isfinite(level.value):
            yield Problem(
                f"level '{level.id}' of '{attribute.id}' is not a finite number",
                "Write a number such as 10 or 2.5.",
                where,
            )
        elif level.value <= before:
            yield Problem(
                f"the numbers of '{attribute.id}' do not increase: {level.value:g} comes after "
                f"{before:g}",
                "List them from the smallest to the largest, each once; direction says whether "
                "more is better.",
                where,
            )
        else:
            before = level.value


def _floor_problems(study: Study, attribute: Attribute, path: KeyPath) -> Iterator[Problem]:
    where = _at(study, path, "floor")
    for id in attribute.floor:
        if id not in attribute.level_ids:
            what = f"floor level of '{attribute.id}'"
            yield unknown_name(id, attribute.level_ids, what, where=where)
    if attribute.floor and attribute.tradeable == "yes":
        yield Problem(
            f"attribute '{attribute.id}' has a floor but is declared as freely tradeable",
            'Write tradeable = "above-floor", or remove the floor.',
            where,
        )
    if len(attribute.levels) >= 2 > len(attribute.shown_levels):
        yield Problem(
            f"the floor of '{attribute.id}' leaves {len(attribute.shown_levels)} level to show",
            "Leave at least two levels above the floor, or drop the attribute.",
            where,
        )
    if attribute.base in attribute.floor:
        yield Problem(
            f"the base level '{attribute.base}' of '{attribute.id}' is under the floor, so "
            "nothing can be compared with it",
            f"Choose a base that is shown: {', '.join(lv.id for lv in attribute.shown_levels)}.",
            _at(study, path, "base"),
        )


def _coding_problems(study: Study, attribute: Attribute, path: KeyPath) -> Iterator[Problem]:
    coding = attribute.coding
    where = _at(study, path, "coding")
    if coding is None:
        return
    if coding not in CODINGS:
        what = f"coding of attribute '{attribute.id}'"
        yield unknown_name(coding, CODINGS, what, where=where)
    elif coding not in _FOR_WORDS and not attribute.is_numeric:
        yield Problem(
            f"'{attribute.id}' is {attribute.kind} and cannot have the coding '{coding}'",
            'Write coding = "dummy" or "effects", or leave it out.',
            where,
        )
    elif coding == "log" and any((level.value or 0) <= 0 for level in attribute.levels):
        yield Problem(
            f"'{attribute.id}' has the coding 'log' and a level that is not above zero",
            'Write coding = "linear" or "dummy", or use numbers above zero.',
            where,
        )


def _owner_problems(study: Study, attribute: Attribute, path: KeyPath) -> Iterator[Problem]:
    if attribute.alternatives is None:
        return
    where = _at(study, path, "alternatives")
    labelled = tuple(alternative.id for alternative in study.alternatives)
    if not labelled:
        yield Problem(
            f"attribute '{attribute.id}' belongs to some alternatives only, and the study has "
            "no labelled alternatives",
            "Add [[alternative]] tables, or remove 'alternatives' from the attribute.",
            where,
        )
        return
    for id in attribute.alternatives:
        if id not in labelled:
            yield unknown_name(id, labelled, "alternative", where=where)
    if not set(attribute.alternatives) & set(labelled):
        yield Problem(
            f"no alternative has the attribute '{attribute.id}'",
            "Name at least one alternative, or remove 'alternatives' so that all have it.",
            where,
        )


def _unit_problems(study: Study, attribute: Attribute, path: KeyPath) -> Iterator[Problem]:
    if attribute.unit_plural and not attribute.unit:
        yield Problem(
            f"attribute '{attribute.id}' has a plural unit but no singular one",
            'Write the unit for one as well: unit = "day", unit_plural = "days".',
            _at(study, path, "unit_plural"),
        )
    if not attribute.money:
        return
    if not attribute.unit:
        yield Problem(
            f"'{attribute.id}' is money without a unit, so people read bare numbers",
            'Write unit = "euro" and unit_plural = "euros", or your currency.',
            _at(study, path),
        )
    if not any(n.attribute == attribute.id for n in study.numeraires):
        yield Problem(
            f"'{attribute.id}' is money, and the study does not say how people pay",
            f'Add [[numeraire]] with attribute = "{attribute.id}", vehicle = "..." and '
            'currency = "EUR".',
            _at(study, path),
        )
