"""Tallies of gains and losses: kernel against NumPy, histogram against sorted amounts."""

from types import SimpleNamespace

import numpy as np
import pytest

from ccegov_choice.kernels.welfare import (
    BINS,
    COUNTS,
    SIDE,
    WRONG,
    Choice,
    Crowd,
    bin_edges,
    in_blocks,
    tally_changes,
    tally_logit,
)
from ccegov_choice.kernels.welfare_reference import amounts_of, tally_reference
from ccegov_choice.models.fitting.likelihood import frozen
from ccegov_choice.models.fitting.threads import PARTS, over_people
from ccegov_choice.models.population.choice_rule import LogitRule
from ccegov_choice.policy.welfare.quantiles import binned_quantiles, weighted_quantiles

GROUPS = 3


def problem(
    people=40, points=30, columns=7, *, own_points=False, own_worth=False, size=1.0, seed=1
):
    rng = np.random.default_rng(seed)

    def choice(offers):
        rows = rng.normal(size=(people, offers, columns))
        rows[rng.uniform(size=rows.shape) < 0.4] = 0.0
        open_to = rng.uniform(size=(people, offers)) < 0.7
        return Choice(frozen(rows), frozen(open_to))

    tastes = size * rng.normal(size=(people if own_points else 1, points, columns))
    tastes[:, :, 0] = np.exp(tastes[:, :, 0] / size)
    tastes[:, ::7, 0] *= -1  # some have the wrong sign
    chances = rng.dirichlet(np.ones(points), people if own_points else 1)
    worth = np.zeros((people if own_worth else 1, columns))
    worth[:, 0] = rng.uniform(0.5, 2.0, len(worth))
    crowd = Crowd(
        frozen(worth), frozen(rng.dirichlet(np.ones(people))), frozen(np.arange(people) % GROUPS)
    )
    return SimpleNamespace(
        before=choice(3), after=choice(2), crowd=crowd, tastes=tastes, chances=chances
    )


def log_sums(p):
    def of(choice):
        values = np.einsum("mjq,msq->msj", choice.rows, np.broadcast_to(p.tastes, spread))
        values[np.broadcast_to(~choice.open_to[:, None, :], values.shape)] = -np.inf
        return LogitRule().logsum(values, np.empty(0))

    people = len(p.crowd.weights)
    spread = (people, *p.tastes.shape[1:])
    worth = np.einsum(
        "msq,mq->ms",
        np.broadcast_to(p.tastes, spread),
        np.broadcast_to(p.crowd.worth, (people, spread[2])),
    )
    return of(p.before), of(p.after), worth


def by_kernel(p):
    tally, bins = np.zeros((GROUPS, COUNTS)), np.zeros((GROUPS, BINS))
    points, chances = map(frozen, in_blocks(p.tastes, p.chances))
    people = len(p.crowd.weights)
    tally_logit(p.before, p.after, p.crowd, points, chances, 0, people, tally, bins)
    return tally, bins


