"""Errors of identification, and the words they are written with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import IdentificationError, Problem

FloatArray = npt.NDArray[np.float64]


class UnidentifiedError(IdentificationError):
    """Coefficients that the data cannot tell.

    Attributes
    ----------
    coefficients : tuple of str
        Their names.
    """

    coefficients: tuple[str, ...] = ()

    @classmethod
    def about(cls, problems: Sequence[Problem], coefficients: Sequence[str]) -> UnidentifiedError:
        """Make the error that lists all problems and names the coefficients."""
        error = cls.of(problems, "The data cannot tell all coefficients ({count} reasons):")
        assert isinstance(error, cls)  # `of` makes one of its own class
        error.coefficients = tuple(dict.fromkeys(coefficients))
        return error


class EmptyLevelError(UnidentifiedError):
    """A coefficient belongs to a level that was never shown."""


class NoVariationError(UnidentifiedError):
    """An attribute is the same for all alternatives of every task."""


class CollinearError(UnidentifiedError):
    """Attributes always go together, so that their coefficients cannot be told apart."""


class SeparationError(UnidentifiedError):
    """Some combination of attributes predicts choices without a single exception."""


class FlatLikelihoodError(UnidentifiedError):
    """The likelihood has no clear peak in some direction."""


@dataclass(frozen=True)
class Finding:
    """A reason why coefficients cannot be told."""

    error: type[UnidentifiedError]
    problem: Problem
    coefficients: tuple[str, ...]


def raise_findings(findings: Sequence[Finding]) -> None:
    """Raise one error for all findings: of their own class where they are of one kind."""
    if not findings:
        return
    kinds = {finding.error for finding in findings}
    kind = kinds.pop() if len(kinds) == 1 else UnidentifiedError
    names = [name for finding in findings for name in finding.coefficients]
    raise kind.about([finding.problem for finding in findings], names)


def combination(names: Sequence[str], amounts: FloatArray) -> str:
    """Write a sum, such as ``a + b − 2 × c``."""
    if amounts[0] < 0:
        amounts = -amounts
    parts = []
    for position, (name, amount) in enumerate(zip(names, amounts, strict=True)):
        size = "" if abs(abs(amount) - 1) < 1e-6 else f"{abs(amount):.4g} × "
        sign = ("+ " if amount > 0 else "− ") if position else ""
        parts.append(f"{sign}{size}{name}")
    return " ".join(parts)


def listing(names: Sequence[str]) -> str:
    """Write names in quotes, the last after an and."""
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
