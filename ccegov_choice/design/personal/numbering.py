"""Numbers for profiles, so that equal ones are found quickly."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ccegov_choice.design.candidates import Codes


def profile_numbers(level_counts: Sequence[int], codes: Codes) -> Codes:
    """Return a number for each profile that is equal for equal profiles only.

    Parameters
    ----------
    level_counts : sequence of int
        Levels of each attribute.
    codes : ndarray of shape (..., M)
        Level codes, -1 where an alternative does not have an attribute.

    Returns
    -------
    ndarray of shape (...)
        Each attribute is a digit; with so many attributes that no 64-bit number holds them all,
        the place among the different profiles that are given.
    """
    digits = [count + 1 for count in level_counts]
    if math.prod(digits) >= 2**62:
        _, place = np.unique(codes.reshape(-1, codes.shape[-1]), axis=0, return_inverse=True)
        return place.reshape(codes.shape[:-1]).astype(np.int64)
    values = np.cumprod([1, *digits[:-1]], dtype=np.int64)
    numbers: Codes = (codes + 1) @ values
    return numbers
