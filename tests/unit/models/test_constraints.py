"""Constraints are one linear map, and contradictions are all listed at once."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.errors import UtilityError
from ccegov_choice.models.fitting.constraints import constrain

NAMES = ("a", "b", "c", "d")


def test_fixed_and_equal_parameters_follow_from_the_free_ones():
    map_ = constrain(NAMES, fixed={"b": 2.0}, equal=[("a", "d")], bounds={"d": (None, 3.0)})
    assert map_.full(np.array([1.0, 5.0])).tolist() == [1.0, 2.0, 5.0, 1.0]
    assert map_.reduce(np.array([1.0, 9.0, 5.0, 3.0])).tolist() == [2.0, 5.0]
    assert map_.box.high.tolist() == [3.0, np.inf]
    assert map_.absent == {"b": "fixed at 2"}
    assert map_.names_of(0) == ("a", "d")


def test_without_constraints_the_map_is_the_identity():
    assert np.array_equal(constrain(NAMES, fixed={}, equal=(), bounds={}).expansion, np.eye(4))


def test_all_contradictions_are_listed_at_once():
    with pytest.raises(UtilityError) as caught:
        constrain(
            NAMES,
            fixed={"a": 5.0, "aa": 0.0, "c": np.inf},
            equal=[("a", "b"), ("b", "zz")],
            bounds={"d": (2.0, 1.0), "a": (0.0, 1.0), "q": (0.0, 1.0)},
        )
    text = str(caught.value)
    assert len(caught.value.problems) == 8
    for part in ("'aa'", "'zz'", "'q'", "stands in 'equal' twice", "both fixed", "leave no room"):
        assert part in text
    assert "outside its bounds" in text
    assert "fixed at inf" in text


def test_bounds_of_equal_parameters_must_overlap():
    with pytest.raises(UtilityError, match="do not overlap"):
        constrain(NAMES, fixed={}, equal=[("a", "b")], bounds={"a": (0, 1), "b": (2, 3)})
