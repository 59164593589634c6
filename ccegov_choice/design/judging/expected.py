"""What people are expected to choose in each task, and how balanced the utilities are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.design.judging.assumption import Assumption

Floats = npt.NDArray[np.float64]

NEARLY_ALWAYS = 0.9
MOST_ROWS = 60
FORMULA = (
    "Utility balance of a task = 100 × product over its J alternatives of (P_j × J), where P_j is "
    "the probability of choosing alternative j: 100 when all are equally likely, near 0 when one "
    "is nearly always chosen. The design's is the mean over tasks (B-estimate)."
)


@dataclass(frozen=True, eq=False)
class Expected:
    """Choice probabilities at the mean of the prior.

    Parameters
    ----------
    tasks : tuple of int
        Task numbers.
    alternatives : tuple of str
        Ids, in the order shown.
    shares : ndarray of shape (T, J)
        Probabilities; NaN where an alternative is not on offer.
    """

    tasks: tuple[int, ...]
    alternatives: tuple[str, ...]
    shares: Floats

    @classmethod
    def of(cls, assumption: Assumption) -> Expected:
        """Work the probabilities out."""
        coded = assumption.patterns[0][0][1]
        shares = np.where(coded.present > 0, assumption.probabilities(), np.nan)
        # the coder orders tasks by number
        numbers = np.unique(assumption.design.frame["task"].to_numpy())
        return cls(tuple(int(t) for t in numbers), assumption.design.alternatives, shares)

    @property
    def balance(self) -> Floats:
        """Utility balance ``(T,)`` of each task, between 0 and 100.

        References
        ----------
        Huber, J. and Zwerina, K. (1996). The importance of utility balance in efficient choice
        designs. Journal of Marketing Research 33, 307-317. As a share of the best possible product:
        Kessels, Goos and Vandebroek (2006), Journal of Marketing Research 43, 409-419.
        """
        offered = np.isfinite(self.shares).sum(axis=1, keepdims=True)
        product: Floats = 100 * np.nanprod(self.shares * offered, axis=1)
        return product

    @property
    def decided(self) -> tuple[int, ...]:
        """Numbers of the tasks in which one alternative is nearly always chosen."""
        highest = np.nanmax(self.shares, axis=1)
        return tuple(self.tasks[t] for t in np.flatnonzero(highest > NEARLY_ALWAYS))

    def shown(self, most: int) -> list[int]:
        """Return positions of the tasks to show: all, or those nearest to being decided."""
        if len(self.tasks) <= most:
            return list(range(len(self.tasks)))
        order = np.argsort(-np.nanmax(self.shares, axis=1), kind="stable")[:most]
        return sorted(int(t) for t in order)

    def table(self) -> Table:
        """Return probabilities and utility balance per task."""
        absent = Absent("not on offer in this task")
        positions = self.shown(MOST_ROWS)
        rows: list[tuple[Cell, ...]] = []
        for t in positions:
            cells: list[Cell] = [absent if np.isnan(p) else float(p) for p in self.shares[t]]
            rows.append((f"Task {self.tasks[t]}", *cells, float(self.balance[t])))
        columns = ("Task", *self.alternatives, "Utility balance")
        formats = dict.fromkeys(columns[1:-1], ".0%") | {columns[-1]: ".0f"}
        notes = [FORMULA]
        if len(positions) < len(self.tasks):
            total = len(self.tasks)
            notes.append(f"The {len(positions)} tasks nearest to being decided, of {total}.")
        title = "How likely each alternative is to be chosen"
        return Table(title, columns, tuple(rows), tuple(notes), formats)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON can hold them."""
        return {
            "alternatives": list(self.alternatives),
            "tasks": list(self.tasks),
            "shares": [[None if np.isnan(p) else float(p) for p in row] for row in self.shares],
            "utility_balance": float(self.balance.mean()),
            "decided_tasks": list(self.decided),
        }


def column_correlations(assumption: Assumption) -> list[tuple[float, str, str]]:
    """Return correlations of coded columns of different attributes, strongest first.

    Over all alternatives on offer but the opt-out, as they are shown; constants are left out.
    """
    prior, coded = assumption.prior, assumption.patterns[0][0][1]
    opt_out = assumption.design.study.opt_out
    kept = [j for j, name in enumerate(assumption.design.alternatives)
            if opt_out is None or name != opt_out.id]  # fmt: skip
    rows = coded.rows[:, kept][coded.present[:, kept] > 0]
    owners = [(name, term.reads) for term in prior.utility.terms for name in term.names]
    moving = np.ptp(rows, axis=0) > 0 if len(rows) else np.zeros(len(owners), dtype=bool)
    columns = [k for k, (_, reads) in enumerate(owners) if reads and moving[k]]
    if len(columns) < 2:
        return []
    table = np.asarray(np.corrcoef(rows[:, columns].T))
    return _sorted_pairs(table, [owners[k] for k in columns])


def _sorted_pairs(
    table: Floats, owners: Sequence[tuple[str, tuple[str, ...]]]
) -> list[tuple[float, str, str]]:
    found = [
        (float(table[a, b]), owners[a][0], owners[b][0])
        for a in range(len(owners))
        for b in range(a + 1, len(owners))
        if not set(owners[a][1]) & set(owners[b][1])
    ]
    return sorted(found, key=lambda item: (-abs(item[0]), item[1], item[2]))


def correlation_table(pairs: Sequence[tuple[float, str, str]], most: int = 10) -> Table:
    """Return the strongest correlations of coded columns."""
    rows = tuple((f"{first} and {second}", value) for value, first, second in pairs[:most])
    title = "Strongest correlations of coded columns"
    notes = ("Over all alternatives shown but the opt-out; columns of one attribute left out.",)
    return Table(title, ("Coefficients", "Correlation"), rows, notes, {"Correlation": "+.2f"})
