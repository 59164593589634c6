"""Information under nested and panel mixed logit against definitions written out in NumPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ccegov_choice.kernels.assumed import (
    add_known_tastes,
    log_errors,
    nested_tasks,
    panel_moves,
    panel_task,
)

NEST = np.array([0, 0, 1, 1, 2])


@pytest.fixture
def tasks():
    """Four tasks of five alternatives, some of them not on offer."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4, 5, 3))
    present = np.ones((4, 5))
    present[1, 1] = present[2, 4] = 0.0  # a nest of one, and none in its nest
    present[3, 2:4] = 0.0
    return x, present


def nested_log_p(x, present, beta, d):
    """Log probabilities by the definition of the model, in logarithms nowhere."""
    v = x @ beta
    inside = present * np.exp(v / d[NEST])
    total = np.array([inside[m == NEST].sum() for m in range(len(d))])
    nests = np.where(total > 0, total, 1.0) ** d * (total > 0)
    with np.errstate(divide="ignore"):
        return np.log(inside / np.where(total > 0, total, 1.0)[NEST] * (nests / nests.sum())[NEST])


def nested_by_differences(x, present, beta, d, estimated):
    """Sum over alternatives of p s s', with s from central differences."""
    theta = np.concatenate((beta, d[estimated]))
    found = []
    for row, offer in zip(x, present, strict=True):

        def log_p(at, row=row, offer=offer):
            here = d.copy()
            here[estimated] = at[len(beta) :]
            return nested_log_p(row, offer, at[: len(beta)], here)[offer > 0]

        step = 1e-5 * np.eye(len(theta))
        score = np.stack([(log_p(theta + h) - log_p(theta - h)) / 2e-5 for h in step])
        found.append((score * np.exp(log_p(theta))) @ score.T)
    return np.array(found)


def test_nested_information_is_that_of_numeric_slopes(tasks):
    x, present = tasks
    beta, d = np.array([0.8, -0.5, 0.3]), np.array([0.4, 0.7, 1.0])
    out = np.empty((4, 5, 5))
    nested_tasks(x, present, NEST, d, np.array([3, 4, -1]), beta, out)
    expected = nested_by_differences(x, present, beta, d, [0, 1])
    np.testing.assert_allclose(out, expected, rtol=1e-7, atol=1e-8)


def test_known_dissimilarities_leave_the_coefficients_only(tasks):
    x, present = tasks
    beta, d = np.array([0.8, -0.5, 0.3]), np.array([0.4, 0.7, 1.0])
    out, full = np.empty((4, 3, 3)), np.empty((4, 5, 5))
    nested_tasks(x, present, NEST, d, np.array([-1, -1, -1]), beta, out)
    nested_tasks(x, present, NEST, d, np.array([3, 4, -1]), beta, full)
    np.testing.assert_allclose(out, full[:, :3, :3], rtol=1e-13)


def logit_information(x, present, beta):
    power = present * np.exp(x @ beta)
    p = power / power.sum(axis=1, keepdims=True)
    centred = x - np.einsum("tj,tjk->tk", p, x)[:, None]
    return np.einsum("tj,tjk,tjl->tkl", p, centred, centred)


def test_dissimilarity_one_is_the_multinomial_logit(tasks):
    x, present = tasks
    beta = np.array([0.8, -0.5, 0.3])
    out = np.empty((4, 5, 5))
    nested_tasks(x, present, NEST, np.ones(3), np.array([3, 4, -1]), beta, out)
    expected = logit_information(x, present, beta)
    np.testing.assert_allclose(out[:, :3, :3], expected, rtol=1e-12, atol=1e-15)


def test_large_utilities_do_not_overflow(tasks):
    x, present = tasks
    out, moved = np.empty((4, 5, 5)), np.empty((4, 5, 5))
    beta, d, column = np.array([0.8, -0.5, 0.3]), np.array([0.4, 0.7, 1.0]), np.array([3, 4, -1])
    nested_tasks(x, present, NEST, d, column, beta, out)
    # the same amount more for every alternative changes nothing
    nested_tasks(x + 3000.0, present, NEST, d, column, beta, moved)
    np.testing.assert_allclose(moved, out, rtol=1e-8, atol=1e-9)


