"""Simulated people who choose in nests are estimated back to the truth, as far as chance allows.

Bounds are on chi-squared and binomial statistics; seeds are fixed, and the chance that a correct
program fails for a random seed is stated.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import ccegov_choice as cc
from ccegov_choice.models.logit.scaled_logit import ScaledLogit
from ccegov_choice.models.nests.cross_nested_logit import CrossNestedLogit
from ccegov_choice.models.nests.nested_logit import NestedLogit

WAYS = ("web", "phone", "office", "post", "agent")
STUDY = cc.Study(
    "renewal",
    "Renewing a permit",
    (
        cc.Attribute.numeric("wait", "Days", [1, 4, 8, 12], "day", "days"),
        cc.Attribute.numeric("forms", "Forms", [0, 2, 4], "form", "forms"),
    ),
    tuple(cc.Alternative(name, name) for name in WAYS),
    covariates=(cc.Covariate("age", "Age", "numeric"),),
)
UTILITY = cc.Utility("wait + forms + asc")
TASTES = {
    "wait": -0.2,
    "forms": -0.4,
    "asc[phone]": -0.3,
    "asc[office]": 0.2,
    "asc[post]": -0.5,
    "asc[agent]": 0.1,
}
FAMILIES = {
    "two nests": (
        NestedLogit(UTILITY, {"remote": ["web", "phone"], "place": ["office", "agent"]}),
        {"dissimilarity[remote]": 0.35, "dissimilarity[place]": 0.7},
    ),
    "nests in nests": (
        NestedLogit(UTILITY, {"served": ["office", {"remote": ["web", "phone", "agent"]}]}),
        {"dissimilarity[served]": 0.75, "dissimilarity[remote]": 0.4},
    ),
    "crossed": (
        CrossNestedLogit(UTILITY, {"remote": ["web", "phone"], "spoken": ["phone", "agent"]}),
        {
            "dissimilarity[remote]": 0.3,
            "dissimilarity[spoken]": 0.3,
            "allocation[phone, remote]": 0.6,
            "allocation[phone, spoken]": 0.4,
        },
    ),
    "scale": (
        ScaledLogit(UTILITY, scale=["age", "task"]),
        {"log_scale[age]": 0.4, "log_scale[task]": -0.03},
    ),
}


def simulated(family, seed, people):
    model, own = FAMILIES[family]
    design = cc.random_design(STUDY, tasks=24, blocks=3, seed=9)
    ages = np.random.default_rng([seed, 1]).uniform(-1, 1, people)
    truth = {**TASTES, **own}
    data = cc.simulate_choices(design, model, truth, people, seed, covariates={"age": ages})
    return model, data, np.array([*TASTES.values(), *own.values()])


@pytest.mark.parametrize("family", FAMILIES)
def test_the_truth_is_within_its_ellipsoid(family):
    """The Wald statistic of the truth is chi-squared: false alarm 1 in 10,000 for each family."""
    model, data, truth = simulated(family, 1, 800)
    results = model.fit(data)
    # of shares that sum to one only the first is a parameter
    free = results.parameters
    error = (results.estimates - truth)[:free]
    wald = error @ np.linalg.solve(results.covariance[:free, :free], error)
    assert wald < stats.chi2.ppf(1 - 1e-4, free)


def test_errors_cover_the_truth_as_often_as_they_say():
    """25 studies x 8 parameters, of which 95 % are to be covered.

    Parameters of a study hang together, so that studies count: the mean share covered of a study
    has at most the variance of one parameter covered or not, 0.05 x 0.95. The lower bound of 25
    such studies at 3.7 standard deviations (1 in 10,000) is 0.95 - 3.7 x 0.0436 = 0.79; parameters
    are rarely as dependent as that.
    """
    shares = []
    for seed in range(25):
        model, data, truth = simulated("two nests", 100 + seed, 120)
        frame = model.fit(data).tidy()
        shares.append(((frame["conf_low"] < truth) & (frame["conf_high"] > truth)).mean())
    assert 0.79 < np.mean(shares) <= 1.0


@pytest.mark.filterwarnings("ignore::ccegov_choice.errors.UtilityMaximisationWarning")
def test_the_likelihood_ratio_is_as_large_as_its_chi_squared_says():
    """Choices of a logit: the ratio against one nest has mean 1 and variance 2 over studies.

    The mean of 40 lies within four standard errors of one, 0.1 to 1.9, but for 1 in 10,000 seeds.
    """
    design = cc.random_design(STUDY, tasks=24, blocks=3, seed=9)
    ratios = []
    for seed in range(40):
        data = cc.simulate_choices(design, cc.Logit(UTILITY), TASTES, 80, 500 + seed)
        nest = NestedLogit(UTILITY, {"remote": ["web", "phone"]})
        large = nest.fit(data)
        small = cc.Logit(UTILITY).fit(data)
        ratios.append(2 * (large.log_likelihood - small.log_likelihood))
    assert min(ratios) > -1e-6
    assert 0.1 < np.mean(ratios) < 1.9
