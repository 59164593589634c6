"""A number with its interval: what everything that leaves the analysis is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A number and its confidence limits.

    Parameters
    ----------
    value : float
        The number.
    low, high : float or None
        Limits; None where there is none.
    """

    value: float
    low: float | None = None
    high: float | None = None

    def map(self, change: Callable[[float], float]) -> Estimate:
        """Return the estimate after a rising or falling change of unit."""
        if self.low is None or self.high is None:
            return Estimate(change(self.value))
        ends = sorted((change(self.low), change(self.high)))
        return Estimate(change(self.value), ends[0], ends[1])

    @property
    def sign(self) -> int:
        """1 or -1 where the interval leaves out zero; else 0: the direction is not told."""
        if self.low is not None and self.low > 0:
            return 1
        return -1 if self.high is not None and self.high < 0 else 0
