"""Distributions whose shape depends on their parameters: a table of quantiles at each of these.

The kernel reads draws from tables, so a table of ``q(u; location, ...)`` and tables of its slopes
in each argument are all that a distribution needs to be: the coefficient is the first table, and
the slope of the likelihood in an argument is the kernel's slope in a load of the table of slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy import special

from ccegov_choice.errors import UtilityError
from ccegov_choice.models.mixed.distributions import Distribution

FloatArray = npt.NDArray[np.float64]
Limits = tuple[float, float]

LOCATION = "location"
# Steps of central differences: a slope is known to ten digits, a slope of slopes to six.
_STEP, _WIDE = 1e-5, 1e-3
_LEAST_SD = 1e-12
_MOST_POWER = 700.0


@dataclass(frozen=True, init=False)
class TabulatedDistribution(Distribution):
    """Any distribution whose quantile function you can write down.

    Parameters
    ----------
    quantile : callable
        ``quantile(u, location, ...)``: coefficients of people at ``u`` between 0 and 1, smooth in
        all that follows ``u``.
    first : mapping of str to float
        The arguments beyond the location, in their order -> their first values in a search. The
        parameters are called ``shape[wait]`` for an argument ``shape``.
    bounds : mapping of str to (low, high)
        Bounds of arguments, ``"location"`` among them; None where there is none.

    Notes
    -----
    The location starts from the coefficient of the logit, moved between its bounds. Results cannot
    be saved, since a function cannot be written to a file.

    Examples
    --------
    >>> weibull = TabulatedDistribution(
    ...     lambda u, scale, shape: scale * (-np.log1p(-u)) ** (1 / shape),
    ...     first={"shape": 1.5},
    ...     bounds={"shape": (0.1, None)},
    ... )
    >>> weibull.at(np.array([0.5]), 2.0, 1.0).round(3)
    array([1.386])
    """

    first: tuple[tuple[str, float], ...] = ()
    limits: tuple[tuple[str, Limits], ...] = ()
    word: ClassVar[str] = "of its own"

    def __init__(
        self,
        quantile: Callable[..., FloatArray],
        first: Mapping[str, float],
        bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
    ) -> None:
        super().__init__(quantile=quantile)
        given = {**(bounds or {})}
        unknown = [name for name in given if name not in {LOCATION, *first}]
        if unknown:
            raise UtilityError(
                f"bounds are given for {', '.join(repr(name) for name in unknown)}, which are no "
                "arguments",
                where=type(self).__name__,
                cure=f"Give bounds of {LOCATION} or {', '.join(first) or 'nothing else'}.",
            )
        limits = {
            name: (-np.inf if low is None else float(low), np.inf if high is None else float(high))
            for name, (low, high) in given.items()
        }
        object.__setattr__(self, "first", tuple((n, float(v)) for n, v in first.items()))
        object.__setattr__(self, "limits", tuple(limits.items()))

    @property
    def words(self) -> tuple[str, ...]:
        """Words before the name of the coefficient, for each argument beyond the location."""
        return tuple(name for name, _ in self.first)

    @property
    def tabulated(self) -> bool:
        """Whether draws depend on the parameters: they do."""
        return True

    @property
    def symmetric(self) -> bool:
        """Whether the location is the mean and the median of the coefficient: not in general."""
        return False

    @property
    def bounds(self) -> dict[str, Limits]:
        """Bounds of each argument that has some."""
        return dict(self.limits)

    def inverse(self, coefficient: float, size: float) -> float:
        """Return a location to start from: the coefficient, between the bounds."""
        low, high = self.bounds.get(LOCATION, (-np.inf, np.inf))
        return float(np.clip(coefficient, low, high))

    def first_value(self, word: str, moderate: float) -> float:
        """Return the first value of an argument; ``moderate`` is a spread of usual size."""
        return dict(self.first)[word]

    def at(self, u: FloatArray, *arguments: float) -> FloatArray:
        """Return coefficients ``(G,)`` at quantiles ``u``."""
        # as wide as `u`, also where all people have the same
        return np.asarray(self._function(u, *arguments) + np.zeros(len(u)), dtype=np.float64)

    @property
    def _function(self) -> Callable[..., FloatArray]:
        return self.quantile

    @property
    def _step_of_slopes(self) -> float:
        return _WIDE

    def table(self, u: FloatArray, arguments: FloatArray) -> FloatArray:
        """Return coefficients and their slopes in each argument, ``(1 + M, G)``."""
        rows = [self.at(u, *arguments)]
        for m in range(len(arguments)):
            up, down = self._around(arguments, m, _STEP)
            rows.append((self.at(u, *up) - self.at(u, *down)) / (up[m] - down[m]))
        return np.array(rows)

    def bent(self, u: FloatArray, arguments: FloatArray, m: int) -> FloatArray:
        """Return the slopes ``(M, G)`` of those slopes in argument ``m``."""
        up, down = self._around(arguments, m, self._step_of_slopes)
        apart = self.table(u, up)[1:] - self.table(u, down)[1:]
        return np.asarray(apart / (up[m] - down[m]))

    def _around(self, arguments: FloatArray, m: int, step: float) -> tuple[FloatArray, FloatArray]:
        """Return arguments above and below, within the bounds."""
        low, high = self.bounds.get((LOCATION, *self.words)[m], (-np.inf, np.inf))
        size = step * max(abs(float(arguments[m])), 0.1)
        up, down = arguments.copy(), arguments.copy()
        up[m] = min(arguments[m] + size, high)
        down[m] = max(arguments[m] - size, low)
        return up, down


@dataclass(frozen=True, init=False)
class TruncatedNormal(TabulatedDistribution):
    """Normal without what lies beyond bounds: everybody is between them, nobody exactly at one.

    The location is the mean of the normal before it is cut, and may lie beyond a bound; ``sd`` is
    its standard deviation.

    Parameters
    ----------
    low, high : float
        The bounds; infinite where there is none. ``TruncatedNormal(-np.inf, 0)`` is negative for
        everybody.

    Notes
    -----
    With a location far beyond a bound the distribution is an exponential. Tastes that fall off like
    one, or faster, have no finite estimates; the error of the fit says so.
    """

    lowest: float = 0.0
    highest: float = np.inf
    word: ClassVar[str] = "truncated normal"

    def __init__(self, low: float = 0.0, high: float = np.inf) -> None:
        super().__init__(_no_function, {"sd": 1.0}, {"sd": (0.0, None)})
        if not low < high:
            raise UtilityError(
                f"the bounds leave no room: {low:g} to {high:g}",
                where="TruncatedNormal(...)",
                cure="Give the lower bound first; -inf or inf where there is none.",
            )
        object.__setattr__(self, "lowest", float(low))
        object.__setattr__(self, "highest", float(high))

    @property
    def _function(self) -> Callable[..., FloatArray]:
        return self._quantile

    @property
    def _step_of_slopes(self) -> float:
        return _STEP  # slopes are known to all digits

    def inverse(self, coefficient: float, size: float) -> float:
        """Return a location to start from: the coefficient, if it is well between the bounds."""
        return max(min(coefficient, self.highest - size), self.lowest + size)

    def first_value(self, word: str, moderate: float) -> float:
        """Return a first spread."""
        return moderate

    def _quantile(self, u: FloatArray, location: float, sd: float) -> FloatArray:
        return np.asarray(location + max(sd, _LEAST_SD) * self._standard(u, location, sd)[0])

    def _standard(self, u: FloatArray, location: float, sd: float) -> tuple[Any, float, float]:
        """Return standard normal quantiles between the standardised bounds, and those."""
        spread = max(sd, _LEAST_SD)
        low, high = (self.lowest - location) / spread, (self.highest - location) / spread
        if low > 0:  # the other tail has the digits
            return -_between(1.0 - u, -high, -low), low, high
        return _between(u, low, high), low, high

    def table(self, u: FloatArray, arguments: FloatArray) -> FloatArray:
        """Return coefficients and their slopes in location and sd, ``(3, G)``."""
        location, sd = (float(argument) for argument in arguments)
        z, low, high = self._standard(u, location, sd)
        from_low, from_high = (1.0 - u) * _ratio(low, z), u * _ratio(high, z)
        moved = from_low + from_high
        spread_out = _finite(low) * from_low + _finite(high) * from_high
        return np.array([location + max(sd, _LEAST_SD) * z, 1.0 - moved, z - spread_out])

    def _arguments(self) -> dict[str, Any]:
        return {"low": _told(self.lowest), "high": _told(self.highest)}

    def __str__(self) -> str:
        return f"normal between {self.lowest:g} and {self.highest:g}"


def _no_function(u: FloatArray, *arguments: float) -> FloatArray:
    raise NotImplementedError


def _told(bound: float) -> float | str:
    """Return a bound as JSON can hold it."""
    return bound if np.isfinite(bound) else str(bound)


def _between(u: FloatArray, low: float, high: float) -> Any:
    """Return quantiles of the standard normal between bounds, by logarithms of the lower tail."""
    log_low, log_high = special.log_ndtr(low), special.log_ndtr(high)
    mass = log_high + np.log1p(-np.exp(log_low - log_high))
    return special.ndtri_exp(np.logaddexp(log_low, np.log(u) + mass))


def _ratio(bound: float, z: Any) -> Any:
    """Return the density at a bound over that at ``z``; zero at an infinite bound."""
    if not np.isfinite(bound):
        return 0.0
    return np.exp(np.minimum(0.5 * (z - bound) * (z + bound), _MOST_POWER))


def _finite(bound: float) -> float:
    return bound if np.isfinite(bound) else 0.0
