"""Items as questions of a Qualtrics survey file (QSF)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from ccegov_choice.survey.exporting.html import note_html
from ccegov_choice.survey.exporting.outline import Choice, Condition, Item, Outline, Words

_Json = dict[str, Any]


@dataclass(frozen=True)
class Numbers:
    """Which number Qualtrics knows each question and each choice by."""

    outline: Outline

    @cached_property
    def _questions(self) -> dict[str, str]:
        return {item.column: f"QID{n}" for n, item in enumerate(self.outline.items, 1)}

    def question(self, column: str) -> str:
        """Return the id of a question, such as ``"QID3"``."""
        return self._questions[column]

    def choice(self, column: str, value: str) -> str:
        """Return the number of a choice, from 1."""
        values = [choice.value for choice in self.outline.item(column).choices]
        return str(values.index(value) + 1)


def question(item: Item, numbers: Numbers) -> _Json:
    """Return the payload of one question element."""
    outline = numbers.outline
    html = _texts(item, numbers)
    found: _Json = {
        "QuestionText": html[outline.language],
        "DataExportTag": item.column,
        "QuestionID": numbers.question(item.column),
        "QuestionDescription": item.column,
        "DefaultChoices": False,
        "Configuration": {"QuestionDescriptionOption": "SpecifyLabel"},
        "DataVisibility": {"Private": False, "Hidden": False},
        "Validation": _validation(item),
        "Language": _languages(item, html, outline.languages[1:]),
        "NextChoiceId": len(item.rows or item.choices) + 1,
        "NextAnswerId": len(item.choices) + 1 if item.rows else 1,
        **_TYPES[item.kind],
    }
    if item.kind == "matrix":
        found |= _offered(item.rows, "Choice", outline.language)
        found |= _offered(item.choices, "Answer", outline.language)
    elif item.choices:
        found |= _offered(item.choices, "Choice", outline.language)
        found |= _named(item.choices)
    if item.shuffle:
        found["Randomization"] = _shuffled(item)
    if item.when:
        found["DisplayLogic"] = {**all_hold(item.when, numbers), "inPage": False}
    return found


_TYPES: dict[str, _Json] = {
    "note": {"QuestionType": "DB", "Selector": "TB"},
    "single": {"QuestionType": "MC", "Selector": "SAVR", "SubSelector": "TX"},
    "multiple": {"QuestionType": "MC", "Selector": "MAVR", "SubSelector": "TX"},
    "matrix": {"QuestionType": "Matrix", "Selector": "Likert", "SubSelector": "SingleAnswer"},
    "number": {"QuestionType": "TE", "Selector": "SL"},
    "date": {"QuestionType": "TE", "Selector": "SL"},
    "text": {"QuestionType": "TE", "Selector": "ESTB"},
    # typed numbers, because dragging cannot be done by everybody
    "ranking": {"QuestionType": "RO", "Selector": "TB"},
}


def _texts(item: Item, numbers: Numbers) -> Words:
    if item.kind == "note":
        return note_html(item, lambda column: f"${{q://{numbers.question(column)}/ChoiceGroup/"
                         "SelectedChoices}" if numbers.outline.item(column).choices else
                         f"${{q://{numbers.question(column)}/ChoiceTextEntryValue}}")  # fmt: skip
    return {
        code: escape(text, quote=False)
        + (f"<br>{escape(hint, quote=False)}" if (hint := item.hint.get(code, "")) else "")
        for code, text in item.words.items()
    }


def _validation(item: Item) -> _Json:
    settings: _Json = {"Type": "None", "ForceResponse": "ON" if item.required else "OFF"}
    if item.kind == "note":
        settings = {"Type": "None"}
    elif item.required:
        settings["ForceResponseType"] = "ON"
    if item.kind == "number":
        settings |= {
            "Type": "ContentType",
            "ContentType": "ValidNumber",
            "ValidNumber": {
                "Min": "" if item.low is None else f"{item.low:g}",
                "Max": "" if item.high is None else f"{item.high:g}",
                "NumDecimals": "",
            },
        }
    elif item.kind == "date":
        date = {"DateFormat": "YYYY/MM/DD"}
        settings |= {"Type": "ContentType", "ContentType": "ValidDate", "ValidDateType": date}
    elif item.kind == "text":
        settings |= {"Type": "MaxChar", "MaxChars": str(item.max_length)}
    return {"Settings": settings}


def _offered(choices: tuple[Choice, ...], what: str, language: str) -> _Json:
    entries: _Json = {}
    for number, choice in enumerate(choices, 1):
        entry: _Json = {"Display": escape(choice.words[language], quote=False)}
        if choice.exclusive and what == "Choice":
            entry["ExclusiveAnswer"] = True
        entries[str(number)] = entry
    return {f"{what}s": entries, f"{what}Order": list(entries)}


def _named(choices: tuple[Choice, ...]) -> _Json:
    """Return numbers as recoded values, and our ids as names of the variables."""
    numbered = {str(number): choice for number, choice in enumerate(choices, 1)}
    return {
        "RecodeValues": {number: number for number in numbered},
        "VariableNaming": {number: choice.value for number, choice in numbered.items()},
    }


def _languages(item: Item, html: Words, languages: tuple[str, ...]) -> _Json | list[Any]:
    found = {}
    for code in languages:
        entry: _Json = {"QuestionText": html[code]}
        pairs = (("Choices", item.rows), ("Answers", item.choices)) if item.rows else (
            ("Choices", item.choices),
        )  # fmt: skip
        for key, choices in pairs:
            if choices:
                entry[key] = {
                    str(number): {"Display": escape(choice.words[code], quote=False)}
                    for number, choice in enumerate(choices, 1)
                }
        found[code.upper()] = entry
    return found or []


def _shuffled(item: Item) -> _Json:
    choices = item.rows or item.choices
    numbers = {str(number): choice.last for number, choice in enumerate(choices, 1)}
    if not any(numbers.values()):
        return {"Type": "All", "Advanced": None, "TotalRandSubset": ""}
    free = [number for number, last in numbers.items() if not last]
    fixed = ["{~Randomized~}" if not last else number for number, last in numbers.items()]
    return {
        "Type": "Advanced",
        "Advanced": {
            "FixedOrder": fixed,
            "RandomizeAll": free,
            "RandomSubSet": [],
            "Undisplayed": [],
            "TotalRandSubset": 0,
            "QuestionsPerPage": 0,
        },
        "TotalRandSubset": "",
    }


def all_hold(conditions: tuple[Condition, ...], numbers: Numbers) -> _Json:
    """Return logic that holds when each condition holds; each is a group of alternatives."""
    logic: _Json = {"Type": "BooleanExpression"}
    for position, condition in enumerate(conditions):
        logic[str(position)] = _any_chosen(condition, numbers, "If" if not position else "AndIf")
    return logic


def any_holds(conditions: tuple[Condition, ...], numbers: Numbers) -> _Json:
    """Return logic that holds when one of the conditions does."""
    logic: _Json = {"Type": "BooleanExpression"}
    for position, condition in enumerate(conditions):
        logic[str(position)] = _any_chosen(condition, numbers, "If" if not position else "OrIf")
    return logic


def _any_chosen(condition: Condition, numbers: Numbers, kind: str) -> _Json:
    group: _Json = {"Type": kind}
    id = numbers.question(condition.column)
    for position, value in enumerate(condition.values):
        locator = f"q://{id}/SelectableChoice/{numbers.choice(condition.column, value)}"
        expression: _Json = {
            "LogicType": "Question",
            "QuestionID": id,
            "QuestionIsInLoop": "no",
            "ChoiceLocator": locator,
            "Operator": "Selected",
            "QuestionIDFromLocator": id,
            "LeftOperand": locator,
            "Type": "Expression",
            "Description": f"If {escape(condition.column)}: {escape(value)}",
        }
        if position:
            expression["Conjuction"] = "Or"  # spelt so by Qualtrics
        group[str(position)] = expression
    return group
