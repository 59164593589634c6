"""Do 95 % intervals of the median over people, and of shares of people, hold the truth?

200 studies are simulated in which people differ in what politeness and waiting mean to them, and a
mixed logit is fitted to each. The number of intervals that hold the truth is binomial(200, 0.95) if
they are right. The test allows the central 99.9 % of that law for each of three numbers: right
intervals fail it once in some 330 sets of seeds. A true coverage of 85 % would be caught in 95 of
100 sets.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.models.mixed.distributions import LogNormal, Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Sobol
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.distribution_made import trade_distribution

STUDIES, PEOPLE, TASKS = 200, 200, 8
FALSE_ALARM = 0.001
# of the law of waiting, lognormal, and of pages, normal
WAIT, WAIT_SD, PAGES, PAGES_SD = -0.5, 0.5, -0.6, 0.6
STUDY = Study(
    "claim",
    "A claim",
    (
        Attribute.numeric("wait", "Wait", [0, 1, 2, 3], "week", "weeks", direction="-"),
        Attribute.numeric("pages", "Pages", [0, 1, 2, 3], "page", "pages", direction="-"),
    ),
    numeraires=(Numeraire("wait"),),
)
# one page less is worth so many weeks: a normal over a lognormal
_Z = special.ndtri((np.arange(200_000) + 0.5) / 200_000)


def _below(t):
    return special.ndtr((t * np.exp(WAIT + WAIT_SD * _Z) + PAGES) / PAGES_SD).mean()


def _truth():
    from scipy.optimize import brentq

    return {
        "median": brentq(lambda t: _below(t) - 0.5, 0.1, 5.0),
        "upper quartile": brentq(lambda t: _below(t) - 0.75, 0.1, 10.0),
        "opposite": float(special.ndtr(PAGES / PAGES_SD)),
    }


def _study(seed):
    rng = np.random.default_rng([77, seed])
    rows = PEOPLE * TASKS * 3
    person = np.repeat(np.arange(PEOPLE), TASKS * 3)
    wait = -np.exp(WAIT + WAIT_SD * rng.standard_normal(PEOPLE))
    pages = PAGES + PAGES_SD * rng.standard_normal(PEOPLE)
    frame = pd.DataFrame(
        {
            "person": person,
            "task": np.tile(np.repeat(np.arange(TASKS), 3), PEOPLE),
            "alternative": np.tile(["A", "B", "C"], PEOPLE * TASKS),
            "wait": rng.choice([0.0, 1.0, 2.0, 3.0], rows),
            "pages": rng.choice([0.0, 1.0, 2.0, 3.0], rows),
        }
    )
    value = wait[person] * frame["wait"] + pages[person] * frame["pages"] + rng.gumbel(size=rows)
    best = value.groupby([frame["person"], frame["task"]]).transform("max")
    return ChoiceData.from_long(frame.assign(chosen=value == best), study=STUDY)


@pytest.fixture(scope="module")
def held():
    """Count, by number, the studies whose interval holds the truth."""
    model = MixedLogit(
        Utility.main_effects(STUDY),
        random={"wait": LogNormal(-1), "pages": Normal()},
        draws=Sobol(128, seed=5),
    )
    truth = _truth()
    counts = dict.fromkeys(truth, 0)
    for seed in range(STUDIES):
        results = model.fit(_study(seed), threads=1)
        found = trade_distribution(
            results, gain="pages", pay_in="wait", draws=200, seed=seed, points=256
        )
        told = {
            "median": found.median,
            "upper quartile": found.quantile(0.75),
            "opposite": found.opposite,
        }
        for name, estimate in told.items():
            counts[name] += estimate.low <= truth[name] <= estimate.high
    return counts


@pytest.mark.parametrize("number", ["median", "upper quartile", "opposite"])
def test_intervals_over_people_hold_the_truth_as_often_as_they_say(held, number):
    low, high = stats.binom.interval(1 - FALSE_ALARM, STUDIES, 0.95)
    assert low <= held[number] <= high, f"{held} of {STUDIES}; allowed {low} to {high}"


def test_the_truth_by_a_large_sample():
    """Quadrature above against a million people."""
    rng = np.random.default_rng(3)
    ratios = -(PAGES + PAGES_SD * rng.standard_normal(10**6))
    ratios /= np.exp(WAIT + WAIT_SD * rng.standard_normal(10**6))
    truth = _truth()
    # five standard errors of an empirical distribution at its median and quartile
    error = 5 * math.sqrt(0.25 / 10**6)
    assert abs((ratios < truth["median"]).mean() - 0.5) < error
    assert abs((ratios < truth["upper quartile"]).mean() - 0.75) < error
    assert abs((ratios < 0).mean() - truth["opposite"]) < error
