"""The utility of a change as a row of coefficients: what is multiplied with the estimates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import Problem, TradeOffError, unknown_name
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.coding import Levels, Specific
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.gain import Gain
from ccegov_choice.study.people import Answers, People, gather_people, one_person
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.study.study import Study
    from ccegov_choice.study.utility import Utility

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Standpoint:
    """Where a change starts from, and for whom: levels, alternative, people.

    Parameters
    ----------
    utility : Utility
        Bound to its study.
    at : mapping
        Levels of other attributes, values of covariates, ``"alternative"``.
    people : ChoiceData or DataFrame, optional
        Whose covariates to average over where `at` does not give them.
    """

    utility: Utility
    at: Mapping[str, Any]
    people: Answers | pd.DataFrame | None = None

    def __post_init__(self) -> None:
        known = ["alternative", *self.study.attribute_ids, *self.study.covariate_ids]
        problems = [unknown_name(n, known, "name", where="at") for n in self.at if n not in known]
        problems += [p for n in self.at if n in known if (p := self._level_problem(n)) is not None]
        if problems:
            raise TradeOffError.of(problems, "The point given with at= has {count} problems:")

    def _level_problem(self, name: str) -> Problem | None:
        value = self.at[name]
        if name == "alternative":
            return self._alternative_problem(str(value))
        variable: Attribute | Covariate
        if name in self.study.attribute_ids:
            variable = self.study.attribute(name)
            shown = [level.id for level in variable.shown_levels]
        else:
            variable = self.study.covariate(name)
            shown = list(variable.level_ids)
        if variable.is_numeric:
            return _number_problem(name, value)
        return None if str(value) in shown else unknown_name(value, shown, "level", where=name)

    def _alternative_problem(self, value: str) -> Problem | None:
        labelled = [a.id for a in self.study.alternatives]
        if not labelled:
            return Problem(
                "the alternatives of this study have no names",
                "Leave 'alternative' out of at=.",
                "at",
            )
        if value in labelled:
            return None
        return unknown_name(value, labelled, "alternative", where="at")

    @property
    def study(self) -> Study:
        """The study that codes the utility."""
        study = self.utility.study
        assert study is not None  # a bound utility has one
        return study

    # --- changes ------------------------------------------------------------------------------

    def change(self, gain: Gain) -> Vector:
        """Return the coefficients' multipliers ``(K,)`` in the utility of a gain."""
        attribute = self.study.attribute(gain.attribute)
        assert gain.start is not None
        assert gain.end is not None
        start, end = gain.start, gain.end

        def difference(alternative: str | None) -> Vector:
            rows = self._encode(attribute.id, [start, end], alternative)
            step: Vector = rows[1] - rows[0]
            return step

        return self._same_everywhere(attribute, difference)

    def slope(self, attribute: Attribute) -> Vector:
        """Return the multipliers ``(K,)`` in the utility of one more unit of an attribute.

        Exact where utility is a straight line in the attribute; elsewhere the slope at the point
        that ``at`` gives.

        Raises
        ------
        TradeOffError
            If the attribute is coded by level, or bends and no point is given, or has a kink
            just there.
        """
        if self.is_by_level(attribute):
            raise TradeOffError(
                f"'{attribute.id}' has a coefficient for each level, so no value per unit",
                where=f"utility '{self.utility.formula}'",
                cure=f"Fit it with linear({attribute.id}), or name two levels of it as the gain.",
            )
        return self._same_everywhere(attribute, lambda alt: self._slope_of(attribute, alt))

    def is_straight(self, attribute: Attribute) -> bool:
        """Return whether a numeric attribute has one value per unit over the tested range."""
        if self.is_by_level(attribute):
            return False
        return all(
            self._straight_slope(attribute, alternative) is not None
            for alternative in self._alternatives(attribute)
        )

    def reference(self, attribute: Attribute, level: float) -> tuple[Profile, ...]:
        """Return the profile a change starts from, with an attribute at a level.

        One for each alternative asked about that has the attribute.
        """
        return tuple(
            Profile(self._levels(alternative) | {attribute.id: level}, alternative)
            for alternative in self._alternatives(attribute)
        )

    def part_worths(self, attribute: Attribute) -> Vector:
        """Return the multipliers ``(L, K)`` in the utility of each level that may be shown.

        Counted from the first of them.
        """
        levels = [attribute.cell(level) for level in attribute.shown_levels]

        def rows(alternative: str | None) -> Vector:
            encoded = self._encode(attribute.id, levels, alternative)
            counted: Vector = encoded - encoded[0]
            return counted

        return self._same_everywhere(attribute, rows)

    def is_by_level(self, attribute: Attribute) -> bool:
        """Return whether an attribute has a coefficient for each level."""
        factors = [f for term in self.utility.terms_of(attribute.id) for f in term.factors]
        return any(_by_level(factor, attribute.id) for factor in factors)

    def has(self, attribute: Attribute) -> bool:
        """Return whether the alternative asked about, if any, has an attribute."""
        return "alternative" not in self.at or attribute.available_to(str(self.at["alternative"]))

    def missing(self) -> tuple[str, ...]:
        """Say which attributes the alternative asked about does not have."""
        return tuple(
            f"{a.id} is not here: '{self.at['alternative']}' does not have it"
            for a in self.study.attributes
            if a.id in self.utility.reads and not self.has(a)
        )

    def notes(self, attribute: Attribute) -> tuple[str, ...]:
        """Say at which point and for whom a change of an attribute is valued."""
        read = {n for t in self.utility.terms_of(attribute.id) for n in t.reads} - {attribute.id}
        others = [n for n in self.study.attribute_ids if n in read]
        notes = [
            f"{name} is held at {self._level(self.study.attribute(name))}, since it changes the "
            f"value of {attribute.id}"
            for name in others
        ]
        given = [n for n in self.study.covariate_ids if n in read and n in self.at]
        notes += [f"for people with {name} = {self.at[name]}" for name in given]
        if averaged := self.averaged(attribute):
            notes.append(f"on average over the people given, who differ in {', '.join(averaged)}")
        return tuple(notes)

    def averaged(self, attribute: Attribute) -> tuple[str, ...]:
        """Return the covariates that a value is averaged over, since `at` does not give them."""
        read = {n for t in self.utility.terms_of(attribute.id) for n in t.reads}
        return tuple(n for n in self.study.covariate_ids if n in read and n not in self.at)

    # --- encoding -----------------------------------------------------------------------------

    def _encode(
        self, name: str, levels: list[Any], alternative: str | None
    ) -> npt.NDArray[np.float64]:
        """Encode the reference profile with one attribute at several levels, ``(L, K)``."""
        people = self._people(name)
        profiles = [
            Profile(self._levels(alternative) | {name: level}, alternative)
            for level in levels
            for _ in range(people.size)
        ]
        tiled: dict[str, Any] = {
            key: np.tile(values, len(levels)) for key, values in people.covariates.items()
        }
        rows = self.utility.encode(profiles, {**self._idle_covariates, **tiled})
        shaped = rows.reshape(len(levels), people.size, self.utility.size)
        return np.asarray(np.einsum("lmk,m->lk", shaped, people.weights))

    def _levels(self, alternative: str | None) -> dict[str, str | float]:
        read = self.utility.reads
        has = [a for a in self.study.attributes_of(alternative) if a.id in read]
        return {a.id: self._level(a) for a in has}

    def _level(self, attribute: Attribute) -> str | float:
        if attribute.id in self.at:
            value = self.at[attribute.id]
            return float(value) if attribute.is_numeric else str(value)
        shown = attribute.shown_levels
        base = next((item for item in shown if item.id == attribute.base_id), shown[0])
        return attribute.cell(base)

    @cached_property
    def _idle_covariates(self) -> dict[str, Any]:
        """Any value of each covariate that is read: it cancels unless it meets the attribute."""
        read = [c for c in self.study.covariates if c.id in self.utility.reads]
        return {c.id: self.at.get(c.id, 0.0 if c.is_numeric else c.base_id) for c in read}

    def _people(self, attribute: str) -> People:
        read = {name for term in self.utility.terms_of(attribute) for name in term.reads}
        names = [n for n in self.study.covariate_ids if n in read and n not in self.at]
        if not names:
            return one_person({})
        if self.people is None:
            listed = " and ".join(f"'{name}'" for name in names)
            raise TradeOffError(
                f"the value of '{attribute}' differs between people by {listed}",
                where=f"utility '{self.utility.formula}'",
                cure=f"Say for whom, as in at={{'{names[0]}': ...}}, or give data= for the "
                "average over the people who answered.",
            )
        return gather_people(self.people, names, self.study)

    # --- alternatives -------------------------------------------------------------------------

    def _alternatives(self, attribute: Attribute) -> list[str | None]:
        if not self.study.labelled:
            return [None]
        if "alternative" in self.at:
            chosen = str(self.at["alternative"])
            if not attribute.available_to(chosen):
                raise TradeOffError(
                    f"'{chosen}' does not have the attribute '{attribute.id}'",
                    where="at",
                    cure=f"Name one of {', '.join(attribute.alternatives or ())}.",
                )
            return [chosen]
        return [a.id for a in self.study.alternatives if attribute.available_to(a.id)]

    def _same_everywhere(
        self, attribute: Attribute, vector: Callable[[str | None], Vector]
    ) -> Vector:
        alternatives = self._alternatives(attribute)
        vectors = [vector(alternative) for alternative in alternatives]
        if any(not np.allclose(other, vectors[0], rtol=1e-9, atol=1e-12) for other in vectors):
            names = ", ".join(f"'{name}'" for name in alternatives)
            raise TradeOffError(
                f"the value of '{attribute.id}' differs between the alternatives {names}",
                where=f"utility '{self.utility.formula}'",
                cure=f"Say which, as in at={{'alternative': '{alternatives[0]}'}}.",
            )
        return vectors[0]

    # --- slopes -------------------------------------------------------------------------------

    def _straight_slope(self, attribute: Attribute, alternative: str | None) -> Vector | None:
        grid = _grid(attribute)
        rows = self._encode(attribute.id, list(grid), alternative)
        slope: Vector = (rows[-1] - rows[0]) / (grid[-1] - grid[0])
        line = rows[0] + np.outer(grid - grid[0], slope)
        size = np.maximum(np.abs(rows).max(axis=0), 1e-300)
        return slope if (np.abs(rows - line) <= 1e-9 * size).all() else None

    def _slope_of(self, attribute: Attribute, alternative: str | None) -> Vector:
        straight = self._straight_slope(attribute, alternative)
        if straight is not None:
            return straight
        if attribute.id not in self.at:
            middle = attribute.values[len(attribute.values) // 2]
            raise TradeOffError(
                f"one unit of '{attribute.id}' is not worth the same everywhere: its utility is a "
                "curve",
                where=f"utility '{self.utility.formula}'",
                cure=f"Say where, as in at={{'{attribute.id}': {middle:g}}}.",
            )
        return self._slope_at(attribute, float(self.at[attribute.id]), alternative)

    def _slope_at(self, attribute: Attribute, point: float, alternative: str | None) -> Vector:
        """Central differences, extrapolated (Richardson); error of order ``h^4``."""
        step = 1e-3 * min(float(np.ptp(_grid(attribute))), abs(point) or np.inf)
        offsets = np.array([-1.0, -0.5, -0.05, 0.0, 0.05, 0.5, 1.0]) * step
        rows = self._encode(attribute.id, list(point + offsets), alternative)
        wide = (rows[6] - rows[0]) / (2 * step)
        half = (rows[5] - rows[1]) / step
        # the two one-sided slopes come together as the step shrinks, unless there is a kink
        jump = np.abs((rows[6] - rows[3]) - (rows[3] - rows[0])) / step
        near = np.abs((rows[4] - rows[3]) - (rows[3] - rows[2])) / (0.05 * step)
        if (near > np.maximum(0.5 * jump, 1e-6 * np.abs(wide) + 1e-12)).any():
            raise TradeOffError(
                f"the value of '{attribute.id}' per unit changes just at {point:g}",
                where="at",
                cure="Give a point a little below or above.",
            )
        slope: Vector = (4 * half - wide) / 3
        return slope


def _grid(attribute: Attribute) -> Vector:
    values = [level.value for level in attribute.shown_levels if level.value is not None]
    return np.linspace(min(values), max(values), 17)


def _by_level(factor: Any, attribute: str) -> bool:
    inner = factor.factor if isinstance(factor, Specific) else factor
    return isinstance(inner, Levels) and inner.source == attribute


def _number_problem(name: str, value: object) -> Problem | None:
    if isinstance(value, int | float | np.number) and np.isfinite(float(value)):
        return None
    return Problem(f"'{value}' is not a number", f"Give a number for '{name}'.", "at")
