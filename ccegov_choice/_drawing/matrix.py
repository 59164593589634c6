"""A symmetric table as a picture: every pair a cell, with its number in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccegov_choice._drawing.ink import (
    GRID,
    INK,
    PAPER,
    Paint,
    element,
    picture,
    text,
    text_width,
    wrap,
)
from ccegov_choice._drawing.svg import Layout

_SIZE = 13.0
# pale to middle: dark words keep a contrast above 4.5 on all of them
_STEPS = ((0.1, PAPER), (0.2, "#e6f0f5"), (1 / 3, "#c6dfea"), (0.5, "#9cc7da"), (2.0, "#6fb0cc"))
MOST = 12


def draw_matrix(
    labels: Sequence[str], values: Sequence[Sequence[float | None]], alt: str, layout: Layout
) -> str:
    """Draw the part of a symmetric table below its diagonal.

    Parameters
    ----------
    labels : sequence of str
        Names of rows and columns; columns are numbered.
    values : sequence of sequences of float or None
        Between 0 and 1; None where there is nothing.
    alt : str
        The drawing in words.
    layout : Layout
        Its class and width are used.
    """
    label_width = 250.0
    lines = [wrap(f"{i} {label}", _SIZE, label_width) for i, label in enumerate(labels, 1)]
    left = min(label_width, max(text_width(part, _SIZE) for rows in lines for part in rows)) + 12
    count = len(labels)
    cell = min(56.0, (layout.width - left) / max(count - 1, 1))
    parts: list[str] = []
    paint: Paint = {"font-size": _SIZE, "fill": INK}
    for j in range(count - 1):
        x = left + (j + 0.5) * cell
        place: Paint = {"x": x, "y": 14.0, "text-anchor": "middle"}
        parts.append(text(str(j + 1), "label", {**place, **paint}))
    y = 22.0
    for i in range(count):
        height = max(32.0, 17.0 * len(lines[i]) + 8)
        first = y + height / 2 + 4.5 - 8.5 * (len(lines[i]) - 1)
        for k, words in enumerate(lines[i]):
            parts.append(text(words, "label", {"x": 0.0, "y": first + 17.0 * k, **paint}))
        parts += _cells(values[i][:i], left, y, (cell, height))
        y += height
    return picture(layout.name, alt, (layout.width, y + 2), "".join(parts))


def _cells(
    values: Sequence[float | None], left: float, y: float, size: tuple[float, float]
) -> Iterator[str]:
    width, height = size
    for j, value in enumerate(values):
        x = left + j * width
        fill = PAPER if value is None else next(c for top, c in _STEPS if value <= top + 1e-9)
        box: Paint = {"x": x, "y": y, "width": width, "height": height}
        yield element("rect", "cell", {**box, "fill": fill, "stroke": GRID, "stroke-width": 1.0})
        words = "–" if value is None else f"{value:.2f}".removeprefix("0")
        place: Paint = {"x": x + width / 2, "y": y + height / 2 + 4.5, "text-anchor": "middle"}
        weight: Paint = {"font-weight": "700"} if value is not None and value > 1 / 3 else {}
        yield text(words, "value", {**place, "font-size": _SIZE, "fill": INK, **weight})
