"""What holds for any classes of people, whatever the tastes and shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import ccegov_choice as cc
from ccegov_choice.models.classes.assemble import mixture
from ccegov_choice.models.classes.membership import Membership
from ccegov_choice.models.classes.mixture import MixtureLikelihood
from ccegov_choice.models.classes.order import permuted

numbers = st.floats(-3, 3, allow_nan=False)


def some_data():
    rng = np.random.default_rng(0)
    people, tasks, alternatives = 12, 3, 3
    rows = people * tasks * alternatives
    frame = pd.DataFrame(rng.standard_normal((rows, 2)), columns=["wait", "price"])
    frame["person"] = np.repeat(np.arange(people), tasks * alternatives)
    frame["task"] = np.tile(np.repeat(np.arange(tasks), alternatives), people)
    frame["alternative"] = np.tile(list("ABC"), people * tasks)
    frame["chosen"] = np.tile([True, False, False], people * tasks)
    return cc.ChoiceData.from_long(frame)


FOUND = {c: mixture(cc.LatentClass(cc.Utility("wait + price"), c), some_data()) for c in (2, 3, 4)}


@st.composite
def points(draw):
    found = FOUND[draw(st.integers(2, 4))]
    size = len(found.layout.names)
    return found, np.array(draw(st.lists(numbers, min_size=size, max_size=size)))


@settings(max_examples=60, deadline=None)
@given(points(), st.randoms(use_true_random=False))
def test_labels_mean_nothing(point, random):
    found, theta = point
    order = list(range(len(found.layout.classes)))
    random.shuffle(order)
    moved = permuted(found, theta, np.array(order))
    likelihood: MixtureLikelihood = found.likelihood
    before, after = likelihood.parts(theta), likelihood.parts(moved)
    np.testing.assert_allclose(after.value, before.value, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(after.posterior, before.posterior[:, order], atol=1e-10)


@settings(max_examples=60, deadline=None)
@given(points())
def test_chances_are_chances_and_no_class_is_worse_than_the_mixture_says(point):
    found, theta = point
    parts = found.likelihood.parts(theta)
    np.testing.assert_allclose(parts.posterior.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(parts.prior.sum(axis=1), 1.0, rtol=1e-12)
    within = np.column_stack([at.value for at in parts.classes])
    assert (parts.value <= within.max(axis=1) + 1e-12).all()
    assert (parts.value >= within.min(axis=1) - 1e-12).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 5), st.lists(numbers, min_size=8, max_size=8), st.data())
def test_shares_do_not_depend_on_what_all_classes_have(classes, gamma, data):
    """A trait that all classes have cancels out."""
    structure = np.array(
        data.draw(
            st.lists(
                st.lists(st.sampled_from([0.0, 1.0]), min_size=3, max_size=3),
                min_size=classes,
                max_size=classes,
            )
        )
    )
    everybody = np.hstack([structure, np.ones((classes, 1))])
    known, column = np.ones((1, 1)), np.zeros(4, dtype=np.int64)
    with_it = Membership(everybody, np.arange(4), column, known)
    without = Membership(structure, np.arange(3), column[:3], known)
    np.testing.assert_allclose(
        with_it.log_shares(np.array(gamma[:4])), without.log_shares(np.array(gamma[:3])), atol=1e-12
    )
