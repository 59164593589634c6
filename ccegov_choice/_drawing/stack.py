"""Stacked bars: how a whole is parted, row by row; parts are told apart by words and edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccegov_choice._drawing.ink import INK, Paint, element, picture, text, text_width
from ccegov_choice._drawing.svg import Layout

# light enough for dark words (contrast above 7); neighbours are parted by a dark edge
TINTS = ("#cfe3ec", "#fbe3c0", "#dcd6ef", "#d5ecd3", "#f6d3d3", "#e3e6ea")
_EDGE: Paint = {"stroke": INK, "stroke-width": 1.2}
_HEIGHT, _GAP, _SIZE = 22.0, 7.0, 13.0


@dataclass(frozen=True)
class Stack:
    """One row: a label and the shares of its parts.

    Parameters
    ----------
    label : str
        What the row stands for.
    shares : tuple of float or None
        Shares of the whole, in the order of the keys; None for a part that is not there.
    """

    label: str
    shares: tuple[float | None, ...]


def draw_stacks(rows: Sequence[Stack], keys: Sequence[str], alt: str, layout: Layout) -> str:
    """Draw stacked bars.

    Parameters
    ----------
    rows : sequence of Stack
        From top to bottom.
    keys : sequence of str
        A short name of each part, which stands inside it where there is room.
    alt : str
        The drawing in words.
    layout : Layout
        `WIDE` or `NARROW`; its class and width are used.
    """
    left = max(text_width(row.label, _SIZE) for row in rows) + 10
    parts, y = [], 2.0
    for row in rows:
        paint: Paint = {"font-size": _SIZE, "fill": INK}
        parts.append(text(row.label, "label", {"x": 0.0, "y": y + 15.5, **paint}))
        parts += _segments(row, keys, left, layout.width - left - 1, y)
        y += _HEIGHT + _GAP
    return picture(layout.name, alt, (layout.width, y - _GAP + 2), "".join(parts))


def _segments(
    row: Stack, keys: Sequence[str], left: float, width: float, y: float
) -> Iterator[str]:
    x = left
    for j, share in enumerate(row.shares):
        if share is None:
            continue
        size = share * width
        fill: Paint = {"fill": TINTS[j % len(TINTS)], **_EDGE}
        yield element("rect", "part", {"x": x, "y": y, "width": size, "height": _HEIGHT, **fill})
        for words in (f"{keys[j]} {100 * share:.0f}", keys[j]):
            if text_width(words, _SIZE) + 6 <= size:
                place: Paint = {"x": x + size / 2, "y": y + 15.5, "text-anchor": "middle"}
                yield text(words, "part-label", {**place, "font-size": _SIZE, "fill": INK})
                break
        x += size


def swatch(j: int) -> str:
    """Return a small sample of a part's colour for a legend; the words beside it name the part."""
    fill: Paint = {"fill": TINTS[j % len(TINTS)], **_EDGE}
    box = element("rect", "part", {"x": 1.0, "y": 1.0, "width": 14.0, "height": 14.0, **fill})
    return (
        '<svg class="swatch" aria-hidden="true" viewBox="0 0 16 16" width="16" height="16" '
        f'xmlns="http://www.w3.org/2000/svg">{box}</svg>'
    )
