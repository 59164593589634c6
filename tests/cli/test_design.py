"""`ccegov design make|diagnose|verify` from a shell's point of view."""

from __future__ import annotations

import json

import pytest

from ccegov_choice.cli.main import main
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study


@pytest.fixture
def study(tmp_path):
    wait = Attribute.numeric("wait", "Days", [7, 14, 30], "day", "days", direction="-")
    channel = Attribute.categorical("channel", "Channel", {"web": "Web", "phone": "Phone"})
    none = Alternative("none", "Neither", kind="opt_out")
    made = Study("claim", "A claim", (wait, channel), opt_out=none)
    return made.write(tmp_path / "study.toml")


def test_make_diagnose_and_verify(study, capsys):
    folder = str(study.parent)
    make = ["design", "make", str(study), "--tasks", "12", "--blocks", "2", "--seed", "3"]
    assert main(make) == 0
    told = capsys.readouterr()
    assert "12 tasks, 3 alternatives, 2 blocks" in told.out
    assert "saved" in told.err
    assert (study.parent / "design.csv").exists()
    assert main(["design", "diagnose", folder]) == 0
    assert "D-error" in capsys.readouterr().out
    assert main(["design", "verify", folder]) == 0
    assert "the work done again gives the same tasks" in capsys.readouterr().out


def test_json_for_machines(study, capsys):
    folder = str(study.parent)
    assert main(["design", "make", str(study), "--method", "auto", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["diagnosis"]["ok"] is True
    assert main(["design", "diagnose", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == made["diagnosis"]
    assert main(["design", "verify", folder, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["checks"]) == 4


def test_out_and_study_in_different_folders(study, tmp_path, capsys):
    out = tmp_path / "elsewhere"
    assert main(["design", "make", str(study), "--tasks", "6", "--out", str(out)]) == 0
    assert main(["design", "verify", str(out), "--study", str(study)]) == 0
    assert main(["design", "verify", str(out)]) == 1
    assert "study.toml" in capsys.readouterr().err


def test_tampering_is_told_and_exits_with_one(study, capsys):
    main(["design", "make", str(study), "--tasks", "6"])
    table = study.parent / "design.csv"
    table.write_text(table.read_text().replace("web", "phone", 1))
    assert main(["design", "verify", str(study.parent)]) == 1
    told = capsys.readouterr().err
    assert "channel is 'phone', the recorded work gives 'web'" in told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "--tasks is missing"),
        (["--tasks", "6", "--generation", "shifted"], "--generation has no meaning"),
        (["--method", "auto", "--tasks", "6"], "--tasks has no meaning with --method auto"),
        (["--method", "full", "--minimal-overlap"], "--minimal-overlap has no meaning"),
        (["--tasks", "6", "--budget", "3s"], "--budget has no meaning with --method random"),
        (["--method", "person", "--tasks", "6"], "--versions is missing"),
        (
            ["--method", "efficient", "--tasks", "6", "--runs", "2", "--budget", "3s"],
            "--budget and --runs exclude each other",
        ),
        (["--method", "efficient", "--tasks", "6", "--budget", "soon"], "'soon' is not a time"),
    ],
)
def test_options_that_would_be_ignored_are_refused(study, capsys, options, told):
    assert main(["design", "make", str(study), *options]) == 1
    assert told in capsys.readouterr().err


def test_an_efficient_design_from_the_shell(study, capsys):
    folder = str(study.parent)
    options = ["--method", "efficient", "--tasks", "8", "--blocks", "2", "--runs", "2"]
    assert main(["design", "make", str(study), *options, "--prior", "signs", "--repeat"]) == 0
    told = capsys.readouterr()
    assert "How far from the best possible" in told.out
    lock = json.loads((study.parent / "design.lock").read_text())
    assert lock["provenance"]["made_by"] == "with_repeat"
    assert sorted(lock["purposes"]) == ["10", "9"]
    assert main(["design", "verify", folder]) == 0
    assert "the recorded errors, rules and constraints hold" in capsys.readouterr().out
    page = study.parent / "diagnosis.html"
    assert main(["design", "diagnose", folder, "--html", str(page)]) == 0
    assert page.read_text().lower().startswith("<!doctype html>")


def test_a_changed_error_in_the_record_is_told(study, capsys):
    options = ["--method", "efficient", "--tasks", "8", "--runs", "1"]
    assert main(["design", "make", str(study), *options]) == 0
    path = study.parent / "design.lock"
    lock = json.loads(path.read_text())
    lock["claims"]["error"] *= 1 - 1e-6
    path.write_text(json.dumps(lock))
    assert main(["design", "verify", str(study.parent)]) == 1
    assert "the D-error (error) is recorded as" in capsys.readouterr().err


def test_a_version_for_each_person(study, capsys):
    options = ["--method", "person", "--versions", "5", "--tasks", "4"]
    assert main(["design", "make", str(study), *options]) == 0
    assert main(["design", "verify", str(study.parent)]) == 0
    assert "20 tasks by person_designs" in capsys.readouterr().out


def test_a_plan_in_a_file(study, capsys):
    plan = study.parent / "design.toml"
    plan.write_text("tasks = 6\nseed = 3\n[effort]\nruns = 1\n")
    assert main(["design", "make", str(plan)]) == 0
    assert "saved" in capsys.readouterr().err
    assert main(["design", "make", str(plan), "--tasks", "8"]) == 1
    assert "--tasks has no meaning with a design.toml" in capsys.readouterr().err


def test_trades_need_both_sides(study, capsys):
    main(["design", "make", str(study), "--tasks", "6"])
    assert main(["design", "diagnose", str(study.parent), "--pay-in", "wait"]) == 1
    assert "--trade is missing" in capsys.readouterr().err
