"""How often a level wins against the starting level, all else equal: utilities for plain readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.models.results import Results
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.level import Level
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LevelShare:
    """A level against the starting level of its attribute.

    Parameters
    ----------
    attribute : Attribute
        The attribute.
    base, level : Level
        The starting level and the level put next to it.
    alternative : str or None
        The alternative that it holds for, where alternatives differ.
    share : float
        Share (0 to 1) of people who would choose the level.
    low, high : float or None
        Its interval; None where the model has no standard error for it.
    """

    attribute: Attribute
    base: Level
    level: Level
    alternative: str | None
    share: float
    low: float | None
    high: float | None

    @property
    def clear(self) -> bool:
        """True if the interval leaves out one half."""
        return self.low is not None and self.high is not None and not self.low <= 0.5 <= self.high


def head_to_head(results: Results, data: ChoiceData, *, level: float = 0.95) -> list[LevelShare]:
    """Put each level next to the starting level of its attribute, all else at its start.

    Parameters
    ----------
    results : Results
        A fitted model of any kind with a utility.
    data : ChoiceData
        Whose covariates are averaged over, where the utility depends on them.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    list of LevelShare
        In the order of the study; attributes that the utility does not read are left out.

    Notes
    -----
    The share is ``1 / (1 + exp(-d))`` with ``d = (x_level - x_base) @ beta``; its interval is the
    normal interval of ``d``, transformed. In a labelled study an attribute is shown once for each
    alternative whose coefficients differ.
    """
    study = results.study
    quantile = float(special.ndtri(0.5 + level / 2))
    found = []
    for attribute in study.attributes:
        if attribute.id not in results.utility.reads:
            continue
        base = attribute.level(attribute.base_id)
        others = [item for item in attribute.shown_levels if item.id != base.id]
        for alternative, differences in _by_alternative(results, data, attribute, base, others):
            for item, difference in zip(others, differences, strict=True):
                share = _share(results, difference, quantile)
                found.append(LevelShare(attribute, base, item, alternative, *share))
    return found


def _share(
    results: Results, difference: FloatArray, quantile: float
) -> tuple[float, float | None, float | None]:
    centre = float(difference @ results.utility_estimates)
    variance = float(difference @ results.utility_covariance @ difference)
    if not results.converged or variance <= 0:
        return float(special.expit(centre)), None, None
    half = quantile * float(np.sqrt(variance))
    ends = (float(special.expit(centre - half)), float(special.expit(centre + half)))
    return float(special.expit(centre)), *ends


def _by_alternative(
    results: Results, data: ChoiceData, attribute: Attribute, base: Level, others: list[Level]
) -> Iterator[tuple[str | None, FloatArray]]:
    """Yield the coded differences (levels, K) once for each alternative where they differ."""
    study = results.study
    names: list[str | None] = [a.id for a in study.alternatives if attribute.available_to(a.id)]
    coded: list[tuple[str | None, FloatArray]] = []
    for name in names or [None]:
        profiles = [_profile(study, name, attribute, item) for item in (base, *others)]
        rows = _mean_encoding(results, data, profiles)
        differences = rows[1:] - rows[0]
        if not any(np.array_equal(differences, known) for _, known in coded):
            coded.append((name, differences))
    if len(coded) == 1:
        coded = [(None, coded[0][1])]
    yield from coded


def _profile(study: Study, alternative: str | None, attribute: Attribute, level: Level) -> Profile:
    levels = {a.id: a.cell(a.level(a.base_id)) for a in study.attributes_of(alternative)}
    return Profile({**levels, attribute.id: attribute.cell(level)}, alternative)


def _mean_encoding(results: Results, data: ChoiceData, profiles: list[Profile]) -> FloatArray:
    """Encode profiles, averaged over the people's covariates where the utility reads them."""
    utility, covariates = results.utility, results.study.covariate_ids
    read = [name for name in utility.reads if name in covariates]
    if not read:
        return utility.encode(profiles)
    people = data.frame.iloc[data.person_rows][read]
    patterns = people.value_counts(sort=False)
    index = pd.MultiIndex.from_tuples([tuple(np.atleast_1d(key)) for key in patterns.index])
    total: FloatArray = np.zeros((len(profiles), utility.size))
    for values, weight in zip(index, patterns.to_numpy(), strict=True):
        person: Mapping[str, object] = dict(zip(read, values, strict=True))
        total += weight * utility.encode(profiles, person)
    return total / patterns.sum()
