"""A survey as a Qualtrics survey file (QSF).

The format is not documented. What is written here follows survey files as Qualtrics exports
them: elements, numbers and odd spellings are theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from ccegov_choice.survey.exporting.key import KeyRow, version_rows
from ccegov_choice.survey.exporting.outline import Outline, Screen
from ccegov_choice.survey.exporting.qualtrics_questions import Numbers, any_holds, question

VERSION = "version"
_NEVER = "0000-00-00 00:00:00"
_Json = dict[str, Any]


def qualtrics_text(outline: Outline) -> str:
    """Return the survey as a QSF file."""
    return json.dumps(qualtrics(outline), ensure_ascii=False) + "\n"


def qualtrics(outline: Outline) -> _Json:
    """Return the survey as the plain data of a QSF file."""
    survey = _id("SV", outline)
    numbers = Numbers(outline)
    questions = [question(item, numbers) for item in outline.items]

    def element(kind: str, primary: str, payload: Any, second: str | None = None,
                third: str | None = None) -> _Json:  # fmt: skip
        return {
            "SurveyID": survey,
            "Element": kind,
            "PrimaryAttribute": primary,
            "SecondaryAttribute": second,
            "TertiaryAttribute": third,
            "Payload": payload,
        }

    responses = _id("RS", outline)
    return {
        "SurveyEntry": _entry(outline, survey, responses),
        "SurveyElements": [
            element("BL", "Survey Blocks", _blocks(outline)),
            element("FL", "Survey Flow", _flow(outline)),
            element("SO", "Survey Options", _options(outline)),
            element("SCO", "Scoring", _SCORING),
            element(
                "PROJ",
                "CORE",
                {"ProjectCategory": "CORE", "SchemaVersion": "1.1.0"},
                third="1.1.0",
            ),
            element("STAT", "Survey Statistics", _STATISTICS),
            element("QC", "Survey Question Count", None, str(len(questions))),
            element("RS", responses, None, "Default Response Set"),
            *(
                element("SQ", one["QuestionID"], one, one["QuestionDescription"])
                for one in questions
            ),
        ],
    }


_STATISTICS = {"MobileCompatible": True, "ID": "Survey Statistics"}
_SCORING: _Json = {
    "ScoringCategories": [],
    "ScoringCategoryGroups": [],
    "ScoringSummaryCategory": None,
    "ScoringSummaryAfterQuestions": 0,
    "ScoringSummaryAfterSurvey": 0,
    "DefaultScoringCategory": None,
    "AutoScoringCategory": None,
}


def _id(kind: str, outline: Outline, part: str = "") -> str:
    """Return an id as Qualtrics forms it: two letters and 15 characters."""
    digest = hashlib.sha256(f"{outline.sha256}/{kind}/{part}".encode()).hexdigest()
    return f"{kind}_{digest[:15]}"


def _entry(outline: Outline, survey: str, responses: str) -> _Json:
    owner = _id("UR", outline)
    return {
        "SurveyID": survey,
        "SurveyName": outline.title[outline.language],
        "SurveyDescription": f"{outline.id} {outline.sha256}",
        "SurveyOwnerID": owner,
        "SurveyBrandID": "ccegov",
        "DivisionID": None,
        "SurveyLanguage": outline.language.upper(),
        "SurveyActiveResponseSet": responses,
        "SurveyStatus": "Inactive",
        "SurveyStartDate": _NEVER,
        "SurveyExpirationDate": _NEVER,
        "SurveyCreationDate": "2026-01-01 00:00:00",
        "CreatorID": owner,
        "LastModified": "2026-01-01 00:00:00",
        "LastAccessed": _NEVER,
        "LastActivated": _NEVER,
        "Deleted": None,
    }


def _options(outline: Outline) -> _Json:
    return {
        "BackButton": "true",
        "SaveAndContinue": "true",
        "SurveyProtection": "PublicSurvey",
        "BallotBoxStuffingPrevention": "false",
        "NoIndex": "Yes",
        "SecureResponseFiles": "true",
        "SurveyExpiration": "None",
        "SurveyTermination": "DefaultMessage",
        "Header": "",
        "Footer": "",
        "ProgressBarDisplay": "Text",
        "PartialData": "+1 week",
        "ValidationMessage": "",
        "PreviousButton": "",
        "NextButton": "",
        "SkinLibrary": "qualtrics",
        "SkinType": "MQ",
        "Skin": "skin1",
        "NewScoring": 1,
        "CustomStyles": "",
        "SurveyTitle": outline.title[outline.language],
        "AnonymizeResponse": "Yes",
        "AvailableLanguages": {code.upper(): [] for code in outline.languages},
    }


def _blocks(outline: Outline) -> list[_Json]:
    numbers = Numbers(outline)
    found: list[_Json] = []
    for position, screen in enumerate(outline.screens):
        found.append(
            {
                "Type": "Standard" if position else "Default",
                "Description": screen.id,
                "ID": _id("BL", outline, screen.id),
                "BlockElements": [
                    {"Type": "Question", "QuestionID": numbers.question(item.column)}
                    for item in screen.items
                ],
                "Options": {"BlockLocking": "false", "RandomizeQuestions": "false"},
            }
        )
    trash = {"Type": "Trash", "Description": "Trash / Unused Questions", "BlockElements": []}
    return [*found, {**trash, "ID": _id("BL", outline, "trash")}]


def _flow(outline: Outline) -> _Json:
    ids = (f"FL_{number}" for number in count(2))
    numbers = Numbers(outline)
    flow: list[_Json] = [_declare(outline, ids)]
    stopped = 0
    drawn = False
    for screen in outline.screens:
        if len(screen.unless) > stopped:
            flow.append(_stop(screen, numbers, ids))
            stopped = len(screen.unless)
        if not screen.version:
            flow.append(_show(screen, outline, ids))
        elif not drawn:
            flow.append(_draw(outline, ids))
            drawn = True
    used = int(next(ids).removeprefix("FL_")) - 1
    return {"Type": "Root", "FlowID": "FL_1", "Flow": flow, "Properties": {"Count": used}}


def _show(screen: Screen, outline: Outline, ids: Iterator[str]) -> _Json:
    return {
        "Type": "Standard",
        "ID": _id("BL", outline, screen.id),
        "FlowID": next(ids),
        "Autofill": [],
    }


def _stop(screen: Screen, numbers: Numbers, ids: Iterator[str]) -> _Json:
    """End the survey for those who refused or are not asked further."""
    return {
        "Type": "Branch",
        "FlowID": next(ids),
        "Description": "Refused or screened out",
        "BranchLogic": any_holds(screen.unless, numbers),
        "Flow": [{"Type": "EndSurvey", "FlowID": next(ids)}],
    }


def _draw(outline: Outline, ids: Iterator[str]) -> _Json:
    """Draw a version; its tasks are shown in an order of their own for each person."""
    groups = []
    draw = next(ids)
    for version in outline.versions:
        screens = [screen for screen in outline.screens if screen.version == version.name]
        group = next(ids)
        data = _data(version.name, next(ids))
        shuffle = next(ids)
        shown = [_show(screen, outline, ids) for screen in screens]
        if outline.shuffle_tasks:
            shown = [
                {
                    "Type": "BlockRandomizer",
                    "FlowID": shuffle,
                    "SubSet": len(screens),
                    "EvenPresentation": False,
                    "Flow": shown,
                }
            ]
        groups.append(
            {
                "Type": "Group",
                "FlowID": group,
                "Description": f"Version {version.name}: block {version.block}",
                "Flow": [data, *shown],
            }
        )
    return {
        "Type": "BlockRandomizer",
        "FlowID": draw,
        "SubSet": 1,
        "EvenPresentation": True,
        "Flow": groups,
    }


def _declare(outline: Outline, ids: Iterator[str]) -> _Json:
    """Declare the version first, so that it is a column for everybody."""
    return _data("", next(ids), {"survey": outline.id, "survey_sha256": outline.sha256})


def _data(version: str, id: str, more: dict[str, str] | None = None) -> _Json:
    fields = {VERSION: version, **(more or {})}
    return {
        "Type": "EmbeddedData",
        "FlowID": id,
        "EmbeddedData": [
            {
                "Description": name,
                "Type": "Custom" if value else "Recipient",
                "Field": name,
                "VariableType": "String",
                "DataVisibility": [],
                "AnalyzeText": False,
                **({"Value": value} if value else {}),
            }
            for name, value in fields.items()
        ],
    }


def qualtrics_key(outline: Outline) -> list[KeyRow]:
    """Return what each column and number of the answers means, exported as numeric values."""
    found = version_rows(VERSION, outline.versions)
    for item in outline.answered:
        kept, field = item.kept
        numbered = [(str(number), choice) for number, choice in enumerate(item.choices, 1)]
        if item.kind == "single":
            for code, choice in numbered:
                found.append(KeyRow(item.column, kept, field, code, choice.meant))
        elif item.kind == "multiple":
            for code, choice in numbered:
                found.append(KeyRow(f"{item.column}_{code}", kept, field, "1", choice.value))
        elif item.kind == "matrix":
            for place, row in enumerate(item.rows, 1):
                for code, choice in numbered:
                    column, part = f"{item.column}_{place}", f"{field}.{row.value}"
                    found.append(KeyRow(column, kept, part, code, choice.meant))
        elif item.kind == "ranking":
            for code, choice in numbered:
                found.append(KeyRow(f"{item.column}_{code}", kept, f"{field}.{choice.value}"))
        else:
            found.append(KeyRow(item.column, kept, field))
    return found


def qualtrics_losses(outline: Outline) -> list[str]:
    """Return what Qualtrics does not hold, beside what no tool does."""
    found = []
    if any(item.spending for item in outline.items):
        found.append("Qualtrics does not check that the projects picked are within the budget.")
    if any(item.differs_from for item in outline.items):
        found.append("Qualtrics does not check that the worst option is not the best one.")
    found.append("Qualtrics shows no headings of pages; titles of pages are names of its blocks.")
    return found
