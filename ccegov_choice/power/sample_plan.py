"""A sample plan: how many people a survey needs, and what it can see with how many."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ccegov_choice._provenance import Provenance
from ccegov_choice._table import Absent, Cell, Table, format_number
from ccegov_choice.errors import DesignError, unknown_name
from ccegov_choice.power.question import Kind
from ccegov_choice.power.settings import FieldConditions, Goal
from ccegov_choice.power.strength import MOST_PEOPLE

_TITLES = {
    "coefficient": "Coefficients",
    "trade": "Willingness to trade",
    "difference": "Differences between groups",
}


@dataclass(frozen=True)
class AtPeople:
    """What a number of people can see of one question.

    Parameters
    ----------
    people : int
        People asked.
    power : float
        Chance of detecting it.
    std_error : float or None
        Standard error to expect; None where no fit gave one.
    smallest : float or None
        Smallest effect or trade that is detected with the power of the goal; None where none is,
        because what is paid in is not told from zero often enough.
    monte_carlo_error : float or None
        Standard error of `power`, where it was simulated.
    failed : int
        Simulated surveys that gave no estimate; they count as not detected.
    """

    people: int
    power: float
    std_error: float | None
    smallest: float | None
    monte_carlo_error: float | None = None
    failed: int = 0


@dataclass(frozen=True)
class Answer:
    """What is planned for one question.

    Parameters
    ----------
    kind : {"coefficient", "trade", "difference"}
        What it is.
    name : str
        Its name.
    text : str
        What it is, in the words of the study.
    unit : str
        Unit of effect, error and smallest effect.
    effect : float
        Its size, if the truth is so.
    needed : int or None
        People needed for the power of the goal; None where no number up to ten million is enough.
    at : tuple of AtPeople
        One for each number of people.
    """

    kind: Kind
    name: str
    text: str
    unit: str
    effect: float
    needed: int | None
    at: tuple[AtPeople, ...]


@dataclass(frozen=True, eq=False, repr=False)
class SamplePlan:
    """How many people are needed, and what can be seen with how many.

    Parameters
    ----------
    title : str
        The study in words.
    answers : tuple of Answer
        Coefficients first, then trades, then differences.
    people : tuple of int
        Numbers of people asked that were planned for.
    tasks_per_person : int
        Tasks that one person answers.
    goal : Goal
        Power and level asked.
    field : FieldConditions
        What the field does to the sample.
    method : {"formula", "simulation"}
        How the power was found.
    replications : int or None
        Surveys simulated for each number of people.
    notes : tuple of str
        What a careful reader would want to know.
    provenance : Provenance
        What it was made from.
    """

    title: str
    answers: tuple[Answer, ...]
    people: tuple[int, ...]
    tasks_per_person: int
    goal: Goal
    field: FieldConditions
    method: str
    replications: int | None
    notes: tuple[str, ...]
    provenance: Provenance

    # -- people ------------------------------------------------------------------------------

    @property
    def needed(self) -> dict[str, int | None]:
        """People needed for each question; None where no number is enough."""
        return {answer.name: answer.needed for answer in self.answers}

    def answer(self, name: str) -> Answer:
        """Return what is planned for a question; `DesignError` names the nearest one."""
        for answer in self.answers:
            if answer.name == name:
                return answer
        known = [answer.name for answer in self.answers]
        raise DesignError.of([unknown_name(name, known, "question", where="plan")])

    def people_for(self, *kinds: Kind) -> int | None:
        """Return people enough for every question of some kinds; None if no number is."""
        numbers = [a.needed for a in self.answers if not kinds or a.kind in kinds]
        known = [number for number in numbers if number is not None]
        return max(known) if known and len(known) == len(numbers) else None

    # -- minutes -----------------------------------------------------------------------------

    @property
    def minutes_per_person(self) -> float | None:
        """Minutes that the tasks take one person; None where nobody said how long one takes."""
        seconds = self.field.seconds_per_task
        return None if seconds is None else self.tasks_per_person * seconds / 60

    def total_hours(self, people: int) -> float | None:
        """Return the hours that citizens give if so many are asked."""
        minutes = self.minutes_per_person
        return None if minutes is None else people * minutes / 60

    @property
    def fits_minutes(self) -> bool | None:
        """Whether one person's tasks fit their minutes; None where no limit was given."""
        minutes = self.minutes_per_person
        if minutes is None or self.field.minutes is None:
            return None
        return minutes <= self.field.minutes * (1 + 1e-12)

    # -- showing -----------------------------------------------------------------------------

    def table(self, kind: Kind | None = None) -> Table:
        """Return power, smallest effects and people needed as a table.

        Parameters
        ----------
        kind : {"coefficient", "trade", "difference"}, optional
            Only questions of a kind.
        """
        rows = [self._row(a) for a in self.answers if kind is None or a.kind == kind]
        columns = ["Question", "Unit", "True size", "People needed"]
        formats = {}
        for number in self.people:
            columns += [f"Power, {number:,}", f"Error, {number:,}", f"Smallest, {number:,}"]
            formats[f"Power, {number:,}"] = ".0%"
        words = f"power {self.goal.power:.0%} at a level of {self.goal.level:.0%}"
        title = f"People needed for '{self.title}': {words}, by {self.method}"
        return Table(title, tuple(columns), tuple(rows), self._table_notes(), formats)

    def _row(self, answer: Answer) -> tuple[Cell, ...]:
        needed: Cell = answer.needed
        if answer.needed is None:
            needed = Absent(
                "no number of people is enough: the effect is zero"
                if answer.effect == 0
                else f"more than {MOST_PEOPLE:,} people, or no number, would be needed"
            )
        cells: list[Cell] = [answer.name, answer.unit, answer.effect, needed]
        for at in answer.at:
            error: Cell = at.std_error
            if error is None:
                error = Absent("no simulated survey gave an estimate")
            smallest: Cell = at.smallest
            if smallest is None:
                smallest = Absent("what is paid in is not told from zero often enough")
            cells += [at.power, error, smallest]
        return tuple(cells)

    def _table_notes(self) -> tuple[str, ...]:
        notes = [
            "Smallest: the smallest true size that is detected with this power. People are those "
            "asked, before dropout.",
            *self.notes,
        ]
        hours = self._time_words(max(self.people))
        return (*notes, hours) if hours else tuple(notes)

    def sentence(self) -> str:
        """Return the plan in plain words, for somebody who has to decide."""
        chance = f"{100 * self.goal.power:.0f} in 100"
        has_trades = any(a.kind == "trade" for a in self.answers)
        answers = [a for a in self.answers if a.kind == "trade" or not has_trades]
        enough = [a for a in answers if a.needed is not None]
        hopeless = [a.text for a in answers if a.needed is None]
        parts = []
        if enough:
            last = max(enough, key=lambda a: a.needed or 0)
            most = last.needed or 0
            trades = "trade-off" if has_trades else "effect"
            each = f"each of {len(enough)} {trades}s" if len(enough) > 1 else f"the {trades}"
            hardest = "the hardest to see is " if len(enough) > 1 else "it is "
            parts.append(
                f"Ask {most:,} people. Then {each} is seen with a chance of {chance} or more; "
                f"{hardest}{last.text}."
            )
            parts.append(self._time_words(most))
        if hopeless:
            parts.append(f"No number of people is enough to see {'; nor '.join(hopeless)}.")
        parts.append("Nobody was asked yet: this holds if people are as was assumed.")
        return " ".join(part for part in parts if part)

    def _time_words(self, people: int) -> str:
        minutes, hours = self.minutes_per_person, self.total_hours(people)
        if minutes is None or hours is None:
            return ""
        words = (
            f"Each person answers {self.tasks_per_person} tasks in about {_short(minutes)} "
            f"minutes; {people:,} people give {_short(hours)} hours."
        )
        if self.fits_minutes is False:
            limit = self.field.minutes or 0.0
            most = math.floor(limit * 60 / (self.field.seconds_per_task or 1.0))
            words += (
                f" That is more than the {_short(limit)} minutes people have: show {most} tasks, "
                "in more blocks."
            )
        return words

    def __str__(self) -> str:
        return f"{self.table().to_text()}\n{self.sentence()}"

    def __repr__(self) -> str:
        return f"<SamplePlan of '{self.title}': {len(self.answers)} questions, by {self.method}>"

    def _repr_html_(self) -> str:
        kinds: Sequence[Kind] = ("trade", "difference", "coefficient")
        tables = [
            f"<h3>{_TITLES[kind]}</h3>{self.table(kind).to_html()}"
            for kind in kinds
            if any(a.kind == kind for a in self.answers)
        ]
        return f"<p>{html.escape(self.sentence())}</p>{''.join(tables)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON can hold it."""
        return {
            "kind": "sample plan",
            "title": self.title,
            "method": self.method,
            "replications": self.replications,
            "power": self.goal.power,
            "level": self.goal.level,
            "tasks_per_person": self.tasks_per_person,
            "minutes_per_person": self.minutes_per_person,
            "fits_minutes": self.fits_minutes,
            "questions": [
                {
                    "kind": a.kind,
                    "name": a.name,
                    "text": a.text,
                    "unit": a.unit,
                    "effect": a.effect,
                    "needed": a.needed,
                    "at": [
                        {
                            "people": at.people,
                            "power": at.power,
                            "std_error": at.std_error,
                            "smallest": at.smallest,
                            "monte_carlo_error": at.monte_carlo_error,
                            "failed": at.failed,
                            "hours": self.total_hours(at.people),
                        }
                        for at in a.at
                    ],
                }
                for a in self.answers
            ],
            "notes": list(self.notes),
            "sentence": self.sentence(),
            "provenance": self.provenance.to_dict(),
        }


def _short(number: float) -> str:
    return format_number(round(number, 1), None if float(round(number, 1)).is_integer() else ",.1f")
