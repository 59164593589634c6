"""How strongly a question stands out, per person: power, errors and smallest effects from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ccegov_choice.power.settings import Goal
from ccegov_choice.power.ztest import ratio_detectable, ratio_power, z_detectable, z_power

Floats = npt.NDArray[np.float64]

MOST_PEOPLE = 10_000_000
_LARGEST = 1e6


class Strength(Protocol):
    """What one person of a simple random sample tells about a question, in ``R`` scenarios."""

    @property
    def effect(self) -> Floats:
        """True value ``(R,)`` of what is asked."""

    def power(self, people: float, goal: Goal) -> Floats:
        """Return the chance ``(R,)`` of detecting it with so many people."""

    def std_error(self, people: float) -> Floats:
        """Return the expected standard errors ``(R,)``."""

    def smallest(self, people: float, goal: Goal) -> Floats:
        """Return the smallest sizes ``(R,)`` that are detected with the power of the goal."""


@dataclass(frozen=True, eq=False)
class Number:
    """A coefficient or a difference, tested by a z-test.

    Parameters
    ----------
    effect : ndarray of shape (R,)
        True value.
    error : ndarray of shape (R,)
        Standard error times the square root of the number of people.
    """

    effect: Floats
    error: Floats

    def power(self, people: float, goal: Goal) -> Floats:
        """Return the chance of detecting it."""
        return z_power(_ratio(self.effect * np.sqrt(people), self.error), goal.level)

    def std_error(self, people: float) -> Floats:
        """Return the expected standard errors."""
        error: Floats = self.error / np.sqrt(people)
        return error

    def smallest(self, people: float, goal: Goal) -> Floats:
        """Return the minimum detectable effects."""
        return z_detectable(goal.power, goal.level) * self.std_error(people)


@dataclass(frozen=True, eq=False)
class Traded:
    """A willingness to trade: a ratio of two utilities.

    Parameters
    ----------
    gain, payment : ndarray of shape (R,)
        Utility of the gain, and of one unit of what is paid in.
    gain_error, payment_error : ndarray of shape (R,)
        Their standard errors times the square root of the number of people.
    correlation : ndarray of shape (R,)
        Of the two estimates.
    """

    gain: Floats
    payment: Floats
    gain_error: Floats
    payment_error: Floats
    correlation: Floats

    @property
    def effect(self) -> Floats:
        """The trade, in units of what is paid in; infinite where that is worth nothing."""
        return _over(self.gain, self.payment)

    def _statistics(self, people: float) -> tuple[Floats, Floats]:
        root = np.sqrt(people)
        return _ratio(self.gain * root, self.gain_error), _ratio(
            self.payment * root, self.payment_error
        )

    def power(self, people: float, goal: Goal) -> Floats:
        """Return the chance that the interval exists and does not hold zero."""
        gain, payment = self._statistics(people)
        return ratio_power(gain, payment, self.correlation, goal.level)

    def std_error(self, people: float) -> Floats:
        """Return the errors of the delta method.

        Notes
        -----
        ``Var(n/d) = (V_nn - 2 r V_nd + r^2 V_dd) / d^2`` with ``r = n/d``.
        """
        r = self.effect
        shared = self.correlation * self.gain_error * self.payment_error
        with np.errstate(invalid="ignore"):
            variance = self.gain_error**2 - 2 * r * shared + (r * self.payment_error) ** 2
        finite = np.where(np.isfinite(variance), np.maximum(variance, 0.0), np.inf)
        return _over(np.sqrt(finite / people), np.abs(self.payment))

    def smallest(self, people: float, goal: Goal) -> Floats:
        """Return the minimum detectable trades: what is paid in keeps its worth."""
        _, payment = self._statistics(people)
        # turning a gain round turns the sign of its correlation too
        toward = self.correlation * np.where(self.gain < 0, -1.0, 1.0)
        gain = ratio_detectable(payment, toward, goal.power, goal.level)
        return _over(gain * self.gain_error / np.sqrt(people), np.abs(self.payment))


def people_needed(
    power: Callable[[int], float], target: float, most: int = MOST_PEOPLE
) -> int | None:
    """Return the fewest people whose power reaches the target, or None if `most` do not.

    Parameters
    ----------
    power : callable
        Power at a number of people; it never falls with it.
    target : float
        Power asked.
    most : int
        Where the search ends.
    """
    high = 1
    while power(high) < target:
        if high >= most:
            return None
        high = min(2 * high, most)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= target else (middle, high)
    return high


def _over(value: Floats, by: Floats) -> Floats:
    """Divide; infinite where there is nothing to divide by."""
    quotient: Floats = np.where(by == 0, np.inf, value / np.where(by == 0, 1.0, by))
    return quotient


def _ratio(value: Floats, error: Floats) -> Floats:
    """Return a statistic; a number known for certain has a very large one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(value == 0, 0.0, value / error)
    clipped: Floats = np.clip(statistic, -_LARGEST, _LARGEST)
    return clipped
