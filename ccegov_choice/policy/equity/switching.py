"""At which aversion to inequality another option becomes the better one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy import optimize

from ccegov_choice._table import Absent
from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.policy.equity.measures import equally_distributed_equivalent
from ccegov_choice.policy.equity.welfare_functions import RULES, social_value

FloatArray = npt.NDArray[np.float64]

_STEPS = 400


def switching_aversion(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    most: float = 20.0,
) -> float | Absent:
    """Return the least aversion to inequality at which the better of two options changes.

    Parameters
    ----------
    first, second : array of shape (G,)
        How well off each group is with either option, above zero.
    weights : array of shape (G,), optional
        How many people each group has; the same by default.
    most : float
        The greatest aversion that is looked at.

    Returns
    -------
    float or Absent
        Where the equally distributed equivalents cross, to 1e-10; absent where the same option is
        better throughout.
    """

    def lead(aversion: float) -> float:
        pair = [
            float(np.log(equally_distributed_equivalent(option, aversion, weights)))
            for option in (first, second)
        ]
        return pair[0] - pair[1]

    steps = np.linspace(0.0, most, _STEPS + 1)
    leads = [lead(float(step)) for step in steps]
    level = [i for i, found in enumerate(leads) if abs(found) < 1e-13]
    crossing = [i for i in range(_STEPS) if leads[i] * leads[i + 1] < 0]
    if crossing and (not level or crossing[0] < level[0]):
        at = crossing[0]
        return float(optimize.brentq(lead, steps[at], steps[at + 1], xtol=1e-12, rtol=1e-12))
    inside = [i for i in level if 0 < i < _STEPS and leads[i - 1] * leads[i + 1] < 0]
    if inside:
        return float(steps[inside[0]])
    return Absent(f"the same option is better at every aversion from 0 to {most:g}")


def best_by_rule(
    options: Mapping[str, npt.ArrayLike],
    weights: npt.ArrayLike | None = None,
    *,
    aversion: float = 1.0,
    minimum: float = 0.0,
) -> dict[str, tuple[str, ...]]:
    """Order options, best first, by each judgement of value.

    Parameters
    ----------
    options : mapping of str to array of shape (G,)
        How well off each group is with each option.
    weights : array of shape (G,), optional
        How many people each group has; the same by default.
    aversion, minimum : float
        Of the rules "prioritarian" and "guarantee"; see `social_value`.

    Returns
    -------
    dict of str to tuple of str
        Rule -> names of options; those that tie stand as given. The rule "prioritarian" is left
        out where some group is at zero or below.
    """
    names = list(options)
    levels = [np.asarray(options[name], np.float64) for name in names]
    if not names or any(found.shape != levels[0].shape for found in levels):
        problem = Problem(
            "options do not have the same groups", "Give each option one number per group."
        )
        raise PolicyError.of([problem])
    table = np.vstack(levels)
    shares = np.ones(table.shape[1]) if weights is None else np.asarray(weights, np.float64)
    rules = [rule for rule in RULES if rule != "prioritarian" or (table > 0).all()]
    found = {}
    for rule in rules:
        values = social_value(table, shares, rule, aversion, minimum)
        found[rule] = tuple(names[i] for i in np.argsort(-values, kind="stable"))
    return found
