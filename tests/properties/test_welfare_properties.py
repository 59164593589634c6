"""What must hold of any change of welfare, whatever the tastes and the offers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import ccegov_choice as cc
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.availability import left_without
from ccegov_choice.policy.channels.channel_shift import channel_shift
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.welfare.welfare_change import welfare_change

NAMES = ("web", "phone", "office")
STUDY = cc.Study(
    "renewal",
    "Renewing a permit",
    (
        cc.Attribute.numeric("wait", "Days", [1, 4, 8, 12], "day", "days", direction="-"),
        cc.Attribute.numeric("forms", "Forms", [0, 2, 4], "form", "forms", direction="-"),
    ),
    tuple(cc.Alternative(name, name.title()) for name in NAMES),
    numeraires=(cc.Numeraire("wait"),),
)
TASTES = st.tuples(*(st.floats(-2, 2) for _ in range(3)))
LEVELS = st.tuples(st.floats(1, 12), st.floats(0, 4))
SOME = st.lists(st.sampled_from(NAMES), min_size=1, unique=True)
DRAWS = {"pay_in": "wait", "draws": 100}


@cache
def fitted():
    utility = cc.Utility("wait + forms + asc", STUDY)
    truth = {"wait": -0.3, "forms": -0.4, "asc[phone]": -0.3, "asc[office]": 0.2}
    design = cc.random_design(STUDY, tasks=24, blocks=3, seed=9)
    return Logit(utility).fit(simulate_choices(design, Logit(utility), truth, 300, 1))


def with_tastes(tastes):
    """Results with other tastes, in which fewer days are always better."""
    results = fitted()
    return replace(results, estimates=np.array([-0.3, *tastes]))


def offers(names, levels):
    return [STUDY.profile(n, wait=w, forms=f) for n, (w, f) in zip(names, levels, strict=False)]


@settings(max_examples=15, deadline=None)
@given(TASTES, st.tuples(LEVELS, LEVELS, LEVELS), SOME)
def test_one_more_offer_never_makes_anybody_worse_off(tastes, levels, names):
    every = offers(NAMES, levels)
    fewer = [offer for offer in every if offer.alternative in names]
    found = welfare_change(with_tastes(tastes), fewer, every, **DRAWS)
    assert found.mean.value >= -1e-9
    assert found.loss_share.value == 0.0


@settings(max_examples=15, deadline=None)
@given(TASTES, st.lists(st.tuples(LEVELS, LEVELS, LEVELS), min_size=3, max_size=3))
def test_steps_add_up_and_the_way_back_costs_as_much(tastes, three):
    results = with_tastes(tastes)
    a, b, c = (offers(NAMES, levels) for levels in three)

    def gain(before, after):
        return welfare_change(results, before, after, **DRAWS).mean.value

    assert np.isclose(gain(a, b) + gain(b, c), gain(a, c), atol=1e-9)
    assert np.isclose(gain(a, b), -gain(b, a), atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(TASTES, st.tuples(LEVELS, LEVELS, LEVELS), st.floats(0, 6))
def test_days_off_everywhere_are_worth_themselves(tastes, levels, days):
    """What is paid in is worth its own amount, whoever chooses what."""
    slow = [(wait, forms) for wait, forms in levels]
    before = [STUDY.profile(n, wait=w, forms=f) for n, (w, f) in zip(NAMES, slow, strict=True)]
    after = [replace(p, levels={**p.levels, "wait": p["wait"] - days}) for p in before]
    found = welfare_change(with_tastes(tastes), before, after, **DRAWS)
    assert np.isclose(found.mean.value, days, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(TASTES, SOME, SOME, st.integers(1, 40), st.integers(0, 10_000))
def test_nobody_is_lost_between_before_and_after(tastes, first, last, count, seed):
    rng = np.random.default_rng(seed)
    people = pd.DataFrame({name: rng.integers(0, 2, count) for name in NAMES})
    level = [(4.0, 2.0)] * 3

    def scenario(name, names):
        return Scenario(name, offers(names, level), available={n: n for n in names})

    before, after = scenario("before", first), scenario("after", last)
    found = channel_shift(with_tastes(tastes), before, after, people=people, draws=100)
    for which in ("before", "after"):
        assert np.isclose(sum(getattr(offer, which).value for offer in found.offers), 1.0)
    for offer in found.offers:
        gone = sum(flow.share.value for flow in found.flows if flow.source == offer.name)
        come = sum(flow.share.value for flow in found.flows if flow.target == offer.name)
        assert np.isclose(come - gone, offer.change.value, atol=1e-8)
    empty = (people[list(last)] == 0).all(axis=1)
    assert found.left_behind == empty.sum() == left_without(after, people).sum()
