"""What a search is asked: the objective, and what may not happen to any group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ccegov_choice.errors import PolicyError, Problem, unknown_name
from ccegov_choice.policy.equity.welfare_functions import RULES, social_value
from ccegov_choice.policy.redesign.rules import BoolArray, FloatArray

_SLACK = 1e-9
_PIECE = 200_000


@dataclass(frozen=True)
class Judgement:
    """How packages are judged.

    Parameters
    ----------
    rule : {"sum", "prioritarian", "maximin", "guarantee"}
        See `ccegov_choice.policy.equity.welfare_functions.social_value`.
    aversion : float
        Aversion to inequality of the prioritarian rule.
    minimum : float or None
        How well off each group must be, in units of payment: the guarantee; under other rules a
        condition.
    no_group_worse_off : bool
        Whether no group may lose.
    largest_loss : float or None
        What a group may lose at most.
    """

    rule: str = "sum"
    aversion: float = 1.0
    minimum: float | None = None
    no_group_worse_off: bool = False
    largest_loss: float | None = None

    def check(self) -> None:
        """Raise `PolicyError` listing all that is wrong."""
        problems = []
        if self.rule not in RULES:
            problems.append(unknown_name(self.rule, RULES, "objective"))
        if not 0 <= self.aversion < np.inf:
            cure = "Give 0 for none, 1 for a common choice, more for more."
            problems.append(Problem(f"the aversion is {self.aversion:g}", cure, "aversion"))
        if self.rule == "guarantee" and self.minimum is None:
            cure = "Add minimum=..., how well off each group must be, in units of payment."
            problems.append(Problem("a guarantee needs a minimum", cure, "minimum"))
        if self.largest_loss is not None and not self.largest_loss >= 0:
            cure = "Give zero or more, in units of payment."
            problems.append(
                Problem(f"the largest loss is {self.largest_loss:g}", cure, "largest_loss")
            )
        if problems:
            raise PolicyError.of(problems, "The search has {count} problems:")

    def value(self, gains: FloatArray, today: FloatArray, shares: FloatArray) -> FloatArray:
        """Return the value ``(P,)`` of gains ``(G, P)`` to groups as well off as `today`."""
        if self.rule == "sum":  # the mean of all, without laying the levels out
            weights = shares / shares.sum()
            return np.asarray(weights @ gains + weights @ today)
        found = np.empty(gains.shape[1])
        for first in range(0, len(found), _PIECE):
            part = slice(first, first + _PIECE)
            levels = (today[:, None] + gains[:, part]).T
            found[part] = social_value(levels, shares, self.rule, self.aversion, self.minimum or 0)
        return found

    def allows(self, gains: FloatArray, today: FloatArray) -> BoolArray:
        """Return which gains ``(G, P)`` keep the conditions on groups, ``(P,)``."""
        good = np.ones(gains.shape[1], dtype=bool)
        least = self.least_gains(today)
        if np.isfinite(least).any():
            good &= (gains >= least[:, None] - _SLACK).all(axis=0)
        return good

    def least_gains(self, today: FloatArray) -> FloatArray:
        """Return what each group must gain at least, ``(G,)``; minus infinity for no condition."""
        least = np.full(len(today), -np.inf)
        if self.largest_loss is not None:
            least = np.maximum(least, -self.largest_loss)
        if self.no_group_worse_off:
            least = np.maximum(least, 0.0)
        if self.minimum is not None and self.rule != "guarantee":
            least = np.maximum(least, self.minimum - today)
        return least

    def words(self) -> str:
        """Return the rule in words."""
        return rule_words(self.rule, self.aversion, self.minimum)


def rule_words(rule: str, aversion: float, minimum: float | None) -> str:
    """Return a rule in words, for tables and sentences."""
    return {
        "sum": "the most for all people together",
        "prioritarian": f"priority for the worse off (aversion {aversion:g})",
        "maximin": "the most for the worst-off group",
        "guarantee": f"first a guarantee of {minimum or 0:g} to every group",
    }[rule]
