"""Making a chart out of rows: its alternative text and its table follow from the numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ccegov_choice._drawing.chart import Axis, Chart, Kind, Row, describe, nice_axis, nice_step
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table, format_number

FloatArray = npt.NDArray[np.float64]

_KINDS = {"bars": "Bar chart", "dots": "Dot chart", "area": "Histogram"}


def make_chart(
    id: str,
    kind: Kind,
    headline: str,
    subtitle: str,
    rows: Sequence[Row],
    axis: Axis,
    *,
    note: str,
    sample: str,
    first: str = "",
    formats: str | None = None,
    table: Table | None = None,
) -> Chart:
    """Make a chart with an alternative text that says all its numbers.

    Parameters
    ----------
    id : str
        Name of the chart in a page and of its CSV file.
    kind : {"bars", "dots", "area"}
        Bars start at zero, dots may have any scale, an area shows a distribution.
    headline, subtitle, note, sample : str
        The finding; what is shown; what the intervals mean; how many people it rests on.
    rows : sequence of Row
        The marks, from top to bottom (bins of an area: from left to right).
    axis : Axis
        The scale, see `ccegov_choice._drawing.chart.nice_axis`.
    first : str
        Heading of the column that names the rows.
    formats : str, optional
        Format of the numbers in the table, such as ``".1f"``.
    table : Table, optional
        The numbers as a table, where it is not simply that of the rows.
    """
    alt = f"{_KINDS[kind]}. {headline.rstrip('.')}. {describe(rows)}."
    made = table or (_bins if kind == "area" else _marks)(subtitle, rows, axis, first, formats)
    return Chart(id, kind, headline, subtitle, alt, tuple(rows), axis, made, note, sample)


def estimate_row(
    label: str,
    estimate: Estimate,
    text: str = "",
    *,
    heading: str = "",
    shape: int = 0,
    spec: str | None = None,
) -> Row:
    """Make the row of a number with its interval; the text says both unless it is given."""
    shown = text or format_number(estimate.value, spec)
    if not text and estimate.low is not None and estimate.high is not None:
        low, high = (format_number(end, spec) for end in (estimate.low, estimate.high))
        shown = f"{shown} ({low} to {high})"
    return Row(label, estimate.value, estimate.low, estimate.high, shown, heading, shape)


def share_bins(
    values: FloatArray, weights: FloatArray | None = None, *, bins: int = 20, cut: float = 0.01
) -> tuple[Row, ...]:
    """Sort a distribution over people into bins of equal width with round ends, zero among them.

    Parameters
    ----------
    values : ndarray of shape (n,)
        What differs between people.
    weights : ndarray of shape (n,), optional
        How many people each value stands for.
    bins : int
        About how many bins.
    cut : float
        Share of the people at either end who are put into the outermost bins, so that a long tail
        does not press all others together; the labels of these bins then say so.

    Returns
    -------
    tuple of Row
        ``value`` is the share in 100 people, ``low`` and ``high`` are the ends of the bin.
    """
    order = np.argsort(values, kind="stable")
    ordered = np.asarray(values, np.float64)[order]
    mass = np.full(len(ordered), 1.0) if weights is None else np.asarray(weights, float)[order]
    shares = mass / mass.sum()
    below = np.cumsum(shares)
    first = float(ordered[np.searchsorted(below, cut, side="left")])
    end = min(int(np.searchsorted(below, 1 - cut, side="left")), len(ordered) - 1)
    last = float(ordered[end])
    if first == last:
        half = abs(first) / 100 or 0.5
        first, last = first - half, last + half
    step = nice_step(last - first, bins)
    lowest = math.floor(first / step + 1e-9)
    count = max(math.ceil(last / step - 1e-9) - lowest, 1)
    edges = step * (lowest + np.arange(count + 1.0))
    where = np.clip(np.searchsorted(edges, ordered, side="right") - 1, 0, count - 1)
    counts = 100 * np.bincount(where, weights=shares, minlength=count)
    outside = (bool(ordered[0] < edges[0]), bool(ordered[-1] > edges[-1]))
    return tuple(_bin(j, edges, float(counts[j]), outside) for j in range(count))


def bins_axis(
    bins: Sequence[Row], label: str, *, reference: float | None = None, reference_label: str = ""
) -> Axis:
    """Make the scale below bins, whose values are heights and not places."""
    ends = [replace(row, value=None) for row in bins]
    return nice_axis(ends, label, reference=reference, reference_label=reference_label)


def _bin(j: int, edges: FloatArray, count: float, outside: tuple[bool, bool]) -> Row:
    low, high = float(edges[j]), float(edges[j + 1])
    label = f"{format_number(low, '.3g')} to {format_number(high, '.3g')}"
    if j == 0 and outside[0]:
        label = f"below {format_number(high, '.3g')}"
    elif j == len(edges) - 2 and outside[1]:
        label = f"{format_number(low, '.3g')} or more"
    return Row(label, count, low, high, f"{count:.1f}")


def _marks(title: str, rows: Sequence[Row], axis: Axis, first: str, spec: str | None) -> Table:
    def cell(row: Row, number: float | None) -> Cell:
        if number is not None:
            return float(number)
        return Absent(row.absent) if row.absent else None

    columns = (first, axis.label, "low", "high")
    numbers = ((row, (row.value, row.low, row.high)) for row in rows)
    body = tuple((row.full_label, *(cell(row, end) for end in ends)) for row, ends in numbers)
    return Table(title, columns, body, formats=dict.fromkeys(columns[1:], spec) if spec else {})


def _bins(title: str, rows: Sequence[Row], axis: Axis, first: str, spec: str | None) -> Table:
    columns = (first or axis.label, "people in 100")
    body = tuple((row.label, row.value) for row in rows)
    return Table(title, columns, body, formats={columns[1]: spec or ".1f"})
