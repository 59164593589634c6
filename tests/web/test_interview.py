"""A whole interview, from the welcome to the end."""

from __future__ import annotations


def test_somebody_can_walk_from_welcome_to_end(fielded, benefit_claim):
    field = fielded(benefit_claim)
    citizen = field.citizen().agree().until("/page/end")
    assert citizen.status == 200
