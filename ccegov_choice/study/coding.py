# ruff: noqa: D102  (the protocols Rows and Factor document these methods)
"""How one factor of a utility term becomes numbers: linear, dummy, effects, constants, ...

A factor reads columns of alternatives (`Rows`) and gives one array per coefficient. Where an
attribute does not exist, on an opt-out for example, every coding gives zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ccegov_choice.study.expression import Expression

Column = npt.NDArray[np.float64]


class Rows(Protocol):
    """The alternatives to encode, ``A`` of them, read column by column."""

    def numeric(self, name: str) -> Column:
        """Return ``(A,)`` values of a numeric variable, NaN where it does not exist."""

    def codes(self, name: str) -> npt.NDArray[np.int64]:
        """Return ``(A,)`` positions among the variable's levels, -1 where it does not exist."""

    def is_alternative(self, alternative: str) -> npt.NDArray[np.bool_]:
        """Return ``(A,)``, true on the rows of one alternative."""


class Factor(Protocol):
    """One coded variable: names of its coefficients and the columns that they multiply."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Attributes and covariates that are read."""

    def columns(self, rows: Rows) -> list[Column]:
        """Return one ``(A,)`` array per name; it may be a view and is not to be changed."""


def absent_to_zero(values: Column) -> Column:
    """Put zero where a variable does not exist; no copy is made when it exists everywhere."""
    # the sum is NaN if any value is: one pass without a temporary array
    if np.isnan(values.sum()):
        return np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf)
    return values


@dataclass(frozen=True)
class Linear:
    """The value itself."""

    source: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.source,)

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.source,)

    def columns(self, rows: Rows) -> list[Column]:
        return [absent_to_zero(rows.numeric(self.source))]


@dataclass(frozen=True)
class Polynomial:
    """Powers 1 to `degree` of the value: ``x``, ``x^2``, ..."""

    source: str
    degree: int

    @property
    def names(self) -> tuple[str, ...]:
        powers = (f"{self.source}^{power}" for power in range(2, self.degree + 1))
        return (self.source, *powers)

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.source,)

    def columns(self, rows: Rows) -> list[Column]:
        values = absent_to_zero(rows.numeric(self.source))
        return [values**power for power in range(1, self.degree + 1)]


@dataclass(frozen=True)
class Piecewise:
    """A line that may bend at the knots; each further coefficient is the change of slope there."""

    source: str
    knots: tuple[float, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.source, *(f"{self.source}>{knot:g}" for knot in self.knots))

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.source,)

    def columns(self, rows: Rows) -> list[Column]:
        values = rows.numeric(self.source)
        bends = [absent_to_zero(np.maximum(values - knot, 0.0)) for knot in self.knots]
        return [absent_to_zero(values), *bends]


@dataclass(frozen=True)
class Computed:
    """An arithmetic expression of numeric variables, such as ``log(wait)`` or ``cost / 100``."""

    expression: Expression

    @property
    def names(self) -> tuple[str, ...]:
        return (self.expression.text,)

    @property
    def reads(self) -> tuple[str, ...]:
        return self.expression.variables

    def columns(self, rows: Rows) -> list[Column]:
        values = {name: rows.numeric(name) for name in self.reads}
        return [absent_to_zero(self.expression.evaluate(values))]


@dataclass(frozen=True)
class Levels:
    """One coefficient per level but the base.

    With ``effects`` the base gets -1 in every column, so that coefficients are distances from
    the average of the levels; otherwise it gets 0 and they are distances from the base.
    """

    source: str
    levels: tuple[str, ...]
    base: str
    effects: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{self.source}[{level}]" for level in self.levels if level != self.base)

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.source,)

    def columns(self, rows: Rows) -> list[Column]:
        codes = rows.codes(self.source)
        base = self.levels.index(self.base)
        # one more entry than levels: code -1 (does not exist) reads the last one, a zero
        table = np.zeros(len(self.levels) + 1)
        if self.effects:
            table[base] = -1.0
        columns = []
        for position in range(len(self.levels)):
            if position != base:
                table[position] = 1.0
                columns.append(table[codes])
                table[position] = 0.0
        return columns


@dataclass(frozen=True)
class Constants:
    """Alternative-specific constants: 1 on the rows of one alternative."""

    alternatives: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"asc[{alternative}]" for alternative in self.alternatives)

    @property
    def reads(self) -> tuple[str, ...]:
        return ()

    def columns(self, rows: Rows) -> list[Column]:
        return [rows.is_alternative(name).astype(np.float64) for name in self.alternatives]


@dataclass(frozen=True)
class Specific:
    """A factor with coefficients of its own for each of some alternatives."""

    factor: Factor
    alternatives: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(
            f"{name}[{alternative}]"
            for name in self.factor.names
            for alternative in self.alternatives
        )

    @property
    def reads(self) -> tuple[str, ...]:
        return self.factor.reads

    def columns(self, rows: Rows) -> list[Column]:
        return [
            np.where(rows.is_alternative(alternative), column, 0.0)
            for column in self.factor.columns(rows)
            for alternative in self.alternatives
        ]


@dataclass(frozen=True)
class Term:
    """A product of factors, with one coefficient per combination of their columns."""

    factors: tuple[Factor, ...]

    @property
    def names(self) -> tuple[str, ...]:
        names: Sequence[str] = [""]
        for factor in self.factors:
            names = [
                f"{left}:{right}" if left else right for left in names for right in factor.names
            ]
        return tuple(names)

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for factor in self.factors for name in factor.reads))

    def write(self, rows: Rows, out: npt.NDArray[np.float64]) -> None:
        """Fill ``out``, of shape ``(len(names), A)``."""
        first, *others = (factor.columns(rows) for factor in self.factors)
        products = first
        for columns in others:
            products = [left * right for left in products for right in columns]
        for target, product in zip(out, products, strict=True):
            np.copyto(target, product)
