"""Fitting with pylogit: data laid out for it, the search, and results in our order and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import metadata
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._provenance import Provenance
from ccegov_choice.errors import DataError
from ccegov_choice.models.covariance import Classical
from ccegov_choice.models.fitting.assemble import person_groupings
from ccegov_choice.models.fitting.baseline import constants_only, equal_shares
from ccegov_choice.models.fitting.estimate import Evaluation, FitOptions, Optimum, maximise
from ccegov_choice.models.fitting.trust_region import Box
from ccegov_choice.models.pylogit.families import ALONE, FamilyLikelihood, LongData
from ccegov_choice.models.pylogit.model import PylogitModel
from ccegov_choice.models.results import Results

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# a nest whose dissimilarity is nearer to one than this is a logit: nothing more can be told
_NEAR_ONE = 1e-4
_MOST_BYTES = 8e9
_TOLERANCE = 1e-14
_METHOD = "pylogit's BFGS, then trust-region Newton on pylogit's likelihood and gradient"


def fit_with(pylogit: ModuleType, model: PylogitModel, data: ChoiceData) -> Results:
    """Fit a checked model; call it inside `pylogit_repair.running`.

    Returns
    -------
    Results
        Without a covariance yet; their record says whether the search reached the top.
    """
    utility = model.utility
    long = _long_data(data, utility, model)
    logit = FamilyLikelihood(pylogit, "MNL", long)
    _, optimum = _search(logit, np.zeros(utility.size), np.ones(utility.size, dtype=bool))
    likelihood, point, free = logit, optimum.point, np.ones(utility.size, dtype=bool)
    if model.model_type != "MNL":
        likelihood = FamilyLikelihood(
            pylogit,
            model.model_type,
            long,
            nests=model.nests,
            random=[utility.names.index(name) for name in model.random],
            draws=model.draws or 1,
            seed=model.seed or 1,
        )
        free = np.ones(likelihood.size, dtype=bool)
        extra = _extra_positions(likelihood)
        free[extra] = [not why for why in likelihood.extras.held]
        point, optimum = _search(likelihood, likelihood.start(optimum.point), free)
    held = dict(zip(likelihood.extras.names, likelihood.extras.held, strict=True))
    if model.model_type == "Nested Logit":
        point, optimum, free = _bounded_nests(likelihood, point, optimum, free, held)
    return _results(model, data, likelihood, point, optimum, free, held)


def alternatives_of(data: ChoiceData) -> tuple[str, ...]:
    """Return the alternatives of the data: in the order of the study, else by name."""
    found = {str(name) for name in pd.unique(data.frame["alternative"])}
    declared = [name for name in data.study.alternative_ids if name in found]
    others = sorted(found - set(declared))
    return (*declared, *others) if data.study.labelled else (*others, *declared)


def _long_data(data: ChoiceData, utility: Utility, model: PylogitModel) -> LongData:
    """Lay choices out as pylogit takes them; columns are scaled so that its search is steady."""
    X = utility.matrix(data.frame)
    _check_size(data, model)
    weights = np.repeat(data.weights, np.diff(data.task_offsets))
    if model.model_type == "Mixed Logit":
        _check_weights(data)
    scale = np.abs(X).max(axis=1, initial=0.0)
    scale[scale == 0] = 1.0
    alternatives = alternatives_of(data)
    number = {name: i for i, name in enumerate(alternatives, 1)}
    rows_of_tasks = np.diff(data.task_offsets)
    rows_of_people = np.diff(data.task_offsets[data.person_offsets])
    chosen = np.zeros(data.rows, dtype=np.int64)
    chosen[data.chosen] = 1
    frame = pd.DataFrame(
        {
            "alternative": [number[str(name)] for name in data.frame["alternative"]],
            "task": np.repeat(np.arange(1, data.tasks + 1), rows_of_tasks),
            "person": np.repeat(np.arange(1, data.people + 1), rows_of_people),
            "chosen": chosen,
        }
    )
    columns = pd.DataFrame((X / scale[:, None]).T, columns=list(utility.names))
    taken = [name for name in utility.names if name in frame.columns]
    renamed = {name: f"coefficient {name}" for name in taken}
    frame = pd.concat([frame, columns.rename(columns=renamed)], axis=1)
    names = tuple(renamed.get(name, name) for name in utility.names)
    return LongData(frame, names, scale, alternatives, weights)


def _check_size(data: ChoiceData, model: PylogitModel) -> None:
    """Refuse data for which pylogit would fill the memory: it lays out all draws of all rows."""
    if model.draws is None:
        return
    needed = 24.0 * data.rows * model.draws * (model.utility.size + len(model.random))
    if needed > _MOST_BYTES:
        raise DataError(
            f"pylogit would need about {needed / 1e9:.0f} GB for {data.rows:,} rows with "
            f"{model.draws} draws",
            where="cc.pylogit.fit",
            cure="Take fewer draws, or fewer people (data.select).",
        )


def _check_weights(data: ChoiceData) -> None:
    first = np.repeat(data.weights[data.person_offsets[:-1]], np.diff(data.person_offsets))
    if not np.array_equal(first, data.weights):
        raise DataError(
            "the tasks of a person have different weights",
            where="cc.pylogit.fit",
            cure="A mixed logit weighs people: give all tasks of a person the same weight.",
        )


def _extra_positions(likelihood: FamilyLikelihood) -> IntArray:
    everything = np.arange(likelihood.size)
    return np.setdiff1d(everything, everything[likelihood.coefficients])


def _search(
    likelihood: FamilyLikelihood, start: FloatArray, free: BoolArray
) -> tuple[FloatArray, Optimum]:
    """Search with pylogit, then to the top; return all parameters and the optimum of the free."""
    found = likelihood.pylogit_search(start, free)
    better = np.isfinite(found).all() and likelihood.value(found) >= likelihood.value(start)
    first = found if better else start

    def objective(moving: FloatArray) -> Evaluation:
        at = likelihood.evaluate(_filled(first, free, moving))
        return Evaluation(at.value, at.gradient[free], at.hessian[np.ix_(free, free)])

    optimum = maximise(
        objective,
        first[free],
        Box.unbounded(int(free.sum())),
        mass=float(likelihood.data.weights.sum()),
        options=FitOptions(tolerance=_TOLERANCE),
    )
    return _filled(first, free, optimum.point), optimum


def _filled(parameters: FloatArray, free: BoolArray, moving: FloatArray) -> FloatArray:
    full = parameters.copy()
    full[free] = moving
    return full


def _bounded_nests(
    likelihood: FamilyLikelihood,
    point: FloatArray,
    optimum: Optimum,
    free: BoolArray,
    held: dict[str, str],
) -> tuple[FloatArray, Optimum, BoolArray]:
    """Hold nests that ran to a dissimilarity of one there, and search on."""
    extra = _extra_positions(likelihood)
    gone = [i for i in extra if free[i] and _logistic(point[i]) > 1 - _NEAR_ONE]
    if not gone:
        return point, optimum, free
    start, fewer = point.copy(), free.copy()
    start[gone], fewer[gone] = ALONE, False
    for i in gone:
        name = likelihood.extras.names[list(extra).index(i)]
        held[name] = "at its bound of 1: these alternatives are no closer than in a logit"
    point, optimum = _search(likelihood, start, fewer)
    return point, optimum, fewer


def _logistic(value: float) -> float:
    return float(1.0 / (1.0 + np.exp(-value)))


def _results(
    model: PylogitModel,
    data: ChoiceData,
    likelihood: FamilyLikelihood,
    point: FloatArray,
    optimum: Optimum,
    free: BoolArray,
    held: Mapping[str, str],
) -> Results:
    """Bring pylogit's parameters into our order and units, with Hessian and scores."""
    extra = _extra_positions(likelihood)
    order = np.concatenate([np.arange(likelihood.size)[likelihood.coefficients], extra])
    estimates, slope = _reported(model, likelihood, point, extra)
    hessian = likelihood.evaluate(point).hessian[np.ix_(order, order)]
    scores = likelihood.scores(point)[:, order] * slope
    free = free[order]
    names = (*model.utility.names, *likelihood.extras.names)
    absent = {name: why for name, why in held.items() if why}
    if not optimum.record.converged:
        absent = {name: absent.get(name, "the search did not converge") for name in names}
    return Results(
        model=model,
        utility=model.utility,
        names=names,
        estimates=estimates,
        free=free,
        absent=absent,
        expansion=np.eye(len(names))[:, free],
        log_likelihood=optimum.at.value,
        log_likelihood_null=equal_shares(data),
        log_likelihood_constants=constants_only(data),
        hessian=hessian * np.outer(slope, slope),
        scores=scores,
        person_ids=data.person_ids,
        clusters=person_groupings(data),
        covariance_kind=Classical(),
        covariance=np.zeros((len(names), len(names))),
        covariance_note="none yet",
        optimisation=replace(optimum.record, method=_METHOD),
        provenance=_provenance(model, data),
        people=data.people,
        tasks=data.tasks,
        rows=data.rows,
        weighted=bool((data.weights != 1.0).any()),
    )


