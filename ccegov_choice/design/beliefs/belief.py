"""Beliefs: what is held likely about one coefficient before anybody has answered."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy import special

from ccegov_choice.errors import DesignError, Problem, unknown_name

Shape = Literal["known", "normal", "uniform", "lognormal", "triangular", "truncated"]
SHAPES: tuple[str, ...] = get_args(Shape)

Floats = npt.NDArray[np.float64]

# what each shape is described by; the ones in brackets may be left out
_NEEDS = {
    "known": ("value",),
    "normal": ("mean", "sd"),
    "uniform": ("low", "high"),
    "lognormal": ("median", "spread"),
    "triangular": ("low", "mode", "high"),
    "truncated": ("mean", "sd"),
}
_MAY = {"lognormal": ("sign",), "truncated": ("low", "high")}


@dataclass(frozen=True)
class Belief:
    """A distribution over the values that one coefficient may have.

    Make one with a function named after its shape, such as ``Belief.normal(-0.04, 0.02)``.

    Parameters
    ----------
    shape : {"known", "normal", "uniform", "lognormal", "triangular", "truncated"}
        The distribution.
    numbers : mapping of str to float
        Its parameters.

    Examples
    --------
    >>> Belief.uniform(-0.1, 0.0).mean
    -0.05
    """

    shape: Shape
    numbers: Mapping[str, float]

    def __post_init__(self) -> None:
        given = {name: float(value) for name, value in self.numbers.items()}
        object.__setattr__(self, "numbers", given)
        problems = _problems(self.shape, given)
        if problems:
            raise DesignError.of(problems, "The belief has {count} problems:")

    @classmethod
    def known(cls, value: float) -> Belief:
        """Take the coefficient as known."""
        return cls("known", {"value": value})

    @classmethod
    def normal(cls, mean: float, sd: float) -> Belief:
        """Return a normal distribution; an sd of zero is a known value."""
        return cls.known(mean) if sd == 0 else cls("normal", {"mean": mean, "sd": sd})

    @classmethod
    def uniform(cls, low: float, high: float) -> Belief:
        """Return equal chances between two values."""
        return cls("uniform", {"low": low, "high": high})

    @classmethod
    def lognormal(cls, median: float, spread: float, sign: int = 1) -> Belief:
        """Return a lognormal distribution: only one sign is possible.

        Parameters
        ----------
        median : float
            Above zero: half of the values are larger in size.
        spread : float
            A factor above one: about two thirds of the values lie between ``median / spread`` and
            ``median * spread``.
        sign : {1, -1}
            Sign of all values.
        """
        return cls("lognormal", {"median": median, "spread": spread, "sign": sign})

    @classmethod
    def triangular(cls, low: float, mode: float, high: float) -> Belief:
        """Return a triangular distribution."""
        return cls("triangular", {"low": low, "mode": mode, "high": high})

    @classmethod
    def truncated(
        cls, mean: float, sd: float, low: float | None = None, high: float | None = None
    ) -> Belief:
        """Return a normal distribution cut off below `low` and above `high`.

        `mean` and `sd` are those before the cut; ``mean=0, low=0`` says only that the coefficient
        is positive and of a size of about `sd`.
        """
        ends = {"low": low, "high": high}
        numbers = {"mean": mean, "sd": sd}
        return cls("truncated", numbers | {k: v for k, v in ends.items() if v is not None})

    @property
    def is_known(self) -> bool:
        """True if there is no doubt about the value."""
        return self.shape == "known"

    @property
    def mean(self) -> float:
        """Expected value."""
        n = self.numbers
        if self.shape == "known":
            return n["value"]
        if self.shape == "normal":
            return n["mean"]
        if self.shape == "uniform":
            return (n["low"] + n["high"]) / 2
        if self.shape == "lognormal":
            return self._sign * n["median"] * math.exp(math.log(n["spread"]) ** 2 / 2)
        if self.shape == "triangular":
            return (n["low"] + n["mode"] + n["high"]) / 3
        return n["mean"] + n["sd"] * self._cut_moments[0]

    @property
    def sd(self) -> float:
        """Standard deviation."""
        n = self.numbers
        if self.shape == "known":
            return 0.0
        if self.shape == "normal":
            return n["sd"]
        if self.shape == "uniform":
            return (n["high"] - n["low"]) / math.sqrt(12)
        if self.shape == "lognormal":
            return abs(self.mean) * math.sqrt(math.expm1(math.log(n["spread"]) ** 2))
        if self.shape == "triangular":
            a, c, b = n["low"], n["mode"], n["high"]
            return math.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18)
        return n["sd"] * math.sqrt(self._cut_moments[1])

    def at(self, scores: Floats) -> Floats:
        """Return the values that stand where standard normal scores stand: a quantile each.

        Parameters
        ----------
        scores : ndarray
            Standard normal scores.

        Returns
        -------
        ndarray of the same shape
        """
        n = self.numbers
        if self.shape == "known":
            return np.full_like(scores, n["value"])
        if self.shape == "normal":
            return np.asarray(n["mean"] + n["sd"] * scores)
        if self.shape == "lognormal":
            return np.asarray(self._sign * n["median"] * np.exp(math.log(n["spread"]) * scores))
        share = special.ndtr(scores)
        if self.shape == "uniform":
            return np.asarray(n["low"] + (n["high"] - n["low"]) * share)
        if self.shape == "triangular":
            return _triangular_quantile(share, n["low"], n["mode"], n["high"])
        # from the nearer end, so that the far tail keeps its digits
        low, high = self._cut
        rest = special.ndtr(-scores)
        below = special.ndtr(low) * rest + special.ndtr(high) * share
        above = special.ndtr(-low) * rest + special.ndtr(-high) * share
        inside = np.where(below < above, special.ndtri(below), -special.ndtri(above))
        return np.asarray(n["mean"] + n["sd"] * inside)

    def to_dict(self) -> dict[str, Any]:
        """Return the belief as JSON and TOML can hold it."""
        return {"shape": self.shape, **self.numbers}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any] | float) -> Belief:
        """Read what `to_dict` gave; a bare number is a known value."""
        if not isinstance(content, Mapping):
            return cls.known(float(content))
        shape = content.get("shape", "known" if "value" in content else "normal")
        return cls(shape, {key: value for key, value in content.items() if key != "shape"})

    @property
    def _sign(self) -> float:
        return -1.0 if self.numbers.get("sign", 1.0) < 0 else 1.0

    @property
    def _cut(self) -> tuple[float, float]:
        """The cuts as standard scores."""
        n = self.numbers
        low = (n["low"] - n["mean"]) / n["sd"] if "low" in n else -math.inf
        high = (n["high"] - n["mean"]) / n["sd"] if "high" in n else math.inf
        return low, high

    @property
    def _cut_moments(self) -> tuple[float, float]:
        """Mean and variance of a standard normal between the cuts (Johnson, Kotz 1970, 13.7)."""
        low, high = self._cut
        share = float(special.ndtr(high) - special.ndtr(low))
        at_low, at_high = (math.exp(-c * c / 2) / math.sqrt(2 * math.pi) for c in (low, high))
        mean = (at_low - at_high) / share
        low_part = low * at_low if math.isfinite(low) else 0.0
        high_part = high * at_high if math.isfinite(high) else 0.0
        return mean, 1 + (low_part - high_part) / share - mean**2


def _triangular_quantile(share: Floats, low: float, mode: float, high: float) -> Floats:
    turn = (mode - low) / (high - low)
    left = low + np.sqrt(share * (high - low) * (mode - low))
    right = high - np.sqrt((1 - share) * (high - low) * (high - mode))
    return np.where(share < turn, left, right)


def _problems(shape: str, given: Mapping[str, float]) -> list[Problem]:
    """Return everything that is wrong with a description."""
    if shape not in SHAPES:
        return [unknown_name(shape, SHAPES, "shape of a belief")]
    needed, may = _NEEDS[shape], _MAY.get(shape, ())
    problems = [
        Problem(f"a {shape} belief needs {name}", f"Give {', '.join(needed)}.")
        for name in needed
        if name not in given
    ]
    problems += [
        unknown_name(name, (*needed, *may), f"number of a {shape} belief")
        for name in given
        if name not in (*needed, *may)
    ]
    problems += [
        Problem(f"{name} = {value} is not a finite number", f"Give a finite {name}.")
        for name, value in given.items()
        if not math.isfinite(value)
    ]
    if not problems:
        problems += _range_problems(shape, given)
    return problems


def _range_problems(shape: str, n: Mapping[str, float]) -> list[Problem]:
    if "sd" in n and n["sd"] <= 0:
        cure = "Give an sd above zero, or a bare number for a known value."
        return [Problem(f"sd = {n['sd']:g} is not above zero", cure)]
    if shape == "lognormal" and (n["median"] <= 0 or n["spread"] <= 1):
        text = f"a lognormal belief cannot have median {n['median']:g} and spread {n['spread']:g}"
        cure = "Give a median above zero, a spread above one (a factor), and sign = -1 if negative."
        return [Problem(text, cure)]
    if shape == "triangular" and not (n["low"] <= n["mode"] <= n["high"] and n["low"] < n["high"]):
        return [Problem("low, mode and high do not increase", "Give low <= mode <= high.")]
    low, high = n.get("low", -math.inf), n.get("high", math.inf)
    if shape in ("uniform", "truncated") and low >= high:
        return [Problem(f"low = {low:g} is not below high = {high:g}", "Give low < high.")]
    if shape == "truncated":
        share = special.ndtr((high - n["mean"]) / n["sd"]) - special.ndtr(
            (low - n["mean"]) / n["sd"]
        )
        if share < 1e-8:
            cure = "Move the cuts towards the mean, or use a uniform belief."
            return [Problem("nothing is left between the cuts", cure)]
    return []
