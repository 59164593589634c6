"""`ccegov survey paper`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ccegov_choice.cli.main import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def at_home(monkeypatch, tmp_path):
    """Stand in a folder with surveys and designs, as somebody with a clone does."""
    for name in ("surveys", "designs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)


def test_forms_of_a_run_take_the_blocks_in_turn(capsys, tmp_path):
    command = ["survey", "paper", "benefit-claim", "--forms", "3-4", "--language", "pl"]
    assert main([*command, "--out", "forms"]) == 0
    names = sorted(path.name for path in (tmp_path / "forms").iterdir())
    assert names == [
        "benefit-claim-paper-0003-block-3-pl.pdf",
        "benefit-claim-paper-0004-block-4-pl.pdf",
    ]
    assert ":3:3:pl" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["--large-print", "--telephone", "--interviewer"])
def test_other_kinds(kind, tmp_path):
    command = ["survey", "paper", "obligations", "--block", "2", "--forms", "9", kind]
    assert main([*command, "--out", "x.pdf"]) == 0
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")


def test_a_number_that_is_none_is_refused(capsys):
    assert main(["survey", "paper", "benefit-claim", "--forms", "4-3"]) == 1
    assert "such as 1-40" in capsys.readouterr().err
