"""Random designs keep what they promise: balance, overlap, distinctness, determinism."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DesignError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study


def shown(design, attribute, alternative=None):
    frame = design.frame[design.frame["alternative"] != "none"]
    if alternative is not None:
        frame = frame[frame["alternative"] == alternative]
    return frame[attribute].value_counts()


def test_levels_are_shown_equally_often(plain):
    design = random_design(plain, tasks=24, seed=4)
    for attribute, levels in (("wait", 4), ("channel", 3), ("dignity", 2)):
        for alternative in ("A", "B"):
            assert set(shown(design, attribute, alternative)) == {24 // levels}


def test_uneven_numbers_differ_by_one(plain):
    design = random_design(plain, tasks=10, seed=4)
    counts = shown(design, "wait", "A")
    assert counts.max() - counts.min() == 1
    assert set(shown(design, "wait")) == {5}


def test_floors_and_constraints_are_kept(constrained):
    design = random_design(constrained, tasks=60, alternatives=3, seed=4)
    rows = design.frame[design.frame["alternative"] != "none"]
    assert all(constrained.allows(row) for row in rows.to_dict("records"))
    assert "brusque" not in set(rows["dignity"])


def test_minimal_overlap_leaves_no_tie_that_can_be_avoided(plain):
    design = random_design(plain, tasks=24, seed=4, minimal_overlap=True)
    for attribute in plain.attribute_ids:
        a = design.frame.loc[design.frame["alternative"] == "A", attribute].to_numpy()
        b = design.frame.loc[design.frame["alternative"] == "B", attribute].to_numpy()
        assert (a != b).all()
    assert set(shown(design, "dignity", "A")) == {12}


def test_minimal_overlap_with_more_alternatives_than_levels(two_level):
    design = random_design(two_level, tasks=12, alternatives=3, seed=1, minimal_overlap=True)
    for attribute in two_level.attribute_ids:
        per_task = design.frame.groupby("task")[attribute].agg(lambda x: x.value_counts().max())
        assert set(per_task) == {2}


def test_no_alternative_twice_in_a_task_and_no_task_twice(two_level):
    small = Study("small", "Small", two_level.attributes[:3])
    # eight profiles make 28 pairs: all must be used
    design = random_design(small, tasks=28, seed=2, balanced=False)
    rows = design.frame[list(small.attribute_ids)].apply(tuple, axis=1)
    pairs = rows.groupby(design.frame["task"]).agg(frozenset)
    assert all(len(pair) == 2 for pair in pairs)
    assert pairs.nunique() == 28


def test_more_tasks_than_exist_repeat_some(two_level):
    small = Study("small", "Small", two_level.attributes[:1])
    design = random_design(small, tasks=4, seed=2)
    assert design.tasks == 4
    assert len(design.diagnose().repeated) == 3


def test_no_alternative_equals_the_status_quo(two_level):
    levels = dict.fromkeys(("a0", "a1"), "no")
    quo = Alternative("today", "Today", kind="status_quo", levels=levels)
    study = Study("quo", "Quo", two_level.attributes[:2], opt_out=quo)
    design = random_design(study, tasks=20, seed=2)
    new = design.frame[design.frame["alternative"] != "today"]
    assert not ((new["a0"] == "no") & (new["a1"] == "no")).any()
    old = design.frame[design.frame["alternative"] == "today"]
    assert (old[["a0", "a1"]] == "no").all(axis=None)


def test_labelled_alternatives_have_their_own_attributes(labelled):
    design = random_design(labelled, tasks=12, seed=2)
    assert design.alternatives == ("web", "phone", "today")
    by = dict(list(design.frame.groupby("alternative")))
    assert by["web"]["hours"].isna().all()
    assert set(by["phone"]["hours"].value_counts()) == {6}
    assert by["today"]["wait"].isna().all()


def test_the_same_seed_gives_the_same_design_and_another_does_not(plain):
    one, two, other = (random_design(plain, tasks=12, blocks=2, seed=s) for s in (1, 1, 2))
    assert one.sha256 == two.sha256
    assert one.sha256 != other.sha256


def test_unbalanced_draws_give_every_allowed_profile_the_same_chance(constrained):
    design = random_design(constrained, tasks=2000, alternatives=1, seed=7, balanced=False)
    # 22 allowed profiles; with 2,000 draws from far fewer than 2,000 distinct tasks repeats are
    # unavoidable and draws are uniform: chi-squared with 21 degrees, 0.999 quantile 46.8
    rows = design.frame[design.frame["alternative"] == "A"]
    counts = rows.groupby(list(constrained.attribute_ids)).size().to_numpy()
    assert len(counts) == 22
    expected = 2000 / 22
    assert ((counts - expected) ** 2 / expected).sum() < 46.8


def test_provenance_names_the_work(plain):
    provenance = random_design(plain, tasks=12, seed=3).provenance
    assert provenance.made_by == "random_design"
    assert provenance.seed == 3
    assert provenance.parents == {"study": plain.sha256}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [({"tasks": 0}, "cannot have 0 tasks"), ({"tasks": 4, "blocks": 5}, "into 5 blocks")],
)
def test_impossible_numbers(plain, arguments, told):
    with pytest.raises(DesignError, match=told):
        random_design(plain, seed=1, **arguments)


def test_large_study_is_balanced():
    levels = [f"l{i}" for i in range(5)]
    attributes = tuple(Attribute.categorical(f"a{i}", f"A{i}", levels) for i in range(12))
    study = Study("big", "Big", attributes)
    design = random_design(study, tasks=60, alternatives=3, blocks=4, seed=1, minimal_overlap=True)
    counts = np.array([design.frame[name].value_counts() for name in study.attribute_ids])
    assert (counts == 36).all()


def test_numeric_cells_are_numbers_and_words_are_words(plain):
    frame = random_design(replace(plain, opt_out=None), tasks=6, seed=1).frame
    assert frame["wait"].dtype == np.float64
    assert set(frame["channel"]) == {"web", "phone", "office"}
