"""How simulated citizens behave: what happens to whom on the way, and how long people think."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal, get_args

Mishap = Literal["reload", "back", "answer_twice", "lose_cookie"]
MISHAPS: tuple[Mishap, ...] = get_args(Mishap)
_SPREAD = 0.7  # of the logarithm of thinking times: the slowest tenth takes 2.5 times the median


@dataclass(frozen=True)
class Behaviour:
    """Shares of people to whom something happens at some time in the interview.

    Parameters
    ----------
    give_up : float
        Who leave before the end.
    decline : float
        Who do not agree to take part.
    reload, back, answer_twice, lose_cookie : float
        Who load a page again, go back to one from the next, send a form twice at the same time,
        lose their cookie so that they need their code.
    dont_know : float
        Share of tasks with "I cannot decide".
    protest : float
        Share of those who cannot decide, or choose to do without, and give a reason.
    """

    give_up: float = 0.10
    decline: float = 0.0
    reload: float = 0.10
    back: float = 0.10
    answer_twice: float = 0.05
    lose_cookie: float = 0.02
    dont_know: float = 0.0
    protest: float = 0.5

    @classmethod
    def smooth(cls) -> Behaviour:
        """Return people to whom nothing happens, and who all finish."""
        return cls(*[0.0] * len(fields(cls)))


class Temper:
    """What happens to one citizen on which page: drawn from a seed, whatever the clock says.

    Parameters
    ----------
    behaviour : Behaviour
        The shares.
    seed, number : int
        Of the walk, and of the citizen.
    pages : int
        How many pages there are about: where something happens is drawn from them.
    """

    def __init__(self, behaviour: Behaviour, seed: int, number: int, pages: int) -> None:
        self._behaviour = behaviour
        happens = random.Random(f"happens {seed} {number}")
        self._thinks = random.Random(f"thinks {seed} {number}")
        self._source = f"{seed} {number}"

        def page_of(share: float) -> int | None:
            does, page = happens.random() < share, happens.randrange(max(pages, 1))
            return page if does else None

        self.declines = page_of(behaviour.decline) is not None
        self.leaves_at = page_of(behaviour.give_up)
        self._mishaps = {name: page_of(getattr(behaviour, name)) for name in MISHAPS}

    def mishaps(self, page: int) -> tuple[Mishap, ...]:
        """Return what happens on a page, counted from 0."""
        return tuple(name for name, place in self._mishaps.items() if place == page)

    def think(self, mean: float) -> float:
        """Return seconds spent on the next page: lognormal with this mean."""
        return self._thinks.lognormvariate(math.log(mean) - _SPREAD**2 / 2, _SPREAD) if mean else 0

    def cannot_decide(self, task: str) -> bool:
        """Return whether a task is left undecided, whenever it is shown."""
        return random.Random(f"decides {self._source} {task}").random() < self._behaviour.dont_know

    def reason(self, task: str, reasons: tuple[str, ...]) -> str:
        """Return a reason for choosing nothing, or none."""
        rng = random.Random(f"reasons {self._source} {task}")
        gives = rng.random() < self._behaviour.protest
        return rng.choice(sorted(reasons)) if reasons and gives else ""


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
