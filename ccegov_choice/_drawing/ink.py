"""Ink and paper: colours, letters and the elements that every drawing is made of."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

INK = "#17222d"
MUTED = "#4a5967"
GRID = "#dbe2e8"
LINE = "#4a5967"
ACCENT = "#0f5470"
BAR = "#3f86a3"
PAPER = "#ffffff"

FONT = (
    "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', "
    "'Liberation Sans', Arial, sans-serif"
)

_NARROW = set("fijlrtI.,:;'|!()[] ")
_WIDE = set("mwMW%@")

Paint = Mapping[str, float | str]


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate the width of some text, in px, from the shape of its letters.

    Fonts differ between machines, so this errs on the wide side.
    """
    units = 0.0
    for letter in text:
        if letter in _NARROW:
            units += 0.33
        elif letter in _WIDE:
            units += 0.90
        else:
            units += 0.67 if letter.isupper() else 0.56
    return units * size * (1.1 if bold else 1.0)


def wrap(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break text into lines that fit a width in px; a longer single word keeps its own line."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def number(value: float) -> str:
    """Write a coordinate with one decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(name: str, css: str, attributes: Paint, content: str = "") -> str:
    """Return an SVG element with a class."""
    parts = [f'class="{css}"']
    for key, value in attributes.items():
        shown = value if isinstance(value, str) else number(value)
        parts.append(f'{key}="{escape(shown)}"')
    return f"<{name} {' '.join(parts)}>{content}</{name}>"


def text(words: str, css: str, attributes: Paint) -> str:
    """Return words of a drawing."""
    return element("text", css, attributes, escape(words, quote=False))


def line(css: str, ends: tuple[float, float, float, float], paint: Paint) -> str:
    """Return a straight line between two points ``(x1, y1, x2, y2)``."""
    places = dict(zip(("x1", "y1", "x2", "y2"), ends, strict=True))
    return element("line", css, {**places, **paint})


def picture(name: str, alt: str, size: tuple[float, float], content: str) -> str:
    """Return an SVG element with a role and a name.

    Parameters
    ----------
    name : str
        Class of the drawing, which the style sheet shows or hides.
    alt : str
        The drawing in words.
    size : pair of float
        Width and height in px.
    content : str
        What is inside.
    """
    width, height = number(size[0]), number(size[1])
    return (
        f'<svg class="chart {name}" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{escape(FONT)}" xmlns="http://www.w3.org/2000/svg">{content}</svg>'
    )
