"""What holds for every trade-off, whatever the estimates."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ccegov_choice._provenance import Provenance
from ccegov_choice.models.covariance import Classical
from ccegov_choice.models.fitting.estimate import OptimisationRecord, Status
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.results import Results
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.importance import importance
from ccegov_choice.tradeoff.interval import Ratio, fieller_interval, normal_quantile
from ccegov_choice.tradeoff.matrix import trade_matrix
from ccegov_choice.tradeoff.ratio import willingness_to_trade

STUDY = Study(
    "claim",
    "A claim",
    (
        Attribute.numeric("wait", "Wait", [2, 10, 40], "day", "days", direction="-"),
        Attribute.numeric("hours", "Hours", [4, 8], "hour", "hours", direction="+"),
        Attribute.ordered("help", "Help", ["none", "chat", "person"], direction="+"),
        Attribute.categorical("channel", "Channel", ["web", "desk", "phone"]),
    ),
    numeraires=(Numeraire("wait"), Numeraire("hours")),
)
UTILITY = Utility.main_effects(STUDY)
SIZE = UTILITY.size

sizes = st.floats(0.01, 10.0)
estimates = arrays(np.float64, SIZE, elements=st.one_of(sizes, sizes.map(lambda x: -x)))
roots = arrays(np.float64, (SIZE, SIZE), elements=st.floats(-1.0, 1.0))


def results_of(values, root):
    return Results(
        model=Logit(UTILITY),
        utility=UTILITY,
        names=UTILITY.names,
        estimates=values.copy(),
        free=np.ones(SIZE, dtype=bool),
        absent={},
        expansion=np.eye(SIZE),
        log_likelihood=-1.0,
        log_likelihood_null=-2.0,
        log_likelihood_constants=None,
        hessian=-np.eye(SIZE),
        scores=None,
        person_ids=np.arange(3),
        clusters={},
        covariance_kind=Classical(),
        covariance=root @ root.T + 1e-6 * np.eye(SIZE),
        covariance_note="",
        optimisation=OptimisationRecord(Status.CONVERGED, 1, 1, 0.0, 0.0),
        provenance=Provenance.record("test"),
        people=3,
        tasks=3,
        rows=6,
        weighted=False,
    )


@settings(max_examples=60, deadline=None)
@given(estimates, roots)
def test_chains_of_trades_agree(values, root):
    matrix = trade_matrix(results_of(values, root)).estimate
    size = len(matrix)
    for a in range(size):
        for b in range(size):
            chain = matrix[a, b] * matrix[b]
            np.testing.assert_allclose(chain, matrix[a], rtol=1e-8)


@settings(max_examples=60, deadline=None)
@given(estimates, roots, st.sampled_from(["wait", "hours"]))
def test_a_trade_and_its_reverse_are_opposite(values, root, pay):
    made = results_of(values, root)

    def trade(gain):
        return willingness_to_trade(made, gain=gain, pay_in=pay, method="fieller")

    there, back = trade("help: none -> person"), trade("help: person -> none")
    assert np.isclose(there.estimate, -back.estimate, rtol=1e-12)
    assert there.interval.shape == back.interval.shape
    if there.interval.shape == "bounded":
        assert np.isclose(there.conf_low, -back.conf_high, rtol=1e-9, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(estimates, roots, st.floats(0.01, 100.0))
def test_trades_do_not_depend_on_the_scale_of_utility(values, root, scale):
    def trade(made):
        return willingness_to_trade(made, gain="help: person", pay_in="wait", method="fieller")

    one, other = results_of(values, root), results_of(values * scale, root * scale)
    assert np.isclose(trade(one).estimate, trade(other).estimate, rtol=1e-10)


@settings(max_examples=200, deadline=None)
@given(
    st.floats(-5, 5),
    st.floats(-5, 5).filter(lambda x: abs(x) > 1e-6),
    st.floats(1e-4, 3),
    st.floats(1e-4, 3),
    st.floats(-0.99, 0.99),
    st.floats(-50, 50),
)
def test_fieller_holds_just_what_is_not_rejected(n, d, n_error, d_error, correlation, value):
    ratio = Ratio(n, d, n_error**2, d_error**2, correlation * n_error * d_error)
    variance = n_error**2 - 2 * value * ratio.covariance + value**2 * d_error**2
    distance = abs(n - value * d) / np.sqrt(variance) - normal_quantile(0.95)
    if abs(distance) > 1e-6:  # on the very limit rounding decides
        assert fieller_interval(ratio, 0.95).contains(value) == (distance < 0)


@settings(max_examples=30, deadline=None)
@given(estimates, roots)
def test_importance_is_a_share(values, root):
    found = importance(results_of(values, root), draws=200)
    shares = [item.share for item in found.items]
    assert np.isclose(sum(shares), 1.0)
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= item.conf_low <= item.conf_high <= 1 for item in found.items)
