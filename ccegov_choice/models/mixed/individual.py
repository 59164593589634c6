"""Coefficients of single people under a mixed logit, given what they chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import DataError
from ccegov_choice.kernels.mixed_posterior import mixed_posterior
from ccegov_choice.models.fitting.assemble import check_threads
from ccegov_choice.models.fitting.threads import over_people
from ccegov_choice.models.mixed.builder import SCALE
from ccegov_choice.models.mixed.check import check_model
from ccegov_choice.models.mixed.covariates import covariates_of, known_covariates
from ccegov_choice.models.mixed.data import Units, covariate_columns, differences, model_columns
from ccegov_choice.models.mixed.layout import Layout, lay_out
from ccegov_choice.models.mixed.likelihood import MixedLikelihood, lay_out_draws

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def mixed_individual(
    model: MixedLogit, results: Results, data: ChoiceData, *, threads: int | None = None
) -> pd.DataFrame:
    """Return the mean and standard deviation of each coefficient given each person's choices.

    Parameters
    ----------
    model : MixedLogit
        The specification of the results.
    results : Results
        Of a fit.
    data : ChoiceData
        The data of the fit, or choices of other people in the same study.
    threads : int, optional
        Threads to use.

    Returns
    -------
    DataFrame
        ``person`` (and ``task`` where each task has tastes of its own), a column per coefficient
        under the names of the table, ``sd[...]`` for those that vary. In trade space coefficients
        are the trade-offs themselves, and ``scale``.

    Raises
    ------
    UtilityError, DataError
        If data or names do not fit.
    """
    if model.within:
        raise DataError(
            "coefficients of people are not known where tastes vary from task to task",
            where="individual_coefficients",
            cure="Fit the model without within=...",
        )
    likelihood, layout = _over(model, results, data, threads)
    tastes, theta = likelihood.tastes, results.estimates
    places = tastes.places(theta)
    draws = lay_out_draws(model.draws, tastes, likelihood.people_ids, theta)
    count, room = len(likelihood.weights), likelihood.room
    mean, variance = np.empty((2, count, len(tastes.values)))
    multiplied = model.pay_in is None and tastes.structure.multiplied
    partners = _partners(layout)

    def work(first: int, last: int, _: int) -> None:
        ends, structure = np.array([first, last]), tastes.structure
        mixed_posterior(
            likelihood.data,
            draws,
            structure,
            places,
            room,
            ends,
            multiplied,
            mean,
            variance,
            partners,
        )

    over_people(work, count, likelihood.threads)
    frame = _frame(model, results, layout, mean, np.sqrt(variance))
    return _with_people(frame, model, data)


def _over(
    model: MixedLogit, results: Results, data: ChoiceData, threads: int | None
) -> tuple[MixedLikelihood, Layout]:
    """Lay the model out over data, with the covariates in the columns of the fit."""
    utility = model.utility.bind(data.study)
    check_model(model, utility, data)
    units = Units.of(data, model.panel)
    for name in covariates_of(model):
        covariate_columns(data, name, units, constant=True)  # says what is wrong with it
    people = data.frame.iloc[data.person_rows[units.people]].reset_index(drop=True)
    covariates = known_covariates(covariates_of(model), results.names, data.study, people)
    layout = lay_out(model, utility, covariates)
    likelihood = MixedLikelihood(
        differences(model_columns(model, utility, data.frame), layout, data, units),
        layout.tastes,
        model.draws,
        units.ids,
        units.weights,
        check_threads(threads),
    )
    return likelihood, layout


def _frame(
    model: MixedLogit, results: Results, layout: Layout, mean: FloatArray, sd: FloatArray
) -> pd.DataFrame:
    """Return coefficients in the order of the table, then the spreads of those that vary."""
    found: dict[str, FloatArray] = {}
    spread: dict[str, FloatArray] = {}
    for k, name in enumerate(layout.names[: results.utility.size]):
        i = _value(model, layout, k)
        if i is None:
            found[name] = np.full(len(mean), results.estimates[k])
            continue
        found[name] = mean[:, i]
        if _varies(layout, i, multiplied=model.pay_in is None):
            spread[f"sd[{name}]"] = sd[:, i]
    return pd.DataFrame({**found, **spread})


def _partners(layout: Layout) -> IntArray:
    """Return for each column ``(Kr,)`` the one before it of the same coefficient, or -1."""
    partners = np.full(len(layout.tastes.multipliers), -1, dtype=np.int64)
    seen: dict[int, int] = {}
    for column, place in enumerate(layout.order[: layout.varying]):
        partners[column] = seen.setdefault(int(place), column)
        if partners[column] == column:
            partners[column] = -1
    return partners


def _varies(layout: Layout, i: int, *, multiplied: bool) -> bool:
    """Say whether draws are in a value, in its partners, or in what it is multiplied with."""
    values, multipliers = layout.tastes.values, layout.tastes.multipliers
    mine = [i, *(k for k, other in enumerate(_partners(layout)) if other == i)]
    if multiplied and i < len(multipliers) and multipliers[i] >= 0:
        mine.append(multipliers[i])
    return any(values[k].loads for k in mine)


def _value(model: MixedLogit, layout: Layout, k: int) -> int | None:
    """Return which value the coefficient at position ``k`` is; None where it does not vary."""
    if model.pay_in is not None and layout.names[k] == SCALE:
        return len(layout.tastes.multipliers)  # it stands after the columns
    place = int(np.flatnonzero(layout.order == k)[0])
    return place if place < layout.varying else None


def _with_people(frame: pd.DataFrame, model: MixedLogit, data: ChoiceData) -> pd.DataFrame:
    """Put first whom, and where tastes are those of a task which task, a row is about."""
    if model.panel:
        frame.insert(0, "person", data.person_ids)
        return frame
    rows = data.frame.iloc[data.task_offsets[:-1]]
    for position, name in enumerate(("person", "task")):
        frame.insert(position, name, rows[name].to_numpy())
    return frame
