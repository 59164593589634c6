"""The best package equals brute force over all subsets, whatever the rules and the objective."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.design.random import random_design
from ccegov_choice.errors import PolicyError
from ccegov_choice.kernels import redesign_reference
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.equity.welfare_functions import social_value
from ccegov_choice.policy.redesign import search as searching
from ccegov_choice.policy.redesign.front import pareto_front
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.search import search_redesign
from ccegov_choice.policy.redesign.switching import unit_crossings
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

NAMES = ("help", "place", "tone", "form")
GROUPS = pd.DataFrame({"g": [0.0, 1.0, 2.0], "weight": [0.5, 0.3, 0.2]})


def _levels(name):
    levels = {f"{name}{i}": f"{name} {i}" for i in range(3)}
    return Attribute.ordered(name, name, levels, direction="+")


STUDY = Study(
    "s",
    "S",
    (
        Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
        *map(_levels, NAMES),
    ),
    opt_out=Alternative("none", "None", kind="opt_out"),
    covariates=(Covariate("g", "Group", "numeric"),),
    numeraires=(Numeraire("wait"),),
    constraints=(Forbidden({"help": ("help2",), "place": ("place2",)}, "not both"),),
)
FORMULA = "wait + help + place + tone + form + asc + help:tone + place:g + wait:g"


def _results(formula):
    utility = Utility(formula, STUDY)
    rng = np.random.default_rng(5)
    truth = dict.fromkeys(utility.names, 0.0)
    for name in utility.names:
        truth[name] = float(rng.normal(0, 0.4))
    truth |= {"wait": -0.06}
    if "wait:g" in truth:
        truth["wait:g"] = 0.01
    design = random_design(STUDY, tasks=24, blocks=3, seed=2)
    people = pd.DataFrame({"g": np.arange(240) % 3.0})
    return Logit(utility).fit(
        simulate_choices(design, Logit(utility), truth, people=240, seed=3, covariates=people)
    )


@pytest.fixture(scope="module")
def fitted():
    return {
        "interactions": _results(FORMULA),
        "plain": _results("wait + help + place + tone + form + asc + place:g"),
    }


BASE = Profile({"wait": 40.0, "help": "help0", "place": "place1", "tone": "tone0", "form": "form1"})


@st.composite
def redesigns(draw):
    ends = [("wait", 20.0), ("wait", 10.0)]
    ends += [(name, f"{name}{i}") for name in NAMES for i in range(3)]
    ends = [end for end in ends if BASE.levels[end[0]] != end[1]]
    picked = draw(st.lists(st.sampled_from(ends), min_size=1, max_size=7))
    numbers = st.integers(-3, 10).map(float)
    levers = []
    for i, (attribute, end) in enumerate(picked):
        before = [lever.id for lever in levers]
        related = st.lists(st.sampled_from(before), max_size=1) if before else st.just([])
        people = draw(st.sampled_from([{}, {}, {"g": (0.0,)}, {"g": (1.0, 2.0)}]))
        lever = Lever(
            f"l{i}",
            attribute,
            end,
            cost=draw(numbers),
            capacity=draw(st.integers(0, 4)),
            lead_time=draw(st.integers(0, 6)),
            depends_on=draw(related),
            excludes=draw(related),
            people=people,
            deliverable=draw(st.integers(0, 9)) > 0,
        )
        levers.append(lever)
    floor = draw(st.sampled_from([{}, {}, {"tone": "tone1"}, {"wait": 20.0}]))
    return Redesign(
        "r",
        levers,
        BASE,
        budget=draw(st.sampled_from([None, 4.0, 12.0])),
        capacity=draw(st.sampled_from([None, 5.0])),
        months=draw(st.sampled_from([None, 7.0])),
        floors=floor,
        today=draw(st.sampled_from([{}, {"0.0": 90.0, "1.0": 120.0, "2.0": 150.0}])),
    )


def feasible(redesign, taken):
    """The rules, written once more and as slowly as can be."""
    levers = [redesign.lever(name) for name in taken]

    def ready(lever):
        return lever.lead_time + max(
            (ready(redesign.lever(n)) for n in lever.depends_on), default=0
        )

    if any(not lever.deliverable or not set(lever.depends_on) <= set(taken) for lever in levers):
        return False
    if any(set(lever.excludes) & set(taken) for lever in levers):
        return False
    if redesign.months is not None and any(ready(lever) > redesign.months for lever in levers):
        return False
    if redesign.budget is not None and sum(lever.cost for lever in levers) > redesign.budget:
        return False
    if redesign.capacity is not None and sum(v.capacity for v in levers) > redesign.capacity:
        return False
    for i, one in enumerate(levers):
        for other in levers[:i]:
            apart = "g" in one.people and "g" in other.people
            apart = apart and not set(one.people["g"]) & set(other.people["g"])
            if one.attribute == other.attribute and not apart:
                return False
    for g in GROUPS["g"]:
        levels = service(redesign, taken, g).levels
        if not STUDY.allows(levels):
            return False
        floor = redesign.floors
        if "wait" in floor and levels["wait"] > floor["wait"]:
            return False
        if "tone" in floor and levels["tone"] < floor["tone"]:
            return False
    return True


def service(redesign, taken, g):
    levels = dict(BASE.levels)
    for lever in map(redesign.lever, taken):
        if not lever.people or g in lever.people["g"]:
            levels[lever.attribute] = lever.end
    return Profile(levels)


def gains(results, redesign, taken, theta, opt_out):
    """Compensating variation of each group at parameters ``(P,)`` or ``(P, R)``."""
    utility, found, today = results.utility, [], []
    for g in GROUPS["g"]:
        rows = utility.encode(
            [BASE, service(redesign, taken, g), Profile({}, "none")], {"g": np.full(3, g)}
        )
        step = utility.encode([BASE, Profile({**BASE.levels, "wait": 39.0})], {"g": np.full(2, g)})
        worth = (step[1] - step[0]) @ theta
        before, after, out = rows @ theta
        if opt_out:
            found.append((np.logaddexp(after, out) - np.logaddexp(before, out)) / worth)
            today.append((np.logaddexp(before, out) - out) / worth)
        else:
            found.append((after - before) / worth)
            today.append(0.0 * before)
    if redesign.today:
        today = np.multiply.outer(list(redesign.today.values()), np.ones(np.shape(found)[1:]))
    return np.array(found), np.array(today)


def brute_force(results, redesign, theta, estimates, opt_out, objective, conditions):
    """Value of every package that keeps all rules."""
    shares, found = GROUPS["weight"].to_numpy(), {}
    for bits in product([False, True], repeat=len(redesign.levers)):
        taken = tuple(n for n, bit in zip(redesign.lever_ids, bits, strict=True) if bit)
        if not feasible(redesign, taken):
            continue
        estimated, _ = gains(results, redesign, taken, estimates, opt_out)
        least = {"no_group_worse_off": 0.0, "largest_loss": -3.0}
        if any(estimated.min() < least[name] - 1e-9 for name in conditions):
            continue
        gain, today = gains(results, redesign, taken, theta, opt_out)
        rule, more = objective
        found[taken] = social_value((gain.T + today.T), shares, rule, **more)
    return found


OBJECTIVES = [
    ("sum", {}),
    ("maximin", {}),
    ("guarantee", {"minimum": 95.0}),
    ("prioritarian", {"aversion": 1.5}),
]


@settings(max_examples=50, deadline=None)
@given(
    redesigns(),
    st.sampled_from(OBJECTIVES),
    st.booleans(),
    st.sampled_from(["interactions", "plain"]),
    st.sampled_from([(), ("no_group_worse_off",), ("largest_loss",)]),
    st.sampled_from([5_000, 0]),
)
def test_the_best_package_is_that_of_brute_force(
    fitted, redesign, objective, opt_out, model, conditions, most
):
    results = fitted[model]
    if objective[0] == "prioritarian" and not redesign.today and not opt_out:
        redesign = replace(redesign, today={"0.0": 90.0, "1.0": 120.0, "2.0": 150.0})
    if any("depends" in p.problem and "exclude" in p.problem for p in redesign.check(STUDY)):
        return
    given_conditions = {name: True if name.startswith("no") else 3.0 for name in conditions}

    def search():
        return search_redesign(
            results, redesign, pay_in="wait", people=GROUPS, by="g", objective=objective[0],
            opt_out=opt_out, draws=20, seed=7, least_people=0, most=most,
            **objective[1], **given_conditions,
        )  # fmt: skip

    theta = results.estimates
    every = brute_force(results, redesign, theta, theta, opt_out, objective, conditions)
    if not every:
        with pytest.raises(PolicyError, match=r"no package|none of"):
            search()
        return
    found = search()
    assert found.exact
    assert found.exhaustive or not most
    top = max(every.values())
    assert found.best.levers in every
    assert every[found.best.levers] == pytest.approx(top, rel=1e-9, abs=1e-9)
    assert found.best.value.value == pytest.approx(top, rel=1e-9, abs=1e-9)
    assert sum(p.best_probability for p in found.ranking) == pytest.approx(1.0)
    for package in (*found.pareto, *(item.package for item in found.judgements)):
        assert package.levers in every
    if most:
        assert found.evaluated == len(every)


@settings(max_examples=20, deadline=None)
@given(redesigns(), st.booleans(), st.sampled_from(OBJECTIVES[:2]))
def test_probabilities_and_regrets_are_those_of_brute_force(fitted, redesign, opt_out, objective):
    results = fitted["plain"]
    redesign = replace(redesign, floors={}, budget=12.0)
    if redesign.check(STUDY):
        return
    found = search_redesign(
        results, redesign, pay_in="wait", people=GROUPS, by="g", objective=objective[0],
        opt_out=opt_out, draws=20, seed=7, least_people=0,
    )  # fmt: skip
    from ccegov_choice.models.draws import draw_parameters

    theta = draw_parameters(results, 20, 7).T
    every = brute_force(results, redesign, theta, results.estimates, opt_out, objective, ())
    by_draw = np.array(list(every.values()))  # (P, R)
    tops = by_draw.max(axis=0)
    for package in found.ranking:
        own = every[package.levers]
        assert package.regret.value == pytest.approx(np.mean(tops - own), abs=1e-8)
        assert package.worst_regret == pytest.approx(np.max(tops - own), abs=1e-8)
        # ties are told to the cheapest, so that the share lies between these two
        best = own >= tops - 1e-9
        alone = (by_draw >= tops - 1e-9).sum(axis=0) == 1
        assert (best & alone).mean() - 1e-9 <= package.best_probability <= best.mean() + 1e-9
    least = (tops - by_draw).max(axis=1).min()
    assert found.least_regret.worst_regret == pytest.approx(least, abs=1e-8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=40))
def test_the_front_holds_exactly_what_nothing_beats(rows):
    criteria = np.array(rows, float)
    expected = {tuple(r) for r in criteria[redesign_reference.undominated(criteria)]}
    front = pareto_front(criteria)
    assert {tuple(r) for r in criteria[front]} == expected
    assert len(front) == len(expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-5, 20), st.integers(0, 20)), min_size=1, max_size=12))
def test_net_benefit_changes_just_where_it_is_said(lines):
    benefit, cost = np.array(lines, float).T
    found = unit_crossings(benefit, cost)
    ends = [0.0, *(c.value for c in found), found[-1].value + 2.0 if found else 2.0]
    names = [c.before for c in found] + ([found[-1].after] if found else [])
    for i, name in enumerate(names):
        for w in np.linspace(ends[i], ends[i + 1], 5):
            net = benefit * w - cost
            assert net[name] == pytest.approx(net.max(), abs=1e-9)


def test_the_solver_says_when_it_is_cut_off(fitted, monkeypatch):
    levers = [Lever(f"l{i}", n, f"{n}2", cost=3.0) for i, n in enumerate(NAMES)]
    redesign = Redesign("r", levers, BASE, budget=6.0)
    monkeypatch.setattr(searching, "_NODES_A_DRAW", 1)
    found = search_redesign(
        fitted["interactions"], redesign, pay_in="wait", people=GROUPS, draws=20, most=0
    )
    assert found.exact
    assert any("broken off at" in note for note in found.notes)
