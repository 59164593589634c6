"""Estimates of simulated people come back to the truth, as far as chance allows.

Each bound is on a standard normal or chi-squared statistic; the seeds are fixed, and the chance that
a correct program fails for a random seed is stated.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.study.utility import Utility

TRUTH = np.array([-0.08, 0.6, -1.1, 0.3, 0.9])
NAMES = [f"x{k}" for k in range(5)]


def _simulate(seed, people, tasks=6, alternatives=3, scale=(1.0,), person_noise=0.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (people, tasks, alternatives, 5))
    group = rng.integers(0, len(scale), people)
    tastes = TRUTH + person_noise * rng.standard_normal((people, 5))
    utility = np.einsum("ptjk,pk->ptj", x, tastes) * np.asarray(scale)[group][:, None, None]
    utility += rng.gumbel(size=utility.shape)
    chosen = utility == utility.max(axis=2, keepdims=True)
    frame = pd.DataFrame(x.reshape(-1, 5), columns=NAMES)
    frame["person"] = np.repeat(np.arange(people), tasks * alternatives)
    frame["task"] = np.tile(np.repeat(np.arange(tasks), alternatives), people)
    frame["alternative"] = np.tile(list("ABC"[:alternatives]), people * tasks)
    frame["chosen"] = chosen.ravel()
    frame["group"] = np.array([f"g{g}" for g in group])[frame["person"]]
    return ChoiceData.from_long(frame, covariates=["group"])


def test_the_truth_is_within_its_ellipsoid():
    """The Wald statistic of the truth is chi-squared with 5 degrees: false alarm 1 in 10,000."""
    for seed in range(3):
        results = Logit(Utility(" + ".join(NAMES))).fit(
            _simulate(seed, 1500), covariance="classical"
        )
        error = results.estimates - TRUTH
        wald = error @ np.linalg.solve(results.covariance, error)
        assert wald < stats.chi2.ppf(1 - 1e-4 / 3, 5)


def test_errors_cover_the_truth_as_often_as_they_say():
    """100 studies x 5 coefficients, of which 95 % are to be covered.

    Coefficients of a study are nearly independent here, so the count is binomial(500, 0.95) to the
    normal approximation of the estimates; it lies in the interval but for 1 in 1,000 seeds.
    """
    low, high = stats.binom.interval(0.999, 500, 0.95)
    covered = 0
    for seed in range(100):
        frame = Logit(Utility(" + ".join(NAMES))).fit(_simulate(seed, 150)).tidy()
        covered += int(((frame["conf_low"] < TRUTH) & (frame["conf_high"] > TRUTH)).sum())
    assert low <= covered <= high


def test_a_scale_comes_back():
    """A z-score beyond 4: 1 in 15,000 seeds."""
    data = _simulate(7, 2000, scale=(1.0, 2.0))
    results = Logit(Utility(" + ".join(NAMES)), scale="group").fit(data)
    error = results.std_error("scale[g1]")
    assert abs(results.coefficient("scale[g1]") - 2.0) / error < 4


def test_clustered_errors_see_tastes_that_differ_and_classical_ones_do_not():
    """Spread of the estimates over 60 studies against the mean error each kind gives.

    The spread of 60 normal numbers has a relative error of 1 / sqrt(118) = 9 %; averaged over five
    coefficients, 4 %. Clustered errors are to be right within 4 of those; classical ones are to miss.
    """
    model = Logit(Utility(" + ".join(NAMES)))
    found, clustered, classical = [], [], []
    for seed in range(60):
        results = model.fit(_simulate(1000 + seed, 150, tasks=12, person_noise=0.8))
        found.append(results.estimates)
        clustered.append(np.sqrt(np.diag(results.covariance)))
        classical.append(np.sqrt(np.diag(results.with_covariance("classical").covariance)))
    spread = np.std(found, axis=0, ddof=1)
    error = 1 / np.sqrt(2 * 59 * 5)
    assert np.mean(spread / np.mean(clustered, axis=0)) == pytest.approx(1, abs=4 * error)
    assert np.mean(spread / np.mean(classical, axis=0)) > 1 + 4 * error
