"""How a coefficient may differ between people: a standard draw, a location, a spread, a shape.

A coefficient is ``low + span f(location + spread z)`` with a standard draw ``z``: normal, uniform
or triangular between -1 and 1. Any distribution that has this form needs no more than the words
here: an instance of `Distribution` with a quantile function of its own will do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy import special

from ccegov_choice.errors import UtilityError
from ccegov_choice.kernels.mixed import EXPONENTIAL, IDENTITY, LOGISTIC, POSITIVE_PART

FloatArray = npt.NDArray[np.float64]
Quantile = Callable[[FloatArray], FloatArray]


def normal_quantile(u: FloatArray) -> FloatArray:
    """Return the quantiles of the standard normal."""
    return np.asarray(special.ndtri(u))


def uniform_quantile(u: FloatArray) -> FloatArray:
    """Return the quantiles of the uniform between -1 and 1."""
    return np.asarray(2 * u - 1)


def triangular_quantile(u: FloatArray) -> FloatArray:
    """Return the quantiles of the symmetric triangular between -1 and 1."""
    return np.where(u < 0.5, np.sqrt(2 * u) - 1, 1 - np.sqrt(2 * (1 - u)))


@dataclass(frozen=True)
class Distribution:
    """A distribution of a coefficient over people.

    Parameters
    ----------
    quantile : callable
        Quantiles of the standard draw.
    kind : int
        The function ``f``, one of those of `ccegov_choice.kernels.mixed`.
    low, span : float
        The coefficient is ``low + span f(location + spread z)``.
    spread : str
        Word before the name of the spread, ``"sd"`` gives ``sd[wait]``; empty where the spread
        is the location itself.
    """

    quantile: Quantile = field(default=normal_quantile, repr=False)
    kind: int = IDENTITY
    low: float = 0.0
    span: float = 1.0
    spread: str = "sd"
    word: ClassVar[str] = "of its own"

    @property
    def normal_inside(self) -> bool:
        """Whether the standard draw is normal, so that it can be correlated with others."""
        return self.quantile is normal_quantile

    @property
    def symmetric(self) -> bool:
        """Whether the location is the mean and the median of the coefficient."""
        return self.kind == IDENTITY

    @property
    def words(self) -> tuple[str, ...]:
        """Words before the name of the coefficient, for each parameter beyond the location."""
        return (self.spread,) if self.spread else ()

    @property
    def tabulated(self) -> bool:
        """Whether draws depend on the parameters, see `ccegov_choice.models.mixed.tabulated`."""
        return False

    def at(self, u: FloatArray, *arguments: float) -> FloatArray:
        """Return coefficients at quantiles ``u``, by location and the parameters of `words`."""
        location, *spread = arguments
        size = spread[0] if spread else location
        return self.value(location + size * self.quantile(u))

    def inverse(self, coefficient: float, size: float) -> float:
        """Return the location at which the coefficient is about this; ``size`` is a small one."""
        inside = (coefficient - self.low) / self.span
        if self.kind == EXPONENTIAL:
            return math.log(max(inside, 0.1 * size))
        if self.kind == LOGISTIC:
            return float(special.logit(np.clip(inside, 0.05, 0.95)))
        return max(inside, 0.1 * size) if self.kind == POSITIVE_PART else inside

    def value(self, eta: FloatArray) -> FloatArray:
        """Return coefficients from ``location + spread z``."""
        if self.kind == EXPONENTIAL:
            shape = np.exp(eta)
        elif self.kind == LOGISTIC:
            shape = special.expit(eta)
        else:
            shape = np.maximum(eta, 0.0) if self.kind == POSITIVE_PART else eta
        return np.asarray(self.low + self.span * shape)

    def to_dict(self) -> dict[str, Any]:
        """Return the name and arguments, as JSON can hold them.

        A distribution with a quantile function of its own gives only the name of that; it cannot
        be read again.
        """
        kind = type(self).__name__
        if kind in KINDS or kind in _TABULATED:
            return {"kind": kind, **self._arguments()}
        named = getattr(self.quantile, "__qualname__", type(self.quantile).__name__)
        return {"kind": kind, "function": f"{self.quantile.__module__}.{named}"}

    def _arguments(self) -> dict[str, Any]:
        return {}

    def __str__(self) -> str:
        return self.word


def _sign(sign: int, name: str) -> float:
    if sign not in {-1, 1}:
        raise UtilityError(
            f"sign={sign!r} is neither 1 nor -1",
            where=f"{name}(...)",
            cure="Give 1 for coefficients that are positive, -1 for negative ones.",
        )
    return float(sign)


@dataclass(frozen=True, init=False)
class Normal(Distribution):
    """Normal: ``location + sd z``."""

    word: ClassVar[str] = "normal"

    def __init__(self) -> None:
        super().__init__()


@dataclass(frozen=True, init=False)
class LogNormal(Distribution):
    """Lognormal of either sign: ``sign exp(location + sd z)``.

    Parameters
    ----------
    sign : {1, -1}
        Sign of the coefficient, the same for everybody.
    """

    word: ClassVar[str] = "lognormal"

    def __init__(self, sign: int = 1) -> None:
        super().__init__(kind=EXPONENTIAL, span=_sign(sign, "LogNormal"))

    def _arguments(self) -> dict[str, Any]:
        return {"sign": int(self.span)}

    def __str__(self) -> str:
        return "lognormal" if self.span > 0 else "minus lognormal"


@dataclass(frozen=True, init=False)
class CensoredNormal(Distribution):
    """Normal cut at zero: those beyond it do not care, ``sign max(location + sd z, 0)``.

    Parameters
    ----------
    sign : {1, -1}
        Sign of the coefficient of those who care.

    Notes
    -----
    With finitely many draws the log-likelihood has a corner wherever a draw crosses zero, so a
    search ends within a twentieth of a standard error of the top; see
    `ccegov_choice.models.mixed.corners` for its second derivatives.
    """

    word: ClassVar[str] = "censored normal"

    def __init__(self, sign: int = 1) -> None:
        super().__init__(kind=POSITIVE_PART, span=_sign(sign, "CensoredNormal"))

    def _arguments(self) -> dict[str, Any]:
        return {"sign": int(self.span)}


@dataclass(frozen=True, init=False)
class JohnsonSB(Distribution):
    """Johnson's SB, between two bounds: ``low + (high - low) / (1 + exp(-location - sd z))``.

    Parameters
    ----------
    low, high : float
        The bounds.
    """

    word: ClassVar[str] = "Johnson SB"

    def __init__(self, low: float = 0.0, high: float = 1.0) -> None:
        if not low < high:
            raise UtilityError(
                f"the bounds leave no room: {low:g} to {high:g}",
                where="JohnsonSB(...)",
                cure="Give the lower bound first.",
            )
        super().__init__(kind=LOGISTIC, low=float(low), span=float(high) - float(low))

    def _arguments(self) -> dict[str, Any]:
        return {"low": self.low, "high": self.low + self.span}

    def __str__(self) -> str:
        return f"Johnson SB from {self.low:g} to {self.low + self.span:g}"


@dataclass(frozen=True, init=False)
class Uniform(Distribution):
    """Uniform: ``location + spread u`` with ``u`` between -1 and 1."""

    word: ClassVar[str] = "uniform"

    def __init__(self) -> None:
        super().__init__(quantile=uniform_quantile, spread="spread")


@dataclass(frozen=True, init=False)
class Triangular(Distribution):
    """Symmetric triangular: ``location + spread t`` with ``t`` between -1 and 1."""

    word: ClassVar[str] = "triangular"

    def __init__(self) -> None:
        super().__init__(quantile=triangular_quantile, spread="spread")


@dataclass(frozen=True, init=False)
class ConstrainedTriangular(Distribution):
    """Triangular from zero to twice its mean: ``location (1 + t)``, of one sign for everybody."""

    word: ClassVar[str] = "triangular from zero"

    def __init__(self) -> None:
        super().__init__(quantile=triangular_quantile, spread="")


KINDS = {
    kind.__name__: kind
    for kind in (
        Normal,
        LogNormal,
        CensoredNormal,
        JohnsonSB,
        Uniform,
        Triangular,
        ConstrainedTriangular,
    )
}
# in a module that builds on this one
_TABULATED = ("TruncatedNormal",)


def distribution_from_dict(content: Mapping[str, Any]) -> Distribution:
    """Return what ``to_dict`` wrote."""
    arguments = {name: value for name, value in content.items() if name != "kind"}
    if content["kind"] in _TABULATED:
        from ccegov_choice.models.mixed.tabulated import TruncatedNormal

        return TruncatedNormal(**{name: float(value) for name, value in arguments.items()})
    kind: Any = KINDS[content["kind"]]
    made: Distribution = kind(**arguments)
    return made
