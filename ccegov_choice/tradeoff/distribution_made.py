"""From a fitted model to how a trade-off differs between people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import TradeOffError
from ccegov_choice.tradeoff.distribution import TradeDistribution
from ccegov_choice.tradeoff.distribution_asked import Asked
from ccegov_choice.tradeoff.distribution_told import tell
from ccegov_choice.tradeoff.ratio import check_request
from ccegov_choice.tradeoff.sampling import Sampler

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results
    from ccegov_choice.study.people import Answers

FloatArray = npt.NDArray[np.float64]


def trade_distribution(
    results: Results,
    *,
    gain: str,
    pay_in: str,
    people: Answers | pd.DataFrame | None = None,
    at: Mapping[str, Any] | None = None,
    by: str | None = None,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 1,
    trim: float = 0.05,
    points: int | None = None,
    language: str | None = None,
) -> TradeDistribution:
    """Return how much of one thing people would give up for another, and how they differ.

    For any model: tastes that are distributed, classes of people, tastes that depend on covariates.
    Where the law of the ratio can be written down (what is paid in is the same for everybody, or
    lognormal, or the model is in trade space) its numbers are exact; else tastes are simulated,
    and the error of that is told. Intervals are by Krinsky-Robb draws of all parameters.

    Parameters
    ----------
    results : Results
        A fitted model.
    gain, pay_in : str
        As in `willingness_to_trade`.
    people : ChoiceData or DataFrame, optional
        Whose trade-offs, where they depend on covariates: one row per person of a frame.
    at : mapping, optional
        Where the trade is made; covariates in it hold for everybody.
    by : str, optional
        A column of people: each of its groups is told too, if it holds ten people or more.
    level : float
        Confidence level.
    draws, seed : int
        Draws of the parameters, and their seed.
    trim : float
        Share of people at either end that the trimmed mean leaves out.
    points : int, optional
        Draws of tastes for each pattern of covariates; 1,024, fewer where there are many patterns.
    language : str, optional
        Of the study's words.

    Returns
    -------
    TradeDistribution

    Raises
    ------
    TradeOffError
        If the trade is not for sale, or it is not said whose it is.

    Notes
    -----
    A mean of ratios does not exist where what people pay in is zero, or nearly so, for too many:
    normal, censored, or uniform over zero. Quantiles and a trimmed mean are all there is then.

    References
    ----------
    Daly, Hess & Train (2012), Assuring finite moments for willingness to pay in random coefficient
    models, Transportation 39, 19-31.
    """
    check_request(results, None, level, draws)
    if not 0 < trim < 0.5:
        raise TradeOffError(
            f"{trim:g} of people cannot be left out at either end",
            where="trim",
            cure="Give a share between 0 and 0.5, such as 0.05.",
        )
    asked = Asked.of(results, gain, pay_in, people, dict(at or {}), by, points, trim)
    sampler = Sampler(results, "krinsky-robb", draws, seed, None)
    here = asked.spreads(results.estimates)
    sampled = [asked.spreads(theta) for theta in sampler.parameters()]
    return tell(asked, here, sampled, level, draws, seed, language)
