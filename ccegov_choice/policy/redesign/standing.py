"""How packages stand over the draws: how often each is best, and what choosing it may cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ccegov_choice.policy.redesign.rules import FloatArray, IntArray
from ccegov_choice.policy.redesign.settings import Judgement
from ccegov_choice.policy.redesign.valuation import Valuation

_TIE = 1e-12


@dataclass(frozen=True, eq=False)
class Standing:
    """How ``P`` packages stand over ``R`` draws.

    Parameters
    ----------
    winners : ndarray of int of shape (R,)
        Position of the best package at each draw; of several that tie, the first.
    top : ndarray of shape (R,)
        Its value.
    mean : ndarray of shape (P,)
        Mean value of each package.
    worst_regret : ndarray of shape (P,)
        The most that choosing it costs against the best, at any draw.
    """

    winners: IntArray
    top: FloatArray
    mean: FloatArray
    worst_regret: FloatArray

    def best_probability(self, size: int) -> FloatArray:
        """Return the share of draws at which each of `size` packages is best; they sum to one."""
        counts = np.bincount(self.winners, minlength=size)
        return np.asarray(counts / len(self.winners), np.float64)


def first_best(values: FloatArray) -> int:
    """Return the position of the greatest value; the first of those equal but for rounding."""
    top = float(values.max())
    return int(np.argmax(values >= top - _TIE * max(1.0, abs(top))))


def stand(valuation: Valuation, masks: IntArray, judgement: Judgement) -> Standing:
    """Value packages at every draw, without keeping the values."""
    draws = valuation.draws
    winners, top = np.empty(draws, np.int64), np.empty(draws)
    mean, worst = np.zeros(len(masks)), np.zeros(len(masks))
    for draw in range(draws):
        gains = valuation.gains(masks, draw + 1)
        values = judgement.value(gains, valuation.levels(draw + 1), valuation.shares)
        winners[draw] = first_best(values)
        top[draw] = values[winners[draw]]
        mean += values
        np.maximum(worst, top[draw] - values, out=worst)
    return Standing(winners, top, mean / draws, worst)
