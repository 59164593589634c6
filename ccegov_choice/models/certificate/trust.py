"""What was looked at when a model was fitted and cannot be seen in its results alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SimulationNoise:
    """How much estimates depend on the draws that the likelihood was simulated with.

    Parameters
    ----------
    draws : str
        The draws, in words.
    sets : int
        Sets of draws compared, the one of the fit among them.
    sd : tuple of P floats
        Standard deviation of each estimate over sets of as many draws, from one Newton step each.
    doubled : tuple of P floats
        Change of each estimate with twice as many draws, from one Newton step.
    log_likelihood_sd : float
        Standard deviation of the log-likelihood at its top over sets of draws.
    log_likelihood_doubled : float
        Change of the log-likelihood at its top with twice as many draws.
    """

    draws: str
    sets: int
    sd: tuple[float, ...]
    doubled: tuple[float, ...]
    log_likelihood_sd: float
    log_likelihood_doubled: float


@dataclass(frozen=True)
class Trust:
    """What the certificate of a fit is made from, besides the results.

    Parameters
    ----------
    one_top : bool
        Whether theory says that the likelihood has one top only, as that of a logit.
    approach : str
        On what likelihood the starts were compared, where that was a cheaper one.
    edges : tuple of str
        Sentences about estimates at an edge that only the data tell.
    unsimulated : str
        Why the noise of a simulated likelihood was not looked at.
    noise : SimulationNoise, optional
        Dependence on the draws, where the likelihood is simulated.
    """

    one_top: bool = False
    approach: str = ""
    edges: tuple[str, ...] = ()
    unsimulated: str = ""
    noise: SimulationNoise | None = None
