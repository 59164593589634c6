"""Trade-offs of the person in the middle, where tastes differ between people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import TradeOffError
from ccegov_choice.study.payment import beyond_shown, decimals, payment_words, plain
from ccegov_choice.tradeoff.interval import Ratio, percentile_interval
from ccegov_choice.tradeoff.over_people import OverPeople, people_given
from ccegov_choice.tradeoff.phrases import gain_words
from ccegov_choice.tradeoff.sampling import require_sound_draws, require_sound_payment
from ccegov_choice.tradeoff.spread import people_ratios, weighted_median
from ccegov_choice.tradeoff.trade_off import TradeOff

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.gain import Gain
    from ccegov_choice.study.people import Answers
    from ccegov_choice.tradeoff.sampling import Sampler

FloatArray = npt.NDArray[np.float64]


# Each draw of the parameters asks all people again.
MEDIAN_DRAWS = 1000


def tastes_differ(results: Results) -> bool:
    """Return whether there are no coefficients of everybody to make a ratio of."""
    return not getattr(results.model, "common_tastes", True)


def median_trades(
    changes: Sequence[Gain],
    payment: Attribute,
    sampler: Sampler,
    level: float,
    *,
    at: Mapping[str, Any],
    people: Answers | pd.DataFrame | None,
    notes: Mapping[str, tuple[str, ...]],
    language: str | None,
) -> list[TradeOff]:
    """Return what the person in the middle would give up for each gain.

    Parameters
    ----------
    changes : sequence of G Gain
        What is gained.
    payment : Attribute
        What it is paid in.
    sampler : Sampler
        Draws of the parameters.
    level : float
        Confidence level.
    at, people : mapping, ChoiceData or DataFrame
        Where the trade is made and whose it is.
    notes : mapping of str to tuple of str
        Attribute -> what a reader must know of its value.
    language : str, optional
        Of the words.

    Raises
    ------
    TradeOffError
        If the method has no interval here, or the median person does not mind paying.
    """
    if sampler.method in {"delta", "fieller"}:
        raise TradeOffError(
            f"tastes differ between people, and method='{sampler.method}' is for a ratio of two "
            "coefficients that everybody has",
            where=f"method='{sampler.method}'",
            cure="Leave method out, for the median over people with Krinsky-Robb limits.",
        )
    results, study = sampler.results, sampler.results.study
    names = list(dict.fromkeys([payment.id, *(change.attribute for change in changes)]))
    everybody = OverPeople.of(results, people_given(results, people, at, names), at, names)
    over = [everybody.gain(change, study.attribute(change.attribute)) for change in changes]
    asked = Medians(everybody, over, everybody.payment(payment))
    here, under = asked.at(results.estimates)
    drawn = [asked.at(theta) for theta in sampler.parameters()]
    values, divisors = np.array([v for v, _ in drawn]), np.array([d for _, d in drawn])
    error = asked.simulation_error(results.estimates)
    words = payment_words(payment, study.numeraire(payment.id), language)
    made = []
    for g, change in enumerate(changes):
        spread = float(np.var(divisors[:, g], ddof=1))
        ratio = Ratio(float(here[g] * under[g]), float(under[g]), 0.0, spread, 0.0)
        require_sound_payment(ratio, payment, level)
        require_sound_draws(divisors[:, g], payment, sampler.method, level)
        gained = study.attribute(change.attribute)
        interval = percentile_interval(values[:, g], level)
        said = [*notes.get(gained.id, ()), *notes.get(payment.id, ())]
        common = asked.same_for_all(results.estimates, g)
        if not common:
            said.append(_MEDIAN)
        if not common and error[g] > 0:
            shown = plain(float(error[g]), decimals(interval, float(here[g])) + 1)
            said.append(f"tastes are simulated; other draws move medians by about {shown}")
        said += beyond_shown([float(here[g]), interval.low, interval.high], payment, words)
        bootstrap = sampler.method == "bootstrap"
        made.append(
            TradeOff(
                gain=str(change),
                gain_text=gain_words(change, gained, study.numeraire(gained.id), language),
                payment=words,
                estimate=float(here[g]),
                interval=interval,
                std_error=float(np.std(values[:, g], ddof=1)) if bootstrap else None,
                method=sampler.method,
                level=level,
                denominator_statistic=ratio.denominator_statistic,
                notes=tuple(dict.fromkeys(said)),
                measure="common" if common else "median over people",
            )
        )
    return made


_MEDIAN = "tastes differ between people; this is the median over them"


@dataclass(frozen=True, eq=False)
class Medians:
    """Medians over people of ratios of several gains to what they are paid in.

    Parameters
    ----------
    everybody : OverPeople
        The people.
    over : list of G ndarrays of shape (M or 1, Q)
        Multipliers in the utility of each gain.
    under : ndarray of shape (M or 1, Q)
        Multipliers in that of one unit of what is paid in.
    """

    everybody: OverPeople
    over: list[FloatArray]
    under: FloatArray

    def at(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the median ``(G,)`` of each ratio, and of what it is divided by."""
        found, below = np.empty(len(self.over)), np.empty(len(self.over))
        others = []
        for g, over in enumerate(self.over):
            law = self.everybody.law(over, self.under, theta)
            if law is None:
                others.append(g)
            else:
                found[g], below[g] = law.quantile(np.array([0.5]))[0], law.denominator
        if others:
            points = self.everybody.population.points(theta)
            mass = self.everybody.mass(points).ravel()
            divisor = self.everybody.utilities(self.under, points).ravel()
            below[others] = weighted_median(divisor, mass)
            for g in others:
                gain = self.everybody.utilities(self.over[g], points).ravel()
                found[g] = weighted_median(people_ratios(gain, divisor), mass)
        return found, below

    def same_for_all(self, theta: FloatArray, g: int) -> bool:
        """Return whether everybody has the same ratio."""
        law = self.everybody.law(self.over[g], self.under, theta)
        return law is not None and law.size == 0

    def simulation_error(self, theta: FloatArray) -> FloatArray:
        """Return the standard deviation ``(G,)`` of medians over other draws of tastes."""
        points = self.everybody.population.points(theta)
        laws = [self.everybody.law(over, self.under, theta) for over in self.over]
        if not points.simulated or all(law is not None for law in laws):
            return np.zeros(len(self.over))
        others = [replace(self, everybody=e).at(theta)[0] for e in self.everybody.reseeded()]
        return np.asarray(np.std(others, axis=0, ddof=1))
