"""What a sample is planned for: the certainty asked, the field, and how much to simulate."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ccegov_choice.errors import DesignError, Problem

if TYPE_CHECKING:
    import pandas as pd


class Progress(Protocol):
    """Whatever wants to hear how far the work is; ``tqdm`` bars are easily wrapped."""

    def __call__(self, done: int, total: int) -> None:
        """Hear that `done` of `total` pieces of work are finished."""


@dataclass(frozen=True)
class Goal:
    """How certain the survey has to be.

    Parameters
    ----------
    power : float
        Chance that a true effect is detected, one half or more.
    level : float
        Confidence level of the two-sided test, one half or more; ``1 - level`` is its rate of
        false alarms.
    """

    power: float = 0.8
    level: float = 0.95

    def __post_init__(self) -> None:
        problems = [
            Problem(f"{name} {value:g} lies outside 0 to 1", f"Give {usual:g}.", "goal")
            for name, value, usual in (("power", self.power, 0.8), ("level", self.level, 0.95))
            if not 0 < value < 1
        ]
        if not problems and self.power < 0.5:
            problem = f"with a power of {self.power:g} most effects would be missed"
            problems.append(Problem(problem, "Ask for 0.5 or more, usually 0.8.", "goal"))
        if not problems and self.level < 0.5:
            problem = f"a level of {self.level:g} means more false alarms than not"
            problems.append(Problem(problem, "Ask for 0.5 or more, usually 0.95.", "goal"))
        if problems:
            raise DesignError.of(problems, "The goal has {count} problems:")


@dataclass(frozen=True)
class FieldConditions:
    """What the field does to a sample.

    Parameters
    ----------
    dropout : float
        Share of the people asked whose answers cannot be used, 0 to below 1.
    design_effect : float
        Variance with the weights or clusters of the sample over that of a simple random sample
        (Kish), 1 or more. 500 answers with a design effect of 1.25 tell as much as 400.
    inattentive : float
        Share of the people left who answer every task by lot, 0 to below 1.
    seconds_per_task : float, optional
        Time a task takes; with it the plan counts citizens' minutes and hours.
    minutes : float, optional
        Most minutes of tasks that one person is asked for.
    population : DataFrame, optional
        Who is asked, one row per kind of person: the covariates that the utility or the
        alternatives read, and perhaps ``weight``. Without it people bring the middle levels.
    """

    dropout: float = 0.0
    design_effect: float = 1.0
    inattentive: float = 0.0
    seconds_per_task: float | None = None
    minutes: float | None = None
    population: pd.DataFrame | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        problems = [
            Problem(f"{name} {value:g} is not a share from 0 to below 1", "Give 0.1.", "field")
            for name, value in (("dropout", self.dropout), ("inattentive", self.inattentive))
            if not 0 <= value < 1
        ]
        if not 1 <= self.design_effect < math.inf:
            problem = f"design_effect {self.design_effect:g} is below 1 or not finite"
            cure = "Give 1 for a simple random sample, such as 1.3 for a weighted one."
            problems.append(Problem(problem, cure, "field"))
        for name in ("seconds_per_task", "minutes"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                problems.append(Problem(f"{name} {value:g} is not above 0", "Give 30.", "field"))
        if self.minutes is not None and self.seconds_per_task is None:
            problem = "minutes are limited, but how long a task takes is not said"
            problems.append(Problem(problem, "Give seconds_per_task, such as 30.", "field"))
        if problems:
            raise DesignError.of(problems, "The field conditions have {count} problems:")

    def effective(self, people: float) -> float:
        """Return how many people of a simple random sample tell as much as so many asked."""
        return people * (1 - self.dropout) / self.design_effect


@dataclass(frozen=True)
class Simulation:
    """How much to simulate.

    Parameters
    ----------
    replications : int
        Surveys simulated for each number of people, ``S``. The Monte-Carlo error of a power of
        0.8 is about ``0.4 / sqrt(S)``: 0.018 with 500.
    workers : int
        Processes. The result does not depend on it. With more than one, a script of your own
        needs ``if __name__ == "__main__":`` around the call.
    progress : callable, optional
        Told ``(done, total)`` in surveys simulated.
    cache : str or Path, optional
        Folder that keeps what was simulated, so that the same call is not computed twice.
    """

    replications: int = 500
    workers: int = 1
    progress: Progress | Callable[[int, int], None] | None = field(default=None, compare=False)
    cache: str | Path | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        problems = []
        if self.replications < 20:
            problem = f"{self.replications} replications say nothing about a power"
            problems.append(Problem(problem, "Give 20 or more, better 500.", "simulate"))
        if self.workers < 1:
            problem = f"{self.workers} workers cannot work"
            problems.append(Problem(problem, "Give 1, or the number of processors.", "simulate"))
        if problems:
            raise DesignError.of(problems, "The simulation has {count} problems:")