def _reported(
    model: PylogitModel,
    likelihood: FamilyLikelihood,
    point: FloatArray,
    extra: IntArray,
) -> tuple[FloatArray, FloatArray]:
    """Return estimates in our order, and the slope of pylogit's parameters in them.

    Columns were divided by their scale, and pylogit estimates the logit of a dissimilarity.
    """
    scale = likelihood.data.scale
    values, slope = point[extra], np.ones(len(extra))
    if model.model_type == "Nested Logit":
        values = np.array([_logistic(value) for value in values])
        inside = values * (1 - values)
        slope = np.where(inside > 0, 1.0 / np.where(inside > 0, inside, 1.0), 0.0)
    elif model.model_type == "Mixed Logit":
        own = scale[[model.utility.names.index(name) for name in model.random]]
        values, slope = values / own, own
    coefficients = point[likelihood.coefficients] / scale
    return np.concatenate([coefficients, values]), np.concatenate([scale, slope])


def _provenance(model: PylogitModel, data: ChoiceData) -> Provenance:
    parents = {"study": data.study.sha256}
    if data.source is not None and data.source.sha256:
        parents["data"] = data.source.sha256
    parameters = {"utility": model.utility.formula, **model.to_dict()}
    record = Provenance.record(
        "pylogit.fit", parameters=parameters, seed=model.seed, parents=parents
    )
    return replace(record, versions={**record.versions, "pylogit": metadata.version("pylogit")})
