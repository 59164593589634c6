"""How the values of alternatives become shares and a logsum: the logit, or a tree of nests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]


class ChoiceRule(Protocol):
    """What people choose, given the value of each alternative; one that is not on offer has -inf.

    Methods take values ``(..., J)`` and parameters ``(P,)``.
    """

    def shares(self, values: FloatArray, parameters: FloatArray) -> FloatArray:
        """Return choice probabilities ``(..., J)``; NaN where nothing is on offer."""

    def logsum(self, values: FloatArray, parameters: FloatArray) -> FloatArray:
        """Return the expected greatest utility ``(...)``; -inf where nothing is on offer."""


@runtime_checkable
class HasChoiceRule(Protocol):
    """A model whose choice probabilities given tastes are not those of the logit."""

    def choice_rule(self, results: Results, alternatives: Sequence[str | None]) -> ChoiceRule:
        """Return the rule for ``J`` alternatives by name."""


class LogitRule:
    """The rule of the multinomial logit."""

    def shares(self, values: FloatArray, parameters: FloatArray) -> FloatArray:
        """Return choice probabilities ``(..., J)``; NaN where nothing is on offer."""
        top = values.max(axis=-1, keepdims=True)
        powers = np.exp(values - np.where(np.isfinite(top), top, 0.0))
        total = powers.sum(axis=-1, keepdims=True)
        nobody = np.full_like(powers, np.nan)
        return np.asarray(np.divide(powers, total, out=nobody, where=total > 0))

    def logsum(self, values: FloatArray, parameters: FloatArray) -> FloatArray:
        """Return ``log sum exp`` over the last axis."""
        top = values.max(axis=-1)
        safe = np.where(np.isfinite(top), top, 0.0)
        with np.errstate(divide="ignore"):  # nothing on offer: the logarithm of zero is right
            found: FloatArray = safe + np.log(np.exp(values - safe[..., None]).sum(axis=-1))
        return found
