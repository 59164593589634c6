"""Offers as the people of a population meet them: coded, and open to some or to all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError
from ccegov_choice.models.population.choice_rule import ChoiceRule
from ccegov_choice.models.population.population import Population, people_read
from ccegov_choice.models.population.taste_points import PointsAt, TastePoints
from ccegov_choice.policy.availability import columns_of, who_may
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results
    from ccegov_choice.study.people import Answers

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Offers:
    """What ``M`` patterns of people may choose from.

    Parameters
    ----------
    names : tuple of J str
        The offers; the opt-out, where there is one, comes last.
    rows : ndarray of shape (M, J, Q)
        The offers, coded for each pattern.
    open_to : ndarray of bool of shape (M, J)
        Who may use which.
    rule : ChoiceRule
        How people choose among them.
    """

    names: tuple[str, ...]
    rows: FloatArray
    open_to: BoolArray
    rule: ChoiceRule

    @classmethod
    def of(
        cls, population: Population, scenarios: Sequence[Scenario], opt_out: bool = False
    ) -> Offers:
        """Code what scenarios offer side by side, and the opt-out of the study besides."""
        profiles = [offer for scenario in scenarios for offer in scenario.offers]
        names = [name for scenario in scenarios for name in scenario.offer_names]
        open_to = [who_may(scenario, population.frame) for scenario in scenarios]
        out = population.results.study.opt_out
        if opt_out and out is not None and not any(p.alternative == out.id for p in profiles):
            profiles.append(Profile({}, out.id))
            names.append(out.id)
            open_to.append(np.ones((population.size, 1), dtype=bool))
        rows = population.encode(profiles)
        return cls(tuple(names), rows, np.hstack(open_to), population.rule(profiles))

    def values(self, coefficients: FloatArray, part: slice = slice(None)) -> FloatArray:
        """Return the value ``(M, S, J)`` of each offer at each taste point; -inf where closed.

        Parameters
        ----------
        coefficients : ndarray of shape (M or 1, S, Q)
            Tastes of the patterns of this part.
        part : slice
            Which patterns.
        """
        found = np.matmul(coefficients, np.swapaxes(self.rows[part], 1, 2))
        if not self.open_to[part].all():
            found[np.broadcast_to(~self.open_to[part][:, None, :], found.shape)] = -np.inf
        return np.asarray(found)


def gather(
    results: Results,
    source: Answers | pd.DataFrame | None,
    scenarios: Sequence[Scenario],
    *,
    opt_out: bool,
    by: Sequence[str] = (),
    points: int | None = None,
    what: str = "forecast",
) -> Population:
    """Gather the people of a forecast by all that it depends on.

    Raises
    ------
    PolicyError
        If it differs between people and none are given.
    DataError
        If the model makes no forecasts, or people lack a column.
    """
    profiles = [offer for scenario in scenarios for offer in scenario.offers]
    if opt_out and results.study.opt_out is not None:
        profiles.append(Profile({}, results.study.opt_out.id))
    extra = [*columns_of(*scenarios), *by]
    names = list(dict.fromkeys([*people_read(results, profiles), *extra]))
    if source is None and names:
        raise PolicyError(
            f"the {what} differs between people by {', '.join(names)}",
            where=what,
            cure="Say whose: people=data for those who answered, or a frame with one row per "
            f"person and the columns {', '.join(names)} (and weight).",
        )
    return Population.of(results, source, by=extra, profiles=profiles, draws=points)


def duty_or_opt_out(results: Results, opt_out: bool | None) -> bool:
    """Return whether people may do without the service.

    Raises
    ------
    PolicyError
        If they may not, and it is asked for.
    """
    study = results.study
    may = study.opt_out is not None and not study.mandatory
    if opt_out and not may:
        reason = "is a duty: nobody may do without it" if study.mandatory else "has no opt-out"
        raise PolicyError(
            f"'{study.id}' {reason}",
            where="opt_out=True",
            cure="Leave opt_out away: gains are then those of people who use the service.",
        )
    return may if opt_out is None else opt_out


@dataclass(frozen=True, eq=False)
class PointSource:
    """Taste points of a population in pieces that fit into memory.

    Parameters
    ----------
    population : Population
        The people.
    shared : bool
        True where everybody has the same points and chances.
    count, columns : int
        Points of each pattern, ``S``, and coefficients of each, ``Q``.
    simulated : bool
        True where points are draws.
    """

    population: Population
    shared: bool
    count: int
    columns: int
    simulated: bool

    @classmethod
    def of(cls, population: Population) -> PointSource:
        """Look at the points of two patterns to see how they are laid out."""
        probe = population.part(slice(0, 2)).points()
        size, count, columns = probe.coefficients.shape
        shared = population.size == 1 or (size == 1 and len(probe.chances) == 1)
        return cls(population, shared, count, columns, probe.simulated)

    def parts(self, cells: int) -> list[slice]:
        """Return pieces of people with about so many numbers each."""
        size = self.population.size
        step = max(1, cells // (self.count * self.columns))
        return [slice(first, min(first + step, size)) for first in range(0, size, step)]

    def points(self, parameters: FloatArray, part: slice) -> TastePoints:
        """Return the points of some patterns; where all share them, the one set there is."""
        key = (0, 1) if self.shared else (part.start, part.stop)
        if key not in self._parts:
            self._parts[key] = self.population.part(slice(*key)).points_at
        return self._parts[key](parameters)

    @cached_property
    def _parts(self) -> dict[tuple[int, int], PointsAt]:
        """Pieces of people that are ready to be asked, since laying out draws takes time."""
        return {}
