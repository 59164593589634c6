"""The inverse information of a design, kept by updates, against sums over its tasks."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.kernels import design_reference as twin
from ccegov_choice.kernels.information import (
    NUISANCE_RIDGE,
    RIDGE,
    add_information,
    fill_rows,
    move_task,
)

LEAVES = (0, 3, 9)


def inverses(bench, codes=None, present=None, *, layer=0):
    """Inverse ``(N, K, K, W)`` from the twin; padding is left as the kernel has it."""
    codes = bench.state.codes if codes is None else codes
    present = bench.state.present if present is None else present
    found = bench.state.inverse[layer].copy()
    for n, r in np.ndindex(*bench.points.weight.shape):
        ridge = RIDGE * (1.0 if layer == 0 else NUISANCE_RIDGE)
        matrix = twin.information(bench.tables, bench.points, codes, present, n, r, ridge)
        kept = np.arange(len(matrix))
        if layer == 1:
            kept = np.flatnonzero(bench.points.nuisance[bench.points.case[n], : len(matrix)])
        part = np.linalg.inv(matrix[np.ix_(kept, kept)])
        found[n, kept[:, None], kept[None, :], r] = part
    return found


def close(found, expected):
    """Equal to nine digits of the largest entry of each draw's matrix."""
    scale = np.abs(expected).max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(found / scale, expected / scale, rtol=0, atol=1e-9)


def test_rows_are_read_from_the_tables(bench):
    J, K = bench.room.rows.shape[1:]
    x = np.empty((J, K))
    for s in range(len(bench.tables.columns)):
        for codes in bench.state.codes:
            fill_rows(bench.tables, s, codes, x)
            np.testing.assert_array_equal(x, twin.task_rows(bench.tables, s, codes))


def test_a_fresh_inverse_is_that_of_the_sum_over_tasks(bench):
    for layer in range(len(bench.state.inverse)):
        close(bench.state.inverse[layer], inverses(bench, layer=layer))


def test_log_determinants_belong_to_the_inverses(bench):
    for layer in range(len(bench.state.inverse)):
        matrices = np.moveaxis(bench.state.inverse[layer], 3, 1)
        found = -np.linalg.slogdet(matrices)[1]
        np.testing.assert_allclose(bench.state.log_det[layer], found, rtol=1e-9, atol=1e-9)


def test_a_task_out_leaves_the_information_of_the_others(bench):
    others = np.delete(np.arange(len(bench.state.codes)), 3)
    move_task(bench.tables, bench.points, bench.state, 3, -1.0, bench.room)
    for layer in range(len(bench.state.inverse)):
        expected = inverses(
            bench, bench.state.codes[others], bench.state.present[others], layer=layer
        )
        close(bench.state.inverse[layer], expected)
        matrices = np.moveaxis(expected, 3, 1)
        found = -np.linalg.slogdet(matrices)[1]
        np.testing.assert_allclose(bench.state.log_det[layer], found, rtol=1e-8, atol=1e-8)


def test_tasks_out_and_in_again_change_nothing(bench):
    inverse, log_det = bench.state.inverse.copy(), bench.state.log_det.copy()
    for t in LEAVES:
        out = move_task(bench.tables, bench.points, bench.state, t, -1.0, bench.room)
        back = move_task(bench.tables, bench.points, bench.state, t, 1.0, bench.room)
        assert out == pytest.approx(back, rel=1e-7)
        assert out > 0.0
    for layer in range(len(inverse)):
        close(bench.state.inverse[layer], inverse[layer])
    np.testing.assert_allclose(bench.state.log_det, log_det, rtol=1e-9, atol=1e-9)


def test_the_largest_change_of_a_log_determinant_is_told(bench):
    before = bench.state.log_det.copy()
    told = move_task(bench.tables, bench.points, bench.state, 3, -1.0, bench.room)
    assert told == pytest.approx(np.abs(bench.state.log_det - before).max(), rel=1e-9)


def test_information_is_that_of_the_definition(bench):
    K = bench.matrix.shape[0]
    for n in range(len(bench.points.case)):
        bench.matrix[:] = 0.0
        add_information(bench.tables, bench.points, bench.state, n, 0, bench.matrix, bench.room)
        rows = twin.task_rows(bench.tables, bench.points.case[n], bench.state.codes[0])
        for r in range(bench.points.weight.shape[1]):
            expected = twin.task_information(
                rows, bench.points.beta[n, :, r], bench.state.present[0]
            )
            lower = np.tril_indices(K)
            np.testing.assert_allclose(bench.matrix[:, :, r][lower], expected[lower], atol=1e-13)


def test_the_order_of_tasks_and_alternatives_does_not_count(named_bench):
    bench = named_bench("three alternatives and a constraint")
    before, log_det = bench.state.inverse.copy(), bench.state.log_det.copy()
    rng = np.random.default_rng(1)
    bench.state.codes[:] = bench.state.codes[rng.permutation(len(bench.state.codes))]
    for task in bench.state.codes:
        task[:] = task[rng.permutation(len(task))]
    bench.factorise()
    close(bench.state.inverse[0], before[0])
    np.testing.assert_allclose(bench.state.log_det, log_det, rtol=1e-11, atol=1e-11)


def test_a_constant_added_to_a_column_does_not_count(named_bench):
    """Only differences within a task tell something: a column may be moved by any amount."""
    bench = named_bench("three alternatives and a constraint")
    before, log_det = bench.state.inverse.copy(), bench.state.log_det.copy()
    bench.tables.flat[1:] += 0.7
    bench.factorise()
    close(bench.state.inverse[0], before[0])
    move_task(bench.tables, bench.points, bench.state, 2, -1.0, bench.room)
    move_task(bench.tables, bench.points, bench.state, 2, 1.0, bench.room)
    close(bench.state.inverse[0], before[0])
    np.testing.assert_allclose(bench.state.log_det, log_det, rtol=1e-9, atol=1e-9)


def test_draws_do_not_touch_each_other(named_bench):
    bench = named_bench("three alternatives and a constraint")
    before = bench.state.inverse.copy()
    order = np.random.default_rng(1).permutation(bench.points.beta.shape[2])
    bench.points.beta[:] = bench.points.beta[:, :, order]
    bench.factorise()
    move_task(bench.tables, bench.points, bench.state, 2, -1.0, bench.room)
    move_task(bench.tables, bench.points, bench.state, 2, 1.0, bench.room)
    close(bench.state.inverse[0], before[0][..., order])


def test_what_is_not_on_offer_tells_nothing_whatever_it_shows(named_bench):
    bench = named_bench("labels, some not on offer, several tiles")
    assert bench.points.beta.shape[0] > 1
    t, j = np.argwhere(bench.state.present == 0.0)[0]
    before = bench.state.inverse.copy()
    bench.state.codes[t, j] = 1
    bench.factorise()
    close(bench.state.inverse[0], before[0])


def test_a_singular_design_has_a_finite_error_that_is_very_large(named_bench):
    bench = named_bench("two alternatives, known coefficients")
    bench.state.codes[:] = bench.state.codes[0]  # one task only
    bench.factorise()
    assert np.isfinite(bench.state.inverse).all()
    assert (bench.state.log_det < -50).all()
