"""Shortest sufficient survey: attributes x tasks x people within the respondents' minutes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as with_default
from typing import TypeAlias

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.design import Design
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DesignError
from ccegov_choice.models.fitting.constraints import constrain
from ccegov_choice.power.formula import ByFormula
from ccegov_choice.power.grid import Grid, TimeBudget, attributes_of, check_grid
from ccegov_choice.power.narrow import narrow_prior, narrow_study
from ccegov_choice.power.precision import Answering
from ccegov_choice.power.question import Question
from ccegov_choice.power.settings import FieldConditions, Goal
from ccegov_choice.power.shortest_survey import Candidate, ShortestSurvey
from ccegov_choice.power.strength import people_needed
from ccegov_choice.power.trades import Trades, trade_questions
from ccegov_choice.study.study import Study

MakeDesign: TypeAlias = Callable[[Study, int, int], Design]

_LEAST_TASKS = 24
_NO_DESIGN = "no design"
_SUFFICES = "suffices"


def blocked_random_design(study: Study, tasks: int, seed: int) -> Design:
    """Draw a random design whose blocks have so many tasks, 24 tasks or more in all."""
    blocks = math.ceil(_LEAST_TASKS / tasks)
    return random_design(study, tasks=tasks * blocks, blocks=blocks, seed=seed)


def shortest_sufficient_survey(
    study: Study,
    prior: Prior,
    *,
    trades: Trades,
    budget: TimeBudget,
    grid: Grid | None = None,
    goal: Goal | None = None,
    field: FieldConditions | None = None,
    make: MakeDesign = blocked_random_design,
    seed: int = 1,
) -> ShortestSurvey:
    """Find the survey that takes citizens the least time and still detects every trade.

    Parameters
    ----------
    study : Study
        What could be asked at most.
    prior : Prior
        What is believed; power is averaged over its draws.
    trades : sequence of (gain, pay_in)
        What the decision needs to know. Their attributes are in every set.
    budget : TimeBudget
        Minutes per person, hours in all, seconds per task.
    grid : Grid, optional
        Tasks, people and sets of attributes that are looked at.
    goal : Goal, optional
        Power and confidence level; 0.8 and 0.95.
    field : FieldConditions, optional
        Dropout, design effect and inattentive people; its times are not used.
    make : callable
        ``make(study, tasks_per_person, seed)`` gives the design of a combination; a random design
        without it.
    seed : int
        Of the designs and of the points that stand for the prior.

    Returns
    -------
    ShortestSurvey
        The fewest total minutes; among equals fewer people, then the earlier set of attributes,
        then fewer tasks.

    Raises
    ------
    DesignError
        Listing what is wrong with the grid; or, where nothing suffices, how near the best comes
        and what would be needed.

    Notes
    -----
    Power rises with people, so the fewest that suffice are found by halving, and only among
    numbers that would cost less than the best survey so far. The answer is that of trying all.
    """
    grid, goal = grid or Grid(), goal or Goal()
    field = replace(field or FieldConditions(), seconds_per_task=None, minutes=None)
    sets = tuple(tuple(s) for s in grid.attribute_sets or (study.attribute_ids,))
    _check_prior(prior, study)
    trade_questions(trades, prior.utility, field.population)  # says at once what is wrong
    check_grid(study, grid, sets, [attributes_of(trade) for trade in trades])
    search = _Search(study, prior, trades, budget, goal, field, make, seed, max(grid.people))
    for position, shown in enumerate(sets):
        for tasks in grid.tasks:
            search.look_at(position, shown, tasks, grid.people)
    return search.result(len(sets) * len(grid.tasks) * len(grid.people))


def _check_prior(prior: Prior, study: Study) -> None:
    if prior.study != study:
        raise DesignError(
            "the prior was made with another study",
            where="prior",
            cure="Read it with this one: Prior.read('prior.toml', study).",
        )


@dataclass(eq=False)
class _Option:
    """A set of attributes with a number of tasks whose power is known for any people."""

    design: Design
    tasks: int
    minutes: float
    questions: tuple[Question, ...]
    powers: Callable[[int], list[float]]
    notes: tuple[str, ...]

    def lowest(self, people: int) -> float:
        return min(self.powers(people))


@dataclass(eq=False)
class _Search:
    study: Study
    prior: Prior
    trades: Trades
    budget: TimeBudget
    goal: Goal
    field: FieldConditions
    make: MakeDesign
    seed: int
    most: int
    candidates: list[Candidate] = with_default(default_factory=list)
    evaluated: int = 0
    best: tuple[tuple[float, int, int, int], _Option] | None = None
    nearest: tuple[float, int, _Option] | None = None

    def look_at(
        self, position: int, shown: tuple[str, ...], tasks: int, people: Sequence[int]
    ) -> None:
        """Find the fewest people that suffice, if that could beat the best so far."""
        minutes = self.budget.minutes_for(len(shown), tasks)
        found: int | None = None
        power: float | None = None
        if minutes > self.budget.minutes * (1 + 1e-12):
            verdict = f"takes longer than {self.budget.minutes:g} minutes"
        elif not (affordable := [n for n in people if self._affords(n, minutes)]):
            verdict = (
                f"even {min(people):,} people take more than {self.budget.total_hours:g} hours"
            )
        elif not (cheaper := [n for n in affordable if self._beats(n, minutes, position, tasks)]):
            verdict = "cannot be shorter than the best"
        else:
            found, power, verdict = self._try(position, shown, tasks, minutes, cheaper)
        self.candidates.append(Candidate(shown, tasks, minutes, found, power, verdict))

    def _affords(self, people: int, minutes: float) -> bool:
        hours = self.budget.total_hours
        return hours is None or people * minutes / 60 <= hours * (1 + 1e-12)

    def _key(
        self, people: int, minutes: float, position: int, tasks: int
    ) -> tuple[float, int, int, int]:
        # equal times must compare as equal, whatever they were multiplied from
        return round(people * minutes, 6), people, position, tasks

    def _beats(self, people: int, minutes: float, position: int, tasks: int) -> bool:
        return self.best is None or self._key(people, minutes, position, tasks) < self.best[0]

    def _try(
        self, position: int, shown: tuple[str, ...], tasks: int, minutes: float, people: list[int]
    ) -> tuple[int | None, float | None, str]:
        try:
            option = self._option(shown, tasks, minutes)
        except DesignError as error:
            return None, None, f"{_NO_DESIGN}: {error.problem}"
        low, high = 0, len(people) - 1
        power = self._power(option, people[high])
        if self.nearest is None or power > self.nearest[0]:
            self.nearest = (power, people[high], option)
        if power < self.goal.power:
            most = "looked at" if people[high] == self.most else "that would be shorter or allowed"
            return None, power, f"not enough with {people[high]:,} people, the most {most}"
        while low < high:
            middle = (low + high) // 2
            found = self._power(option, people[middle])
            if found >= self.goal.power:
                high, power = middle, found
            else:
                low = middle + 1
        self.best = (self._key(people[high], minutes, position, tasks), option)
        return people[high], power, _SUFFICES

    def _power(self, option: _Option, people: int) -> float:
        self.evaluated += 1
        return option.lowest(people)

    def _option(self, shown: tuple[str, ...], tasks: int, minutes: float) -> _Option:
        narrow, notes = narrow_study(self.study, shown)
        prior = narrow_prior(self.prior, narrow)
        design = self.make(narrow, tasks, self.seed)
        answering = Answering.of(design, prior.utility, self.field.population)
        if answering.tasks_per_person != tasks:
            raise DesignError(
                f"a person would answer {answering.tasks_per_person} tasks instead of {tasks}",
                where="make",
                cure="Return a design with so many tasks in each block.",
            )
        questions = trade_questions(self.trades, prior.utility, self.field.population)
        constraints = constrain(prior.names, fixed={}, equal=(), bounds={})
        work = ByFormula(answering, constraints, prior, self.field, self.seed)
        weights, strengths = work.strengths(questions, {})

        def powers(people: int) -> list[float]:
            effective = self.field.effective(people)
            return [float(weights @ s.power(effective, self.goal)) for s in strengths]

        return _Option(design, tasks, minutes, questions, powers, notes)

    def result(self, combinations: int) -> ShortestSurvey:
        """Return the best, or raise one error that says how near the nearest came."""
        if self.best is None:
            raise self._nothing()
        (_, people, _, _), option = self.best
        powers = option.powers(people)
        assumed = (
            f"a task is taken to last {self.budget.seconds:g} seconds and "
            f"{self.budget.seconds_per_attribute:g} more for each attribute: replace this by what "
            "a pilot measures"
        )
        return ShortestSurvey(
            design=option.design,
            tasks=option.tasks,
            people=people,
            minutes_per_person=option.minutes,
            powers={q.name: p for q, p in zip(option.questions, powers, strict=True)},
            goal=self.goal,
            candidates=self._judged(option, people),
            evaluated=self.evaluated,
            combinations=combinations,
            notes=(*option.notes, assumed),
        )

    def _judged(self, best: _Option, people: int) -> tuple[Candidate, ...]:
        chosen = (best.design.study.attribute_ids, best.tasks, people)
        return tuple(
            candidate
            if candidate.verdict != _SUFFICES
            else replace(candidate, verdict=_SUFFICES + " and is the shortest")
            if (candidate.attributes, candidate.tasks, candidate.people) == chosen
            else replace(candidate, verdict=_SUFFICES + ", but takes longer")
            for candidate in self.candidates
        )

    def _nothing(self) -> DesignError:
        asked = f"no survey of the grid shows every trade with a power of {self.goal.power:.0%}"
        if self.nearest is None:
            shortest = min(self.candidates, key=lambda c: c.minutes)
            reasons = "; ".join(dict.fromkeys(c.verdict for c in self.candidates))
            cure = (
                f"The shortest takes a person {shortest.minutes:.1f} minutes: allow more time, "
                "show fewer attributes, or add smaller numbers to the grid."
            )
            if any(c.verdict.startswith(_NO_DESIGN) for c in self.candidates):
                cure = "Give the grid more tasks, or another maker of designs: make=..."
            return DesignError(f"{asked}: {reasons}", where="shortest survey", cure=cure)
        power, people, option = self.nearest
        low = min(option.powers(people))
        names = [
            q.name for q, p in zip(option.questions, option.powers(people), strict=True) if p == low
        ]
        enough = people_needed(option.lowest, self.goal.power)
        if enough is None:
            cure = "No number of people is enough; take the trade out, or show more tasks."
        else:
            hours = enough * option.minutes / 60
            cure = (
                f"Ask {enough:,} people ({hours:,.0f} hours in all), allow more minutes for more "
                "tasks, or ask for a lower power."
            )
        return DesignError(
            f"{asked}: the best comes to {power:.0%} for '{names[0]}', with "
            f"{len(option.design.study.attribute_ids)} attributes, {option.tasks} tasks and "
            f"{people:,} people",
            where="shortest survey",
            cure=cure,
        )
