"""The kernel of trees of nests is its slow twin, and its scores are derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.kernels import nested_reference, reference
from ccegov_choice.kernels.logit import Choices
from ccegov_choice.kernels.nested import TreeChoices, tree_shares
from ccegov_choice.models.nests.likelihood import TreeLikelihood
from ccegov_choice.models.nests.tree import Nest, allocation_names, dissimilarity_names, pack

COEFFICIENTS, SLOPES, ALTERNATIVES = 4, 2, 6
NAMES = tuple("abcdef")

TREES = {
    "one nest": (Nest("m", ("a", "b")),),
    "two nests": (Nest("m", ("a", "b")), Nest("n", ("c", "d", "e"))),
    "nests in nests": (
        Nest("m", ("f",), (Nest("n", ("a", "b")), Nest("o", ("c",), (Nest("p", ("d", "e")),)))),
    ),
    "nests of one": (Nest("m", ("a",)), Nest("n", (), (Nest("o", ("b", "c")),))),
    "crossed": (Nest("m", ("a", "b", "c")), Nest("n", ("c", "d")), Nest("o", ("b", "c", "e"))),
    "no nests": (),
}


def frozen(array):
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


def make(name, *, tasks=60, seed=0, least=1):
    """Tasks that show some of the alternatives in any order, and parameters for them."""
    rng = np.random.default_rng(seed)
    nests = TREES[name]
    shown = rng.integers(least, ALTERNATIVES + 1, tasks)
    offsets = np.concatenate(([0], np.cumsum(shown)))
    leaves = np.concatenate([rng.permutation(ALTERNATIVES)[:size] for size in shown])
    ends = np.cumsum(rng.integers(1, 4, tasks))
    data = TreeChoices(
        frozen(rng.standard_normal((COEFFICIENTS, offsets[-1]))),
        frozen(rng.standard_normal((SLOPES, tasks))),
        frozen(leaves),
        frozen(offsets),
        frozen(np.concatenate(([0], ends[ends < tasks], [tasks]))),
        frozen(offsets[:-1] + rng.integers(0, shown)),
        frozen(rng.uniform(0.5, 2.0, tasks)),
    )
    first = tuple(f"b{k}" for k in range(COEFFICIENTS)) + tuple(f"g{g}" for g in range(SLOPES))
    widths = dissimilarity_names(nests)
    shares = [share for names in allocation_names(nests).values() for share in names]
    names = (*first, *widths, *shares)
    theta = np.concatenate(
        (
            rng.standard_normal(COEFFICIENTS),
            0.4 * rng.standard_normal(SLOPES),
            rng.uniform(0.3, 1.3, len(widths)),
            rng.uniform(0.1, 0.9, len(shares)),
        )
    )
    return TreeLikelihood(data, pack(nests, NAMES, names)), theta


@pytest.mark.parametrize("name", TREES)
def test_kernel_equals_its_twin(name):
    likelihood, theta = make(name)
    at = likelihood.people(theta)
    data, tree = likelihood.choices, likelihood.tree
    slow = nested_reference.people(data, tree, theta)
    np.testing.assert_allclose(at.value, slow, rtol=1e-11, atol=1e-12)
    # the twin's slopes are complex steps of its own, shorter, formula
    slopes = nested_reference.scores(data, tree, theta)
    np.testing.assert_allclose(at.score, slopes, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("name", TREES)
def test_score_is_the_derivative(name):
    likelihood, theta = make(name)
    at, h = likelihood.people(theta), 1e-5
    for p in range(len(theta)):
        step = np.zeros(len(theta))
        step[p] = h
        up, down = likelihood.people(theta + step), likelihood.people(theta - step)
        slope = (up.value - down.value) / (2 * h)
        # error of central differences: h^2 / 6 times a third derivative of at most some hundreds
        np.testing.assert_allclose(at.score[:, p], slope, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", TREES)
def test_hessian_is_that_of_wider_central_differences(name):
    likelihood, theta = make(name)
    hessian = likelihood.hessian(theta)
    assert np.array_equal(hessian, hessian.T)
    h = 1e-5
    for p in range(len(theta)):
        step = np.zeros(len(theta))
        step[p] = h
        up, down = likelihood.people(theta + step), likelihood.people(theta - step)
        row = (up.score - down.score).sum(axis=0) / (2 * h)
        size = np.sqrt(np.abs(np.diag(hessian) * hessian[p, p])).max()
        np.testing.assert_allclose(hessian[p], row, rtol=1e-4, atol=1e-4 * size)


@pytest.mark.parametrize("name", TREES)
def test_shares_are_those_of_the_twin_and_sum_to_one(name):
    likelihood, theta = make(name)
    data, tree = likelihood.choices, likelihood.tree
    found = np.empty(data.x.shape[1])
    tree_shares(data, tree, theta, found)
    np.testing.assert_allclose(found, nested_reference.shares(data, tree, theta), rtol=1e-11)
    # those of a task sum to one, even where allocations do not
    sums = np.add.reduceat(found, data.task_offsets[:-1])
    np.testing.assert_allclose(sums, 1.0, rtol=1e-13)


@pytest.mark.parametrize("name", [name for name in TREES if name != "crossed"])
def test_dissimilarities_of_one_give_the_logit(name):
    likelihood, theta = make(name)
    theta[COEFFICIENTS + SLOPES :] = 1.0
    theta[COEFFICIENTS : COEFFICIENTS + SLOPES] = 0.0
    data = likelihood.choices
    groups = np.zeros(len(data.chosen), dtype=np.int64)
    plain = Choices(
        data.x, data.task_offsets, data.person_offsets, data.chosen, data.weights, groups
    )
    logit = reference.logit(plain, theta[:COEFFICIENTS])
    at = likelihood.people(theta)
    assert at.value.sum() == pytest.approx(logit.value, rel=1e-12)
    np.testing.assert_allclose(at.score[:, :COEFFICIENTS], logit.scores, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", TREES)
def test_what_all_alternatives_share_changes_nothing(name):
    likelihood, theta = make(name)
    data = likelihood.choices
    rng = np.random.default_rng(7)
    shift = np.repeat(rng.standard_normal(len(data.chosen)) * 5, np.diff(data.task_offsets))
    moved = TreeLikelihood(data._replace(x=frozen(data.x + shift)), likelihood.tree)
    before, after = likelihood.people(theta), moved.people(theta)
    np.testing.assert_allclose(after.value, before.value, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(after.score, before.score, rtol=1e-8, atol=1e-9)


def test_utilities_far_apart_do_not_overflow():
    likelihood, theta = make("nests in nests")
    theta[:COEFFICIENTS] *= 400
    at = likelihood.people(theta)
    assert np.isfinite(at.value).all()
    assert np.isfinite(at.score).all()
    assert at.value.min() < -1000


@pytest.mark.parametrize("name", TREES)
def test_order_of_people_and_of_alternatives_does_not_matter(name):
    likelihood, theta = make(name, least=2)
    data = likelihood.choices
    # everything backwards: people, their tasks, and the rows of each
    rows = data.x.shape[1]
    back = TreeChoices(
        frozen(data.x[:, ::-1]),
        frozen(data.z[:, ::-1]),
        frozen(data.leaves[::-1]),
        frozen(rows - data.task_offsets[::-1]),
        frozen(len(data.chosen) - data.person_offsets[::-1]),
        frozen(rows - 1 - data.chosen[::-1]),
        frozen(data.weights[::-1]),
    )
    one = likelihood.people(theta)
    other = TreeLikelihood(back, likelihood.tree).people(theta)
    np.testing.assert_allclose(other.value[::-1], one.value, rtol=1e-12)
    np.testing.assert_allclose(other.score[::-1], one.score, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["two nests", "crossed"])
def test_a_person_counted_twice_counts_twice(name):
    likelihood, theta = make(name)
    times = np.ones(len(likelihood.weights))
    times[3], times[5] = 2.0, 0.0
    one, other = likelihood.people(theta), likelihood.reweighted(times).people(theta)
    np.testing.assert_allclose(other.value, times * one.value, rtol=1e-14)
    np.testing.assert_allclose(other.score, times[:, None] * one.score, rtol=1e-13)


@pytest.mark.parametrize("name", ["two nests", "crossed", "no nests"])
def test_any_number_of_threads_gives_the_same_bits(name, monkeypatch):
    monkeypatch.setattr("ccegov_choice.models.nests.likelihood.ONE_THREAD", 0)
    likelihood, theta = make(name, tasks=3000)
    many = TreeLikelihood(likelihood.choices, likelihood.tree, threads=3)
    one, other = likelihood.people(theta), many.people(theta)
    assert np.array_equal(one.value, other.value)
    assert np.array_equal(one.score, other.score)
    assert np.array_equal(likelihood.hessian(theta), many.hessian(theta))


@pytest.mark.parametrize(("position", "value"), [(6, 0.0), (6, -0.5), (9, -0.1), (0, np.nan)])
def test_parameters_that_make_no_model_give_no_number(position, value):
    likelihood, theta = make("crossed")
    theta[position] = value
    assert np.isnan(likelihood.people(theta).value).all()


def test_an_allocation_of_zero_takes_the_alternative_out_of_the_nest():
    likelihood, theta = make("crossed", least=ALTERNATIVES)
    width = COEFFICIENTS + SLOPES
    theta[width + 3 : width + 5] = 0.0, 1.0  # of b: all in nest o
    data, tree = likelihood.choices, likelihood.tree
    near = theta.copy()
    near[width + 3] = 1e-12
    exact, almost = np.empty(data.x.shape[1]), np.empty(data.x.shape[1])
    tree_shares(data, tree, theta, exact)
    tree_shares(data, tree, near, almost)
    assert np.isfinite(likelihood.people(theta).score).all()
    np.testing.assert_allclose(exact, almost, atol=1e-6)
