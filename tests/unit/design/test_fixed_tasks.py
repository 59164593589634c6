"""Tasks that have to be in an efficient design, and those that cannot."""

import pytest

from ccegov_choice.design.efficient.effort import Effort
from ccegov_choice.design.efficient.search_designs import efficient_design
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DesignError

QUICK = Effort(runs=1, certificate=0)


def test_the_pilot_stays_and_is_named(plain):
    pilot = random_design(plain, tasks=4, seed=1)
    design = efficient_design(plain, tasks=6, seed=2, budget=None, effort=QUICK, fixed=pilot)
    assert design.tasks == 10
    assert sorted(design.purposes.values()) == ["fixed"] * 4


def test_tasks_of_another_study_or_size_are_refused(plain, constrained):
    other = random_design(constrained, tasks=4, seed=1)
    with pytest.raises(DesignError, match="fixed tasks belong to another study"):
        efficient_design(plain, tasks=6, seed=2, budget=None, effort=QUICK, fixed=other)
    three = random_design(plain, tasks=4, alternatives=3, seed=1)
    with pytest.raises(DesignError, match="fixed tasks show A, B, C, none, the new ones A, B"):
        efficient_design(plain, tasks=6, seed=2, budget=None, effort=QUICK, fixed=three)
