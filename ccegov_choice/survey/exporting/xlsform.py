"""A survey as an XLSForm, for ODK, Kobo, SurveyCTO, Enketo and all that read this standard."""

from __future__ import annotations

from ccegov_choice.survey.exporting.html import level_words
from ccegov_choice.survey.exporting.key import KeyRow, item_rows, version_rows
from ccegov_choice.survey.exporting.outline import Condition, Item, Outline, Screen, Words
from ccegov_choice.survey.exporting.workbook import workbook
from ccegov_choice.survey.pages.words import shell_words

VERSION = "version"
_Row = dict[str, str]

_TYPES = {"number": "decimal", "text": "text", "date": "date"}
_LISTS = {"single": "select_one", "multiple": "select_multiple", "ranking": "rank"}


def xlsform_bytes(outline: Outline) -> bytes:
    """Return the survey as a workbook with the sheets survey, choices and settings."""
    return workbook(xlsform(outline))


def xlsform(outline: Outline) -> dict[str, list[_Row]]:
    """Return the rows of the three sheets of an XLSForm."""
    return {
        "survey": [_draw(outline), *(row for s in outline.screens for row in _group(s, outline))],
        "choices": [row for item in outline.answered for row in _listed(item)],
        "settings": [
            {
                "form_title": outline.title[outline.language],
                "form_id": outline.id.replace("-", "_"),
                "version": outline.sha256[:16],
                "default_language": _language(outline.language),
                "style": "pages",
            }
        ],
    }


def _draw(outline: Outline) -> _Row:
    """Draw the version; without ``once`` it would be drawn again on every change."""
    number = len(outline.versions)
    return {
        "type": "calculate",
        "name": VERSION,
        "calculation": f"once(int(random() * {number}) + 1)",
    }


def _language(code: str) -> str:
    words = shell_words(code)
    name = words["language.name"] if words.language == code.partition("-")[0] else code
    return f"{name} ({code})"


def _said(column: str, words: Words) -> _Row:
    return {f"{column}::{_language(code)}": text for code, text in words.items() if text}


def _group(screen: Screen, outline: Outline) -> list[_Row]:
    if not screen.items:
        return []
    tests = [f"${{{VERSION}}} = {screen.version}"] if screen.version else []
    tests += [f"not({_holds(condition)})" for condition in screen.unless]
    begin = {
        "type": "begin_group",
        "name": f"page_{screen.id}",
        "appearance": "field-list",
        "relevant": " and ".join(tests),
        **_said("label", screen.title),
    }
    rows = [row for item in screen.items for row in _rows(item, outline)]
    return [begin, *rows, {"type": "end_group"}]


def _holds(condition: Condition) -> str:
    tests = [f"selected(${{{condition.column}}}, '{value}')" for value in condition.values]
    return f"({' or '.join(tests)})"


def _rows(item: Item, outline: Outline) -> list[_Row]:
    if item.kind == "note":
        return [*_piped(item, outline), _note(item, outline)]
    if item.kind == "matrix":
        return _matrix(item)
    type = _TYPES.get(item.kind) or f"{_LISTS[item.kind]} {item.column}"
    row = {"type": type, "name": item.column, **_said("label", item.words)}
    row |= _said("hint", item.hint)
    row["required"] = "yes" if item.required else ""
    row["relevant"] = " and ".join(_holds(condition) for condition in item.when)
    row["appearance"] = "multiline" if item.kind == "text" else ""
    row["constraint"] = " and ".join(_constraints(item))
    row |= _said("constraint_message", item.refusal)
    if item.shuffle and not any(choice.last for choice in item.choices):
        row["parameters"] = "randomize=true"
    return [row]


def _constraints(item: Item) -> list[str]:
    found = []
    if item.low is not None and item.kind == "number":
        found.append(f". >= {item.low:g}")
    if item.high is not None and item.kind == "number":
        found.append(f". <= {item.high:g}")
    if item.kind == "text":
        found.append(f"string-length(.) <= {item.max_length}")
    if item.kind == "multiple":
        alone = (choice.value for choice in item.choices if choice.exclusive)
        found.extend(f"not(selected(., '{value}') and count-selected(.) > 1)" for value in alone)
    if item.spending:
        costs = " + ".join(
            f"if(selected(., '{value}'), {cost:g}, 0)"
            for value, cost in item.spending.costs.items()
        )
        found.append(f"({costs}) <= {item.spending.amount:g}")
    if item.differs_from:
        found.append(f". != ${{{item.differs_from}}}")
    return found


def _matrix(item: Item) -> list[_Row]:
    begin = {
        "type": "begin_group",
        "name": item.column,
        "appearance": "table-list",
        "relevant": " and ".join(_holds(condition) for condition in item.when),
        **_said("label", item.words),
        **_said("hint", item.hint),
    }
    rows = [
        {
            "type": f"select_one {item.column}",
            "name": f"{item.column}_{row.value}",
            "required": "yes" if item.required else "",
            **_said("label", row.words),
        }
        for row in item.rows
    ]
    return [begin, *rows, {"type": "end_group"}]


def _piped(item: Item, outline: Outline) -> list[_Row]:
    """Return calculations of the words of options that a task shows as levels."""
    columns = {column for task in item.task.values() for column, _ in task.personal.values()}
    return [
        {
            "type": "calculate",
            "name": f"{item.column}_{column}",
            "calculation": f"jr:choice-name(${{{column}}}, '${{{column}}}')",
        }
        for column in sorted(columns)
        if outline.item(column).choices
    ]


def _note(item: Item, outline: Outline) -> _Row:
    if not item.task:
        return {"type": "note", "name": item.column, **_said("label", item.words)}

    def pipe(column: str) -> str:
        chosen = outline.item(column).choices
        return f"${{{item.column}_{column}}}" if chosen else f"${{{column}}}"

    words = {}
    for code, task in item.task.items():
        options = []
        for card in task.view.everything:
            heading = f"**{card.title}**" + (f": {card.description}" if card.description else "")
            lines = [
                f"- {line.label}: {level_words(task, card.name, line.attribute, pipe, str)}"
                for line in task.view.lines
                if line.attribute in card.levels
            ]
            options.append("\n".join([heading, *lines]))
        words[code] = "\n\n".join(options)
    return {"type": "note", "name": item.column, **_said("label", words)}


def _listed(item: Item) -> list[_Row]:
    return [
        {"list_name": item.column, "name": choice.value, **_said("label", choice.words)}
        for choice in item.choices
    ]


def xlsform_key(outline: Outline) -> list[KeyRow]:
    """Return what each column and code of the answers means, without names of groups."""
    return [*version_rows(VERSION, outline.versions), *item_rows(outline, "_")]


def xlsform_losses(outline: Outline) -> list[str]:
    """Return what XLSForm does not hold, beside what no tool does."""
    found = []
    if outline.shuffle_tasks:
        found.append("Tasks stand in one order for each version; XLSForm cannot shuffle groups.")
    kept = [i.column for i in outline.items if i.shuffle and any(c.last for c in i.choices)]
    if kept:
        found.append(
            f"Options of {', '.join(kept)} keep one order, because some of them must stay last."
        )
    if any(item.shuffle and item.kind == "matrix" for item in outline.items):
        found.append("Rows of a table of questions keep one order.")
    return found
