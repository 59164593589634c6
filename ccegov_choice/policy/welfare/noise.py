"""How far simulated tastes alone move the amount of the typical person."""

from __future__ import annotations

import numpy as np

from ccegov_choice.kernels.welfare_reference import amounts_of
from ccegov_choice.policy.welfare.comparison import Comparison, FloatArray
from ccegov_choice.policy.welfare.quantiles import weighted_quantiles

_BLOCKS = 8
_MOST = 20_000_000


def simulation_noise(comparison: Comparison, estimates: FloatArray) -> float | None:
    """Return the standard deviation of the median amount over sets of taste points.

    The points of each person are cut into eight blocks of neighbours, since those of a
    quasi-random sequence cover all tastes; the median of each block is one more simulation, with
    an eighth of the points. None where there are too few points, or where a block has no amount.

    Parameters
    ----------
    comparison : Comparison
        The two scenarios; its tastes are draws.
    estimates : ndarray, shape (P,)
        Parameters of the model.
    """
    if comparison.source.count < 2 * _BLOCKS or comparison.size > _MOST:
        return None
    found, masses = [], []
    for part in comparison.parts():
        before, after, worth, chances = comparison.log_sums(estimates, part)
        amounts = amounts_of(before, after, worth)[1]
        mass = comparison.weights[part, None] * np.broadcast_to(chances, amounts.shape)
        found.append(amounts)
        masses.append(np.where(np.isnan(amounts), 0.0, mass))
    amounts, mass = np.concatenate(found), np.concatenate(masses)
    medians = []
    for block in np.array_split(np.arange(comparison.source.count), _BLOCKS):
        if not mass[:, block].sum() > 0:
            return None
        own = amounts[:, block].ravel(), mass[:, block].ravel()
        medians.append(weighted_quantiles(*own, (0.5,))[0])
    return float(np.std(medians, ddof=1) / np.sqrt(_BLOCKS))
