"""Do 95 % intervals of the willingness to trade hold the truth in 95 of 100 studies?

200 studies are simulated with a known willingness to trade and one interval is made by each
method. The number that hold the truth is binomial(200, 0.95) if the method is right. The test
allows the central 99.9 % of that law, so a right method fails it once in 1,000 sets of seeds; the
four methods see the same studies, so at most once in 250 sets any of them does. A method whose
true coverage were 85 % would be caught in 95 of 100 sets.
"""

from __future__ import annotations

import pytest
from scipy import stats

from ccegov_choice.design.random import random_design
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.ratio import METHODS, willingness_to_trade

STUDIES, PEOPLE, TASKS = 200, 80, 5
TRUTH = {"wait": -0.06, "help[chat]": 0.3, "help[person]": 0.9, "visits": -0.4}
GAIN = "help: none -> person"
TRUE_WTT = 0.9 / 0.06
FALSE_ALARM = 0.001
REFITS = 99

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


@pytest.fixture(scope="module")
def held():
    """Count, by method, the studies whose interval holds the true willingness to trade."""
    design = random_design(STUDY, tasks=TASKS * 8, alternatives=2, blocks=8, seed=1)
    model = Logit(Utility.main_effects(STUDY))
    everybody = simulate_choices(design, model, TRUTH, STUDIES * PEOPLE, seed=1)
    counts = dict.fromkeys(METHODS, 0)
    for seed in range(STUDIES):
        data = everybody.take_people(range(seed * PEOPLE, (seed + 1) * PEOPLE))
        results = model.fit(data, threads=1)
        for method in METHODS:
            trade = willingness_to_trade(
                results,
                gain=GAIN,
                pay_in="wait",
                method=method,
                draws=REFITS if method == "bootstrap" else 2_000,
                seed=seed,
                data=data,
            )
            counts[method] += trade.interval.contains(TRUE_WTT)
    return counts


@pytest.mark.parametrize("method", METHODS)
def test_intervals_hold_the_truth_as_often_as_they_say(held, method):
    low, high = stats.binom.interval(1 - FALSE_ALARM, STUDIES, 0.95)
    assert low <= held[method] <= high, f"{held[method]} of {STUDIES}; allowed {low} to {high}"
