"""The vector exponential and logarithm are those of the C library to a rounding or two."""

from __future__ import annotations

import numpy as np

from ccegov_choice.kernels.elementary import exponentials, logarithms


def _apply(function, values):
    values = np.asarray(values, dtype=np.float64)
    out = np.empty_like(values)
    function(values, out, np.empty(len(values), dtype=np.int64), len(values))
    return out


def test_exponentials_have_a_relative_error_below_a_rounding_or_two():
    values = np.concatenate((np.linspace(-708, 0, 200_001), -np.logspace(-18, 0, 1000), [0.0]))
    error = np.abs(_apply(exponentials, values) / np.exp(values) - 1)
    assert error.max() < 5e-16


def test_exponential_of_zero_is_exactly_one():
    assert _apply(exponentials, [0.0, -0.0]).tolist() == [1.0, 1.0]


def test_exponentials_below_the_smallest_normal_power_are_zero():
    assert _apply(exponentials, [-708.1, -1e6, -np.inf]).tolist() == [0.0, 0.0, 0.0]


def test_exponentials_write_only_as_many_as_asked():
    out = np.full(3, 7.0)
    exponentials(np.zeros(3), out, np.empty(3, dtype=np.int64), 2)
    assert out.tolist() == [1.0, 1.0, 7.0]


def test_logarithms_have_a_relative_error_below_a_rounding_or_two():
    values = np.concatenate((1 + np.logspace(-15, 0, 20_000), np.logspace(0, 300, 20_000)))
    exact = np.log(values)
    error = np.abs(_apply(logarithms, values) - exact)
    assert (error <= 5e-16 * exact).all()


def test_logarithm_of_one_is_exactly_zero():
    assert _apply(logarithms, [1.0]).tolist() == [0.0]
