"""design.toml: what it may say, and what is told when it says something else."""

import pytest

from ccegov_choice.design.efficient.plan import DesignPlan
from ccegov_choice.errors import DesignError, FileFormatError

PLAN = """
tasks = 8
blocks = 2
seed = 4
repeat = true
holdouts = 1
criterion = { kind = "D", average = "median" }

[effort]
runs = 1
certificate = 0

[rules]
balance = 0.5

[[people]]
wait_now = 10
"""


def test_it_makes_the_design_it_asks_for(plain, tmp_path):
    plain.write(tmp_path / "study.toml")
    (tmp_path / "design.toml").write_text(PLAN.split("[[people]]", maxsplit=1)[0])
    design = DesignPlan.read(tmp_path / "design.toml").make()
    assert design.tasks == 8 + 2 + 2
    assert "holdout" in design.purposes.values()
    assert design.provenance.made_by == "with_holdouts"


def test_a_prior_beside_it_is_used(plain, tmp_path):
    plain.write(tmp_path / "study.toml")
    (tmp_path / "prior.toml").write_text("[default]\nmean = 0.0\nsd = 0.2\n")
    (tmp_path / "design.toml").write_text("tasks = 6\nseed = 1\n[effort]\nruns = 1\ndraws = 16\n")
    design = DesignPlan.read(tmp_path / "design.toml").make()
    assert design.claims["draws"] > 1


def test_everything_wrong_is_told_at_once(tmp_path):
    path = tmp_path / "design.toml"
    path.write_text("task = 8\nblocks = 1.5\n[rules]\nbalanced = true\n[effort]\nspeed = 1\n")
    with pytest.raises(DesignError) as told:
        DesignPlan.read(path)
    text = str(told.value)
    for part in (
        "unknown key 'task'",
        "'tasks' is missing",
        "'seed' is missing",
        "blocks = 1.5 is no whole number",
        "neither a time nor a number of runs",
        "unknown key of [rules] 'balanced'",
        "unknown key of [effort] 'speed'",
    ):
        assert part in text


def test_a_file_that_is_not_toml_is_told(tmp_path):
    path = tmp_path / "design.toml"
    path.write_text("tasks: 8")
    with pytest.raises(FileFormatError, match="not TOML"):
        DesignPlan.read(path)