@pytest.mark.parametrize("own_points", [False, True])
@pytest.mark.parametrize("own_worth", [False, True])
@pytest.mark.parametrize(("columns", "points"), [(1, 30), (2, 1), (4, 512), (7, 700)])
def test_it_equals_its_numpy_twin(own_points, own_worth, columns, points):
    p = problem(columns=columns, points=points, own_points=own_points, own_worth=own_worth)
    tally, bins = by_kernel(p)
    before, after, worth = log_sums(p)
    twin = tally_reference(before, after, worth, p.chances, p.crowd.weights, p.crowd.groups, GROUPS)
    np.testing.assert_allclose(tally, twin, rtol=1e-10, atol=1e-12)
    assert (before == -np.inf).any() or (after == -np.inf).any()
    assert tally[:, WRONG].sum() > 0
    np.testing.assert_allclose(bins.sum(axis=1), tally[:, 0], rtol=1e-12)
    again, counted = np.zeros_like(tally), np.zeros_like(bins)
    sums = [frozen(x) for x in (before, after, worth, p.chances)]
    tally_changes(*sums, p.crowd, 0, len(before), again, counted)
    np.testing.assert_allclose(again, twin, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(counted.sum(axis=1), bins.sum(axis=1), rtol=1e-12)


def test_utilities_far_apart_neither_overflow_nor_vanish():
    p = problem(size=3_000.0)
    before, after, worth = log_sums(p)
    assert np.abs(before[np.isfinite(before)]).max() > 2_000
    twin = tally_reference(before, after, worth, p.chances, p.crowd.weights, p.crowd.groups, GROUPS)
    np.testing.assert_allclose(by_kernel(p)[0], twin, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("threads", [2, 5])
def test_any_number_of_threads_gives_the_same_bits(threads):
    p = problem(people=300)
    points, chances = map(frozen, in_blocks(p.tastes, p.chances))

    def run(count):
        tally, bins = np.zeros((PARTS, GROUPS, COUNTS)), np.zeros((PARTS, GROUPS, BINS))
        over_people(
            lambda a, b, i: tally_logit(
                p.before, p.after, p.crowd, points, chances, a, b, tally[i], bins[i]
            ),
            300,
            count,
        )
        return tally.sum(axis=0), bins.sum(axis=0)

    one, many = run(1), run(threads)
    assert np.array_equal(one[0], many[0])
    assert np.array_equal(one[1], many[1])


# --- quantiles ------------------------------------------------------------------------------------


def test_bins_lie_side_by_side_and_hold_what_is_put_in():
    low, high = bin_edges()
    np.testing.assert_array_equal(low[1:], high[:-1])
    assert len(low) == BINS
    assert low[SIDE] < 0 < high[SIDE]
    rng = np.random.default_rng(2)
    amounts = np.concatenate([np.exp(rng.normal(0, 3, 400)), -np.exp(rng.normal(0, 3, 400)), [0.0]])
    sums = np.zeros_like(amounts)[:, None], amounts[:, None]
    crowd = Crowd(np.ones((1, 1)), np.ones(len(amounts)), np.zeros(len(amounts), dtype=np.int64))
    for i in range(len(amounts)):
        bins = np.zeros((1, BINS))
        tally_changes(
            *sums, np.ones_like(sums[0]), np.ones((1, 1)), crowd, i, i + 1, np.zeros((1, 7)), bins
        )
        place = int(bins[0].argmax())
        assert low[place] <= amounts[i] <= high[place]


def test_quantiles_of_bins_are_as_close_as_they_say():
    rng = np.random.default_rng(3)
    shares = (0.05, 0.25, 0.5, 0.75, 0.95)
    amounts = rng.normal(2, 5, (1, 200_000))
    bins, crowd = np.zeros((1, BINS)), Crowd(*(np.ones((1, 1)), np.ones(1), np.zeros(1, np.int64)))
    chances = np.full((1, 200_000), 1 / 200_000)
    tally_changes(
        np.zeros_like(amounts),
        amounts,
        np.ones_like(amounts),
        chances,
        crowd,
        0,
        1,
        np.zeros((1, COUNTS)),
        bins,
    )
    exact = weighted_quantiles(amounts[0], chances[0], shares)
    np.testing.assert_allclose(binned_quantiles(bins[0], bin_edges(), shares), exact, rtol=1 / 64)


def test_weighted_quantiles_are_those_of_people_counted_out():
    values, weights = np.array([3.0, 1.0, 2.0, 9.0]), np.array([1.0, 2.0, 3.0, 0.0])
    assert weighted_quantiles(values, weights, [0.5]) == [2.0]
    assert weighted_quantiles(values, weights, [1 / 3]) == [1.5]  # met exactly: between two
    assert weighted_quantiles(values, weights, [0.0, 1.0]).tolist() == [1.0, 3.0]
    assert np.isnan(weighted_quantiles(values, np.zeros(4), [0.5]))[0]
    assert np.isnan(binned_quantiles(np.zeros(BINS), bin_edges(), [0.5]))[0]


def test_amounts_exist_where_there_is_something_to_pay_in():
    inf = np.inf
    before = np.array([[0.0, 0.0, -inf, 0.0, -inf]])
    after = np.array([[1.0, 1.0, 1.0, -inf, -inf]])
    worth = np.array([[2.0, -2.0, 2.0, 2.0, 2.0]])
    change, amounts = amounts_of(before, after, worth)
    assert change.tolist() == [[1.0, 1.0, inf, -inf, 0.0]]
    assert amounts[0, 0] == 0.5
    assert np.isnan(amounts[0, 1:]).all()
