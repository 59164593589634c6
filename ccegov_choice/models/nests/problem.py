"""From a tree model and choice data to the problem that the search reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.labels import as_labels
from ccegov_choice.errors import DataError, Problem, UtilityError
from ccegov_choice.kernels.nested import TreeChoices
from ccegov_choice.models.fitting.assemble import check_levels_shown, check_threads
from ccegov_choice.models.fitting.constraints import Constraints
from ccegov_choice.models.fitting.identify import empty_levels
from ccegov_choice.models.fitting.likelihood import frozen
from ccegov_choice.models.fitting.people_search import PeopleProblem
from ccegov_choice.models.fitting.unidentified import (
    Finding,
    FlatLikelihoodError,
    listing,
    raise_findings,
)
from ccegov_choice.models.logit.log_scale import LogScale
from ccegov_choice.models.nests.constraints import (
    TreeSpecification,
    names_of,
    tree_constraints,
)
from ccegov_choice.models.nests.likelihood import (
    TreeLikelihood,
    places_in_task,
    some_people,
)
from ccegov_choice.models.nests.starts import tree_starts
from ccegov_choice.models.nests.tree import (
    nest_problems,
    pack,
    walk,
)

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


# Tasks on which a large fit is approached, and the seed that draws them.
_ENOUGH = 10_000
_SEED = 0


def tree_problem(
    model: TreeSpecification, data: ChoiceData, *, threads: int | None = None
) -> PeopleProblem:
    """Check names and data, and lay them out for the search.

    Raises
    ------
    UtilityError, DataError
        If they do not fit each other; all problems are listed.
    IdentificationError
        If the data cannot tell the coefficients of the utility.
    """
    utility = model.utility.bind(data.study)
    _check_nests(model, data)
    names = names_of(model, data.study)
    constraints = tree_constraints(model, names)
    chosen = data.chosen
    raise_findings(empty_levels(check_levels_shown(utility, data), constraints))
    alternatives, leaves = rows_of(model, data.frame, data.task_offsets)
    choices = TreeChoices(
        frozen(utility.matrix(data.frame)),
        frozen(LogScale(model.scale, data.study).values(data.frame, data.task_offsets)),
        frozen(leaves),
        frozen(data.task_offsets),
        frozen(data.person_offsets),
        frozen(chosen),
        frozen(data.weights),
    )
    tree = pack(model.tree, alternatives, names.every)
    likelihood = TreeLikelihood(choices, tree, check_threads(threads))
    starts = tree_starts(model, names, data, constraints, threads=threads)
    raise_findings(_without_effect(likelihood, constraints, starts[-1]))
    mass = float(data.weights.sum())
    return PeopleProblem(utility, likelihood, constraints, starts, mass, coarse=_coarse(likelihood))


def _coarse(likelihood: TreeLikelihood) -> TreeLikelihood | None:
    """Return the likelihood of some people, where there are many: its top is near that of all."""
    choices = likelihood.choices
    people, tasks = len(choices.person_offsets) - 1, len(choices.chosen)
    wanted = int(np.ceil(people * _ENOUGH / tasks))
    return some_people(likelihood, wanted, _SEED) if 4 * wanted <= people else None


def _without_effect(
    likelihood: TreeLikelihood, constraints: Constraints, point: FloatArray
) -> list[Finding]:
    """Return parameters on which no choice depends: their scores are exactly zero."""
    moved = np.abs(likelihood.people(point).score @ constraints.expansion).max(axis=0)
    idle = [name for f in np.flatnonzero(moved == 0) for name in constraints.names_of(int(f))]
    if not idle:
        return []
    problem = Problem(
        f"no choice in these data depends on {listing(idle)}: no task offers two alternatives of "
        "the nest, or the column of the scale is always zero",
        f"Leave it out, or fix it: fixed={{'{idle[0]}': 1.0}}.",
        "data",
    )
    return [Finding(FlatLikelihoodError, problem, tuple(idle))]


def rows_of(
    model: TreeSpecification, frame: pd.DataFrame, task_offsets: IntArray
) -> tuple[tuple[str, ...], IntArray]:
    """Return the ``J`` alternatives of the tree, and which of them each row ``(A,)`` is.

    Without nests any names will do, and the place of a row in its task is as good as a name.

    Raises
    ------
    DataError
        If rows do not say which alternative they are.
    """
    if not model.tree:
        places = places_in_task(task_offsets)
        return tuple(str(j) for j in range(int(places.max(initial=0)) + 1)), places
    if "alternative" not in frame:
        raise DataError(
            "the rows do not say which alternative they are, and nests are made of alternatives",
            where="data frame",
            cure="Add the column 'alternative'.",
        )
    codes, found = pd.factorize(frame["alternative"])
    met = as_labels(found)
    nested = [name for nest in walk(model.tree) for name in nest.alternatives]
    alternatives = tuple(dict.fromkeys([*nested, *met]))
    number = {name: j for j, name in enumerate(alternatives)}
    return alternatives, np.array([number[name] for name in met], dtype=np.int64)[codes]


def _check_nests(model: TreeSpecification, data: ChoiceData) -> None:
    if not model.tree:
        return
    study = data.study
    if not study.labelled and study.opt_out is None:
        raise UtilityError(
            f"the alternatives of '{study.id}' have no names of their own, so that none resembles "
            "another more than the rest",
            where="nests",
            cure="Use MixedLogit for tastes that differ, or ScaledLogit; nests need labelled "
            "alternatives or an opt-out.",
        )
    known = study.alternative_ids if study.labelled else data.alternatives
    problems = nest_problems(model.tree, known, shared=model.shared)
    if problems:
        raise UtilityError.of(problems, "The nests have {count} problems:")
