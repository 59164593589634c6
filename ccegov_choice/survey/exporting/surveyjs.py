"""A survey as JSON for the SurveyJS form library."""

from __future__ import annotations

import json
from typing import Any

from ccegov_choice.survey.exporting.asking import AGREE
from ccegov_choice.survey.exporting.html import note_html, prose_html
from ccegov_choice.survey.exporting.key import KeyRow, item_rows, version_rows
from ccegov_choice.survey.exporting.outline import Condition, Item, Outline, Screen, Words

VERSION = "version"
_Json = dict[str, Any]


def surveyjs_text(outline: Outline) -> str:
    """Return the survey as JSON."""
    return json.dumps(surveyjs(outline), ensure_ascii=False, indent=1) + "\n"


def surveyjs(outline: Outline) -> _Json:
    """Return the survey as plain data, as ``new Survey.Model(...)`` takes it."""
    end = [note for s in outline.screens if s.kind == "end" for note in s.items]
    found: _Json = {
        "title": _said(outline.title),
        "locale": outline.language,
        "showQuestionNumbers": "off",
        "showProgressBar": True,
        "clearInvisibleValues": "onComplete",
        "triggers": [_draw(outline)],
        "pages": [_page(s) for s in outline.screens if s.kind != "end"],
    }
    found["pages"][0]["elements"].append(_DRAWN)
    if end:
        found["completedHtml"] = _said(
            {code: prose_html(text, code) for code, text in end[0].words.items()}
        )
    return found


def _draw(outline: Outline) -> _Json:
    """Draw the version once, from the second in which the person agrees to take part.

    The library has no random numbers, and an expression as a value would be drawn anew.
    """
    agreed = any(item.column == AGREE for item in outline.answered)
    return {
        "type": "runexpression",
        "expression": (f"{{{AGREE}}} = 'yes' and " if agreed else "") + f"{{{VERSION}}} empty",
        "setToName": VERSION,
        "runExpression": "dateDiff('2020-01-01', currentDate(), 'seconds') "
        f"% {len(outline.versions)} + 1",
    }


_DRAWN: _Json = {
    "type": "text",
    "name": VERSION,
    "visible": False,
    "clearIfInvisible": "none",
}


def _said(words: Words) -> str | dict[str, str]:
    texts = list(words.values()) or [""]
    if len(set(texts)) == 1:
        return texts[0]
    return {"default": texts[0], **words}


def _page(screen: Screen) -> _Json:
    found: _Json = {"name": f"page_{screen.id}", "title": _said(screen.title)}
    conditions = [f"{{{VERSION}}} = {screen.version}"] if screen.version else []
    conditions += [f"!({_holds(condition)})" for condition in screen.unless]
    if conditions:
        found["visibleIf"] = " and ".join(conditions)
    found["elements"] = [_element(item) for item in screen.items]
    return found


def _holds(condition: Condition) -> str:
    values = ", ".join(f"'{value}'" for value in condition.values)
    return f"{{{condition.column}}} anyof [{values}]"


def _element(item: Item) -> _Json:
    if item.kind == "note":
        html = note_html(item, lambda column: f"{{{column}}}")
        return {"type": "html", "name": item.column, "html": _said(html)}
    found: _Json = {**_TYPES[item.kind], "name": item.column, "title": _said(item.words)}
    if any(item.hint.values()):
        found["description"] = _said(item.hint)
    if item.required:
        found["isRequired"] = True
    if item.when:
        found["visibleIf"] = " and ".join(_holds(condition) for condition in item.when)
    if item.kind == "matrix":
        found["columns"] = [{"value": c.value, "text": _said(c.words)} for c in item.choices]
        found["rows"] = [{"value": row.value, "text": _said(row.words)} for row in item.rows]
        found["eachRowRequired"] = item.required
        found["rowOrder"] = "random" if item.shuffle else "initial"
    elif item.choices:
        found["choices"] = _choices(item)
        if item.shuffle:
            found["choicesOrder"] = "random"
    if item.kind == "number":
        found.update({k: v for k, v in (("min", item.low), ("max", item.high)) if v is not None})
    if item.kind == "text":
        found["maxLength"] = item.max_length
    validators = _validators(item)
    if validators:
        found["validators"] = validators
    return found


_TYPES: dict[str, _Json] = {
    "single": {"type": "radiogroup"},
    "multiple": {"type": "checkbox"},
    "matrix": {"type": "matrix"},
    "ranking": {"type": "ranking"},
    "number": {"type": "text", "inputType": "number"},
    "date": {"type": "text", "inputType": "date"},
    "text": {"type": "comment"},
}


def _choices(item: Item) -> list[_Json]:
    found = []
    for choice in item.choices:
        entry: _Json = {"value": choice.value, "text": _said(choice.words)}
        if item.kind == "multiple" and choice.exclusive:
            entry["isExclusive"] = True
        if item.shuffle and choice.last:
            entry["randomize"] = False
        found.append(entry)
    return found


def _validators(item: Item) -> list[_Json]:
    tests = []
    if item.differs_from:
        tests.append(f"{{{item.column}}} <> {{{item.differs_from}}}")
    if item.spending:
        costs = " + ".join(
            f"iif({{{item.column}}} anyof ['{value}'], {cost:g}, 0)"
            for value, cost in item.spending.costs.items()
        )
        tests.append(f"{costs} <= {item.spending.amount:g}")
    said = _said(item.refusal)
    return [{"type": "expression", "expression": test, "text": said} for test in tests]


def surveyjs_key(outline: Outline) -> list[KeyRow]:
    """Return what each name and value of the answers means."""
    return [*version_rows(VERSION, outline.versions), *item_rows(outline, ".")]


def surveyjs_losses(outline: Outline) -> list[str]:
    """Return what SurveyJS does not hold, beside what no tool does."""
    if not outline.shuffle_tasks:
        return []
    return ["Tasks stand in one order for each version; SurveyJS cannot shuffle pages."]
