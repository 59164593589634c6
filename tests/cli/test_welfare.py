"""`ccegov welfare` on saved results."""

import argparse
import json

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.cli import welfare
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.welfare.welfare_change import welfare_change

TODAY = "today: wait=40, staff=brusque"
REFORM = "reform: wait=20, staff=polite"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("welfare")
    study = cc.Study(
        "claim",
        "A claim",
        (
            cc.Attribute.numeric("wait", "Wait", [2, 20, 40], "day", "days", direction="-"),
            cc.Attribute.ordered("staff", "Staff", ["brusque", "polite"], direction="+"),
        ),
        covariates=(
            cc.Covariate(
                "poor", "Low income", "categorical", (cc.Level("no", "No"), cc.Level("yes", "Yes"))
            ),
        ),
        numeraires=(cc.Numeraire("wait"),),
    )
    utility = cc.Utility("wait + staff + staff:poor", study)
    design = cc.random_design(study, tasks=24, blocks=3, seed=1)
    people = pd.DataFrame({"poor": np.where(np.arange(150) % 3 == 0, "yes", "no")})
    truth = {"wait": -0.06, "staff[polite]": 0.5}
    truth |= {name: 0.4 for name in utility.names if name not in truth}
    data = simulate_choices(design, Logit(utility), truth, 150, 3, covariates=people)
    Logit(utility).fit(data).save(place / "results.json")
    data.frame.to_csv(place / "answers.csv", index=False)
    people.to_csv(place / "people.csv", index=False)
    study.write(place / "study.toml")
    return place


def run(folder, *more):
    parser = argparse.ArgumentParser()
    welfare.register(parser.add_subparsers())
    given = [str(folder / "results.json"), "--before", TODAY, "--after", REFORM, "--pay-in", "wait"]
    arguments = parser.parse_args(["welfare", *given, *more])
    return arguments.run(arguments)


def test_it_prints_tables_and_sentences(folder, capsys):
    assert run(folder, "--data", str(folder / "answers.csv"), "--by", "poor") == 0
    said = capsys.readouterr().out
    assert "What 'reform' is worth, against 'today'" in said
    assert "Of 100 people about 100 would gain" in said
    assert "Low income: Yes" in said


def test_json_is_what_the_library_says(folder, capsys):
    people = folder / "people.csv"
    more = ("--people", str(people), "--study", str(folder / "study.toml"), "--draws", "100")
    assert run(folder, *more, "--by", "poor", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    results = cc.Results.load(folder / "results.json")
    expected = welfare_change(
        results,
        results.study.profile(wait=40, staff="brusque"),
        results.study.profile(wait=20, staff="polite"),
        pay_in="wait",
        people=pd.read_csv(people),
        by="poor",
        draws=100,
    )
    assert found["mean"]["estimate"] == pytest.approx(expected.mean.value, rel=1e-12)
    assert found["median"]["conf_low"] == pytest.approx(expected.median.low, rel=1e-12)
    assert [group["group"] for group in found["groups"]] == ["no", "yes"]
    assert (found["before"], found["after"], found["unit"]) == ("today", "reform", "days")


def test_a_scenario_that_is_none_says_how_to_write_it(folder):
    with pytest.raises(cc.errors.PolicyError, match="--after 'reform: wait=2, staff=brusque'"):
        run(folder, "--after", "wait=10")
    with pytest.raises(cc.errors.PolicyError, match="differs between people by poor"):
        run(folder)


def test_offers_side_by_side_are_parted_by_semicolons(folder):
    from ccegov_choice.cli.scenarios import read_scenario

    study = cc.Results.load(folder / "results.json").study
    both = read_scenario("both: wait=2, staff=polite; wait=20, staff=brusque", study)
    assert [offer["wait"] for offer in both.offers] == [2.0, 20.0]
    assert both.offer_names == ("service 1", "service 2")
