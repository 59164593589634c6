"""Constraints judge combinations, and ignore attributes that an alternative does not have."""

import math

import pytest

from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.constraint import Forbidden, Implied


@pytest.mark.parametrize(
    ("levels", "allowed"),
    [
        ({"channel": "phone", "human": "none"}, False),
        ({"channel": "phone", "human": "any"}, True),
        ({"channel": "web", "human": "none"}, True),
        ({"channel": "phone"}, True),
        ({"channel": "phone", "human": None}, True),
    ],
)
def test_forbidden_levels_may_not_come_together(levels, allowed):
    rule = Forbidden({"channel": ("phone", "video"), "human": "none"})
    assert rule.allows(levels) is allowed
    assert rule.attributes == ("channel", "human")


@pytest.mark.parametrize(
    ("levels", "allowed"),
    [
        ({"human": "none", "wait": 2}, True),
        ({"human": "none", "wait": 2.0}, True),
        ({"human": "none", "wait": 40.0}, False),
        ({"human": "any", "wait": 40.0}, True),
        ({"human": "none"}, True),
        ({"human": "none", "wait": math.nan}, True),
    ],
)
def test_a_level_may_imply_others(levels, allowed):
    rule = Implied(when={"human": "none"}, then={"wait": [2, 10]})
    assert rule.allows(levels) is allowed
    assert rule.attributes == ("human", "wait")


def test_levels_are_normalised():
    assert Forbidden({"wait": 2, "human": "none"}) == Forbidden({"wait": (2.0,), "human": ["none"]})


def test_a_rule_that_names_nothing_forbids_nothing():
    assert Forbidden({}).allows({"a": "b"})
    assert Implied({}, {"a": "c"}).allows({"a": "b"})


def test_an_alternative_has_fixed_and_personal_levels():
    today = Alternative(
        "today", "As now", kind="status_quo", levels={"wait": FromCovariate("wait_now"), "fee": 0}
    )
    assert today.fixed == {"fee": 0.0}
    assert today.personal == {"wait": "wait_now"}
    assert today.long_text() == "As now"
    assert Alternative("none", "None", levels={}) == Alternative("none", "None")
