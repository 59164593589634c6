"""A level: one of the things an attribute can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ccegov_choice.study.wording import Text, number_id, own_copy, quantity, wording


@dataclass(frozen=True)
class Level:
    """One of the things an attribute can be.

    Parameters
    ----------
    id : str
        The name used in data and coefficients, such as ``"polite"``.
    label : str or mapping
        A few words shown to people, or language code -> words.
    description : str or mapping
        The long wording; empty when the label says it all.
    image : str, optional
        Path of a picture, relative to the study file.
    image_alt : str or mapping, optional
        What the picture shows, for people who do not see it; required with an image.
    value : float, optional
        The number, for levels of a numeric attribute.
    """

    id: str
    label: Text
    description: Text = ""
    image: str | None = None
    image_alt: Text | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", own_copy(self.label))
        object.__setattr__(self, "description", own_copy(self.description))
        if self.image_alt is not None:
            object.__setattr__(self, "image_alt", own_copy(self.image_alt))
        if self.value is not None:
            object.__setattr__(self, "value", float(self.value))

    def text(self, language: str | None = None) -> str:
        """Return the label in a language (the first one when not given)."""
        return wording(self.label, language)

    def long_text(self, language: str | None = None) -> str:
        """Return the description in a language, or the label where there is none."""
        return wording(self.description, language) or self.text(language)


def number_level(number: float, unit: Text = "", unit_plural: Text = "") -> Level:
    """Return the level of a number, labelled with its unit in every language of the unit.

    Where the plural lacks a language, its singular stands in; `Study.check` reports the gap.
    """
    label: Text
    if isinstance(unit, Mapping):
        plural = {} if isinstance(unit_plural, str) else unit_plural
        same = unit_plural if isinstance(unit_plural, str) else ""
        label = {code: quantity(number, unit[code], plural.get(code, same), code) for code in unit}
    else:
        label = quantity(number, unit, unit_plural)
    return Level(number_id(number), label, value=float(number))


def number_levels(
    numbers: Iterable[float], unit: Text = "", unit_plural: Text = ""
) -> tuple[Level, ...]:
    """Return the levels of a numeric attribute from its numbers."""
    return tuple(number_level(number, unit, unit_plural) for number in numbers)


LevelItem = Level | str | float | Mapping[str, Any]
"""A level in short form: itself, an id, a number, or its fields by name."""


def build_levels(
    items: Mapping[str, Text] | Iterable[LevelItem],
    *,
    numeric: bool = False,
    unit: Text = "",
    unit_plural: Text = "",
    known: Iterable[Level] = (),
) -> tuple[Level, ...]:
    """Make levels from short forms.

    Parameters
    ----------
    items : mapping or iterable
        Id -> label; or ids, numbers, fields by name and `Level` objects, mixed as one likes.
    numeric : bool
        Whether the attribute is numeric: numbers are then labelled with the unit.
    unit, unit_plural : str or mapping
        The unit for those labels.
    known : iterable of Level
        Levels whose wording is kept where an item only names their id or number.
    """
    if isinstance(items, Mapping):
        items = [{"id": key, "label": label} for key, label in items.items()]
    kept = {level.id: level for level in known}

    def start(id: str, value: float | None) -> Level:
        if id in kept:
            return kept[id]
        if numeric and value is not None:
            return replace(number_level(value, unit, unit_plural), id=id)
        return Level(id, id, value=value)

    def build(item: LevelItem) -> Level:
        if isinstance(item, Level):
            return item
        if isinstance(item, str):
            return start(item, None)
        if isinstance(item, Mapping):
            value = item.get("value")
            name = item.get("id", "" if value is None else number_id(value))
            return replace(start(name, value), **item)
        return start(number_id(item), float(item) if numeric else None)

    return tuple(build(item) for item in items)
