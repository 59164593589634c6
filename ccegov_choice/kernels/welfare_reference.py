"""Tallies of gains and losses as `ccegov_choice.kernels.welfare` makes them, in plain NumPy.

Slow and short: kernels are tested against it, and small problems use it, since it keeps every
amount and so has exact quantiles.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.welfare import (
    AMOUNT,
    COUNTS,
    GAIN,
    LET_IN,
    LOSS,
    PAID,
    SAME,
    SHUT_OUT,
    WRONG,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def amounts_of(before: Floats, after: Floats, worth: Floats) -> tuple[Floats, Floats]:
    """Return changes of utility and amounts, both ``(M, S)``.

    Parameters
    ----------
    before, after : ndarray of shape (M, S)
        Log-sums; minus infinity where nothing is on offer.
    worth : ndarray of shape (M, S)
        Utility of one unit of payment.

    Returns
    -------
    tuple of ndarray
        Changes, infinite for who has nothing before or after; amounts, NaN where none exists.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        change = np.where((before == -np.inf) & (after == -np.inf), 0.0, after - before)
        nothing = np.isinf(before) | np.isinf(after)
        amounts = np.where((worth > 0) & ~nothing, change / worth, np.nan)
    return change, amounts


def tally_reference(
    before: Floats,
    after: Floats,
    worth: Floats,
    chances: Floats,
    weights: Floats,
    groups: Integers,
    count: int,
) -> Floats:
    """Return the tallies ``(G, COUNTS)`` of ``G = count`` groups; arguments as in the kernel."""
    change, amounts = amounts_of(before, after, worth)
    mass = weights[:, None] * np.broadcast_to(chances, change.shape)
    met = np.isfinite(change) & ~np.isinf(before)
    columns = np.zeros((COUNTS, *change.shape))
    columns[PAID] = met & (worth > 0)
    columns[AMOUNT] = np.nan_to_num(amounts, nan=0.0)
    columns[GAIN] = change > SAME
    columns[LOSS] = change < -SAME
    columns[WRONG] = met & ~(worth > 0)
    columns[SHUT_OUT] = change == -np.inf
    columns[LET_IN] = change == np.inf
    by_person = (columns * mass).sum(axis=2)
    found = np.zeros((count, COUNTS))
    np.add.at(found, groups, by_person.T)
    return found
