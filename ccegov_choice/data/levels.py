"""Values of attributes and covariates, held against what the study says they can be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.findings import Findings, counted
from ccegov_choice.data.frames import to_floats
from ccegov_choice.data.labels import label
from ccegov_choice.data.layout import Layout
from ccegov_choice.errors import unknown_name
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study

Mask = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNKNOWN = -2
"""Stands where a cell holds a level that does not exist, so that it is not also missing."""


@dataclass(frozen=True)
class Values:
    """Values of one variable over rows of the table: floats, or positions among levels.

    Parameters
    ----------
    array : ndarray
        float64, NaN where absent; or int64 positions among `levels`, -1 where absent.
    levels : tuple of str
        Level ids; empty for numbers.
    """

    array: npt.NDArray[Any]
    levels: tuple[str, ...] = ()

    @cached_property
    def missing(self) -> Mask:
        """Where there is no value."""
        if self.levels:
            return np.asarray(self.array < 0)
        # one pass without a temporary array where nothing is missing
        if not np.isnan(self.array.sum()):
            return np.zeros(len(self.array), dtype=bool)
        return np.asarray(np.isnan(self.array))


@dataclass(frozen=True)
class Reading:
    """A table on its way to `ChoiceData`: its rows, what they should be, and what is wrong.

    Parameters
    ----------
    frame : DataFrame
        The rows, columns named as ours.
    study : Study
        What was asked.
    layout : Layout
        Where people and tasks lie.
    found : Findings
        Takes the problems.
    """

    frame: pd.DataFrame
    study: Study
    layout: Layout
    found: Findings

    def rows_of(self, alternative: str) -> Mask:
        """Rows of one alternative."""
        if alternative not in self.layout.alternatives:
            return np.zeros(len(self.layout.alternative_codes), dtype=bool)
        code = self.layout.alternatives.index(alternative)
        return np.asarray(self.layout.alternative_codes == code)


def read_values(
    column: pd.Series, variable: Attribute | Covariate, name: str, found: Findings
) -> Values:
    """Read a column as the study says: numbers, or level ids.

    A level may be given by its id or by its label in any language.
    """
    if variable.is_numeric:
        return _numbers(column, variable, name, found)
    levels = variable.levels
    floor = variable.floor if isinstance(variable, Attribute) else ()
    position = {wording: i for i, level in enumerate(levels) for wording in _names(level)}
    position |= {level.id: i for i, level in enumerate(levels)}
    found_codes, cells = pd.factorize(column)
    table = np.full(len(cells) + 1, -1, dtype=np.int64)
    allowed = [level.id for level in levels if level.id not in floor]
    for i, cell in enumerate(cells):
        text = label(cell)
        if text in position and levels[position[text]].id not in floor:
            table[i] = position[text]
        elif text in position:
            found.say(
                f"'{name}' shows '{text}', which is under the floor of the study",
                f"Nobody may be shown it: check the data, or the floor of '{variable.id}'.",
                found_codes == i,
            )
            table[i] = UNKNOWN
        elif text != "":
            found.problems.append(
                unknown_name(text, allowed, f"level of {name}", where=found.rows(found_codes == i))
            )
            table[i] = UNKNOWN
    codes = table[found_codes]
    return Values(codes, tuple(level.id for level in levels))


def _names(level: Level) -> list[str]:
    return [level.label] if isinstance(level.label, str) else list(level.label.values())


def _numbers(
    column: pd.Series, variable: Attribute | Covariate, name: str, found: Findings
) -> Values:
    values, wrong = to_floats(column)
    if wrong is not None:
        shown = ", ".join(f"'{cell}'" for cell in pd.unique(column[wrong])[:5])
        found.say(f"'{name}' is no number: {shown}", "Give numbers without units.", wrong)
        values = np.where(wrong, np.inf, values)
    total = values.sum()
    infinite = np.isinf(values) if not np.isfinite(total) else np.zeros(len(values), dtype=bool)
    if wrong is not None:
        infinite &= ~wrong
    found.say(f"'{name}' is infinite", "Give finite numbers.", infinite)
    return Values(np.ascontiguousarray(values))


def read_attribute(reading: Reading, attribute: Attribute) -> Values:
    """Read an attribute, fill in what an alternative fixes, and check that nothing is missing."""
    found = reading.found
    name = found.name(attribute.id)
    values = read_values(reading.frame[attribute.id], attribute, name, found)
    for alternative in reading.study.named_alternatives:
        if attribute.id in (alternative.levels or {}):
            values = _with_own_level(reading, values, attribute, alternative)
    absent = _absent(reading, attribute)
    if absent is not None:
        values = _blank(values, absent, name, found)
    missing = values.missing if absent is None else values.missing & ~absent
    if values.levels:
        missing = missing & (values.array != UNKNOWN)
    if missing.any():
        found.say(
            f"'{name}' is empty in {counted(missing.sum(), 'row')}",
            "Fill it in, or leave out these tasks; only an alternative that does not have the "
            "attribute may have none.",
            missing,
        )
    if not values.levels and attribute.levels:
        _check_range(reading, values, attribute)
    return values


def _absent(reading: Reading, attribute: Attribute) -> Mask | None:
    """Return rows of alternatives that do not have an attribute; None if all have it."""
    study, layout = reading.study, reading.layout
    opt_out = study.opt_out
    named = [item.id for item in study.alternatives]
    without = {name for name in named if not attribute.available_to(name)}
    # a status quo may have a level of an attribute that only some alternatives vary
    if opt_out is not None and attribute.id not in (opt_out.levels or {}):
        without.add(opt_out.id)
    codes = [i for i, name in enumerate(layout.alternatives) if name in without]
    return np.isin(layout.alternative_codes, codes) if codes else None


def _blank(values: Values, absent: Mask, name: str, found: Findings) -> Values:
    """Empty the cells of alternatives that lack the attribute; only zeros may stand there."""
    held = absent & ~values.missing
    if not held.any():
        return values
    found.say(
        f"'{name}' has a value on alternatives that do not have it",
        "Leave these cells empty, or say in the study which alternatives have the attribute "
        "(for an opt-out: which level it has).",
        held if values.levels else held & (values.array != 0),
    )
    return Values(np.where(absent, -1 if values.levels else np.nan, values.array), values.levels)


def _with_own_level(
    reading: Reading, values: Values, attribute: Attribute, alternative: Alternative
) -> Values:
    """Fill in the level that an alternative always has, or that the person brings along."""
    rows, found = reading.rows_of(alternative.id), reading.found
    name = found.name(attribute.id)
    covariate = alternative.personal.get(attribute.id)
    own: Any
    if covariate is None:
        level = alternative.fixed[attribute.id]
        own = values.levels.index(str(level)) if values.levels else float(level)
    elif covariate in reading.frame:
        column = reading.frame[covariate]
        own = read_values(column, attribute, found.name(covariate), found).array
    else:
        found.say(
            f"'{alternative.id}' takes '{attribute.id}' from the person's '{covariate}', "
            "and there is no such column",
            f"Add the column '{covariate}'.",
            rows & values.missing,
        )
        return values
    found.say(
        f"'{name}' on '{alternative.id}' is not what the study says it always is",
        f"Correct these cells, or the levels of '{alternative.id}' in the study.",
        rows & ~values.missing & (values.array != own),
    )
    return Values(np.where(rows & values.missing, own, values.array), values.levels)


def _check_range(reading: Reading, values: Values, attribute: Attribute) -> None:
    """Note numbers outside what the study tests; between two levels a number is fine."""
    tested = attribute.values
    low, high = min(tested), max(tested)
    slack = 1e-9 * max(abs(low), abs(high), 1.0)
    inside = values.array[~values.missing] if values.missing.any() else values.array
    if not len(inside) or (inside.min() >= low - slack and inside.max() <= high + slack):
        return
    outside = np.isfinite(values.array)
    outside &= (values.array < low - slack) | (values.array > high + slack)
    for alternative in reading.study.named_alternatives:
        if attribute.id in alternative.personal:
            outside &= ~reading.rows_of(alternative.id)
    name = reading.found.name(attribute.id)
    for number in np.unique(values.array[outside])[:5]:
        nearest = tested[int(np.argmin(np.abs(np.array(tested) - number)))]
        reading.found.say(
            f"{name} = {attribute.unit_text(number)} is not in the study's range "
            f"({attribute.unit_text(low)} to {attribute.unit_text(high)})",
            f"The nearest level is {attribute.unit_text(nearest)}: correct these cells, or "
            "widen the levels in the study.",
            outside & (values.array == number),
        )
