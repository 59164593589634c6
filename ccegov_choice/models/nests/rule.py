"""How values of alternatives become shares and a logsum in a tree of nests.

The value of a nest is that of its best member in expectation; ``a`` is the share of an alternative
that stands in the nest (one unless it stands in several), and ``m`` the nest's dissimilarity::

    V_nest = m log sum_i exp((log a_i + V_i) / m)

The logsum is the value of the root, where ``m`` is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import DataError
from ccegov_choice.models.nests.tree import Nest, allocation, dissimilarity, walk
from ccegov_choice.models.population.choice_rule import ChoiceRule, LogitRule

FloatArray = npt.NDArray[np.float64]
_LOGIT = LogitRule()


@dataclass(frozen=True, eq=False)
class TreeRule:
    """The rule of a nested or cross-nested logit.

    Parameters
    ----------
    nests : tuple of Nest
        The nests of the root; alternatives in none of them stand at the root.
    alternatives : tuple of J str
        What is on offer; the same one may be offered in several ways.
    names : tuple of P str
        The parameters.

    References
    ----------
    McFadden (1978), Modelling the choice of residential location. Wen & Koppelman (2001),
    Transportation Research B 35, 627-641.
    """

    nests: tuple[Nest, ...]
    alternatives: tuple[str, ...]
    names: tuple[str, ...]

    def logsum(self, values: FloatArray, parameters: FloatArray) -> FloatArray:
        """Return the expected greatest utility ``(...)``; -inf where nothing is on offer."""
        return self._value(self._root, values, parameters)

    def shares(self, values: FloatArray, parameters: FloatArray) -> FloatArray:
        """Return choice probabilities ``(..., J)``; NaN where nothing is on offer."""
        found = np.zeros(values.shape)
        self._share_out(self._root, np.ones(values.shape[:-1]), values, parameters, found)
        return np.where(np.isfinite(values).any(axis=-1, keepdims=True), found, np.nan)

    @property
    def _root(self) -> Nest:
        nested = {name for nest in walk(self.nests) for name in nest.alternatives}
        others = tuple(dict.fromkeys(name for name in self.alternatives if name not in nested))
        return Nest("", others, self.nests)

    def _parameter(self, name: str, theta: FloatArray) -> float:
        """Return a parameter; one where the model has no such parameter."""
        return float(theta[self.names.index(name)]) if name in self.names else 1.0

    def _members(self, nest: Nest, values: FloatArray, theta: FloatArray) -> FloatArray:
        """Return ``(log a + V) / m`` of the members ``(..., members)``: alternatives, nests."""
        width = self._parameter(dissimilarity(nest.name), theta)
        worth = [
            values[..., j]
            + _log(self._parameter(allocation(self.alternatives[j], nest.name), theta))
            for j in self._places(nest)
        ]
        worth += [self._value(inner, values, theta) for inner in nest.nests]
        if not worth:  # nothing of this nest is among what is asked about
            return np.full((*values.shape[:-1], 1), -np.inf)
        return np.stack(worth, axis=-1) / width

    def _places(self, nest: Nest) -> Iterator[int]:
        return (j for j, name in enumerate(self.alternatives) if name in nest.alternatives)

    def _value(self, nest: Nest, values: FloatArray, theta: FloatArray) -> FloatArray:
        width = self._parameter(dissimilarity(nest.name), theta)
        return width * _LOGIT.logsum(self._members(nest, values, theta), theta)

    def _share_out(
        self, nest: Nest, chance: FloatArray, values: FloatArray, theta: FloatArray, out: FloatArray
    ) -> None:
        """Add the chance ``(...)`` of a nest to those of its members, down to the alternatives."""
        within = np.nan_to_num(_LOGIT.shares(self._members(nest, values, theta), theta), nan=0.0)
        places = list(self._places(nest))
        for position, j in enumerate(places):
            out[..., j] += chance * within[..., position]
        for position, inner in enumerate(nest.nests, len(places)):
            self._share_out(inner, chance * within[..., position], values, theta, out)


def _log(share: float) -> float:
    return float(np.log(share)) if share > 0 else -np.inf


def tree_rule(
    nests: Sequence[Nest], alternatives: Sequence[str | None], names: Sequence[str]
) -> ChoiceRule:
    """Return the rule for ``J`` alternatives by name.

    Raises
    ------
    DataError
        If there are nests, and an alternative has no name.
    """
    if not nests:
        return _LOGIT
    if None in alternatives:
        raise DataError(
            "a profile does not say which alternative it is, and nests are made of alternatives",
            where="profile",
            cure="Name it: Profile({...}, alternative='...').",
        )
    named = tuple(str(name) for name in alternatives)
    return TreeRule(tuple(nests), named, tuple(names))
