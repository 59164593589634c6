"""The people a model speaks of: their covariates, their tastes, and how they choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import DataError
from ccegov_choice.models.population.choice_rule import ChoiceRule, HasChoiceRule, LogitRule
from ccegov_choice.models.population.taste_points import HasTastePoints, PointsAt, TastePoints
from ccegov_choice.models.probabilities import (
    require_logit_shares,
    scale_column,
    scale_factors,
)
from ccegov_choice.study.people import People, gather_people, one_person

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results
    from ccegov_choice.study.people import Answers
    from ccegov_choice.study.profile import Profile

FloatArray = npt.NDArray[np.float64]


def people_read(results: Results, profiles: Sequence[Profile] = ()) -> tuple[str, ...]:
    """Return the columns of people that forecasts depend on.

    Parameters
    ----------
    results : Results
        A fitted model.
    profiles : sequence of Profile
        What is on offer: an opt-out may take its levels from the person.
    """
    study, utility = results.study, results.utility
    found = [name for name in study.covariate_ids if name in utility.reads]
    if study.opt_out is not None and any(p.alternative == study.opt_out.id for p in profiles):
        own = study.opt_out.personal
        found += [own[name] for name in own if name in utility.reads]
    return tuple(dict.fromkeys([*found, *tastes_read(results)]))


def tastes_read(results: Results) -> tuple[str, ...]:
    """Return the columns of people that their coefficients depend on."""
    if isinstance(results.model, HasTastePoints):
        return tuple(results.model.people_columns(results))
    scale = scale_column(results)
    return () if scale is None else (scale,)


@dataclass(frozen=True, eq=False)
class Population:
    """The people a forecast is of, by pattern of what it depends on.

    Parameters
    ----------
    results : Results
        A fitted model of any family.
    people : People
        ``M`` patterns of covariates and their weights.
    draws : int, optional
        Points for each pattern where tastes are simulated; those of the model by default.
    """

    results: Results
    people: People
    draws: int | None = None

    @classmethod
    def of(
        cls,
        results: Results,
        source: Answers | pd.DataFrame | None = None,
        *,
        by: Sequence[str] = (),
        profiles: Sequence[Profile] = (),
        draws: int | None = None,
        where: str = "people",
    ) -> Population:
        """Gather people by what the model reads of them, and by further columns.

        Parameters
        ----------
        results : Results
            A fitted model.
        source : ChoiceData or DataFrame, optional
            The people; see `ccegov_choice.study.people.people_frame`.
        by : sequence of str
            Further columns that patterns keep apart, such as a group to report by.
        profiles : sequence of Profile
            What is on offer.
        draws : int, optional
            See `Population`.
        where : str
            Who asks, for the message.

        Raises
        ------
        DataError
            If people are needed and not given, or lack a column; if the model is a second opinion
            that does not choose by logit shares.
        """
        if not isinstance(results.model, HasTastePoints):
            require_logit_shares(results)
        names = tuple(dict.fromkeys([*people_read(results, profiles), *by]))
        if source is not None:
            return cls(results, gather_people(source, names, results.study), draws)
        if names:
            raise DataError(
                f"this differs between people by {', '.join(names)}",
                where=where,
                cure="Say whose: people=data for those who answered, or a frame with one row per "
                f"person and the columns {', '.join(names)} (and weight).",
            )
        return cls(results, one_person({}), draws)

    @property
    def size(self) -> int:
        """Number of patterns, ``M``."""
        return self.people.size

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per pattern, with its ``weight``."""
        return pd.DataFrame({**self.people.covariates, "weight": self.people.weights})

    def points(self, parameters: FloatArray | None = None) -> TastePoints:
        """Return the tastes of each pattern at parameters ``(P,)``, the estimates by default."""
        theta = self.results.estimates if parameters is None else parameters
        return self.points_at(np.asarray(theta, np.float64))

    @cached_property
    def points_at(self) -> PointsAt:
        """The tastes of each pattern as a function of the parameters."""
        results = self.results
        if isinstance(results.model, HasTastePoints):
            return results.model.taste_points(results, self.frame, self.draws)
        require_logit_shares(results)
        return self._logit_points

    def _logit_points(self, theta: FloatArray) -> TastePoints:
        results = self.results
        coefficients = theta[None, None, : results.utility.size]
        factors = scale_factors(results, theta[None], self.people.covariates, slice(None))
        if factors is not None:
            coefficients = coefficients * factors.T[:, :, None]
        return TastePoints(coefficients, np.ones((1, 1)))

    def part(self, part: slice) -> Population:
        """Return some patterns of people, with their weights as they are.

        Where tastes are drawn for each of many patterns, a part at a time keeps memory low.
        """
        covariates = {name: values[part] for name, values in self.people.covariates.items()}
        people = People(covariates, self.people.weights[part], self.people.count)
        return Population(self.results, people, self.draws)

    def encode(self, profiles: Sequence[Profile], part: slice = slice(None)) -> FloatArray:
        """Encode what is on offer for some patterns of people.

        Returns
        -------
        ndarray of shape (M, J, Q)
            ``Q`` as in `TastePoints`; the columns of error components follow the utility's.
        """
        utility = self.results.utility
        patterns = {name: values[part] for name, values in self.people.covariates.items()}
        size = len(self.people.weights[part])
        tiled: dict[str, Any] = {
            name: np.repeat(values, len(profiles)) for name, values in patterns.items()
        }
        rows = utility.encode([p for _ in range(size) for p in profiles], tiled)
        extra = getattr(self.results.model, "error_components", {})
        if extra:
            shown = [p.alternative for p in profiles]
            marks = np.array([[float(a in names) for names in extra.values()] for a in shown])
            rows = np.hstack([rows, np.tile(marks, (size, 1))])
        return rows.reshape(size, len(profiles), -1)

    def rule(self, profiles: Sequence[Profile]) -> ChoiceRule:
        """Return how people choose among profiles, given their tastes."""
        if isinstance(self.results.model, HasChoiceRule):
            return self.results.model.choice_rule(self.results, [p.alternative for p in profiles])
        return LogitRule()
