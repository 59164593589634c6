"""How often a level wins against its starting level, all else equal: utility for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.models.population.population import Population
from ccegov_choice.models.population.taste_points import HasTastePoints
from ccegov_choice.models.results import Results
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.contrast import Standpoint
from ccegov_choice.study.gain import Gain
from ccegov_choice.study.level import Level

FloatArray = npt.NDArray[np.float64]

Share = tuple[float, float | None, float | None]

DRAWS, SEED = 200, 1
"""Draws of the parameters for intervals where tastes differ, and their seed."""

POINTS = 256
"""Taste points of each kind of people where tastes are simulated."""


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
    normal interval of ``d``, transformed. Where tastes differ, the share is averaged over people,
    and its interval is central over Krinsky-Robb draws of the parameters. In a labelled study an
    attribute is shown once for each alternative whose coefficients differ.
    """
    study = results.study
    share_of = _sharing(results, data, level)
    found = []
    for attribute in study.attributes:
        if attribute.id not in results.utility.reads:
            continue
        base = starting_level(attribute)
        others = [item for item in attribute.shown_levels if item.id != base.id]
        for alternative, differences in _by_alternative(results, data, attribute, base, others):
            for item, difference in zip(others, differences, strict=True):
                share = share_of(difference)
                found.append(LevelShare(attribute, base, item, alternative, *share))
    return found


def starting_level(attribute: Attribute) -> Level:
    """Return the base level, or the first one that may be shown where the base may not."""
    shown = attribute.shown_levels
    return next((item for item in shown if item.id == attribute.base_id), shown[0])


def _sharing(results: Results, data: ChoiceData, level: float) -> Callable[[FloatArray], Share]:
    """Return what makes a share, with its limits, of a coded difference."""
    if isinstance(results.model, HasTastePoints):
        return _OverPeople.of(results, data, level).share
    quantile = float(special.ndtri(0.5 + level / 2))
    return lambda difference: _share(results, difference, quantile)


def _share(results: Results, difference: FloatArray, quantile: float) -> Share:
    centre = float(difference @ results.utility_estimates)
    variance = float(difference @ results.utility_covariance @ difference)
    if not results.converged or variance <= 0:
        return float(special.expit(centre)), None, None
    half = quantile * float(np.sqrt(variance))
    ends = (float(special.expit(centre - half)), float(special.expit(centre + half)))
    return float(special.expit(centre)), *ends


@dataclass(frozen=True, eq=False)
class _OverPeople:
    """Shares over people whose tastes differ, at the estimates and at draws of the parameters."""

    population: Population
    theta: FloatArray
    level: float
    converged: bool

    @classmethod
    def of(cls, results: Results, data: ChoiceData, level: float) -> _OverPeople:
        drawn = draw_parameters(results, DRAWS, SEED) if results.converged else np.empty((0, 0))
        theta = np.vstack([results.estimates, drawn]) if drawn.size else results.estimates[None]
        population = Population.of(results, data, draws=POINTS)
        return cls(population, theta, level, results.converged)

    def share(self, difference: FloatArray) -> Share:
        found = np.array([self._at(theta, difference) for theta in self.theta])
        if len(found) == 1:
            return float(found[0]), None, None
        tail = (1 - self.level) / 2
        low, high = np.quantile(found[1:], [tail, 1 - tail])
        return float(found[0]), float(low), float(high)

    def _at(self, theta: FloatArray, difference: FloatArray) -> float:
        points = self.population.points(theta)
        gaps = points.coefficients[..., : len(difference)] @ difference
        by_pattern = np.sum(special.expit(gaps) * points.chances, axis=-1)
        weights = self.population.people.weights
        return float(np.average(np.broadcast_to(by_pattern, weights.shape), weights=weights))


def _by_alternative(
    results: Results, data: ChoiceData, attribute: Attribute, base: Level, others: list[Level]
) -> Iterator[tuple[str | None, list[FloatArray]]]:
    """Yield the coded differences, each (K,), once for each alternative where they differ."""
    named = [a.id for a in results.study.alternatives if attribute.available_to(a.id)]
    points: list[dict[str, str]] = [{"alternative": name} for name in named] or [{}]
    coded: list[tuple[str | None, list[FloatArray]]] = []
    for at in points:
        standpoint = Standpoint(results.utility, at, data)
        rows = [standpoint.change(_change(attribute, base, other)) for other in others]
        if not any(np.array_equal(rows, known) for _, known in coded):
            coded.append((at.get("alternative"), rows))
    yield from coded if len(coded) > 1 else [(None, coded[0][1])]


def _change(attribute: Attribute, base: Level, level: Level) -> Gain:
    return Gain(attribute.id, attribute.cell(base), attribute.cell(level))
