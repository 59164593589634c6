"""The flow of a Qualtrics survey: who sees which screens, and which version is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import count
from typing import Any

from ccegov_choice.survey.exporting.outline import Outline, Screen
from ccegov_choice.survey.exporting.qualtrics_questions import Numbers, any_holds

VERSION = "version"
_Json = dict[str, Any]


def qualtrics_id(kind: str, outline: Outline, part: str = "") -> str:
    """Return an id as Qualtrics forms it: two letters and 15 characters."""
    digest = hashlib.sha256(f"{outline.sha256}/{kind}/{part}".encode()).hexdigest()
    return f"{kind}_{digest[:15]}"


def qualtrics_flow(outline: Outline) -> _Json:
    """Return the root of the flow with all that follows from it."""
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
        "ID": qualtrics_id("BL", outline, screen.id),
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
