"""From parameters to where each person's coefficients lie and how they spread, and slopes back.

The kernel (`ccegov_choice.kernels.mixed`) knows values with a location ``a`` and weights ``b`` of
standard draws. Both are linear in the parameters and in products of two of them; covariates add to
the location, and multiply the weights by the exponential of a sum.

A tabulated distribution (`ccegov_choice.models.mixed.tabulated`) is a value whose draws are tables
that depend on parameters: one of the coefficient, of weight one, and one of its slope in each
parameter, of weight zero, in which the kernel's slope is that of the likelihood in the parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.mixed import PersonSums, Structure
from ccegov_choice.models.mixed.distributions import Distribution, Normal, Quantile
from ccegov_choice.models.mixed.tabulated import TabulatedDistribution

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
EVERYBODY = slice(None)
# A search may try parameters that are far too large; what comes of them is not finite, and is told
# to the search as such.
quietly = np.errstate(over="ignore", invalid="ignore")


@dataclass(frozen=True, eq=False)
class Load:
    """How much of a standard draw goes into a value: ``constant + sum of factor parameter``.

    Parameters
    ----------
    dimension : int
        Dimension of the draws.
    parameters : mapping of int to float
        Position of a parameter, or of a product after all of these -> its factor.
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
    arguments : tuple of int
        Where the distribution is tabulated: its parameters. It has one load of one, and no
        location.
    """

    distribution: Distribution = field(default_factory=Normal)
    location: Mapping[int, float] = field(default_factory=dict)
    constant: float = 0.0
    loads: tuple[Load, ...] = ()
    shifts: Mapping[int, FloatArray] = field(default_factory=dict)
    stretches: Mapping[int, FloatArray] = field(default_factory=dict)
    arguments: tuple[int, ...] = ()


class Table(NamedTuple):
    """A table that depends on parameters: of a value (row 0), or of its slope in an argument."""

    value: int
    row: int


class Feature(NamedTuple):
    """A standard draw: which dimension, and by which quantile function or table."""

    dimension: int
    quantile: Quantile | Table


class Places(NamedTuple):
    """Locations and loads: ``(N or 1, I)``, ``(N or 1, E)``, and coefficients ``(Kf,)``."""

    a: FloatArray
    b: FloatArray
    fixed: FloatArray


@dataclass(frozen=True, eq=False)
class TasteMap:
    """The map from ``P`` parameters to the places of ``I`` values.

    Further letters: ``E`` loads, ``M`` parameters and products.

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
    products : tuple of (int, int)
        Pairs of parameters whose products act like parameters, at positions from ``P`` on.
    """

    parameters: int
    values: tuple[Value, ...]
    multipliers: tuple[int, ...]
    fixed: IntArray
    products: tuple[tuple[int, int], ...] = ()
    features: tuple[Feature, ...] = field(init=False)
    structure: Structure = field(init=False)
    owner: IntArray = field(init=False)
    _location: FloatArray = field(init=False)
    _load: FloatArray = field(init=False)
    _back: FloatArray = field(init=False)
    _location_constant: FloatArray = field(init=False)
    _load_constant: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        loads = [load for i in range(len(self.values)) for load in self._loads(i)]
        keys = [key for i in range(len(self.values)) for key in self._keys(i)]
        features = tuple(dict.fromkeys(keys))
        sizes = [len(self._loads(i)) for i in range(len(self.values))]
        shapes = [value.distribution for value in self.values]
        structure = Structure(
            np.array([shape.kind for shape in shapes], dtype=np.int64),
            np.array([shape.low for shape in shapes], dtype=np.float64),
            np.array([shape.span for shape in shapes], dtype=np.float64),
            np.cumsum([0, *sizes], dtype=np.int64),
            np.array([features.index(key) for key in keys], dtype=np.int64),
            np.array(self.multipliers, dtype=np.int64),
            any(m >= 0 for m in self.multipliers),
        )
        put = object.__setattr__
        put(self, "features", features)
        put(self, "structure", structure)
        put(self, "owner", np.repeat(np.arange(len(self.values)), sizes))
        put(self, "_location", self._matrix([value.location for value in self.values]))
        put(self, "_load", self._matrix([load.parameters for load in loads]))
        put(self, "_back", self._load + self._matrix([self._argument(key) for key in keys]))
        constants = [value.constant for value in self.values]
        put(self, "_location_constant", np.array(constants, dtype=np.float64))
        put(self, "_load_constant", np.array([load.constant for load in loads], dtype=np.float64))

    def _loads(self, i: int) -> tuple[Load, ...]:
        """Return the loads of a value, with those of weight zero that tables of slopes have."""
        value = self.values[i]
        own = value.loads
        return (*own, *(Load(own[0].dimension, {}) for _ in value.arguments))

    def _keys(self, i: int) -> list[Feature]:
        """Return the standard draw of each load."""
        value, loads = self.values[i], self._loads(i)
        if value.arguments:
            return [Feature(load.dimension, Table(i, row)) for row, load in enumerate(loads)]
        return [Feature(load.dimension, value.distribution.quantile) for load in loads]

    def _argument(self, key: Feature) -> dict[int, float]:
        """Return the parameter whose slope a load of weight zero shows."""
        table = key.quantile
        if not isinstance(table, Table) or table.row == 0:
            return {}
        return {self.values[table.value].arguments[table.row - 1]: 1.0}

    def _matrix(self, rows: list[Mapping[int, float]]) -> FloatArray:
        matrix = np.zeros((len(rows), self.parameters + len(self.products)))
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

    @property
    def tabulated(self) -> int:
        """The most arguments of a value whose draws depend on parameters; zero without any."""
        return max((len(value.arguments) for value in self.values), default=0)

    def tables(
        self,
        theta: FloatArray | None,
        u: FloatArray,
        still: FloatArray | None = None,
        bent: int = -1,
    ) -> FloatArray:
        """Return the draws ``(F, G)`` of each feature at ``u`` between 0 and 1.

        Parameters
        ----------
        theta : ndarray of shape (P,), optional
            Parameters; draws that depend on them are NaN without.
        u : ndarray of shape (G,)
            Where.
        still : ndarray of shape (F, G), optional
            Tables from before, of which those that do not depend on parameters are taken.
        bent : int
            Instead of slopes in each argument, slopes of these in the argument at this place.
        """
        made = np.full((len(self.features), len(u)), np.nan)
        for f, feature in enumerate(self.features):
            if isinstance(feature.quantile, Table):
                continue
            made[f] = feature.quantile(u) if still is None else still[f]
        for i, value in enumerate(self.values):
            shape = value.distribution
            if theta is None or not value.arguments:
                continue
            assert isinstance(shape, TabulatedDistribution)  # it has arguments
            arguments = theta[list(value.arguments)]
            rows = shape.table(u, arguments)
            if bent >= 0:
                none = bent >= len(arguments)
                rows[1:] = 0.0 if none else shape.bent(u, arguments, bent)
            for row, key in enumerate(self._keys(i)):
                made[self.features.index(key)] = rows[row]
        return made

    def with_products(self, theta: FloatArray) -> FloatArray:
        """Return parameters and products of two ``(M,)``."""
        return np.append(theta, [theta[p] * theta[q] for p, q in self.products])

    def chain(self, theta: FloatArray) -> FloatArray:
        """Return the slopes ``(M, P)`` of parameters and products in the parameters."""
        rows = np.zeros((len(self.products), self.parameters))
        for row, (p, q) in enumerate(self.products):
            rows[row, p] += theta[q]
            rows[row, q] += theta[p]
        return np.vstack([np.eye(self.parameters), rows])

    @quietly
    def places(self, theta: FloatArray) -> Places:
        """Return where the values lie, and how they spread, at parameters ``(P,)``."""
        inner = self.with_products(theta)
        a = (self._location_constant + self._location @ inner)[None, :]
        b = self.loads_before(theta)[None, :]
        for i, value in enumerate(self.values):
            for parameter, covariate in value.shifts.items():
                if len(a) == 1:
                    a = np.repeat(a, len(covariate), axis=0)
                a[:, i] += theta[parameter] * covariate
        factor = self.factor(theta)
        if factor is not None:
            b = b * factor
        return Places(np.ascontiguousarray(a), np.ascontiguousarray(b), theta[self.fixed])

    @quietly
    def factor(self, theta: FloatArray, people: slice = EVERYBODY) -> FloatArray | None:
        """Return what loads are multiplied with ``(N, E)``; None without such covariates."""
        logs: FloatArray | None = None
        for i, value in enumerate(self.values):
            for parameter, covariate in value.stretches.items():
                if logs is None:
                    logs = np.zeros((len(covariate[people]), len(self.owner)))
                logs[:, self.owner == i] += (theta[parameter] * covariate[people])[:, None]
        return None if logs is None else np.exp(logs)

    def loads_before(self, theta: FloatArray) -> FloatArray:
        """Return the loads ``(E,)`` before factors of covariates."""
        return np.asarray(self._load_constant + self._load @ self.with_products(theta))

    @property
    def load_slopes(self) -> FloatArray:
        """Slopes ``(E, M)`` of the loads before factors, in parameters and products."""
        return self._load

    @property
    def down(self) -> FloatArray:
        """Slopes ``(I + E + Kf, M)`` of all places in parameters and products."""
        chosen = np.zeros((len(self.fixed), self.parameters + len(self.products)))
        chosen[np.arange(len(self.fixed)), self.fixed] = 1.0
        return np.vstack([self._location, self._back, chosen])

    @quietly
    def scores(self, theta: FloatArray, sums: PersonSums) -> FloatArray:
        """Return slopes ``(N, P)`` in the parameters from those in the places."""
        score = self.inner_scores(theta, sums, EVERYBODY)
        return score @ self.chain(theta) if self.products else score

    @quietly
    def inner_scores(self, theta: FloatArray, sums: PersonSums, people: slice) -> FloatArray:
        """Return slopes ``(N, M)`` in parameters and products."""
        factor = self.factor(theta, people)
        loads = sums.b if factor is None else sums.b * factor
        score = sums.a @ self._location + loads @ self._back
        score[:, self.fixed] += sums.fixed
        sizes = self.loads_before(theta)
        for i, value in enumerate(self.values):
            for parameter, covariate in value.shifts.items():
                score[:, parameter] += sums.a[:, i] * covariate[people]
            if value.stretches:
                mine = self.owner == i
                total = loads[:, mine] @ sizes[mine]
                for parameter, covariate in value.stretches.items():
                    score[:, parameter] += total * covariate[people]
        return np.asarray(score)