# --- panel mixed logit ----------------------------------------------------------------------------

RANDOM = np.array([0, 2])
MEAN, SD = np.array([0.8, -0.5, 0.3]), np.array([0.9, 0.6])


def crowd(tasks, people, draws, seed=2):
    rng = np.random.default_rng(seed)
    deviates = rng.normal(size=(draws, 2))
    tastes = np.repeat(MEAN[None], draws, axis=0)
    tastes[:, RANDOM] += deviates * SD
    spread = [(rng.permutation(people) + rng.random(people)) / people for _ in range(tasks)]
    return deviates, tastes, np.arange(people) % draws, np.array(spread)


def share_of(x, present, tastes):
    power = present[:, :, None] * np.exp(np.einsum("tjk,rk->tjr", x, tastes))
    return power / power.sum(axis=1, keepdims=True)


def slopes(x, share, chosen, deviates):
    """Slope of a person's log-likelihood at each draw ``(R, P)``, all tasks together."""
    mean = np.einsum("tjr,tjk->trk", share, x)
    g = sum(x[t, j] - mean[t] for t, j in enumerate(chosen))
    return np.concatenate((g, g[:, RANDOM] * deviates), axis=1)


def score_parts(x, share, chosen, deviates):
    """The score of a person, and the variance of its slopes under the draws' likelihoods."""
    g = slopes(x, share, chosen, deviates)
    w = np.prod([share[t, j] for t, j in enumerate(chosen)], axis=0)
    w = w / w.sum()
    score = w @ g
    return score, (g.T * w) @ g - np.outer(score, score)


def known_tastes(x, share, deviates):
    """Mean over draws of the variance of the slope, task by task."""
    total = 0.0
    for t, j in itertools.product(range(len(x)), range(x.shape[1])):
        e = x[t, j] - np.einsum("jr,jk->rk", share[t], x[t])
        g = np.concatenate((e, e[:, RANDOM] * deviates), axis=1)
        total = total + (g.T * share[t, j]) @ g / len(deviates)
    return total


def by_kernel(x, present, deviates, tastes, kind, uniform):
    """The last task is the one to weigh, the others are known."""
    T, J, K = x.shape
    N, R = len(kind), len(tastes)
    chosen, share = np.zeros((T, N), np.int64), np.zeros((T, J, R))
    mean, known = np.zeros((T, R, K)), np.zeros((5, 5))
    for t in range(T):
        panel_task(x[t], present[t], uniform[t], kind, tastes, chosen[t], share[t], mean[t])
        if t < T - 1:
            add_known_tastes(x[t], present[t], share[t], mean[t], deviates, RANDOM, known)
    rest = range(T - 1)
    likelihood = np.prod([share[t, chosen[t]] for t in rest], axis=0)
    shown = np.sum([x[t, chosen[t]] for t in rest], axis=0)
    out = np.empty((1, 5, 5))
    panel_moves(
        x[-1:], present[-1], uniform[-1], kind, tastes, deviates, RANDOM,
        likelihood / likelihood.max(axis=1, keepdims=True), shown, mean[:-1].sum(axis=0), known, out,
    )  # fmt: skip
    return out[0], chosen


def test_panel_information_is_its_twin(tasks):
    x, present = tasks
    deviates, tastes, kind, uniform = crowd(4, 40, 20)
    found, chosen = by_kernel(x, present, deviates, tastes, kind, uniform)
    share = share_of(x, present, tastes)
    # people choose the first alternative at which the probabilities add up to their number
    reached = np.cumsum(share[:, :, kind], axis=1)
    expected = np.minimum((reached < uniform[:, None]).sum(axis=1), 4)
    np.testing.assert_array_equal(chosen, expected)
    variances = [score_parts(x, share, chosen[:, n], deviates)[1] for n in range(40)]
    twin = known_tastes(x, share, deviates) - np.mean(variances, axis=0)
    np.testing.assert_allclose(found, twin, rtol=1e-10, atol=1e-12)


