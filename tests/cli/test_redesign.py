"""`ccegov redesign` on saved results."""

import argparse
import json
from pathlib import Path

import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.cli import redesign
from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.search import search_redesign

FOLDER = Path(__file__).parents[2] / "designs" / "benefit-claim"
PLAN = str(FOLDER / "redesign.toml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("redesign")
    study = cc.Study.read(FOLDER / "study.toml")
    utility = cc.Utility.main_effects(study)
    design = cc.random_design(study, tasks=24, blocks=3, seed=1)
    truth = cc.ClassTaste.read(FOLDER / "citizens.toml")
    people = pd.DataFrame(
        {"low_income": [0, 0, 1] * 80, "digital_confidence": ["low", "high"] * 120}
    )
    data = cc.simulate_choices(design, cc.Logit(utility), truth, 240, 2, covariates=people)
    cc.Logit(utility).fit(data).save(place / "results.json")
    people.to_csv(place / "people.csv", index=False)
    return place


def run(*words):
    parser = argparse.ArgumentParser()
    redesign.register(parser.add_subparsers())
    arguments = parser.parse_args(["redesign", *map(str, words)])
    return arguments.run(arguments)


def test_machines_read_what_python_says(folder, capsys):
    options = ["--plan", PLAN, "--pay-in", "te_decision_days", "--people", folder / "people.csv"]
    options += ["--by", "low_income", "--budget", 60, "--objective", "maximin", "--draws", 50]
    assert run(folder / "results.json", *options, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    found = search_redesign(
        cc.Results.load(folder / "results.json"), Redesign.read(PLAN), pay_in="te_decision_days",
        people=pd.read_csv(folder / "people.csv"), by="low_income", budget=60,
        objective="maximin", draws=50,
    )  # fmt: skip
    assert said["best"]["levers"] == list(found.best.levers)
    assert said["best"]["welfare"]["estimate"] == found.best.welfare.value
    assert sum(p["best_probability"] for p in said["ranking"]) == pytest.approx(1.0)
    assert said["best"]["cost"] <= 60
    assert said["exact"] is True


def test_people_read_tables_and_sentences(folder, capsys):
    assert run(folder / "results.json", "--plan", PLAN, "--pay-in", "te_decision_days") == 0
    said = capsys.readouterr().out
    assert "the best package within the limits is" in said
    assert run("--plan", PLAN, "--plan-table") == 0
    assert "Who is responsible for what" in capsys.readouterr().out
    assert (
        run(folder / "results.json", "--plan", PLAN, "--pay-in", "te_decision_days", "--levers")
        == 0
    )
    assert "no route is agreed on for: website" in capsys.readouterr().out


def test_what_is_missing_is_told(folder):
    with pytest.raises(PolicyError, match="--pay-in ATTRIBUTE") as caught:
        run("--plan", PLAN)
    assert "RESULTS" in str(caught.value)
