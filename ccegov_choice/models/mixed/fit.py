"""Fitting a mixed logit: the columns, the start, the coarse and the full likelihood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import ConvergenceError
from ccegov_choice.models.covariance import Covariance
from ccegov_choice.models.fitting.assemble import check_levels_shown, check_threads
from ccegov_choice.models.fitting.constraints import constrain
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.fitting.fit_people import fit_people
from ccegov_choice.models.fitting.identify import empty_levels
from ccegov_choice.models.fitting.people_search import PeopleProblem
from ccegov_choice.models.fitting.unidentified import raise_findings
from ccegov_choice.models.mixed.check import check_model, explained
from ccegov_choice.models.mixed.covariates import covariates_of
from ccegov_choice.models.mixed.data import Units, covariate_columns, differences, model_columns
from ccegov_choice.models.mixed.layout import lay_out
from ccegov_choice.models.mixed.likelihood import MixedLikelihood
from ccegov_choice.models.mixed.mirror import with_positive_spreads
from ccegov_choice.models.mixed.start import mixed_start
from ccegov_choice.models.mixed.weak_numeraire import weak_numeraire
from ccegov_choice.models.mixed.within_likelihood import varying_within

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

# With an eighth of the draws the top is already near, and a pass costs an eighth.
_COARSE_SHARE = 8
_FEWEST = 128
# So many people are near enough to all of them.
_ENOUGH_PEOPLE = 2000


def fit_mixed(
    model: MixedLogit,
    data: ChoiceData,
    *,
    start: Mapping[str, float] | Sequence[float] | None,
    threads: int | None,
    covariance: Covariance | str | None,
    options: FitOptions,
) -> Results:
    """Estimate a mixed logit; see `ccegov_choice.models.mixed.mixed_logit.MixedLogit.fit`."""
    problem = mixed_problem(model, data, threads=threads, start=start, options=options)
    try:
        return fit_people(
            model,
            data,
            problem,
            covariance=covariance,
            options=options,
            threads=threads,
            turn=with_positive_spreads,
        )
    except ConvergenceError as error:
        raise weak_numeraire(model, data, explained(model, error)) from None


def mixed_problem(
    model: MixedLogit,
    data: ChoiceData,
    *,
    threads: int | None = None,
    start: Mapping[str, float] | Sequence[float] | None = None,
    options: FitOptions | None = None,
) -> PeopleProblem:
    """Check names and data, and lay them out for the search.

    Raises
    ------
    UtilityError, DataError
        Listing what does not fit.
    IdentificationError
        If a coefficient belongs to a level that was never shown.
    """
    utility = model.utility.bind(data.study)
    check_model(model, utility, data)
    units = Units.of(data, model.panel)
    covariates = {name: covariate_columns(data, name, units) for name in covariates_of(model)}
    layout = lay_out(model, utility, covariates)
    constraints = constrain(
        layout.names,
        fixed=model.fixed,
        equal=model.equal,
        bounds={**layout.bounds, **model.bounds},
    )
    raise_findings(empty_levels(check_levels_shown(utility, data), constraints))
    matrix = model_columns(model, utility, data.frame)
    likelihood = MixedLikelihood(
        differences(matrix, layout, data, units),
        layout.tastes,
        model.draws,
        units.ids,
        units.weights,
        check_threads(threads),
    )
    if layout.within:
        likelihood = varying_within(model, likelihood, matrix, layout, data)
    rules = options or FitOptions()
    starts = mixed_start(model, utility, data, layout, start, rules)
    mass = float(data.weights.sum())
    coarse = _coarse(likelihood)
    return PeopleProblem(utility, likelihood, constraints, starts, mass, coarse)


def _coarse(likelihood: MixedLikelihood) -> MixedLikelihood | None:
    """Return a cheaper likelihood: that of some people where there are many, else of fewer draws.

    Fewer draws move the top by more than a sample of people does once there are thousands of them.
    """
    every = len(likelihood.weights) // _ENOUGH_PEOPLE
    if every >= _COARSE_SHARE and not likelihood.tastes.personal:
        return likelihood.sample(every)
    fewer = max(_FEWEST, likelihood.draws.count // _COARSE_SHARE)
    if fewer > likelihood.draws.count / 2:
        return None
    return likelihood.with_draws(likelihood.draws.with_count(fewer))