def test_panel_information_tends_to_the_mean_square_of_the_score(tasks):
    """All sequences of choices are written out: the mean of s s' is then exact."""
    x, present = tasks[0][:3, :3], np.ones((3, 3))
    people = 4000
    deviates, tastes, kind, uniform = crowd(3, people, 20)
    share = share_of(x, present, tastes)
    squares, first, second = 0.0, 0.0, 0.0
    for chosen in itertools.product(range(3), repeat=3):
        p = np.prod([share[t, j] for t, j in enumerate(chosen)], axis=0).mean()
        score, variance = score_parts(x, share, chosen, deviates)
        squares = squares + p * np.outer(score, score)
        first, second = first + p * variance, second + p * variance**2
    found, _ = by_kernel(x, present, deviates, tastes, kind, uniform)
    # five standard errors of a mean over independent people, who vary more than these evenly
    # spread ones: a false alarm in less than one of 60,000 seeds for the 15 numbers together
    bound = 5 * np.sqrt((second - first**2) / people)
    assert (np.abs(found - squares) <= bound + 1e-12).all()
    assert bound.max() < 0.05 * np.abs(squares).max()


def test_people_choose_what_is_on_offer_even_at_the_ends():
    x, present = np.zeros((3, 1)), np.array([0.0, 1.0, 0.0])
    chosen, share, mean = np.zeros(2, np.int64), np.zeros((3, 1)), np.zeros((1, 1))
    panel_task(
        x, present, np.array([0.0, 1.0]), np.zeros(2, np.int64), np.zeros((1, 1)), chosen, share, mean
    )  # fmt: skip
    assert chosen.tolist() == [1, 1]


# --- errors ---------------------------------------------------------------------------------------


@pytest.fixture
def matrices():
    rng = np.random.default_rng(5)
    roots = rng.normal(size=(4, 5, 9))
    squares = np.einsum("cik,cjk->cij", roots, roots)
    return np.ascontiguousarray(squares[1:]), np.ascontiguousarray(squares[0])


def errors(matrices, rest, order, nuisance, loads, largest=0):
    out = np.empty(len(matrices))
    log_errors(matrices, rest, np.array(order), nuisance, loads, largest, out)
    return np.exp(out)


def test_determinants_with_and_without_nuisance(matrices):
    moves, rest = matrices
    covariance = np.linalg.inv(moves + rest)
    none = np.zeros((0, 5))
    found = errors(moves, rest, [0, 1, 2, 3, 4], 0, none)
    np.testing.assert_allclose(found, np.linalg.det(covariance) ** 0.2, rtol=1e-12)
    found = errors(moves, rest, [1, 4, 0, 2, 3], 2, none)
    part = covariance[:, [0, 2, 3]][:, :, [0, 2, 3]]
    np.testing.assert_allclose(found, np.linalg.det(part) ** (1 / 3), rtol=1e-12)


def test_sums_and_largest_of_variances(matrices):
    moves, rest = matrices
    covariance = np.linalg.inv(moves + rest)
    loads = np.random.default_rng(6).normal(size=(3, 5))
    variances = np.einsum("fi,cij,fj->cf", loads, covariance, loads)
    order = [3, 0, 4, 1, 2]
    inner = np.ascontiguousarray(loads[:, order])
    found = errors(moves, rest, order, 0, inner)
    np.testing.assert_allclose(found, variances.sum(axis=1), rtol=1e-12)
    found = errors(moves, rest, order, 0, inner, largest=1)
    np.testing.assert_allclose(found, variances.max(axis=1), rtol=1e-12)


def test_a_singular_matrix_has_a_large_finite_error(matrices):
    moves, _ = matrices
    moves[0] = np.outer(np.arange(5.0), np.arange(5.0))
    found = errors(moves, np.zeros((5, 5)), [0, 1, 2, 3, 4], 0, np.zeros((0, 5)))
    assert np.isfinite(found).all()
    assert found[0] > 1e9 * found[1:].max()
