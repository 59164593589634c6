"""Is it worth asking more people before deciding? The answer as a table, in words, as a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._drawing.chart import Chart, Row, nice_axis
from ccegov_choice._drawing.make import make_chart
from ccegov_choice._table import Cell, Table
from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.policy.failure.information import evpi, evsi
from ccegov_choice.policy.value.showing import amount, number_format, page

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Survey:
    """One way to learn more.

    Parameters
    ----------
    people : int
        How many more are asked.
    worth : float
        The expected value of what they say (EVSI).
    cost : float or None
        What asking costs, in the same unit; None where that is not declared.
    """

    people: int
    worth: float
    cost: float | None = None

    @property
    def net(self) -> float | None:
        """Worth less cost; None where no cost is declared."""
        return None if self.cost is None else self.worth - self.cost


@dataclass(frozen=True)
class InformationValue:
    """What it is worth to know more before deciding.

    Parameters
    ----------
    options : tuple of str
        What may be decided.
    expected : tuple of float
        Expected worth of each.
    best_share : tuple of float
        Share of the draws in which each is best; they sum to one.
    perfect : float
        Expected value of perfect information (EVPI): no survey can be worth more.
    surveys : tuple of Survey
        Larger and larger surveys.
    known : int
        People that today's knowledge rests on.
    unit : str
        Of all worths.
    """

    options: tuple[str, ...]
    expected: tuple[float, ...]
    best_share: tuple[float, ...]
    perfect: float
    surveys: tuple[Survey, ...]
    known: int
    unit: str

    @property
    def best(self) -> str:
        """The option to take if nothing more is learnt."""
        return self.options[int(np.argmax(self.expected))]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides."""
        priced = any(survey.cost is not None for survey in self.surveys)
        return (
            "Gaussian approximation (Jalal & Alarid-Escudero 2018): exact where worth is linear in "
            "normal parameters, and for people asked as those before.",
            f"Perfect information is worth {amount(self.perfect, self.unit)}: no survey is worth "
            "more. Uncertainty that the model does not know of is not in it.",
            *(() if priced else ("The cost of asking is not declared in this unit.",)),
        )

    def table(self) -> Table:
        """Return one row for each size of survey."""
        columns: tuple[str, ...] = ("people more", f"worth ({self.unit})", "cost", "net")
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (f"{s.people:,}", s.worth, s.cost, s.net) for s in self.surveys
        )
        if all(survey.cost is None for survey in self.surveys):
            columns, rows = columns[:2], tuple(row[:2] for row in rows)
        formats = dict.fromkeys(columns[1:], number_format([self.perfect]))
        return Table("What it is worth to ask more people", columns, rows, self.notes, formats)

    def options_table(self) -> Table:
        """Return the options as they stand today."""
        columns = ("option", f"expected worth ({self.unit})", "best in draws (%)")
        rows = tuple(
            (name, value, 100 * share)
            for name, value, share in zip(self.options, self.expected, self.best_share, strict=True)
        )
        formats = {columns[1]: number_format(self.expected), columns[2]: ".1f"}
        return Table("The options today", columns, rows, (), formats)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per size of survey."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"people": s.people, "evsi": s.worth, "cost": s.cost, "net": s.net}
                for s in self.surveys
            ]
        )

    def sentences(self) -> tuple[str, ...]:
        """Say whether to decide now, in plain English."""
        share = self.best_share[self.options.index(self.best)]
        said = [
            f"With what is known now, '{self.best}' is the best choice; it is best in "
            f"{round(100 * share)} of 100 draws.",
            f"Knowing for certain would be worth {amount(self.perfect, self.unit)}.",
        ]
        priced = [survey for survey in self.surveys if survey.net is not None]
        if not priced:
            last = self.surveys[-1]
            said.append(
                f"Asking {last.people:,} more people would be worth "
                f"{amount(last.worth, self.unit)}."
            )
            return tuple(said)
        top = max(priced, key=lambda survey: survey.net or 0.0)
        if top.net is not None and top.net > 0:
            said.append(
                f"Of the surveys looked at, {top.people:,} more people is the best: worth "
                f"{amount(top.worth, self.unit)}, cost {amount(top.cost or 0.0)}."
            )
        else:
            said.append("No survey looked at is worth its cost: decide now.")
        return tuple(said)

    def sentence(self) -> str:
        """Say whether to decide now, in one paragraph."""
        return " ".join(self.sentences())

    def chart(self) -> Chart:
        """Chart what each size of survey is worth."""
        rows = [
            Row(f"{s.people:,} more people", s.worth, text=amount(s.worth)) for s in self.surveys
        ]
        rows.append(Row("knowing for certain", self.perfect, text=amount(self.perfect)))
        return make_chart(
            "information",
            "bars",
            self.sentences()[-1],
            f"Expected value of what a survey says, in {self.unit}",
            rows,
            nice_axis(rows, self.unit, at_least=(0.0, 0.0)),
            note=self.notes[0],
            sample=f"{self.known:,} people asked so far",
            table=self.table(),
        )

    plot = chart

    def _repr_html_(self) -> str:
        return page([self.options_table(), self.table()], self.chart())

    def __repr__(self) -> str:
        return f"{self.options_table().to_text()}\n\n{self.table().to_text()}"


