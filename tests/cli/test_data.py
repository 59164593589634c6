"""`ccegov data` and `ccegov replicate`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ccegov_choice.cli.main import main
from ccegov_choice.data.choice_data import ChoiceData

ROOT = Path(__file__).parents[2]
GOOD = (
    "person,task,alternative,wait,chosen,w\n1,1,A,5,1,2\n1,1,B,30,0,2\n2,1,A,14,0,1\n2,1,B,5,1,1\n"
)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(GOOD)
    return path


def test_check_says_what_is_there(answers, capsys) -> None:
    assert main(["data", "check", str(answers)]) == 0
    out = capsys.readouterr().out
    assert "People" in out
    assert "no problems found" in out


def test_check_lists_problems_with_cures_on_standard_error(answers, capsys) -> None:
    answers.write_text(GOOD.replace("1,1,B,30,0,2", "1,1,B,,1,3"))
    assert main(["data", "check", str(answers), "--weight", "w"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "3 problems" in captured.err
    assert "data row 2: 'wait' is empty in 1 row" in captured.err
    assert "Traceback" not in captured.err


def test_check_for_machines(answers, capsys) -> None:
    assert main(["data", "check", str(answers), "--weight", "w", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {
        "problems": [],
        "people": 2,
        "tasks": 2,
        "rows": 4,
        "response": "choice",
        "weighted": True,
    }


def test_describe_in_text_json_and_html(answers, tmp_path, capsys) -> None:
    assert main(["data", "describe", str(answers), "--html", str(tmp_path / "d.html")]) == 0
    assert "Shares by level" in capsys.readouterr().out
    assert "<caption>Completeness</caption>" in (tmp_path / "d.html").read_text()
    assert main(["data", "describe", str(answers), "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)
    assert tables["Shares by alternative"][0]["Alternative"] == "A"


def test_import_and_read_again(answers, tmp_path, capsys) -> None:
    folder = tmp_path / "choices"
    assert main(["data", "import", str(answers), "--weight", "w", "--out", str(folder)]) == 0
    assert "2 people, 2 tasks" in capsys.readouterr().out
    assert ChoiceData.read(folder).weights.tolist() == [2, 1]
    assert main(["data", "check", str(folder)]) == 0


def test_wide_tables(tmp_path, capsys) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("person,time_train,time_car,CHOICE,av\n1,30,20,1,1\n1,40,35,2,1\n2,9,8,2,1\n")
    options = ["--wide", "--attributes", "time", "--available", "car=av", "--chosen", "CHOICE"]
    named = ["--alternatives", "train=1,car=2"]
    assert main(["data", "check", str(path), *options, *named, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 6
    assert main(["data", "check", str(path), *options]) == 1
    assert "--alternatives train,car" in capsys.readouterr().err


def test_published_data_by_name(capsys) -> None:
    assert main(["data", "describe", "travel_mode"]) == 0
    assert "210" in capsys.readouterr().out


@pytest.mark.data
def test_replicate_taxes(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["replicate", "taxes", "--out", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert "25 of 25 reproduced" in captured.out
    assert "How tax rates may be written" in captured.out
    assert "966 effective people of 2,000" in captured.out
    report, brief, simulator = (
        (tmp_path / f"{name}.html").read_text() for name in ("report", "brief", "simulator")
    )
    for page in (report, brief, simulator):
        assert "What Americans would trade between tax bands and revenue" in page
        visible = re.sub(r"<(style|script)[^>]*>.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
        assert re.search(r"[$€£¥]|\b(USD|EUR|GBP)\b|dollar", visible) is None
    assert "2,000" in report
    assert "likelihood ratio 248.5 on 24 degrees of freedom" in report
    assert "own weights, worth 966 equally weighted people" in report
    assert "“Steep plan” than with “Flat plan”" in brief
    assert "About 19 in 100 people would be worse off" in brief
    for name in ("report.pdf", "brief.pdf"):
        assert (tmp_path / name).read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "comparison.csv").read_text().count("\n") == 26


@pytest.mark.data
def test_a_number_that_is_not_reproduced_is_told(tmp_path, capsys, monkeypatch) -> None:
    class Nothing:
        @classmethod
        def fit(cls, taxes):
            return cls()

        def write(self, folder):
            return [folder / "report.html"]

    monkeypatch.setattr("ccegov_choice.cli.replicate_taxes_decision.TaxDecision", Nothing)
    published = tmp_path / "published.toml"
    published.write_text(
        '[[value]]\nname = "the fit"\nquantity = "log_likelihood"\n'
        "published = -10156.9\nwithin = 0.01\n"
    )
    options = ["--published", str(published), "--out", str(tmp_path), "--json"]
    assert main(["replicate", "taxes", *options]) == 1
    captured = capsys.readouterr()
    assert "not reproduced: the fit" in captured.err
    assert json.loads(captured.out)["values"][0]["passed"] is False


@pytest.mark.data
def test_published_numbers_that_cannot_be_read(tmp_path, capsys) -> None:
    published = tmp_path / "published.toml"
    published.write_text("value = 3")
    options = ["--published", str(published), "--out", str(tmp_path)]
    assert main(["replicate", "taxes", *options]) == 1
    assert "cannot be read" in capsys.readouterr().err
