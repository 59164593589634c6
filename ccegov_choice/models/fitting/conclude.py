"""The end of every fit: results from the point that the search found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._provenance import Provenance
from ccegov_choice.errors import ConvergenceError
from ccegov_choice.models.covariance import Bootstrap, Classical, Clustered, Covariance
from ccegov_choice.models.fitting.assemble import person_groupings
from ccegov_choice.models.fitting.baseline import constants_only, equal_shares
from ccegov_choice.models.results import Model, Results

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.fitting.constraints import Constraints
    from ccegov_choice.models.fitting.estimate import Optimum
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found, before its uncertainty is worked out.

    Parameters
    ----------
    optimum : Optimum
        The end of the search over the ``F`` free parameters.
    hessian : ndarray of shape (P, P)
        Second derivatives of the log-likelihood there.
    scores : ndarray of shape (N, P) or None
        Slope of each person's weighted log-likelihood.
    values : ndarray of shape (N,), optional
        Each person's weighted log-likelihood.
    """

    optimum: Optimum
    hessian: FloatArray
    scores: FloatArray | None
    values: FloatArray | None = None


def conclude(
    model: Model, data: ChoiceData, utility: Utility, constraints: Constraints, found: Found
) -> Results:
    """Return results without a covariance yet."""
    names, optimum = constraints.names, found.optimum
    held = constraints.box.held(optimum.point, optimum.at.gradient)
    expansion = constraints.hold(held)
    absent: dict[str, str] = dict(constraints.absent)
    for f in np.flatnonzero(held):
        absent.update(dict.fromkeys(constraints.names_of(int(f)), "at its bound"))
    if not optimum.record.converged:
        absent.update({name: "the search did not converge" for name in names if name not in absent})
    return Results(
        model=model,
        utility=utility,
        names=names,
        estimates=constraints.full(optimum.point),
        free=np.asarray(expansion.any(axis=1)),
        absent=absent,
        expansion=expansion,
        log_likelihood=optimum.at.value,
        log_likelihood_null=equal_shares(data),
        log_likelihood_constants=constants_only(data),
        hessian=found.hessian,
        scores=found.scores,
        person_ids=data.person_ids,
        clusters=person_groupings(data),
        covariance_kind=Classical(),
        covariance=np.zeros((len(names), len(names))),
        covariance_note="none yet",
        optimisation=optimum.record,
        provenance=provenance(model, data, utility),
        people=data.people,
        tasks=data.tasks,
        rows=data.rows,
        weighted=bool((data.weights != 1.0).any()),
    )


def with_errors(
    results: Results, data: ChoiceData, kind: Covariance, threads: int | None
) -> Results:
    """Return results with their covariance; an interrupted fit is given back as it is.

    Raises
    ------
    ConvergenceError
        If the search did not reach the top; ``error.best`` holds the results.
    """
    status = results.optimisation.status
    if status.label == "interrupted":
        return results
    if not results.converged:
        error = ConvergenceError(status.message, where=results.model.title, cure=status.cure)
        error.best = results
        raise error
    needs_data = data if isinstance(kind, Bootstrap) else None
    return results.with_covariance(kind, data=needs_data, threads=threads)


def default_covariance(data: ChoiceData) -> Covariance:
    """Return errors clustered by person, or classical where nothing speaks against them.

    Answers of one person hang together, and with survey weights the likelihood is not that of the
    sample: the inverse Hessian says too little in both cases.
    """
    hangs_together = data.tasks > data.people
    return (
        Clustered("person")
        if (hangs_together or data.weighted) and data.people > 1
        else Classical()
    )


def provenance(model: Model, data: ChoiceData, utility: Utility) -> Provenance:
    """Say what results were made from."""
    parents = {"study": data.study.sha256, "choices": data.choices_sha256}
    if data.source is not None and data.source.sha256:
        parents["data"] = data.source.sha256
    specification: Mapping[str, object] = {"utility": utility.formula, **model.to_dict()}
    return replace(_made_here(type(model).__name__), parameters=specification, parents=parents)


@cache
def _made_here(model: str) -> Provenance:
    """Return a record with the versions of this process, which take milliseconds to look up."""
    return Provenance.record(f"{model}.fit")
