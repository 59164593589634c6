"""Failure, budgets and public value: what must hold whatever the numbers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.failure.chance import Chance
from ccegov_choice.policy.failure.information import evpi, evsi, evsi_normal
from ccegov_choice.policy.failure.staging import staged_value
from ccegov_choice.policy.value.budget import Project, budget_portfolio
from ccegov_choice.policy.value.option import ValueOption
from ccegov_choice.policy.value.public_value import public_value

number = st.floats(-50, 50).map(lambda x: round(x, 3))
positive = st.floats(0.01, 50).map(lambda x: round(x, 3))


@st.composite
def projects(draw):
    size = draw(st.integers(1, 9))
    names = [f"p{i}" for i in range(size)]

    def others(i):
        rest = [n for n in names if n != names[i]]
        return draw(st.lists(st.sampled_from(rest), max_size=2, unique=True)) if rest else []

    return [
        Project(
            name,
            draw(number),
            draw(st.floats(0, 30).map(lambda x: round(x, 3))),
            group=draw(st.sampled_from(["east", "west"])),
            requires=tuple(others(i)),
            excludes=tuple(others(i)),
        )
        for i, name in enumerate(names)
    ]


def kept(some, budget, groups):
    ids = {p.id for p in some}
    return (
        sum(p.cost for p in some) <= budget + 1e-9
        and all(set(p.requires) <= ids and not set(p.excludes) & ids for p in some)
        and all(
            least <= sum(p.group == name for p in some) <= (most if most is not None else 99)
            for name, (least, most) in groups.items()
        )
    )


@settings(max_examples=60, deadline=None)
@given(projects(), st.floats(0, 80), st.integers(0, 2))
def test_the_portfolio_is_that_of_brute_force(found, budget, least):
    groups = {"east": (least, None)} if any(p.group == "east" for p in found) else {}
    best = None
    for mask in product((0, 1), repeat=len(found)):
        some = [p for p, m in zip(found, mask, strict=True) if m]
        if kept(some, budget, groups):
            value = sum(p.value for p in some)
            best = value if best is None else max(best, value)
    if best is None:
        with pytest.raises(PolicyError):
            budget_portfolio(found, budget=budget, groups=groups)
        return
    answer = budget_portfolio(found, budget=budget, groups=groups)
    assert kept(answer.paid, budget + 1e-6, groups)
    assert abs(answer.value - best) <= 1e-6


@settings(max_examples=60, deadline=None)
@given(positive, positive, number, positive, st.integers(1, 40), st.integers(1, 30))
def test_step_by_step_is_never_worse_when_the_pilot_is_free(a, b, gain, loss, sites, trials):
    found = staged_value(Chance(a, b), gain=gain, loss=loss, sites=sites, trials=trials)
    assert found.staged >= found.all_at_once - 1e-9 * sites * (abs(gain) + loss)


@settings(max_examples=60, deadline=None)
@given(number, positive, positive, st.floats(0.1, 1e6))
def test_a_survey_is_worth_something_between_nothing_and_certainty(mean, sd, noise, n):
    found = evsi_normal(mean, sd, noise, n)
    assert 0 <= found <= evsi_normal(mean, sd, noise, np.inf) * (1 + 1e-9)
    assert found <= evsi_normal(mean, sd, noise, 2 * n) * (1 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000), st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_people_tell_more(seed, few, more):
    values = np.random.default_rng(seed).standard_t(3, (60, 3))
    less, much = sorted((few, more))
    assert 0 <= evsi(values, less, 50) <= evsi(values, much, 50) + 1e-12
    assert evsi(values, much, 50) <= evpi(values) + 1e-12


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(number, number, number, st.booleans()), min_size=1, max_size=7))
def test_no_option_under_a_floor_is_ever_left_and_every_beaten_one_has_a_better(rows):
    options = [
        ValueOption(str(i), s, h, benefit=b, under_floor=("right",) if broken else ())
        for i, (s, h, b, broken) in enumerate(rows)
    ]
    found = public_value(options)
    for option in options:
        if option.under_floor:
            assert option.id not in found.pareto
            assert option.id not in {winner for _, winner in found.dominated}
    assert bool(found.pareto) == any(not o.under_floor for o in options)
    for loser, winner in found.dominated:
        worse, better = found.option(loser), found.option(winner)
        assert winner in found.pareto
        assert better.saving.value >= worse.saving.value
        assert better.hours.value <= worse.hours.value
    sides = (found.pareto, found.refused, [loser for loser, _ in found.dominated])
    assert sum(map(len, sides)) == len(options)
