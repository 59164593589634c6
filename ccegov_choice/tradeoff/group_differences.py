"""Differences between groups in what they would trade, and which of them are called ones."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.study.contrast import Standpoint
from ccegov_choice.tradeoff.group_trades import GroupDifference
from ccegov_choice.tradeoff.worth_draws import convolution_p, worth_draws

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results
    from ccegov_choice.tradeoff.pooling import PoolingTest
    from ccegov_choice.tradeoff.trade_off import TradeOffs

FloatArray = npt.NDArray[np.float64]

CORRECTIONS = {"holm": "holm", "bonferroni": "bonferroni", "bh": "fdr_bh", "none": ""}
"""Our words -> those of statsmodels."""


def group_differences(
    alone: Mapping[str, tuple[Results, ChoiceData]],
    trades: Mapping[str, TradeOffs],
    at: Mapping[str, Any],
    *,
    level: float,
    draws: int,
    seed: int,
) -> list[GroupDifference]:
    """Return the difference of each pair of groups in each trade-off; none is called one yet.

    Parameters
    ----------
    alone : mapping of str to (Results, ChoiceData)
        The model and the people of each group.
    trades : mapping of str to TradeOffs
        What each would trade, for the same gains.
    at : mapping
        Where trades are made.
    level : float
        Confidence level.
    draws, seed : int
        Of the coefficients of each group, which are drawn apart.
    """
    seeds = np.random.SeedSequence(seed).generate_state(len(alone))
    drawn: dict[str, list[FloatArray | None]] = {}
    for (name, (results, part)), own in zip(alone.items(), seeds, strict=True):
        stand = Standpoint(results.utility, at, part)
        drawn[name] = worth_draws(results, stand, trades[name].items, draws, int(own))
    return [
        _difference(first, second, trades, drawn, position, level)
        for position in range(len(next(iter(trades.values()))))
        for first, second in itertools.combinations(alone, 2)
    ]


def _difference(
    first: str,
    second: str,
    trades: Mapping[str, TradeOffs],
    drawn: Mapping[str, Sequence[FloatArray | None]],
    position: int,
    level: float,
) -> GroupDifference:
    one, other = trades[first][position], trades[second][position]
    left, right = drawn[first][position], drawn[second][position]
    if left is None or right is None:
        group = first if left is None else second
        reason = f"what {group} would pay in is not told from zero"
        return GroupDifference(
            one.gain, one.gain_text, first, second, Absent(reason), None, None, False
        )
    low, high = np.quantile(left - right, [0.5 - level / 2, 0.5 + level / 2])
    estimate = Estimate(one.estimate - other.estimate, float(low), float(high))
    p = convolution_p(left, right)
    return GroupDifference(one.gain, one.gain_text, first, second, estimate, p, p, False)


def call_differences(
    found: Sequence[GroupDifference],
    test: PoolingTest | Absent,
    correction: str,
    level: float,
) -> tuple[GroupDifference, ...]:
    """Adjust p-values for their number, and call a difference what stands out even so.

    Parameters
    ----------
    found : sequence of GroupDifference
        All that were looked at.
    test : PoolingTest or Absent
        Where it does not reject equal tastes, nothing is called a difference.
    correction : str
        A key of `CORRECTIONS`.
    level : float
        One less the significance.
    """
    known = [item.p for item in found if item.p is not None]
    adjusted = iter(_adjusted(known, CORRECTIONS[correction], 1 - level))
    may = isinstance(test, Absent) or test.tastes_differ
    made = []
    for item in found:
        if item.p is None:
            made.append(item)
            continue
        p = next(adjusted)
        made.append(replace(item, p_adjusted=p, called=may and p < 1 - level))
    return tuple(made)


def _adjusted(values: Sequence[float], correction: str, alpha: float) -> list[float]:
    if not correction or not values:
        return list(values)
    from statsmodels.stats.multitest import multipletests

    return [float(p) for p in multipletests(values, alpha=alpha, method=correction)[1]]
