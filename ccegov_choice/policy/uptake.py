"""Uptake: how many people would use a service as it is, and as it could be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError, unknown_name
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.models.probabilities import require_logit_shares, scale_column, scale_factors
from ccegov_choice.models.results import Results
from ccegov_choice.policy.forecast import Difference, Mode, Uptake, central_limits
from ccegov_choice.policy.scenario import (
    Scenario,
    Scenarios,
    as_scenarios,
    check_scenarios,
    never_shown,
)
from ccegov_choice.study.people import People, gather_people, one_person
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData

FloatArray = npt.NDArray[np.float64]
__all__ = ["Difference", "Uptake", "uptake"]

_CELLS = 4_000_000  # utilities held at once: 32 MB

DUTY_MEASURES = (
    "willingness_to_trade",
    "trade_offs",
    "trade_matrix",
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
    draws: int = 2_000,
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
        The services; the first is the baseline of differences.
    opt_out : bool, optional
        Whether people may choose nothing; by default, if the study lets them.
    mode : {"alone", "compete"}, optional
        Each scenario against the opt-out, or all offered side by side.
    people : DataFrame or ChoiceData, optional
        For whom: shares are averaged over their covariates, by their weights. Needed where the
        utility, the scale or the status quo depends on covariates.
    level : float
        Confidence level.
    draws, seed : int
        Number of draws and their seed.

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
    require_logit_shares(results)
    found = as_scenarios(scenarios)
    check_scenarios(found, utility, study)
    with_opt_out = study.opt_out is not None if opt_out is None else opt_out
    chosen_mode = _mode(results, found, with_opt_out, mode)
    _check_numbers(level, draws)
    whom = _people(results, with_opt_out, people)
    profiles = [scenario.profile for scenario in found]
    if with_opt_out and study.opt_out is not None:
        profiles.append(Profile({}, study.opt_out.id))
    sampled = np.vstack([results.estimates, draw_parameters(results, draws, seed)])
    shares = _shares(results, profiles, whom, sampled, chosen_mode)[:, : len(found)]
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
        whom.count,
        never_shown(found, study),
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
    picked: Mode = mode or ("alone" if with_opt_out else "compete")
    if picked == "alone" and not with_opt_out:
        raise PolicyError(
            "a scenario alone, without an opt-out, is chosen by everybody",
            where="mode='alone'",
            cure="Use mode='compete', or a study with an opt-out.",
        )
    if picked == "compete" and len(found) + with_opt_out < 2:
        raise PolicyError(
            "there is nothing to choose between: one scenario and no opt-out",
            where="scenarios",
            cure="Give two or more scenarios.",
        )
    return picked


def _check_numbers(level: float, draws: int) -> None:
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


def _people(
    results: Results, with_opt_out: bool, source: pd.DataFrame | ChoiceData | None
) -> People:
    study, utility = results.study, results.utility
    needed = [name for name in study.covariate_ids if name in utility.reads]
    if with_opt_out and study.opt_out is not None:
        own = study.opt_out.personal
        needed += [own[name] for name in own if name in utility.reads]
    scale = scale_column(results)
    names = list(dict.fromkeys([*needed, *([scale] if scale else [])]))
    if source is not None:
        return gather_people(source, names, study)
    if names:
        raise PolicyError(
            f"the forecast differs between people by {', '.join(names)}",
            where="uptake",
            cure="Say whose: people=data for those who answered, or a frame with one row per "
            f"person and the columns {', '.join(names)} (and weight).",
        )
    return one_person({})


def _shares(
    results: Results,
    profiles: Sequence[Profile],
    people: People,
    sampled: FloatArray,
    mode: Mode,
) -> FloatArray:
    """Average choice probabilities ``(R, P)`` over people, pattern by pattern."""
    size, count = results.utility.size, len(profiles)
    total = np.zeros((len(sampled), count))
    chunk = max(1, _CELLS // (len(sampled) * count))
    for first in range(0, people.size, chunk):
        part = slice(first, first + chunk)
        weights = people.weights[part]
        rows = _encode(results, profiles, people, part)
        utilities = (sampled[:, :size] @ rows.T).reshape(len(sampled), len(weights), count)
        factors = scale_factors(results, sampled, people.covariates, part)
        if factors is not None:
            utilities *= factors[:, :, None]
        total += np.einsum("rmp,m->rp", _probabilities(utilities, mode), weights)
    return total


def _encode(
    results: Results, profiles: Sequence[Profile], people: People, part: slice
) -> FloatArray:
    """Encode all profiles for some patterns of people, ``(M * P, K)``."""
    patterns = {name: values[part] for name, values in people.covariates.items()}
    size = len(people.weights[part])
    tiled: dict[str, Any] = {
        name: np.repeat(values, len(profiles)) for name, values in patterns.items()
    }
    return results.utility.encode([p for _ in range(size) for p in profiles], tiled)


def _probabilities(utilities: FloatArray, mode: Mode) -> FloatArray:
    """Return probabilities over the last axis; alone: each against the last, the opt-out."""
    if mode == "alone":
        gap = utilities[:, :, -1:] - utilities
        # exp of a huge gap is infinite and the share then zero, which is right
        with np.errstate(over="ignore"):
            share: FloatArray = 1.0 / (1.0 + np.exp(gap))
        return share
    powers = np.exp(utilities - utilities.max(axis=2, keepdims=True))
    return np.asarray(powers / powers.sum(axis=2, keepdims=True))


def _best(sampled: FloatArray) -> FloatArray:
    """Return the share of draws in which each scenario is best; ties are split."""
    first = sampled == sampled.max(axis=1, keepdims=True)
    return np.asarray((first / first.sum(axis=1, keepdims=True)).mean(axis=0))
