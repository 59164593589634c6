"""A survey goes to another tool and its answers come home: every choice is what it was."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.design.design import Design
from ccegov_choice.survey.exporting.transfer import transfer
from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[2]
ORDERS = 2
People = Sequence[Mapping[tuple[str, str], object]]
"""For each person what is kept under (item, field)."""


@cache
def survey() -> Survey:
    return Survey.read(ROOT / "surveys" / "benefit-claim")


@cache
def design() -> Design:
    return Design.read(ROOT / "designs" / "benefit-claim")


@cache
def key_of(tool: str) -> str:
    return transfer(survey(), tool, orders=ORDERS).key


@st.composite
def people(draw: st.DrawFn) -> People:
    """Make people who drew a version and answered some of its tasks."""
    blocks = survey().tasks.blocks
    found = []
    for _ in range(draw(st.integers(1, 4))):
        version = draw(st.integers(1, len(blocks) * ORDERS))
        block = blocks[(version - 1) % len(blocks)]
        kept: dict[tuple[str, str], object] = {
            ("version", "block"): str(version),
            ("about-you", "low_income"): draw(st.sampled_from(["1", "0", ""])),
            ("about-you", "digital_confidence"): draw(st.sampled_from(["low", "high"])),
            ("about-you", "claimed_before"): draw(
                st.lists(st.sampled_from(["housing", "family", "illness"]), unique=True)
            ),
        }
        for task in survey().tasks.of_block(block):
            names = [offer.alternative for offer in task.offers]
            answer = draw(st.sampled_from([*names, "dont_know", None]))
            if answer is not None:
                kept[f"task:{task.id}", "chosen"] = answer
        found.append(kept)
    return found


def choices(given_people: People) -> dict[tuple[str, int], str]:
    return {
        (str(number), int(item.removeprefix("task:"))): str(value)
        for number, kept in enumerate(given_people, 1)
        for (item, field), value in kept.items()
        if field == "chosen" and value != "dont_know"
    }


def cells(tool: str, kept: Mapping[tuple[str, str], object]) -> dict[str, object]:
    """Return what the tool would have in one person's columns, by the key alone."""
    version = int(str(kept["version", "block"]))
    first = version <= len(survey().tasks.blocks)
    found: dict[str, object] = {}
    for row in csv.DictReader(io.StringIO(key_of(tool))):
        value = kept.get((row["item"], row["field"]))
        begins = "task" if first else f"v{version}task"
        if row["item"].startswith("task:") and not row["column"].startswith(begins):
            continue
        if row["item"] == "version":
            found[row["column"]] = str(version)
        elif isinstance(value, list):
            if row["value"] in value:
                found.setdefault(row["column"], []).append(row["code"])  # type: ignore[attr-defined]
        elif value is not None and row["value"] == value:
            found[row["column"]] = row["code"]
    return found


def written(tool: str, given_people: People, folder: Path) -> Path:
    """Write the file of answers that a tool exports."""
    rows = [cells(tool, kept) for kept in given_people]
    if tool == "surveyjs":
        path = folder / "answers.json"
        numbered = [{"id": str(i), **row} for i, row in enumerate(rows, 1)]
        path.write_text(json.dumps(numbered))
        return path
    columns = list(
        dict.fromkeys(row["column"] for row in csv.DictReader(io.StringIO(key_of(tool))))
    )
    person = {"qualtrics": "ResponseId", "limesurvey": "id", "xlsform": "KEY"}[tool]
    group = "tasks-" if tool == "xlsform" else ""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if tool == "limesurvey" else ",", lineterminator="\n")
    writer.writerow([person, *(group + column for column in columns)])
    if tool == "qualtrics":
        writer.writerow(["Response ID", *("Which, of these?" for _ in columns)])
        writer.writerow([json.dumps({"ImportId": name}) for name in ("_recordId", *columns)])
    for number, row in enumerate(rows, 1):
        line = [row.get(column, "") for column in columns]
        writer.writerow([number, *(" ".join(c) if isinstance(c, list) else c for c in line)])
    path = folder / "answers.csv"
    path.write_text(out.getvalue())
    return path


@pytest.mark.parametrize("tool", ["surveyjs", "qualtrics", "limesurvey", "xlsform"])
@settings(max_examples=12, deadline=None)
@given(given_people=people())
def test_every_choice_comes_home(tool: str, given_people: People) -> None:
    expected = choices(given_people)
    if not expected:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "key.csv").write_text(key_of(tool))
        data = ChoiceData.import_answers(
            written(tool, given_people, folder),
            tool,  # type: ignore[arg-type]
            design=design(),
            key=folder / "key.csv",
            covariates=["claimed_before"],
        )
    frame = data.frame
    rows = frame[frame["chosen"]]
    triples = zip(rows["person"], rows["task"], rows["alternative"], strict=True)
    assert {(str(who), int(task)): str(what) for who, task, what in triples} == expected
    first = frame.drop_duplicates("person").set_index("person")
    for who in {person for person, _ in expected}:
        kept = given_people[int(who) - 1]
        # the key gives the number that an option stands for, and none for "rather not say"
        income = {"1": 1.0, "0": 0.0}.get(str(kept["about-you", "low_income"]))
        held = first.loc[who, "low_income"]
        assert held == income or (income is None and held != held)
        assert first.loc[who, "digital_confidence"] == kept["about-you", "digital_confidence"]
