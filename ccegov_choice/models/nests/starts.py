"""Where the search of a tree model starts: from the logit without nests, under several guesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.fitting.assemble import starting_values
from ccegov_choice.models.fitting.estimate import FitOptions, unbroken
from ccegov_choice.models.nests.tree import parents

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.fitting.constraints import Constraints
    from ccegov_choice.models.fitting.people_search import PeopleProblem
    from ccegov_choice.models.nests.constraints import TreeNames, TreeSpecification

FloatArray = npt.NDArray[np.float64]

# Dissimilarities to start from, each nest inside another with its power. Where alternatives are in
# several nests, one would hide their allocation.
_GUESSES = (0.9, 0.4)
# Starts by lot where alternatives are in several nests: those likelihoods often have several tops.
_MORE = 2


def tree_starts(
    model: TreeSpecification,
    names: TreeNames,
    data: ChoiceData,
    constraints: Constraints,
    *,
    threads: int | None,
) -> tuple[FloatArray, ...]:
    """Return starts ``(P,)``: coefficients of the logit, and some dissimilarities.

    The likelihood of nests can have several tops, that of a scale alone hardly.
    """
    coefficients = _logit_coefficients(model, names, data, threads)
    guesses = _GUESSES if names.dissimilarities else (1.0,)
    starts = []
    for guess in guesses:
        values = _values(model, names, guess)
        # within a nest, choices depend on coefficients over its dissimilarity
        values[: len(coefficients)] = coefficients * (1 + guess) / 2
        starts.append(constraints.full(constraints.box.clip(constraints.reduce(values))))
    return tuple(starts)


def _values(model: TreeSpecification, names: TreeNames, guess: float) -> FloatArray:
    """Return a start without coefficients: even shares, and dissimilarities by depth."""
    values = np.zeros(len(names.every))
    position = {name: p for p, name in enumerate(names.every)}
    around = parents(model.tree)
    for name in names.dissimilarities:
        parent = around[name]
        values[position[name]] = guess * (1.0 if parent is None else values[position[parent]])
    for shares in names.allocations.values():
        for name in shares:
            values[position[name]] = 1.0 / len(shares)
    return values


def _logit_coefficients(
    model: TreeSpecification, names: TreeNames, data: ChoiceData, threads: int | None
) -> FloatArray:
    """Return the coefficients of the logit with the same constraints.

    Raises
    ------
    IdentificationError
        If the data cannot tell them: nests do not help then.
    """
    from ccegov_choice.models.logit.fit import logit_problem, search
    from ccegov_choice.models.logit.logit import Logit

    own = set(names.coefficients)
    fixed = {name: value for name, value in model.fixed.items() if name in own}
    bounds = {name: bound for name, bound in model.bounds.items() if name in own}
    equal = [[name for name in group if name in own] for group in model.equalities]
    logit = Logit(model.utility, fixed=fixed, bounds=bounds, equal=[g for g in equal if g])
    problem = logit_problem(logit, data, threads=threads)
    constraints = problem.constraints
    if constraints.expansion.shape[1] == 0:
        return constraints.offset
    start = np.zeros(len(names.coefficients))
    with problem.likelihood.running():
        optimum = unbroken(search(problem, start, FitOptions(tolerance=1e-3)))
    found = constraints.full(optimum.point)
    return found if np.isfinite(found).all() else constraints.full(constraints.reduce(start))


def chosen_starts(
    problem: PeopleProblem,
    names: TreeNames,
    start: Mapping[str, float] | Sequence[float] | None,
    options: FitOptions,
) -> tuple[FloatArray, ...]:
    """Return the start that was given, or as many as were asked for.

    Raises
    ------
    UtilityError
        If a name is unknown, the length is wrong, or a value is not finite.
    """
    first = problem.starts[0]
    if start is not None:
        given = starting_values(names.every, len(names.coefficients), start)
        if isinstance(start, Mapping):
            own = np.array([name in start for name in names.every])
            given = np.where(own, given, first)
        return (given,)
    usual = len(problem.starts) + (_MORE if names.allocations else 0)
    wanted = usual if options.starts is None else max(1, options.starts)
    more = _random_starts(first, names, wanted - len(problem.starts), options.seed)
    constraints = problem.constraints
    inside = (constraints.full(constraints.box.clip(constraints.reduce(one))) for one in more)
    return (*problem.starts[:wanted], *inside)


def _random_starts(first: FloatArray, names: TreeNames, count: int, seed: int) -> list[FloatArray]:
    rng = np.random.default_rng(seed)
    position = {name: p for p, name in enumerate(names.every)}
    starts = []
    for _ in range(count):
        values = first.copy()
        size = len(names.coefficients)
        values[:size] *= rng.uniform(0.3, 1.5, size)
        for name in names.dissimilarities:
            values[position[name]] = rng.uniform(0.2, 1.0)
        for shares in names.allocations.values():
            for name, share in zip(shares, rng.dirichlet(np.ones(len(shares))), strict=True):
                values[position[name]] = share
        starts.append(values)
    return starts
