"""A profile: one service as a person could meet it, a level for each attribute."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccegov_choice.errors import ChoiceWarning, Problem, StudyError, unknown_name

if TYPE_CHECKING:
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.study import Study


@dataclass(frozen=True)
class Profile:
    """One service as a person could meet it.

    Made by `Study.profile`, which checks the names. It can be hashed, so that profiles can be
    counted and used as keys.

    Parameters
    ----------
    levels : mapping
        Attribute id -> level id, or the number of a numeric attribute.
    alternative : str, optional
        Id of the alternative it belongs to, in a labelled study.
    """

    levels: Mapping[str, str | float]
    alternative: str | None = None

    def __post_init__(self) -> None:
        levels = {
            name: level if isinstance(level, str) else float(level)
            for name, level in self.levels.items()
        }
        object.__setattr__(self, "levels", levels)

    def __hash__(self) -> int:
        return hash((frozenset(self.levels.items()), self.alternative))

    def __getitem__(self, attribute: str) -> str | float:
        return self.levels[attribute]

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={level!r}" for name, level in self.levels.items())
        label = f"{self.alternative!r}, " if self.alternative is not None else ""
        return f"Profile({label}{inside})"

    def __str__(self) -> str:
        return repr(self)


def make_profile(
    study: Study, alternative: str | None, levels: Mapping[str, str | float]
) -> Profile:
    """Make a profile of a study, with its names checked; see `Study.profile`."""
    problems: list[Problem] = []
    if alternative is not None and study.labelled and alternative not in study.alternative_ids:
        problems.append(unknown_name(alternative, study.alternative_ids, "alternative"))
    found: dict[str, str | float] = {}
    for name, level in levels.items():
        if name not in study.attribute_ids:
            problems.append(unknown_name(name, study.attribute_ids, "attribute"))
            continue
        attribute = study.attribute(name)
        problem = _not_possible(attribute, alternative, level)
        if problem is not None:
            problems.append(problem)
        else:
            found[name] = float(level) if attribute.is_numeric else str(level)
    if problems:
        raise StudyError.of(problems, "The profile has {count} problems:")
    if alternative in study.alternative_ids:
        found = {**study.alternative(str(alternative)).fixed, **found}
    for name in found:
        _warn_if_untested(study.attribute(name), found[name])
    ordered = {name: found[name] for name in study.attribute_ids if name in found}
    return Profile(ordered, alternative)


def _not_possible(
    attribute: Attribute, alternative: str | None, level: str | float
) -> Problem | None:
    """Return why an attribute cannot have a level, if so."""
    where = f"attribute '{attribute.id}'"
    if alternative is not None and not attribute.available_to(alternative):
        having = ", ".join(attribute.alternatives or ())
        return Problem(
            f"alternative '{alternative}' does not have '{attribute.id}'",
            f"Leave it out; only {having} have it.",
            where,
        )
    if attribute.is_numeric:
        if isinstance(level, str | bool) or not math.isfinite(level):
            tested = ", ".join(attribute.level_ids)
            return Problem(f"'{level}' is not a number", f"Give a number; tested: {tested}.", where)
    elif level not in attribute.level_ids:
        return unknown_name(level, attribute.level_ids, "level", where=where)
    return _under_floor(attribute, level)


def _under_floor(attribute: Attribute, level: str | float) -> Problem | None:
    floor = [attribute.cell(lv) for lv in attribute.levels if lv.id in attribute.floor]
    if level not in floor:
        return None
    shown = ", ".join(lv.id for lv in attribute.shown_levels)
    return Problem(
        f"level '{level}' is under the floor, so nobody is ever shown it",
        f"Use a level above the floor: {shown}.",
        f"attribute '{attribute.id}'",
    )


def _warn_if_untested(attribute: Attribute, level: str | float) -> None:
    if isinstance(level, str) or not attribute.is_numeric:
        return
    low, high = min(attribute.values), max(attribute.values)
    if not low <= level <= high:
        warnings.warn(
            f"{attribute.id} = {attribute.unit_text(level)} lies outside the tested range "
            f"({attribute.unit_text(low)} to {attribute.unit_text(high)}): "
            "a forecast there rests on the form of the model, not on answers",
            ChoiceWarning,
            stacklevel=4,
        )
