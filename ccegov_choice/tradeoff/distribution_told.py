"""From spreads over people to a distribution with intervals, classes, groups and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._disclosure.limits import LEAST_PEOPLE
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.errors import TradeOffError
from ccegov_choice.study.payment import payment_words
from ccegov_choice.tradeoff.distribution import ClassTrade, GroupSpread, TradeDistribution
from ccegov_choice.tradeoff.distribution_asked import EVERYBODY, Asked, Spreads
from ccegov_choice.tradeoff.interval import percentile_interval
from ccegov_choice.tradeoff.phrases import gain_words
from ccegov_choice.tradeoff.sampling import require_sound_draws
from ccegov_choice.tradeoff.spread import (
    QUANTILES,
)
from ccegov_choice.tradeoff.trade_off import TradeOff

if TYPE_CHECKING:
    from ccegov_choice.study.payment import Payment

FloatArray = npt.NDArray[np.float64]

_MEAN, _TRIMMED, _OPPOSITE, _REFUSE = range(len(QUANTILES), len(QUANTILES) + 4)


def tell(
    asked: Asked,
    here: Spreads,
    sampled: list[Spreads],
    level: float,
    draws: int,
    seed: int,
    language: str | None,
) -> TradeDistribution:
    """Return the distribution from its spreads at the estimates and at draws of the parameters."""
    results = asked.everybody.results
    study, theta = results.study, results.estimates
    estimates = {key: _estimates(key, here, sampled, level) for key in here}
    whole = estimates[("all", EVERYBODY)]
    payment = payment_words(asked.payment, study.numeraire(asked.payment.id), language)
    text = gain_words(asked.change, asked.gained, study.numeraire(asked.gained.id), language)
    error = asked.simulation_error(theta)
    mean = _mean(asked, whole[_MEAN], here, sampled, level)
    values, weights = asked.people(theta)
    return TradeDistribution(
        gain=str(asked.change),
        gain_text=text,
        payment=payment,
        median=whole[QUANTILES.index(0.5)],
        quantiles=tuple(zip(QUANTILES, whole, strict=False)),
        mean=mean,
        trimmed_mean=_finite(whole[_TRIMMED]),
        trim=asked.trim,
        opposite=whole[_OPPOSITE],
        refuse=whole[_REFUSE],
        classes=tuple(
            ClassTrade(name, _share(key, here, sampled, level), _class_trade(
                asked, key, here, sampled, level, payment, text))
            for key in here for kind, name in [key] if kind == "class"
        ),
        by=asked.by,
        groups=tuple(
            GroupSpread(
                name,
                asked.counts[name],
                tuple(zip(QUANTILES, found, strict=False)),
                found[_OPPOSITE],
                found[_REFUSE],
            )
            for (kind, name), found in estimates.items() if kind == "group"
        ),
        simulation_error=error,
        level=level,
        draws=draws,
        seed=seed,
        notes=_notes(asked, whole, error),
        values=values,
        weights=weights,
    )  # fmt: skip


def _estimates(
    key: tuple[str, str], here: Spreads, sampled: list[Spreads], level: float
) -> list[Estimate]:
    """Return everything that a spread holds, with its limits over the draws."""
    drawn = np.array([found[key][0].numbers() for found in sampled])
    limits = [_limits(drawn[:, j], level) for j in range(drawn.shape[1])]
    numbers = here[key][0].numbers()
    return [
        Estimate(float(value), low, high)
        for value, (low, high) in zip(numbers, limits, strict=True)
    ]


def _limits(values: FloatArray, level: float) -> tuple[float, float]:
    """Return central limits of draws ``(R,)``, some of which may be infinite."""
    if np.isfinite(values).all():
        interval = percentile_interval(values, level)
        assert interval.low is not None
        assert interval.high is not None
        return interval.low, interval.high
    # nothing lies between a number and infinity: the next draw outwards
    outside = int((0.5 - level / 2) * (len(values) + 1))
    ordered = np.sort(values)
    return float(ordered[max(outside - 1, 0)]), float(ordered[-max(outside, 1)])


def _share(key: tuple[str, str], here: Spreads, sampled: list[Spreads], level: float) -> Estimate:
    return Estimate(here[key][1], *_limits(np.array([f[key][1] for f in sampled]), level))


def _mean(
    asked: Asked, mean: Estimate, here: Spreads, sampled: list[Spreads], level: float
) -> Estimate | Absent:
    theta = asked.everybody.results.estimates
    reason = asked.everybody.no_mean(asked.over, asked.under, theta)
    what = f"the value of '{asked.payment.id}'"
    if reason:
        return Absent(
            f"a mean of ratios to {what} does not exist: "
            f"{reason.replace('its value', 'that')}; read the median and the trimmed mean"
        )
    # it exists at the estimates; it must over the draws too, or it has no interval
    key = ("all", EVERYBODY)
    none = here[key][0].refuse == 0
    moved = np.array([found[key][0].refuse > 0 for found in sampled])
    if none and moved.mean() >= (1 - level) / 2:
        return Absent(
            f"in {100 * moved.mean():.1f} % of the draws of the parameters {what} is zero or less "
            "for some people, so that the mean has no interval"
        )
    return _finite(mean)


def _finite(found: Estimate) -> Estimate | Absent:
    ends = [found.value, found.low, found.high]
    if all(end is None or np.isfinite(end) for end in ends):
        return found
    return Absent("some people would give anything, so that there is no mean")


def _class_trade(
    asked: Asked,
    key: tuple[str, str],
    here: Spreads,
    sampled: list[Spreads],
    level: float,
    payment: Payment,
    text: str,
) -> TradeOff | Absent:
    """Return what a class would give up: its median person, who may be like all others."""
    spread = here[key][0]
    divisors = np.array([found[key][0].denominator for found in sampled])
    if spread.denominator == 0:
        return Absent(f"the class does not mind '{asked.payment.id}'")
    try:
        require_sound_draws(divisors * np.sign(spread.denominator), asked.payment, "", level)
    except TradeOffError:
        return Absent(f"the value of '{asked.payment.id}' is not told from zero in this class")
    if spread.denominator < 0:
        return Absent(f"'{asked.payment.id}' has the wrong sign in this class")
    medians = np.array([found[key][0].median for found in sampled])
    same = spread.quantiles[0] == spread.quantiles[-1]
    return TradeOff(
        gain=str(asked.change),
        gain_text=text,
        payment=payment,
        estimate=spread.median,
        interval=percentile_interval(medians, level),
        std_error=None,
        method="krinsky-robb",
        level=level,
        denominator_statistic=spread.denominator / float(np.std(divisors, ddof=1) or np.inf),
        notes=(f"of the people in '{key[1]}'",),
        measure="common" if same else "median over people",
    )


def _notes(asked: Asked, whole: list[Estimate], error: float | None) -> tuple[str, ...]:
    found = []
    if asked.payment.direction == "0":
        found.append(
            f"the study declares no direction for {asked.payment.id}; having more of it is taken "
            "as the cost"
        )
    if whole[_REFUSE].value > 0:
        found.append(
            f"{100 * whole[_REFUSE].value:.1f} in 100 people have the wrong sign for "
            f"'{asked.payment.id}', or do not mind it; their ratios are no willingness to trade, "
            "and quantiles count them as they stand"
        )
    if error is not None:
        found.append(f"tastes are simulated; other draws move the median by about {error:.2g}")
    small = [name for name in asked.counts if name not in asked.groups]
    if small:
        found.append(
            f"groups of fewer than {LEAST_PEOPLE} people are not shown, nor what would tell them"
        )
    return tuple(found)
