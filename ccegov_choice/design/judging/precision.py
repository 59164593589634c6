"""How well a design tells each coefficient and each willingness to trade, and for how many people.

One person answers one block, so the information from ``N`` people is ``N / blocks`` times that of
the whole design answered once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from ccegov_choice._table import Absent, Cell, Table

Floats = npt.NDArray[np.float64]

SURE = float(stats.norm.ppf(0.975))
# |t| >= 1.96 in four of five surveys, not only in every other one
FOUR_OF_FIVE = SURE + float(stats.norm.ppf(0.8))
NULL, TINY = 1e-9, 1e-150
SINGULAR = 1e-12  # as in `error_of`
FLAT = "the design does not identify it"
NOT_ZERO = "it has a mean of zero in the prior, so no number of people tells it from zero"


@dataclass(frozen=True)
class Precision:
    """How well one number is told.

    Parameters
    ----------
    name : str
        A coefficient, or a gain and what it is paid in.
    value : float
        What it is taken to be; NaN where it does not exist.
    once : float
        Standard error when the whole design is answered once; infinite where it is not identified.
    blocks : int
        Blocks of the design; each person answers one.
    unit : str
        Unit of the value; empty for coefficients.
    absent : str
        Why it does not exist.
    label : str
        The name in the study's words; the name itself when empty.
    """

    name: str
    value: float
    once: float
    blocks: int
    unit: str = ""
    absent: str = ""
    label: str = ""

    @property
    def words(self) -> str:
        """The name in the study's words."""
        return self.label or self.name

    @property
    def per_hundred(self) -> float:
        """Standard error with 100 people."""
        return self.once * math.sqrt(self.blocks / 100)

    @property
    def people(self) -> int | None:
        """People needed so that ``|value| >= 1.96`` standard errors; None where none suffice."""
        return self._people(SURE)

    @property
    def people_for_power(self) -> int | None:
        """People needed so that four of five surveys find it (80 % power, two-sided 5 %)."""
        return self._people(FOUR_OF_FIVE)

    def _people(self, errors: float) -> int | None:
        if not math.isfinite(self.once) or not abs(self.value) > 1e-12:
            return None
        return max(1, math.ceil(self.blocks * (errors * self.once / self.value) ** 2 - 1e-9))

    @property
    def reason(self) -> str:
        """Why no number of people is given."""
        if self.absent:
            return self.absent
        return NOT_ZERO if math.isfinite(self.once) else FLAT

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON can hold them."""
        return {
            "name": self.name,
            "label": self.words,
            "unit": self.unit,
            "value": _finite(self.value),
            "standard_error_once": _finite(self.once),
            "standard_error_100_people": _finite(self.per_hundred),
            "people_for_1.96": self.people,
            "people_for_80_percent_power": self.people_for_power,
            "absent": "" if self.people is not None else self.reason,
        }


def variances(matrix: Floats, rows: Floats) -> Floats:
    """Return the variances of combinations of coefficients, whatever their units.

    Parameters
    ----------
    matrix : ndarray of shape (K, K)
        Information; it may be singular.
    rows : ndarray of shape (F, K)
        Combinations.

    Returns
    -------
    ndarray of shape (F,)
        ``c' M^-1 c``; infinite for a combination that the information says nothing about.
    """
    scale = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    alive = scale > max(NULL * float(scale.max(initial=0.0)), TINY)
    safe = np.where(alive, scale, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(safe, safe))
    turned = (rows / safe) @ vectors
    # with any information the scaled matrix has a unit on its diagonal, so an eigenvalue above it
    flat = values <= SINGULAR * max(float(values[-1]), 1.0)
    found: Floats = (turned[:, ~flat] ** 2 / values[~flat]).sum(axis=1)
    size = np.maximum(np.abs(rows / safe).max(axis=1), 1e-300)
    lost = (np.abs(turned[:, flat]) > 1e-6 * size[:, None]).any(axis=1)
    return np.where(lost, np.inf, found)


def coefficient_precision(
    matrix: Floats,
    names: Sequence[str],
    values: Floats,
    blocks: int,
    labels: Mapping[str, str] | None = None,
) -> tuple[Precision, ...]:
    """Return how well every coefficient is told.

    Parameters
    ----------
    matrix : ndarray of shape (K, K)
        Information of the whole design answered once.
    names : sequence of str
        Coefficients.
    values : ndarray of shape (K,)
        What they are taken to be.
    blocks : int
        Each person answers one block.
    labels : mapping of str to str, optional
        Coefficients in the study's words.
    """
    errors = np.sqrt(variances(matrix, np.eye(len(matrix))))
    return tuple(
        Precision(name, float(value), float(error), blocks, label=(labels or {}).get(name, ""))
        for name, value, error in zip(names, values, errors, strict=True)
    )


def precision_table(
    title: str, items: Sequence[Precision], first: str, notes: Sequence[str] = ()
) -> Table:
    """Return standard errors and people needed as a table."""
    columns = (
        first, "Taken as", "Standard error, whole design once", "With 100 people",
        "People for |t| ≥ 1.96", "People for 80 % power",
    )  # fmt: skip
    formats = dict.fromkeys(columns[1:4], ".4g") | dict.fromkeys(columns[4:], ",.0f")
    if all(item.people is None for item in items) and not any(item.absent for item in items):
        # nothing is believed: a column of dashes would say nothing
        rows = tuple((row[0], *row[2:4]) for row in map(_row, items))
        return Table(title, (first, *columns[2:4]), rows, tuple(notes), formats)
    return Table(title, columns, tuple(_row(item) for item in items), tuple(notes), formats)


def _row(item: Precision) -> tuple[Cell, ...]:
    name = f"{item.name} ({item.unit})" if item.unit else item.name
    why = Absent(item.reason)
    if item.absent:
        return (name, why, why, why, why, why)
    errors: tuple[Cell, Cell] = (item.once, item.per_hundred)
    if not math.isfinite(item.once):
        errors = (why, why)
    needed = item.people, item.people_for_power
    return (name, item.value, *errors, *(why if n is None else n for n in needed))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
