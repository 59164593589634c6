"""One simulated survey: people answer, the model is fitted, every question is tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.design import Design
from ccegov_choice.design.efficient.information import typical_person
from ccegov_choice.errors import ConvergenceError, CovarianceError, IdentificationError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.results import Results
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.models.tastes import ClassTaste, Taste
from ccegov_choice.power.groups import Groups
from ccegov_choice.power.question import Question
from ccegov_choice.power.settings import FieldConditions, Goal
from ccegov_choice.power.truth import Truth, kinds_of
from ccegov_choice.power.ztest import critical_value
from ccegov_choice.study.people import people_frame

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Survey:
    """A survey to simulate again and again.

    Parameters
    ----------
    design : Design
        The tasks.
    model : Logit
        What is fitted; its utility is bound.
    truth : mapping, Prior, RandomTaste or ClassTaste
        What people want; of a prior, each replication takes another draw.
    questions : tuple of Q Question
        What is tested.
    groups : mapping
        Groups that are simulated and fitted apart.
    goal : Goal
        Its level is used.
    field : FieldConditions
        What the field does.
    replications : int
        How many there will be.
    seed : int
        Replication ``r`` with ``n`` people depends on (seed, n, r) only.
    """

    design: Design
    model: Logit
    truth: Truth
    questions: tuple[Question, ...]
    groups: Groups
    goal: Goal
    field: FieldConditions
    replications: int
    seed: int

    def replicate(self, people: int, replication: int) -> Floats:
        """Return estimate and standard error ``(Q, 2)``, and whether it is detected ``(Q,)``.

        Returns
        -------
        ndarray of shape (Q, 3)
            Estimate, standard error, and one where it is detected; NaN, NaN, zero where the fit
            or the interval does not exist.
        """
        truth = self._truth(replication)
        left = self.field.effective(people)
        everybody = self._fit(truth, {}, left, (people, replication, 0))
        fits: dict[tuple[str, str], Results | None] = {}
        number = 1
        for covariate, members in self.groups.items():
            for name, group in members.items():
                stream = (people, replication, number)
                fits[covariate, name] = self._fit(truth, group.shift, left * group.share, stream)
                number += 1
        return np.array([self._test(question, everybody, fits) for question in self.questions])

    def _truth(self, replication: int) -> Any:
        if not isinstance(self.truth, Prior):
            return self.truth
        values = self.truth.draws(self.replications, seed=self.seed).values
        names = self.truth.names
        return dict(zip(names, map(float, values[replication % len(values)]), strict=True))

    def _fit(
        self, truth: Any, shift: Any, people: float, stream: tuple[int, int, int]
    ) -> Results | None:
        """Simulate and fit; None where there are no estimates."""
        count = max(round(people), 1)
        states = np.random.SeedSequence([self.seed, *stream]).generate_state(2, np.uint64)
        names = self.model.utility.names
        kinds = kinds_of(truth, names, self.model.fixed, shift, self.field.inattentive)
        taste: Taste = kinds[0][1]
        if len(kinds) > 1:
            taste = ClassTaste({str(c): kind for c, kind in enumerate(kinds)})
        data = simulate_choices(
            self.design,
            Logit(self.model.utility),
            taste,
            count,
            int(states[0]),
            covariates=self._covariates(count, int(states[1])),
        )
        try:
            return self.model.fit(data, threads=1)
        except (ConvergenceError, IdentificationError, CovarianceError):
            return None

    def _covariates(self, count: int, seed: int) -> Any:
        if self.field.population is None:
            return typical_person(self.design) or None
        frame = people_frame(self.field.population)
        known = [name for name in self.design.study.covariate_ids if name in frame]
        weight = frame["weight"].to_numpy()
        rows = np.random.default_rng(seed).choice(len(frame), size=count, p=weight / weight.sum())
        return pd.DataFrame(frame[known].iloc[rows].reset_index(drop=True))

    def _test(
        self,
        question: Question,
        everybody: Results | None,
        fits: dict[tuple[str, str], Results | None],
    ) -> tuple[float, float, float]:
        z = critical_value(self.goal.level)
        if question.between is None:
            estimate, error, firm = _estimate(question, everybody, z)
        else:
            covariate, one, other = question.between
            here = _estimate(question, fits[covariate, one], z)
            there = _estimate(question, fits[covariate, other], z)
            estimate, error = here[0] - there[0], float(np.hypot(here[1], there[1]))
            firm = here[2] and there[2]
        if not (np.isfinite(estimate) and np.isfinite(error) and error > 0):
            return float("nan"), float("nan"), 0.0
        return estimate, error, float(firm and abs(estimate) > z * error)


def _estimate(question: Question, results: Results | None, z: float) -> tuple[float, float, bool]:
    """Return estimate, standard error, and whether the interval exists at all."""
    if results is None:
        return float("nan"), float("nan"), False
    b, covariance = results.utility_estimates, results.utility_covariance
    gain = float(question.gain @ b)
    if question.payment is None:
        return gain, float(np.sqrt(question.gain @ covariance @ question.gain)), True
    payment = float(question.payment @ b)
    ratio = gain / payment
    row = (question.gain - ratio * question.payment) / payment
    error = float(np.sqrt(max(float(row @ covariance @ row), 0.0)))
    firm = payment > z * float(np.sqrt(question.payment @ covariance @ question.payment))
    return ratio, error, firm


def replicate_many(survey: Survey, people: int, which: Sequence[int]) -> Floats:
    """Return the tests ``(S, Q, 3)`` of some replications."""
    return np.stack([survey.replicate(people, r) for r in which])
