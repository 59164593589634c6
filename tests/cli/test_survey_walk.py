"""`ccegov survey walk` and `ccegov demo`: the real command, the real server, a few citizens."""

import csv
import json
from pathlib import Path

import pytest

from ccegov_choice.cli.main import main
from ccegov_choice.responses.store import ResponseStore

ROOT = Path(__file__).parents[2]
FOLDER = str(ROOT / "surveys" / "benefit-claim")


def test_a_walk_prints_a_report_and_writes_choices_with_the_truth(tmp_path, capsys):
    out = tmp_path / "walk"
    options = ["--people", "6", "--seed", "3", "--json", "--out", str(out), "--clients", "2"]
    assert main(["survey", "walk", FOLDER, *options]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["started"] == 6
    assert report["completed"] + report["gave_up"] == 6
    assert report["acknowledged"] == report["stored"] > 50
    assert report["lost"] == report["duplicated"] == report["errors"] == 0
    keys = {"p50_ms", "p95_ms", "p99_ms", "answers_per_second", "block_spread", "peak_concurrent"}
    assert keys <= set(report)
    with (out / "choices.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len({row["person"] for row in rows}) == report["completed"]
    assert {row["true_class"] for row in rows}
    assert json.loads((out / "walk.json").read_text()) == report


def test_robots_stand_in_a_ledger_of_their_own(tmp_path, capsys):
    database = f"sqlite:///{tmp_path}/answers.sqlite"
    options = ["--people", "2", "--database", database, "--rate", "50"]
    assert main(["survey", "walk", FOLDER, *options]) == 0
    assert "is there, once" in capsys.readouterr().out
    with ResponseStore.open(database) as store:
        assert sum(store.counts("benefit-claim", "robot").states.values()) == 2
        assert sum(store.counts("benefit-claim", "live").states.values()) == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--url", "https://survey.example.org"], "not on this machine"),
        (["--citizens", "nowhere.toml"], "there is no such file"),
        (["--people", "0"], "0 people"),
    ],
)
def test_what_cannot_be_walked_is_said(options, told, capsys):
    assert main(["survey", "walk", FOLDER, *options]) == 1
    streams = capsys.readouterr()
    assert told in streams.err
    assert "->" in streams.err


# a hundred people are few for three classes, and the fit says so
@pytest.mark.filterwarnings("ignore:'.*no finite estimate:ccegov_choice.errors.ChoiceWarning")
def test_the_demo_ends_with_three_findings_and_the_same_report_each_time(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(ROOT)
    assert main(["demo", "--out", str(tmp_path), "--people", "120"]) == 0
    streams = capsys.readouterr()
    assert "[9/9]" in streams.err
    assert "SIMULATED" in streams.err
    assert "0 lost" in streams.err
    assert "simulated: nobody was asked" in streams.out
    assert streams.out.count("\n  - ") == 3
    names = (
        "report.html",
        "report.pdf",
        "brief.html",
        "brief.pdf",
        "simulator.html",
        "choices.csv",
    )
    before = {name: (tmp_path / name).read_bytes() for name in names}
    assert main(["demo", "--out", str(tmp_path), "--people", "120"]) == 0
    assert {name: (tmp_path / name).read_bytes() for name in names} == before
