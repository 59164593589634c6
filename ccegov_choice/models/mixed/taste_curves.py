"""Second derivatives of a mixed logit in its parameters, from those in locations and loads.

Locations and loads are linear in parameters and products of two, see
`ccegov_choice.models.mixed.taste_map`, but for two curves: that of factors ``exp(x'g)`` of
covariates, and that of tables. Letters as there; ``S = I + E + Kf`` places.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.mixed import PersonSums
from ccegov_choice.models.mixed.taste_map import EVERYBODY, TasteMap, quietly

FloatArray = npt.NDArray[np.float64]


@quietly
def parameter_hessian(
    tastes: TasteMap,
    theta: FloatArray,
    sums: PersonSums,
    weights: FloatArray,
    inner: FloatArray,
    people: slice = EVERYBODY,
) -> FloatArray:
    """Return second derivatives ``(P, P)`` in the parameters, without `table_curves`.

    Parameters
    ----------
    tastes : TasteMap
        From parameters to places.
    theta : ndarray of shape (P,)
        Parameters.
    sums : PersonSums
        Slopes of some people in the places.
    weights : ndarray of shape (N,)
        Weight of each.
    inner : ndarray of shape (S, S), or (N, S, S)
        What `ccegov_choice.kernels.mixed_hessian` gives: by person where places are personal.
    people : slice
        Which people these are.
    """
    values = len(tastes.values)
    owner = np.concatenate(
        [np.arange(values), tastes.owner, np.arange(values, values + len(tastes.fixed))]
    )
    both = np.where(owner[:, None] == owner, inner, inner + np.swapaxes(inner, -1, -2))
    slopes = np.hstack([sums.a, sums.b, sums.fixed])
    if not tastes.personal:
        both = both - (slopes * weights[:, None]).T @ slopes
        found = tastes.down.T @ both @ tastes.down
    else:
        both = both - weights[:, None, None] * slopes[:, :, None] * slopes[:, None, :]
        each = _down_each(tastes, theta, len(weights), people)
        found = (np.swapaxes(each, 1, 2) @ (both @ each)).sum(axis=0)
        found += _factor_curves(tastes, theta, sums, weights, people)
    if not tastes.products:
        return np.asarray(found)
    chain = tastes.chain(theta)
    found = chain.T @ found @ chain
    slope = weights @ tastes.inner_scores(theta, sums, people)[:, tastes.parameters :]
    for total, (p, q) in zip(slope, tastes.products, strict=True):
        found[p, q] += total
        found[q, p] += total
    return np.asarray(found)


def _down_each(tastes: TasteMap, theta: FloatArray, count: int, people: slice) -> FloatArray:
    """Return slopes of places by person ``(N, S, M)``, covariates in them."""
    values = len(tastes.values)
    each = np.repeat(tastes.down[None], count, axis=0)
    factor = tastes.factor(theta, people)
    if factor is not None:
        each[:, values : values + len(tastes.owner)] *= factor[:, :, None]
    sizes = tastes.loads_before(theta)
    for i, value in enumerate(tastes.values):
        for parameter, covariate in value.shifts.items():
            each[:, i, parameter] += covariate[people]
        if factor is None:
            continue
        for e in np.flatnonzero(tastes.owner == i):
            for parameter, covariate in value.stretches.items():
                each[:, values + e, parameter] += sizes[e] * factor[:, e] * covariate[people]
    return each


def _factor_curves(
    tastes: TasteMap, theta: FloatArray, sums: PersonSums, weights: FloatArray, people: slice
) -> FloatArray:
    """Return what the curve of the factors of covariates adds ``(M, M)``."""
    size = tastes.parameters + len(tastes.products)
    found = np.zeros((size, size))
    factor = tastes.factor(theta, people)
    if factor is None:
        return found
    sizes = tastes.loads_before(theta)
    for i, value in enumerate(tastes.values):
        if not value.stretches:
            continue
        mine, at = tastes.owner == i, list(value.stretches)
        slope = sums.b[:, mine] * factor[:, mine] * weights[:, None]
        covariates = np.array([column[people] for column in value.stretches.values()])
        cross = covariates @ slope @ tastes.load_slopes[mine]
        found[at] += cross
        found[:, at] += cross.T
        found[np.ix_(at, at)] += (covariates * (slope @ sizes[mine])) @ covariates.T
    return found


def table_curves(tastes: TasteMap, weights: FloatArray, slopes: Sequence[FloatArray]) -> FloatArray:
    """Return what the curves of tables add to the second derivatives ``(P, P)``.

    Parameters
    ----------
    tastes : TasteMap
        From parameters to places.
    weights : ndarray of shape (N,)
        Weight of each person.
    slopes : sequence of ndarray of shape (N, E)
        Slopes in the loads, with tables bent by each argument in turn.
    """
    found = np.zeros((tastes.parameters, tastes.parameters))
    for m, by_load in enumerate(slopes):
        total = weights @ by_load
        for i, value in enumerate(tastes.values):
            if m >= len(value.arguments):
                continue
            mine = np.flatnonzero(tastes.owner == i)[1:]
            for e, other in zip(mine, value.arguments, strict=True):
                found[value.arguments[m], other] += total[e]
    return (found + found.T) / 2
