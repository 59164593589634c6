"""Aversion to inequality from choices between distributions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.equity.aversion import (
    _chances,
    _hessian,
    _scores,
    estimate_inequality_aversion,
)
from ccegov_choice.policy.equity.aversion_choices import read_shares
from ccegov_choice.policy.equity.measures import equally_distributed_equivalent


def simulate(aversion, *, people=300, tasks=8, scale=1.0, own=0.0, seed=1):
    """Let people choose between two distributions over three groups."""
    rng = np.random.default_rng(seed)
    rows = people * tasks
    amounts = np.round(rng.uniform(2, 20, (rows * 2, 3)), 1)
    ede = equally_distributed_equivalent(amounts, aversion, [1, 2, 1])
    mine = amounts[np.arange(rows * 2), np.repeat(rng.integers(0, 3, people), tasks * 2)]
    utility = scale * ede + own * mine + rng.gumbel(size=rows * 2)
    first = utility[::2] > utility[1::2]
    frame = pd.DataFrame(amounts, columns=["low", "middle", "high"])
    return frame.assign(
        mine=mine,
        person=np.repeat(np.arange(people), tasks * 2),
        task=np.tile(np.repeat(np.arange(tasks), 2), people),
        chosen=np.column_stack([first, ~first]).ravel(),
    )


GROUPS = {"low": 1, "middle": 2, "high": 1}


@pytest.mark.parametrize("aversion", [0.0, 1.0, 2.5])
def test_what_was_planted_is_found(aversion):
    found = estimate_inequality_aversion(simulate(aversion), GROUPS, level=0.9999)
    # false alarm in 1 of 10,000
    assert found.aversion.low < aversion < found.aversion.high
    assert found.scale.low < 1 < found.scale.high
    assert found.people == 300
    assert found.tasks == 2400
    assert found.log_likelihood > found.log_likelihood_null == pytest.approx(2400 * np.log(0.5))


def test_self_interest_is_told_apart():
    data = simulate(1.0, own=0.5, seed=3)
    found = estimate_inequality_aversion(data, GROUPS, own="mine", level=0.9999)
    assert found.own is not None
    assert found.own.low < 0.5 < found.own.high
    assert found.aversion.low < 1 < found.aversion.high


def test_scores_and_hessian_are_those_of_the_likelihood():
    data = read_shares(simulate(1.0, people=20), GROUPS, "mine", "person", "task", "chosen")
    theta = np.array([0.7, 0.8, 0.1])
    step = 1e-5
    for p in range(3):
        move = np.zeros(3)
        move[p] = step
        up, down = (_chances(data, theta + s * move)[1] for s in (1, -1))
        np.testing.assert_allclose(_scores(data, theta)[:, p], (up - down) / (2 * step), atol=1e-6)
        slopes = [_scores(data, theta + s * move).sum(axis=0) for s in (1, -1)]
        np.testing.assert_allclose(
            _hessian(data, theta)[:, p], (slopes[0] - slopes[1]) / (2 * step), rtol=1e-3, atol=1e-3
        )


def test_it_is_said_in_words():
    averse = estimate_inequality_aversion(simulate(2.0, seed=5), GROUPS)
    assert "People mind inequality" in averse.sentence()
    assert "Aversion to inequality" in repr(averse)
    assert "<table" in averse._repr_html_()
    neutral = estimate_inequality_aversion(simulate(0.0, people=30, seed=5), GROUPS)
    assert "cannot tell" in neutral.sentence()
    assert list(averse.to_frame()["Parameter"]) == ["Aversion to inequality", "Scale"]


def test_every_problem_is_told_at_once():
    data = simulate(1.0, people=5)
    with pytest.raises(PolicyError, match="2 problems"):
        estimate_inequality_aversion(data, ["low", "lowest"], person="who")
    broken = data.assign(low=0.0, chosen=True)
    with pytest.raises(PolicyError, match="2 problems") as caught:
        estimate_inequality_aversion(broken, GROUPS)
    assert "above zero" in str(caught.value)
    assert "one choice" in str(caught.value)


def test_even_options_tell_nothing():
    data = simulate(1.0, people=40)
    data[["low", "middle", "high"]] = data[["low", "low", "low"]].to_numpy()
    with pytest.raises(PolicyError, match="do not tell how averse"):
        estimate_inequality_aversion(data, GROUPS)
