"""A latent class model and data, laid out for the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ccegov_choice.models.classes.assemble import Mixture, mixture
from ccegov_choice.models.classes.boundary import inspect_classes
from ccegov_choice.models.classes.components import PeopleClass
from ccegov_choice.models.classes.mixture import MixtureLikelihood
from ccegov_choice.models.classes.order import by_size
from ccegov_choice.models.classes.pooled import pooled_logit
from ccegov_choice.models.classes.starts import given_start, starts, warm_up
from ccegov_choice.models.fitting.constraints import Constraints, constrain
from ccegov_choice.models.fitting.people_search import PeopleProblem

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.classes.latent_class import LatentClass
    from ccegov_choice.models.fitting.estimate import FitOptions

STARTS = 16
# A class with a model of its own costs so much more that fewer starts must do.
INNER_STARTS = 4
# So many people show where the tops are; of twice as many, a sample is searched first.
_ENOUGH_PEOPLE = 3000


def class_constraints(model: LatentClass, found: Mixture) -> Constraints:
    """Return the constraints of the model, of its classes, and of their own models."""
    fixed, bounds, equal = dict(found.layout.fixed), {}, list(model.equal)
    for name, problem in found.inner.items():
        own = problem.constraints
        moved = own.expansion.any(axis=1)
        for row in np.flatnonzero(~moved):
            fixed[f"{name}: {own.names[row]}"] = float(own.offset[row])
        for f in range(own.expansion.shape[1]):
            group = tuple(f"{name}: {text}" for text in own.names_of(f))
            equal += [group] if len(group) > 1 else []
            bounds[group[0]] = (float(own.box.low[f]), float(own.box.high[f]))
    return constrain(
        found.layout.names,
        fixed={**fixed, **model.fixed},
        equal=equal,
        bounds={**bounds, **model.bounds},
    )


def class_problem(
    model: LatentClass,
    data: ChoiceData,
    *,
    threads: int | None,
    start: Mapping[str, float] | Sequence[float] | None,
    options: FitOptions,
) -> PeopleProblem:
    """Check names and data, and lay them out for the search.

    Raises
    ------
    UtilityError, DataError
        If they do not fit each other.
    IdentificationError
        If a logit of the same utility is not identified: then no class is.
    """
    found = mixture(model, data, threads=threads)
    constraints = class_constraints(model, found)
    pooled = pooled_logit(found, constraints, data, threads)
    own = given_start(found, pooled, start)
    usual = INNER_STARTS if found.inner else STARTS
    count = options.starts or (usual if start is None else 1)
    coarse = _coarse(found) or _sample(model, data, threads)
    mass = float(data.weights.sum())
    return PeopleProblem(
        found.utility,
        found.likelihood,
        constraints,
        starts(found, pooled, own, count, options.seed),
        mass,
        coarse=coarse,
        warm=warm_up(coarse or found.likelihood, constraints, mass),
        canonical=by_size(model, found),
        inspect=inspect_classes(found, constraints),
    )


def _sample(model: LatentClass, data: ChoiceData, threads: int | None) -> MixtureLikelihood | None:
    """Return the likelihood of one in so many people, each counted for all; None for few people."""
    every = data.people // _ENOUGH_PEOPLE
    if every < 2 or any(spec.model is not None for spec in model.specs):
        return None
    some = data.take_people(np.arange(0, data.people, every))
    likelihood = mixture(model, some, threads=threads).likelihood
    return likelihood.reweighted(np.full(some.people, data.people / some.people))


def _coarse(found: Mixture) -> MixtureLikelihood | None:
    """Return a cheaper likelihood of the same people, where classes have one: with fewer draws."""
    cells, cheaper = [], False
    for cell, (c, _) in zip(found.likelihood.cells, found.layout.cells, strict=True):
        problem, component = found.inner.get(found.layout.classes[c]), cell.component
        if (
            problem is not None
            and problem.coarse is not None
            and isinstance(component, PeopleClass)
        ):
            if len(problem.coarse.weights) != len(problem.likelihood.weights):
                return None  # a sample of the people
            component, cheaper = replace(component, likelihood=problem.coarse), True
        cells.append(replace(cell, component=component))
    return replace(found.likelihood, cells=tuple(cells)) if cheaper else None
