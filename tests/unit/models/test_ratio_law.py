"""The law of a ratio over people against quadrature, and whether its mean exists."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

import ccegov_choice as cc
from ccegov_choice.models.mixed.distributions import (
    CensoredNormal,
    ConstrainedTriangular,
    JohnsonSB,
    LogNormal,
    Normal,
    Triangular,
    Uniform,
)
from ccegov_choice.models.mixed.layout import lay_out
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.ratio_law import no_mean_because, ratio_law
from ccegov_choice.models.mixed.tabulated import TabulatedDistribution, TruncatedNormal

STUDY = cc.Study(
    "s",
    "A study",
    (
        cc.Attribute.numeric("wait", "Days", [1, 5, 10], "day", "days", direction="-"),
        cc.Attribute.numeric("visits", "Visits", [0, 1, 2], "visit", "visits", direction="-"),
        cc.Attribute.numeric("pages", "Pages", [0, 5, 10], "page", "pages", direction="-"),
    ),
    numeraires=(cc.Numeraire("wait"), cc.Numeraire("pages")),
)
UTILITY = cc.Utility("wait + visits + pages").bind(STUDY)
GAIN, PAY = np.array([0.0, -2.0, 0.0]), np.array([-1.0, 0.0, 0.0])


def law(estimates, gain=GAIN, pay=PAY, **words):
    layout = lay_out(MixedLogit(UTILITY, **words), UTILITY, {}, one_task=True)
    return ratio_law(layout, gain, pay, np.array([estimates[name] for name in layout.names]))


def reason(estimates, gain=GAIN, pay=PAY, **words):
    layout = lay_out(MixedLogit(UTILITY, **words), UTILITY, {}, one_task=True)
    theta = np.array([estimates[name] for name in layout.names])
    return no_mean_because(layout, gain, pay, theta)


BASE = {"wait": -0.2, "visits": -0.5, "pages": -0.1}


def test_a_normal_over_a_constant_is_normal():
    found = law({**BASE, "sd[visits]": 0.3}, random={"visits": Normal()})
    expected = stats.norm(2 * 0.5 / 0.2, 2 * 0.3 / 0.2)
    p = np.array([0.05, 0.3, 0.5, 0.95])
    np.testing.assert_allclose(found.quantile(p), expected.ppf(p), rtol=1e-12)
    assert found.mean == pytest.approx(5.0, rel=1e-12)
    assert found.below == pytest.approx(expected.cdf(0), rel=1e-12)
    assert found.denominator == pytest.approx(0.2)


def test_lognormals_over_lognormals_are_lognormal_with_their_correlation():
    """ln(n / d) is normal with the variance of the difference."""
    estimates = {
        **BASE,
        "wait": -1.5,
        "visits": -0.7,
        "cholesky[wait,wait]": 0.4,
        "cholesky[visits,wait]": 0.3,
        "cholesky[visits,visits]": 0.5,
    }
    words = {"random": {"wait": LogNormal(-1), "visits": LogNormal(-1)}, "correlated": True}
    found = law(estimates, **words)
    size = math.hypot(0.3 - 0.4, 0.5)
    expected = stats.lognorm(size, scale=2 * math.exp(-0.7 + 1.5))
    p = np.array([0.05, 0.5, 0.9])
    np.testing.assert_allclose(found.quantile(p), expected.ppf(p), rtol=1e-12)
    assert found.mean == pytest.approx(expected.mean(), rel=1e-12)
    assert found.below == 0.0
    trimmed = expected.expect(lb=expected.ppf(0.05), ub=expected.ppf(0.95)) / 0.9
    assert found.between(0.05) == pytest.approx(trimmed, rel=1e-5)
    assert reason(estimates, **words) == ""


def test_a_constant_over_a_lognormal():
    found = law({**BASE, "wait": -1.5, "sd[wait]": 0.4}, random={"wait": LogNormal(-1)})
    expected = stats.lognorm(0.4, scale=2 * 0.5 * math.exp(1.5))
    np.testing.assert_allclose(found.quantile(np.array([0.2, 0.8])), expected.ppf([0.2, 0.8]))
    assert found.mean == pytest.approx(expected.mean(), rel=1e-12)


def test_in_trade_space_the_scale_cancels():
    estimates = {"scale": -1.0, "visits": 3.0, "pages": 0.4, "sd[visits]": 2.0, "sd[scale]": 0.7}
    words = {"random": {"visits": Normal()}, "pay_in": "wait", "scale": LogNormal()}
    found = law(estimates, **words)
    assert found.location == pytest.approx(-6.0)
    assert found.size == pytest.approx(4.0)
    other = law(estimates, pay=np.array([0.0, 0.0, 1.0]), **words)
    np.testing.assert_allclose([other.location, other.size], [-15.0, 10.0])


def test_several_normals_add_up():
    estimates = {**BASE, "sd[visits]": 0.3, "sd[pages]": 0.4}
    words = {"random": {"visits": Normal(), "pages": Normal()}}
    found = law(estimates, gain=np.array([0.0, -1.0, -2.0]), **words)
    np.testing.assert_allclose(found.size, math.hypot(0.3, 0.8) / 0.2)
    np.testing.assert_allclose(found.location, (0.5 + 0.2) / 0.2)


def test_other_shapes_over_a_constant():
    sb = law({**BASE, "visits": 0.3, "sd[visits]": 0.8}, random={"visits": JohnsonSB(-2, 0)})
    p = np.array([0.1, 0.6])
    values = 2 * (2 - 2 * special.expit(0.3 + 0.8 * special.ndtri(1 - p))) / 0.2
    np.testing.assert_allclose(sb.quantile(p), values, rtol=1e-12)
    flat = law({**BASE, "spread[visits]": 0.4}, random={"visits": Uniform()})
    np.testing.assert_allclose(flat.quantile(p), 10 * (0.5 + 0.4 * (2 * p - 1)), rtol=1e-12)


def test_without_a_law_there_is_none():
    assert law({**BASE, "sd[wait]": 0.1}, random={"wait": Normal()}) is None
    mixed = {"random": {"wait": LogNormal(-1), "visits": Normal()}}
    assert law({**BASE, "sd[wait]": 0.1, "sd[visits]": 0.1}, **mixed) is None
    cut = {"random": {"visits": TruncatedNormal(-1, 0)}}
    assert law({**BASE, "sd[visits]": 0.1}, **cut) is None
    fixed = law({**BASE, "wait": 0.0, "sd[visits]": 0.1}, random={"visits": Normal()})
    assert fixed is None  # nothing can be divided by zero


# E[1/d] by quadrature over the quantile function either settles or grows without end as the
# people nearest to zero are let in
EXISTS = {
    "lognormal": (LogNormal(-1), {"wait": -1.0, "sd[wait]": 0.5}, True),
    "normal": (Normal(), {"wait": -1.0, "sd[wait]": 0.2}, False),
    "censored": (CensoredNormal(-1), {"wait": 1.0, "sd[wait]": 1.0}, False),
    "uniform over zero": (Uniform(), {"wait": -0.5, "spread[wait]": 0.6}, False),
    "uniform away from zero": (Uniform(), {"wait": -0.5, "spread[wait]": 0.4}, True),
    "triangular over zero": (Triangular(), {"wait": -0.5, "spread[wait]": 0.6}, False),
    "triangular to zero": (ConstrainedTriangular(), {"wait": -0.5}, True),
    "Johnson to zero": (JohnsonSB(-1, 0), {"wait": 0.0, "sd[wait]": 0.5}, True),
    "Johnson over zero": (JohnsonSB(-1, 0.2), {"wait": 0.0, "sd[wait]": 0.5}, False),
    "truncated at zero": (TruncatedNormal(-np.inf, 0), {"wait": -1.0, "sd[wait]": 0.5}, False),
    "truncated before zero": (
        TruncatedNormal(-np.inf, -0.1),
        {"wait": -1.0, "sd[wait]": 0.5},
        True,
    ),
}


@pytest.mark.parametrize("case", EXISTS)
def test_a_mean_exists_or_is_refused(case):
    shape, estimates, exists = EXISTS[case]
    said = reason({**BASE, **estimates}, random={"wait": shape})
    assert (said == "") is exists, said


def test_means_that_exist_although_some_people_are_near_zero():
    """E[1/d] is 2 log 2 / m for a triangular from 0 to 2 m, and 1 + exp(s^2 / 2) for a Johnson."""
    u = (np.arange(2_000_000) + 0.5) / 2_000_000
    triangular = np.mean(1 / ConstrainedTriangular().at(u, 0.5))
    assert triangular == pytest.approx(2 * math.log(2) / 0.5, rel=1e-3)
    johnson = np.mean(1 / JohnsonSB(0, 1).at(u, 0.0, 0.5))
    assert johnson == pytest.approx(1 + math.exp(0.125), rel=1e-5)


def test_a_distribution_of_your_own_has_no_known_mean():
    own = TabulatedDistribution(lambda u, location: location - u, {})
    assert "nobody knows" in reason(BASE, random={"wait": own})
    assert "nobody knows" in reason(BASE, random={"visits": own})
