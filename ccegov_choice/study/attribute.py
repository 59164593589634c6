"""An attribute: one thing about a service that can be better or worse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

from ccegov_choice.errors import StudyError, unknown_name
from ccegov_choice.study.level import Level, LevelItem, build_levels, number_level, number_levels
from ccegov_choice.study.source import Source
from ccegov_choice.study.wording import Text, own_copy, quantity, wording

Kind = Literal["numeric", "ordered", "categorical"]
Direction = Literal["+", "-", "0"]
Tradeable = Literal["yes", "above-floor", "no"]

KINDS: tuple[str, ...] = get_args(Kind)
DIRECTIONS: tuple[str, ...] = get_args(Direction)
TRADEABLE: tuple[str, ...] = get_args(Tradeable)
CODINGS = ("linear", "dummy", "effects", "log", "poly", "piecewise")


@dataclass(frozen=True)
class Attribute:
    """One thing about a service that can be better or worse.

    Parameters
    ----------
    id : str
        The name used in data frames and formulas, such as ``"wait"``.
    label : str or mapping
        A few words shown to people, or language code -> words.
    kind : {"numeric", "ordered", "categorical"}
        Numbers with a unit, words with an order, or words without.
    levels : tuple of Level
        What it can be, at least two; numbers in increasing order.
    definition : str or mapping
        What it means, in one or two sentences.
    unit, unit_plural : str or mapping
        The unit of a numeric attribute for one and for several.
    base : str, optional
        Id of the level that others are compared with; the first shown one by default.
    direction : {"+", "-", "0"}
        Whether more (numeric) or the last level (others) is better ``"+"`` or worse ``"-"``;
        ``"0"`` when nobody knows beforehand.
    tradeable : {"yes", "above-floor", "no"}
        Whether it may be traded at all: rights have a floor.
    floor : tuple of str
        Ids of levels that may never be shown.
    coding : str, optional
        Default coding in a utility; linear for numeric attributes, dummy for others.
    alternatives : tuple of str, optional
        Ids of the alternatives that have it; all when not given.
    money : bool
        True if its numbers are amounts of money. Then the study declares how it is paid.
    survey_item, indicator : str
        How to ask about it, and how to measure it in a service.
    sources : tuple of Source
        Where it comes from.
    library : str, optional
        Id of the library entry that it was taken from.
    """

    id: str
    label: Text
    kind: Kind
    levels: tuple[Level, ...]
    definition: Text = ""
    unit: Text = ""
    unit_plural: Text = ""
    base: str | None = None
    direction: Direction = "0"
    tradeable: Tradeable = "yes"
    floor: tuple[str, ...] = ()
    coding: str | None = None
    alternatives: tuple[str, ...] | None = None
    money: bool = False
    survey_item: str = ""
    indicator: str = ""
    sources: tuple[Source, ...] = ()
    library: str | None = None

    def __post_init__(self) -> None:
        for name in ("label", "definition", "unit", "unit_plural"):
            object.__setattr__(self, name, own_copy(getattr(self, name)))
        for name in ("levels", "floor", "sources"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.alternatives is not None:
            object.__setattr__(self, "alternatives", tuple(self.alternatives))

    @classmethod
    def numeric(
        cls,
        id: str,
        label: Text,
        values: Iterable[float],
        unit: Text = "",
        unit_plural: Text = "",
        **more: Any,
    ) -> Attribute:
        """Make a numeric attribute from its numbers; levels are labelled with the unit."""
        levels = number_levels(values, unit, unit_plural)
        return cls(id, label, "numeric", levels, unit=unit, unit_plural=unit_plural, **more)

    @classmethod
    def categorical(
        cls, id: str, label: Text, levels: Mapping[str, Text] | Iterable[LevelItem], **more: Any
    ) -> Attribute:
        """Make an attribute whose levels have no order, from id -> label or from ids."""
        return cls(id, label, "categorical", build_levels(levels), **more)

    @classmethod
    def ordered(
        cls, id: str, label: Text, levels: Mapping[str, Text] | Iterable[LevelItem], **more: Any
    ) -> Attribute:
        """Make an attribute whose levels have an order, from id -> label or from ids."""
        return cls(id, label, "ordered", build_levels(levels), **more)

    def revised(self, **changes: Any) -> Attribute:
        """Return a copy with some fields changed.

        Parameters
        ----------
        **changes
            Fields by name. `levels` also takes short forms (see `build_levels`): an id or a
            number alone keeps the wording that the level has now. Labels that were made from
            numbers and unit follow a new unit.

        Raises
        ------
        StudyError
            If a field does not exist; the nearest one is named.
        """
        names = [field.name for field in fields(self)]
        unknown = [unknown_name(name, names, "field") for name in changes if name not in names]
        if unknown:
            raise StudyError.of(unknown, "{count} fields are unknown:")
        items = changes.pop("levels", None)
        new = replace(self, **changes)
        known = tuple(new._relabelled(level, self) for level in self.levels)
        levels = build_levels(
            known if items is None else items,
            numeric=new.is_numeric,
            unit=new.unit,
            unit_plural=new.unit_plural,
            known=known,
        )
        return replace(new, levels=levels)

    def _relabelled(self, level: Level, before: Attribute) -> Level:
        """Return a level whose label was made from number and unit with the unit of now."""
        if level.value is None:
            return level
        if level.label != number_level(level.value, before.unit, before.unit_plural).label:
            return level
        label = number_level(level.value, self.unit, self.unit_plural).label
        return replace(level, label=label)

    @property
    def is_numeric(self) -> bool:
        """True if its levels are numbers."""
        return self.kind == "numeric"

    @property
    def level_ids(self) -> tuple[str, ...]:
        """Ids of all levels, in order."""
        return tuple(level.id for level in self.levels)

    @property
    def values(self) -> tuple[float, ...]:
        """The numbers of a numeric attribute, in order.

        Raises
        ------
        StudyError
            If the attribute is not numeric, or a level has no number.
        """
        found = tuple(level.value for level in self.levels if level.value is not None)
        if not self.is_numeric or len(found) < len(self.levels):
            raise StudyError(
                f"attribute '{self.id}' has levels that are not numbers",
                where=f"attribute '{self.id}'",
                cure='Give kind = "numeric" and a value for each level, or use the level ids.',
            )
        return found

    @property
    def base_id(self) -> str:
        """Id of the level that others are compared with; empty if there are no levels.

        Unless the study names one, it is the first level that may be shown.
        """
        if self.base is not None:
            return self.base
        return next((level.id for level in (*self.shown_levels, *self.levels)), "")

    @property
    def shown_levels(self) -> tuple[Level, ...]:
        """The levels that may be shown: all but those under the floor."""
        return tuple(level for level in self.levels if level.id not in self.floor)

    @property
    def default_coding(self) -> str:
        """The coding in a utility that does not name one."""
        return self.coding or ("linear" if self.is_numeric else "dummy")

    def level(self, level: str | float) -> Level:
        """Return a level by its id, or by its number.

        Raises
        ------
        StudyError
            If there is no such level; the nearest id is named.
        """
        for candidate in self.levels:
            if isinstance(level, str):
                if candidate.id == level:
                    return candidate
            elif candidate.value is not None and candidate.value == float(level):
                return candidate
        problem = unknown_name(level, self.level_ids, "level", where=f"attribute '{self.id}'")
        raise StudyError.of([problem])

    def cell(self, level: Level) -> str | float:
        """Return what a data frame holds for a level: its number, or its id."""
        return level.value if self.is_numeric and level.value is not None else level.id

    def available_to(self, alternative: str | None) -> bool:
        """Return whether an alternative has this attribute."""
        return self.alternatives is None or alternative in self.alternatives

    def text(self, language: str | None = None) -> str:
        """Return the label in a language (the first one when not given)."""
        return wording(self.label, language)

    def unit_text(self, number: float, language: str | None = None) -> str:
        """Write a number with the unit: ``"12 days"``, ``"1 day"``."""
        return quantity(number, self.unit, self.unit_plural, language)
