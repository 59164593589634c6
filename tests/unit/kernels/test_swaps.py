"""Errors after two alternatives exchange a level against designs that are worked out anew."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.kernels import design_reference as twin
from ccegov_choice.kernels.information import move_task
from ccegov_choice.kernels.swaps import list_swaps, new_pair, swap_errors

MOST = 7  # of the swaps, taken evenly: the twin is slow


def weigh(bench, t, u):
    """All swaps between two tasks, and the log errors ``(N, C, W)`` that the kernel gives them."""
    tables, points, state = bench.tables, bench.points, bench.state
    _, J, M = state.codes.shape
    swaps = np.zeros((M * J * J + 1, 6), np.int64)
    count = list_swaps(bench.places, state, bench.freedom, bench.rules.varied, t, u, swaps)
    N, K, W = points.beta.shape
    found = np.zeros((N, len(swaps), W))
    for task in {t, u}:
        move_task(tables, points, state, task, -1.0, bench.room)
    swap_errors(
        tables, bench.places, points, state, bench.aim, t, u, swaps, count, new_pair(J, K, W),
        bench.room, found,
    )  # fmt: skip
    for task in {t, u}:
        move_task(tables, points, state, task, 1.0, bench.room)
    return swaps[:count], found[:, :count]


@pytest.mark.parametrize(("t", "u"), [(2, 2), (1, 4)])
def test_swaps_have_the_error_of_the_design_they_lead_to(bench, t, u):
    swaps, found = weigh(bench, t, u)
    for c in np.unique(np.linspace(0, len(swaps) - 1, MOST).astype(int)):
        moves = [(t, swaps[c, :3]), (u, swaps[c, 3:])] if c else []
        expected = bench.expected(twin.after_moves(bench.places, bench.state.codes, moves))
        np.testing.assert_allclose(
            found[:, c][bench.real], expected[bench.real], rtol=0, atol=1e-7, err_msg=str(swaps[c])
        )


@pytest.mark.parametrize("name", ["A, scarce", "S, scarce"])
@pytest.mark.parametrize(("t", "u"), [(2, 2), (1, 4)])
def test_swaps_of_tasks_that_the_design_needs_keep_their_digits(named_bench, name, t, u):
    bench = named_bench(name)
    codes = bench.state.codes.copy()
    swaps, found = weigh(bench, t, u)
    np.testing.assert_array_equal(bench.state.codes, codes)
    for c in range(len(swaps)):
        moves = [(t, swaps[c, :3]), (u, swaps[c, 3:])] if c else []
        expected = bench.expected(twin.after_moves(bench.places, codes, moves))
        fine = bench.real & (np.exp(expected) < 1e6)
        np.testing.assert_allclose(found[:, c][fine], expected[fine], rtol=0, atol=1e-7)


@pytest.mark.parametrize(("t", "u"), [(2, 2), (1, 4)])
def test_swaps_keep_the_levels_shown_in_all(bench, t, u):
    swaps, _ = weigh(bench, t, u)
    codes = bench.state.codes
    for swap in swaps[1:]:
        after = twin.after_moves(bench.places, codes, [(t, swap[:3]), (u, swap[3:])])
        changed = np.argwhere(after != codes)
        assert len(changed) == 2
        assert changed[0, 2] == changed[1, 2]  # one attribute
        for m in range(codes.shape[2]):
            assert sorted(after[:, :, m].ravel()) == sorted(codes[:, :, m].ravel())


def test_every_pair_of_different_levels_may_be_swapped(named_bench):
    bench = named_bench("five alternatives")
    swaps, _ = weigh(bench, 1, 4)
    a, b = bench.state.codes[1], bench.state.codes[4]
    assert len(swaps) - 1 == (a[:, None, :] != b[None, :, :]).sum()
    within, _ = weigh(bench, 2, 2)
    task = bench.state.codes[2]
    pairs = np.array([(task[i] != task[j]).sum() for i in range(5) for j in range(i)])
    assert len(within) - 1 == pairs.sum()


def test_swaps_that_a_constraint_forbids_are_not_listed(named_bench):
    bench = named_bench("three alternatives and a constraint")
    space = bench.engine.space
    for t, u in ((0, 1), (2, 3), (4, 4)):
        swaps, _ = weigh(bench, t, u)
        for swap in swaps[1:]:
            after = twin.after_moves(
                bench.places, bench.state.codes, [(t, swap[:3]), (u, swap[3:])]
            )
            for j, slot in enumerate(space.slots):
                assert slot.allows(after[:, j]).all()


def test_tied_attributes_are_not_swapped(named_bench):
    bench = named_bench("five alternatives")
    bench.freedom.tied[1, 0] = 1
    swaps, _ = weigh(bench, 1, 4)
    changed = [
        np.argwhere(
            twin.after_moves(bench.places, bench.state.codes, [(1, s[:3]), (4, s[3:])])
            != bench.state.codes
        )[0, 2]
        for s in swaps[1:]
    ]
    assert set(changed) == {1, 2, 3}
