"""A latent class model over data: its classes, membership and likelihood, before any search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import DataError
from ccegov_choice.models.classes.components import Component, LogitClass, PeopleClass
from ccegov_choice.models.classes.layout import Layout, lay_out
from ccegov_choice.models.classes.membership import Membership, MembershipFormula, varying
from ccegov_choice.models.classes.mixture import Cell, MixtureLikelihood
from ccegov_choice.models.fitting.assemble import check_threads, logit_likelihood

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.classes.latent_class import LatentClass
    from ccegov_choice.models.fitting.fit_people import PeopleModel
    from ccegov_choice.models.fitting.people_search import PeopleProblem
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]

# Below this many numbers in the matrices of all classes a second thread costs more than it saves.
_ONE_THREAD = 2_000_000


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
