"""Trade-offs by group: the two-step test on published data, and what is called a difference."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.data.datasets import load_dataset
from ccegov_choice.data.published.taxes import FORMULA, LINEAR
from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.groups import group_trade_offs
from ccegov_choice.tradeoff.pooling import NO_CLEAN_READING, LikelihoodRatio, pooling_test
from ccegov_choice.tradeoff.worth_draws import convolution_p

STUDY = cc.Study(
    "claim",
    "A claim",
    (
        cc.Attribute.numeric("wait", "Wait", [2, 10, 20], "day", "days", direction="-"),
        cc.Attribute.numeric("pages", "Pages", [2, 5, 9], "page", "pages", direction="-"),
        cc.Attribute.ordered("staff", "Staff", {"brusque": "Brusque", "polite": "Polite"}),
    ),
    numeraires=(cc.Numeraire("wait"),),
    covariates=(
        cc.Covariate(
            "area", "Area", "categorical", (cc.Level("town", "In town"), cc.Level("rural", "Rural"))
        ),
    ),
)
UTILITY = Utility("wait + pages + staff", STUDY)
TASTE = {"wait": -0.08, "pages": -0.15, "staff[polite]": 0.8}


@cache
def design():
    return cc.random_design(STUDY, tasks=24, blocks=3, seed=1)


def simulated(people, seed, *, first=TASTE, second=TASTE, column="area", names=("town", "rural")):
    """People of two groups, each with tastes of its own."""
    frames = []
    for g, (taste, name) in enumerate(zip((first, second), names, strict=True)):
        made = cc.simulate_choices(
            design(),
            Logit(UTILITY),
            taste,
            people[g],
            seed + 7919 * g,
            covariates={column: [name] * people[g]},
        ).frame
        frames.append(made.assign(person=made["person"] + 10_000 * g))
    return cc.ChoiceData.from_long(pd.concat(frames), study=STUDY, covariates=[column])


@cache
def taxes():
    data = load_dataset("taxes")
    group = data.frame["inequality_aversion"]
    model = Logit(Utility(FORMULA, data.study))
    alone = {name: model.fit(data.select(group == name)) for name in ("averse", "not_averse")}
    return data, alone


@pytest.mark.data
def test_two_steps_on_published_answers():
    """D1 of the domain's benchmarks: LR 248.52 on 24 df, so that 0.615 has no clean reading."""
    data, alone = taxes()
    test = pooling_test(alone, data, "inequality_aversion")
    assert test.tastes.statistic == pytest.approx(248.52, abs=0.006)
    assert test.tastes.degrees == 24
    assert test.tastes_differ
    assert test.scale == Absent(NO_CLEAN_READING)
    assert test.ratios == (("not_averse", Absent(NO_CLEAN_READING)),)
    assert "0.61" not in repr(test)
    assert "differs between 'averse' and 'not_averse'" in test.sentences()[0]


@pytest.mark.data
def test_the_scale_is_that_of_the_benchmark_where_tastes_are_held_equal():
    """At a level at which nothing rejects, the published 0.615 (a grid 0.005 apart) shows."""
    data, alone = taxes()
    test = pooling_test(alone, data, "inequality_aversion", level=1 - 1e-300)
    ((name, ratio),) = test.ratios
    assert name == "not_averse"
    assert ratio.value == pytest.approx(0.615, abs=0.0025)


@pytest.mark.data
def test_groups_of_published_answers():
    data, _ = taxes()
    model = Logit(Utility(LINEAR, data.study))
    found = group_trade_offs(model, data, "inequality_aversion", "rate_35k_85k", draws=2000)
    assert [g.people for g in found.groups] == [1102, 898]
    top = [d for d in found.called if d.gain == "rate_over_375k"]
    assert top, "the averse would tax the highest incomes more"
    assert top[0].difference.value == pytest.approx(
        found.groups[0].trades[4].estimate - found.groups[1].trades[4].estimate
    )
    assert len(found.differences) == len(found.groups[0].trades)
    frame = found.differences_frame()
    assert (frame["p_adjusted"] >= frame["p"]).all()
    assert frame["called"].sum() == len(found.called)
    assert 'role="img"' in found.plot()._repr_html_()
    assert "not averse" in found._repr_html_()


def test_likelihood_ratio_by_hand():
    """5 % points of the chi-squared: 3.841 on one, 9.488 on four degrees."""
    assert LikelihoodRatio.of(-100.0, -100.0 + 3.841459 / 2, 1).p == pytest.approx(0.05, abs=1e-6)
    assert LikelihoodRatio.of(-100.0, -100.0 + 9.487729 / 2, 4).p == pytest.approx(0.05, abs=1e-6)


def test_convolution_counts_every_pair():
    first, second = np.array([1.0, 4.0, 6.0]), np.array([0.0, 4.0, 5.0])
    larger = sum((a > b) + 0.5 * (a == b) for a in first for b in second)
    assert convolution_p(first, second) == pytest.approx(2 * (min(larger, 9 - larger) + 1) / 10)
    assert convolution_p(first, first) == 1.0
    rng = np.random.default_rng(1)
    apart = convolution_p(rng.normal(2.0, 1, 4000), rng.normal(0.0, 1, 4000))
    assert apart == pytest.approx(0.157, abs=0.02)  # 2 Phi(-sqrt 2), of draws +-0.008


