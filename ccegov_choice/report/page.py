"""Sections into one HTML page that holds all it needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ccegov_choice._drawing.svg import NARROW, WIDE, draw
from ccegov_choice._version import __version__
from ccegov_choice.report.blocks import Facts, Section
from ccegov_choice.report.templating import environment
from ccegov_choice.report.wording import say

_FOLDER = Path(__file__).parent / "templates"


@cache
def style_sheet() -> str:
    """Return the style sheet that is put into every page."""
    return (_FOLDER / "report.css").read_text(encoding="utf-8").strip()


def render_page(
    title: str,
    standfirst: str,
    facts: Facts,
    sections: Sequence[Section],
    *,
    simulated: bool,
    language: str = "en",
) -> str:
    """Return the report as one HTML document: no script, no request, no date.

    Parameters
    ----------
    title : str
        Title of the report.
    standfirst : str
        A sentence or two below it; may be empty.
    facts : Facts
        The size of the study.
    sections : sequence of Section
        In reading order.
    simulated : bool
        True puts a banner over everything: these citizens are simulated.
    language : str
        Language code of the page.
    """
    template = environment(_FOLDER, "report").get_template("report.html.j2")
    return template.render(
        title=title,
        standfirst=standfirst,
        facts=facts,
        sections=list(sections),
        simulated=simulated,
        language=language,
        css=style_sheet(),
        version=__version__,
        say=say,
        draw=draw,
        WIDE=WIDE,
        NARROW=NARROW,
    )
