"""Orthogonal designs: exact arrays, the right one, and honest refusals."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from ccegov_choice.design.arrays import catalogue, is_orthogonal, smallest_array, unbalanced_pairs
from ccegov_choice.design.orthogonal import orthogonal_design
from ccegov_choice.errors import DesignError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden, Implied
from ccegov_choice.study.study import Study


def study_of(*level_counts, **more):
    attributes = tuple(
        Attribute.categorical(f"a{i}", f"A{i}", [f"l{j}" for j in range(count)])
        for i, count in enumerate(level_counts)
    )
    return Study("s", "S", attributes, **more)


def pairs_are_even(frame, first, second):
    counts = frame.groupby([first, second]).size()
    complete = len(counts) == frame[first].nunique() * frame[second].nunique()
    return complete and counts.nunique() == 1


def test_every_array_of_the_catalogue_has_strength_two():
    assert len(catalogue()) >= 15
    for array in catalogue():
        assert not unbalanced_pairs(array.runs)


def test_is_orthogonal_sees_a_flaw():
    runs = np.array([[0, 0], [0, 1], [1, 0], [1, 0]])
    assert unbalanced_pairs(runs) == [(1, 1), (0, 1)]
    assert not is_orthogonal(runs)


@pytest.mark.parametrize(
    ("counts", "size", "name"),
    [
        ((2, 2, 2), 4, "2^(3-1) fraction of resolution III"),
        ((2,) * 7, 8, "2^(7-4) fraction of resolution III"),
        ((2,) * 8, 12, "Plackett-Burman"),
        ((2,) * 18, 20, "Plackett-Burman"),
        ((3,) * 4, 9, "L9"),
        ((3,) * 7, 18, "L18"),
        ((4,) * 5, 16, "L16"),
        ((4, 4, 4, 2, 2, 2, 2, 2, 2), 16, "L16"),
        ((5,) * 6, 25, "L25"),
        ((2, 3, 3, 3, 3, 3, 3, 3), 18, "L18"),
        ((2, 5, 5, 5), 50, "L25"),
        ((2,) + (5,) * 7, 50, "L50"),
        ((4, 3, 3, 2, 5, 4), 720, "x"),
        ((3, 4), 12, "full factorial 3^1 4^1"),
        ((7,), 7, "full factorial"),
    ],
)
def test_auto_takes_the_smallest_exact_array(counts, size, name):
    array = smallest_array(counts, "auto")
    assert array.runs.shape == (size, len(counts))
    assert name in array.name
    assert tuple(array.runs.max(axis=0) + 1) == counts
    assert is_orthogonal(array.runs)


def test_mirroring_a_middle_profile_is_refused():
    study = study_of(3, 3)
    with pytest.raises(DesignError, match="show the same alternative twice"):
        orthogonal_design(study, generation="foldover")


def test_full_and_fractional_do_as_they_say():
    assert len(smallest_array((2, 3, 4), "full").runs) == 24
    assert len(smallest_array((2,) * 5, "full").runs) == 32
    assert len(smallest_array((2,) * 5, "fractional").runs) == 8
    # six factors fit into eight runs at resolution III; four reach resolution IV in eight
    assert "resolution IV" in smallest_array((2,) * 4, "fractional").name


@pytest.mark.parametrize("generation", ["shifted", "random", "foldover", "simultaneous"])
@pytest.mark.parametrize("counts", [(3, 3, 3, 3), (2, 2, 2, 2, 2), (4, 4, 2, 2)])
def test_attributes_are_uncorrelated_within_each_alternative(counts, generation):
    design = orthogonal_design(study_of(*counts), generation=generation, seed=3)
    for _, rows in design.frame.groupby("alternative"):
        for first, second in combinations(design.study.attribute_ids, 2):
            assert pairs_are_even(rows, first, second)


def test_shifted_alternatives_never_tie_while_there_are_levels_enough():
    design = orthogonal_design(study_of(3, 3, 3), alternatives=3, generation="shifted")
    for name in design.study.attribute_ids:
        assert set(design.frame.groupby("task")[name].nunique()) == {3}


def test_shifted_alternatives_differ_when_levels_run_out(two_level):
    design = orthogonal_design(two_level, alternatives=4, generation="shifted")
    rows = design.frame[list(two_level.attribute_ids)].apply(tuple, axis=1)
    assert set(rows.groupby(design.frame["task"]).nunique()) == {4}


def test_shifted_pairs_reach_the_known_optimum(two_level):
    # Street and Burgess (2007): for pairs with two-level attributes all of which differ, each
    # task gives 1/4 of information per attribute in 0/1 coding; 8 tasks give D-error 0.5
    design = orthogonal_design(two_level, generation="shifted")
    assert design.diagnose().d_error == pytest.approx(0.5, abs=1e-12)


def test_simultaneous_alternatives_are_uncorrelated_with_each_other(labelled):
    design = orthogonal_design(replace(labelled, opt_out=None, covariates=()))
    wide = design.frame.pivot(index="task", columns="alternative", values=["wait", "hours"])
    columns = {"w": wide["wait"]["web"], "p": wide["wait"]["phone"], "h": wide["hours"]["phone"]}
    frame = wide["wait"].assign(**columns)
    for first, second in combinations("wph", 2):
        assert pairs_are_even(frame, first, second)
    assert len(frame) == 18


def test_notes_say_which_array(two_level):
    assert "2^(5-2) fraction of resolution III: 8 tasks" in orthogonal_design(two_level).notes[0]


def test_a_constraint_of_two_attributes_is_refused_by_name(constrained):
    with pytest.raises(DesignError) as caught:
        orthogonal_design(constrained)
    told = str(caught.value)
    assert "'wait = 7 and channel = office is forbidden' forbids 4 of 24 tasks" in told
    assert "merge wait and channel" in told
    assert "allow_loss=True" in told


def test_allowing_loss_leaves_tasks_out_and_says_so(constrained):
    design = orthogonal_design(constrained, allow_loss=True)
    assert design.tasks == 20
    assert "4 of 24 tasks" in design.notes[1]
    assert any("no longer orthogonal" in f.text for f in design.diagnose().findings)


def test_loss_that_takes_a_level_away_is_refused():
    # shifted levels all differ within a task, so that l0 and l1 never both come with l2
    rule = Implied({"a0": ("l0", "l1")}, {"a1": ("l2",)})
    with pytest.raises(DesignError, match="never shown"):
        orthogonal_design(study_of(3, 3, constraints=(rule,)), allow_loss=True, alternatives=3)


def test_relabelling_meets_a_constraint_of_three_attributes():
    rule = Forbidden({"a0": ("l0",), "a1": ("l0",), "a2": ("l0",)})
    design = orthogonal_design(study_of(3, 3, 3, 3, constraints=(rule,)))
    assert design.tasks == 9
    assert len(design.notes) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"method": "taguchi"}, "unknown method 'taguchi'"),
        ({"generation": "mirror"}, "unknown generation 'mirror'"),
        ({"method": "fractional"}, "two levels each"),
        ({"generation": "foldover", "alternatives": 3}, "a foldover makes two alternatives"),
    ],
)
def test_what_cannot_be_is_said(plain, arguments, told):
    with pytest.raises(DesignError, match=told):
        orthogonal_design(plain, **arguments)


def test_shifting_needs_alike_alternatives(labelled):
    with pytest.raises(DesignError, match="vary the same attributes"):
        orthogonal_design(labelled, generation="shifted")


def test_status_quo_that_comes_up_is_refused():
    quo = Alternative("today", "Today", kind="status_quo", levels={"a0": "l0", "a1": "l0"})
    with pytest.raises(DesignError, match="the status quo again"):
        orthogonal_design(study_of(2, 2, opt_out=quo))


def test_too_large_an_array_is_refused():
    with pytest.raises(DesignError, match="runs"):
        orthogonal_design(study_of(7, 11, 13, 17, 19))
