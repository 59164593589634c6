"""An index of services with citizens' weights: what people value times what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._disclosure.limits import LEAST_PEOPLE, WITHHELD
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.errors import PolicyError, Problem, unknown_name
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.models.population.population import Population
from ccegov_choice.policy.forecast import central_limits
from ccegov_choice.policy.index.indexed import IndexedUnit, IndexWeight, ServiceIndex
from ccegov_choice.policy.index.performance import Ends, Performance, read_performance
from ccegov_choice.policy.index.ranks import rank_limits, ranks
from ccegov_choice.policy.index.weights import PreferenceWeights, preference_weights
from ccegov_choice.study.attribute import Attribute

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results
    from ccegov_choice.study.people import Answers

FloatArray = npt.NDArray[np.float64]


def service_index(
    results: Results,
    performance: pd.DataFrame,
    *,
    unit: str = "unit",
    cases: str | None = None,
    people: Answers | pd.DataFrame | None = None,
    ends: Ends | None = None,
    hold: bool = False,
    alternative: str | None = None,
    minimum: int = LEAST_PEOPLE,
    level: float = 0.95,
    draws: int = 500,
    seed: int = 1,
    points: int | None = None,
) -> ServiceIndex:
    """Rank services by what citizens value.

    Parameters
    ----------
    results : Results
        A fitted model of any family.
    performance : DataFrame
        One row per office, area or service, with a column for each measured attribute; see
        `ccegov_choice.policy.index.performance.read_performance`.
    unit, cases : str
        Columns with the name of each unit, and with how many people or cases were measured.
    people : ChoiceData or DataFrame, optional
        Whose preferences: needed where they depend on covariates.
    ends : mapping of str to (worst, best), optional
        Levels that count 0 and 1, where they are not the outermost.
    hold : bool
        Whether measures beyond the levels are held at 0 and 1; else they are refused.
    alternative : str, optional
        Which alternative of a labelled study the services are.
    minimum : int
        Units with fewer cases are withheld: they show neither index nor rank.
    level : float
        Of the intervals.
    draws, seed : int
        Draws of parameters and of measures.
    points : int, optional
        Taste points of each person where tastes are simulated.

    Returns
    -------
    ServiceIndex

    Raises
    ------
    PolicyError
        Listing everything that is wrong with the table or the numbers.

    Notes
    -----
    ``index = sum of weight * score``, weights as in `preference_weights`, scores from 0 (the worst
    level asked about) to 1 (the best): so it lies in [0, 1], does not fall when an indicator
    improves, and does not change when utility is rescaled. Rank intervals hold for all units
    together (`rank_limits`).
    """
    _check(results, alternative, minimum, level, draws)
    measured = read_performance(
        performance, results.study, unit=unit, cases=cases, ends=ends, hold=hold
    )
    _check_read(results, measured, alternative)
    population = Population.of(results, people, draws=points, where="service_index")
    weights = preference_weights(
        population,
        measured.attributes,
        measured.ends,
        draw_parameters(results, draws, seed),
        alternative,
    )
    sampled = _sampled(measured, weights, seed)
    units = _units(measured, weights, sampled, minimum, level)
    return ServiceIndex(
        units,
        _weights(measured, weights, level),
        level,
        seed,
        draws,
        minimum,
        population.people.count,
        (*_notes(measured, units, minimum, weights), *measured.notes, *weights.notes),
    )


def _check_read(results: Results, measured: Performance, alternative: str | None) -> None:
    here = [a.id for a in results.study.attributes_of(alternative) if a.id in results.utility.reads]
    problems = [
        unknown_name(a.id, here, "attribute of the model", where="performance")
        for a in measured.attributes
        if a.id not in here
    ]
    if problems:
        raise PolicyError.of(problems, "{count} measured attributes are not in the model:")


def _sampled(measured: Performance, weights: PreferenceWeights, seed: int) -> FloatArray:
    """Return draws ``(R, U)`` of the index: of preferences, and of what was measured."""
    noise = np.random.default_rng([seed, 2]).standard_normal(
        (len(weights.sampled), *measured.scores.shape)
    )
    scores = np.clip(measured.scores + measured.errors * noise, 0.0, 1.0)
    return np.asarray(np.einsum("rua,ra->ru", scores, weights.sampled))


def _units(
    measured: Performance,
    weights: PreferenceWeights,
    sampled: FloatArray,
    minimum: int,
    level: float,
) -> tuple[IndexedUnit, ...]:
    values = measured.scores @ weights.weights
    low, high = central_limits(sampled, level)
    shown = np.flatnonzero(~(measured.cases < minimum))
    place = ranks(values[shown])
    best, worst = rank_limits(values[shown], sampled[:, shown], level)
    rank = {
        int(u): Estimate(float(place[i]), float(best[i]), float(worst[i]))
        for i, u in enumerate(shown)
    }
    units = []
    for i, name in enumerate(measured.units):
        cases = None if np.isnan(measured.cases[i]) else int(measured.cases[i])
        if i in rank:
            found = Estimate(float(values[i]), float(low[i]), float(high[i]))
            units.append(IndexedUnit(name, cases, found, rank[i]))
        else:
            units.append(IndexedUnit(name, None, WITHHELD, WITHHELD))

    def order(found: IndexedUnit) -> float:
        return np.inf if isinstance(found.rank, Absent) else found.rank.value

    return tuple(sorted(units, key=order))


def _weights(
    measured: Performance, weights: PreferenceWeights, level: float
) -> tuple[IndexWeight, ...]:
    low, high = central_limits(weights.sampled, level)
    return tuple(
        IndexWeight(
            attribute.id,
            attribute.text(),
            Estimate(float(weights.weights[j]), float(low[j]), float(high[j])),
            _level_words(attribute, measured.ends[j][0]),
            _level_words(attribute, measured.ends[j][1]),
            float(weights.opposite[j]),
        )
        for j, attribute in enumerate(measured.attributes)
    )


def _level_words(attribute: Attribute, level: str | float) -> str:
    if attribute.is_numeric:
        return attribute.unit_text(float(level))
    return attribute.level(level).text()


def _notes(
    measured: Performance,
    units: tuple[IndexedUnit, ...],
    minimum: int,
    weights: PreferenceWeights,
) -> list[str]:
    notes = [
        "0 is a service at the worst level of everything that people were asked about, 1 at the "
        "best; weights depend on these levels."
    ]
    hidden = sum(isinstance(found.rank, Absent) for found in units)
    if hidden:
        notes.append(f"{hidden} with fewer than {minimum} cases are withheld and not ranked.")
    if np.isnan(measured.cases).all():
        notes.append("Cases are not given, so nothing could be withheld for being small.")
    if not measured.errors.any():
        notes.append("Measures are taken as exact: no standard errors are given.")
    for attribute, share in zip(measured.attributes, weights.opposite, strict=True):
        if share > 0.01:
            notes.append(
                f"About {round(100 * share)} in 100 people prefer the worst level of "
                f"{attribute.id}; they give it no weight."
            )
    return notes


def _check(
    results: Results, alternative: str | None, minimum: int, level: float, draws: int
) -> None:
    study = results.study
    problems = []
    if study.labelled and alternative not in study.alternative_ids:
        problems.append(
            unknown_name(alternative, study.alternative_ids, "alternative", where="alternative")
        )
    if not study.labelled and alternative is not None:
        problems.append(Problem("the alternatives have no names", "Leave it out.", "alternative"))
    if not 0 < level < 1:
        problems.append(Problem(f"a level of {level:g}", "Give 0.95 for 95 %.", "level"))
    if draws < 100:
        problems.append(Problem(f"{draws} draws are too few", "Give 100 or more.", "draws"))
    if minimum < 1:
        problems.append(Problem(f"a minimum of {minimum}", "Give 10 or more.", "minimum"))
    if problems:
        raise PolicyError.of(problems, "The index has {count} problems:")
