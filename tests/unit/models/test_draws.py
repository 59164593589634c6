"""Draws of coefficients and scales together have the law of their estimates."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.results import draw_coefficients
from ccegov_choice.study.utility import Utility

DRAWS = 20_000


@pytest.fixture(scope="module")
def results():
    random = np.random.default_rng(1)
    rows = 300 * 4 * 2
    frame = pd.DataFrame(
        {
            "person": np.repeat(np.arange(300), 8),
            "task": np.tile(np.repeat(np.arange(4), 2), 300),
            "alternative": np.tile(["A", "B"], 1200),
            "wait": random.choice([5.0, 10.0, 20.0], rows),
            "fee": random.choice([1.0, 2.0, 3.0], rows),
            "group": np.repeat(random.choice(["x", "y", "z"], 300), 8),
        }
    )
    value = -0.1 * frame["wait"] - 0.5 * frame["fee"] + random.gumbel(size=rows)
    best = value.groupby([frame["person"], frame["task"]]).transform("max")
    data = ChoiceData.from_long(frame.assign(chosen=value == best), covariates=["group"])
    return Logit(Utility("wait + fee"), scale="group").fit(data)


def test_the_coefficients_are_those_that_others_draw(results):
    drawn = draw_parameters(results, 50, 3)
    assert drawn.shape == (50, 4)
    assert np.array_equal(drawn[:, :2], draw_coefficients(results, 50, 3))


def test_means_and_covariances_are_those_of_the_estimates(results):
    # 4 means and 10 covariances, each within 4.5 standard errors: a right sampler fails once in
    # 10,000 seeds (two-sided normal tail 7e-6 times 14)
    drawn = draw_parameters(results, DRAWS, 3)
    error = np.sqrt(np.diag(results.covariance))
    z_mean = (drawn.mean(axis=0) - results.estimates) / (error / np.sqrt(DRAWS))
    assert np.abs(z_mean).max() < 4.5
    wanted = results.covariance / np.outer(error, error)
    scaled = np.cov(drawn, rowvar=False) / np.outer(error, error)
    spread = np.sqrt((1 + wanted**2) / DRAWS)  # of a normal sample's (co)variance
    assert (np.abs(scaled - wanted) / spread).max() < 4.5


def test_a_scale_that_is_held_does_not_vary(results):
    covariance = results.covariance.copy()
    covariance[3, :] = covariance[:, 3] = 0.0
    held = replace(results, covariance=covariance)
    drawn = draw_parameters(held, 200, 1)
    np.testing.assert_allclose(drawn[:, 3], results.estimates[3], rtol=1e-9)
    assert drawn[:, 2].std() > 0
