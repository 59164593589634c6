"""Cases: priors, models and kinds of people that one design has to serve, with their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.beliefs.quadrature import Rule
from ccegov_choice.design.candidates import TaskSpace
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.encoding import code_slots
from ccegov_choice.design.efficient.engine import Case
from ccegov_choice.errors import DesignError, Problem

Priors = Prior | Sequence[tuple[float, Prior]]
People = Sequence[Mapping[str, Any]] | pd.DataFrame | None

FEWEST_DRAWS = 16


def weighted_priors(given: Priors) -> list[tuple[float, Prior]]:
    """Return priors with weights that sum to one.

    Raises
    ------
    DesignError
        If a weight is not above zero, or nothing is given.
    """
    if isinstance(given, Prior):
        return [(1.0, given)]
    pairs = [(float(weight), prior) for weight, prior in given]
    problems = [
        Problem(f"prior {i} has the weight {weight:g}", "Give a weight above zero.", "prior")
        for i, (weight, _) in enumerate(pairs, 1)
        if not weight > 0
    ]
    if not pairs:
        problems = [Problem("no prior is given", "Give one, or Prior.zero(utility).", "prior")]
    if problems:
        raise DesignError.of(problems, "The priors have {count} problems:")
    total = sum(weight for weight, _ in pairs)
    return [(weight / total, prior) for weight, prior in pairs]


def weighted_people(given: People) -> list[tuple[float, dict[str, Any]]]:
    """Return kinds of people with weights that sum to one.

    Parameters
    ----------
    given : sequence of mappings or DataFrame, optional
        Covariates of each kind, with ``weight`` where kinds are not equally many.
    """
    if given is None:
        return [(1.0, {})]
    rows = given.to_dict("records") if isinstance(given, pd.DataFrame) else list(given)
    found: list[tuple[float, dict[str, Any]]] = []
    for row in rows:
        person = {str(name): value for name, value in row.items()}
        found.append((float(person.pop("weight", 1.0)), person))
    bad = [i for i, (weight, _) in enumerate(found, 1) if not weight > 0]
    if bad or not found:
        raise DesignError(
            f"the weights of people {', '.join(map(str, bad))} are not above zero"
            if bad
            else "no people are given",
            where="people",
            cure="Give at least one kind of person, each with a weight above zero.",
        )
    total = sum(weight for weight, _ in found)
    return [(weight / total, person) for weight, person in found]


def make_cases(
    space: TaskSpace,
    priors: Sequence[tuple[float, Prior]],
    people: Sequence[tuple[float, Mapping[str, Any]]],
    criterion: Criterion,
    *,
    draws: int,
    rule: Rule,
    seed: int,
) -> tuple[Case, ...]:
    """Return every prior for every kind of person, with its draws.

    Parameters
    ----------
    space : TaskSpace
        The tasks that are allowed.
    priors, people : sequences of (weight, ...)
        See `weighted_priors` and `weighted_people`.
    criterion : Criterion
        Which variances count.
    draws : int
        Points for each prior, shared among its kinds of people.
    rule, seed
        See `Prior.draws`.

    Raises
    ------
    DesignError
        If a prior belongs to another study.
    """
    cases = []
    each = max(FEWEST_DRAWS, draws // len(people)) if draws > 1 else 1
    for weight, prior in priors:
        if prior.study != space.study:
            raise DesignError(
                f"the prior belongs to another study ('{prior.study.id}')",
                where="prior",
                cure=f"Make the prior with a utility of '{space.study.id}'.",
            )
        points = prior.draws(each, rule=rule, seed=seed)
        loads = criterion.loads(prior.utility, points.values, prior.centre)
        nuisance = criterion.nuisance_mask(prior.names)
        if criterion.kind != "D":
            nuisance = np.zeros_like(nuisance)  # left out of the loads already
        for share, person in people:
            coding = code_slots(space, prior.utility, person)
            weights = points.weights * weight * share
            cases.append(Case(coding, weights, points.values, nuisance, loads))
    return tuple(cases)
