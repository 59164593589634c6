"""How unequal the welfare of groups is, in one number: Gini, Atkinson, and weights by income."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.policy.equity.welfare_functions import social_value

FloatArray = npt.NDArray[np.float64]


def gini(values: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> FloatArray:
    """Return the Gini coefficient: half the mean difference of two people, over the mean.

    Parameters
    ----------
    values : array of shape (..., G)
        How well off each group is: zero or more, and somebody above zero.
    weights : array of shape (G,), optional
        How many people each group has; the same by default.

    Returns
    -------
    ndarray of shape (...)
        From 0 (all equal) to almost 1.

    Raises
    ------
    PolicyError
        If a value is negative or all are zero: the coefficient then has no meaning.
    """
    levels = np.asarray(values, np.float64)
    shares = _shares(levels, weights)
    _positive(levels, "Gini coefficient", zero_allowed=True)
    gaps = np.abs(levels[..., :, None] - levels[..., None, :])
    mean = levels @ shares
    return np.asarray(np.einsum("...gh,g,h->...", gaps, shares, shares) / (2 * mean))


def equally_distributed_equivalent(
    values: npt.ArrayLike, aversion: float = 1.0, weights: npt.ArrayLike | None = None
) -> FloatArray:
    """Return the welfare that, if everybody had it, would be as good as what people have.

    Parameters
    ----------
    values : array of shape (..., G)
        How well off each group is, above zero.
    aversion : float
        Aversion to inequality: 0 gives the mean, 1 the geometric mean; the more, the more weight
        for the worse off.
    weights : array of shape (G,), optional
        How many people each group has; the same by default.

    Returns
    -------
    ndarray of shape (...)

    References
    ----------
    Atkinson (1970), On the measurement of inequality, Journal of Economic Theory 2, 244-263.
    """
    levels = np.asarray(values, np.float64)
    return social_value(levels, _shares(levels, weights), "prioritarian", aversion)


def atkinson(
    values: npt.ArrayLike, aversion: float = 1.0, weights: npt.ArrayLike | None = None
) -> FloatArray:
    """Return the Atkinson index: the share of all welfare that inequality wastes.

    One less the `equally_distributed_equivalent` over the mean. It is 0 with an aversion of 0, and
    a transfer to a worse-off group that stays worse off lowers it.

    Parameters
    ----------
    values : array of shape (..., G)
        How well off each group is, above zero.
    aversion : float
        To inequality, 0 or more.
    weights : array of shape (G,), optional
        Size of each group; the same by default.

    Returns
    -------
    ndarray of shape (...)
        From 0 to below 1.
    """
    levels = np.asarray(values, np.float64)
    _positive(levels, "Atkinson index", zero_allowed=False)
    mean = levels @ _shares(levels, weights)
    return np.asarray(1.0 - equally_distributed_equivalent(levels, aversion, weights) / mean)


def distributional_weights(
    incomes: Mapping[str, float], people: Mapping[str, float] | None = None, eta: float = 1.3
) -> dict[str, float]:
    """Weigh each group's gains by how little it has: ``(median / own) ** eta``.

    Parameters
    ----------
    incomes : mapping of str to float
        Group -> income of its people, above zero.
    people : mapping of str to float, optional
        How many there are in each group, for the median person; the same by default.
    eta : float
        How quickly a further unit of income loses worth; 1.3 in the United Kingdom's Green Book.

    Returns
    -------
    dict of str to float
        Group -> weight; 1 at the median income.

    References
    ----------
    HM Treasury (2022), The Green Book, annex A3.
    """
    problems = [
        Problem(f"an income of {income:g} has no weight", "Give one above zero.", f"group '{name}'")
        for name, income in incomes.items()
        if income <= 0
    ]
    problems += [
        Problem("nobody says how many people it has", "Add it to people=.", f"group '{name}'")
        for name in incomes
        if people is not None and name not in people
    ]
    if problems:
        raise PolicyError.of(problems, "The incomes have {count} problems:")
    names = sorted(incomes, key=lambda name: incomes[name])
    counts = np.array([1.0 if people is None else people[name] for name in names])
    middle = names[int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))]
    return {name: (incomes[middle] / income) ** eta for name, income in incomes.items()}


def _shares(levels: FloatArray, weights: npt.ArrayLike | None) -> FloatArray:
    size = levels.shape[-1] if levels.ndim else 0
    given = np.ones(size) if weights is None else np.asarray(weights, np.float64)
    if size == 0 or given.shape != (size,) or (given < 0).any() or given.sum() <= 0:
        raise PolicyError(
            f"there are {size} groups, and their weights are {given.tolist()}",
            where="weights",
            cure="Give each group a weight of zero or more, somebody one above zero.",
        )
    return np.asarray(given / given.sum())


def _positive(levels: FloatArray, what: str, *, zero_allowed: bool) -> None:
    wrong = (levels < 0).any() or (levels.max(axis=-1) <= 0).any()
    if wrong or (not zero_allowed and (levels <= 0).any()):
        raise PolicyError(
            f"the {what} compares how well off people are, and some are at zero or below",
            where="equity",
            cure="Give levels of welfare, not changes: equity(change, today={group: level today}).",
        )