def value_of_information(
    values: Mapping[str, Any] | pd.DataFrame,
    *,
    known: int,
    people: Sequence[int] = (100, 200, 500, 1_000, 2_000),
    affected: float = 1.0,
    cost_per_person: float | None = None,
    fixed_cost: float = 0.0,
    unit: str = "units of worth",
) -> InformationValue:
    """Say what it is worth to ask more people before deciding.

    Parameters
    ----------
    values : mapping of str to (R,) draws, or DataFrame
        Worth of each option for one person in each draw of the parameters (the same draws for
        all), less what it costs; include doing nothing, which may be all zero.
    known : int
        People that the draws rest on.
    people : sequence of int
        How many more could be asked.
    affected : float
        How many people the decision is for: worths are multiplied by it.
    cost_per_person, fixed_cost : float, optional
        What asking costs, in the unit of the worths; leave out what is not in that unit.
    unit : str
        Of the worths.

    Returns
    -------
    InformationValue

    Raises
    ------
    PolicyError
        Listing options of different lengths, too few options and sizes that are none.
    """
    columns = {str(name): np.asarray(draws, np.float64) for name, draws in values.items()}
    sizes = {column.shape for column in columns.values()}
    problems = []
    if len(columns) < 2:
        problems.append(
            Problem("there is nothing to decide", "Give two or more options.", "values")
        )
    if len(sizes) > 1 or any(len(shape) != 1 for shape in sizes):
        problems.append(
            Problem(
                "options have different numbers of draws",
                "Give the same draws, one number each, for all options.",
                "values",
            )
        )
    if not people or min(people) < 1:
        problems.append(Problem("a survey of nobody", "Give sizes of 1 or more.", "people"))
    if not affected > 0:
        problems.append(Problem("a decision for nobody", "Give a number above zero.", "affected"))
    if known < 1:
        problems.append(
            Problem("draws that rest on nobody", "Give the people of the fit.", "known")
        )
    if problems:
        raise PolicyError.of(problems, "The value of information has {count} problems:")
    draws = affected * np.column_stack(list(columns.values()))

    def survey(size: int) -> Survey:
        cost = None if cost_per_person is None else fixed_cost + size * cost_per_person
        return Survey(size, evsi(draws, size, known), cost)

    first = draws == draws.max(axis=1, keepdims=True)
    best = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    return InformationValue(
        tuple(columns),
        tuple(float(mean) for mean in draws.mean(axis=0)),
        tuple(float(share) for share in best),
        evpi(draws),
        tuple(survey(size) for size in sorted(set(people))),
        known,
        unit,
    )
