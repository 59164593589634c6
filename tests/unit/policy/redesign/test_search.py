"""The search: values, uncertainty, judgements, switching values, words."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.errors import PolicyError
from ccegov_choice.kernels import redesign_reference
from ccegov_choice.kernels.redesign import package_gains
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.mixed.distributions import Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.policy.equity.welfare_functions import social_value
from ccegov_choice.policy.offers import duty_or_opt_out
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.search import search_redesign
from ccegov_choice.policy.redesign.switching import (
    aversion_crossings,
    budget_crossings,
    unit_crossings,
)
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.study.profile import Profile


def search(results, plan, **more):
    given = {"pay_in": "wait", "draws": 40, **more}
    return search_redesign(results, plan, **given)


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("curved", [True, False])
def test_the_kernel_equals_its_twin(curved):
    rng = np.random.default_rng(1)
    first, offset = np.array([0, 3, 5]), np.array([0, 8, 12, 28])
    masks = rng.integers(0, 1 << 9, 1200)
    tables = rng.normal(0, 3, (7, 28))
    gap = rng.normal(0, 3, 7) * curved
    weight, group = rng.random(7), np.array([0, 1, 2, 0, 1, 2, 2])
    out = np.full((3, 1200), np.nan)
    package_gains(masks, first, offset, tables, gap, weight, group, curved, out)
    twin = redesign_reference.package_gains(
        masks, first, offset, tables, gap, weight, group, curved, 3
    )
    np.testing.assert_allclose(out, twin, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("opt_out", [True, False])
def test_gains_are_those_of_welfare_change(differing, redesign, data, opt_out):
    found = search(differing, redesign, people=data, by="poor", opt_out=opt_out)
    after = Scenario("after", found.best.profile)
    change = welfare_change(
        differing, Scenario("before", redesign.base), after, pay_in="wait", people=data,
        by="poor", opt_out=opt_out, draws=100,
    )  # fmt: skip
    assert found.best.welfare.value == pytest.approx(change.mean.value, rel=1e-9)
    expected = {group.label: group.mean.value for group in change.groups}
    assert {name: e.value for name, e in found.best.groups} == pytest.approx(expected, rel=1e-9)


def test_the_best_package_of_a_logit_is_the_one_by_hand(common, redesign):
    b = dict(zip(common.names, common.estimates, strict=True))
    value = {
        (): 0.0,
        ("fast",): 20.0,
        ("faster",): 30.0,
        ("chat",): b["help[chat]"] / -b["wait"],
        ("fast", "chat"): 20.0 + b["help[chat]"] / -b["wait"],
        ("faster", "chat"): 30.0 + b["help[chat]"] / -b["wait"],
        ("fast", "staff"): 20.0 + b["help[person]"] / -b["wait"],
    }
    found = search(common, redesign, opt_out=False)
    top = max(value, key=value.get)
    assert found.best.levers == top
    assert found.evaluated == len(value)
    assert found.best.value.value == pytest.approx(value[top], rel=1e-12)
    assert found.package("fast").welfare.value == pytest.approx(20.0)
    assert found.package("fast").welfare.low == pytest.approx(20.0)  # days for days: no doubt
    assert next(p.best_probability for p in found.ranking if p.levers == top) > 0.5


@pytest.mark.filterwarnings("ignore::ccegov_choice.errors.ChoiceWarning")
@pytest.mark.parametrize("family", ["classes", "mixed"])
def test_tastes_that_differ(paid, data, redesign, family):
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.study.utility import Utility

    again = ChoiceData.from_long(data.frame, study=paid, weight="weight")
    utility = Utility("wait + help + asc", paid)
    if family == "classes":
        results = LatentClass(utility, classes=2).fit(again)
    else:
        results = MixedLogit(utility, {"help": Normal()}, draws=64).fit(again)
    found = search(results, redesign, people=again, draws=20, points=64)
    assert found.exact
    # by hand: gains of utility over what a day is worth on average
    from ccegov_choice.models.population.population import Population

    base, out = redesign.base, Profile({}, "none")
    population = Population.of(results, again, profiles=[base, out], draws=64)
    points = population.points()
    rows = population.encode([base, found.best.profile, out])
    v = np.einsum(
        "mjq,msq->msj",
        np.broadcast_to(rows, (len(points.coefficients), *rows.shape[1:])),
        points.coefficients,
    )
    gain = np.logaddexp(v[..., 1], v[..., 2]) - np.logaddexp(v[..., 0], v[..., 2])
    day = -(points.chances * points.coefficients[..., 0]).sum(axis=1)
    expected = ((points.chances * gain).sum(axis=1) / day).mean()
    assert found.best.welfare.value == pytest.approx(expected, rel=1e-9)
    if family == "classes":
        assert any("ratio of means" in note for note in found.notes)


# --- limits and rights ----------------------------------------------------------------------------


def test_a_right_never_enters_a_trade(common, redesign):
    """A floor above today: nothing that leaves people under it is in any list."""
    plan = replace(redesign, floors={"help": "chat"}, budget=1200.0)
    found = search(common, plan)
    everything = (*found.ranking, *found.pareto, *(p for _, p in found.value_judgements))
    assert everything
    assert all({"chat", "staff"} & set(package.levers) for package in everything)
    with pytest.raises(PolicyError, match="nor today's service, keeps all limits"):
        search(common, replace(plan, budget=50.0))


def test_the_budget_may_be_given_anew(common, redesign):
    assert search(common, redesign, budget=100).best.levers == ("chat",)
    assert search(common, redesign, budget=0).best.levers == ()
    assert "no package is better" in search(common, redesign, budget=0).sentence()


def test_groups_are_guarded(differing, redesign, data):
    """What saves on the poor pays for the others, unless nobody may lose."""
    levers = (
        Lever("fast", "wait", 20.0, cost=3.0),
        Lever("save", "help", "chat", cost=-3.0, people={"poor": "yes"}),
    )
    plan = replace(redesign, levers=levers, base=Profile({"wait": 40.0, "help": "person"}))
    asked = {"people": data, "by": "poor", "opt_out": False, "budget": 0.0}
    assert search(differing, plan, **asked).best.levers == ("fast", "save")
    for condition in ({"largest_loss": 0.0}, {"no_group_worse_off": True}, {"minimum": 0.0}):
        guarded = search(differing, plan, **asked, **condition)
        assert min(e.value for _, e in guarded.best.groups) >= 0
        assert guarded.best.welfare.value >= 0


def test_refusals(common, differing, redesign, data, paid):
    with pytest.raises(PolicyError, match="has 2 problems") as caught:
        search(common, redesign, objective="guarantee", largest_loss=-1.0)
    assert "a guarantee needs a minimum" in str(caught.value)
    with pytest.raises(PolicyError, match="Did you mean 'maximin'"):
        search(common, redesign, objective="maximim")
    with pytest.raises(PolicyError, match="above zero"):
        search(common, redesign, objective="prioritarian", opt_out=False)
    with pytest.raises(PolicyError, match="not declared how well off"):
        search(differing, replace(redesign, today={"no": 3.0}), people=data, by="poor")
    with pytest.raises(PolicyError, match="too few people"):
        search(common, redesign, people=pd.DataFrame({"g": ["a", "b"]}), by="g")
    with pytest.raises(PolicyError, match="need people"):
        search(common, redesign, by="poor")
    with pytest.raises(PolicyError, match="none of"):
        search(common, redesign, minimum=1e6)
    with pytest.raises(PolicyError, match="too few to tell"):
        search(common, redesign, draws=2)
    with pytest.raises(PolicyError, match="has 2 problems"):
        search(common, redesign.with_lever("fast", end=99.0).with_lever("chat", attribute="x"))


def test_a_duty_is_judged_by_those_who_do_it(common):
    results = SimpleNamespace(study=replace(common.study, mandatory=True))
    assert not duty_or_opt_out(results, None)
    with pytest.raises(PolicyError, match="is a duty"):
        duty_or_opt_out(results, True)


# --- judgements and switching values --------------------------------------------------------------


def test_aversion_switches_at_the_analytic_root():
    """Levels (1, 9) and (4, 4), half each: they tie where the power mean of (1, 9) is 4."""
    levels, shares = np.array([[1.0, 9.0], [4.0, 4.0]]), np.array([0.5, 0.5])
    (found,) = aversion_crossings(levels, shares)
    assert (found.before, found.after) == (0, 1)
    # order 1/2: ((1 + 3) / 2)^2 = 4, so that aversion is 1/2
    assert found.value == pytest.approx(0.5, abs=1e-9)


def test_a_third_option_between_two_is_found():
    levels = np.array([[1.0, 16.0], [6.0, 6.0], [4.0, 9.0]])
    shares = np.array([0.5, 0.5])
    found = aversion_crossings(levels, shares)
    ends = [0.0, *(c.value for c in found), 20.0]
    names = [c.before for c in found] + [found[-1].after]
    for i, name in enumerate(names):
        for a in np.linspace(ends[i] + 1e-6, ends[i + 1] - 1e-6, 7):
            assert social_value(levels, shares, "prioritarian", a).argmax() == name


def test_budget_and_unit_switch_at_costs_and_ratios():
    values, cost = np.array([0.0, 2.0, 5.0, 6.0]), np.array([0.0, 10.0, 20.0, 50.0])
    below, above = budget_crossings(values, cost, 30.0)
    assert (below.value, below.before, below.after) == (20.0, 1, 2)
    assert (above.value, above.before, above.after) == (50.0, 2, 3)
    assert [(c.value, c.after) for c in unit_crossings(values, cost)] == [(4.0, 2), (30.0, 3)]


def test_judgements_disagree_where_groups_gain_differently(differing, redesign, data):
    levers = (
        Lever("rich", "wait", 10.0, cost=10, people={"poor": "no"}),
        Lever("poor", "help", "chat", cost=10, people={"poor": "yes"}),
    )
    plan = replace(redesign, levers=levers, budget=10.0, users=1000.0, cost_unit="EUR")
    plan = replace(plan, today={"no": 100.0, "yes": 100.0})
    found = search(differing, plan, people=data, by="poor", opt_out=False, minimum=None)
    chosen = {rule: p.levers for rule, p in found.value_judgements}
    assert set(chosen) == {"sum", "prioritarian", "maximin"}
    assert chosen["sum"] == ("rich",)
    table = found.judgement_table().to_text()
    assert "judgement of value, not a finding" in table
    parameters = {item.parameter for item in found.switching}
    assert {"budget", "value of one day to the agency"} <= parameters
    unit = next(i for i in found.switching if i.parameter.startswith("value"))
    gain = found.best.welfare.value
    assert unit.value == pytest.approx(10 / (1000 * gain), rel=1e-9)


# --- uncertainty and showing ----------------------------------------------------------------------


def test_probabilities_sum_to_one_and_seeds_repeat(differing, redesign, data):
    first = search(differing, redesign, people=data, by="poor", draws=60)
    again = search(differing, redesign, people=data, by="poor", draws=60)
    other = search(differing, redesign, people=data, by="poor", draws=60, seed=2)
    assert sum(p.best_probability for p in first.ranking) == pytest.approx(1.0)
    assert first.to_frame().equals(again.to_frame())
    assert not first.to_frame().equals(other.to_frame())
    assert first.least_regret.worst_regret <= min(p.worst_regret for p in first.ranking)
    assert all(p.regret.value >= 0 for p in first.ranking)


def test_everything_is_shown(differing, redesign, data):
    plan = replace(redesign, cost_unit="EUR", users=5_000.0)
    found = search(differing, plan, people=data, by="poor", no_group_worse_off=True)
    text = " ".join(found.sentences())
    assert "the best package within the limits is" in text
    assert "of 100 draws" in text
    assert "Group by group" in text
    assert found.chart().rows
    assert found.pareto_chart().alt
    assert "<table" in found._repr_html_()
    assert "nan" not in found._repr_html_().lower().replace("maintenance", "")
    frame = found.to_frame()
    assert frame["best_probability"].sum() == pytest.approx(1.0)
    assert "package" in repr(found)
    with pytest.raises(PolicyError, match="was not kept"):
        found.package("staff")
    today = found.package()
    assert (today.cost, today.welfare.value) == (0.0, 0.0)


def test_today_is_worth_exactly_nothing_more(differing, redesign, data):
    found = search(differing, redesign, people=data, by="poor")
    today = found.package()
    assert [(e.value, e.low, e.high) for _, e in today.groups] == [(0.0, 0.0, 0.0)] * 2


# --- very many packages ---------------------------------------------------------------------------


@pytest.mark.parametrize("objective", ["sum", "maximin"])
def test_both_solvers_agree_with_enumeration(noise, objective):
    """Twelve levers on three attributes: by enumeration, by integer program, by bounds."""
    levels = [("wait", v) for v in (30.0, 20.0, 15.0, 10.0, 5.0)]
    levels += [("help", v) for v in ("chat", "person")] * 3 + [("paint", "green")]
    levers = [
        Lever(f"l{i}", name, end, cost=1.0 + (7 * i) % 5, people={"g": (i % 2,)} if i % 3 else {})
        for i, (name, end) in enumerate(levels)
    ]
    base = Profile({"wait": 40.0, "help": "none", "paint": "blue"})
    plan = Redesign("many", levers, base, budget=9.0)
    people = pd.DataFrame({"g": [0, 1], "weight": [2.0, 1.0]})
    asked = {"people": people, "by": "g", "least_people": 0, "objective": objective}
    whole = search(noise, plan, **asked)
    parts = search(noise, plan, **asked, most=10)
    assert (whole.exhaustive, parts.exhaustive, parts.exact) == (True, False, True)
    assert parts.best.value.value == pytest.approx(whole.best.value.value, rel=1e-12)
    both = [{p.levers: p.best_probability for p in found.ranking} for found in (whole, parts)]
    for name, share in both[1].items():
        assert both[0].get(name, 0.0) == pytest.approx(share)
    assert "best was searched for" in " ".join(parts.notes)


def test_net_benefit_is_told_where_the_agency_says_what_a_unit_is_worth(common, redesign):
    plan = replace(redesign, users=100.0, unit_value=0.11, cost_unit="EUR")
    found = search(common, plan, opt_out=False)
    # 11 EUR for a day of all 100 users together
    chosen = dict(found.value_judgements)["net benefit"]
    every = {p.levers: 11 * p.welfare.value - p.cost for p in (*found.ranking, *found.pareto)}
    assert every[chosen.levers] == pytest.approx(max(every.values()))
    assert "0.11 EUR for one day" in found.judgement_table().to_text()