def test_scale_alone_is_no_difference():
    slower = {name: 0.4 * value for name, value in TASTE.items()}
    data = simulated((300, 300), 11, second=slower)
    found = group_trade_offs(Logit(UTILITY), data, "area", "wait")
    assert not found.test.tastes_differ
    assert found.called == ()
    ((name, ratio),) = found.test.ratios
    assert name == "rural"
    assert ratio.low < 0.4 < ratio.high
    assert found.test.scale.p < 0.001
    said = " ".join(found.sentences())
    assert "cannot tell the tastes" in said
    assert "more random" in said
    assert "cannot tell any difference by area" in said


def test_small_groups_are_withheld_without_their_name():
    few = simulated((5, 5), 5, names=("isle", "moor"), column="place")
    many = simulated((60, 60), 3, names=("rural", "town"), column="place")
    frame = pd.concat([many.frame, few.frame.assign(person=few.frame["person"] + 50_000)])
    data = cc.ChoiceData.from_long(frame, study=STUDY, covariates=["place"])
    found = group_trade_offs(Logit(UTILITY), data, "place", "wait")
    assert [g.name for g in found.groups] == ["rural", "town"]
    assert "isle" not in repr(found)
    assert any("fewer than 10 people are withheld" in note for note in found.notes)
    with pytest.raises(TradeOffError, match="nothing to compare"):
        group_trade_offs(Logit(UTILITY), data, "place", "wait", minimum=200)


def test_what_cannot_be_told_is_said_and_not_counted():
    careless = {**TASTE, "wait": 0.0}
    data = simulated((150, 150), 21, second=careless)
    found = group_trade_offs(Logit(UTILITY), data, "area", "wait")
    assert all(
        isinstance(item.difference, Absent) and not item.called for item in found.differences
    )
    assert any("Fieller" in note for note in found.notes)
    assert "not told from zero" in found.differences_table().to_text()
    assert not found.table().to_frame().isna().all(axis=None)


def test_every_group_that_cannot_be_fitted_is_listed():
    data = simulated((30, 30), 4)
    same = data.frame.copy()
    same["staff"] = "polite"
    constant = cc.ChoiceData.from_long(same, study=STUDY, covariates=["area"])
    with pytest.raises(TradeOffError) as caught:
        group_trade_offs(Logit(UTILITY), constant, "area", "wait")
    assert {p.where.split(",")[0] for p in caught.value.problems} == {"area = town", "area = rural"}


def test_requests_are_checked():
    data = simulated((30, 30), 4)
    with pytest.raises(TradeOffError, match="unknown correction"):
        group_trade_offs(Logit(UTILITY), data, "area", "wait", correction="holms")
    with pytest.raises(TradeOffError, match="is fixed"):
        group_trade_offs(Logit(UTILITY, fixed={"wait": -1.0}), data, "area", "wait")
    with pytest.raises(TradeOffError, match="depends on 'area' itself"):
        group_trade_offs(Logit(Utility("wait + wait:area", STUDY)), data, "area", "wait")


@pytest.mark.parametrize("family", ["nested", "mixed", "classes"])
def test_other_families(family):
    data = simulated((80, 80), 9)
    if family == "nested":
        model = cc.ScaledLogit(UTILITY, scale=["area"])
    elif family == "mixed":
        model = cc.MixedLogit(UTILITY, random={"staff": cc.Normal()}, draws=64)
    else:
        model = cc.LatentClass(UTILITY, classes=2)
    found = group_trade_offs(model, data, "area", "wait")
    if family == "classes":
        assert isinstance(found.test, Absent)
    else:
        assert found.test.tastes.degrees == len(found.groups[0].results.names) - 1
    assert all(isinstance(d.difference, Estimate | Absent) for d in found.differences)


def test_three_groups_that_differ_in_scale_only():
    """``(3 - 1)(3 - 1)`` degrees of freedom for tastes, ``3 - 1`` for scales; seed fixed."""
    areas = tuple(cc.Level(name, name) for name in "abc")
    study = cc.Study(
        "office",
        "An office",
        (
            cc.Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
            cc.Attribute.ordered("help", "Help", ["none", "chat", "person"], direction="+"),
        ),
        covariates=(cc.Covariate("area", "Area", "categorical", areas),),
        numeraires=(cc.Numeraire("wait"),),
    )
    utility = cc.Utility("wait + help", study)
    truth = {"wait": -0.06, "help[chat]": 0.6, "help[person]": 1.2}
    people = pd.DataFrame({"area": np.array(list("abc"))[np.arange(240) % 3]})
    answers = cc.simulate_choices(
        cc.random_design(study, tasks=24, blocks=3, seed=5), cc.Logit(utility, scale="area"),
        {**truth, "scale[b]": 1.5, "scale[c]": 0.7}, people=240, seed=0, covariates=people,
    )  # fmt: skip
    test = group_trade_offs(cc.Logit(utility), answers, "area", "wait", draws=500).test
    assert (test.tastes.degrees, test.scale.degrees) == (4, 2)
    assert not test.tastes_differ
    assert test.scale.p < 1e-4
    assert "the tastes of 'a', 'b' and 'c' apart" in test.sentences()[0]
