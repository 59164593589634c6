"""Which services an importance is about: every level as often, or the ones that exist."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.design.personal.target import TargetDistribution
from ccegov_choice.errors import Problem, TradeOffError, unknown_name
from ccegov_choice.study.gain import Gain

if TYPE_CHECKING:
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.contrast import Standpoint

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Level = str | float


@dataclass(frozen=True, eq=False)
class ProfileMix:
    """A distribution of profiles, with what each level is worth as rows of coefficients.

    Parameters
    ----------
    attributes : tuple of A Attribute
        Those in the utility.
    levels : tuple of A tuples
        Names of the levels that occur.
    worth : tuple of A ndarrays of shape (L, K)
        Multipliers of the coefficients in the utility of each level, counted from one of them.
    shares : tuple of A ndarrays of shape (L,)
        How often each level occurs; they sum to one.
    joint : ndarray of shape (n, A) or None
        Profiles as positions of levels; None where attributes are independent.
    weights : ndarray of shape (n,)
        Of the profiles; they sum to one.
    words : str
        What it is a distribution of, for tables.
    notes : tuple of str
        What a reader must know besides.
    """

    attributes: tuple[Attribute, ...]
    levels: tuple[tuple[str, ...], ...]
    worth: tuple[FloatArray, ...]
    shares: tuple[FloatArray, ...]
    joint: IntArray | None
    weights: FloatArray
    words: str
    notes: tuple[str, ...] = ()

    def sample(self, size: int, rng: np.random.Generator) -> IntArray:
        """Draw profiles ``(size, A)`` as positions of levels."""
        if self.joint is not None:
            drawn: IntArray = self.joint[rng.choice(len(self.joint), size, p=self.weights)]
            return drawn
        columns = [rng.choice(len(share), size, p=share) for share in self.shares]
        return np.stack(columns, axis=1).astype(np.int64)


def profile_mix(stand: Standpoint, attributes: Sequence[Attribute], profiles: Any) -> ProfileMix:
    """Make the distribution of profiles that somebody asked for.

    Parameters
    ----------
    stand : Standpoint
        Where levels are valued.
    attributes : sequence of Attribute
        Those in the utility.
    profiles : None, DataFrame or TargetDistribution
        None: every level that may be shown is as frequent. A frame: one row per service, a column
        per attribute with level ids or numbers, and ``weight`` if they do not count the same.

    Raises
    ------
    TradeOffError
        Listing every column that is missing and every value that people were not asked about.
    """
    if profiles is None:
        return _independent(stand, attributes, None)
    if isinstance(profiles, TargetDistribution):
        if not profiles.profiles:
            return _independent(stand, attributes, profiles)
        rows = [{**profile.levels, "weight": weight} for profile, weight in profiles.profiles]
        return _of_frame(stand, attributes, pd.DataFrame(rows))
    if isinstance(profiles, pd.DataFrame):
        return _of_frame(stand, attributes, profiles)
    raise TradeOffError(
        f"profiles cannot be made of {type(profiles).__name__}",
        where="profiles",
        cure="Give a data frame with one row per service, a TargetDistribution, or None.",
    )


def _independent(
    stand: Standpoint, attributes: Sequence[Attribute], target: TargetDistribution | None
) -> ProfileMix:
    levels = tuple(tuple(level.id for level in a.shown_levels) for a in attributes)
    given = {} if target is None else target.shares(stand.at.get("alternative"))
    shares = tuple(
        np.array([given[a.id][name] for name in names])
        if a.id in given
        else np.full(len(names), 1 / len(names))
        for a, names in zip(attributes, levels, strict=True)
    )
    worth = tuple(stand.part_worths(a) for a in attributes)
    words = "every level equally often" if target is None else "the declared shares of levels"
    bound = target is not None and bool(stand.study.constraints)
    note = "levels are taken as independent of each other, though the study constrains them"
    notes = (note,) if bound else ()
    return ProfileMix(tuple(attributes), levels, worth, shares, None, np.ones(0), words, notes)


def _of_frame(
    stand: Standpoint, attributes: Sequence[Attribute], frame: pd.DataFrame
) -> ProfileMix:
    problems = [p for a in attributes for p in _problems(stand, a, frame)]
    weights = np.asarray(frame.get("weight", np.ones(len(frame))), dtype=np.float64)
    if len(frame) == 0 or not np.isfinite(weights).all() or (weights < 0).any() or not any(weights):
        cure = "Give at least one service, with weights of zero or more."
        problems.append(Problem("there are no profiles, or a weight is wrong", cure, "profiles"))
    if problems:
        raise TradeOffError.of(problems, "The profiles have {count} problems:")
    columns = [[_cell(a, value) for value in frame[a.id]] for a in attributes]
    levels = [list(dict.fromkeys(column)) for column in columns]
    joint = np.array(
        [[own.index(v) for v in column] for own, column in zip(levels, columns, strict=True)],
        dtype=np.int64,
    ).reshape(len(attributes), len(frame))
    weights = weights / weights.sum()
    shares = tuple(
        np.bincount(row, weights=weights, minlength=len(own)).astype(np.float64)
        for row, own in zip(joint, levels, strict=True)
    )
    worth = tuple(_worth(stand, a, own) for a, own in zip(attributes, levels, strict=True))
    names = tuple(tuple(_name(value) for value in own) for own in levels)
    words = f"the {len(frame):,} services given"
    notes = _twins(attributes, joint)
    return ProfileMix(tuple(attributes), names, worth, shares, joint.T, weights, words, notes)


def _twins(attributes: Sequence[Attribute], joint: IntArray) -> tuple[str, ...]:
    """Say which attributes always go together, so that they cannot but share alike."""
    sizes = [len(np.unique(row)) for row in joint]
    pairs = itertools.combinations([j for j, size in enumerate(sizes) if size > 1], 2)
    return tuple(
        f"{attributes[i].id} and {attributes[j].id} always go together in the services given, "
        "which cannot tell them apart"
        for i, j in pairs
        if sizes[i] == sizes[j] == len(np.unique(joint[[i, j]], axis=1).T)
    )


def _worth(stand: Standpoint, attribute: Attribute, levels: Sequence[Level]) -> FloatArray:
    gains = [Gain(attribute.id, levels[0], level) for level in levels]
    return np.array([stand.change(gain) for gain in gains])


def _cell(attribute: Attribute, value: Any) -> Level:
    if not attribute.is_numeric:
        return str(value)
    text = str(value)
    if text in attribute.level_ids and not isinstance(value, int | float | np.number):
        return attribute.cell(attribute.level(text))
    return float(value)


def _name(level: Level) -> str:
    return f"{level:g}" if isinstance(level, float) else level


def _problems(stand: Standpoint, attribute: Attribute, frame: pd.DataFrame) -> list[Problem]:
    if attribute.id not in frame:
        cure = unknown_name(attribute.id, frame.columns, "column").cure
        return [Problem(f"the profiles have no column '{attribute.id}'", cure, "profiles")]
    found = (_value_problem(stand, attribute, v) for v in pd.unique(frame[attribute.id]))
    return [problem for problem in found if problem is not None]


def _value_problem(stand: Standpoint, attribute: Attribute, value: Any) -> Problem | None:
    where = f"profiles, {attribute.id}"
    shown = [level.id for level in attribute.shown_levels]
    if not attribute.is_numeric or str(value) in shown:
        return None if str(value) in shown else unknown_name(value, shown, "level", where=where)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return unknown_name(value, shown, "level", where=where)
    values = [level.value for level in attribute.shown_levels if level.value is not None]
    if number in values:
        return None
    if not stand.is_by_level(attribute) and min(values) <= number <= max(values):
        return None
    return Problem(
        f"nobody was asked about {attribute.unit_text(number)} of '{attribute.id}'",
        f"Use {', '.join(shown)}"
        + ("." if stand.is_by_level(attribute) else ", or what lies between them."),
        where,
    )
