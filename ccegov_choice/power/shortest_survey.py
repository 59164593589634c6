"""The shortest survey that suffices, and what else was looked at."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccegov_choice._table import Cell, Table, format_number
from ccegov_choice.power.settings import Goal

if TYPE_CHECKING:
    from ccegov_choice.design.design import Design


@dataclass(frozen=True)
class Candidate:
    """One set of attributes with one number of tasks.

    Parameters
    ----------
    attributes : tuple of str
        Shown.
    tasks : int
        Tasks that one person answers.
    minutes : float
        That these take one person.
    people : int or None
        Fewest people of the grid that suffice, as far as they were looked at.
    power : float or None
        Lowest power of a trade, with `people` or with the most people looked at.
    verdict : str
        What became of it.
    """

    attributes: tuple[str, ...]
    tasks: int
    minutes: float
    people: int | None
    power: float | None
    verdict: str


@dataclass(frozen=True, eq=False, repr=False)
class ShortestSurvey:
    """The survey that takes citizens the least time and still tells what the decision needs.

    Parameters
    ----------
    design : Design
        Its tasks; ``design.study`` is the study with the attributes that are left.
    tasks : int
        Tasks that one person answers.
    people : int
        People to ask, before dropout.
    minutes_per_person : float
        That the tasks take one person.
    powers : mapping of str to float
        Trade -> chance of detecting it.
    goal : Goal
        Power and level asked.
    candidates : tuple of Candidate
        Everything in the grid but the numbers of people.
    evaluated, combinations : int
        Powers that were computed, and combinations in the grid.
    notes : tuple of str
        What was left out, and what was assumed.
    """

    design: Design
    tasks: int
    people: int
    minutes_per_person: float
    powers: Mapping[str, float]
    goal: Goal
    candidates: tuple[Candidate, ...]
    evaluated: int
    combinations: int
    notes: tuple[str, ...]

    @property
    def attributes(self) -> tuple[str, ...]:
        """Attributes that people are shown."""
        return self.design.study.attribute_ids

    @property
    def total_minutes(self) -> float:
        """Minutes that all people give together."""
        return self.people * self.minutes_per_person

    def table(self) -> Table:
        """Return what was looked at as a table."""
        rows: list[tuple[Cell, ...]] = [
            (
                ", ".join(c.attributes),
                c.tasks,
                c.minutes,
                c.people,
                c.power,
                c.verdict,
            )
            for c in self.candidates
        ]
        columns = ("Attributes", "Tasks", "Minutes", "People", "Lowest power", "Verdict")
        formats = {"Minutes": ".1f", "Lowest power": ".1%"}
        notes = (
            f"{self.evaluated} of {self.combinations} combinations were computed; power rises with "
            "people, so the others follow.",
            *self.notes,
        )
        title = f"Shortest sufficient survey for '{self.design.study.text()}'"
        return Table(title, columns, tuple(rows), notes, formats)

    def sentence(self) -> str:
        """Return the answer in plain words."""
        shown = len(self.attributes)
        lowest = min(self.powers, key=lambda name: self.powers[name])
        return (
            f"Show {shown} attributes in {self.tasks} tasks to {self.people:,} people. That takes "
            f"each about {format_number(self.minutes_per_person, '.1f')} minutes and all together "
            f"{format_number(self.total_minutes / 60, ',.1f')} hours, the least that suffices: "
            f"every trade-off is seen with a chance of {100 * self.goal.power:.0f} in 100 or more "
            f"('{lowest}' with {100 * self.powers[lowest]:.0f} in 100), if people are as was "
            "assumed."
        )

    def __str__(self) -> str:
        return f"{self.table().to_text()}\n{self.sentence()}"

    def __repr__(self) -> str:
        return (
            f"<ShortestSurvey: {len(self.attributes)} attributes, {self.tasks} tasks, "
            f"{self.people:,} people>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.sentence())}</p>{self.table().to_html()}"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON can hold it."""
        return {
            "kind": "shortest sufficient survey",
            "attributes": list(self.attributes),
            "tasks": self.tasks,
            "people": self.people,
            "minutes_per_person": self.minutes_per_person,
            "total_hours": self.total_minutes / 60,
            "powers": dict(self.powers),
            "power": self.goal.power,
            "level": self.goal.level,
            "design": self.design.sha256,
            "candidates": [
                {
                    "attributes": list(c.attributes),
                    "tasks": c.tasks,
                    "minutes": c.minutes,
                    "people": c.people,
                    "power": c.power,
                    "verdict": c.verdict,
                }
                for c in self.candidates
            ],
            "evaluated": self.evaluated,
            "combinations": self.combinations,
            "notes": list(self.notes),
            "sentence": self.sentence(),
        }
