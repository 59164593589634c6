"""`ccegov design power` says what the library says."""

import json
from pathlib import Path

import pytest

import ccegov_choice as cc
from ccegov_choice.cli.main import main
from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.power.plan import plan_sample
from ccegov_choice.power.settings import FieldConditions, Goal, Simulation

FOLDER = Path(__file__).parents[2] / "designs" / "benefit-claim"
TRADE = ["--trade", "dr_treatment: polite", "--pay-in", "te_decision_days"]


@pytest.fixture(scope="module")
def asked():
    design = cc.Design.read(FOLDER)
    prior = Prior.read(FOLDER / "prior.toml", design.study)
    return design, cc.Logit(prior.utility), prior


def test_it_plans_what_the_library_plans(asked, capsys):
    conditions = ["--dropout", "0.1", "--design-effect", "1.2", "--inattentive", "0.05"]
    time = ["--seconds", "30", "--minutes", "3", "--power", "0.9", "--level", "0.9"]
    words = ["design", "power", str(FOLDER), "--people", "200, 400", *TRADE, *conditions, *time]
    assert main(words) == 0
    design, model, prior = asked
    plan = plan_sample(
        design,
        model,
        prior,
        people=[200, 400],
        trades=[("dr_treatment: polite", "te_decision_days")],
        goal=Goal(0.9, 0.9),
        field=FieldConditions(0.1, 1.2, 0.05, 30, 3),
    )
    assert capsys.readouterr().out.strip() == str(plan)


def test_it_simulates_for_machines_and_tells_how_far_it_is(asked, tmp_path, capsys):
    prior = ["--prior", str(FOLDER / "prior.toml"), "--study", str(FOLDER / "study.toml")]
    run = ["--simulate", "20", "--cache", str(tmp_path), "--workers", "1", "--seed", "5", "--json"]
    words = ["design", "power", str(FOLDER), "--people", "100", "--at-mean", *TRADE, *prior, *run]
    assert main(words) == 0
    streams = capsys.readouterr()
    assert "simulated 20 of 20 surveys" in streams.err
    design, model, belief = asked
    plan = plan_sample(
        design,
        model,
        belief.mean,
        people=[100],
        trades=[("dr_treatment: polite", "te_decision_days")],
        simulation=Simulation(20, cache=tmp_path),
        seed=5,
    )
    assert json.loads(streams.out) == json.loads(json.dumps(plan.to_dict()))


def test_options_that_make_no_sense_are_refused_together(capsys):
    words = ["--people", "many,300", "--trade", "x: y", "--workers", "2", "--cache", "here"]
    assert main(["design", "power", str(FOLDER), *words]) == 1
    told = capsys.readouterr().err
    assert "4 problems" in told
    for part in ("'many' is not a number", "Add --pay-in", "--workers has", "--cache has"):
        assert part in told
    assert main(["design", "power", str(FOLDER), "--pay-in", "te_decision_days"]) == 1
    assert "no meaning without --trade" in capsys.readouterr().err
