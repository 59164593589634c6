"""Spreads are reported positive: a negative one means the same with its draws mirrored.

Whether a spread is positive is not a question to the data. With finitely many draws both signs are
tops of their own, and the search may end at either. The mirrored draws give the same likelihood at
the positive sign to the last bit, so the model that results keep has its draws mirrored.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.fitting.conclude import Found
from ccegov_choice.models.fitting.people_search import PeopleProblem
from ccegov_choice.models.mixed.likelihood import MixedLikelihood
from ccegov_choice.models.mixed.scale_heterogeneity import TAU

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit

FloatArray = npt.NDArray[np.float64]


def with_positive_spreads(
    model: MixedLogit, problem: PeopleProblem, found: Found
) -> tuple[MixedLogit, PeopleProblem, Found]:
    """Return model, problem and what was found with negative spreads turned positive."""
    likelihood, constraints = problem.likelihood, problem.constraints
    if not isinstance(likelihood, MixedLikelihood):
        return model, problem, found
    signs, dimensions = _signs(model, likelihood, problem, constraints.full(found.optimum.point))
    used = constraints.expansion != 0
    # parameters held equal turn together or not at all
    free = np.array([signs[used[:, f]].min() for f in range(used.shape[1])])
    whole = all((signs[used[:, f]] == free[f]).all() for f in range(used.shape[1]))
    if not dimensions or not whole:
        return model, problem, found
    draws = replace(model.draws, mirrored=tuple(sorted({*model.draws.mirrored} ^ {*dimensions})))
    optimum = found.optimum
    at = replace(
        optimum.at,
        gradient=optimum.at.gradient * free,
        hessian=optimum.at.hessian * np.outer(free, free),
    )
    turned = Found(
        replace(optimum, point=optimum.point * free, at=at, last_step=optimum.last_step * free),
        found.hessian * np.outer(signs, signs),
        None if found.scores is None else found.scores * signs,
        found.values,
    )
    turned_problem = replace(
        problem,
        likelihood=likelihood.with_draws(draws),
        coarse=None,
        starts=tuple(start * signs for start in problem.starts),
    )
    return replace(model, draws=draws), turned_problem, turned


def _signs(
    model: MixedLogit, likelihood: MixedLikelihood, problem: PeopleProblem, theta: FloatArray
) -> tuple[FloatArray, list[int]]:
    """Return the sign ``(P,)`` that each parameter is to be multiplied with, and the dimensions."""
    names = problem.constraints.names
    held = {*model.fixed, *model.bounds}
    signs, dimensions = np.ones(len(names)), []
    tables = likelihood.laid_out.tables
    for dimension in range(likelihood.tastes.dimensions):
        loads = [
            load
            for value in likelihood.tastes.values
            for load in value.loads
            if load.dimension == dimension
        ]
        # products of two parameters stand behind these, and turn with their own
        used = dict.fromkeys(parameter for load in loads for parameter in load.parameters)
        mine = [parameter for parameter in used if parameter < len(names)]
        spreads = [p for p in mine if _is_spread(names[p])]
        features = [
            f for f, one in enumerate(likelihood.tastes.features) if one.dimension == dimension
        ]
        symmetric = all(np.allclose(tables[f], -tables[f][::-1]) for f in features)
        free = not any(names[p] in held for p in mine) and not any(load.constant for load in loads)
        if len(spreads) == 1 and symmetric and free and theta[spreads[0]] < 0:
            signs[mine] = -1.0
            dimensions.append(dimension)
    return signs, dimensions


def _is_spread(name: str) -> bool:
    """Say whether a parameter is a spread, or stands on the diagonal of a Cholesky factor."""
    if name == TAU:
        return True
    if name.startswith("cholesky["):
        one, _, other = name[len("cholesky[") : -1].partition(",")
        return one == other
    return name.startswith(("sd[", "spread["))
