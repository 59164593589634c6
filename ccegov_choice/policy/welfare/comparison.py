"""Two sets of offers compared by the people who meet them, at any parameters of the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.welfare import (
    BINS,
    COUNTS,
    Choice,
    Crowd,
    bin_edges,
    in_blocks,
    tally_changes,
    tally_logit,
)
from ccegov_choice.kernels.welfare_reference import amounts_of, tally_reference
from ccegov_choice.models.fitting.likelihood import default_threads, frozen
from ccegov_choice.models.fitting.threads import PARTS, over_people
from ccegov_choice.models.population.choice_rule import LogitRule
from ccegov_choice.policy.offers import Offers, PointSource
from ccegov_choice.policy.welfare.quantiles import binned_quantiles, weighted_quantiles

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Work = Callable[[int, int, FloatArray, FloatArray], None]

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Which quantiles over people are told."""
MEDIAN = SHARES.index(0.5)

# With so many people times points, amounts are all kept and quantiles exact; with more, they are
# counted in bins.
_EXACT = 20_000
_CELLS = 2_000_000
# Below this many people times points, a second thread costs more than it saves.
_ONE_THREAD = 50_000


class Outcome(NamedTuple):
    """What comes of a change at some parameters; the last row is everybody.

    Attributes
    ----------
    counts : (G + 1, COUNTS)
        Tallies by group; see `ccegov_choice.kernels.welfare`.
    quantiles : (G + 1, len(SHARES))
        Of amounts over people; NaN where nobody has one.
    """

    counts: FloatArray
    quantiles: FloatArray


@dataclass(frozen=True, eq=False)
class Comparison:
    """What people may choose from before and after.

    Parameters
    ----------
    source : PointSource
        The tastes of ``M`` patterns of people.
    before, after : Offers
        What is on offer.
    worth : ndarray of shape (M or 1, Q)
        Multipliers of the coefficients in the utility of one unit of payment.
    groups : ndarray of int64 of shape (M,)
        Group of each pattern.
    count : int
        Number of groups, ``G``.
    """

    source: PointSource
    before: Offers
    after: Offers
    worth: FloatArray
    groups: IntArray
    count: int

    @property
    def size(self) -> int:
        """People times points."""
        return self.source.population.size * self.source.count

    @property
    def exact(self) -> bool:
        """Whether quantiles are exact, not read from a histogram."""
        return self.size <= _EXACT

    @property
    def weights(self) -> FloatArray:
        """Share of the people with each pattern."""
        return self.source.population.people.weights

    def parts(self) -> list[slice]:
        """Return pieces of the people whose values fit into memory."""
        widest = max(self.before.rows.shape[1], self.after.rows.shape[1])
        return self.source.parts(_CELLS // (1 + widest // self.source.columns))

    def outcome(self, parameters: FloatArray) -> Outcome:
        """Work out gains, losses and amounts at parameters ``(P,)``."""
        if self.exact:
            return self._kept(parameters)
        tally, bins = self._counted(parameters)
        tally = np.vstack([tally, tally.sum(axis=0)])
        every = np.vstack([bins, bins.sum(axis=0)])
        return Outcome(tally, np.array([binned_quantiles(row, _edges(), SHARES) for row in every]))

    def log_sums(
        self, parameters: FloatArray, part: slice
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return log-sums before and after, worth, each ``(m, S)``, and chances ``(m or 1, S)``."""
        points = self.source.points(parameters, part)
        before, after = (
            offers.rule.logsum(offers.values(points.coefficients, part), parameters)
            for offers in (self.before, self.after)
        )
        own = self.worth if len(self.worth) == 1 else self.worth[part]
        worth = np.einsum("msq,mq->ms", *_same_length(points.coefficients, own))
        return before, after, np.broadcast_to(worth, before.shape), points.chances

    # --- few: everything is kept ------------------------------------------------------------------

    def _kept(self, parameters: FloatArray) -> Outcome:
        every = slice(0, len(self.weights))
        before, after, worth, chances = self.log_sums(parameters, every)
        found = before, after, worth, chances, self.weights, self.groups, self.count
        tally = tally_reference(*found)
        amounts = amounts_of(before, after, worth)[1]
        mass = np.where(np.isnan(amounts), 0.0, self.weights[:, None] * chances)
        rows = [self.groups == g for g in range(self.count)]
        rows.append(np.ones(len(self.weights), dtype=bool))
        quantiles = [
            weighted_quantiles(amounts[row].ravel(), mass[row].ravel(), SHARES) for row in rows
        ]
        return Outcome(np.vstack([tally, tally.sum(axis=0)]), np.array(quantiles))

    # --- many: counted ----------------------------------------------------------------------------

    @property
    def _by_logit(self) -> bool:
        rules = (self.before.rule, self.after.rule)
        return all(isinstance(rule, LogitRule) for rule in rules)

    def _counted(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        total, bins = np.zeros((self.count, COUNTS)), np.zeros((self.count, BINS))
        whole = self.source.shared and self._by_logit
        for part in [slice(0, len(self.weights))] if whole else self.parts():
            work = self._logit_work if self._by_logit else self._rule_work
            self._in_threads(work(parameters, part), part, total, bins)
        return total, bins

    def _logit_work(self, parameters: FloatArray, part: slice) -> Work:
        points = self.source.points(parameters, part)
        before, after = (
            Choice(frozen(offers.rows[part]), frozen(offers.open_to[part]))
            for offers in (self.before, self.after)
        )
        tastes, chances = map(frozen, in_blocks(points.coefficients, points.chances))
        crowd = self._crowd(part)

        def work(begin: int, end: int, tally: FloatArray, bins: FloatArray) -> None:
            tally_logit(before, after, crowd, tastes, chances, begin, end, tally, bins)

        return work

    def _rule_work(self, parameters: FloatArray, part: slice) -> Work:
        before, after, worth, chances = (frozen(x) for x in self.log_sums(parameters, part))
        crowd = self._crowd(part)

        def work(begin: int, end: int, tally: FloatArray, bins: FloatArray) -> None:
            tally_changes(before, after, worth, chances, crowd, begin, end, tally, bins)

        return work

    def _in_threads(
        self,
        work: Work,
        part: slice,
        total: FloatArray,
        bins: FloatArray,
    ) -> None:
        """Work in ranges that are the same for any number of threads, and add up in their order."""
        tallies = np.zeros((PARTS, *total.shape))
        counted = np.zeros((PARTS, *bins.shape))
        people = part.stop - part.start
        threads = default_threads() if people * self.source.count > _ONE_THREAD else 1
        over_people(lambda a, b, i: work(a, b, tallies[i], counted[i]), people, threads)
        total += tallies.sum(axis=0)
        bins += counted.sum(axis=0)

    def _crowd(self, part: slice) -> Crowd:
        worth = self.worth if len(self.worth) == 1 else self.worth[part]
        return Crowd(frozen(worth), frozen(self.weights[part]), frozen(self.groups[part]))


def _same_length(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    size = max(len(first), len(second))
    return (
        np.broadcast_to(first, (size, *first.shape[1:])),
        np.broadcast_to(second, (size, *second.shape[1:])),
    )


@cache
def _edges() -> tuple[FloatArray, FloatArray]:
    return bin_edges()
