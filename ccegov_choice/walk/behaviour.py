"""How simulated citizens behave: what happens to whom on the way, and how long people think."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Mishap = Literal["", "reload", "back", "twice", "lose_cookie"]
MISHAPS: tuple[Mishap, ...] = ("reload", "back", "twice", "lose_cookie")
_SPREAD = 0.7  # of the logarithm of thinking times: the slowest tenth takes 2.5 times the median


@dataclass(frozen=True)
class Behaviour:
    """Shares of people and pages to which something happens.

    Parameters
    ----------
    give_up : float
        Share of people who leave before the end, at a page drawn for each.
    decline : float
        Share of people who do not agree to take part.
    reload, back, twice, lose_cookie : float
        Share of pages that are loaded again, returned to from the next one, sent twice at the
        same time, and lost with the cookie, so that the code is needed.
    dont_know : float
        Share of tasks with "I cannot decide".
    protest : float
        Share of those who cannot decide, or choose the opt-out, and give a reason.
    """

    give_up: float = 0.08
    decline: float = 0.0
    reload: float = 0.03
    back: float = 0.03
    twice: float = 0.03
    lose_cookie: float = 0.01
    dont_know: float = 0.0
    protest: float = 0.5

    @classmethod
    def smooth(cls) -> Behaviour:
        """Return people to whom nothing happens, and who all finish."""
        return cls(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class Temper:
    """What happens to one citizen, page by page: drawn from a seed, whatever the clock says.

    Parameters
    ----------
    behaviour : Behaviour
        The shares.
    seed, number : int
        Of the walk, and of the citizen.
    pages : int
        How many pages there are about; who gives up does so at one of them.
    """

    def __init__(self, behaviour: Behaviour, seed: int, number: int, pages: int) -> None:
        self._behaviour = behaviour
        self._happens = random.Random(f"happens {seed} {number}")
        self._thinks = random.Random(f"thinks {seed} {number}")
        self._decides = random.Random(f"decides {seed} {number}")
        self.declines = self._happens.random() < behaviour.decline
        leaves = self._happens.random() < behaviour.give_up
        at = self._happens.randrange(max(pages, 1))
        self.leaves_at = at if leaves else None

    def mishap(self) -> Mishap:
        """Return what happens on the next page; at most one thing."""
        point = self._happens.random()
        for name in MISHAPS:
            point -= getattr(self._behaviour, name)
            if point < 0:
                return name
        return ""

    def think(self, mean: float) -> float:
        """Return seconds spent on the next page: lognormal with this mean."""
        return self._thinks.lognormvariate(math.log(mean) - _SPREAD**2 / 2, _SPREAD) if mean else 0

    def cannot_decide(self) -> bool:
        """Return whether the next task is left undecided."""
        return self._decides.random() < self._behaviour.dont_know

    def reason(self, reasons: tuple[str, ...]) -> str:
        """Return a reason, or none."""
        gives = self._decides.random() < self._behaviour.protest
        return self._decides.choice(reasons) if reasons and gives else ""


def arrivals(rate: float | None, seed: int) -> Iterator[float]:
    """Yield seconds until each citizen comes: at random at a rate, or all at once without one.

    Parameters
    ----------
    rate : float or None
        Citizens a second.
    seed : int
        Of the walk.
    """
    clock, source = 0.0, random.Random(f"arrives {seed}")
    while True:
        clock += source.expovariate(rate) if rate else 0.0
        yield clock
