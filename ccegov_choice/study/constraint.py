"""Constraints: combinations of levels that are never shown together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Cell = str | float
LevelSet = Mapping[str, tuple[Cell, ...]]
Loose = Mapping[str, Cell | Iterable[Cell]]


def _level_set(levels: Loose) -> dict[str, tuple[Cell, ...]]:
    found: dict[str, tuple[Cell, ...]] = {}
    for attribute, given in levels.items():
        items = (given,) if isinstance(given, (str, int, float)) else tuple(given)
        found[attribute] = tuple(i if isinstance(i, str) else float(i) for i in items)
    return found


def _among(levels: Mapping[str, object], named: LevelSet) -> bool:
    """Return whether every named attribute is there with one of the named levels."""
    return all(levels.get(attribute) in cells for attribute, cells in named.items())


def _absent(level: object) -> bool:
    """Return whether a cell is empty: None, or the NaN of data frames."""
    return level is None or level != level  # noqa: PLR0124


@dataclass(frozen=True)
class Forbidden:
    """Levels that may not come together.

    Parameters
    ----------
    levels : mapping
        Attribute id -> level ids (numbers for numeric attributes). A profile that has one of
        the levels named for *every* attribute is not allowed. The name ``"alternative"``
        stands for the alternative that shows the profile.
    reason : str
        Why, for the report.
    """

    levels: LevelSet
    reason: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", _level_set(self.levels))

    @property
    def attributes(self) -> tuple[str, ...]:
        """Ids of the attributes it names."""
        return tuple(self.levels)

    def allows(self, levels: Mapping[str, object]) -> bool:
        """Return whether a profile keeps it; attributes it does not have never break it."""
        return not self.levels or not _among(levels, self.levels)


@dataclass(frozen=True)
class Implied:
    """Levels that require other levels.

    Parameters
    ----------
    when : mapping
        Attribute id -> level ids. Applies to a profile that has one of them for every attribute.
    then : mapping
        Attribute id -> level ids, one of which the profile must then have.
    reason : str
        Why, for the report.
    """

    when: LevelSet
    then: LevelSet
    reason: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "when", _level_set(self.when))
        object.__setattr__(self, "then", _level_set(self.then))

    @property
    def attributes(self) -> tuple[str, ...]:
        """Ids of the attributes it names."""
        return tuple(dict.fromkeys([*self.when, *self.then]))

    def allows(self, levels: Mapping[str, object]) -> bool:
        """Return whether a profile keeps it; attributes it does not have never break it."""
        if not self.when or not _among(levels, self.when):
            return True
        return all(
            levels[attribute] in cells
            for attribute, cells in self.then.items()
            if not _absent(levels.get(attribute))
        )


Constraint = Forbidden | Implied
