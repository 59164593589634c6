"""Simulated people answer the design they get, with the tastes they are given."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DataError, FileFormatError, UtilityError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import ClassTaste, RandomTaste, simulate_choices
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

TRUTH = {"wait": -0.05, "help[chat]": 0.6, "asc[none]": -1.0}


@pytest.fixture
def study() -> Study:
    wait = Attribute.numeric("wait", "Days", [10, 20, 40], "day", "days", direction="-")
    aid = Attribute.categorical("help", "Help", {"none": "None", "chat": "Chat"})
    group = Covariate("group", "Group", "categorical", (Level("low", "Low"), Level("high", "High")))
    none = Alternative("none", "Neither", kind="opt_out")
    return Study("claim", "A claim", (wait, aid), opt_out=none, covariates=(group,))


@pytest.fixture
def design(study):
    return random_design(study, tasks=9, blocks=3, seed=1)


@pytest.fixture
def model(study):
    return Logit(Utility.main_effects(study))


def test_people_are_spread_evenly_over_blocks_by_lot(design, model):
    data = simulate_choices(design, model, TRUTH, 100, 1)
    assert (data.people, data.tasks, data.rows) == (100, 300, 900)
    blocks = data.frame.groupby("person")["block"].first()
    assert sorted(blocks.value_counts()) == [33, 33, 34]
    assert not (blocks.to_numpy() == np.arange(100) % 3 + 1).all()
    shown = data.frame.merge(design.frame, on=["task", "alternative"], suffixes=("", "_design"))
    assert (shown["block"] == shown["block_design"]).all()


def test_the_same_seed_gives_the_same_choices(design, model):
    one, two, other = (simulate_choices(design, model, TRUTH, 50, s) for s in (1, 1, 2))
    assert one.frame.equals(two.frame)
    assert not one.frame.equals(other.frame)


def test_blocks_and_errors_stay_when_only_tastes_change(design, model):
    # a huge common utility for the opt-out leaves only who sees what comparable
    one = simulate_choices(design, model, TRUTH, 50, 1)
    two = simulate_choices(design, model, {**TRUTH, "asc[none]": 50.0}, 50, 1)
    assert one.frame["task"].equals(two.frame["task"])
    assert (two.frame.loc[two.frame["chosen"], "alternative"] == "none").all()


def test_shares_are_those_of_the_logit(study, model):
    design = random_design(study, tasks=1, seed=1)
    data = simulate_choices(design, model, TRUTH, 4000, 3)
    utility = model.utility.matrix(design.frame).T @ [TRUTH[n] for n in model.utility.names]
    expected = np.exp(utility) / np.exp(utility).sum()
    found = [
        (data.frame["alternative"] == a)[data.frame["chosen"]].mean() for a in ("A", "B", "none")
    ]
    # three shares of 4,000 choices, each within 4 standard errors: false alarm below 0.0002
    assert (np.abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / 4000)).all()


def test_classes_are_told_and_differ(design, model):
    lazy = {"wait": 0.0, "help[chat]": 0.0, "asc[none]": 50.0}
    truth = ClassTaste({"keen": (0.7, {**TRUTH, "asc[none]": -50.0}), "lazy": (0.3, lazy)})
    data = simulate_choices(design, model, truth, 500, 1)
    chosen = data.frame[data.frame["chosen"]]
    assert ((chosen["alternative"] == "none") == (chosen["true_class"] == "lazy")).all()
    share = (data.frame.groupby("person")["true_class"].first() == "lazy").mean()
    assert abs(share - 0.3) < 4 * np.sqrt(0.3 * 0.7 / 500)
    assert data.codes("true_class")[1] == ("keen", "lazy")


def test_random_tastes_are_told_and_have_the_moments_given(design, model):
    truth = RandomTaste(TRUTH, sd={"wait": 0.02, "help[chat]": 0.0})
    data = simulate_choices(design, model, truth, 2000, 1)
    tastes = data.frame.groupby("person")["true[wait]"].first()
    # mean and standard deviation of 2,000 normal draws, within 4 standard errors
    assert abs(tastes.mean() + 0.05) < 4 * 0.02 / np.sqrt(2000)
    assert abs(tastes.std() - 0.02) < 4 * 0.02 / np.sqrt(4000)
    assert "true[help[chat]]" not in data.frame


def test_correlated_tastes(design, model):
    table = pd.DataFrame(
        [[0.0004, 0.008], [0.008, 0.25]],
        index=["wait", "help[chat]"],
        columns=["wait", "help[chat]"],
    )
    data = simulate_choices(design, model, RandomTaste(TRUTH, covariance=table), 2000, 1)
    tastes = data.frame.groupby("person")[["true[wait]", "true[help[chat]]"]].first()
    # correlation 0.8; Fisher's z has standard error 1/sqrt(1997)
    found = np.arctanh(np.corrcoef(tastes.T)[0, 1])
    assert abs(found - np.arctanh(0.8)) < 4 / np.sqrt(1997)


def test_classes_may_have_random_tastes(design, model):
    truth = ClassTaste({"a": (0.5, TRUTH), "b": (0.5, RandomTaste(TRUTH, sd={"wait": 0.01}))})
    data = simulate_choices(design, model, truth, 100, 1)
    people = data.frame.groupby("person")[["true_class", "true[wait]"]].first()
    assert (people.loc[people["true_class"] == "a", "true[wait]"] == -0.05).all()
    assert people.loc[people["true_class"] == "b", "true[wait]"].nunique() > 30


def test_utilities_that_depend_on_people_need_their_covariates(study, design):
    model = Logit(Utility("wait + help + asc + wait:group", study))
    truth = {**TRUTH, "wait:group[high]": 5.0}
    with pytest.raises(DataError, match="the covariate 'group' is needed"):
        simulate_choices(design, model, truth, 6, 1)
    group = ["low", "high"] * 50
    data = simulate_choices(design, model, truth, 100, 1, covariates={"group": group})
    best = data.frame.groupby(["person", "task"])["wait"].transform("max") == data.frame["wait"]
    rich = data.frame["group"] == "high"
    assert data.frame.loc[rich & data.frame["chosen"], "wait"].notna().all()
    assert best[rich & data.frame["chosen"]].all()


def test_covariates_come_in_any_frame_and_name_the_people(design, model):
    table = pl.DataFrame(
        {"person": ["c", "a", "b"], "group": ["low", "high", "low"], "w": [1, 2, 3]}
    )
    data = simulate_choices(design, model, TRUTH, 3, 1, covariates=table)
    assert list(data.person_ids) == ["a", "b", "c"]
    people = data.frame.groupby("person")[["group", "w"]].first()
    assert list(people["group"]) == ["high", "low", "low"]
    assert list(people["w"]) == [2, 3, 1]


def test_levels_that_people_bring_along_are_filled_in():
    wait = Attribute.numeric("wait", "Days", [10, 20, 40], "day", "days")
    today = Alternative(
        "today", "As today", kind="status_quo", levels={"wait": FromCovariate("now")}
    )
    now = Covariate("now", "Days now", "numeric", unit="day")
    study = Study("s", "S", (wait,), opt_out=today, covariates=(now,))
    design = random_design(study, tasks=3, seed=1)
    model = Logit(Utility.main_effects(study))
    truth = {"wait": -1.0, "asc[today]": 0.0}
    data = simulate_choices(design, model, truth, 4, 1, covariates={"now": [5.0, 90.0, 5.0, 90.0]})
    own = data.frame[data.frame["alternative"] == "today"]
    assert (own["wait"] == own["now"]).all()
    quick = data.frame[data.frame["chosen"]].set_index("person")["alternative"]
    assert (quick.loc[[2, 4]] != "today").all()


def test_scale_groups_choose_more_or_less_at_random(study, design):
    model = Logit(Utility.main_effects(study), scale="group")
    truth = {**TRUTH, "scale[high]": 40.0}
    group = {"group": ["low", "high"] * 200}
    data = simulate_choices(design, model, truth, 400, 1, covariates=group)
    utility = model.utility.matrix(data.frame).T @ [TRUTH[n] for n in model.utility.names]
    frame = data.frame.assign(value=utility)
    top = frame.groupby(["person", "task"])["value"].transform("max") == frame["value"]
    right = top[frame["chosen"]].groupby(frame["group"][frame["chosen"]]).mean()
    assert right["high"] > 0.95
    assert right["low"] < 0.75
    with pytest.raises(UtilityError, match=r"'scale\[high\]' is missing"):
        simulate_choices(design, model, TRUTH, 400, 1, covariates=group)


def test_fixed_coefficients_come_from_the_model(study, design):
    model = Logit(Utility.main_effects(study), fixed={"asc[none]": 50.0})
    less = {k: v for k, v in TRUTH.items() if k != "asc[none]"}
    data = simulate_choices(design, model, less, 10, 1)
    assert (data.frame.loc[data.frame["chosen"], "alternative"] == "none").all()
    with pytest.raises(UtilityError, match="is fixed at 50"):
        simulate_choices(design, model, TRUTH, 10, 1)


def test_every_problem_of_the_truth_is_told_at_once(design, model):
    with pytest.raises(UtilityError) as caught:
        simulate_choices(design, model, {"wait": float("nan"), "hlp[chat]": 1.0}, 6, 1)
    told = str(caught.value)
    assert "4 problems" in told
    assert "unknown coefficient 'hlp[chat]'" in told
    assert "Did you mean 'help[chat]'?" in told
    assert "the coefficient 'asc[none]' is missing" in told
    assert "Give a finite number" in told


def test_problems_of_a_class_name_it(design, model):
    truth = ClassTaste({"keen": (1.0, {"wait": -1.0})})
    with pytest.raises(UtilityError, match="class 'keen'"):
        simulate_choices(design, model, truth, 6, 1)


@pytest.mark.parametrize(
    ("covariates", "told"),
    [
        ({"group": ["low"] * 3}, "3 rows for 4 people"),
        (pd.DataFrame({"person": [1, 1, 2, 3]}), "a person comes twice"),
        (pd.DataFrame({"task": [1, 2, 3, 4]}), "'task' is a name of ours"),
        (pd.DataFrame({"wait": [1, 2, 3, 4]}), "'wait' is a name of ours"),
    ],
)
def test_covariates_that_do_not_fit(design, model, covariates, told):
    with pytest.raises(DataError, match=told):
        simulate_choices(design, model, TRUTH, 4, 1, covariates=pd.DataFrame(covariates))


def test_nobody_cannot_answer(design, model):
    with pytest.raises(DataError, match="0 people cannot answer"):
        simulate_choices(design, model, TRUTH, 0, 1)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: ClassTaste({"a": (0.4, TRUTH), "b": (0.5, TRUTH)}), "sum to one"),
        (lambda: ClassTaste({"a": (1.5, TRUTH), "b": (-0.5, TRUTH)}), "positive"),
        (lambda: ClassTaste({}), "sum to one"),
        (
            lambda: RandomTaste(TRUTH, sd={"wait": 1.0}, covariance={"wait": {"wait": 1.0}}),
            "both sd and covariance",
        ),
        (lambda: RandomTaste(TRUTH, covariance={"wait": {"help": 1.0}}), "same rows and columns"),
        (lambda: RandomTaste(TRUTH, covariance={"wait": {"wait": -1.0}}), "positive semi-definite"),
        (
            lambda: RandomTaste(
                TRUTH, covariance={"a": {"a": 1.0, "b": 0.5}, "b": {"a": 0.2, "b": 1.0}}
            ),
            "not symmetric",
        ),
    ],
)
def test_tastes_that_make_no_sense(make, told):
    with pytest.raises(UtilityError, match=told):
        make()


def test_simulated_data_say_so_and_how_they_were_made(tmp_path):
    study = Study("s", "S", (Attribute.numeric("wait", "Wait", [1, 5, 9], "day"),))
    design = random_design(study, tasks=6, seed=1)
    model = Logit(Utility("wait", study))
    truth = ClassTaste({"a": (0.5, {"wait": -0.1}), "b": (0.5, RandomTaste({"wait": -0.5}))})
    record = simulate_choices(design, model, truth, 20, seed=3).provenance
    assert record.made_by == "simulate_choices"
    assert record.seed == 3
    assert record.parents == {"design": design.sha256}
    assert record.parameters["people"] == 20
    assert record.parameters["truth"]["a"] == [0.5, {"wait": -0.1}]
    assert json.loads(json.dumps(record.to_dict())) == record.to_dict()


def test_classes_are_read_from_a_file_and_its_faults_are_named(tmp_path):
    path = tmp_path / "citizens.toml"
    path.write_text(
        '[[class]]\nname = "a"\nshare = 0.25\n[class.coefficients]\nwait = -1\n'
        '[[class]]\nname = "b"\nshare = 0.75\n[class.coefficients]\n"asc[none]" = 2\n'
    )
    assert ClassTaste.read(path).classes == {
        "a": (0.25, {"wait": -1.0, "asc[none]": 0.0}),
        "b": (0.75, {"wait": 0.0, "asc[none]": 2.0}),
    }
    for text, fault in [("[[class", "cannot be read"), ("[[class]]\nname='a'", "is missing")]:
        path.write_text(text)
        with pytest.raises(FileFormatError, match=fault):
            ClassTaste.read(path)
