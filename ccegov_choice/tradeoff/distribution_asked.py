"""A trade-off as it is asked about, and what it is for all, classes and groups of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._disclosure.limits import withhold_groups
from ccegov_choice.errors import TradeOffError, unknown_name
from ccegov_choice.study.contrast import Standpoint
from ccegov_choice.study.gain import parse_gain, payment_attribute
from ccegov_choice.tradeoff.over_people import OverPeople, people_given
from ccegov_choice.tradeoff.spread import (
    Spread,
    people_ratios,
    spread_of_law,
    spread_of_people,
)

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.population.taste_points import TastePoints
    from ccegov_choice.models.results import Results
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.gain import Gain
    from ccegov_choice.study.people import Answers

FloatArray = npt.NDArray[np.float64]

EVERYBODY = ""
Spreads = dict[tuple[str, str], tuple[Spread, float]]
"""``("all", "")``, ``("class", name)`` and ``("group", name)`` -> spread, and share of people."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked: a gain, what it is paid in, and of whom.

    Parameters
    ----------
    everybody : OverPeople
        The people.
    change : Gain
        What is gained.
    gained, payment : Attribute
        Its attribute, and what it is paid in.
    over, under : ndarray of shape (M or 1, Q)
        Multipliers in the utilities of both.
    trim : float
        Share at either end that the trimmed mean leaves out.
    by : str or None
        What groups are made by.
    counts : mapping of str to int
        People of each group.
    """

    everybody: OverPeople
    change: Gain
    gained: Attribute
    payment: Attribute
    over: FloatArray
    under: FloatArray
    trim: float
    by: str | None
    counts: Mapping[str, int]

    @classmethod
    def of(
        cls,
        results: Results,
        gain: str,
        pay_in: str,
        people: Answers | pd.DataFrame | None,
        at: Mapping[str, Any],
        by: str | None,
        points: int | None,
        trim: float,
    ) -> Asked:
        """Read names, and gather the people.

        Raises
        ------
        TradeOffError
            If a name is unknown, or it matters whose trade it is and nobody is given.
        """
        utility, study = results.utility, results.study
        Standpoint(utility, at)  # says what is wrong with the point
        payment = payment_attribute(pay_in, utility, study)
        change = parse_gain(gain, utility, study)
        gained = study.attribute(change.attribute)
        names, columns = [gained.id, payment.id], [] if by is None else [by]
        frame = people_given(results, people, at, names, columns)
        counts: dict[str, int] = {}
        if by is not None and frame is not None:
            if by not in frame:
                raise TradeOffError.of([unknown_name(by, frame.columns, "column", where="by")])
            counts = {str(k): int(v) for k, v in frame[by].value_counts(sort=False).items()}
        everybody = OverPeople.of(results, frame, at, names, columns, points)
        over, under = everybody.gain(change, gained), everybody.payment(payment)
        return cls(everybody, change, gained, payment, over, under, trim, by, counts)

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups that may be told."""
        hidden = withhold_groups(self.counts)
        return tuple(name for name in self.counts if name not in hidden)

    def spreads(self, theta: FloatArray) -> Spreads:
        """Return spread and share of everybody, of each class and of each group."""
        law = self.everybody.law(self.over, self.under, theta)
        if law is not None:
            spread = spread_of_law(law, self.trim)
            parts = [("group", name) for name in self.groups]
            return dict.fromkeys([("all", EVERYBODY), *parts], (spread, 1.0))
        points = self.everybody.population.points(theta)
        over = self.everybody.utilities(self.over, points)
        under = self.everybody.utilities(self.under, points)
        mass = self.everybody.mass(points)
        return {
            key: (
                spread_of_people(over[part], under[part], mass[part], self.trim),
                float(mass[part].sum()),
            )
            for key, part in self._parts(points, mass.shape).items()
        }

    def _parts(self, points: TastePoints, shape: tuple[int, ...]) -> dict[tuple[str, str], Any]:
        """Return where in ``(M, S)`` everybody, each class and each group stand."""
        found: dict[tuple[str, str], Any] = {("all", EVERYBODY): np.ones(shape, dtype=bool)}
        labels = np.array(points.labels, dtype=object)
        for name in dict.fromkeys(points.labels):
            found[("class", name)] = np.broadcast_to(labels == name, shape)
        if self.by is not None:
            column = self.everybody.population.people.covariates[self.by].astype(str)
            for name in self.groups:
                found[("group", name)] = np.broadcast_to((column == name)[:, None], shape)
        return found

    def simulation_error(self, theta: FloatArray) -> float | None:
        """Return the standard deviation of the median over other draws; None without draws."""
        exact = self.everybody.law(self.over, self.under, theta) is not None
        if exact or not self.everybody.population.points(theta).simulated:
            return None
        others = [
            replace(self, everybody=people).spreads(theta)[("all", EVERYBODY)][0].median
            for people in self.everybody.reseeded()
        ]
        return float(np.std(others, ddof=1))

    def people(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return ratios and weights of people, for a picture."""
        law = self.everybody.law(self.over, self.under, theta)
        if law is not None:
            u = (np.arange(2000) + 0.5) / 2000
            return law.quantile(u), np.full(2000, 1 / 2000)
        points = self.everybody.population.points(theta)
        over = self.everybody.utilities(self.over, points).ravel()
        under = self.everybody.utilities(self.under, points).ravel()
        return people_ratios(over, under), self.everybody.mass(points).ravel()
