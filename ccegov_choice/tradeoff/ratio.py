"""Willingness to trade: how much of one thing people would give up for another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ccegov_choice.errors import TradeOffError, unknown_name
from ccegov_choice.models.results import Results
from ccegov_choice.study.contrast import Standpoint, Vector
from ccegov_choice.study.gain import (
    Gain,
    improvement_sign,
    parse_gain,
    payment_attribute,
    payment_sign,
    sellable,
)
from ccegov_choice.study.payment import beyond_shown
from ccegov_choice.tradeoff.interval import Ratio
from ccegov_choice.tradeoff.median import MEDIAN_DRAWS, median_trades, tastes_differ
from ccegov_choice.tradeoff.phrases import gain_words, payment_words
from ccegov_choice.tradeoff.sampling import DRAWS, METHODS, Method, Sampler, interval_of
from ccegov_choice.tradeoff.trade_off import TradeOff, TradeOffs

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.study.attribute import Attribute

__all__ = ["TradeOff", "TradeOffs", "offered_gains", "trade_offs", "willingness_to_trade"]


def willingness_to_trade(
    results: Results,
    *,
    gain: str,
    pay_in: str,
    method: Method | None = None,
    level: float = 0.95,
    draws: int | None = None,
    seed: int = 1,
    data: ChoiceData | None = None,
    at: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> TradeOff:
    """Return how much of one thing people would give up for another.

    The utility of the gain over the utility of one unit of improvement of what is paid in. Where
    tastes differ between people (mixed logit, latent classes) it is the median over them;
    `trade_distribution` shows all of them. The study's direction says which way a unit of it is an
    improvement; an attribute without a direction is taken to cost people when it grows, and the
    notes say so.

    Parameters
    ----------
    results : Results
        A fitted model.
    gain : str
        ``"dignity: respectful"`` (from the base level), ``"dignity: brusque -> respectful"``,
        ``"wait"`` (one unit of improvement) or ``"wait: 30 -> 14"``.
    pay_in : str
        Attribute that the study declares a numeraire.
    method : {"delta", "krinsky-robb", "fieller", "bootstrap"}
        How the interval is made: delta by default, Krinsky-Robb where tastes differ between people
        (delta and Fieller are for ratios of two coefficients). All but Fieller's exist only where
        what is paid in is told from zero: its statistic exceeds the normal quantile of `level`
        (1.96 at 95 %). Fieller's set always exists; it may be unbounded, and is then said so in
        words.
    level : float
        Confidence level, between 0 and 1.
    draws : int, optional
        Draws of the Krinsky-Robb method (10,000; 1,000 where tastes differ) or refits of the
        bootstrap (500).
    seed : int
        Seed of both.
    data : ChoiceData, optional
        The data of the fit: the bootstrap needs them, and so does an average over people whose
        tastes depend on covariates.
    at : mapping, optional
        Where the trade is made: ``{"wait": 30}`` for a curved utility, levels of attributes that
        interact, covariates of a person, ``"alternative"`` where coefficients differ.
    language : str, optional
        Of the study's words in text.

    Returns
    -------
    TradeOff

    Raises
    ------
    TradeOffError
        If the trade is not for sale, does not exist as asked, or its denominator is not bounded
        away from zero or has the wrong sign; the cure says what to do.

    References
    ----------
    Krinsky & Robb (1986), Review of Economics and Statistics 68, 715-719.
    Fieller (1954), Journal of the Royal Statistical Society B 16, 175-185.
    Hole (2007), Health Economics 16, 827-840.
    """
    check_request(results, method, level, draws)
    stand = Standpoint(results.utility, dict(at or {}), data)
    attribute = payment_attribute(pay_in, results.utility, results.study)
    change = parse_gain(gain, results.utility, results.study)
    sampler = _sampler(results, method, draws, seed, data)
    return _trades(stand, [change], attribute, sampler, level, language)[0]


def trade_offs(
    results: Results,
    pay_in: str,
    *,
    method: Method | None = None,
    level: float = 0.95,
    draws: int | None = None,
    seed: int = 1,
    data: ChoiceData | None = None,
    at: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> TradeOffs:
    """Return what people would give up of one thing for every gain the study offers.

    A gain of a numeric attribute is one unit of improvement, or the whole tested range where its
    utility is a curve. Others go from the worst level to each better one, by their direction;
    without a direction, from the base level to each other.

    Parameters
    ----------
    results, pay_in, method, level, draws, seed, data, at, language
        As in `willingness_to_trade`.

    Returns
    -------
    TradeOffs
        With a table, a frame and a sentence for each.

    Raises
    ------
    TradeOffError
        As in `willingness_to_trade`.
    """
    check_request(results, method, level, draws)
    stand = Standpoint(results.utility, dict(at or {}), data)
    attribute = payment_attribute(pay_in, results.utility, results.study)
    sampler = _sampler(results, method, draws, seed, data)
    others = [n for n in sellable(results.utility, results.study) if n != pay_in]
    attributes = [results.study.attribute(name) for name in others]
    gains = [gain for a in attributes if stand.has(a) for gain in offered_gains(stand, a)]
    if not gains:
        raise TradeOffError(
            f"there is nothing to gain besides '{pay_in}'",
            where=f"utility '{results.utility.formula}'",
            cure="Put another attribute that may be traded into the utility.",
        )
    items = tuple(_trades(stand, gains, attribute, sampler, level, language))
    left_out = tuple(
        f"{a.id} is not here: a legal floor is not for sale"
        for a in results.study.attributes
        if a.tradeable == "no" and a.id in results.utility.reads
    )
    return TradeOffs(items, (*left_out, *stand.missing()))


def offered_gains(stand: Standpoint, attribute: Attribute) -> list[Gain]:
    """Return the gains of an attribute: one unit, its whole range, or from its worst level."""
    if attribute.is_numeric and stand.is_straight(attribute):
        return [Gain(attribute.id)]
    shown = [attribute.cell(level) for level in attribute.shown_levels]
    if attribute.is_numeric and not stand.is_by_level(attribute):
        ends = (shown[0], shown[-1]) if improvement_sign(attribute) > 0 else (shown[-1], shown[0])
        return [Gain(attribute.id, *ends)]
    if attribute.direction == "-":
        shown.reverse()
    elif attribute.direction == "0" and attribute.base_id in shown:
        shown.sort(key=lambda level: level != attribute.base_id)
    return [Gain(attribute.id, shown[0], level) for level in shown[1:]]


# --- one trade-off --------------------------------------------------------------------------------


def _sampler(
    results: Results, method: Method | None, draws: int | None, seed: int, data: ChoiceData | None
) -> Sampler:
    differ = tastes_differ(results)
    chosen: Method = method or ("krinsky-robb" if differ else "delta")
    usual = MEDIAN_DRAWS if differ and chosen == "krinsky-robb" else DRAWS.get(chosen, 0)
    return Sampler(results, chosen, draws or usual, seed, data)


def _trades(
    stand: Standpoint,
    changes: Sequence[Gain],
    attribute: Attribute,
    sampler: Sampler,
    level: float,
    language: str | None,
) -> list[TradeOff]:
    """Return what is given up for each gain: by everybody, or by the person in the middle."""
    if not tastes_differ(sampler.results):
        return [_trade(stand, c, attribute, sampler, level, language) for c in changes]
    study = sampler.results.study
    gained = [study.attribute(change.attribute) for change in changes]
    # nothing is averaged: people keep what their own covariates make of it
    notes = {
        a.id: tuple(note for note in stand.notes(a) if not note.startswith("on average"))
        for a in [*gained, attribute]
    }
    if attribute.direction == "0":
        notes[attribute.id] += (_no_direction(attribute),)
    return median_trades(
        changes,
        attribute,
        sampler,
        level,
        at=stand.at,
        people=stand.people,
        notes=notes,
        language=language,
    )


def _no_direction(attribute: Attribute) -> str:
    return (
        f"the study declares no direction for {attribute.id}; having more of it is taken as the "
        "cost"
    )


def _trade(
    stand: Standpoint,
    change: Gain,
    attribute: Attribute,
    sampler: Sampler,
    level: float,
    language: str | None,
) -> TradeOff:
    results, study = sampler.results, sampler.results.study
    gained = study.attribute(change.attribute)
    if change.one_unit:
        numerator = improvement_sign(gained) * stand.slope(gained)
    else:
        numerator = stand.change(change)
    denominator = payment_sign(attribute) * stand.slope(attribute)
    ratio = Ratio.of(numerator, denominator, results.utility_estimates, results.utility_covariance)
    interval, error = interval_of(ratio, numerator, denominator, attribute, sampler, level)
    notes = [*stand.notes(gained), *stand.notes(attribute)]
    notes += _direction_notes(attribute, ratio, level)
    notes += _fixed_notes(results, numerator, denominator)
    means = _mean_notes(results, numerator, denominator)
    means += _average_notes(stand, attribute)
    notes += means
    averaged = means or stand.averaged(gained)
    words = payment_words(attribute, study.numeraire(attribute.id), language)
    notes += beyond_shown([ratio.estimate, interval.low, interval.high], attribute, words)
    return TradeOff(
        gain=str(change),
        gain_text=gain_words(change, gained, study.numeraire(gained.id), language),
        payment=words,
        estimate=ratio.estimate,
        interval=interval,
        std_error=error,
        method=sampler.method,
        level=level,
        denominator_statistic=ratio.denominator_statistic,
        notes=tuple(dict.fromkeys(notes)),
        measure="ratio of means" if averaged else "common",
    )


def _direction_notes(attribute: Attribute, ratio: Ratio, level: float) -> list[str]:
    notes = []
    if attribute.direction == "0":
        notes.append(_no_direction(attribute))
    if ratio.bounded_away(level) and ratio.denominator < 0:
        notes.append(
            f"{attribute.id} has the wrong sign in these answers, so this ratio is no willingness "
            "to trade"
        )
    return notes


def _fixed_notes(results: Results, *rows: Vector) -> list[str]:
    used = np.any([row != 0 for row in rows], axis=0)
    names = results.names[: results.utility.size]
    absent = [n for n, is_used in zip(names, used, strict=True) if is_used and n in results.absent]
    return [
        f"{name} has no standard error ({results.absent[name]}); the interval takes it as known"
        for name in absent
    ]


def _mean_notes(results: Results, *rows: Vector) -> list[str]:
    """Say where tastes differ by chance: a ratio of means is not the mean of ratios."""
    used = np.any([row != 0 for row in rows], axis=0)
    random: tuple[str, ...] = getattr(results.model, "random", ())
    names = results.names[: results.utility.size]
    varied = [n for n, is_used in zip(names, used, strict=True) if is_used and n in random]
    if not varied:
        return []
    return [f"tastes for {', '.join(varied)} differ between people; this is the ratio of the means"]


def _average_notes(stand: Standpoint, payment: Attribute) -> list[str]:
    """Say where what is paid in is worth different amounts to different people."""
    averaged = stand.averaged(payment)
    if not averaged:
        return []
    return [
        f"what a unit of {payment.id} is worth differs between people by {', '.join(averaged)}; "
        "this is the ratio of the means, not a mean over people"
    ]


def check_request(results: Results, method: str | None, level: float, draws: int | None) -> None:
    """Refuse unknown methods, impossible levels, too few draws, and fits without a top."""
    if method is not None and method not in METHODS:
        raise TradeOffError.of([unknown_name(method, METHODS, "method")])
    if not 0 < level < 1:
        raise TradeOffError(
            f"a confidence level lies between 0 and 1, not at {level:g}",
            where="level",
            cure="Give 0.95 for 95 %.",
        )
    if draws is not None and draws < 99:
        raise TradeOffError(
            f"{draws} draws are too few for an interval",
            where="draws",
            cure="Give 99 or more, better 999.",
        )
    if not results.converged:
        raise TradeOffError(
            "the estimates did not converge, so trade-offs from them mean nothing",
            where=results.model.title,
            cure=results.optimisation.status.cure,
        )
