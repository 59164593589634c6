"""Repeated and hold-out tasks, and that they stay out of what is estimated."""

import pytest

from ccegov_choice.design.design import Design
from ccegov_choice.design.extra_tasks import estimating, with_holdouts, with_repeat
from ccegov_choice.design.random import random_design
from ccegov_choice.design.verify import verify
from ccegov_choice.errors import DesignError


@pytest.fixture
def design(plain):
    return random_design(plain, tasks=8, blocks=2, seed=3)


def profiles(design, task):
    rows = design.frame[design.frame["task"] == task]
    shown = rows[rows["alternative"] != "none"]
    return [tuple(row) for row in shown[list(design.study.attribute_ids)].to_numpy()]


def test_every_block_asks_one_task_again_in_reverse_order(design):
    more = with_repeat(design, seed=1)
    assert more.tasks == design.tasks + 2
    blocks = more.frame.drop_duplicates("task").set_index("task")["block"]
    for task, why in more.purposes.items():
        original = int(why.removeprefix("repeat of "))
        assert blocks[task] == blocks[original]
        assert profiles(more, task) == profiles(more, original)[::-1]
    assert list(more.alternatives) == list(design.alternatives)


def test_everybody_answers_the_same_new_holdouts(design):
    more = with_holdouts(design, 2, seed=5)
    assert more.tasks == design.tasks + 4
    by_block = {}
    blocks = more.frame.drop_duplicates("task").set_index("task")["block"]
    for task, why in more.purposes.items():
        assert why == "holdout"
        by_block.setdefault(blocks[task], []).append(tuple(profiles(more, task)))
    first, second = by_block.values()
    assert first == second
    asked = {frozenset(profiles(design, t)) for t in design.frame["task"].unique()}
    assert not any(frozenset(task) in asked for task in first)


def test_what_is_estimated_is_the_design_without_them(design):
    more = with_holdouts(with_repeat(design), 1)
    assert estimating(more).frame.equals(design.frame)
    assert estimating(design) is design


def test_a_file_keeps_their_purpose_and_the_work_can_be_done_again(design, tmp_path):
    more = with_holdouts(with_repeat(design, seed=2), 1, seed=2)
    more.save(tmp_path)
    design.study.write(tmp_path / "study.toml")
    assert Design.read(tmp_path).purposes == more.purposes
    assert dict(verify(tmp_path).checks)["the work done again gives the same tasks"]


def test_what_cannot_be_is_refused(design, labelled):
    with pytest.raises(DesignError, match="0 hold-out tasks"):
        with_holdouts(design, 0)
    with pytest.raises(DesignError, match="labelled alternatives cannot be swapped"):
        with_repeat(random_design(labelled, tasks=4, seed=1))
