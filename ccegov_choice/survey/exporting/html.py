"""HTML that survives in other tools: plain tables and text, without classes and scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from ccegov_choice.survey.exporting.outline import Item, ShownTask, Words
from ccegov_choice.survey.pages.prose import prose
from ccegov_choice.survey.survey import direction

Pipe = Callable[[str], str]
"""Column -> what the tool replaces by the answer given in it."""

_CELL = 'style="border:1px solid #b1b4b6;padding:8px;text-align:start;vertical-align:top"'


def note_html(item: Item, pipe: Pipe) -> Words:
    """Return a note in every language."""
    if not item.task:
        return {code: prose_html(text, code) for code, text in item.words.items()}
    return {code: task_html(task, code, pipe) for code, task in item.task.items()}


def prose_html(markdown: str, language: str) -> str:
    """Return Markdown as HTML without classes and pictures."""
    html = re.sub(r'<img[^>]*>| class="[^"]*"', "", str(prose(markdown, "")))
    return f'<div lang="{language}" dir="{direction(language)}">{html}</div>'


def task_html(shown: ShownTask, language: str, pipe: Pipe) -> str:
    """Return a task as a table with an option in each column, other options below."""
    view = shown.view
    head = "".join(f'<th scope="col" {_CELL}>{escape(card.title)}</th>' for card in view.cards)
    rows = "".join(
        f'<tr><th scope="row" {_CELL}>{escape(line.label)}</th>'
        + "".join(
            f"<td {_CELL}>{level_words(shown, card.name, line.attribute, pipe, escape)}</td>"
            for card in view.cards
        )
        + "</tr>"
        for line in view.lines
    )
    below = "".join(
        f"<p><strong>{escape(card.title)}</strong>: {escape(card.description)}</p>"
        for card in view.everything
        if card.description
    )
    return (
        f'<div lang="{language}" dir="{direction(language)}">'
        f'<table style="border-collapse:collapse;width:100%"><thead><tr><td {_CELL}></td>{head}'
        f"</tr></thead><tbody>{rows}</tbody></table>{below}</div>"
    )


def level_words(
    shown: ShownTask, option: str, attribute: str, pipe: Pipe, safe: Callable[[str], str]
) -> str:
    """Return what an option says about an attribute; what a picture shows is said in words."""
    if (option, attribute) in shown.personal:
        column, unit = shown.personal[option, attribute]
        return " ".join(part for part in (pipe(column), safe(unit)) if part)
    card = shown.view.card(option)
    level = card.levels.get(attribute) if card else None
    if level is None:
        return "–"
    return safe(f"{level.text} ({level.alt})" if level.alt else level.text)
