"""Is a planned power the share of surveys that see the effect, and is a planned error right?

``SURVEYS`` surveys are simulated with the number of people that the formula asks for; they are
answered, fitted and tested without any code of the plan. The share that sees an effect of power
0.8 has a standard error of 0.0179. Five points (X4 of the catalogue) are 2.8 of these, so a right
formula fails once in 190 changes of the seed at each of the checks of five points. The other
bounds are those that a right program passes in 9,999 of 10,000 changes of the seed.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ccegov_choice.design.random import random_design
from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import ClassTaste, simulate_choices
from ccegov_choice.power.plan import plan_sample
from ccegov_choice.power.settings import FieldConditions
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.ratio import willingness_to_trade

SURVEYS = 500
POINTS = 0.05
TRUTH = {"wait": -0.05, "help[chat]": 0.3, "help[person]": 0.6, "visits": -0.3}
GAIN = "help: none -> person"
STUDY = Study(
    "claim",
    "A claim",
    (
        Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
        Attribute.ordered("help", "Help", ["none", "chat", "person"], direction="+"),
        Attribute.numeric("visits", "Visits", [0, 1, 2], "visit", "visits", direction="-"),
    ),
    numeraires=(Numeraire("wait"),),
)
DESIGN = random_design(STUDY, tasks=32, alternatives=2, blocks=8, seed=1)
MODEL = Logit(Utility.main_effects(STUDY))
Z = stats.norm.ppf(0.975)


def surveys(taste, people, seed):
    """Fit many surveys of so many people."""
    everybody = simulate_choices(DESIGN, MODEL, taste, SURVEYS * people, seed=seed)
    for s in range(SURVEYS):
        yield MODEL.fit(everybody.take_people(range(s * people, (s + 1) * people)), threads=1)


def sees_trade(results):
    try:
        trade = willingness_to_trade(results, gain=GAIN, pay_in="wait")
    except TradeOffError:
        return False
    return not trade.interval.contains(0.0)


@pytest.mark.parametrize("inattentive", [0.0, 0.25])
def test_simulated_power_at_the_people_proposed_is_the_power_asked(inattentive):
    field = FieldConditions(inattentive=inattentive)
    name = f"{GAIN}, paid in wait"
    needed = plan_sample(DESIGN, MODEL, TRUTH, trades=[(GAIN, "wait")], field=field).needed[name]
    plan = plan_sample(DESIGN, MODEL, TRUTH, people=[needed], trades=[(GAIN, "wait")], field=field)
    taste = TRUTH
    if inattentive:
        by_lot = dict.fromkeys(TRUTH, 0.0)
        taste = ClassTaste({"a": (1 - inattentive, TRUTH), "b": (inattentive, by_lot)})
    trades, estimates = 0, []
    for results in surveys(taste, needed, seed=7):
        trades += sees_trade(results)
        estimates.append(results.utility_estimates)
        names = results.names
    assert abs(trades / SURVEYS - 0.8) <= POINTS, f"{trades} of {SURVEYS} with {needed} people"
    found = np.array(estimates)
    for k, coefficient in enumerate(names):
        at, effect = plan.answer(coefficient).at[0], plan.answer(coefficient).effect
        # the spread of the estimates; few people make it a few per cent larger than the limit
        ratio = found[:, k].std(ddof=1) / at.std_error
        low, high = np.sqrt(stats.chi2.ppf([5e-5, 1 - 5e-5], SURVEYS - 1) / (SURVEYS - 1))
        assert low < ratio < 1.08 * high, coefficient
        # where a logit settles; maximum likelihood is off by a term of order 1/n, which we allow
        # to be 0.15 of an error (0.13 at most was measured; ignoring inattention is off by 1 or so)
        off = (found[:, k].mean() - effect) / (at.std_error / np.sqrt(SURVEYS))
        assert abs(off) < 3.9 + 0.15 * np.sqrt(SURVEYS), coefficient
