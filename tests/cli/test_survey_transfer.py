"""`ccegov survey transfer`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ccegov_choice.cli.main import main

SURVEY = str(Path(__file__).parents[2] / "surveys" / "benefit-claim")


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("tool", "ending"),
    [("surveyjs", "json"), ("qualtrics", "qsf"), ("limesurvey", "lss"), ("xlsform", "xlsx")],
)
def test_file_and_key_are_written_and_losses_told(capsys, tmp_path, tool, ending):
    assert main(["survey", "transfer", SURVEY, "--to", tool]) == 0
    assert (tmp_path / f"benefit-claim.{ending}").is_file()
    assert (tmp_path / f"benefit-claim.{ending}.key.csv").is_file()
    said = capsys.readouterr().out
    assert "cannot hold" in said
    assert "contact page" in said


def test_for_machines(capsys):
    command = ["survey", "transfer", SURVEY, "--to", "xlsform", "--out", "a.xlsx", "--json"]
    assert main(command) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["file"], found["key"]) == ("a.xlsx", "a.xlsx.key.csv")
    assert found["losses"]


def test_no_orders_are_refused(capsys):
    assert main(["survey", "transfer", SURVEY, "--to", "surveyjs", "--orders", "0"]) == 1
    assert "0 orders" in capsys.readouterr().err
