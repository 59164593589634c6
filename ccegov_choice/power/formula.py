"""Power in closed form: from the information of one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.fitting.constraints import Constraints
from ccegov_choice.power.groups import Groups
from ccegov_choice.power.precision import Answering, Precision, fixed_of, precision_of
from ccegov_choice.power.question import Question
from ccegov_choice.power.sample_plan import Answer, AtPeople
from ccegov_choice.power.settings import FieldConditions, Goal
from ccegov_choice.power.strength import Strength, people_needed
from ccegov_choice.power.truth import Truth, scenarios
from ccegov_choice.power.ztest import weighted_median

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ByFormula:
    """Everything that the power of any question follows from.

    Parameters
    ----------
    answering : Answering
        The tasks.
    constraints : Constraints
        Coefficients that the model fixes or holds equal.
    truth : mapping, Prior, RandomTaste or ClassTaste
        What people want.
    field : FieldConditions
        What the field does.
    seed : int
        Of the points that stand for a prior or a spread of tastes.
    """

    answering: Answering
    constraints: Constraints
    truth: Truth
    field: FieldConditions
    seed: int

    @cached_property
    def everybody(self) -> tuple[Floats, tuple[Precision, ...]]:
        """Weights ``(R,)`` and precision of the scenarios."""
        return self.group({})

    def group(self, shift: Mapping[str, float]) -> tuple[Floats, tuple[Precision, ...]]:
        """Return weights and precision of the scenarios in a group whose tastes are shifted."""
        told = scenarios(
            self.truth,
            self.answering.names,
            fixed_of(self.constraints),
            shift=shift,
            inattentive=self.field.inattentive,
            seed=self.seed,
        )
        found = tuple(precision_of(self.answering, m, self.constraints) for m in told.mixtures)
        return told.weights, found

    def strengths(
        self, questions: Sequence[Question], groups: Groups
    ) -> tuple[Floats, list[Strength]]:
        """Return the weights of the scenarios and the strength of each question in them."""
        weights, everybody = self.everybody
        by_group = {
            (covariate, name): self.group(group.shift)[1]
            for covariate, members in groups.items()
            for name, group in members.items()
        }
        found: list[Strength] = []
        for question in questions:
            if question.between is None:
                found.append(question.strength(everybody))
                continue
            covariate, one, other = question.between
            members = groups[covariate]
            shares = (members[one].share, members[other].share)
            pair = by_group[covariate, one], by_group[covariate, other]
            found.append(question.difference(*pair, shares))
        return weights, found


def answer_by_formula(
    question: Question,
    strength: Strength,
    weights: Floats,
    people: Sequence[int],
    goal: Goal,
    field: FieldConditions,
) -> Answer:
    """Return what is planned for one question.

    Power is averaged over the scenarios; effect, error and smallest effect are their medians.
    """

    def power(number: int) -> float:
        return float(weights @ strength.power(field.effective(number), goal))

    def at(number: int) -> AtPeople:
        effective = field.effective(number)
        smallest = weighted_median(strength.smallest(effective, goal), weights)
        return AtPeople(
            people=number,
            power=min(power(number), 1.0),
            std_error=weighted_median(strength.std_error(effective), weights),
            smallest=smallest if np.isfinite(smallest) else None,
        )

    return Answer(
        kind=question.kind,
        name=question.name,
        text=question.text,
        unit=question.unit,
        effect=weighted_median(strength.effect, weights),
        needed=people_needed(power, goal.power),
        at=tuple(at(number) for number in people),
    )
