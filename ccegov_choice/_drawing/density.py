"""A distribution over people as a histogram: each bin a bar with an edge, its height a share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import nice_step
from ccegov_choice._drawing.ink import (
    BAR,
    GRID,
    INK,
    LINE,
    MUTED,
    PAPER,
    Paint,
    element,
    line,
    text,
)
from ccegov_choice._table import format_number

if TYPE_CHECKING:
    from ccegov_choice._drawing.chart import Chart

HEIGHT = 170.0
_MARGIN = 30.0


def draw_bins(chart: Chart, place: Callable[[float], float], left: float, top: float) -> str:
    """Draw the bins of a chart of kind "area" between `top` and ``top + HEIGHT``.

    Parameters
    ----------
    chart : Chart
        Rows hold a share in 100 people, and the ends of their bin as ``low`` and ``high``.
    place : callable
        From a value on the axis to px.
    left : float
        Where the grid begins.
    top : float
        Upper end of the tallest bin.
    """
    tallest = max((row.value or 0.0 for row in chart.rows), default=0.0) or 1.0
    step = nice_step(tallest, 4)
    bottom, scale = top + HEIGHT, HEIGHT / tallest
    parts = list(_grid(tallest, step, scale, (left, place(chart.axis.high), bottom)))
    for row in chart.rows:
        if row.low is None or row.high is None or not row.value:
            continue
        start, end = place(row.low), place(row.high)
        size = row.value * scale
        box: Paint = {"x": start, "y": bottom - size, "width": end - start, "height": size}
        parts.append(element("rect", "bin", {**box, "fill": BAR, "stroke": PAPER}))
    parts.append(line("axis", (left, bottom, place(chart.axis.high), bottom), {"stroke": INK}))
    if chart.axis.reference is not None:
        x = place(chart.axis.reference)
        dashes: Paint = {"stroke": LINE, "stroke-width": 1.5, "stroke-dasharray": "4 3"}
        parts.append(
            line("reference", (x, top - 6, x, bottom), {"stroke": PAPER, "stroke-width": 3})
        )
        parts.append(line("reference", (x, top - 6, x, bottom), dashes))
    return "".join(parts)


def _grid(
    tallest: float, step: float, scale: float, ends: tuple[float, float, float]
) -> Iterator[str]:
    left, right, bottom = ends
    count = int(tallest / step + 1e-9)
    for i in range(1, count + 1):
        y = bottom - i * step * scale
        yield line("grid", (left, y, right, y), {"stroke": GRID})
        words = format_number(i * step, None)
        paint: Paint = {"font-size": 12.0, "fill": MUTED, "text-anchor": "end"}
        yield text(words, "tick", {"x": left - 5, "y": y + 4, **paint})


def margin(layout_left: float, stacked: bool) -> float:
    """Return where the scale of a histogram begins: there are no labels beside it."""
    return layout_left + _MARGIN if stacked else _MARGIN + 8
