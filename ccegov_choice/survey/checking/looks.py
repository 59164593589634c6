"""Colours and logo: contrast by the formula of WCAG 2.2, and a text for those who see no logo."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ccegov_choice.errors import Problem
from ccegov_choice.survey.checking.pictures import file_problem
from ccegov_choice.survey.checking.place import place
from ccegov_choice.survey.survey import Survey

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_WHITE = "#ffffff"
TEXT_CONTRAST = 4.5


def look_problems(survey: Survey) -> Iterator[Problem]:
    """Yield colours that are none or too pale, and logos without file or text."""
    theme = survey.theme
    uses = {"brand": "the white text of the header", "link": "links and buttons on white"}
    for name, use in uses.items():
        colour, where = getattr(theme, name), place(survey, "theme", name)
        if not _HEX.fullmatch(colour):
            yield Problem(
                f"'{colour}' is not a colour", f'Write {name} = "#1f3a5f": # and six digits.', where
            )
        elif (found := contrast(colour, _WHITE)) < TEXT_CONTRAST:
            yield Problem(
                f"{colour} gives {use} a contrast of {found:.1f} to 1",
                f"Take a darker colour: {TEXT_CONTRAST} to 1 is the least (WCAG 2.2, 1.4.3).",
                where,
            )
    if theme.logo:
        where = place(survey, "theme", "logo")
        yield from file_problem(survey, theme.logo, "the logo", where)
        if not theme.logo_alt:
            yield Problem(
                "the logo has no text for people who do not see it",
                'Write logo_alt = "...": usually the name of the owner.',
                where,
            )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour ``#rrggbb``, from 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
