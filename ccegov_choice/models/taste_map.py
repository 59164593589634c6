"""From parameters to where each person's coefficients lie and how they spread, and slopes back.

The kernel (`ccegov_choice.kernels.mixed`) knows values with a location ``a`` and weights ``b`` of
standard draws. Both are linear in the parameters; covariates add to the location, and multiply
the weights by the exponential of a sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.mixed import PersonSums, Structure
from ccegov_choice.models.distributions import Distribution, Normal, Quantile

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Load:
    """How much of a standard draw goes into a value: ``constant + sum of factor parameter``.

    Parameters
    ----------
    dimension : int
        Dimension of the draws.
    parameters : mapping of int to float
        Position of a parameter -> its factor.
    constant : float
        What is added.
    """

    dimension: int
    parameters: Mapping[int, float]
    constant: float = 0.0


@dataclass(frozen=True, eq=False)
class Value:
    """A coefficient, or what one is multiplied with, as a function of parameters and draws.

    Parameters
    ----------
    distribution : Distribution
        Its shape.
    location : mapping of int to float
        Position of a parameter -> its factor.
    constant : float
        Added to the location.
    loads : tuple of Load
        The draws in it.
    shifts : mapping of int to ndarray of shape (N,)
        Parameters whose multiple of a covariate is added to the location.
    stretches : mapping of int to ndarray of shape (N,)
        Parameters whose multiple of a covariate, in an exponential, multiplies the loads.
    """

    distribution: Distribution = field(default_factory=Normal)
    location: Mapping[int, float] = field(default_factory=dict)
    constant: float = 0.0
    loads: tuple[Load, ...] = ()
    shifts: Mapping[int, FloatArray] = field(default_factory=dict)
    stretches: Mapping[int, FloatArray] = field(default_factory=dict)


class Feature(NamedTuple):
    """A standard draw: which dimension, and by which quantile function."""

    dimension: int
    quantile: Quantile


class Places(NamedTuple):
    """Locations and loads: ``(N or 1, I)``, ``(N or 1, E)``, and coefficients ``(Kf,)``."""

    a: FloatArray
    b: FloatArray
    fixed: FloatArray


@dataclass(frozen=True, eq=False)
class TasteMap:
    """The map from ``P`` parameters to the places of ``I`` values.

    Parameters
    ----------
    parameters : int
        Their number, ``P``.
    values : tuple of Value
        Those of the columns first, then what they are multiplied with.
    multipliers : tuple of int
        For each column, the value it is multiplied with, or -1.
    fixed : ndarray of shape (Kf,)
        Positions of the parameters that are coefficients without a spread.
    """

    parameters: int
    values: tuple[Value, ...]
    multipliers: tuple[int, ...]
    fixed: IntArray
    features: tuple[Feature, ...] = field(init=False)
    structure: Structure = field(init=False)
    _location: FloatArray = field(init=False)
    _load: FloatArray = field(init=False)
    _location_constant: FloatArray = field(init=False)
    _load_constant: FloatArray = field(init=False)
    _owner: IntArray = field(init=False)

    def __post_init__(self) -> None:
        keys = [
            Feature(load.dimension, value.distribution.quantile)
            for value in self.values
            for load in value.loads
        ]
        features = tuple(dict.fromkeys(keys))
        owner = [i for i, value in enumerate(self.values) for _ in value.loads]
        loads = [load for value in self.values for load in value.loads]
        shapes = [value.distribution for value in self.values]
        structure = Structure(
            np.array([shape.kind for shape in shapes], dtype=np.int64),
            np.array([shape.low for shape in shapes], dtype=np.float64),
            np.array([shape.span for shape in shapes], dtype=np.float64),
            np.cumsum([0, *(len(value.loads) for value in self.values)], dtype=np.int64),
            np.array([features.index(key) for key in keys], dtype=np.int64),
            np.array(self.multipliers, dtype=np.int64),
            any(m >= 0 for m in self.multipliers),
        )
        put = object.__setattr__
        put(self, "features", features)
        put(self, "structure", structure)
        put(self, "_owner", np.array(owner, dtype=np.int64))
        put(self, "_location", self._matrix([value.location for value in self.values]))
        put(self, "_load", self._matrix([load.parameters for load in loads]))
        constants = [value.constant for value in self.values]
        put(self, "_location_constant", np.array(constants, dtype=np.float64))
        put(self, "_load_constant", np.array([load.constant for load in loads], dtype=np.float64))

    def _matrix(self, rows: list[Mapping[int, float]]) -> FloatArray:
        matrix = np.zeros((len(rows), self.parameters))
        for row, entries in enumerate(rows):
            for parameter, factor in entries.items():
                matrix[row, parameter] = factor
        return matrix

    @property
    def dimensions(self) -> int:
        """Number of dimensions of the draws, ``Q``."""
        return max((feature.dimension for feature in self.features), default=-1) + 1

    @property
    def personal(self) -> bool:
        """Whether places differ between people."""
        return any(value.shifts or value.stretches for value in self.values)

    def places(self, theta: FloatArray) -> Places:
        """Return where the values lie, and how they spread, at parameters ``(P,)``."""
        a = (self._location_constant + self._location @ theta)[None, :]
        b = (self._load_constant + self._load @ theta)[None, :]
        for i, value in enumerate(self.values):
            for parameter, covariate in value.shifts.items():
                if len(a) == 1:
                    a = np.repeat(a, len(covariate), axis=0)
                a[:, i] += theta[parameter] * covariate
        factor = self._factor(theta)
        if factor is not None:
            b = b * factor
        return Places(np.ascontiguousarray(a), np.ascontiguousarray(b), theta[self.fixed])

    def _factor(self, theta: FloatArray) -> FloatArray | None:
        """Return what loads are multiplied with ``(N, E)``; None without such covariates."""
        logs: FloatArray | None = None
        for i, value in enumerate(self.values):
            for parameter, covariate in value.stretches.items():
                if logs is None:
                    logs = np.zeros((len(covariate), len(self._owner)))
                logs[:, self._owner == i] += (theta[parameter] * covariate)[:, None]
        return None if logs is None else np.exp(logs)

    def scores(self, theta: FloatArray, sums: PersonSums) -> FloatArray:
        """Return slopes ``(N, P)`` in the parameters from those in the places."""
        factor = self._factor(theta)
        loads = sums.b if factor is None else sums.b * factor
        score = sums.a @ self._location + loads @ self._load
        score[:, self.fixed] += sums.fixed
        for i, value in enumerate(self.values):
            for parameter, covariate in value.shifts.items():
                score[:, parameter] += sums.a[:, i] * covariate
            if value.stretches:
                mine = self._owner == i
                size = self._load_constant[mine] + self._load[mine] @ theta
                total = loads[:, mine] @ size
                for parameter, covariate in value.stretches.items():
                    score[:, parameter] += total * covariate
        return np.asarray(score)

    def hessian(self, sums: PersonSums, weights: FloatArray, inner: FloatArray) -> FloatArray:
        """Return second derivatives ``(P, P)`` in the parameters, where places are everybody's.

        Parameters
        ----------
        sums : PersonSums
            Slopes of people in the places.
        weights : ndarray of shape (N,)
            Weight of each.
        inner : ndarray of shape (S, S)
            What `ccegov_choice.kernels.mixed_hessian` gives.
        """
        values = len(self.values)
        owner = np.concatenate(
            [np.arange(values), self._owner, np.arange(values, values + len(self.fixed))]
        )
        same = owner[:, None] == owner
        slopes = np.hstack([sums.a, sums.b, sums.fixed])
        whole = np.where(same, inner, inner + inner.T) - (slopes * weights[:, None]).T @ slopes
        chosen = np.zeros((len(self.fixed), self.parameters))
        chosen[np.arange(len(self.fixed)), self.fixed] = 1.0
        down = np.vstack([self._location, self._load, chosen])
        return np.asarray(down.T @ whole @ down)
