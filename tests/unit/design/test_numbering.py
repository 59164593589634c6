"""Equal profiles have equal numbers, and only they, whether or not 64 bits hold all digits."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.design.personal.numbering import profile_numbers


@pytest.mark.parametrize("attributes", [5, 60])
def test_numbers_tell_profiles_apart(attributes):
    rng = np.random.default_rng(1)
    few = rng.integers(-1, 4, size=(40, attributes))
    codes = few[rng.integers(40, size=(50, 3))]
    numbers = profile_numbers([4] * attributes, codes)
    assert numbers.shape == (50, 3)
    flat, plain = numbers.ravel(), codes.reshape(150, attributes)
    equal = (plain[:, None] == plain[None, :]).all(axis=2)
    assert np.array_equal(flat[:, None] == flat[None, :], equal)
