"""A latent class model and data, laid out for the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import DataError
from ccegov_choice.models.assemble import check_threads, logit_likelihood
from ccegov_choice.models.class_boundary import inspect_classes
from ccegov_choice.models.class_components import Component, LogitClass, PeopleClass
from ccegov_choice.models.class_layout import Layout, lay_out
from ccegov_choice.models.class_mixture import Cell, MixtureLikelihood
from ccegov_choice.models.class_order import by_size
from ccegov_choice.models.class_starts import given_start, pooled_logit, starts, warm_up
from ccegov_choice.models.constraints import Constraints, constrain
from ccegov_choice.models.membership import Membership, MembershipFormula, varying
from ccegov_choice.models.people_search import PeopleProblem

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.estimate import FitOptions
    from ccegov_choice.models.fit_people import PeopleModel
    from ccegov_choice.models.latent_class import LatentClass
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]

STARTS = 16
# A class with a model of its own costs so much more that fewer starts must do.
INNER_STARTS = 4
# So many people show where the tops are; of twice as many, a sample is searched first.
_ENOUGH_PEOPLE = 3000
# Below this many numbers in the matrices of all classes a second thread costs more than it saves.
_ONE_THREAD = 500_000


@dataclass(frozen=True, eq=False)
class Mixture:
    """A latent class model over data, without a search.

    Parameters
    ----------
    utility : Utility
        Bound to the study.
    layout : Layout
        Where parameters stand.
    about : MembershipFormula
        What membership depends on.
    likelihood : MixtureLikelihood
        The log-likelihood.
    inner : mapping of str to PeopleProblem
        Problems of classes with a model of their own.
    """

    utility: Utility
    layout: Layout
    about: MembershipFormula
    likelihood: MixtureLikelihood
    inner: Mapping[str, PeopleProblem]


def mixture(model: LatentClass, data: ChoiceData, *, threads: int | None = None) -> Mixture:
    """Lay a latent class model out over data.

    Raises
    ------
    UtilityError, DataError
        If names and data do not fit each other.
    """
    utility = model.utility.bind(data.study)
    _ = data.chosen  # says what to do where there is not one choice per task
    assert utility.study is not None  # bound
    about = MembershipFormula(model.membership, utility.study)
    units = data if model.panel else data.each_task_as_a_person()
    weights = _unit_weights(units)
    inner = {
        spec.name: _inner_problem(spec.model, units, threads)
        for spec in model.specs
        if spec.model is not None
    }
    names = {name: problem.constraints.names for name, problem in inner.items()}
    layout = lay_out(model, utility, about.names, names)
    membership = Membership(layout.structure, layout.trait, layout.column, _known(about, units))
    cells = _cells(layout, utility, units, inner)
    size = sum(len(cell.positions) for cell in cells) * units.rows
    first = np.arange(data.people) if model.panel else data.person_offsets[:-1]
    used = check_threads(threads)
    likelihood = MixtureLikelihood(
        cells,
        membership,
        len(layout.names),
        weights,
        np.asarray(first, dtype=np.int64),
        1 if size < _ONE_THREAD else min(used, len(cells)),
    )
    return Mixture(utility, layout, about, likelihood, inner)


def _unit_weights(units: ChoiceData) -> FloatArray:
    """Return the weight ``(U,)`` of each unit, which all of its tasks must have."""
    low = np.minimum.reduceat(units.weights, units.person_offsets[:-1])
    high = np.maximum.reduceat(units.weights, units.person_offsets[:-1])
    uneven = np.flatnonzero(low != high)
    if len(uneven):
        raise DataError(
            f"the tasks of {len(uneven):,} of {units.people:,} people have different weights "
            f"(first: {units.person_ids[uneven[0]]}), and a person belongs to a class as a whole",
            where="weights",
            cure="Give each person one weight: data.with_weight(column) with one value per person.",
        )
    return np.asarray(low)


def _known(about: MembershipFormula, units: ChoiceData) -> FloatArray:
    frame = units.frame
    if about.reads:
        missing = [name for name in about.reads if name not in frame]
        sizes = np.diff(np.append(units.person_rows, units.rows))
        moving = [] if missing else varying(frame, units.person_rows, sizes, about.reads)
        if moving:
            raise DataError.of(moving)
    return about.matrix(frame.iloc[units.person_rows].reset_index(drop=True))


def _inner_problem(model: object, units: ChoiceData, threads: int | None) -> PeopleProblem:
    asked: PeopleModel = model  # type: ignore[assignment]
    found = asked.problem(units, threads=threads)
    weights = found.likelihood.weights
    if (weights > 0).all() and (weights != 1).any():
        found = found.reweighted(1.0 / weights)
    return found


def _cells(
    layout: Layout, utility: Utility, units: ChoiceData, inner: Mapping[str, PeopleProblem]
) -> tuple[Cell, ...]:
    plain = None
    if len(inner) < len(layout.classes):
        plain = logit_likelihood(utility, units, threads=1)
        ones = np.ones(units.tasks)
        plain = plain.reweighted(ones)
    cells = []
    for c, s in layout.cells:
        name, positions = layout.classes[c], layout.positions[c]
        component: Component
        if name in inner:
            problem = inner[name]
            exact = problem.likelihood.hessian(problem.starts[0]) is not None
            component = PeopleClass(problem.likelihood, len(positions), exact)
        else:
            assert plain is not None  # some class is a logit
            # a copy has slots of its own, so that classes can be worked on at once
            component = LogitClass(replace(plain), scaled=s > 0)
        if s > 0:
            positions = np.append(positions, layout.scales[s])
        cells.append(Cell(component, positions, np.zeros(len(positions))))
    return tuple(cells)


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
