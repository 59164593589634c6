"""Single numbers, shares and groups."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccegov_choice._disclosure.limits import (
    WITHHELD,
    dominates,
    safe_count,
    safe_share,
    withheld,
    withhold_groups,
)


def test_nine_people_are_withheld_and_ten_are_not():
    assert withheld(9)
    assert not withheld(10)
    assert safe_count(9) is WITHHELD
    assert safe_count(10) == 10


def test_a_share_needs_ten_people_to_be_a_share_of():
    assert safe_share(0.5, 9) is WITHHELD
    assert safe_share(0.5, 10) == 0.5
    assert safe_share(0.05, 100) == 0.05
    assert safe_share(0.05, 100, counted=True) is WITHHELD
    assert safe_share(0.95, 100, counted=True) is WITHHELD
    assert safe_share(0.1, 100, counted=True) == 0.1


def test_one_small_group_takes_a_second_along():
    counts = {"north": 40, "south": 4, "west": 31, "east": 12}
    assert withhold_groups(counts) == {"south", "east"}
    assert withhold_groups(counts, total_known=False) == {"south"}


def test_two_groups_too_small_together_take_a_third_along():
    assert withhold_groups({"a": 100, "b": 3, "c": 4}) == {"a", "b", "c"}
    assert withhold_groups({"a": 100, "b": 30, "c": 6, "d": 4}) == {"c", "d"}


def test_a_group_of_nobody_needs_no_second():
    assert withhold_groups({"a": 100, "b": 0}) == {"b"}


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 50), min_size=2))
def test_the_rest_never_tells_a_withheld_group(counts):
    gone = withhold_groups(counts)
    shown = sum(n for name, n in counts.items() if name not in gone)
    rest = sum(counts.values()) - shown
    assert all(counts[name] >= 10 for name in counts if name not in gone)
    if gone and gone != set(counts):
        assert len(gone) > 1
        assert rest >= 10


def test_one_who_makes_up_most_dominates():
    assert dominates([90, 5, 5])
    assert not dominates([40, 30, 30])
    assert dominates([45, 44, 11], largest=2)
