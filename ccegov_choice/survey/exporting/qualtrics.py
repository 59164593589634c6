"""A survey as a Qualtrics survey file (QSF).

The format is not documented. What is written here follows survey files as Qualtrics exports
them: elements, numbers and odd spellings are theirs.
"""

from __future__ import annotations

import json
from typing import Any

from ccegov_choice.survey.exporting.outline import Outline
from ccegov_choice.survey.exporting.qualtrics_flow import qualtrics_flow, qualtrics_id
from ccegov_choice.survey.exporting.qualtrics_questions import Numbers, question

_NEVER = "0000-00-00 00:00:00"
_Json = dict[str, Any]


def qualtrics_text(outline: Outline) -> str:
    """Return the survey as a QSF file."""
    return json.dumps(qualtrics(outline), ensure_ascii=False) + "\n"


def qualtrics(outline: Outline) -> _Json:
    """Return the survey as the plain data of a QSF file."""
    survey = qualtrics_id("SV", outline)
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

    responses = qualtrics_id("RS", outline)
    return {
        "SurveyEntry": _entry(outline, survey, responses),
        "SurveyElements": [
            element("BL", "Survey Blocks", _blocks(outline)),
            element("FL", "Survey Flow", qualtrics_flow(outline)),
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


def _entry(outline: Outline, survey: str, responses: str) -> _Json:
    owner = qualtrics_id("UR", outline)
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
                "ID": qualtrics_id("BL", outline, screen.id),
                "BlockElements": [
                    {"Type": "Question", "QuestionID": numbers.question(item.column)}
                    for item in screen.items
                ],
                "Options": {"BlockLocking": "false", "RandomizeQuestions": "false"},
            }
        )
    trash = {"Type": "Trash", "Description": "Trash / Unused Questions", "BlockElements": []}
    return [*found, {**trash, "ID": qualtrics_id("BL", outline, "trash")}]


def qualtrics_losses(outline: Outline) -> list[str]:
    """Return what Qualtrics does not hold, beside what no tool does."""
    found = []
    if any(item.spending for item in outline.items):
        found.append("Qualtrics does not check that the projects picked are within the budget.")
    if any(item.differs_from for item in outline.items):
        found.append("Qualtrics does not check that the worst option is not the best one.")
    found.append("Qualtrics shows no headings of pages; titles of pages are names of its blocks.")
    return found
