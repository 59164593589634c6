"""The most informative task against trying all tasks in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.kernels import design_reference as twin
from ccegov_choice.kernels.oracle import gain_of, try_all

R, K = 5, 4
KINDS = {
    # sizes of the pools of profiles, labels or not, opt-out or not
    "pairs": ([9], 2, True, False),
    "triples": ([8], 3, True, False),
    "quadruples and an opt-out": ([7], 4, True, True),
    "one and an opt-out": ([9], 1, True, True),
    "labels": ([4, 5, 3], 3, False, False),
    "labels and an opt-out": ([4, 3], 2, False, True),
    "one label and an opt-out": ([6], 1, False, True),
}


def problem(kind, seed=0):
    """Rows, coefficients, metrics and the arguments of `try_all`."""
    pools, count, alike, opt_out = KINDS[kind]
    rng = np.random.default_rng(seed)
    rows, own_row = rng.normal(size=(sum(pools), K)), rng.normal(size=K)
    beta, root = rng.normal(size=(R, K)), rng.normal(size=(R, K, K))
    metric = root @ root.transpose(0, 2, 1) / R
    ends = np.cumsum(pools)
    first = np.zeros(count, np.int64) if alike else np.array([0, *ends[:-1]], np.int64)
    last = np.full(count, ends[0]) if alike else ends.astype(np.int64)
    gap = rows[:, None] - rows[None]
    own_gap = rows - own_row
    power, own = np.exp(beta @ rows.T), np.exp(beta @ own_row) * opt_out
    distance = np.einsum("pqk,rkl,pql->rpq", gap, metric, gap)
    own_distance = np.einsum("pk,rkl,pl->rp", own_gap, metric, own_gap)
    return rows, own_row, beta, metric, (power, distance, first, last, alike, own, own_distance)


def search(given, begin=None, end=None):
    power, distance, first, last, alike, own, own_distance = given
    picks = np.zeros(len(first), np.int64)
    begin = int(first[0]) if begin is None else begin
    end = int(last[0]) if end is None else end
    value = try_all(power, distance, first, last, alike, own, own_distance, begin, end, picks)
    return value, tuple(int(p) for p in picks)


def by_hand(given):
    power, distance, first, last, alike, own, own_distance = given
    return twin.best_task(power, distance, first, last, own, own_distance, alike=alike)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_the_best_of_all_tasks_is_found(kind, seed):
    *_, given = problem(kind, seed)
    value, picks = search(given)
    best, expected = by_hand(given)
    assert value == pytest.approx(best, rel=1e-12)
    assert picks == expected


@pytest.mark.parametrize("kind", KINDS)
def test_parts_of_the_first_profile_together_try_all(kind):
    *_, given = problem(kind)
    whole = search(given)
    low, high = int(given[2][0]), int(given[3][0])
    parts = [search(given, cut, cut + 1) for cut in range(low, high)]
    assert max(parts) == whole


@pytest.mark.parametrize("kind", KINDS)
def test_the_gain_is_the_information_in_the_metric(kind):
    """The sum over pairs of distances is the trace of metric times information."""
    rows, own_row, beta, metric, given = problem(kind)
    value, picks = search(given)
    opt_out = KINDS[kind][3]
    x = np.concatenate([rows[list(picks)], own_row[None]]) if opt_out else rows[list(picks)]
    present = np.ones(len(x))
    expected = sum(
        np.trace(a @ twin.task_information(x, b, present))
        for a, b in zip(metric, beta, strict=True)
    )
    assert value == pytest.approx(expected, rel=1e-12)
    assert gain_of(x, present, beta, metric) == pytest.approx(expected, rel=1e-12)


def test_the_gain_counts_only_what_is_on_offer():
    rows, _, beta, metric, _ = problem("triples")
    x = rows[:3].copy()
    two = gain_of(x[:2].copy(), np.ones(2), beta, metric)
    assert gain_of(x, np.array([1.0, 1.0, 0.0]), beta, metric) == pytest.approx(two, rel=1e-13)
    x[2] = 1e6
    assert gain_of(x, np.array([1.0, 1.0, 0.0]), beta, metric) == pytest.approx(two, rel=1e-13)


def test_large_utilities_do_not_overflow():
    rows, _, beta, metric, _ = problem("triples")
    found = gain_of(rows[:3].copy(), np.ones(3), beta * 1e4, metric)
    assert np.isfinite(found)
    assert found >= 0
