"""What it is worth to know more before deciding: EVPI and EVSI."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError, Problem

FloatArray = npt.NDArray[np.float64]


def evpi(values: npt.ArrayLike, probabilities: npt.ArrayLike | None = None) -> float:
    """Return the expected value of perfect information.

    Parameters
    ----------
    values : array of shape (R, O)
        Worth of each of ``O`` options in each of ``R`` states: draws of a model, or scenarios.
    probabilities : array of shape (R,), optional
        Of the states; equal by default.

    Returns
    -------
    float
        ``E max - max E``, in the unit of the values; never below zero.

    Raises
    ------
    PolicyError
        If the shapes do not fit, something is not finite, or probabilities do not sum to one.
    """
    found = _values(values)
    weights = _weights(probabilities, len(found))
    # what others are worth more than the best on average: no difference of large numbers
    gaps = found - found[:, [int((weights @ found).argmax())]]
    return float(weights @ gaps.max(axis=1))


def evsi(
    values: npt.ArrayLike,
    people: float,
    known: float,
    probabilities: npt.ArrayLike | None = None,
) -> float:
    """Return the expected value of asking more people before deciding.

    Parameters
    ----------
    values : array of shape (R, O)
        Worth of each option in each draw of the model's parameters.
    people : float
        How many more would be asked.
    known : float
        How many people the draws rest on.
    probabilities : array of shape (R,), optional
        Of the draws; equal by default.

    Returns
    -------
    float
        Between zero and `evpi`, rising with `people`.

    Notes
    -----
    The Gaussian approximation of Jalal & Alarid-Escudero [1]_: what an option will be thought to
    be worth after ``n`` more people is its mean plus its deviations shrunk by ``sqrt(n / (n +
    known))``. Exact where values are linear in normal parameters, and where the new people are
    asked as the old ones were; a rough guide elsewhere.

    References
    ----------
    .. [1] Jalal, H. & Alarid-Escudero, F. (2018). A Gaussian approximation approach for value of
       information analysis. Medical Decision Making 38(2), 174-188.
    """
    found = _values(values)
    weights = _weights(probabilities, len(found))
    problems = [
        Problem(f"{value:g} people", "Give a number of people.", name)
        for name, value, least in (("people", people, 0.0), ("known", known, 1.0))
        if not (value >= least and not math.isnan(value))
    ]
    if problems:
        raise PolicyError.of(problems, "Sample sizes have {count} problems:")
    if people == 0:
        return 0.0
    # divided by people first, so that infinitely many tell everything
    shrunk = math.sqrt(1 / (1 + known / people))
    mean = weights @ found
    return evpi(found if shrunk == 1 else mean + shrunk * (found - mean), probabilities)


def evsi_normal(mean: float, sd: float, noise_sd: float, n: float) -> float:
    """Return the expected value of ``n`` observations before acting or not.

    Parameters
    ----------
    mean, sd : float
        Of the belief about the net worth of acting; not acting is worth zero.
    noise_sd : float
        Standard deviation of one observation about the net worth.
    n : float
        Number of observations; infinite for perfect information.

    Returns
    -------
    float
        ``s phi(m/s) + m Phi(m/s) - max(m, 0)`` with ``s^2 = v^2 / (v + w/n)``, where ``v`` is the
        variance of the belief and ``w`` that of an observation.

    References
    ----------
    Raiffa, H. & Schlaifer, R. (1961). Applied Statistical Decision Theory, ch. 5.
    """
    given = {"sd": sd, "noise_sd": noise_sd, "n": n}
    problems = [
        Problem(f"{name} is {value}", "Give zero or more.", name)
        for name, value in given.items()
        if not value >= 0
    ]
    if problems:
        raise PolicyError.of(problems, "Beliefs have {count} problems:")
    if sd == 0 or n == 0:
        return 0.0
    spread = sd * sd / math.sqrt(sd * sd + noise_sd * noise_sd / n)
    # the same by the loss function, which keeps its digits where m/s is large
    ratio = abs(mean) / spread
    return spread * _unit_loss(ratio)


def _unit_loss(ratio: float) -> float:
    """Return ``phi(z) - z (1 - Phi(z))`` for ``z >= 0``."""
    density = math.exp(-0.5 * ratio * ratio) / math.sqrt(2 * math.pi)
    if ratio > 12:  # both terms agree to the last digits: their difference as a series
        square = ratio * ratio
        return density / square * (1 - 3 / square + 15 / square**2)
    return max(density - ratio * 0.5 * math.erfc(ratio / math.sqrt(2)), 0.0)


def _values(values: npt.ArrayLike) -> FloatArray:
    found = np.asarray(values, np.float64)
    if found.ndim != 2 or found.shape[0] < 1 or found.shape[1] < 1 or not np.isfinite(found).all():
        raise PolicyError(
            f"values of shape {found.shape} are not finite numbers by state and option",
            where="values",
            cure="Give one row per draw and one column per option, (R, O).",
        )
    return found


def _weights(probabilities: npt.ArrayLike | None, size: int) -> FloatArray:
    if probabilities is None:
        return np.full(size, 1.0 / size)
    found = np.asarray(probabilities, np.float64)
    if found.shape != (size,) or not (found >= 0).all() or abs(found.sum() - 1) > 1e-6:
        raise PolicyError(
            f"{found.shape} probabilities, summing to {found.sum():g}, do not fit {size} states",
            where="probabilities",
            cure="Give one for each state; together they are one.",
        )
    return np.asarray(found / found.sum())
