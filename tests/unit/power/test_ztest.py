"""Power of z-tests, of numbers and of ratios."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ccegov_choice.power.strength import Traded, people_needed
from ccegov_choice.power.ztest import (
    ratio_detectable,
    ratio_power,
    weighted_median,
    z_detectable,
    z_power,
)

levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])


def test_power_by_hand():
    assert z_power(0.0, 0.95) == pytest.approx(0.05)
    # 2.8 standard errors, the figure of every textbook
    assert z_power(1.959964 + 0.841621, 0.95) == pytest.approx(0.8, abs=2e-6)
    assert z_detectable(0.8, 0.95) == pytest.approx(2.801585, abs=2e-5)


@given(power=st.floats(0.3, 0.999), level=levels)
def test_what_is_detectable_is_detected_with_that_power(power, level):
    assert z_power(z_detectable(power, level), level) == pytest.approx(power, abs=1e-9)


@given(shift=st.floats(-6, 6), level=levels)
def test_with_a_payment_known_for_certain_a_ratio_is_its_numerator(shift, level):
    assert ratio_power(shift, 1e6, 0.0, level) == pytest.approx(z_power(shift, level), abs=1e-6)


@given(gain=st.floats(-8, 8), payment=st.floats(0, 12), rho=st.floats(-0.95, 0.95), level=levels)
def test_turning_a_gain_round_changes_nothing(gain, payment, rho, level):
    there = ratio_power(gain, payment, rho, level)
    assert ratio_power(-gain, payment, -rho, level) == pytest.approx(there, abs=1e-9)


@given(gain=st.floats(-3, 3), payment=st.floats(0.2, 3), rho=st.floats(-0.9, 0.9), level=levels)
def test_power_above_a_half_never_falls_with_people(gain, payment, rho, level):
    """Below, the rate of false alarms of a gain worth next to nothing may fall and rise."""
    root = np.sqrt(np.arange(1.0, 60.0))
    power = ratio_power(gain * root, payment * root, np.full(59, rho), level)
    assert (np.diff(power)[power[:-1] >= 0.5] > -1e-6).all()


@pytest.mark.parametrize(
    ("gain", "payment", "rho"), [(3.0, 4.0, 0.3), (-2.5, 3.0, 0.6), (2, 8, -0.7)]
)
def test_the_chance_is_that_of_drawn_estimates(gain, payment, rho):
    """400,000 draws: the bound of four standard errors fails once in 16,000 seeds."""
    rng = np.random.default_rng(3)
    d = payment + rng.standard_normal(400_000)
    n = gain + rho * (d - payment) + np.sqrt(1 - rho**2) * rng.standard_normal(400_000)
    # with unit errors the delta method gives t = r / se(r)
    r = n / d
    t = r / np.sqrt((1 - 2 * r * rho + r**2) / d**2)
    z = stats.norm.ppf(0.975)
    seen = float(((np.abs(t) > z) & (d > z)).mean())
    told = float(ratio_power(gain, payment, rho, 0.95))
    assert abs(seen - told) < 4 * np.sqrt(told * (1 - told) / 400_000)


@given(payment=st.floats(4.0, 40.0), rho=st.floats(-0.9, 0.9), power=st.floats(0.5, 0.9))
def test_the_smallest_trade_is_detected_with_that_power(payment, rho, power):
    gain = ratio_detectable(payment, rho, power, 0.95)
    assert np.isfinite(gain)
    assert ratio_power(gain, payment, rho, 0.95) == pytest.approx(power, abs=1e-6)


def test_no_trade_is_detected_when_the_payment_is_not():
    # the payment is told from zero with a chance of 0.5 only
    assert np.isinf(ratio_detectable(1.959964, 0.0, 0.8, 0.95))


def test_people_needed_is_the_first_number_that_suffices():
    assert people_needed(lambda n: n / 1000, 0.8) == 800
    assert people_needed(lambda n: 1.0, 0.8) == 1
    assert people_needed(lambda n: 0.05, 0.8, most=1000) is None
    assert people_needed(lambda n: float(n >= 1000), 0.8, most=1000) == 1000


def test_weighted_median():
    values, weights = np.array([3.0, np.inf, 1.0]), np.array([0.2, 0.3, 0.5])
    assert weighted_median(values, weights) == 1.0
    assert weighted_median(values, np.array([0.2, 0.6, 0.2])) == np.inf


def test_a_payment_worth_nothing_has_no_trade():
    one = np.ones(1)
    trade = Traded(one, 0 * one, one, one, 0 * one)
    assert np.isinf(trade.effect).all()
    assert np.isinf(trade.std_error(100.0)).all()
