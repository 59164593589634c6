"""Exponentials and logarithms of many numbers at once, as LLVM can turn into vector instructions.

Numba calls the C library once per number unless Intel's SVML is installed; these take about a
nanosecond and give the same bits on every machine that has fused multiply-add.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.bits import bits_of, float_of
from ccegov_choice.kernels.compiled import ordered_kernel

# The order of operations matters here: ln 2 is subtracted in two parts.

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
# exp(-708) is the smallest power that is not subnormal; beside a largest term of one it adds
# nothing to a sum of doubles, so smaller ones are exactly zero.
SMALLEST = -708.0


@ordered_kernel
def exponentials(
    values: npt.NDArray[np.float64],
    out: npt.NDArray[np.float64],
    bits: npt.NDArray[np.int64],
    size: int,
) -> None:
    """Write ``exp(values)`` for values that are zero or negative.

    ``exp(v) = 2**k * exp(r)`` with ``k = floor(v / ln 2 + 1/2)`` and ``|r| <= ln 2 / 2``, where
    ``exp(r)`` is its Taylor polynomial of degree 13; relative error below 5e-16.

    Parameters
    ----------
    values : ndarray of shape (size,) or longer
        Numbers from minus infinity to zero. NaN gives an arbitrary number: test for it before.
    out : ndarray of the same shape
        Receives the exponentials; zero where the value is below -708.
    bits : int64 ndarray of the same shape
        Scratch space.
    size : int
        How many values to do.

    References
    ----------
    Cody & Waite (1980), Software Manual for the Elementary Functions.
    """
    for i in range(size):
        v = values[i]
        v = v if v > SMALLEST else SMALLEST
        k = np.floor(v * LOG2_E + 0.5)
        r = (v - k * LN2_HIGH) - k * LN2_LOW
        p = 1.0 / 6227020800.0
        p = p * r + 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        p = p * r + 1.0
        out[i] = p * r + 1.0
        bits[i] = (np.int64(np.int32(k)) + np.int64(1023)) << np.int64(52)
    powers = bits.view(np.float64)
    for i in range(size):
        out[i] = out[i] * powers[i] if values[i] >= SMALLEST else 0.0


LARGEST = 700.0


@ordered_kernel
def powers_of_e(
    values: npt.NDArray[np.float64],
    out: npt.NDArray[np.float64],
    bits: npt.NDArray[np.int64],
    size: int,
) -> None:
    """Write ``exp(values)`` for values of any sign, held between -700 and 700.

    As `exponentials`, with the ends cut so that neither zero nor infinity comes out: a probability
    beyond them has no effect on information.

    Parameters
    ----------
    values, out, bits, size
        As in `exponentials`.
    """
    for i in range(size):
        v = values[i]
        v = v if v > -LARGEST else -LARGEST
        v = v if v < LARGEST else LARGEST
        k = np.floor(v * LOG2_E + 0.5)
        r = (v - k * LN2_HIGH) - k * LN2_LOW
        p = 1.0 / 6227020800.0
        p = p * r + 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        p = p * r + 1.0
        out[i] = p * r + 1.0
        bits[i] = (np.int64(np.int32(k)) + np.int64(1023)) << np.int64(52)
    powers = bits.view(np.float64)
    for i in range(size):
        out[i] *= powers[i]


_MANTISSA = (1 << 52) - 1
_ONE = 1023 << 52
_ROOT_TWO = 1.4142135623730951


@ordered_kernel
def logarithms(
    values: npt.NDArray[np.float64],
    out: npt.NDArray[np.float64],
    bits: npt.NDArray[np.int64],
    size: int,
) -> None:
    """Write ``log(values)`` for values that are one or more and finite.

    ``log(2**k m) = k ln 2 + 2 atanh(f)`` with ``f = (m - 1) / (m + 1)`` and ``m`` between
    ``sqrt(1/2)`` and ``sqrt(2)``, by ten terms of the series; relative error below 5e-16.

    Parameters
    ----------
    values : ndarray of shape (size,) or longer
        Numbers from one up. NaN gives an arbitrary number: test for it before.
    out : ndarray of the same shape
        Receives the logarithms.
    bits : int64 ndarray of the same shape
        Scratch space.
    size : int
        How many values to do.
    """
    mantissas = bits.view(np.float64)
    for i in range(size):
        mantissas[i] = values[i]
    for i in range(size):
        out[i] = np.float64(np.int32(bits[i] >> 52) - 1023)
        bits[i] = (bits[i] & _MANTISSA) | _ONE
    for i in range(size):
        m = mantissas[i]
        k = out[i]
        k = k + 1.0 if m > _ROOT_TWO else k
        m = 0.5 * m if m > _ROOT_TWO else m
        f = (m - 1.0) / (m + 1.0)
        s = f * f
        p = 1.0 / 21.0
        p = p * s + 1.0 / 19.0
        p = p * s + 1.0 / 17.0
        p = p * s + 1.0 / 15.0
        p = p * s + 1.0 / 13.0
        p = p * s + 1.0 / 11.0
        p = p * s + 1.0 / 9.0
        p = p * s + 1.0 / 7.0
        p = p * s + 1.0 / 5.0
        p = p * s + 1.0 / 3.0
        out[i] = k * LN2_HIGH + (2.0 * f + (2.0 * f * s * p + k * LN2_LOW))


# exp at Chebyshev points of |r| <= ln 2 / 2, degree 11: relative error 4e-18 before rounding.
_E2, _E3, _E4 = 0.5000000000000019, 0.1666666666666668, 0.04166666666648795
_E5, _E6, _E7 = 0.008333333333319589, 0.0013888888952352863, 0.00019841269890076403
_E8, _E9 = 2.4801485441561313e-05, 2.755724088722987e-06
_E10, _E11 = 2.763265472252779e-07, 2.5110049204818658e-08
# Adding it rounds to a whole number and leaves that number in the lowest bits.
_ROUNDER = 6755399441055744.0
_SHIFT = np.int64(52)


@ordered_kernel
def bounded_powers(
    values: npt.NDArray[np.float64], out: npt.NDArray[np.float64], size: int
) -> None:
    """Write ``exp(values)`` for values of any sign, held between -700 and 700; no scratch space.

    The exponent is added to the bits of the polynomial, so that all of it stays in registers:
    about 19 instructions for a vector of numbers. Relative error below 3e-16.

    Parameters
    ----------
    values : ndarray of shape (size,) or longer
        Numbers. NaN gives an arbitrary number: test for it elsewhere.
    out : ndarray of the same shape
        Receives the exponentials; another array, or LLVM's test for that sends it the slow way.
    size : int
        How many values to do.
    """
    for i in range(size):
        v = values[i]
        v = v if v > -LARGEST else -LARGEST
        v = v if v < LARGEST else LARGEST
        t = v * LOG2_E + _ROUNDER
        k = t - _ROUNDER
        r = (v - k * LN2_HIGH) - k * LN2_LOW
        p = _E11 * r + _E10
        p = p * r + _E9
        p = p * r + _E8
        p = p * r + _E7
        p = p * r + _E6
        p = p * r + _E5
        p = p * r + _E4
        p = p * r + _E3
        p = p * r + _E2
        p = p * r + 1.0
        p = p * r + 1.0
        out[i] = float_of(bits_of(p) + (bits_of(t) << _SHIFT))
