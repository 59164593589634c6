"""Counts of broken rules against counts by hand and by a slow twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.kernels import design_reference as twin
from ccegov_choice.kernels.descent import added_breaches, list_moves
from ccegov_choice.kernels.rules import (
    Rules,
    all_breaches,
    count_breaches,
    count_levels,
    exchange_count,
    repeats,
    same_task,
    task_breaches,
)

FREE = 1 << 40
SETTINGS = settings(max_examples=60, deadline=None, derandomize=True)


def rules(J=3, M=3, **changes):
    """Rules that nothing breaks, but for what is given."""
    free = {
        "varied": J,
        "alike": 0,
        "status_quo": np.full(M, -2, np.int64),
        "unique": 0,
        "count_row": np.full((J, M), -1, np.int64),
        "least": np.zeros((1, 3), np.int64),
        "most": np.full((1, 3), FREE, np.int64),
        "ties": np.full(M, 99, np.int64),
        "tied_attributes": M,
        "better": np.zeros(M, np.int64),
        "dominated": 0,
    }
    return Rules(**(free | changes))


def breaches(given, task, present=(1, 1, 1), tied=(0, 0, 0)):
    return task_breaches(
        given, np.array(task, np.int64), np.array(present, float), np.array(tied, np.int64)
    )


def row(*values):
    return np.array(values, np.int64)


# --- by hand -------------------------------------------------------------------------------------


def test_ties_beyond_those_allowed_are_counted():
    task = [[0, 0, 0], [0, 1, 1], [0, 1, 2]]  # three pairs tie on the first, one on the second
    assert breaches(rules(), task) == 0
    assert breaches(rules(ties=row(1, 0, 0)), task) == 2 + 1
    assert breaches(rules(ties=row(3, 1, 0)), task) == 0


def test_attributes_with_ties_are_counted():
    task = [[0, 0, 0], [0, 1, 1], [0, 1, 2]]
    assert breaches(rules(tied_attributes=1), task) == 1
    assert breaches(rules(tied_attributes=0), task) == 2
    # attributes that are meant to be alike do not count
    assert breaches(rules(tied_attributes=0), task, tied=(1, 0, 0)) == 1


def test_what_is_not_on_offer_or_not_varied_ties_with_nothing():
    task = [[0, 0, 0], [0, 1, 1], [0, -1, -1]]
    assert breaches(rules(ties=row(0, 0, 0)), task, present=(1, 1, 0)) == 1
    assert breaches(rules(ties=row(0, 0, 0)), task, present=(1, 0, 0)) == 0
    assert breaches(rules(ties=row(3, 0, 0)), task) == 0


def test_alike_alternatives_differ_from_each_other_and_the_status_quo():
    task = [[0, 0, 0], [0, 0, 0], [1, 1, 1]]
    assert breaches(rules(), task) == 0
    assert breaches(rules(alike=1), task) == 4
    assert breaches(rules(alike=1, status_quo=row(1, 1, 1)), task) == 8


def test_dominated_alternatives_are_counted():
    task = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    given = rules(alike=1, dominated=1, better=row(1, 1, 1))
    assert breaches(given, task) == 2  # both others beat the first, neither beats the other
    assert breaches(given._replace(better=row(1, -1, 1)), task) == 3
    # an attribute without a direction that differs makes profiles incomparable
    assert breaches(given._replace(better=row(1, 0, 1)), task) == 1
    assert breaches(given._replace(dominated=0), task) == 0


def test_tasks_that_show_the_same_are_found():
    a, b = np.array([[0, 0, 1], [1, 1, 1], [2, 0, 0]]), np.array([[1, 1, 1], [2, 0, 0], [0, 0, 1]])
    full, less = np.ones(3), np.array([1.0, 1.0, 0.0])
    assert same_task(rules(alike=1), a, b, full, full)
    assert not same_task(rules(), a, b, full, full)
    assert same_task(rules(), a, a, full, full)
    assert not same_task(rules(), a, a, full, less)
    codes, present = np.stack([a, b, a + 0]), np.ones((3, 3))
    assert [repeats(rules(unique=1), codes, present, t) for t in range(3)] == [1, 0, 1]
    assert [repeats(rules(), codes, present, t) for t in range(3)] == [0, 0, 0]
    assert [repeats(rules(unique=1, alike=1), codes, present, t) for t in range(3)] == [2, 2, 2]
    counts = np.zeros((1, 3), np.int64)
    tied = np.zeros((3, 3), np.int64)
    assert all_breaches(rules(unique=1, alike=1), codes, present, tied, counts) == 3  # pairs


def test_levels_are_counted_in_the_rows_they_belong_to():
    given = rules(
        count_row=np.array([[1, -1, 2], [1, -1, -1], [1, -1, -1]]),
        least=np.array([[0, 0, 0], [2, 2, 2], [1, 1, 1]]),
        most=np.array([[FREE] * 3, [2, 2, 2], [1, 1, FREE]]),
    )
    codes = np.array([[[0, 0, 0], [0, 0, 0], [1, 0, 0]], [[0, 0, 0], [2, 0, 0], [1, 0, 0]]])
    present, counts = np.ones((2, 3)), np.zeros((3, 3), np.int64)
    count_levels(given, codes, present, counts)
    np.testing.assert_array_equal(counts, [[0, 0, 0], [3, 2, 1], [2, 0, 0]])
    assert count_breaches(given, counts) == (1 + 1) + (1 + 1 + 1)
    present[0, 0] = 0.0
    count_levels(given, codes, present, counts)
    np.testing.assert_array_equal(counts, [[0, 0, 0], [2, 2, 1], [1, 0, 0]])


# --- against the twin ----------------------------------------------------------------------------


@st.composite
def settings_of(draw):
    """Rules and a design of four tasks with three alternatives and three attributes."""
    alike = draw(st.booleans())
    level = st.integers(0, 2)
    small = st.integers(0, 3)
    codes = np.array(draw(st.lists(level, min_size=36, max_size=36)), np.int64).reshape(4, 3, 3)
    present = np.ones((4, 3))
    if not alike and draw(st.booleans()):
        codes[:, 1, 2] = -1
        present[0, 0] = present[3, 2] = 0.0
    tied = np.array(draw(st.lists(st.integers(0, 1), min_size=12, max_size=12))).reshape(4, 3)
    rows = [1, 1, 1] if alike else [1, 2, 3]
    count_row = np.array([[r if draw(st.booleans()) else -1 for _ in range(3)] for r in rows])
    low = draw(st.integers(0, 4))
    made = rules(
        alike=int(alike),
        unique=draw(st.integers(0, 1)),
        status_quo=np.array(draw(st.lists(level, min_size=3, max_size=3)))
        if alike
        else row(-2, -2, -2),
        count_row=count_row,
        least=np.array([[0] * 3] + [[low] * 3] * 3),
        most=np.array([[FREE] * 3] + [[low + draw(small)] * 3] * 3),
        ties=np.array(draw(st.lists(small, min_size=3, max_size=3))),
        tied_attributes=draw(small),
        better=np.array(draw(st.lists(st.integers(-1, 1), min_size=3, max_size=3))),
        dominated=draw(st.integers(0, 1)),
    )
    return made, codes, present, tied.astype(np.int64)


@given(settings_of())
@SETTINGS
def test_breaches_are_those_of_the_twin(setting):
    given_rules, codes, present, tied = setting
    for t in range(4):
        found = task_breaches(given_rules, codes[t], present[t], tied[t])
        assert found == twin.task_breaches(given_rules, codes[t], present[t], tied[t])
    counts = np.zeros(given_rules.least.shape, np.int64)
    count_levels(given_rules, codes, present, counts)
    assert count_breaches(given_rules, counts) == twin.count_breaches(given_rules, codes, present)
    found = all_breaches(given_rules, codes, present, tied, counts)
    assert found == twin.all_breaches(given_rules, codes, present, tied)


@given(settings_of(), st.permutations(range(4)), st.permutations(range(3)))
@SETTINGS
def test_breaches_do_not_depend_on_order(setting, tasks, alternatives):
    given_rules, codes, present, tied = setting
    counts = np.zeros(given_rules.least.shape, np.int64)
    before = all_breaches(given_rules, codes, present, tied, counts)
    order = list(tasks)
    turned = [np.ascontiguousarray(x[order]) for x in (codes, present, tied)]
    assert all_breaches(given_rules, *turned, counts) == before
    if given_rules.alike == 1:
        swapped = np.ascontiguousarray(codes[:, list(alternatives)])
        even = given_rules._replace(count_row=np.full((3, 3), 1))
        one = all_breaches(even, codes, present, tied, counts)
        assert all_breaches(even, swapped, present, tied, counts) == one


@given(settings_of(), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2))
@SETTINGS
def test_counting_a_level_out_and_in_is_the_difference(setting, t, j, m, new):
    given_rules, codes, present, _ = setting
    if present[t, j] == 0:
        return
    counts = np.zeros(given_rules.least.shape, np.int64)
    count_levels(given_rules, codes, present, counts)
    before, old = count_breaches(given_rules, counts), codes[t, j, m]
    change = exchange_count(given_rules, counts, j, m, old, new if old >= 0 else old)
    codes[t, j, m] = new if old >= 0 else old
    anew = counts.copy()
    count_levels(given_rules, codes, present, anew)
    np.testing.assert_array_equal(counts, anew)
    assert change == count_breaches(given_rules, anew) - before


@pytest.mark.parametrize(
    "name", ["three alternatives and a constraint", "labels, some not on offer, several tiles"]
)
def test_a_move_adds_the_breaches_of_the_design_it_leads_to(named_bench, name):
    bench = named_bench(name)
    state, tied = bench.state, bench.freedom.tied
    J, M = state.codes.shape[1:]
    space = bench.engine.space
    width = max(space.level_counts)
    tight = bench.rules._replace(
        unique=1,
        ties=np.zeros(M, np.int64),
        count_row=np.where(np.arange(J)[:, None] < bench.rules.varied, 1, -1).repeat(M, axis=1),
        least=np.array([[0] * width, [9] * width]),
        most=np.array([[FREE] * width, [11] * width]),
        better=np.ones(M, np.int64),
        dominated=1,
    )
    state.codes[4], state.codes[5] = state.codes[1], state.codes[1]  # a task three times
    state.place[4], state.place[5] = state.place[1], state.place[1]
    counts = np.zeros(tight.least.shape, np.int64)
    before = all_breaches(tight, state.codes, state.present, tied, counts)
    for t in range(3):
        own = task_breaches(tight, state.codes[t], state.present[t], tied[t])
        own += repeats(tight, state.codes, state.present, t)
        count = list_moves(bench.places, state, bench.freedom, tight.varied, t, bench.moves)
        for move in bench.moves[:count].copy():
            codes, kept = state.codes.copy(), counts.copy()
            change = added_breaches(bench.places, tight, state, bench.freedom, counts, t, move, own)
            np.testing.assert_array_equal(state.codes, codes)
            np.testing.assert_array_equal(counts, kept)
            after = twin.after_moves(bench.places, codes, [(t, move)])
            assert before + change == twin.all_breaches(tight, after, state.present, tied)
