"""The studies in designs/ are sound, their priors name what exists, and their READMEs are right."""

import re
import tomllib
from pathlib import Path

import pytest

from ccegov_choice.design.candidates import task_space
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

FOLDERS = sorted(
    path.parent for path in (Path(__file__).parents[3] / "designs").glob("*/study.toml")
)
PRIORS = [folder for folder in FOLDERS if (folder / "prior.toml").is_file()]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def of_each(folders):
    return pytest.mark.parametrize("folder", folders, ids=lambda folder: folder.name)


def read(folder):
    return Study.read(folder / "study.toml")


def read_prior(folder):
    prior = tomllib.loads((folder / "prior.toml").read_text(encoding="utf-8"))
    study = read(folder)
    utility = Utility(prior["formula"], study) if "formula" in prior else None
    return prior, utility or Utility.main_effects(study)


def middle(belief):
    """Where a belief is centred, as far as its sign matters."""
    if isinstance(belief, dict):
        for key in ("mean", "mode"):
            if key in belief:
                return belief[key]
        if "median" in belief:
            return belief["sign"] * belief["median"]
        return (belief["low"] + belief["high"]) / 2
    return belief


def test_the_four_studies_are_there():
    wanted = {"benefit-claim", "channel-choice", "obligations", "two-by-four"}
    assert wanted <= {folder.name for folder in PRIORS}


@of_each(FOLDERS)
def test_it_has_no_problems_is_named_as_its_folder_and_allows_tasks(folder):
    study = read(folder)
    assert study.check() == ()
    assert study.id == folder.name
    assert Study.from_toml(study.to_toml()) == study
    assert task_space(study).different_tasks > 1
    assert (folder / "README.md").is_file()


@of_each(PRIORS)
def test_its_prior_says_something_about_every_coefficient_and_about_no_other(folder):
    prior, utility = read_prior(folder)
    assert prior["schema"] == 1
    assert set(prior) <= {"schema", "formula", "coefficients", "correlation", "default"}
    named = set(prior["coefficients"])
    assert named <= set(utility.names)
    assert "default" in prior or named == set(utility.names)
    for pair in prior.get("correlation", []):
        assert len(set(pair["between"])) == 2
        assert set(pair["between"]) <= named
        assert -1 < pair["value"] < 1


@of_each(PRIORS)
def test_its_prior_leans_the_way_that_the_study_declares(folder):
    prior, utility = read_prior(folder)
    sign = {"+": 1, "-": -1}
    for name, belief in prior["coefficients"].items():
        attribute = name.partition("[")[0]
        if attribute != "asc" and middle(belief) != 0:
            direction = utility.study.attribute(attribute).direction
            assert direction == "0" or middle(belief) * sign[direction] > 0, name


@of_each(FOLDERS)
def test_the_arithmetic_in_its_readme_holds(folder):
    blocks = BLOCK.findall((folder / "README.md").read_text(encoding="utf-8"))
    for block in blocks:
        exec(compile(block, str(folder / "README.md"), "exec"), {})
    assert blocks or folder.name not in {"two-by-four", "channel-choice"}


def test_the_duty_has_named_alternatives_instead_of_an_opt_out():
    study = read(next(folder for folder in FOLDERS if folder.name == "obligations"))
    assert (study.mandatory, study.role, study.opt_out) == (True, "obligatee", None)
    assert study.alternative_ids == ("on_time", "late", "partly", "not_at_all")
    late = {"alternative": "late", "days_late": 14.0, "ro_late": "stopped"}
    assert study.allows({**late, "va_hearing": "in_conversation"})
    assert not study.allows({**late, "va_hearing": "in_writing"})
    assert not study.allows({**late, "days_late": 7.0, "va_hearing": "in_conversation"})
    assert not study.allows({"alternative": "not_at_all", "when_found": "corrected"})
    assert not study.allows({"alternative": "partly", "when_found": "ended"})


def test_as_last_time_takes_its_levels_from_the_person():
    study = read(next(folder for folder in FOLDERS if folder.name == "channel-choice"))
    assert study.opt_out.kind == "status_quo"
    assert study.opt_out.personal == {
        "te_decision_days": "days_last",
        "te_wait_min": "wait_last",
        "ac_distance": "travel_last",
    }
    assert [a.id for a in study.attributes_of("website")] == [
        "te_decision_days",
        "pr_identity",
        "is_help",
    ]
