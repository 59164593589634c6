"""Writing a survey for another tool: two files, and what is lost."""

from __future__ import annotations

import csv
import io

import pytest

from ccegov_choice.errors import SurveyError
from ccegov_choice.survey.exporting.transfer import TOOLS, transfer


@pytest.mark.parametrize("tool", TOOLS)
def test_file_and_key_are_written(claim, tool, tmp_path):
    made = transfer(claim, tool)
    file, key = made.write(tmp_path / f"claim{made.tool.ending}")
    assert file.stat().st_size > 10_000
    rows = list(csv.DictReader(io.StringIO(key.read_text(encoding="utf-8"))))
    assert key.name == f"{file.name}.key.csv"
    assert list(rows[0]) == ["column", "item", "field", "code", "value"]
    chosen = [row["value"] for row in rows if (row["item"], row["field"]) == ("task:1", "chosen")]
    assert sorted(chosen) == ["A", "B", "dont_know", "no_claim"]
    assert made.losses


@pytest.mark.parametrize("tool", TOOLS)
def test_the_same_survey_gives_the_same_file(claim, tool):
    assert transfer(claim, tool) == transfer(claim, tool)


@pytest.mark.parametrize("tool", TOOLS)
def test_no_two_codes_of_a_column_are_the_same(claim, obligations, everything, tool):
    for survey in (claim, obligations, everything("rating")):
        rows = list(csv.DictReader(io.StringIO(transfer(survey, tool).key)))
        meant = [(row["column"], row["field"], row["code"]) for row in rows]
        if tool in ("surveyjs", "xlsform"):  # several options in one cell, each with its code
            meant = [(row["column"], row["field"], row["code"], row["value"]) for row in rows]
        assert len(set(meant)) == len(meant)


def test_an_unknown_tool_names_the_nearest(claim):
    with pytest.raises(SurveyError, match="Did you mean 'qualtrics'"):
        transfer(claim, "qualtrix")


def test_orders_are_at_least_one(claim):
    with pytest.raises(SurveyError, match="0 orders"):
        transfer(claim, "surveyjs", orders=0)
