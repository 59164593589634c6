"""`ccegov design import|export` from a shell's point of view."""

from __future__ import annotations

import json

import pytest

from ccegov_choice.cli.main import main
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study

NGENE = """\
Design
Choice situation\talt1.wait\talt1.channel\talt2.wait\talt2.channel\tBlock
1\t7\t0\t14\t1\t1
2\t14\t1\t30\t0\t1
3\t30\t1\t7\t0\t2
4\t14\t0\t7\t1\t2
"""


@pytest.fixture
def study(tmp_path):
    wait = Attribute.numeric("wait", "Days", [7, 14, 30], "day", "days", direction="-")
    channel = Attribute.categorical("channel", "Channel", {"web": "Web", "phone": "Phone"})
    none = Alternative("none", "Neither", kind="opt_out")
    made = Study("claim", "A claim", (wait, channel), opt_out=none)
    return made.write(tmp_path / "study.toml")


def test_import_diagnose_and_verify(study, tmp_path, capsys):
    file = tmp_path / "ngene.txt"
    file.write_text(NGENE)
    assert main(["design", "import", str(file), "--study", str(study)]) == 0
    told = capsys.readouterr()
    assert "4 tasks, 3 alternatives, 2 blocks" in told.out
    assert "layout 'ngene' (recognised from its header in line 2)" in told.out
    assert "saved" in told.err
    assert main(["design", "diagnose", str(tmp_path)]) == 0
    assert "channel is coded from 0: 0 = web, 1 = phone." in capsys.readouterr().out
    assert main(["design", "verify", str(tmp_path)]) == 0
    assert "nothing to do again" in capsys.readouterr().out


@pytest.mark.parametrize("layout", ["long", "wide", "ngene", "sawtooth"])
def test_what_is_exported_can_be_imported(study, tmp_path, capsys, layout):
    make = ["design", "make", str(study), "--tasks", "6", "--blocks", "2"]
    assert main([*make, "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    file = tmp_path / "out" / "theirs.csv"
    assert main(["design", "export", str(tmp_path), str(file), "--layout", layout]) == 0
    assert f"layout '{layout}'" in capsys.readouterr().out
    back = ["design", "import", str(file), "--study", str(study), "--out", str(file.parent)]
    assert main([*back, "--json"]) == 0
    taken = json.loads(capsys.readouterr().out)
    assert taken["sha256"] == made["sha256"]
    assert taken["diagnosis"]["d_error"] == made["diagnosis"]["d_error"]


def test_the_cures_that_are_printed_work(study, tmp_path, capsys):
    file = tmp_path / "theirs.csv"
    file.write_text("n;choice=;wait;way\n1;left;7;1\n1;right;14;2\n2;left;14;2\n2;right;31;1\n")
    command = ["design", "import", str(file), "--study", str(study)]
    assert main(command) == 1
    told = capsys.readouterr().err
    assert "no line is the header of a design; this line comes nearest: n, choice=, wait" in told
    assert not (tmp_path / "design.csv").exists()
    command += ["--column", "n=task", "--column", "choice==alternative", "--column", "way=channel"]
    assert main(command) == 1
    told = capsys.readouterr().err
    assert "--level 'wait:31=30'" in told
    command += ["--level", "wait:31=30", "--level", "channel:1=phone", "--level", "channel:2=web"]
    assert main([*command, "--alternative", "left=B", "--alternative", "right=A"]) == 0
    lines = (tmp_path / "design.csv").read_text().splitlines()
    assert lines[1:3] == ["1,1,B,7,phone", "1,1,A,14,web"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--column", "task"], "Write --column 'THEIRS=OURS'"),
        (["--alternative", "=web"], "Write --alternative 'THEIRS=OURS'"),
        (["--level", "1=web"], "Write --level 'ATTRIBUTE:CELL=LEVEL'"),
        (["--blocks", "3"], "3 blocks were asked for, but the file has 2"),
    ],
)
def test_options_that_say_nothing(study, tmp_path, capsys, options, told):
    file = tmp_path / "ngene.txt"
    file.write_text(NGENE)
    assert main(["design", "import", str(file), "--study", str(study), *options]) == 1
    assert told in capsys.readouterr().err
