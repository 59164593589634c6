"""The command line: exit codes, streams, help, and no ability of its own."""

import json
import re
from pathlib import Path

import pytest

import ccegov_choice as cc
from ccegov_choice.cli.main import build_parser, main

FOLDER = Path(__file__).parents[2] / "designs" / "benefit-claim"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """A file of choices by simulated people, and the study it belongs to."""
    study = cc.Study.read(FOLDER / "study.toml")
    utility = cc.Utility.main_effects(study)
    design = cc.random_design(study, tasks=16, blocks=2, seed=4)
    truth = cc.ClassTaste.read(FOLDER / "citizens.toml")
    data = cc.simulate_choices(design, cc.Logit(utility), truth, people=200, seed=5)
    path = tmp_path_factory.mktemp("cli") / "answers.csv"
    data.frame.to_csv(path, index=False)
    return path


def verbs(parser=None, words=()):
    """Every noun and verb of the command line, with the options of each."""
    parser = parser or build_parser()
    groups = [a for a in parser._actions if isinstance(a.choices, dict)]
    if not groups:
        options = [option for a in parser._actions for option in a.option_strings]
        return {" ".join(words): [o for o in options if o.startswith("--") and o != "--help"]}
    found = {}
    for name, child in groups[0].choices.items():
        found |= verbs(child, (*words, name))
    return found


def test_every_command_and_option_is_documented():
    text = PAGE.read_text()
    for command, options in verbs().items():
        section = re.search(rf"^## `ccegov {command}`\n(.*?)(?=^## |\Z)", text, re.M | re.S)
        assert section, f"docs/reference/command-line.md lacks a section for 'ccegov {command}'"
        for option in options:
            assert f"`{option}`" in section[1], f"'ccegov {command}' lacks {option} in the docs"


@pytest.mark.parametrize("command", verbs())
def test_help_explains_every_command(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([*command.split(), "--help"])
    assert stopped.value.code == 0
    assert "usage: ccegov" in capsys.readouterr().out


def test_no_noun_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 2
    assert "NOUN" in capsys.readouterr().err


def test_wrong_input_prints_the_cure_and_no_traceback(tmp_path, capsys):
    assert main(["study", "check", str(tmp_path / "none.toml")]) == 1
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "there is no such file" in streams.err
    assert "->" in streams.err
    assert "Traceback" not in streams.err


def test_a_bug_of_ours_is_called_one(monkeypatch, capsys):
    monkeypatch.setattr("ccegov_choice.study.library.entries", lambda: 1 / 0)
    assert main(["library", "list"]) == 70
    assert "a bug of ours" in capsys.readouterr().err


def test_fit_and_trade(answers, tmp_path, capsys):
    saved = tmp_path / "results.json"
    study = str(FOLDER / "study.toml")
    assert main(["fit", str(answers), "--study", study, "--save", str(saved)]) == 0
    streams = capsys.readouterr()
    assert "dr_treatment[polite]" in streams.out
    assert "clustered" in streams.out.lower()
    assert "read 200 people" in streams.err

    assert main(["trade", str(saved), "--pay-in", "te_decision_days"]) == 0
    assert "working days" in capsys.readouterr().out
    gain = ["--gain", "dr_treatment: neutral -> polite"]
    assert main(["trade", str(saved), "--pay-in", "te_decision_days", *gain]) == 0
    sentence = capsys.readouterr().out.strip()
    results = cc.Results.load(saved)
    trade = cc.willingness_to_trade(results, gain=gain[1], pay_in="te_decision_days")
    assert sentence == trade.sentence()

    assert main(["trade", str(saved), "--pay-in", "te_decision_days", *gain, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content[0]["estimate"] == trade.estimate


def test_fit_for_machines(answers, capsys):
    study = str(FOLDER / "study.toml")
    options = ["--utility", "te_decision_days + asc", "--covariance", "classical", "--json"]
    assert main(["fit", str(answers), "--study", study, *options]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [row["term"] for row in content["estimates"]] == ["te_decision_days", "asc[no_claim]"]


def test_a_numeraire_that_is_none_is_refused(answers, tmp_path, capsys):
    saved = tmp_path / "results.json"
    study = str(FOLDER / "study.toml")
    assert main(["fit", str(answers), "--study", study, "--save", str(saved)]) == 0
    assert main(["trade", str(saved), "--pay-in", "va_appeal"]) == 1
    assert "te_decision_days" in capsys.readouterr().err
