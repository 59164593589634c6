"""How the uncertainty of a trade-off is found, and when a method has nothing to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.bootstrap import bootstrap_estimates
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.models.results import Results
from ccegov_choice.study.contrast import Vector
from ccegov_choice.study.gain import payment_sign
from ccegov_choice.tradeoff.interval import (
    Interval,
    Ratio,
    delta_interval,
    fieller_interval,
    normal_quantile,
    percentile_interval,
)

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.study.attribute import Attribute

Method = Literal["delta", "krinsky-robb", "fieller", "bootstrap"]
METHODS: tuple[str, ...] = get_args(Method)
DRAWS = {"krinsky-robb": 10_000, "bootstrap": 500}


@dataclass
class Sampler:
    """Draws of the coefficients, made once for all gains when the method first asks for them."""

    results: Results
    method: Method
    draws: int
    seed: int
    data: ChoiceData | None
    _made: Vector | None = None

    def coefficients(self) -> Vector:
        """Return draws ``(R, K)`` of the coefficients that everybody has."""
        return self.parameters()[:, : self.results.utility.size]

    def parameters(self) -> Vector:
        """Return draws ``(R, P)`` of all parameters."""
        if self._made is None:
            self._made = self._bootstrap() if self.method == "bootstrap" else self._normal()
        return self._made

    def _normal(self) -> Vector:
        return draw_parameters(self.results, self.draws, self.seed)

    def _bootstrap(self) -> Vector:
        if self.data is None:
            raise TradeOffError(
                "the bootstrap draws people again and refits, so it needs the data",
                where="method='bootstrap'",
                cure="Give data=, or use method='krinsky-robb', which needs only the results.",
            )
        replicates = bootstrap_estimates(
            self.results, self.data, replications=self.draws, seed=self.seed
        )
        if replicates.failed > 0.1 * replicates.drawn:
            raise TradeOffError(
                f"{replicates.failed} of {replicates.drawn} samples of people have no best "
                "estimates, so their spread says nothing",
                where="method='bootstrap'",
                cure="Use method='fieller' or 'krinsky-robb', or join rare levels.",
            )
        return replicates.estimates


def interval_of(
    ratio: Ratio,
    numerator: Vector,
    denominator: Vector,
    attribute: Attribute,
    sampler: Sampler,
    level: float,
) -> tuple[Interval, float | None]:
    """Return the confidence set of a ratio by the sampler's method, and a standard error.

    Parameters
    ----------
    ratio : Ratio
        The two utilities.
    numerator, denominator : ndarray of shape (K,)
        Their multipliers of the coefficients.
    attribute : Attribute
        What is paid in.
    sampler : Sampler
        Method and draws.
    level : float
        Confidence level.

    Raises
    ------
    TradeOffError
        If the method has no set here, because the denominator may be zero or has the wrong sign.
    """
    if ratio.denominator == 0.0 and ratio.denominator_variance == 0.0:
        raise TradeOffError(
            f"'{attribute.id}' is fixed at zero, so nothing can be paid in it",
            where=f"pay_in='{attribute.id}'",
            cure="Estimate its coefficient, or pay in another numeraire.",
        )
    if sampler.method == "fieller":
        return fieller_interval(ratio, level), None
    require_sound_payment(ratio, attribute, level)
    if sampler.method == "delta":
        return delta_interval(ratio, level)
    draws = sampler.coefficients()
    below = draws @ denominator
    require_sound_draws(below, attribute, sampler.method, level)
    ratios = (draws @ numerator) / below
    error = float(np.std(ratios, ddof=1)) if sampler.method == "bootstrap" else None
    return percentile_interval(ratios, level), error


_CURE = (
    "Use method='fieller', which says what can be said; or pay in another numeraire; or ask more "
    "people."
)


def require_sound_draws(values: Vector, attribute: Attribute, method: str, level: float) -> None:
    """Refuse draws ``(R,)`` of the value of what is paid in that are too often no cost.

    Raises
    ------
    TradeOffError
        If as many have the wrong sign as lie beyond one end of the interval.
    """
    wrong = float(np.mean(values <= 0))
    if wrong >= (1 - level) / 2:
        raise TradeOffError(
            f"'{attribute.id}' has the wrong sign in {100 * wrong:.1f} % of the draws",
            where=f"method='{method}'",
            cure=_CURE,
        )


def require_sound_payment(ratio: Ratio, attribute: Attribute, level: float) -> None:
    """Refuse a ratio whose denominator is not told from zero, or has the wrong sign.

    Raises
    ------
    TradeOffError
        With what to do instead.
    """
    statistic = ratio.denominator_statistic
    where = f"pay_in='{attribute.id}'"
    if not ratio.bounded_away(level):
        raise TradeOffError(
            f"people's answers do not tell the value of '{attribute.id}' from zero "
            f"(z = {abs(statistic):.2f}, below {normal_quantile(level):.2f}), so a ratio to it has "
            "no interval of this kind",
            where=where,
            cure=_CURE,
        )
    if statistic < 0:
        more = "more" if payment_sign(attribute) < 0 else "less"
        declared = (
            f"the study says that more is {'better' if attribute.direction == '+' else 'worse'}"
            if attribute.direction != "0"
            else "without a declared direction, more of it is taken as a cost"
        )
        raise TradeOffError(
            f"'{attribute.id}' has the wrong sign: people chose {more} of it (z = "
            f"{abs(statistic):.2f}), though {declared}",
            where=where,
            cure=f"Check how '{attribute.id}' was coded and shown; if the answers are right, "
            "change its direction in the study, or pay in another numeraire. method='fieller' "
            "reports the ratio as it stands.",
        )
