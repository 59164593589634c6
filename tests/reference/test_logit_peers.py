"""The same model in other packages gives the same numbers."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from statsmodels.discrete.conditional_models import ConditionalLogit

import ccegov_choice as cc
from ccegov_choice.models.logit.logit import Logit


@pytest.fixture(scope="module")
def travel_mode():
    return cc.load_dataset("travel_mode")


def test_statsmodels_conditional_logit(travel_mode):
    results = Logit(travel_mode.utility).fit(travel_mode, covariance="classical")
    frame = travel_mode.frame
    groups = np.repeat(np.arange(travel_mode.tasks), np.diff(travel_mode.task_offsets))
    model = ConditionalLogit(
        frame["chosen"].to_numpy(dtype=float), results.utility.matrix(frame).T, groups=groups
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = model.fit(method="bfgs", maxiter=1000, gtol=1e-9, disp=False)
    assert results.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    np.testing.assert_allclose(results.estimates, theirs.params, rtol=1e-5, atol=1e-6)
    errors = np.sqrt(np.diag(results.covariance))
    np.testing.assert_allclose(errors, theirs.bse, rtol=1e-5)


@pytest.mark.data
def test_swissmetro_scale_by_survey():
    """Biogeme b03: scales .35735 and 1.49298 with a cost coefficient of -1 are ours up to a unit."""
    data = cc.load_dataset("swissmetro")
    results = Logit(data.utility, scale="survey_group").fit(data)
    assert results.log_likelihood == pytest.approx(-4976.6906, abs=1e-3)
    assert results.optimisation.converged
    scale = results.estimates[-1]
    ratio = 1.49298 / 0.35735
    assert scale == pytest.approx(ratio, rel=1e-3) or scale == pytest.approx(1 / ratio, rel=1e-3)
    assert results.coefficient("time") / -results.coefficient("cost") == pytest.approx(
        -1.04782, abs=2e-4
    )
    assert results.coefficient("asc[train]") / -results.coefficient("cost") == pytest.approx(
        -1.25104, abs=2e-4
    )


@pytest.mark.data
def test_robust_errors_per_observation_as_biogeme_prints_them():
    """Biogeme b01a: per observation, without a small-sample factor (that of 6,768 is 1.00007)."""
    data = cc.load_dataset("swissmetro").each_task_as_a_person()
    results = Logit(data.utility).fit(data, covariance="robust")
    printed = {"asc[train]": 0.08256, "asc[car]": 0.05816, "time": 0.1043, "cost": 0.06823}
    for name, error in printed.items():
        assert results.std_error(name) == pytest.approx(error, abs=1.5e-5 if error < 0.1 else 6e-5)
    bhhh = results.with_covariance("bhhh")
    assert (np.diag(bhhh.covariance) > 0).all()
