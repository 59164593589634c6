"""Beliefs: moments against scipy, quantiles against their averages, cures in the user's words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ccegov_choice.design.beliefs.belief import Belief
from ccegov_choice.errors import DesignError

LOG = np.log(1.6)
KNOWN = {
    "normal": (Belief.normal(-0.4, 0.2), stats.norm(-0.4, 0.2)),
    "uniform": (Belief.uniform(-1.0, 0.5), stats.uniform(-1.0, 1.5)),
    "lognormal": (Belief.lognormal(0.3, 1.6), stats.lognorm(LOG, scale=0.3)),
    "triangular": (Belief.triangular(-1.0, 0.2, 0.6), stats.triang(0.75, -1.0, 1.6)),
    "triangular at its end": (Belief.triangular(0.0, 0.0, 2.0), stats.triang(0.0, 0.0, 2.0)),
    "half normal": (Belief.truncated(0.0, 0.7, low=0.0), stats.halfnorm(scale=0.7)),
    "cut above": (
        Belief.truncated(0.5, 2.0, high=0.0),
        stats.truncnorm(-np.inf, -0.25, loc=0.5, scale=2.0),
    ),
    "cut on both sides": (
        Belief.truncated(1.0, 2.0, low=0.0, high=1.5),
        stats.truncnorm(-0.5, 0.25, loc=1.0, scale=2.0),
    ),
    "far tail": (Belief.truncated(0.0, 1.0, low=5.0), stats.truncnorm(5.0, np.inf)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_moments_are_those_of_scipy(name):
    belief, distribution = KNOWN[name]
    assert belief.mean == pytest.approx(distribution.mean(), rel=1e-7)
    assert belief.sd == pytest.approx(distribution.std(), rel=1e-5)


@pytest.mark.parametrize("name", KNOWN)
def test_scores_stand_for_quantiles(name):
    belief, distribution = KNOWN[name]
    scores = np.array([-3.0, -1.0, -0.2, 0.0, 0.7, 2.5])
    expected = distribution.isf(stats.norm.sf(scores))
    np.testing.assert_allclose(belief.at(scores), expected, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("name", KNOWN)
def test_averages_of_quantiles_are_the_moments(name):
    """The mean over the midpoints of a million shares; the tails beyond weigh less than 1e-5."""
    belief, _ = KNOWN[name]
    values = belief.at(stats.norm.ppf((np.arange(1_000_000) + 0.5) / 1_000_000))
    assert values.mean() == pytest.approx(belief.mean, rel=1e-5, abs=1e-6)
    assert values.std() == pytest.approx(belief.sd, rel=1e-4)


def test_a_sign_turns_a_lognormal_round():
    up, down = Belief.lognormal(0.3, 1.6), Belief.lognormal(0.3, 1.6, sign=-1)
    scores = np.linspace(-3, 3, 7)
    np.testing.assert_array_equal(down.at(scores), -up.at(scores))
    assert (down.mean, down.sd) == (-up.mean, up.sd)
    share = stats.lognorm(LOG, scale=0.3).cdf([0.3 / 1.6, 0.3, 0.3 * 1.6])
    assert share == pytest.approx(stats.norm.cdf([-1, 0, 1]))


def test_cut_beliefs_stay_finite_and_inside_at_any_score():
    scores = np.array([-30.0, -9.0, 9.0, 20.0, 30.0])
    above = Belief.truncated(0.0, 1.0, low=0.0).at(scores)
    assert np.isfinite(above).all()
    assert (np.diff(above) >= 0).all()
    assert above[-1] == pytest.approx(30.0, abs=0.1)  # the tail is that of the normal
    np.testing.assert_allclose(Belief.truncated(0.0, 1.0, high=0.0).at(-scores), -above)


def test_what_is_known_has_no_doubt():
    known = Belief.known(0.3)
    assert known.is_known
    assert (known.mean, known.sd) == (0.3, 0.0)
    np.testing.assert_array_equal(known.at(np.array([-1.0, 5.0])), [0.3, 0.3])
    assert Belief.normal(0.3, 0.0) == known
    assert not Belief.normal(0.3, 0.1).is_known


@given(
    st.sampled_from([belief for belief, _ in KNOWN.values()]),
    st.floats(-5, 5, allow_nan=False),
    st.floats(-5, 5, allow_nan=False),
)
def test_higher_scores_stand_for_higher_values(belief, one, two):
    low, high = belief.at(np.sort([one, two]))
    assert low <= high


@pytest.mark.parametrize("name", KNOWN)
def test_beliefs_come_back_from_their_dict(name):
    belief, _ = KNOWN[name]
    assert Belief.from_dict(belief.to_dict()) == belief


def test_short_forms_are_read():
    assert Belief.from_dict(0.4) == Belief.known(0.4)
    assert Belief.from_dict({"value": 1}) == Belief.known(1.0)
    assert Belief.from_dict({"mean": 1, "sd": 2}) == Belief.normal(1.0, 2.0)


@pytest.mark.parametrize(
    ("shape", "numbers", "said", "cure"),
    [
        ("gamma", {}, "unknown shape of a belief 'gamma'", "uniform"),
        ("normal", {"mean": 0.1}, "a normal belief needs sd", "Give mean, sd."),
        ("normal", {"mean": 0, "sd": 1, "low": 0}, "'low'", "sd"),
        ("normal", {"mean": 0, "sd": -1}, "sd = -1 is not above zero", "bare number"),
        ("normal", {"mean": float("nan"), "sd": 1}, "not a finite number", "finite mean"),
        ("uniform", {"low": 1, "high": 1}, "low = 1 is not below high = 1", "low < high"),
        ("lognormal", {"median": -1, "spread": 2}, "median -1 and spread 2", "sign = -1"),
        ("lognormal", {"median": 1, "spread": 1}, "median 1 and spread 1", "a factor"),
        ("triangular", {"low": 0, "mode": 3, "high": 2}, "do not increase", "low <= mode"),
        ("truncated", {"mean": 0, "sd": 1, "low": 9}, "nothing is left", "uniform belief"),
        ("truncated", {"mean": 0, "sd": 1, "low": 1, "high": 0}, "not below", "low < high"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_cure(shape, numbers, said, cure):
    with pytest.raises(DesignError) as caught:
        Belief(shape, numbers)
    assert said in str(caught.value)
    assert cure in str(caught.value)


def test_all_problems_are_told_at_once():
    with pytest.raises(DesignError, match="The belief has 3 problems") as caught:
        Belief("uniform", {"low": float("inf"), "middle": 2.0})
    assert len(caught.value.problems) == 3
