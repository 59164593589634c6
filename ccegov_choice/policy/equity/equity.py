"""Equity: how a reform's welfare is shared out among groups, and whether anybody is worse off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.policy.equity.found import Equity, GroupEquity
from ccegov_choice.policy.equity.groups import (
    GroupNumbers,
    HasGroups,
    check_groups,
    read_groups,
)
from ccegov_choice.policy.equity.measures import atkinson, equally_distributed_equivalent, gini
from ccegov_choice.policy.forecast import central_limits

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]


def equity(
    source: HasGroups | Mapping[str, float] | pd.DataFrame,
    *,
    aversion: float = 1.0,
    weights: Mapping[str, float] | None = None,
    minimum: float | None = None,
    today: Mapping[str, float] | None = None,
    people: Mapping[str, float] | None = None,
    sampled: npt.ArrayLike | None = None,
    level: float | None = None,
    unit: str = "",
) -> Equity:
    """Say how welfare is shared out among groups.

    Parameters
    ----------
    source : WelfareChange, mapping of str to float, or DataFrame
        What each group gains (a `WelfareChange`), or how well off it is: group -> level, or a frame
        with columns ``group``, ``value`` and perhaps ``people``.
    aversion : float
        Aversion to inequality of the Atkinson index; see `estimate_inequality_aversion`.
    weights : mapping of str to float, optional
        What a unit of each group's welfare counts; see `distributional_weights`.
    minimum : float, optional
        The least that every group must have (of levels, or else of gains).
    today : mapping of str to float, optional
        How well off each group is today, in the same unit: gains are added to it, levels are
        compared with it. Inequality is only measured between levels.
    people : mapping of str to float, optional
        How many people each group has (or their shares); the same by default, or as the source
        says.
    sampled : array of shape (R, G), optional
        Draws of the numbers given, for intervals.
    level : float, optional
        Confidence level; that of the source, or 0.95.
    unit : str
        The unit of welfare, in words; by default that of the source.

    Returns
    -------
    Equity

    Raises
    ------
    PolicyError
        Listing groups that are unknown, missing, or not numbers.
    """
    found = read_groups(source, people, sampled)
    check_groups(found, {"weights": weights, "today": today}, aversion)
    chosen = float(getattr(source, "level", 0.95)) if level is None else level
    base = None if today is None else np.array([float(today[name]) for name in found.names])
    levels = _shifted(found, base) if found.changes else (found.value, found.sampled)
    gains = (found.value, found.sampled) if found.changes else _shifted(found, base, -1.0)
    use = found.shares
    counts = None if weights is None else np.array([weights[name] for name in found.names])
    basis = levels if levels is not None else (found.value, found.sampled)

    def over(measure: Callable[[FloatArray], FloatArray], of: Any) -> Estimate:
        return _estimate(measure, of[0], of[1], chosen)

    def unequal(measure: Callable[[FloatArray], FloatArray]) -> Estimate | Absent:
        if levels is None:
            return Absent("inequality is between levels; give what each group has today (today=)")
        if min(levels[0].min(), np.inf if levels[1] is None else levels[1].min()) <= 0:
            return Absent("some group has zero or less, in the estimates or in some draws")
        return over(measure, levels)

    return Equity(
        _groups(found, basis, gains, minimum, weights, chosen),
        found.changes and levels is None,
        unequal(lambda x: gini(x, use)),
        unequal(lambda x: atkinson(x, aversion, use)),
        unequal(lambda x: equally_distributed_equivalent(x, aversion, use)),
        over(lambda x: x @ use, basis),
        None if counts is None else over(lambda x: x @ (use * counts), gains or basis),
        aversion,
        minimum,
        None if minimum is None else _chance(basis, lambda x: (x >= minimum).all(axis=-1)),
        None if gains is None else bool((gains[0] >= 0).all()),
        _chance(gains, lambda x: (x >= 0).all(axis=-1)),
        found.names[int(np.argmin(basis[0]))],
        chosen,
        unit or str(getattr(getattr(source, "payment", None), "unit_plural", "")),
        _notes(found, today),
    )


Numbers = tuple[FloatArray, FloatArray | None]


def _shifted(found: GroupNumbers, base: FloatArray | None, sign: float = 1.0) -> Numbers | None:
    """Return the numbers with today's added (or, with -1, taken off)."""
    if base is None:
        return None
    move = sign * base
    return found.value + move, None if found.sampled is None else found.sampled + move


def _estimate(
    measure: Callable[[FloatArray], FloatArray],
    value: FloatArray,
    sampled: FloatArray | None,
    level: float,
) -> Estimate:
    if sampled is None:
        return Estimate(float(measure(value)))
    low, high = central_limits(measure(sampled), level)
    return Estimate(float(measure(value)), float(low), float(high))


def _chance(of: Numbers | None, holds: Callable[[FloatArray], Any]) -> float | None:
    """Return the share of draws in which something holds; None without draws."""
    return None if of is None or of[1] is None else float(np.mean(holds(of[1])))


def _groups(
    found: GroupNumbers,
    basis: Numbers,
    gains: Numbers | None,
    minimum: float | None,
    weights: Mapping[str, float] | None,
    level: float,
) -> tuple[GroupEquity, ...]:
    def at(numbers: Numbers, g: int) -> Estimate:
        return _estimate(lambda x: x[..., g], numbers[0], numbers[1], level)

    return tuple(
        GroupEquity(
            name,
            found.labels[g],
            found.people[g],
            float(found.shares[g]),
            at(basis, g),
            None if gains is None else at(gains, g),
            _chance(gains, lambda x, g=g: x[..., g] < 0),  # type: ignore[misc]
            None if minimum is None else bool(basis[0][g] >= minimum),
            None if weights is None else float(weights[name]),
        )
        for g, name in enumerate(found.names)
    )


def _notes(found: GroupNumbers, today: Mapping[str, float] | None) -> tuple[str, ...]:
    notes = []
    if found.changes and today is None:
        notes.append("What groups have today is not known, so only gains are compared.")
    if found.sampled is None:
        notes.append("Nothing says how sure these numbers are.")
    notes.append("Inequality within groups is not seen here.")
    return tuple(notes)
