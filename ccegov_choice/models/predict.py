"""What a model says about choices: probabilities, elasticities, marginal effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ccegov_choice.errors import DataError, unknown_name
from ccegov_choice.models.effects import Effects, Values, View, average_effects, slopes_of
from ccegov_choice.models.probabilities import HasShares, Tasks
from ccegov_choice.models.share_effects import Change, level_change, share_effects, slope_change
from ccegov_choice.study.coding import Levels, Specific

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results
    from ccegov_choice.study.attribute import Attribute


def predict(results: Results, data: ChoiceData | pd.DataFrame) -> pd.DataFrame:
    """Return the probability that each alternative is chosen.

    Parameters
    ----------
    results : Results
        A fitted model.
    data : ChoiceData or DataFrame
        Rows of alternatives, with the columns ``task`` (and ``person``), ``alternative`` and all
        that the utility reads. Choices need not be known, nor the rows sorted.

    Returns
    -------
    DataFrame
        The rows as given, with a column ``probability`` that sums to one within each task.

    Raises
    ------
    UtilityError
        Listing columns that are missing, levels that are unknown and cells that are empty.
    DataError
        If the frame does not say which rows make a task.
    """
    tasks = Tasks.of(results, data)
    found = np.empty(len(tasks.order))
    found[tasks.order] = tasks.probabilities(results.estimates)
    given = data if isinstance(data, pd.DataFrame) else data.frame
    return given.assign(probability=found)


def elasticities(
    results: Results,
    data: ChoiceData | pd.DataFrame,
    attribute: str,
    *,
    level: float = 0.95,
) -> Effects:
    """Return direct and cross elasticities of choice probabilities.

    Parameters
    ----------
    results : Results
        A fitted model.
    data : ChoiceData or DataFrame
        The tasks to average over, as in `predict`; weights are honoured.
    attribute : str
        A numeric attribute.
    level : float
        Confidence level.

    Returns
    -------
    Effects
        For each pair of alternatives; without names, for the alternative that changes, the
        others, and the opt-out.

    Raises
    ------
    DataError
        If the attribute is not numeric, or not in the utility.

    Notes
    -----
    ``E = sum_t w P_i e_i / sum_t w P_i`` with ``e_i = (dP_i / dx_j) (x_j / P_i)``: aggregate
    elasticities weight people by the probability that responds.

    References
    ----------
    Ben-Akiva & Lerman (1985), Discrete Choice Analysis, section 5.3.
    """
    known = _read_attribute(results, attribute)
    if not known.is_numeric or _coded_by_level(results, known):
        raise DataError(
            f"'{attribute}' is not coded as a number, so one per cent of it means nothing",
            where="elasticities",
            cure=f"Use marginal_effects(results, data, '{attribute}').",
        )
    view = View.of(results, data, known)
    if isinstance(results.model, HasShares):
        change = slope_change(view, known, elastic=True)
        return share_effects(view, "elasticity", known, [change], level)
    slope, amount = slopes_of(view.tasks, known), view.amount(known)

    def respond(parameters: Values, chance: Values) -> Values:
        return np.asarray(chance * (1 - chance) * view.tasks.value(slope, parameters) * amount)

    return average_effects(view, "elasticity", known, [("1 % more", respond)], level)


def marginal_effects(
    results: Results,
    data: ChoiceData | pd.DataFrame,
    attribute: str,
    *,
    level: float = 0.95,
) -> Effects:
    """Return direct and cross marginal effects on choice probabilities.

    For a numeric attribute the slope: change per unit. For others the change from the base level
    to each other level, whatever the alternative has now.

    Parameters
    ----------
    results, data, level
        As in `elasticities`.
    attribute : str
        Any attribute of the utility.

    Returns
    -------
    Effects

    Raises
    ------
    DataError
        If the attribute is not in the utility.

    Notes
    -----
    Where a piecewise utility has a kink, the slope is the mean of both sides.
    """
    known = _read_attribute(results, attribute)
    view = View.of(results, data, known)
    if isinstance(results.model, HasShares):
        return share_effects(view, "marginal effect", known, _changes(results, view, known), level)
    if known.is_numeric and not _coded_by_level(results, known):
        slope = slopes_of(view.tasks, known)

        def respond(parameters: Values, chance: Values) -> Values:
            return np.asarray(chance * (1 - chance) * view.tasks.value(slope, parameters))

        return average_effects(view, "marginal effect", known, [("one more", respond)], level)
    base = known.level(known.base_id)
    at_base = view.at_level(known, known.cell(base))
    changes = [
        (f"{item.id} instead of {base.id}", view.step(at_base, view.at_level(known, cell)))
        for item in known.shown_levels
        if item.id != base.id
        for cell in [known.cell(item)]
    ]
    return average_effects(view, "marginal effect", known, changes, level)


def _changes(results: Results, view: View, attribute: Attribute) -> list[Change]:
    """Return what marginal effects are effects of: one more, or each level instead of the base."""
    if attribute.is_numeric and not _coded_by_level(results, attribute):
        return [slope_change(view, attribute, elastic=False)]
    base = attribute.level(attribute.base_id)
    return [
        level_change(view, f"{item.id} instead of {base.id}", attribute.cell(base), cell)
        for item in attribute.shown_levels
        if item.id != base.id
        for cell in [attribute.cell(item)]
    ]


def _read_attribute(results: Results, name: str) -> Attribute:
    read = [a.id for a in results.study.attributes if a.id in results.utility.reads]
    if name not in read:
        raise DataError.of([unknown_name(name, read, "attribute of the utility")])
    return results.study.attribute(name)


def _coded_by_level(results: Results, attribute: Attribute) -> bool:
    factors = [f for term in results.utility.terms_of(attribute.id) for f in term.factors]
    inner = [f.factor if isinstance(f, Specific) else f for f in factors]
    return any(isinstance(f, Levels) and f.source == attribute.id for f in inner)
