"""Do 95 % intervals of a change of welfare hold the truth in 95 of 100 studies?

200 studies of a logit with an opt-out are simulated with known tastes that differ between two
groups; the mean amount, each group's, and the difference of the groups are held against the truth.
For the median of a mixed logit there are 60 studies, since its fits take longer. The number of
intervals that hold the truth is binomial if they are right; tests allow the central 99.9 % of that
law, so each of the five fails a right program once in 1,000 sets of seeds.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import ccegov_choice as cc
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.mixed.distributions import LogNormal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.forecast import central_limits
from ccegov_choice.policy.welfare.welfare_change import welfare_change

STUDIES, PEOPLE, FALSE_ALARM = 200, 120, 0.001
MIXED_STUDIES, MIXED_PEOPLE = 60, 150
MEAN, SPREAD, HELP = -0.3, 0.6, 0.8
STUDY = cc.Study(
    "claim",
    "A claim",
    (
        cc.Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
        cc.Attribute.ordered("help", "Help", ["none", "chat", "person"], direction="+"),
    ),
    opt_out=cc.Alternative("none", "Nothing", kind="opt_out"),
    covariates=(
        cc.Covariate(
            "poor", "Low income", "categorical", (cc.Level("no", "No"), cc.Level("yes", "Yes"))
        ),
    ),
    numeraires=(cc.Numeraire("wait"),),
)
UTILITY = cc.Utility("wait + help + asc + help:poor", STUDY)
TRUTH = {
    "wait": -0.06,
    "help[chat]": 0.3,
    "help[person]": 0.6,
    "asc[none]": -1.0,
    "help[chat]:poor[yes]": 0.2,
    "help[person]:poor[yes]": 0.5,
}
BEFORE, AFTER = STUDY.profile(wait=20, help="none"), STUDY.profile(wait=30, help="person")
CROWD = pd.DataFrame({"poor": ["yes", "no", "no"]})


def true_amount(poor):
    def logsum(wait, bonus):
        return math.log(math.exp(TRUTH["wait"] * wait + bonus) + math.exp(TRUTH["asc[none]"]))

    bonus = TRUTH["help[person]"] + (TRUTH["help[person]:poor[yes]"] if poor else 0.0)
    return (logsum(30, bonus) - logsum(20, 0.0)) / -TRUTH["wait"]


@pytest.fixture(scope="module")
def held():
    design = cc.random_design(STUDY, tasks=48, alternatives=2, blocks=8, seed=1)
    model = Logit(UTILITY)
    poor = pd.DataFrame({"poor": np.where(np.arange(STUDIES * PEOPLE) % 3 == 0, "yes", "no")})
    everybody = simulate_choices(design, model, TRUTH, STUDIES * PEOPLE, seed=2, covariates=poor)
    amounts = {"no": true_amount(False), "yes": true_amount(True)}
    mean = (2 * amounts["no"] + amounts["yes"]) / 3
    counts = dict.fromkeys(("mean", "median of a group", "other group", "difference"), 0)
    for seed in range(STUDIES):
        data = everybody.take_people(range(seed * PEOPLE, (seed + 1) * PEOPLE))
        found = welfare_change(
            model.fit(data, threads=1),
            BEFORE,
            AFTER,
            pay_in="wait",
            people=CROWD,
            by="poor",
            draws=300,
            seed=seed,
        )
        gap = central_limits(found.sampled[:, 1] - found.sampled[:, 0], 0.95)
        limits = {
            "mean": (found.mean.low, found.mean.high, mean),
            "median of a group": (
                found.group("no").median.low,
                found.group("no").median.high,
                amounts["no"],
            ),
            "other group": (
                found.group("yes").mean.low,
                found.group("yes").mean.high,
                amounts["yes"],
            ),
            "difference": (*gap, amounts["yes"] - amounts["no"]),
        }
        for name, (low, high, truth) in limits.items():
            counts[name] += low <= truth <= high
    return counts


@pytest.mark.parametrize("what", ["mean", "median of a group", "other group", "difference"])
def test_intervals_hold_the_truth_as_often_as_they_say(held, what):
    low, high = stats.binom.interval(1 - FALSE_ALARM, STUDIES, 0.95)
    assert low <= held[what] <= high, f"{held[what]} of {STUDIES}; allowed {low} to {high}"


MIXED_STUDY = cc.Study(
    "claim",
    "A claim",
    (
        cc.Attribute.numeric("wait", "Wait", [-9, 9], "day", "days", direction="-"),
        cc.Attribute.numeric("help", "Help", [-9, 9], "hour", "hours", direction="+"),
    ),
    numeraires=(cc.Numeraire("wait"),),
)


def answers_of(people, tasks, rng):
    """Let people choose who weigh a day log-normally, and an hour of help all the same."""
    x = rng.normal(0, 1, (people, tasks, 3, 2))
    days = -np.exp(MEAN + SPREAD * rng.standard_normal(people))
    value = days[:, None, None] * x[..., 0] + HELP * x[..., 1]
    value += rng.gumbel(size=value.shape)
    frame = pd.DataFrame(x.reshape(-1, 2), columns=["wait", "help"])
    frame["person"] = np.repeat(np.arange(people), tasks * 3)
    frame["task"] = np.tile(np.repeat(np.arange(tasks), 3), people)
    frame["alternative"] = np.tile(list("ABC"), people * tasks)
    frame["chosen"] = (value == value.max(axis=2, keepdims=True)).ravel()
    return cc.ChoiceData.from_long(frame, study=MIXED_STUDY)


def test_the_median_of_a_mixed_logit_is_held_too():
    """Two hours of help at the price of one day: its median has a formula."""
    utility = cc.Utility("wait + help", MIXED_STUDY)
    model = MixedLogit(utility, random={"wait": LogNormal(sign=-1)}, draws=100)
    expected, count = 2 * HELP / math.exp(MEAN) - 1.0, 0
    before, after = MIXED_STUDY.profile(wait=0, help=0), MIXED_STUDY.profile(wait=1, help=2)
    for seed in range(MIXED_STUDIES):
        data = answers_of(MIXED_PEOPLE, 6, np.random.default_rng([7, seed]))
        found = welfare_change(
            model.fit(data), before, after, pay_in="wait", draws=200, points=200, seed=seed
        )
        assert found.median.low is not None
        assert found.median.high is not None
        count += found.median.low <= expected <= found.median.high
    low, high = stats.binom.interval(1 - FALSE_ALARM, MIXED_STUDIES, 0.95)
    assert low <= count <= high, f"{count} of {MIXED_STUDIES}; allowed {low} to {high}"
