"""What a shortest survey is looked for in: tasks, people, attributes, and the time people have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.study.study import Study


@dataclass(frozen=True)
class TimeBudget:
    """The time that people have for the tasks, and how long a task takes.

    The seconds are assumptions of ours, to be replaced by what a pilot measures.

    Parameters
    ----------
    minutes : float
        Most minutes of tasks for one person.
    total_hours : float, optional
        Most hours for all people together.
    seconds : float
        A task takes this long, however short it is, ...
    seconds_per_attribute : float
        ... and this much longer for each attribute it shows.
    """

    minutes: float
    total_hours: float | None = None
    seconds: float = 10.0
    seconds_per_attribute: float = 4.0

    def __post_init__(self) -> None:
        values = {"minutes": self.minutes, "total_hours": self.total_hours}
        values |= {"seconds": self.seconds}
        problems = [
            Problem(f"{name} {value:g} is not above 0", "Give a number above 0.", "budget")
            for name, value in values.items()
            if value is not None and not 0 < value < math.inf
        ]
        if not 0 <= self.seconds_per_attribute < math.inf:
            problem = f"seconds_per_attribute {self.seconds_per_attribute:g} is below 0"
            problems.append(Problem(problem, "Give 0 or more.", "budget"))
        if problems:
            raise DesignError.of(problems, "The time budget has {count} problems:")

    def minutes_for(self, attributes: int, tasks: int) -> float:
        """Return the minutes that so many tasks take one person."""
        return tasks * (self.seconds + self.seconds_per_attribute * attributes) / 60


@dataclass(frozen=True)
class Grid:
    """What is looked at: every combination of these.

    Parameters
    ----------
    tasks : sequence of int
        Tasks that one person answers.
    people : sequence of int
        People asked.
    attribute_sets : sequence of sequences of str, optional
        Attributes that are shown; the whole study without it. `attribute_choices` makes the sets
        that leave out some of the attributes that may be left out.
    """

    tasks: Sequence[int] = (4, 6, 8, 10, 12)
    people: Sequence[int] = (100, 150, 200, 300, 400, 600, 800, 1200)
    attribute_sets: Sequence[Sequence[str]] | None = None

    def __post_init__(self) -> None:
        for name in ("tasks", "people"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))


def attributes_of(trade: tuple[str, str]) -> tuple[str, str]:
    """Return the attributes that a trade is about: what is gained, and what it is paid in."""
    gain, pay_in = trade
    return gain.partition(":")[0].strip(), pay_in


def check_grid(
    study: Study,
    grid: Grid,
    sets: Sequence[tuple[str, ...]],
    needed: Sequence[tuple[str, str]],
) -> None:
    """Raise one error that lists what is wrong with a grid.

    Parameters
    ----------
    study : Study
        The whole study.
    grid : Grid
        Its numbers are checked.
    sets : sequence of tuple of str
        Attributes shown.
    needed : sequence of (str, str)
        Attributes of each trade, which every set has to have.

    Raises
    ------
    DesignError
    """
    problems = []
    for name, numbers in (("tasks", grid.tasks), ("people", grid.people)):
        if not numbers or min(numbers) < 1:
            text = f"{name} {', '.join(map(str, numbers)) or '(none)'}: not all are 1 or more"
            problems.append(Problem(text, f"Give whole {name} above 0.", "grid"))
    known = study.attribute_ids
    asked = dict.fromkeys(name for trade in needed for name in trade)
    if not needed:
        cure = "Give pairs, such as ('dignity: respectful', 'wait')."
        problems.append(Problem("no trade is asked for", cure, "trades"))
    for number, shown in enumerate(sets, 1):
        where = f"attribute set {number}"
        problems += [
            unknown_name(n, known, "attribute", where=where) for n in shown if n not in known
        ]
        problems += [
            Problem(f"'{name}' is left out, but a trade needs it", f"Add '{name}'.", where)
            for name in asked
            if name not in shown
        ]
        if len(set(shown)) < len(shown):
            problems.append(Problem("an attribute comes twice", "Name it once.", where))
    if problems:
        raise DesignError.of(problems, "The grid has {count} problems:")
