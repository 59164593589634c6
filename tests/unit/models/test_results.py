"""Results answer by name, tell what is absent and why, and draw from their own uncertainty."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ccegov_choice._table import Absent
from ccegov_choice.errors import ChoiceError, ConvergenceError, CovarianceError
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.results import draw_coefficients
from ccegov_choice.study.utility import Utility

MAIN = "wait + price + help"


@pytest.fixture
def results(data):
    return Logit(Utility(MAIN), fixed={"help[chat]": 0.4}).fit(data())


def test_answers_by_name(results):
    assert results.coefficient("price") == results.estimates[1]
    assert results.std_error("price") == pytest.approx(np.sqrt(results.covariance[1, 1]))
    with pytest.raises(ChoiceError, match="Did you mean 'price'"):
        results.coefficient("prices")


def test_an_absent_error_has_a_reason(results):
    assert results.std_error("help[chat]") == Absent("fixed at 0.4")


def test_tidy(results):
    frame = results.tidy(level=0.9)
    assert list(frame.columns) == [
        "term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high",
    ]  # fmt: skip
    row = frame.set_index("term").loc["price"]
    z = row["estimate"] / row["std_error"]
    assert row["statistic"] == pytest.approx(z)
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(abs(z)))
    assert row["conf_high"] == pytest.approx(
        row["estimate"] + stats.norm.ppf(0.95) * row["std_error"]
    )
    assert frame.attrs["absent"] == {"help[chat]": "fixed at 0.4"}
    assert frame.set_index("term").loc["help[chat]"].isna().sum() == 5


def test_glance(results):
    row = results.glance().iloc[0]
    assert row["parameters"] == 3
    assert row["aic"] == pytest.approx(6 - 2 * results.log_likelihood)
    assert row["bic"] == pytest.approx(3 * np.log(480) - 2 * results.log_likelihood)
    assert row["rho_squared"] == pytest.approx(
        1 - results.log_likelihood / results.log_likelihood_null
    )
    assert (row["people"], row["tasks"], row["rows"]) == (120, 480, 1440)
    assert bool(row["converged"])


def test_draws_have_the_mean_and_covariance_of_the_estimates(results):
    count = 40_000
    draws = draw_coefficients(results, count, seed=4)
    assert draws.shape == (count, 4)
    assert (draws[:, 2] == 0.4).all()
    error = np.sqrt(np.diag(results.covariance))
    free = results.free
    z = (draws.mean(axis=0) - results.estimates)[free] / error[free] * np.sqrt(count)
    # three standard normals beyond 4.5: once in 50,000 seeds
    assert np.abs(z).max() < 4.5
    ratio = draws[:, free].var(axis=0) / error[free] ** 2
    assert np.abs(ratio - 1).max() < 4.5 * np.sqrt(2 / count)
    found = np.corrcoef(draws[:, free], rowvar=False)
    expected = results.covariance[np.ix_(free, free)] / np.outer(error[free], error[free])
    assert np.abs(found - expected).max() < 4.5 / np.sqrt(count)


def test_draws_are_the_same_for_the_same_seed(results):
    assert np.array_equal(draw_coefficients(results, 5, 1), draw_coefficients(results, 5, 1))
    assert not np.array_equal(draw_coefficients(results, 5, 1), draw_coefficients(results, 5, 2))


def test_no_uncertainty_without_convergence(data):
    with pytest.raises(ConvergenceError) as caught:
        Logit(Utility(MAIN)).fit(data(), options=FitOptions(max_iterations=1))
    best = caught.value.best
    with pytest.raises(CovarianceError, match="did not converge"):
        draw_coefficients(best, 10, 1)
    with pytest.raises(CovarianceError, match="did not converge"):
        best.with_covariance("classical")
    assert best.tidy()["std_error"].isna().all()


def test_scales_are_not_utility_coefficients(data):
    results = Logit(Utility(MAIN), scale="region").fit(data())
    assert results.utility_estimates.shape == (4,)
    assert results.utility_covariance.shape == (4, 4)
    assert draw_coefficients(results, 3, 1).shape == (3, 4)
    assert len(results.tidy()) == 5


def test_repr_says_what_it_is(results):
    assert "Multinomial logit" in repr(results)
    assert "120 people" in repr(results)
