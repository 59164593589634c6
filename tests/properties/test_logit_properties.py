"""What never changes a logit, for any ragged set of tasks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.kernels import reference
from ccegov_choice.kernels.logit import Choices
from ccegov_choice.models.fitting.likelihood import LogitLikelihood


def _frozen(array):
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


@st.composite
def ragged(draw):
    """People with some tasks, tasks with some alternatives, all of any size."""
    tasks_of = draw(st.lists(st.integers(1, 4), min_size=1, max_size=12))
    widths = draw(
        st.lists(st.integers(1, 11), min_size=sum(tasks_of), max_size=sum(tasks_of)).map(np.array)
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    offsets = np.concatenate(([0], np.cumsum(widths)))
    data = Choices(
        _frozen(rng.normal(0, 2, (draw(st.integers(1, 6)), offsets[-1]))),
        _frozen(offsets),
        _frozen(np.concatenate(([0], np.cumsum(tasks_of)))),
        _frozen(offsets[:-1] + rng.integers(0, widths)),
        _frozen(rng.uniform(0, 3, len(widths))),
        _frozen(np.zeros(len(widths), dtype=np.int64)),
    )
    return data, rng.normal(0, 1, len(data.x)), rng


def _evaluate(data, theta):
    return LogitLikelihood(data, len(theta), 1).evaluate(theta)


def _same(first, second):
    # sums over at most 48 tasks of terms below 1e3
    np.testing.assert_allclose(first.value, second.value, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(first.gradient, second.gradient, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(first.hessian, second.hessian, rtol=1e-9, atol=1e-9)


@given(ragged())
@settings(max_examples=60, deadline=None)
def test_equals_the_twin(case):
    data, theta, _ = case
    at, slow = _evaluate(data, theta), reference.logit(data, theta)
    np.testing.assert_allclose(at.value, slow.value, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(at.gradient, slow.gradient, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(at.hessian, slow.hessian, rtol=1e-9, atol=1e-9)


@given(ragged())
@settings(max_examples=40, deadline=None)
def test_a_constant_added_to_all_alternatives_of_a_task_changes_nothing(case):
    data, theta, rng = case
    shift = np.repeat(rng.normal(0, 3, len(data.chosen)), np.diff(data.task_offsets))
    moved = data._replace(x=_frozen(data.x + rng.normal(0, 1, (len(theta), 1)) * shift))
    _same(_evaluate(data, theta), _evaluate(moved, theta))


@given(ragged())
@settings(max_examples=40, deadline=None)
def test_the_order_of_alternatives_changes_nothing(case):
    data, theta, rng = case
    order = np.concatenate(
        [
            start + rng.permutation(end - start)
            for start, end in zip(data.task_offsets[:-1], data.task_offsets[1:], strict=True)
        ]
    )
    position = np.argsort(order)
    other = data._replace(x=_frozen(data.x[:, order]), chosen=_frozen(position[data.chosen]))
    _same(_evaluate(data, theta), _evaluate(other, theta))


@given(ragged())
@settings(max_examples=40, deadline=None)
def test_the_order_of_tasks_and_people_changes_nothing(case):
    data, theta, rng = case
    widths = np.diff(data.task_offsets)
    order = rng.permutation(len(widths))
    offsets = np.concatenate(([0], np.cumsum(widths[order])))
    rows = np.concatenate(
        [np.arange(data.task_offsets[t], data.task_offsets[t + 1]) for t in order]
    )
    place = (data.chosen - data.task_offsets[:-1])[order]
    other = Choices(
        _frozen(data.x[:, rows]),
        _frozen(offsets),
        _frozen(np.arange(len(widths) + 1)),
        _frozen(offsets[:-1] + place),
        _frozen(data.weights[order]),
        _frozen(data.groups[order]),
    )
    _same(_evaluate(data, theta), _evaluate(other, theta))


@given(ragged(), st.floats(0.1, 10))
@settings(max_examples=40, deadline=None)
def test_weights_multiply_everything(case, factor):
    data, theta, _ = case
    first = _evaluate(data, theta)
    second = _evaluate(data._replace(weights=_frozen(data.weights * factor)), theta)
    np.testing.assert_allclose(second.value, factor * first.value, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(second.hessian, factor * first.hessian, rtol=1e-9, atol=1e-9)


@given(ragged())
@settings(max_examples=40, deadline=None)
def test_the_hessian_is_never_positive(case):
    data, theta, _ = case
    largest = np.linalg.eigvalsh(_evaluate(data, theta).hessian)[-1]
    assert largest <= 1e-10 * (1 + np.abs(theta).max()) * max(1.0, np.square(data.x).sum())
