"""The likelihood of classes is its slow twin, and its derivatives are derivatives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ccegov_choice.errors import DataError
from ccegov_choice.kernels.mixture_reference import mixture as twin
from ccegov_choice.models.classes.assemble import mixture
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.classes.non_attendance import AttributeNonAttendance
from ccegov_choice.models.classes.order import permuted, rescaled
from ccegov_choice.models.classes.spec import ClassSpec
from ccegov_choice.models.fitting.assemble import logit_likelihood
from ccegov_choice.study.utility import Utility

FORMULA = "wait + price + help"
PRICE_ONLY = ClassSpec("price only", only=["price"], fixed={"price": -2.0})
MODELS = {
    "two": LatentClass(Utility(FORMULA), 2),
    "three": LatentClass(Utility(FORMULA), 3),
    "covariates": LatentClass(Utility(FORMULA), 3, membership="I(age / 100) + region"),
    "common": LatentClass(Utility(FORMULA), [PRICE_ONLY, "a", "b"], common=["help"]),
    "scales": LatentClass(Utility(FORMULA), 2, scale_classes=3),
    "by task": LatentClass(Utility(FORMULA), 2, membership="region", panel=False),
    "patterns": AttributeNonAttendance(Utility(FORMULA), ["wait", "help"]),
    "independent": AttributeNonAttendance(
        Utility(FORMULA), ["wait", "price", "help"], shares="independent", membership="region"
    ),
    "inside": LatentClass(
        Utility(FORMULA), ["a", ClassSpec("b", model=LatentClass(Utility(FORMULA), 2))]
    ),
}


def some(found, seed=1):
    """Parameters of the size that estimates have."""
    rng = np.random.default_rng(seed)
    units = {"wait": 0.05, "price": 0.3}
    scale = [units.get(name.rpartition(": ")[2], 0.6) for name in found.layout.names]
    return rng.standard_normal(len(scale)) * scale


@pytest.fixture
def people(data, frame):
    rows = frame(people=40, tasks=3)
    rows["weight"] = np.random.default_rng(5).uniform(0.5, 2.0, 40)[rows["person"]]
    return data(rows)


def by_twin(found, theta):
    """What the slow twin says: the cells one by one."""
    layout, likelihood = found.layout, found.likelihood
    coefficients = []
    for cell, (_, s) in zip(likelihood.cells, layout.cells, strict=True):
        own = cell.own(theta)
        coefficients.append(own[:4] * (np.exp(own[4]) if s > 0 else 1.0))
    members = likelihood.membership
    gamma = theta[layout.shares_start :]
    worth = np.array([
        [
            sum(
                members.structure[j, b] * members.known[u, q] * g
                for b, q, g in zip(layout.trait, layout.column, gamma, strict=True)
            )
            for j in range(len(likelihood.cells))
        ]
        for u in range(len(members.known))
    ])  # fmt: skip
    shares = np.exp(worth) / np.exp(worth).sum(axis=1, keepdims=True)
    choices = likelihood.cells[0].component.likelihood.choices
    return twin(choices, np.array(coefficients), shares)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "inside"])
def test_the_likelihood_is_its_twin(people, name):
    found = mixture(MODELS[name], people)
    theta = some(found)
    units = by_twin(found, theta)
    np.testing.assert_allclose(found.likelihood.parts(theta).value, units, rtol=1e-12, atol=1e-12)
    weights = people.weights[people.person_offsets[:-1]]
    by_person = units.reshape(people.people, -1).sum(axis=1)
    at = found.likelihood.people(theta)
    np.testing.assert_allclose(at.value, weights * by_person, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_score_and_hessian_are_derivatives(people, name):
    found = mixture(MODELS[name], people)
    likelihood, theta = found.likelihood, some(found)
    score, hessian = likelihood.people(theta).score, likelihood.hessian(theta)
    # the error of central differences is h^2 / 6 times a third derivative: with attributes up to
    # 20 and a hundred tasks that is 1e-12 * 20^3 * 100 for the score of everybody
    h = 1e-6
    for p in range(len(theta)):
        step = np.zeros(len(theta))
        step[p] = h
        up, down = likelihood.people(theta + step), likelihood.people(theta - step)
        np.testing.assert_allclose((up.value - down.value) / (2 * h), score[:, p], atol=1e-6)
        np.testing.assert_allclose(
            (up.score.sum(axis=0) - down.score.sum(axis=0)) / (2 * h),
            hessian[p],
            rtol=1e-6,
            atol=1e-4,
        )


@pytest.mark.parametrize("name", MODELS)
def test_the_complete_hessian_holds_the_posteriors(people, name):
    """It is the slope of the expected score when nobody changes the class."""
    found = mixture(MODELS[name], people)
    likelihood, theta = found.likelihood, some(found)
    held, complete = likelihood.parts(theta).posterior, likelihood.complete(theta)

    def expected_score(at):
        parts = replace(likelihood.parts(at), posterior=held)
        return likelihood.unit_weights @ likelihood._unit_scores(parts)

    h = 1e-6
    for p in range(len(theta)):
        step = np.zeros(len(theta))
        step[p] = h
        slope = (expected_score(theta + step) - expected_score(theta - step)) / (2 * h)
        np.testing.assert_allclose(slope, complete[p], rtol=1e-6, atol=1e-4)


def test_a_class_of_classes_is_three_classes(people):
    inside, three = mixture(MODELS["inside"], people), mixture(MODELS["three"], people)
    theta = some(inside)
    a, b, first, second, member = theta[:4], theta[4:13], theta[4:8], theta[8:12], theta[13]
    shares = np.array([1.0, np.exp(member) / (1 + np.exp(b[8]))])
    flat = np.concatenate([a, first, second, np.log([shares[1], shares[1] * np.exp(b[8])])])
    np.testing.assert_allclose(
        inside.likelihood.people(theta).value, three.likelihood.people(flat).value, rtol=1e-12
    )


def test_a_persons_choices_are_multiplied_before_they_are_mixed(people):
    """Peers that mix choice by choice get another likelihood; ours does that only when asked."""
    panel, by_task = (mixture(LatentClass(Utility(FORMULA), 2, panel=p), people) for p in (1, 0))
    theta = some(panel)
    apart = by_task.likelihood.people(theta).value.sum()
    assert abs(panel.likelihood.people(theta).value.sum() - apart) > 1.0
    one_each = mixture(LatentClass(Utility(FORMULA), 2), people.each_task_as_a_person())
    assert one_each.likelihood.people(theta).value.sum() == pytest.approx(apart, rel=1e-12)


def test_doubled_weights_double_and_order_does_not_matter(people, data, frame):
    found = mixture(MODELS["covariates"], people)
    theta = some(found)
    at, twice = found.likelihood.people(theta), found.likelihood.reweighted(np.full(40, 2.0))
    np.testing.assert_allclose(twice.people(theta).value, 2 * at.value, rtol=1e-14)
    np.testing.assert_allclose(
        twice.hessian(theta), 2 * found.likelihood.hessian(theta), rtol=1e-10, atol=1e-9
    )
    shuffled = people.take_people(np.random.default_rng(2).permutation(40))
    other = mixture(MODELS["covariates"], shuffled).likelihood.people(theta).value
    np.testing.assert_allclose(np.sort(other), np.sort(at.value), rtol=1e-12)


def test_what_is_added_to_all_alternatives_of_a_task_changes_nothing(data, frame):
    rows = frame(people=30)
    moved = rows.assign(wait=rows["wait"] + 7.0 * rows["task"])
    one, other = (mixture(MODELS["three"], data(r, study=_free())) for r in (rows, moved))
    theta = some(one)
    np.testing.assert_allclose(
        one.likelihood.people(theta).value, other.likelihood.people(theta).value, rtol=1e-10
    )


def _free():
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.study import Study

    numbers = [Attribute.numeric(name, name, [0.0, 100.0], "u") for name in ("wait", "price")]
    levels = Attribute.categorical("help", "Help", ["none", "chat", "visit"])
    return Study("free", "Free", (*numbers, levels))


@pytest.mark.parametrize("name", ["three", "covariates", "scales"])
def test_classes_in_another_order_have_the_same_likelihood(people, name):
    found = mixture(MODELS[name], people)
    theta, classes = some(found), len(found.layout.classes)
    order = np.random.default_rng(4).permutation(classes)
    moved = permuted(found, theta, order)
    assert not np.array_equal(moved, theta) or np.array_equal(order, np.arange(classes))
    before, after = (found.likelihood.people(t).value for t in (theta, moved))
    np.testing.assert_allclose(after, before, rtol=1e-12)
    np.testing.assert_allclose(permuted(found, moved, np.argsort(order)), theta, atol=1e-12)


def test_scales_in_another_order_have_the_same_likelihood(people):
    found = mixture(MODELS["scales"], people)
    theta = some(found)
    moved = rescaled(found, theta, np.array([2, 0, 1]))
    before, after = (found.likelihood.people(t).value for t in (theta, moved))
    np.testing.assert_allclose(after, before, rtol=1e-11)


def test_threads_give_the_same_bits(people):
    one = mixture(MODELS["three"], people).likelihood
    many = replace(one, threads=3)
    theta = some(mixture(MODELS["three"], people))
    assert np.array_equal(one.people(theta).score, many.people(theta).score)
    assert np.array_equal(one.hessian(theta), many.hessian(theta))


def test_a_product_that_underflows_is_no_trouble(people):
    """Utilities of thousands: the likelihood of a class is zero in floating point."""
    found = mixture(MODELS["two"], people)
    theta = some(found)
    theta[1] = -1e5
    at = found.likelihood.people(theta)
    assert np.isfinite(at.value).all()
    assert np.isfinite(at.score).all()
    assert np.isfinite(found.likelihood.hessian(theta)).all()


def test_a_logit_is_the_mixture_of_equal_classes(people):
    found = mixture(MODELS["two"], people)
    theta = some(found)
    theta[4:8] = theta[:4]
    alone = logit_likelihood(Utility(FORMULA).bind(people.study), people)
    np.testing.assert_allclose(
        found.likelihood.people(theta).value, alone.people(theta[:4]).value, rtol=1e-12
    )


def test_a_person_has_one_weight(data, frame):
    rows = frame(people=10)
    rows["weight"] = 1.0 + rows["task"]
    with pytest.raises(DataError, match="different weights"):
        mixture(MODELS["two"], data(rows))
    assert mixture(LatentClass(Utility(FORMULA), 2, panel=False), data(rows)) is not None


def test_membership_does_not_vary_within_a_person(data, frame):
    rows = frame(people=10)
    rows["age"] = rows["age"] + rows["task"]
    with pytest.raises(DataError, match="age"):
        mixture(MODELS["covariates"], data(rows))
