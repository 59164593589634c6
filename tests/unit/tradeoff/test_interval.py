import numpy as np
import pytest

from ccegov_choice.tradeoff.interval import (
    Interval,
    Ratio,
    delta_interval,
    fieller_interval,
    normal_quantile,
    percentile_interval,
)


def test_the_quantile_is_the_normal_one():
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054, rel=1e-14)


def test_delta_agrees_with_the_gradient_of_the_ratio():
    ratio = Ratio(0.6, 0.05, 0.01, 0.00002, 0.0001)
    gradient = np.array([1 / 0.05, -0.6 / 0.05**2])
    covariance = np.array([[0.01, 0.0001], [0.0001, 0.00002]])
    interval, error = delta_interval(ratio, 0.95)
    assert error == pytest.approx(np.sqrt(gradient @ covariance @ gradient), rel=1e-12)
    assert interval.high - interval.low == pytest.approx(2 * 1.959963984540054 * error)


@pytest.mark.parametrize("sign", [1, -1])
def test_fieller_limits_are_where_the_contrast_is_just_told_from_zero(sign):
    ratio = Ratio(0.6 * sign, 0.05, 0.01, 0.0001, 0.0002)
    interval = fieller_interval(ratio, 0.95)
    assert interval.shape == "bounded"
    for limit in (interval.low, interval.high):
        variance = 0.01 - 2 * limit * 0.0002 + limit**2 * 0.0001
        assert abs(ratio.numerator - limit * 0.05) == pytest.approx(
            normal_quantile(0.95) * np.sqrt(variance), rel=1e-10
        )
    assert interval.contains(ratio.estimate)


def test_fieller_nears_delta_when_the_denominator_is_sure():
    ratio = Ratio(0.6, 0.05, 0.01, 1e-12, 0.0)
    delta, _ = delta_interval(ratio, 0.95)
    fieller = fieller_interval(ratio, 0.95)
    assert fieller.low == pytest.approx(delta.low, rel=1e-5)
    assert fieller.high == pytest.approx(delta.high, rel=1e-5)


@pytest.mark.parametrize(
    ("ratio", "shape"),
    [
        (Ratio(0.1, 0.01, 0.01, 0.01, 0.0), "unbounded"),
        (Ratio(1.0, 0.01, 0.01, 0.01, 0.0), "two pieces"),
        (Ratio(1.0, 2.0, 0.01, 0.01, 0.0), "bounded"),
    ],
)
def test_fieller_sets_say_their_shape(ratio, shape):
    interval = fieller_interval(ratio, 0.95)
    assert interval.shape == shape
    assert interval.contains(ratio.estimate)
    assert ratio.bounded_away(0.95) == (shape == "bounded")


def test_a_set_of_two_pieces_rules_out_just_the_gap():
    interval = fieller_interval(Ratio(1.0, 0.01, 0.01, 0.01, 0.0), 0.95)
    low, high = interval.excluded
    assert not interval.contains((low + high) / 2)
    assert interval.contains(low - 1)
    assert interval.contains(high + 1)
    assert interval.low is None
    assert interval.high is None


def test_fieller_at_the_threshold_has_one_limit():
    squared = normal_quantile(0.95) ** 2
    ratio = Ratio(10.0, 1.0, 0.01, 1.0 / squared, 0.0)
    # rounding may leave a tiny curvature: the set has one limit, or a second one far away
    interval = fieller_interval(ratio, 0.95)
    assert interval.contains(10.0)
    assert not interval.contains(0.0)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_fieller_follows_the_units(scale):
    one = fieller_interval(Ratio(0.6, 0.05, 0.01, 0.00002, 0.0001), 0.95)
    other = fieller_interval(
        Ratio(0.6, 0.05 * scale, 0.01, 0.00002 * scale**2, 0.0001 * scale), 0.95
    )
    assert other.low * scale == pytest.approx(one.low, rel=1e-9)
    assert other.high * scale == pytest.approx(one.high, rel=1e-9)


def test_half_lines_contain_what_they_should():
    assert Interval(1.0, None).contains(5.0)
    assert not Interval(1.0, None).contains(0.0)
    assert Interval(None, 1.0).shape == "from above"
    assert Interval(1.0, None).shape == "from below"


def test_percentiles_are_central():
    interval = percentile_interval(np.arange(1.0, 1000.0), 0.9)
    assert (interval.low, interval.high) == pytest.approx((50.0, 950.0), rel=1e-12)
