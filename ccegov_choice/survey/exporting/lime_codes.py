"""How LimeSurvey calls questions and answers, and what its answers mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ccegov_choice.survey.exporting.key import KeyRow, version_rows
from ccegov_choice.survey.exporting.outline import Condition, Item, Outline

VERSION = "version"


@dataclass(frozen=True)
class LimeCodes:
    """How LimeSurvey calls questions, answers and parts of questions."""

    outline: Outline

    @cached_property
    def questions(self) -> dict[str, str]:
        """Column -> code of the question."""
        return question_codes([VERSION, *(item.column for item in self.outline.items)])

    def answers(self, item: Item) -> dict[str, str]:
        """Value -> code of the answer."""
        return answer_codes([choice.value for choice in item.choices])

    def parts(self, item: Item) -> dict[str, str]:
        """Value -> code of the subquestion."""
        parts = item.choices if item.kind == "multiple" else item.rows
        return part_codes([part.value for part in parts])

    def holds(self, condition: Condition) -> str:
        """Return an expression that is true when a condition holds."""
        item = self.outline.item(condition.column)
        code = self.questions[item.column]
        if item.kind == "multiple":
            tests = [f'{code}_{self.parts(item)[value]}.NAOK == "Y"' for value in condition.values]
        else:
            answers = self.answers(item)
            tests = [f'{code}.NAOK == "{answers[value]}"' for value in condition.values]
        return f"({' or '.join(tests)})"


def limesurvey_key(outline: Outline) -> list[KeyRow]:
    """Return what each column and code of the answers means, exported with question codes."""
    codes = LimeCodes(outline)
    found = version_rows(VERSION, outline.versions)
    for item in outline.answered:
        kept, field = item.kept
        column = codes.questions[item.column]
        if item.kind == "multiple":
            for value, part in codes.parts(item).items():
                found.append(KeyRow(f"{column}[{part}]", kept, field, "Y", value))
            continue
        answers = codes.answers(item)
        if item.kind == "matrix":
            for row, part in codes.parts(item).items():
                for value, code in answers.items():
                    found.append(KeyRow(f"{column}[{part}]", kept, f"{field}.{row}", code, value))
        elif item.kind == "ranking":
            for rank in range(1, len(answers) + 1):
                for value, code in answers.items():
                    found.append(KeyRow(f"{column}[{rank}]", kept, f"{field}.{rank}", code, value))
        elif answers:
            meant = {choice.value: choice.meant for choice in item.choices}
            for value, code in answers.items():
                found.append(KeyRow(column, kept, field, code, meant[value]))
        else:
            found.append(KeyRow(column, kept, field))
    return found


def question_codes(columns: Sequence[str]) -> dict[str, str]:
    """Return column -> code that LimeSurvey takes: a letter, then letters and digits, 20 in all.

    Codes that would be the same or too long end in a number.
    """
    found: dict[str, str] = {}
    used: set[str] = set()
    for column in columns:
        code = _plain(column)[:20]
        number = 1
        while code.lower() in used:
            number += 1
            code = f"{_plain(column)[: 20 - len(str(number)) - 1]}n{number}"
        used.add(code.lower())
        found[column] = code
    return found


def answer_codes(values: Sequence[str]) -> dict[str, str]:
    """Return value -> code of at most five letters and digits: the ids, or else A1, A2, ..."""
    if all(re.fullmatch(r"[A-Za-z0-9]{1,5}", value) for value in values):
        return {value: value for value in values}
    return {value: f"A{number}" for number, value in enumerate(values, 1)}


def part_codes(values: Sequence[str]) -> dict[str, str]:
    """Return value -> code of a subquestion: SQ1, SQ2, ..."""
    return {value: f"SQ{number}" for number, value in enumerate(values, 1)}


def _plain(column: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", column)
