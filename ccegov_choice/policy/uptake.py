"""Uptake: how many people would use a service as it is, and as it could be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError, unknown_name
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.models.population.choice_rule import HasChoiceRule, LogitRule
from ccegov_choice.models.population.taste_points import HasTastePoints, TastePoints
from ccegov_choice.models.results import Results
from ccegov_choice.policy.forecast import Difference, Mode, Uptake, central_limits
from ccegov_choice.policy.offers import Offers, PointSource, gather
from ccegov_choice.policy.scenario import (
    Scenario,
    Scenarios,
    as_scenarios,
    check_scenarios,
    never_shown,
)

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData

FloatArray = npt.NDArray[np.float64]
__all__ = ["Difference", "Uptake", "uptake"]

_CELLS = 4_000_000  # utilities held at once: 32 MB

_DRAWS, _FEWER_DRAWS = 2_000, 500

DUTY_MEASURES = (
    "willingness_to_trade",
    "trade_offs",
    "trade_matrix",
    "welfare_change",
    "channel_shift",
    "importance",
    "marginal_effects",
    "predict",
)
"""What may be said about a duty, which nobody can refuse."""


def uptake(
    results: Results,
    scenarios: Scenarios,
    *,
    opt_out: bool | None = None,
    mode: Mode | None = None,
    people: pd.DataFrame | ChoiceData | None = None,
    level: float = 0.95,
    draws: int | None = None,
    seed: int = 1,
) -> Uptake:
    """Forecast how many people would choose each scenario.

    By default each scenario stands alone against the opt-out (or the status quo), which is what
    uptake of a service means: today's people have today's service or none. Where the study has
    no opt-out, the scenarios stand side by side. Intervals are Krinsky & Robb's: the same draws
    of the coefficients for all scenarios, so that differences are sharper than the shares.

    Parameters
    ----------
    results : Results
        A fitted model.
    scenarios : mapping of str to Profile, or sequence of Scenario
        The services; the first is the baseline of differences. A scenario of several offers has
        the share of all of them together.
    opt_out : bool, optional
        Whether people may choose nothing; by default, if the study lets them.
    mode : {"alone", "compete"}, optional
        Each scenario against the opt-out, or all offered side by side.
    people : DataFrame or ChoiceData, optional
        For whom: shares are averaged over their covariates, by their weights. Needed where the
        utility, the scale, tastes, the status quo or availability depend on covariates.
    level : float
        Confidence level.
    draws : int, optional
        Draws of the parameters: 2,000, or 500 where tastes or choices are no plain logit's.
    seed : int
        Of the draws.

    Returns
    -------
    Uptake

    Raises
    ------
    PolicyError
        If the study is of a duty (the message names what may be measured instead), a scenario is
        not whole, there is nothing to choose between, or people are needed and not given.
    """
    study, utility = results.study, results.utility
    _refuse_duty(results)
    found = as_scenarios(scenarios)
    check_scenarios(found, utility, study)
    with_opt_out = study.opt_out is not None if opt_out is None else opt_out
    chosen_mode = _mode(results, found, with_opt_out, mode)
    if draws is None:
        plain = not isinstance(results.model, HasTastePoints | HasChoiceRule)
        draws = _DRAWS if plain else _FEWER_DRAWS
    check_numbers(level, draws)
    population = gather(results, people, found, opt_out=with_opt_out)
    theta = np.vstack([results.estimates, draw_parameters(results, draws, seed)])
    groups = [[scenario] for scenario in found] if chosen_mode == "alone" else [found]
    sets = [Offers.of(population, group, with_opt_out) for group in groups]
    shares = _by_scenario(average_shares(PointSource.of(population), sets, theta), found)
    low, high = central_limits(shares[1:], level)
    label = study.opt_out.text() if with_opt_out and study.opt_out is not None else None
    return Uptake(
        found,
        chosen_mode,
        label,
        shares[0],
        low,
        high,
        _best(shares[1:]),
        shares[1:],
        level,
        seed,
        population.people.count,
        (*never_shown(found, study), *_empty_notes(sets, found)),
    )


def _refuse_duty(results: Results) -> None:
    if results.study.mandatory:
        raise PolicyError(
            f"'{results.study.id}' is a duty: nobody may refuse it, so uptake does not exist",
            where="uptake",
            cure=f"Measure what exists for a duty: {', '.join(DUTY_MEASURES)}.",
        )


def _mode(
    results: Results, found: Sequence[Scenario], with_opt_out: bool, mode: Mode | None
) -> Mode:
    if with_opt_out and results.study.opt_out is None:
        raise PolicyError(
            "the study has no opt-out, so nobody was asked whether they would use the service",
            where="opt_out=True",
            cure="Offer the scenarios side by side: mode='compete', opt_out=False.",
        )
    if mode not in (None, "alone", "compete"):
        raise PolicyError.of([unknown_name(mode, ("alone", "compete"), "mode")])
    obliged = [scenario.text() for scenario in found if scenario.obliged]
    if with_opt_out and obliged:
        raise PolicyError(
            f"nobody may refuse '{obliged[0]}', so it has no uptake",
            where="scenarios",
            cure="Leave out obliged=True, or use channel_shift or welfare_change.",
        )
    picked: Mode = mode or ("alone" if with_opt_out else "compete")
    if picked == "alone" and not with_opt_out:
        raise PolicyError(
            "a scenario alone, without an opt-out, is chosen by everybody",
            where="mode='alone'",
            cure="Use mode='compete', or a study with an opt-out.",
        )
    if picked == "compete" and sum(len(s.offers) for s in found) + with_opt_out < 2:
        raise PolicyError(
            "there is nothing to choose between: one scenario and no opt-out",
            where="scenarios",
            cure="Give two or more scenarios.",
        )
    return picked


def check_numbers(level: float, draws: int) -> None:
    """Check a confidence level and a number of draws.

    Raises
    ------
    PolicyError
        If one cannot be.
    """
    if not 0 < level < 1:
        raise PolicyError(
            f"a confidence level lies between 0 and 1, not at {level:g}",
            where="level",
            cure="Give 0.95 for 95 %.",
        )
    if draws < 100:
        raise PolicyError(
            f"{draws} draws are too few for an interval", where="draws", cure="Give 100 or more."
        )


def average_shares(
    source: PointSource, sets: Sequence[Offers], theta: FloatArray
) -> list[FloatArray]:
    """Return the shares of offers on average over people, at several parameters.

    Parameters
    ----------
    source : PointSource
        The people's tastes.
    sets : sequence of Offers
        What they choose from, one set after another.
    theta : ndarray of shape (R, P)
        Parameters.

    Returns
    -------
    list of ndarray of shape (R, J)
        For each set; people for whom nothing is open add nothing.
    """
    weights = source.population.people.weights
    widest = max(offers.rows.shape[1] for offers in sets)
    parts = source.parts(_CELLS // (1 + widest))
    total = [np.zeros((len(theta), len(offers.names))) for offers in sets]
    together = source.count == 1 and all(isinstance(o.rule, LogitRule) for o in sets)
    for part in parts:
        for rows in _batches(len(theta), part, together):
            points = _points(source, theta[rows], part)
            for found, offers in zip(total, sets, strict=True):
                values = offers.values(points.coefficients, part)
                shares = offers.rule.shares(values, theta[rows.start])
                if not offers.open_to[part].any(axis=1).all():
                    shares = np.nan_to_num(shares, nan=0.0)
                if together:
                    found[rows] += np.tensordot(weights[part], shares, 1)
                else:
                    mean = np.matmul(points.chances[:, None, :], shares)[:, 0]
                    found[rows.start] += weights[part] @ mean
    return total


def _batches(draws: int, part: slice, together: bool) -> list[slice]:
    """Return draws that are done at once: many where each is one point of a logit."""
    step = max(1, _CELLS // (20 * (part.stop - part.start))) if together else 1
    return [slice(first, min(first + step, draws)) for first in range(0, draws, step)]


def _points(source: PointSource, theta: FloatArray, part: slice) -> TastePoints:
    """Return taste points; where there is one for each parameter, those side by side."""
    found = [source.points(parameters, part) for parameters in theta]
    if len(found) == 1:
        return found[0]
    return TastePoints(np.concatenate([p.coefficients for p in found], axis=1), found[0].chances)


def _by_scenario(shares: Sequence[FloatArray], scenarios: Sequence[Scenario]) -> FloatArray:
    """Add up offers to scenarios, ``(R, P)``; sets hold one scenario each, or all of them."""
    sizes = [len(scenario.offers) for scenario in scenarios]
    if len(shares) == len(sizes):
        pieces = [found[:, :size] for found, size in zip(shares, sizes, strict=True)]
    else:
        pieces = np.split(shares[0][:, : sum(sizes)], np.cumsum(sizes)[:-1], axis=1)
    return np.stack([piece.sum(axis=1) for piece in pieces], axis=1)


def _empty_notes(sets: Sequence[Offers], scenarios: Sequence[Scenario]) -> list[str]:
    named = scenarios if len(sets) == len(scenarios) else [None]
    return [
        "some people can use nothing"
        + (f" of '{scenario.text()}'" if scenario is not None else "")
        + "; they choose nothing"
        for offers, scenario in zip(sets, named, strict=True)
        if not offers.open_to.any(axis=1).all()
    ]


def _best(sampled: FloatArray) -> FloatArray:
    """Return the share of draws in which each scenario is best; ties are split."""
    first = sampled == sampled.max(axis=1, keepdims=True)
    return np.asarray((first / first.sum(axis=1, keepdims=True)).mean(axis=0))
