"""`ccegov study new|check` and `ccegov library list|show`, as a researcher types them."""

import argparse
import json
from pathlib import Path

import pytest

from ccegov_choice.cli import library, study
from ccegov_choice.errors import ChoiceError, FileFormatError, StudyError
from ccegov_choice.study.study import Study

BROKEN = """\
id = "x"
title = "X"
colour = "blue"
[[attribute]]
id = "wait"
levels = [2, 10]
base = "3"
"""


def run(*words):
    """Run one command; errors are for `ccegov` itself to print."""
    parser = argparse.ArgumentParser()
    nouns = parser.add_subparsers()
    study.register(nouns)
    library.register(nouns)
    arguments = parser.parse_args(words)
    return arguments.run(arguments)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_study_is_written_checked_and_shown(folder, capsys):
    assert run("study", "new", "my-service", "--attributes", "te_decision_days, dr_treatment") == 0
    path = Path("designs/my-service/study.toml")
    out, err = capsys.readouterr()
    assert out == f"wrote {path}\n"
    assert f"ccegov study check {path}" in err
    assert Study.read(path).id == "my-service"
    for name in (path, path.parent):
        assert run("study", "check", str(name)) == 0
        shown = capsys.readouterr().out
        assert "Study 'my-service': My service" in shown
        assert "Combinations of levels: 4 x 3 = 12." in shown
        assert shown.endswith(f"{path}: no problems\n")


def test_a_new_study_replaces_a_file_only_when_told(folder, capsys):
    words = ("study", "new", "x", "--attributes", "dr_tone")
    assert run(*words) == 0
    path = Path("designs/x/study.toml")
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match=r"designs/x/study\.toml: the file exists already"):
        run(*words)
    assert path.read_text(encoding="utf-8") == "mine"
    assert run(*words, "--force") == 0
    assert Study.read(path).attribute_ids == ("dr_tone",)


def test_a_new_study_may_be_a_duty_in_money_at_a_place_of_its_own(folder):
    words = (
        "--attributes",
        "oc_fee,ro_late",
        "--mandatory",
        "--currency",
        "GBP",
        "--title",
        "Late?",
    )
    assert run("study", "new", "deep/levy.toml", *words) == 0
    made = Study.read("deep/levy.toml")
    assert (made.id, made.text(), made.mandatory, made.opt_out) == ("levy", "Late?", True, None)
    assert made.numeraire("oc_fee").currency == "GBP"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("x", "--attributes", "dr_tnoe"), r"Did you mean 'dr_tone'\?"),
        (("x", "--attributes", "oc_fee"), "amount of money"),
        (("my study", "--attributes", "dr_tone"), "the study's id is 'my study'"),
    ],
)
def test_nothing_is_written_when_the_wish_is_wrong(folder, words, message):
    with pytest.raises(ChoiceError, match=message):
        run("study", "new", *words)
    assert not Path("designs").exists()


def test_check_lists_every_problem_and_fails(folder, capsys):
    Path("study.toml").write_text(BROKEN, encoding="utf-8")
    assert run("study", "check", "study.toml") == 1
    out = capsys.readouterr().out
    assert out.startswith("study.toml: 2 problems\n1. study.toml:3: unknown key 'colour'")
    assert "2. study.toml:7: unknown base level of 'wait' '3'" in out


def test_check_counts_one_problem_as_one(folder, capsys):
    Path("study.toml").write_text(BROKEN.replace('base = "3"\n', ""), encoding="utf-8")
    assert run("study", "check", ".") == 1
    assert capsys.readouterr().out.startswith("study.toml: 1 problem\n")


def test_check_speaks_to_machines(folder, capsys):
    Path("study.toml").write_text(BROKEN, encoding="utf-8")
    assert run("study", "check", "study.toml", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["valid"] is False
    assert [p["where"] for p in found["problems"]] == ["study.toml:3", "study.toml:7"]
    assert all(p["cure"] for p in found["problems"])
    assert run("study", "new", "y", "--attributes", "te_wait_min") == 0
    capsys.readouterr()
    assert run("study", "check", "designs/y", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["study"]["attributes"] == {"te_wait_min": ["2", "10", "30", "60"]}
    assert found["study"]["sha256"] == Study.read("designs/y/study.toml").sha256


def test_a_missing_file_is_an_error_with_a_cure(folder):
    with pytest.raises(FileFormatError, match="no such file"):
        run("study", "check", "study.toml")


def test_the_library_is_listed_by_group(capsys):
    assert run("library", "list") == 0
    out = capsys.readouterr().out
    assert out.count("Access and channel") == 1
    assert "oc_amount" in out
    assert "53 attributes." in out
    assert run("library", "list", "--group", "ro") == 0
    out = capsys.readouterr().out
    assert "ro_late" in out
    assert "oc_amount" not in out
    with pytest.raises(StudyError, match="unknown group 'zz'"):
        run("library", "list", "--group", "zz")


def test_the_library_speaks_to_machines(capsys):
    assert run("library", "list", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found) == 53
    assert found[0]["id"] == "ac_channel"
    assert run("library", "show", "te_find_out", "oc_fee", "--json") == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["checked"] is False
    assert first["sources"][0]["title"] == "Administrative Burden"
    assert second["levels"][1] == {"id": "10", "label": "10", "wording": "10", "value": 10.0}


def test_an_attribute_is_shown_with_measures_and_sources(capsys):
    assert run("library", "show", "te_find_out", "oc_fee") == 0
    out = capsys.readouterr().out
    assert "te_find_out: Finding out what applies to you  [Time and effort]" in out
    assert "Herd & Moynihan 2018, Administrative Burden (not checked)" in out
    assert "Tradeable:         yes, can be paid in" in out
    assert "declares how people pay" in out
    with pytest.raises(StudyError, match="library attribute"):
        run("library", "show", "te_find")


def test_an_attribute_can_be_pasted_into_a_study(capsys):
    assert run("library", "show", "dr_tone", "te_wait_min", "--toml") == 0
    pasted = Study.from_toml(f'id = "x"\ntitle = "X"\n{capsys.readouterr().out}')
    assert pasted.attribute_ids == ("dr_tone", "te_wait_min")
    assert pasted.check() == ()
