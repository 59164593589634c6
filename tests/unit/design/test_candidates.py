"""Allowed profiles: exactly the combinations that floors and constraints let through."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from ccegov_choice.design.candidates import task_space
from ccegov_choice.errors import DesignError, StudyError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden, Implied
from ccegov_choice.study.study import Study


def test_profiles_are_those_the_study_allows(constrained):
    space = task_space(constrained)
    slot = space.slots[0]
    made = {
        tuple(space.cells[m][code] for m, code in enumerate(row)) for row in space.profiles(slot)
    }
    ids = constrained.attribute_ids
    every = product(*([item.cell(x) for x in item.levels] for item in constrained.attributes))
    allowed = {row for row in every if constrained.allows(dict(zip(ids, row, strict=True)))}
    assert made == allowed
    assert slot.size == len(allowed) == 22


def test_allows_agrees_with_the_list_of_profiles(constrained):
    space = task_space(constrained)
    slot = space.slots[0]
    everything = np.array(list(np.ndindex(*space.level_counts)))
    listed = {tuple(row) for row in space.profiles(slot)}
    assert [tuple(row) in listed for row in everything] == list(slot.allows(everything))


def test_large_studies_need_no_list():
    levels = [f"l{i}" for i in range(5)]
    attributes = tuple(Attribute.categorical(f"a{i}", f"A{i}", levels) for i in range(12))
    space = task_space(Study("big", "Big", attributes))
    assert space.slots[0].size == 5**12
    with pytest.raises(DesignError, match="244,140,625 combinations"):
        space.profiles(space.slots[0])


def test_constraints_may_name_the_alternative_and_fixed_levels(labelled):
    rules = (
        Forbidden({"alternative": ("web",), "wait": (5,)}),
        Implied({"hours": ("long",)}, {"wait": (10, 20)}),
    )
    space = task_space(replace(labelled, constraints=rules))
    web, phone = space.slots
    assert (web.size, phone.size) == (2, 5)


def test_nothing_allowed_names_the_constraint_and_the_place(plain):
    rules = (
        Forbidden({"wait": (7, 14)}),
        Forbidden({"wait": (30, 60), "channel": ("web", "phone", "office")}),
    )
    study = replace(plain, constraints=rules)
    with pytest.raises(StudyError, match="leave no profile"):
        task_space(study)


def test_an_alternative_with_nothing_to_show_is_named_with_its_constraint(labelled):
    rules = (Forbidden({"alternative": ("web",), "wait": (5, 10, 20)}),)
    with pytest.raises((DesignError, StudyError)) as caught:
        task_space(replace(labelled, constraints=rules))
    assert "web" in str(caught.value)


def test_too_few_profiles_for_the_alternatives(two_level):
    study = Study("one", "One", two_level.attributes[:1])
    with pytest.raises(DesignError, match=r"3 different alternatives are needed.*only 2 profiles"):
        task_space(study, 3)


def test_the_status_quo_uses_up_a_profile(two_level):
    quo = Alternative("today", "Today", kind="status_quo", levels={"a0": "no"})
    study = Study("one", "One", two_level.attributes[:1], opt_out=quo)
    assert task_space(study, 1).status_quo is not None
    with pytest.raises(DesignError, match="only 1 profile is allowed"):
        task_space(study, 2)


@pytest.mark.parametrize("alternatives", [0, 27])
def test_impossible_numbers_of_alternatives(plain, alternatives):
    with pytest.raises(DesignError, match=f"cannot have {alternatives} alternatives"):
        task_space(plain, alternatives)


def test_labelled_studies_fix_the_number_of_alternatives(labelled):
    with pytest.raises(DesignError, match="labelled alternatives web, phone"):
        task_space(labelled, 3)
