"""A chart as plain data: marks on a line, the words around them, and the same numbers as a table.

It cannot be made without an alternative text. `ccegov_choice._drawing.svg` draws it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from ccegov_choice._table import Table
from ccegov_choice.errors import ChoiceError

Kind = Literal["bars", "dots", "area"]

SHAPES = ("circle", "square", "triangle", "diamond")
"""Mark shapes of the groups, so that colour never carries a meaning alone."""


@dataclass(frozen=True)
class Row:
    """One line of a chart: a label, a value and its interval.

    Parameters
    ----------
    label : str
        What the mark stands for, in the study's words.
    value : float or None
        Where the mark sits, in the chart's unit; None for a line without a mark.
    low, high : float or None
        Ends of the interval, in the chart's unit; None where there is none.
    text : str
        The value as it is printed beside the mark.
    heading : str
        A heading above this row; rows with the same heading stand together.
    shape : int
        Which of `SHAPES` to draw.
    absent : str
        Why there is no value, or no interval; shown below the table.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    text: str = ""
    heading: str = ""
    shape: int = 0
    absent: str = ""

    @property
    def full_label(self) -> str:
        """The label with its heading, as a table needs it."""
        return f"{self.heading}: {self.label}" if self.heading else self.label


@dataclass(frozen=True)
class Axis:
    """The scale below a chart.

    Parameters
    ----------
    label : str
        What is measured, with its unit.
    low, high : float
        Ends of the scale.
    ticks : tuple of float
        Where the grid lines are.
    reference : float or None
        A line that means "no effect" or "even chance".
    reference_label : str
        What the reference line means.
    """

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]
    reference: float | None = None
    reference_label: str = ""


@dataclass(frozen=True, repr=False)
class Chart:
    """A chart with its words and its numbers.

    Parameters
    ----------
    id : str
        Name of the chart in the page and of its CSV file.
    kind : {"bars", "dots", "area"}
        Bars start at zero; dots may have any scale; an area is a distribution over people, whose
        rows are bins: their ends as low and high, their value people in 100.
    headline : str
        The finding, as one sentence.
    subtitle : str
        What is shown, of whom, in which unit.
    alt : str
        The chart in words, with its numbers.
    rows : tuple of Row
        The marks, from top to bottom.
    axis : Axis
        The scale.
    table : Table
        The same numbers.
    note : str
        What the intervals mean.
    sample : str
        How many people and choices the numbers rest on.

    Raises
    ------
    ChoiceError
        If the headline, the alternative text, the note, the sample or the rows are missing.
    """

    id: str
    kind: Kind
    headline: str
    subtitle: str
    alt: str
    rows: tuple[Row, ...]
    axis: Axis
    table: Table
    note: str
    sample: str

    def __post_init__(self) -> None:
        needed = ("headline", "subtitle", "alt", "note", "sample", "rows")
        missing = [name for name in needed if not getattr(self, name)]
        if missing:
            raise ChoiceError(
                f"the chart '{self.id}' has no {', '.join(missing)}",
                where="report",
                cure="Give every chart a headline, a subtitle, an alternative text that says "
                "what it shows, a note on uncertainty, its sample size and at least one row.",
            )

    @property
    def csv_name(self) -> str:
        """The file name of the numbers."""
        return f"{self.id}.csv"

    @property
    def csv_link(self) -> str:
        """The numbers as a link that needs no network."""
        return "data:text/csv;charset=utf-8," + quote(self.table.to_csv())

    def to_svg(self) -> str:
        """Return the drawing: one ``<svg>`` with a role and a name."""
        from ccegov_choice._drawing.svg import draw

        return draw(self)

    def to_altair(self) -> Any:
        """Return an Altair chart of the same marks, to restyle or to combine.

        Raises
        ------
        MissingExtraError
            If Altair is not installed.
        """
        from ccegov_choice._drawing.show import to_altair

        return to_altair(self)

    def _repr_html_(self) -> str:
        from ccegov_choice._drawing.show import figure

        return figure(self)

    def __repr__(self) -> str:
        return f"{self.headline}\n\n{self.table.to_text()}\n{self.note}"


def nice_step(span: float, count: int) -> float:
    """Return a step of 1, 2, 2.5 or 5 times a power of ten that gives about `count` steps."""
    rough = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if rough <= step * power * 1.01)


def nice_axis(
    rows: Sequence[Row],
    label: str,
    *,
    at_least: tuple[float, float] | None = None,
    limits: tuple[float, float] | None = None,
    reference: float | None = None,
    reference_label: str = "",
) -> Axis:
    """Make a scale with round ends that holds every mark and every interval.

    Parameters
    ----------
    rows : sequence of Row
        What must fit.
    label : str
        What is measured, with its unit.
    at_least : pair of float, optional
        Values that the scale must hold.
    limits : pair of float, optional
        Ends that the scale must not pass, such as 0 and 100 for shares.
    reference : float, optional
        A value to mark with a line.
    reference_label : str
        What that line means.
    """
    found = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    found += [*(at_least or ()), *(() if reference is None else (reference,))]
    smallest, largest = min(found, default=0.0), max(found, default=1.0)
    if largest - smallest <= 0:
        largest = smallest + 1.0
    step = nice_step(largest - smallest, 4)
    first, last = math.floor(smallest / step + 1e-9), math.ceil(largest / step - 1e-9)
    low, high = first * step, last * step
    if limits:
        low, high = max(low, limits[0]), min(high, limits[1])
    ticks = tuple(
        round(i * step, 10) for i in range(first, last + 1) if low - 1e-9 <= i * step <= high + 1e-9
    )
    return Axis(label, low, high, ticks, reference, reference_label)


def describe(rows: Sequence[Row]) -> str:
    """Say the marks of a chart one after the other, for its alternative text."""
    return "; ".join(f"{row.full_label}: {row.text or row.absent}" for row in rows)
