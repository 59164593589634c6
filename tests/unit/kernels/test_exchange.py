"""Errors after a move of one alternative against designs that are worked out anew."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.kernels import design_reference as twin
from ccegov_choice.kernels.descent import list_moves
from ccegov_choice.kernels.exchange import average_errors, move_errors, new_changes
from ccegov_choice.kernels.information import Points

TASK = 2
MOST = 9  # of the moves, taken evenly: the twin is slow


def weigh(bench, t=TASK):
    """All moves of a task, and the log errors ``(N, C, W)`` that the kernel gives them."""
    count = list_moves(bench.places, bench.state, bench.freedom, bench.rules.varied, t, bench.moves)
    move_errors(
        bench.tables, bench.places, bench.points, bench.state, t, bench.moves, count, bench.room,
        bench.changes, bench.aim.loads, bench.aim.largest == 1, bench.log_error,
    )  # fmt: skip
    return bench.moves[:count].copy(), bench.log_error[:, :count].copy()


def some(moves):
    return np.unique(np.linspace(0, len(moves) - 1, MOST).astype(int))


def test_every_move_is_listed_once(bench):
    """Each present alternative may show every other allowed combination of every group."""
    moves, _ = weigh(bench)
    expected = [(0, 0, -1)]
    for j in np.flatnonzero(bench.state.present[TASK, : bench.rules.varied]):
        for g in range(bench.places.group_offsets[j], bench.places.group_offsets[j + 1]):
            combos = range(bench.places.combo_offsets[g], bench.places.combo_offsets[g + 1])
            expected += [(j, g, c) for c in combos if c != bench.state.place[TASK, g]]
    assert [tuple(move) for move in moves] == expected


def test_moves_have_the_error_of_the_design_they_lead_to(bench):
    moves, found = weigh(bench)
    for c in some(moves):
        after = twin.after_moves(bench.places, bench.state.codes, [(TASK, moves[c])])
        expected = bench.expected(after)
        np.testing.assert_allclose(
            found[:, c][bench.real], expected[bench.real], rtol=0, atol=1e-8, err_msg=str(moves[c])
        )


SCARCE = ["A, scarce", "S, scarce", "C, scarce", "G, scarce", "I, scarce"]


@pytest.mark.parametrize("name", SCARCE)
def test_moves_of_a_task_that_the_design_needs_keep_their_digits(named_bench, name):
    """Without the task variances are a billion times as large; their difference would be noise."""
    bench = named_bench(name)
    assert np.exp(bench.expected()).max() < 1e6  # with it all is well
    codes = bench.state.codes.copy()
    moves, found = weigh(bench)
    np.testing.assert_array_equal(bench.state.codes, codes)
    for c in some(moves):
        after = twin.after_moves(bench.places, codes, [(TASK, moves[c])])
        expected = bench.expected(after)
        fine = bench.real & (np.exp(expected) < 1e6)  # a move to a singular design is just bad
        np.testing.assert_allclose(found[:, c][fine], expected[fine], rtol=0, atol=1e-7)
        assert (found[:, c][bench.real & ~fine] > 9).all()


def test_weighing_moves_changes_nothing(bench):
    codes, inverse = bench.state.codes.copy(), bench.state.inverse.copy()
    log_det = bench.state.log_det.copy()
    weigh(bench)
    np.testing.assert_array_equal(bench.state.codes, codes)
    np.testing.assert_array_equal(bench.state.inverse, inverse)
    np.testing.assert_array_equal(bench.state.log_det, log_det)


def test_permuted_draws_have_permuted_errors(named_bench):
    bench = named_bench("three and an opt-out")
    _, before = weigh(bench)
    order = np.random.default_rng(1).permutation(before.shape[2])
    bench.points.beta[:] = bench.points.beta[:, :, order]
    bench.factorise()
    _, after = weigh(bench)
    np.testing.assert_allclose(after, before[:, :, order], rtol=0, atol=1e-9)


def test_a_column_may_be_moved_by_any_amount(named_bench):
    bench = named_bench("three alternatives and a constraint")
    _, before = weigh(bench)
    bench.tables.flat[1:] -= 0.4
    bench.factorise()
    _, after = weigh(bench)
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-9)


def test_the_order_of_the_other_tasks_does_not_count(named_bench):
    bench = named_bench("five alternatives")
    _, before = weigh(bench)
    rest = np.arange(TASK + 1, len(bench.state.codes))
    bench.state.codes[rest] = bench.state.codes[rest[::-1]]
    bench.factorise()
    _, after = weigh(bench)
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-9)


def test_the_order_of_alternatives_does_not_count(named_bench):
    bench = named_bench("five alternatives")
    moves, before = weigh(bench)
    groups = bench.places.group_offsets[1]
    combos = bench.places.combo_offsets[groups]
    turned = (np.arange(5) + 1) % 5  # what alternative j showed, alternative j + 1 shows now
    bench.state.codes[TASK, turned] = bench.state.codes[TASK].copy()
    place = bench.state.place[TASK].reshape(5, groups) % combos
    place[turned] = place.copy()
    bench.state.place[TASK] = (place + combos * np.arange(5)[:, None]).ravel()
    bench.factorise()
    after_moves, after = weigh(bench)
    where = {tuple(move): c for c, move in enumerate(after_moves)}
    for c in range(1, len(moves)):
        j, g, combo = moves[c]
        k = int(turned[j])
        same = where[k, g % groups + groups * k, combo % combos + combos * k]
        np.testing.assert_allclose(after[:, same], before[:, c], rtol=0, atol=1e-9)


# --- averages ------------------------------------------------------------------------------------


@pytest.fixture
def points(named_bench):
    """Seven draws in tiles of four, so that one is padding, of unequal weight."""
    given = named_bench("three alternatives and a constraint").points
    weight = np.array([[1.0, 2.0, 0.5, 1.0], [3.0, 1.0, 1.5, 0.0]]) / 10.0
    return Points(
        np.zeros((2, given.beta.shape[1], 4)), weight, given.case[:1].repeat(2), *given[3:]
    )


def errors():
    """Log errors of five moves: of one scale, of many, and with draws that tell nothing."""
    found = np.random.default_rng(0).normal(size=(2, 5, 4))
    found[:, 3] *= 30.0
    found[1, 4, 2] = 40.0
    found[1, :, 3] = 500.0  # padding: whatever it is, it does not count
    return found


@pytest.mark.parametrize(
    ("how", "quantile"), [(0, 0.5), (1, 0.5), (2, 0.5), (2, 0.9), (2, 0.05), (2, 0.25), (2, 1.0)]
)
def test_averages_are_those_of_the_definition(points, how, quantile):
    log_error, cost = errors(), np.zeros(5)
    average_errors(points, log_error.copy(), 5, how, quantile, new_changes(5, 3, 2, 4), cost)
    expected = [twin.average(points.weight, log_error[:, c], how, quantile) for c in range(5)]
    np.testing.assert_allclose(cost, expected, rtol=1e-11)


@pytest.mark.parametrize("how", [0, 1, 2])
def test_averages_do_not_depend_on_the_order_of_draws(points, how):
    log_error, room = errors(), new_changes(5, 3, 2, 4)
    one, two = np.zeros(5), np.zeros(5)
    average_errors(points, log_error.copy(), 5, how, 0.6, room, one)
    turned = points._replace(weight=points.weight[::-1, ::-1].copy())
    average_errors(turned, log_error[::-1, :, ::-1].copy(), 5, how, 0.6, room, two)
    np.testing.assert_allclose(one, two, rtol=1e-11)


def test_the_quantile_of_equal_weights_is_an_order_statistic(points):
    even = points._replace(weight=np.full((2, 4), 1 / 8))
    log_error, cost = errors(), np.zeros(5)
    average_errors(even, log_error.copy(), 5, 2, 0.5, new_changes(5, 3, 2, 4), cost)
    for c in range(5):
        assert cost[c] == np.sort(log_error[:, c].ravel())[3]
