"""The PDF twin of the report: the same sections and words, set with Typst as PDF/UA-1."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from ccegov_choice._drawing.chart import Chart
from ccegov_choice._drawing.svg import WIDE, draw
from ccegov_choice._drawing.typesetting import fonts_here, typeset
from ccegov_choice._table import Table
from ccegov_choice._version import __version__
from ccegov_choice.report.blocks import ChecklistPanel, Facts, Figure, Origin, Section
from ccegov_choice.report.wording import say

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_SAID = ("kicker", "contents", "origin_link")


def render_pdf(
    title: str,
    standfirst: str,
    facts: Facts,
    sections: Sequence[Section],
    *,
    simulated: bool,
    language: str = "en",
) -> bytes:
    """Return the report as one tagged PDF without a date; parameters as in `render_page`.

    Raises
    ------
    ChoiceError
        If no installed font has a letter of the text.
    MissingExtraError
        If Typst is not installed.
    """
    pictures: dict[str, str] = {}
    words = {name: say(f"page.{name}") for name in _SAID}
    words |= {f"simulated_{name}": say(f"simulated.{name}") for name in ("title", "text", "short")}
    content = {
        "title": title,
        "standfirst": standfirst,
        "facts": printed(facts, pictures),
        "sections": [printed(section, pictures) for section in sections],
        "simulated": simulated,
        "language": language,
        "words": {**words, "footer": say("page.footer_printed", version=__version__)},
        "fonts": fonts_here(),
    }
    files: dict[str, str | bytes] = {
        "report.typ": _TEMPLATE.read_text(encoding="utf-8"),
        "report.json": json.dumps(content, ensure_ascii=False, sort_keys=True),
        **pictures,
    }
    return typeset("report.typ", files, what=say("page.what"))


def printed(thing: Any, pictures: dict[str, str]) -> Any:
    """Return a block, or all in it, as JSON can hold it; drawings are put into `pictures`.

    Parameters
    ----------
    thing : Section, Block or part of one
        What to print.
    pictures : dict
        File name -> SVG; filled on the way.
    """
    if isinstance(thing, Table):
        return printed_table(thing)
    if isinstance(thing, Figure):
        return _figure(thing, pictures)
    if isinstance(thing, ChecklistPanel):
        return _checklist(thing)
    if isinstance(thing, Origin):
        return {"id": thing.id, "what": thing.what, "facts": [list(fact) for fact in thing.facts]}
    if is_dataclass(thing) and not isinstance(thing, type):
        parts = {f.name: printed(getattr(thing, f.name), pictures) for f in fields(thing)}
        if parts.get("origin"):
            parts["origin"] = parts["origin"]["id"]
        kind = getattr(thing, "kind", None)
        return {"kind": kind, **parts} if kind else parts
    if isinstance(thing, tuple | list):
        return [printed(part, pictures) for part in thing]
    return thing


def printed_table(table: Table) -> Mapping[str, Any]:
    """Return a table as it is shown: every cell as text."""
    return {
        "title": table.title,
        "columns": list(table.columns),
        "rows": table.shown_cells(),
        "numeric": table.numeric_columns(),
        "notes": list(table.all_notes),
    }


def _figure(figure: Figure, pictures: dict[str, str]) -> Mapping[str, Any]:
    chart: Chart = figure.chart
    name = f"{chart.id}.svg"
    pictures[name] = draw(chart, WIDE)
    return {
        "kind": figure.kind,
        "headline": chart.headline,
        "subtitle": chart.subtitle,
        "picture": name,
        "alt": chart.alt,
        "captions": [said for said in (chart.note, chart.sample) if said],
        "table": printed_table(chart.table),
        "origin": figure.origin.id if figure.origin else None,
    }


def _checklist(block: ChecklistPanel) -> Mapping[str, Any]:
    found = block.checklist
    return {
        "kind": block.kind,
        "title": found.title,
        "source": found.source,
        "status": found.status,
        "complete": found.complete,
        "groups": [
            {
                "title": group.title,
                "label": group.label,
                "answers": [
                    {
                        "id": answer.item.id,
                        "topic": answer.item.topic,
                        "question": answer.item.question,
                        "text": answer.text,
                        "cure": answer.cure,
                    }
                    for answer in group.answers
                ],
            }
            for group in found.groups
            if group.answers
        ],
    }
