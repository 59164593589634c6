"""Drawing a `Chart` as one inline SVG: no script, no font file, no request.

Every chart is drawn twice, for a wide and for a narrow page, because text in a drawing shrinks
with it: a drawing made for a desk is not legible on a phone 320 px wide. The style sheet shows one.
Coordinates have one decimal, so the same chart gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ccegov_choice._drawing.chart import SHAPES, Axis, Chart, Row
from ccegov_choice._drawing.density import HEIGHT, draw_bins, margin
from ccegov_choice._drawing.ink import (
    ACCENT,
    BAR,
    GRID,
    INK,
    LINE,
    MUTED,
    PAPER,
    Paint,
    element,
    line,
    number,
    picture,
    text,
    text_width,
    wrap,
)
from ccegov_choice._table import format_number


@dataclass(frozen=True)
class Layout:
    """Where things stand in a drawing; all lengths in px.

    Parameters
    ----------
    name : str
        Class of the drawing, which the style sheet shows or hides.
    width : float
        Width of the drawing.
    left, right : float
        Where the scale begins and ends.
    label_width : float
        Room for a label before it is broken into lines.
    size, leading : float
        Text size and distance of lines.
    stacked : bool
        Labels and values stand above their mark, not beside it.
    """

    name: str
    width: float
    left: float
    right: float
    label_width: float
    size: float
    leading: float
    stacked: bool


WIDE = Layout("wide", 720, 258, 586, 240, 14.5, 18, False)
NARROW = Layout("narrow", 300, 8, 292, 292, 14.5, 18.5, True)


_MARK: Paint = {"fill": ACCENT, "stroke": PAPER, "stroke-width": 1.5}
_SMALL: Paint = {"font-size": 13.0, "fill": MUTED}
_INTERVAL: Paint = {"stroke": INK, "stroke-width": 2}
_REFERENCE: Paint = {"stroke": LINE, "stroke-width": 1.5, "stroke-dasharray": "4 3"}


def _mark(shape: str, x: float, y: float) -> str:
    if shape == "square":
        box = {"x": x - 5.5, "y": y - 5.5, "width": 11.0, "height": 11.0}
        return element("rect", "mark", {**box, **_MARK})
    if shape == "circle":
        return element("circle", "mark", {"cx": x, "cy": y, "r": 6, **_MARK})
    corners = {
        "triangle": ((0, -7.5), (7.5, 5.5), (-7.5, 5.5)),
        "diamond": ((0, -8), (8, 0), (0, 8), (-8, 0)),
    }[shape]
    points = " ".join(f"{number(x + dx)},{number(y + dy)}" for dx, dy in corners)
    return element("polygon", "mark", {"points": points, **_MARK})


def _interval(low: float, high: float, y: float) -> str:
    caps = (line("interval", (x, y - 5, x, y + 5), _INTERVAL) for x in (low, high))
    return line("interval", (low, y, high, y), _INTERVAL) + "".join(caps)


def _row_marks(row: Row, kind: str, y: float, place: Callable[[float], float]) -> str:
    if row.value is None:
        return ""
    x, parts = place(row.value), []
    if kind == "bars":
        start = place(0.0)
        box = {"x": start, "y": y - 9, "width": max(x - start, 0.5), "height": 18.0}
        parts.append(element("rect", "bar", {**box, "fill": BAR}))
    if row.low is not None and row.high is not None:
        parts.append(_interval(place(row.low), place(row.high), y))
    if kind == "dots":
        parts.append(_mark(SHAPES[row.shape % len(SHAPES)], x, y))
    return "".join(parts)


def _tick_text(value: float, axis: Axis) -> str:
    step = axis.ticks[1] - axis.ticks[0] if len(axis.ticks) > 1 else 1.0
    digits = next((d for d in range(6) if abs(round(step, d) - step) < 1e-9 * max(step, 1)), 6)
    return format_number(value, f",.{digits}f")


def _shown_ticks(axis: Axis, layout: Layout) -> tuple[float, ...]:
    """Leave out every other number where they would touch."""
    longest = max((text_width(_tick_text(t, axis), 13) for t in axis.ticks), default=0.0) + 14
    room = (layout.right - layout.left) / max(len(axis.ticks) - 1, 1)
    return axis.ticks if longest <= room else axis.ticks[::2]


@dataclass(frozen=True)
class _Placed:
    """A row with the place of its parts, from the top of the drawing."""

    row: Row
    heading_lines: tuple[str, ...]
    heading_y: float
    label_lines: tuple[str, ...]
    label_y: float
    value_y: float
    mark_y: float
    top: float
    bottom: float


def _place_rows(chart: Chart, layout: Layout, top: float) -> Iterator[_Placed]:
    y, last = top, ""
    for row in chart.rows:
        headings: tuple[str, ...] = ()
        if row.heading and row.heading != last:
            headings = tuple(wrap(row.heading, layout.size * 1.06, layout.width - 8, bold=True))
            y += 8 if last else 0
        last = row.heading or last
        heading_y = y + layout.leading - 4
        y += len(headings) * layout.leading + (4 if headings else 0)
        row_top = y
        lines = tuple(wrap(row.label, layout.size, layout.label_width))
        label_y = y + layout.leading - 4
        if layout.stacked:
            value_y = label_y + len(lines) * layout.leading
            mark_y = value_y + 15
            bottom = mark_y + 19
        else:
            height = max(34.0, len(lines) * layout.leading + 12)
            mark_y = y + height / 2
            label_y = mark_y + 5 - (len(lines) - 1) * layout.leading / 2
            value_y = mark_y + 5
            bottom = y + height
        yield _Placed(row, headings, heading_y, lines, label_y, value_y, mark_y, row_top, bottom)
        y = bottom


def _draw_row(
    placed: _Placed, chart: Chart, layout: Layout, place: Callable[[float], float]
) -> Iterator[str]:
    size, row = layout.size, placed.row
    for i, words in enumerate(placed.heading_lines):
        y = placed.heading_y + i * layout.leading
        paint: Paint = {"font-size": size * 1.06, "font-weight": "700", "fill": INK}
        yield text(words, "heading", {"x": 0.0, "y": y, **paint})
    for i, words in enumerate(placed.label_lines):
        y = placed.label_y + i * layout.leading
        yield text(words, "label", {"x": 0.0, "y": y, "font-size": size, "fill": INK})
    x = 0.0 if layout.stacked else layout.right + 16
    value: Paint = {"font-size": size, "font-weight": "600", "fill": INK}
    yield text(row.text or "–", "value", {"x": x, "y": placed.value_y, **value})
    yield _row_marks(row, chart.kind, placed.mark_y, place)


def _draw_grid(
    axis: Axis, rows: Sequence[_Placed], layout: Layout, place: Callable[[float], float]
) -> Iterator[str]:
    """Draw the grid behind the marks only, so that no line runs through words."""
    for placed in rows:
        top = placed.mark_y - 13 if layout.stacked else placed.top
        bottom = placed.mark_y + 13 if layout.stacked else placed.bottom
        for tick in axis.ticks:
            x = place(tick)
            yield line("grid", (x, top, x, bottom), {"stroke": GRID})
        if axis.reference is not None:
            x = place(axis.reference)
            yield line("reference", (x, top, x, bottom), _REFERENCE)


def _centred(words: str, css: str, x: float, y: float, layout: Layout) -> str:
    """Centre some words on x, but inside the drawing."""
    half = text_width(words, 13) / 2
    inside = min(max(x, half), layout.width - half)
    paint: Paint = {"font-size": 13.0, "fill": MUTED, "text-anchor": "middle"}
    return text(words, css, {"x": inside, "y": y, **paint})


def _lines(words: str, css: str, x: float, y: float, layout: Layout) -> list[str]:
    broken = wrap(words, 13, layout.right - layout.left)
    return [_centred(part, css, x, y + i * 16, layout) for i, part in enumerate(broken)]


def _with_room_for_values(chart: Chart, layout: Layout) -> Layout:
    """Shorten the scale where the printed values beside it are long."""
    if layout.stacked:
        return layout
    longest = max(text_width(row.text, layout.size, bold=True) for row in chart.rows)
    return replace(layout, right=min(layout.right, layout.width - longest - 16))


def draw(chart: Chart, layout: Layout = WIDE) -> str:
    """Draw a chart as an SVG element with a role and a name.

    Parameters
    ----------
    chart : Chart
        What to draw.
    layout : Layout
        `WIDE` for a desk and paper, `NARROW` for a phone.

    Returns
    -------
    str
        One ``<svg>`` element without ids, ready to stand in a page or, with its own font sizes
        and colours, in another document.
    """
    if chart.kind == "area":
        return _draw_area(chart, layout)
    axis, layout = chart.axis, _with_room_for_values(chart, layout)

    def place(value: float) -> float:
        share = (value - axis.low) / (axis.high - axis.low)
        return layout.left + share * (layout.right - layout.left)

    top, labels = 14.0, []
    if axis.reference is not None and axis.reference_label:
        labels = _lines(axis.reference_label, "reference-label", place(axis.reference), 13, layout)
        top += 16 * len(labels)
    rows = list(_place_rows(chart, layout, top))
    bottom = rows[-1].bottom + 2
    parts = [*_draw_grid(axis, rows, layout, place), *labels]
    for placed in rows:
        parts += _draw_row(placed, chart, layout, place)
    for tick in _shown_ticks(axis, layout):
        parts.append(_centred(_tick_text(tick, axis), "tick", place(tick), bottom + 17, layout))
    centre = (layout.left + layout.right) / 2
    caption = _lines(axis.label, "axis-label", centre, bottom + 38, layout)
    height = bottom + 38 + 16 * len(caption) - 8
    drawn = "".join(parts) + "".join(caption)
    return picture(layout.name, chart.alt, (layout.width, height), drawn)


def _draw_area(chart: Chart, layout: Layout) -> str:
    axis, left = chart.axis, margin(layout.left, layout.stacked)
    layout = replace(layout, left=left, right=layout.width - 12)

    def place(value: float) -> float:
        return left + (value - axis.low) / (axis.high - axis.low) * (layout.right - left)

    parts = [text("people in 100", "axis-label", {"x": 0.0, "y": 13.0, **_SMALL})]
    top = 26.0
    if axis.reference is not None and axis.reference_label:
        words = _lines(axis.reference_label, "reference-label", place(axis.reference), 29, layout)
        parts += words
        top += 4 + 16 * len(words)
    bottom = top + HEIGHT
    parts.append(draw_bins(chart, place, left, top))
    for tick in _shown_ticks(axis, layout):
        parts.append(_centred(_tick_text(tick, axis), "tick", place(tick), bottom + 17, layout))
    caption = _lines(axis.label, "axis-label", (left + layout.right) / 2, bottom + 38, layout)
    height = bottom + 38 + 16 * len(caption) - 8
    drawn = "".join([*parts, *caption])
    return picture(layout.name, chart.alt, (layout.width, height), drawn)
