"""What a diagnosis takes for granted: the prior, the people, the tasks that count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.design import Design
from ccegov_choice.design.efficient.cases import People, Priors, weighted_people, weighted_priors
from ccegov_choice.design.efficient.information import CodedTasks, typical_person
from ccegov_choice.design.extra_tasks import estimating
from ccegov_choice.errors import DesignError
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Assumption:
    """The tasks that are estimated from, with what is believed and who answers.

    Parameters
    ----------
    design : Design
        Without tasks that are there for checks.
    priors : tuple of (float, Prior)
        Their weights sum to one; the heaviest stands first.
    people : tuple of (float, mapping)
        Kinds of people, with weights that sum to one.
    source : {"given", "remembered", "zero"}
        Where the priors come from: the caller, the search that made the design, or nowhere.
    """

    design: Design
    priors: tuple[tuple[float, Prior], ...]
    people: tuple[tuple[float, Mapping[str, Any]], ...]
    source: str

    @property
    def prior(self) -> Prior:
        """The heaviest prior: standard errors and probabilities are about it."""
        return self.priors[0][1]

    @property
    def is_zero(self) -> bool:
        """True if every coefficient is taken as zero."""
        return all(prior.is_local and not prior.centre.any() for _, prior in self.priors)

    @cached_property
    def patterns(self) -> tuple[tuple[tuple[float, CodedTasks], ...], ...]:
        """For each prior, the tasks as each kind of person sees them."""
        return tuple(
            tuple(
                (share, CodedTasks.of(self.design, prior.utility, person))
                for share, person in self.people
            )
            for _, prior in self.priors
        )

    def information(self, number: int, values: Floats) -> Floats:
        """Return the information ``(K, K)`` of the whole design answered once.

        Parameters
        ----------
        number : int
            Which prior's utility.
        values : ndarray of shape (K,)
            Coefficients.
        """
        parts = [share * tasks.information(values) for share, tasks in self.patterns[number]]
        return np.asarray(sum(parts))

    def probabilities(self) -> Floats:
        """Return choice probabilities ``(T, J)`` at the mean of the heaviest prior."""
        centre = self.prior.centre
        parts = [share * tasks.probabilities(centre) for share, tasks in self.patterns[0]]
        return np.asarray(sum(parts))


def assume(
    design: Design, prior: Priors | Utility | None, utility: Utility | None, people: People
) -> Assumption:
    """Settle what a diagnosis takes for granted.

    Parameters
    ----------
    design : Design
        All its tasks.
    prior : Prior, sequence of (weight, Prior), or Utility, optional
        What is believed; a utility stands for coefficients of zero. Without it, what the search
        believed that made the design, and otherwise zero.
    utility : Utility, optional
        What will be estimated, with coefficients of zero.
    people : sequence of mappings or DataFrame, optional
        Kinds of people who answer; without it, those that the design was made for.

    Raises
    ------
    DesignError
        If both a prior and a utility are given, the prior belongs to another study, or the
        utility depends on who answers and nobody is named.
    """
    study, source = design.study, "given"
    if isinstance(prior, Utility):
        prior, utility = None, prior
    if prior is not None and utility is not None:
        raise DesignError(
            "both a prior and a utility are given",
            where="diagnose",
            cure="Give the prior alone: it has a utility of its own.",
        )
    record = _root(design)
    if prior is None and utility is None and record.get("priors"):
        source = "remembered"
        prior = [(weight, Prior.from_dict(item, study)) for weight, item in record["priors"]]
        if people is None:
            people = [{**item, "weight": weight} for weight, item in record.get("people", ())]
            people = people or None
    elif prior is None:
        source = "zero"
        chosen = Utility.main_effects(study) if utility is None else utility.bind(study)
        prior = Prior.zero(chosen)
    priors = weighted_priors(prior)
    _check_study(design, priors)
    persons = weighted_people(people)
    _check_people(design, priors, persons)
    heaviest_first = sorted(priors, key=lambda pair: -pair[0])
    return Assumption(estimating(design), tuple(heaviest_first), tuple(persons), source)


def made_by(design: Design) -> str:
    """Return which function made the tasks, whatever was added to them afterwards."""
    name, parameters = design.provenance.made_by, design.provenance.parameters
    while "of" in parameters:
        name, parameters = parameters["of"]["made_by"], parameters["of"]["parameters"]
    return name


def _root(design: Design) -> Mapping[str, Any]:
    parameters = design.provenance.parameters
    while "of" in parameters:
        parameters = parameters["of"]["parameters"]
    return parameters


def _check_study(design: Design, priors: list[tuple[float, Prior]]) -> None:
    for _, prior in priors:
        if prior.study != design.study:
            raise DesignError(
                f"the prior belongs to another study ('{prior.study.id}')",
                where="prior",
                cure=f"Make the prior with a utility of '{design.study.id}'.",
            )


def _check_people(
    design: Design,
    priors: list[tuple[float, Prior]],
    people: list[tuple[float, dict[str, Any]]],
) -> None:
    known = set(typical_person(design))
    for _, prior in priors:
        read = [name for name in prior.utility.reads if name in design.study.covariate_ids]
        lacking = [
            name
            for name in read
            if name not in known and any(name not in person for _, person in people)
        ]
        if lacking:
            raise DesignError(
                f"the utility depends on who answers ({', '.join(lacking)})",
                where=f"Utility('{prior.utility.formula}')",
                cure="Diagnose the design with a utility of attributes alone, or name the kinds "
                f"of people: people=[{{'{lacking[0]}': ..., 'weight': ...}}, ...].",
            )
