"""A level: one of the things an attribute can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    """Return the level of a number, labelled with its unit in every language of the unit."""
    label: Text
    if isinstance(unit, Mapping):
        label = {code: quantity(number, unit, unit_plural, code) for code in unit}
    else:
        label = quantity(number, unit, unit_plural)
    return Level(number_id(number), label, value=float(number))


def number_levels(
    numbers: Iterable[float], unit: Text = "", unit_plural: Text = ""
) -> tuple[Level, ...]:
    """Return the levels of a numeric attribute from its numbers."""
    return tuple(number_level(number, unit, unit_plural) for number in numbers)


def word_levels(levels: Mapping[str, Text] | Iterable[str | Level]) -> tuple[Level, ...]:
    """Return levels from id -> label, from ids that are their own label, or as they are."""
    if isinstance(levels, Mapping):
        return tuple(Level(key, label) for key, label in levels.items())
    return tuple(item if isinstance(item, Level) else Level(item, item) for item in levels)
