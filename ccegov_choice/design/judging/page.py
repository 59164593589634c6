"""A diagnosis as one HTML page that holds all it needs, written without a template engine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice._drawing.stack import swatch
from ccegov_choice._table import Table
from ccegov_choice._version import __version__
from ccegov_choice.design.judging.finding import Finding
from ccegov_choice.design.judging.pictures import Picture

if TYPE_CHECKING:
    from ccegov_choice.design.judging.diagnosis import Diagnosis

_STYLE = Path(__file__).parent / "diagnosis.css"
_STATES = {"problem": "To mend", "note": "To know", "good": "Good"}
# longer tables are folded, so that the page can be read from top to bottom
_SHORT = 12


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8").strip()


def render_page(diagnosis: Diagnosis) -> str:
    """Return a diagnosis as one HTML document: no script, no request, no date.

    Parameters
    ----------
    diagnosis : Diagnosis
        What was found.
    """
    title = escape(diagnosis.title)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Diagnosis: {title}</title>",
            f"<style>\n{_style()}\n</style>",
            "</head>",
            "<body>",
            '<a class="skip" href="#main">Skip to the diagnosis</a>',
            *_head(diagnosis, title),
            '<main id="main" tabindex="-1">',
            *_verdicts(diagnosis),
            *_pictures(diagnosis),
            *_numbers(diagnosis),
            "</main>",
            "<footer><p>Made with ccegov_choice "
            f"{escape(__version__)}. The page holds all it needs and asks the network for nothing."
            "</p></footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _head(diagnosis: Diagnosis, title: str) -> Iterator[str]:
    problems = sum(f.verdict == "problem" for f in diagnosis.findings)
    notes = sum(f.verdict == "note" for f in diagnosis.findings)
    told = "Nothing has to be mended before these tasks are shown to people."
    if problems:
        things = "thing has" if problems == 1 else "things have"
        told = f"{problems} {things} to be mended before these tasks are shown to people."
    if notes:
        things = "thing is" if notes == 1 else "things are"
        told += f" {notes} {things} worth knowing."
    yield '<header><p class="kicker">Diagnosis</p>'
    yield f"<h1>{title}</h1>"
    yield f'<p class="standfirst">{escape(told)}</p></header>'
    links = [("verdicts", "Verdicts"), ("pictures", "Pictures"), ("numbers", "Numbers")]
    shown = "".join(f'<li><a href="#{id}">{name}</a></li>' for id, name in links)
    yield f'<nav aria-label="Contents"><ul>{shown}</ul></nav>'


def _verdicts(diagnosis: Diagnosis) -> Iterator[str]:
    yield '<section id="verdicts" aria-labelledby="verdicts-title">'
    yield '<h2 id="verdicts-title">Verdicts</h2>'
    for verdict, state in _STATES.items():
        found = [item for item in diagnosis.findings if item.verdict == verdict]
        if found:
            yield f'<h3>{state}</h3><ul class="findings {verdict}">'
            yield from (_finding(item) for item in found)
            yield "</ul>"
    yield "</section>"


def _finding(item: Finding) -> str:
    cure = f'<p class="cure">{escape(item.cure)}</p>' if item.cure else ""
    text = escape(item.text[:1].upper() + item.text[1:])
    end = "" if text.endswith((".", ")", "!")) else "."
    return f'<li><p class="about">{escape(item.about)}</p><p>{text}{end}</p>{cure}</li>'


def _pictures(diagnosis: Diagnosis) -> Iterator[str]:
    yield '<section id="pictures" aria-labelledby="pictures-title">'
    yield '<h2 id="pictures-title">Pictures</h2>'
    for item in diagnosis.pictures:
        yield from _picture(item)
    yield "</section>"


def _picture(item: Picture) -> Iterator[str]:
    yield f'<figure id="{escape(item.id)}">'
    yield f"<h3>{escape(item.headline)}</h3>"
    yield f'<p class="subtitle">{escape(item.subtitle)}</p>'
    if item.legend:
        keys = "".join(f"<li>{swatch(j)} {escape(key)}</li>" for j, key in enumerate(item.legend))
        yield f'<ul class="legend">{keys}</ul>'
    yield item.wide
    yield item.narrow
    yield f"<figcaption>{escape(item.note)}</figcaption></figure>"


def _numbers(diagnosis: Diagnosis) -> Iterator[str]:
    yield '<section id="numbers" aria-labelledby="numbers-title">'
    yield '<h2 id="numbers-title">Numbers</h2>'
    yield f'<p class="convention">{escape(diagnosis.convention)}</p>'
    for table in (*diagnosis.numbers, *diagnosis.details):
        yield _table(table)
    yield "</section>"


def _table(table: Table) -> str:
    title = escape(table.title)
    shown = (
        f'<div class="scroll" role="region" aria-label="{title}" tabindex="0">'
        f"{table.to_html()}</div>"
    )
    if len(table.rows) <= _SHORT:
        return shown
    return f"<details><summary>{title}</summary>{shown}</details>"
