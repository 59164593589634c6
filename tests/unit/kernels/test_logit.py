"""The fused kernel is its slow twin, and its derivatives are derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.kernels import reference
from ccegov_choice.models.fitting.likelihood import LogitLikelihood

# sizes that take each way through the kernel: pairs, four, bands, loops, and mixtures of them
SIZES = [[2], [3], [1, 2, 3], [4], [2, 3, 4], [5], [3, 8], [8], [9], [1, 12], [40], [2, 700]]


def _likelihood(data, parameters, threads=1):
    return LogitLikelihood(data, parameters, threads)


def _theta(coefficients, groups, seed=3):
    rng = np.random.default_rng(seed)
    return np.concatenate((rng.standard_normal(coefficients), rng.uniform(0.5, 2.0, groups - 1)))


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_kernel_equals_its_twin(choices, sizes, groups):
    data = choices(sizes, groups=groups)
    theta = _theta(5, groups)
    fast, slow = _likelihood(data, len(theta)), reference.logit(data, theta)
    at = fast.evaluate(theta)
    # sums of some thousand terms of size one to ten: 1e-11 is far above rounding, far below a bug
    assert at.value == pytest.approx(slow.value, rel=1e-12)
    np.testing.assert_allclose(at.gradient, slow.gradient, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(at.hessian, slow.hessian, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(fast.scores(theta), slow.scores, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(fast.people(theta).value, slow.people, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("coefficients", [1, 2, 3, 4, 7, 8, 13])
def test_any_number_of_coefficients(choices, coefficients):
    data = choices([3, 4], coefficients=coefficients)
    theta = _theta(coefficients, 1)
    at, slow = _likelihood(data, coefficients).evaluate(theta), reference.logit(data, theta)
    np.testing.assert_allclose(at.hessian, slow.hessian, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(at.gradient, slow.gradient, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("groups", [1, 3])
def test_score_and_hessian_are_derivatives(choices, groups):
    data = choices([2, 3, 5], tasks=150, groups=groups)
    theta = _theta(5, groups)
    likelihood = _likelihood(data, len(theta))
    at = likelihood.evaluate(theta)
    h = 1e-5
    for k in range(len(theta)):
        step = np.zeros(len(theta))
        step[k] = h
        up, down = likelihood.evaluate(theta + step), likelihood.evaluate(theta - step)
        # error of central differences: h^2 / 6 times a third derivative of about the mass
        assert (up.value - down.value) / (2 * h) == pytest.approx(at.gradient[k], abs=1e-6)
        np.testing.assert_allclose(
            (up.gradient - down.gradient) / (2 * h), at.hessian[k], rtol=0, atol=1e-6
        )


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("sizes", [[3], [4], [2, 6], [20]], ids=str)
def test_any_number_of_threads_gives_the_same_bits(choices, sizes, groups, monkeypatch):
    monkeypatch.setattr("ccegov_choice.models.fitting.likelihood.ONE_THREAD", 0)
    data = choices(sizes, tasks=12_000, coefficients=6, groups=groups)
    theta = _theta(6, groups)
    one, two = (_likelihood(data, len(theta), threads) for threads in (1, 3))
    with two.running():
        assert two._pool, "this is meant to run in threads"
        second, scores = two.evaluate(theta), two.scores(theta)
    first = one.evaluate(theta)
    assert first.value == second.value
    assert np.array_equal(first.gradient, second.gradient)
    assert np.array_equal(first.hessian, second.hessian)
    assert np.array_equal(one.scores(theta), scores)


def test_scores_add_up_to_the_gradient(choices):
    data = choices([3], tasks=3000)
    theta = _theta(5, 1)
    likelihood = _likelihood(data, 5)
    np.testing.assert_allclose(
        likelihood.scores(theta).sum(axis=0), likelihood.evaluate(theta).gradient, atol=1e-9
    )


@pytest.mark.parametrize("sizes", [[3], [4], [6], [12]], ids=str)
def test_utilities_of_hundreds_do_not_overflow(choices, sizes):
    data = choices(sizes, weighted=False)
    theta = np.full(5, 400.0)
    at = _likelihood(data, 5).evaluate(theta)
    slow = reference.logit(data, theta)
    assert np.abs(theta @ data.x).max() > 800
    assert at.finite
    assert at.value == pytest.approx(slow.value, rel=1e-13)
    np.testing.assert_allclose(at.gradient, slow.gradient, atol=1e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("sizes", [[3], [12]], ids=str)
def test_what_is_not_finite_is_not_hidden(choices, sizes, bad):
    data = choices(sizes)
    x = data.x.copy()
    x[2, 777] = bad
    x.setflags(write=False)
    assert not _likelihood(data._replace(x=x), 5).evaluate(_theta(5, 1)).finite


def test_a_column_that_is_the_same_in_each_task_has_exactly_no_information(choices):
    for sizes in ([2, 3], [4], [6], [12]):
        data = choices(sizes)
        x = data.x.copy()
        x[1] = np.repeat(np.arange(len(data.chosen)) * 1e6 + 0.1, np.diff(data.task_offsets))
        x.setflags(write=False)
        theta = np.array([0.3, 0.0, -0.2, 0.5, 0.1])
        hessian = _likelihood(data._replace(x=x), 5).evaluate(theta).hessian
        assert (hessian[1] == 0).all()


def test_part_of_the_chunks_is_the_sum_over_their_people(choices):
    data = choices([3], tasks=6000)
    likelihood = _likelihood(data, 5)
    theta = _theta(5, 1)
    assert likelihood.chunks > 3
    some = np.array([0, 2])
    bounds = likelihood.plan.bounds
    people = np.concatenate([np.arange(bounds[c], bounds[c + 1]) for c in some])
    np.testing.assert_allclose(
        likelihood.evaluate(theta, some).gradient,
        likelihood.scores(theta)[people].sum(axis=0),
        atol=1e-9,
    )


def test_other_weights_leave_the_first_likelihood_alone(choices):
    data = choices([3])
    likelihood = _likelihood(data, 5)
    theta = _theta(5, 1)
    before = likelihood.evaluate(theta)
    doubled = likelihood.reweighted(data.weights * 2).evaluate(theta)
    assert doubled.value == pytest.approx(2 * before.value, rel=1e-14)
    np.testing.assert_allclose(doubled.hessian, 2 * before.hessian, rtol=1e-13, atol=1e-12)
    assert likelihood.evaluate(theta).value == before.value
