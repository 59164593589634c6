"""`ccegov data import --from`: answers of other programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccegov_choice.cli.main import main
from ccegov_choice.data.choice_data import ChoiceData

ROOT = Path(__file__).parents[2]
DESIGN = str(ROOT / "designs" / "two-by-four")


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text("id,task_1,task_2\n1,A,left\n2,B,dont_know\n")
    return path


def test_answers_become_a_folder_of_ours(answers, tmp_path, capsys):
    out = tmp_path / "choices"
    command = ["data", "import", str(answers), "--from", "limesurvey", "--design", DESIGN]
    assert main([*command, "--alternative", "left=A", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "2 people, 3 tasks" in told
    assert '- "Cannot decide" was the answer to 1 task' in told
    assert ChoiceData.read(out).tasks == 3


def test_what_is_wrong_is_listed(answers, tmp_path, capsys):
    command = ["data", "import", str(answers), "--from", "limesurvey", "--design", DESIGN]
    assert main([*command, "--out", str(tmp_path / "choices")]) == 1
    told = capsys.readouterr().err
    assert "answers.csv:2: unknown alternative in 'task_2' 'left'" in told
    assert "--alternative 'left=A'" in told


def test_a_pair_without_a_sign_is_refused(answers, tmp_path, capsys):
    command = ["data", "import", str(answers), "--from", "limesurvey", "--design", DESIGN]
    assert main([*command, "--column", "Q7", "--out", str(tmp_path / "choices")]) == 1
    assert "Write --column 'THEIRS=OURS'" in capsys.readouterr().err
