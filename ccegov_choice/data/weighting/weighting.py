"""Weights of people, what they cost in precision, and who was not heard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._disclosure.limits import WITHHELD, withhold_groups
from ccegov_choice._table import Cell, Table
from ccegov_choice.data.labels import as_labels
from ccegov_choice.errors import DataError

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData

COLUMN = "weight"


@dataclass(frozen=True)
class MarginRow:
    """One category of a margin.

    Parameters
    ----------
    column, category : str
        What people differ by, and what they are.
    population, sample, weighted : float
        Share of the population, of the people who answered, and of these once weighted.
    people : int
        How many answered.
    """

    column: str
    category: str
    population: float
    sample: float
    weighted: float
    people: int

    @property
    def heard(self) -> bool:
        """Whether anybody of this category answered, where the population has such people."""
        return self.people > 0 or self.population == 0


@dataclass(frozen=True, eq=False)
class Weighting:
    """Weights that give a sample the margins of its population; made by `rake`.

    Parameters
    ----------
    person_ids : ndarray of shape (N,)
        The people.
    values : ndarray of shape (N,)
        Their weights; the mean is one, but for what a limit took off.
    rows : tuple of MarginRow
        All categories of all margins.
    gap : float
        Largest distance of a weighted share from the population's (without those not heard).
    converged : bool
        Whether that is within the tolerance.
    rounds : int
        Rounds of fitting.
    most : float or None
        The limit on weights, in means.
    trimmed : int
        How many people have a weight at the limit.
    """

    person_ids: npt.NDArray[Any]
    values: npt.NDArray[np.float64]
    rows: tuple[MarginRow, ...]
    gap: float
    converged: bool
    rounds: int
    most: float | None
    trimmed: int

    @property
    def people(self) -> int:
        """Number of people, ``N``."""
        return len(self.values)

    @property
    def effective_size(self) -> float:
        """Kish's effective sample size: people with equal weights who would tell as much."""
        return float(self.values.sum() ** 2 / (self.values**2).sum())

    @property
    def design_effect(self) -> float:
        """How many times the variance of a mean grows by the weights."""
        return self.people / self.effective_size

    @property
    def not_heard(self) -> tuple[MarginRow, ...]:
        """Categories of the population that nobody was heard from."""
        return tuple(row for row in self.rows if not row.heard)

    @property
    def weights(self) -> pd.DataFrame:
        """The people and their weights: columns ``person`` and ``weight``."""
        return pd.DataFrame({"person": self.person_ids, COLUMN: self.values})

    def apply(self, data: ChoiceData, column: str = COLUMN) -> ChoiceData:
        """Return the same choices with these weights, as a column of the frame.

        Raises
        ------
        DataError
            If somebody has no weight, or the column holds something else.
        """
        if column in data.frame and column != data.weight:
            raise DataError(
                f"the data have a column '{column}' that is not their weight",
                where="apply",
                cure=f"Give another name: apply(data, column='{column}_raked').",
            )
        known = dict(zip(as_labels(self.person_ids), self.values, strict=True))
        names = as_labels(data.person_ids)
        missing = [name for name in names if name not in known]
        if missing:
            raise DataError(
                f"{len(missing):,} of {data.people:,} people have no weight (first: {missing[0]})",
                where="weights",
                cure="Rake these data, or leave these people out and say so.",
            )
        each = np.array([known[name] for name in names])
        rows = np.diff(np.append(data.person_rows, data.rows))
        frame = data.frame.assign(**{column: np.repeat(each, rows)})
        return replace(data, _frame=frame).with_weight(column)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to keep in mind."""
        notes = []
        if not self.converged:
            why = (
                f"no weight may be more than {self.most:g} times the mean"
                if self.trimmed
                else "the margins do not fit each other in this sample"
            )
            notes.append(
                f"Weighted shares stay up to {100 * self.gap:.2g} points off, since {why}."
            )
        if self.not_heard:
            notes.append(
                "Nobody was heard from categories marked so: no weight can speak for them, and "
                "the others stand in their place."
            )
        notes.append("Weights mend what the margins say, and nothing else.")
        return tuple(notes)

    def table(self) -> Table:
        """Return shares of the population and the sample, one row per category.

        What the sample has in categories of fewer than ten people is withheld, and as many others
        as hide them.
        """
        gone = self._withheld()
        rows: list[tuple[Cell, ...]] = []
        for row in self.rows:
            name = f"{row.column}: {row.category}"
            if not row.heard:
                rows.append((name, row.population, 0.0, 0.0, "nobody was heard"))
                continue
            cells: tuple[Cell, ...] = (row.sample, row.weighted)
            hidden = (row.column, row.category) in gone
            rows.append((name, row.population, *((WITHHELD,) * 2 if hidden else cells), ""))
        columns = ("Who", "Population", "Sample", "Weighted", "Remark")
        sizes = f"{self.people:,} people count like {self.effective_size:,.0f}."
        return Table(
            "Who was heard",
            columns,
            tuple(rows),
            (sizes, *self.notes),
            dict.fromkeys(columns[1:4], ".1%"),
        )

    def _withheld(self) -> set[tuple[str, str]]:
        gone = set()
        for column in dict.fromkeys(row.column for row in self.rows):
            counts = {r.category: r.people for r in self.rows if r.column == column and r.people}
            gone |= {(column, category) for category in withhold_groups(counts)}
        return gone

    def to_frame(self) -> pd.DataFrame:
        """Return the table with full precision; see `weights` for the weights."""
        return self.table().to_frame()

    def sentences(self) -> tuple[str, ...]:
        """Say in plain English what the weights cost, and who was not heard."""
        said = [
            f"With weights, {self.people:,} people tell as much as {self.effective_size:,.0f} "
            f"would with equal ones (design effect {self.design_effect:.2f})."
        ]
        said += [
            f"Nobody was heard from '{row.category}' ({row.column}), {row.population:.0%} of the "
            "population."
            for row in self.not_heard
        ]
        return tuple(said)

    def sentence(self) -> str:
        """Return all sentences as one text."""
        return " ".join(self.sentences())

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()
