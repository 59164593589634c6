"""Target distributions: shares by hand, everything that is wrong, and back from JSON."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from ccegov_choice.design.personal.target import TargetDistribution
from ccegov_choice.errors import DesignError
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden, Implied
from ccegov_choice.study.study import Study


@pytest.fixture
def services() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "service": ["one", "two", "three"],
            "wait": [7, 14, 14],
            "channel": ["web", "phone", "phone"],
            "dignity": ["routine", "respectful", "respectful"],
            "people": [500, 300, 200],
        }
    )


def test_a_constraint_moves_the_shares_of_the_uniform_target(constrained):
    # 4 x 3 combinations without one: 11
    shares = TargetDistribution.uniform(constrained).shares()
    assert shares["wait"] == pytest.approx(
        {"7": 2 / 11, "14": 3 / 11, "30": 3 / 11, "60": 3 / 11}, abs=1e-15
    )
    assert shares["channel"] == pytest.approx(
        {"web": 4 / 11, "phone": 4 / 11, "office": 3 / 11}, abs=1e-15
    )
    assert shares["dignity"] == {"routine": 0.5, "respectful": 0.5}


def test_without_constraints_the_marginals_are_the_shares(plain):
    wanted = {"wait": {7: 0.4, 14: 0.3, "30": 0.2, "60": 0.1}}
    target = TargetDistribution.of(plain, wanted)
    assert target.shares()["wait"] == pytest.approx({"7": 0.4, "14": 0.3, "30": 0.2, "60": 0.1})
    assert target.shares()["channel"] == pytest.approx(
        dict.fromkeys(("web", "phone", "office"), 1 / 3)
    )


def test_a_level_without_a_share_is_never_shown_and_frees_the_others(constrained):
    channel = {"web": 0.0, "phone": 0.0, "office": 1.0}
    shares = TargetDistribution.of(constrained, {"channel": channel}).shares()
    assert shares["wait"] == pytest.approx({"7": 0.0, "14": 1 / 3, "30": 1 / 3, "60": 1 / 3})


def test_labelled_alternatives_have_shares_of_their_own(labelled):
    hours_rule = Forbidden({"wait": (5,), "alternative": ("phone",)}, "nobody is that quick")
    study = Study(
        labelled.id, labelled.title, labelled.attributes, alternatives=labelled.alternatives,
        opt_out=labelled.opt_out, covariates=labelled.covariates, constraints=(hours_rule,),
    )  # fmt: skip
    target = TargetDistribution.of(study, {"wait": {5: 0.5, 10: 0.3, 20: 0.2}})
    assert target.shares("web")["wait"] == pytest.approx({"5": 0.5, "10": 0.3, "20": 0.2})
    assert target.shares("phone")["wait"] == pytest.approx({"5": 0.0, "10": 0.6, "20": 0.4})
    assert target.shares()["wait"] == pytest.approx({"5": 0.25, "10": 0.45, "20": 0.3})
    assert set(target.shares("web")) == {"wait"}
    with pytest.raises(DesignError, match="unknown alternative 'fax'"):
        target.shares("fax")


def test_profiles_are_weighted_and_equal_ones_put_together(constrained, services):
    target = TargetDistribution.from_profiles(constrained, services, "people")
    assert len(target.profiles) == 2
    shares = target.shares()
    assert shares["wait"] == {"7": 0.5, "14": 0.5, "30": 0.0, "60": 0.0}
    assert shares["channel"] == {"web": 0.5, "phone": 0.5, "office": 0.0}
    equal = TargetDistribution.from_profiles(constrained, services)
    assert equal.shares()["wait"]["14"] == pytest.approx(2 / 3)


def test_profiles_of_labelled_alternatives(labelled):
    frame = pd.DataFrame(
        {
            "alternative": ["web", "web", "phone"],
            "wait": [5, 20, 10],
            "hours": [None, None, "long"],
        }
    )
    target = TargetDistribution.from_profiles(labelled, frame, [3.0, 1.0, 2.0])
    assert target.shares("web")["wait"] == {"5": 0.75, "10": 0.0, "20": 0.25}
    assert target.shares("phone")["hours"] == {"short": 0.0, "long": 1.0}
    with pytest.raises(DesignError, match="alternative 'phone' has no profile"):
        TargetDistribution.from_profiles(labelled, frame.iloc[:2])
    with pytest.raises(DesignError, match="unknown alternative 'fax'"):
        TargetDistribution.from_profiles(labelled, frame.replace({"alternative": {"web": "fax"}}))


@pytest.mark.parametrize("kind", ["uniform", "marginals", "profiles"])
def test_targets_come_back_from_json(constrained, services, kind):
    target = {
        "uniform": lambda: TargetDistribution.uniform(constrained),
        "marginals": lambda: TargetDistribution.of(
            constrained, {"channel": {"web": 1 / 3, "phone": 0.333, "office": 0.333666}}
        ),
        "profiles": lambda: TargetDistribution.from_profiles(constrained, services, "people"),
    }[kind]()
    again = TargetDistribution.from_dict(constrained, json.loads(json.dumps(target.to_dict())))
    assert again == target
    assert again.shares() == target.shares()


def test_every_wrong_share_is_named_at_once(constrained):
    wrong = {
        "wait": {"7": 0.5, "14": 0.5, "15": 0.1},
        "channel": {"web": 0.5, "phone": 0.5, "office": 0.1},
        "dignity": {"brusque": 0.2, "routine": -0.1, "respectful": "half"},
        "chanel": {"web": 1.0},
    }
    with pytest.raises(DesignError) as caught:
        TargetDistribution.of(constrained, wrong)
    told = str(caught.value)
    assert "7 problems" in told
    assert "target of 'wait': unknown level '15'" in told
    assert "30, 60 have no share" in told
    assert "target of 'channel': the shares sum to 1.1, not to 1" in told
    assert "'brusque' is under the floor" in told
    assert "the share -0.1 of 'routine'" in told
    assert "the share 'half' of 'respectful'" in told
    assert "Did you mean 'channel'" in told


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({"wait": 0.5}, "does not say which level"),
        ({"wait": {"7": 0.2, 7: 0.2, "14": 0.2, "30": 0.2, "60": 0.2}}, "comes twice"),
        ({"dignity": {"routine": float("nan"), "respectful": 1.0}}, "the share nan of 'routine'"),
        ({"dignity": {"routine": True, "respectful": 0.0}}, "the share True of 'routine'"),
    ],
)
def test_shares_that_make_no_sense(constrained, shares, told):
    with pytest.raises(DesignError, match=told):
        TargetDistribution.of(constrained, shares)


def test_a_target_that_the_constraints_rule_out_is_refused(constrained):
    shares = {
        "wait": {"7": 1.0, "14": 0.0, "30": 0.0, "60": 0.0},
        "channel": {"web": 0.0, "phone": 0.0, "office": 1.0},
    }
    with pytest.raises(DesignError, match="no combination of wait, channel"):
        TargetDistribution.of(constrained, shares)


def test_every_wrong_profile_is_named_at_once(constrained, services):
    services.loc[0, "channel"] = "office"
    services.loc[1, "wait"] = 13
    services.loc[1, "channel"] = "fone"
    services.loc[2, "dignity"] = "brusque"
    services.loc[2, "people"] = 0
    with pytest.raises(DesignError) as caught:
        TargetDistribution.from_profiles(constrained, services, "people")
    told = str(caught.value)
    assert "5 problems" in told
    assert "profile 1: the combination is not allowed: wait = 7 and channel = office" in told
    assert "profile 2: wait = 13 is not a level" in told
    assert "the nearest is 14" in told
    assert "Did you mean 'phone'" in told
    assert "profile 3: dignity = 'brusque' lies under the floor" in told
    assert "profile 3: the weight 0 is not a positive number" in told


@pytest.mark.parametrize(
    ("change", "weight", "told"),
    [
        (lambda f: f.drop(columns="wait"), None, "column 'wait' is missing"),
        (lambda f: f.iloc[:0], None, "no profiles"),
        (lambda f: f, "persons", "unknown column 'persons'"),
        (lambda f: f, [1.0], "1 weights for 3 profiles"),
        (lambda f: f.assign(channel=[None, "web", "web"]), None, "channel is empty"),
    ],
)
def test_misshapen_profiles(constrained, services, change, weight, told):
    with pytest.raises(DesignError, match=told):
        TargetDistribution.from_profiles(constrained, change(services), weight)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({}, "target is empty"),
        ({"profile": []}, "unknown part 'profile'"),
        ({"marginals": {}, "profiles": []}, "has both parts"),
        ({"profiles": []}, "no profiles"),
    ],
)
def test_records_that_are_no_target(constrained, content, told):
    with pytest.raises(DesignError, match=told):
        TargetDistribution.from_dict(constrained, content)


def test_the_table_shows_what_was_asked_for_and_what_results(constrained, services):
    target = TargetDistribution.of(constrained, {"wait": {7: 0.4, 14: 0.2, 30: 0.2, 60: 0.2}})
    text = target.table().to_text()
    assert "40.0%" in text
    assert "30.8%" in text
    assert "<caption>" in target._repr_html_()
    listed = TargetDistribution.from_profiles(constrained, services)
    assert "list of profiles" in listed.table().to_text()


def test_implied_levels_are_conditioned_on_exactly():
    asked = tuple(Attribute.categorical(f"a{i}", f"A{i}", ["x", "y"]) for i in range(3))
    rule = Implied({"a0": ("x",)}, {"a1": ("x",)}, "goes together")
    study = Study("s", "S", asked, constraints=(rule,))
    shares = TargetDistribution.of(study, {"a0": {"x": 0.5, "y": 0.5}}).shares()
    # of four equal combinations of a0 and a1 one falls away
    assert shares["a0"] == pytest.approx({"x": 1 / 3, "y": 2 / 3})
    assert shares["a1"] == pytest.approx({"x": 2 / 3, "y": 1 / 3})
