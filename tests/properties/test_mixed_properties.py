"""What holds for any mixed logit, whatever the parameters, distributions and draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import ccegov_choice as cc
from ccegov_choice.models.mixed.coefficient_moments import moments
from ccegov_choice.models.mixed.distributions import KINDS, JohnsonSB
from ccegov_choice.models.mixed.fit import mixed_problem
from ccegov_choice.models.mixed.standard_draws import KINDS as DRAWS

numbers = st.floats(-2.0, 2.0, allow_nan=False)
SHAPES = [JohnsonSB(-1.0, 2.0) if name == "JohnsonSB" else kind() for name, kind in KINDS.items()]


def some_data():
    rng = np.random.default_rng(0)
    people, tasks, alternatives = 12, 3, 3
    rows = people * tasks * alternatives
    frame = pd.DataFrame(rng.standard_normal((rows, 3)), columns=["wait", "price", "help"])
    frame["person"] = np.repeat(np.arange(people), tasks * alternatives)
    frame["task"] = np.tile(np.repeat(np.arange(tasks), alternatives), people)
    frame["alternative"] = np.tile(list("ABC"), people * tasks)
    frame["chosen"] = np.tile([True, False, False], people * tasks)
    return cc.ChoiceData.from_long(frame)


DATA = some_data()
UTILITY = cc.Utility("wait + price + help")
LOGIT = cc.Logit(UTILITY).fit(DATA)


@st.composite
def models(draw):
    """A model with two random coefficients of any shape, and parameters."""
    random = {name: draw(st.sampled_from(SHAPES)) for name in ("wait", "price")}
    kind = DRAWS[draw(st.sampled_from(sorted(DRAWS)))]
    draws = kind(draw(st.integers(1, 150)), seed=draw(st.integers(0, 1000)))
    model = cc.MixedLogit(UTILITY, random=random, draws=draws, panel=draw(st.booleans()))
    likelihood = mixed_problem(model, DATA).likelihood
    size = likelihood.tastes.parameters
    return model, likelihood, np.array(draw(st.lists(numbers, min_size=size, max_size=size)))


@settings(max_examples=60, deadline=None)
@given(models())
def test_log_likelihoods_are_those_of_probabilities(case):
    _, likelihood, theta = case
    at = likelihood.people(theta)
    assert (at.value <= 0).all()
    assert np.isfinite(at.score).all()
    # the same draws laid out again give the same bits
    again = likelihood.with_draws(likelihood.draws)
    assert np.array_equal(again.people(theta).value, at.value)


@settings(max_examples=60, deadline=None)
@given(models(), st.integers(0, 10))
def test_the_score_is_the_slope_in_any_direction(case, seed):
    """Differences of values along a line, where there are no corners."""
    _, likelihood, theta = case
    assume(not likelihood.corners)
    direction = np.random.default_rng(seed).standard_normal(len(theta))
    direction /= np.linalg.norm(direction)
    h = 1e-6
    up, down = (likelihood.people(theta + s * direction).value.sum() for s in (h, -h))
    slope = likelihood.people(theta).score.sum(axis=0) @ direction
    assert abs((up - down) / (2 * h) - slope) < 1e-4 * max(1.0, abs(slope))


@settings(max_examples=40, deadline=None)
@given(models())
def test_shares_are_shares(case):
    model, _, theta = case
    names = mixed_problem(model, DATA).constraints.names
    results = replace(LOGIT, model=model, names=names, estimates=theta)
    found = cc.predict(results, DATA)
    sums = found.groupby(["person", "task"])["probability"].sum()
    np.testing.assert_allclose(sums, 1.0, rtol=1e-12)
    assert (found["probability"] >= 0).all()


@settings(max_examples=40, deadline=None)
@given(models())
def test_coefficients_of_people_lie_within_what_is_drawn(case):
    model, likelihood, theta = case
    names = mixed_problem(model, DATA).constraints.names
    results = replace(LOGIT, model=model, names=names, estimates=theta)
    found = cc.individual_coefficients(results, DATA)
    assert len(found) == len(likelihood.weights)
    for name in ("wait", "price"):
        shape = model.random[name]
        spread = names.index(f"{shape.spread}[{name}]") if shape.spread else names.index(name)
        u = (np.arange(4096) + 0.5) / 4096
        drawn = shape.value(theta[names.index(name)] + theta[spread] * shape.quantile(u))
        slack = 1e-9 * max(1.0, np.abs(drawn).max())
        assert found[name].min() >= drawn.min() - slack
        assert found[name].max() <= drawn.max() + slack
        widest = (drawn.max() - drawn.min()) / 2
        assert found[f"sd[{name}]"].max() <= widest + slack
    assert (found["help"] == theta[2]).all()


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SHAPES), numbers, numbers)
def test_moments_are_in_order(shape, location, size):
    if not shape.spread:
        size = location
    found = moments(shape, location, size)
    assert found.low <= found.median <= found.high
    assert found.sd >= 0
    assert 0 <= found.below <= 1
    assert 0 <= found.below + found.zero <= 1 + 1e-12
    # a median is within a standard deviation of the mean (Hotelling & Solomons 1932)
    assert abs(found.mean - found.median) <= found.sd * (1 + 1e-9) + 1e-12
