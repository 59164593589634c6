"""Plans by formula: numbers by hand, what can be asked, and errors."""

import json

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import ChoiceError, DesignError, TradeOffError, UtilityError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.models.tastes import ClassTaste, RandomTaste
from ccegov_choice.power.groups import Group
from ccegov_choice.power.plan import plan_sample
from ccegov_choice.power.precision import Precision
from ccegov_choice.power.settings import FieldConditions, Goal, Simulation
from ccegov_choice.power.trades import trade_questions
from ccegov_choice.power.ztest import z_power
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.ratio import willingness_to_trade

PERSON = "help: none -> person, paid in wait"


def test_a_coin_by_hand(coin):
    """Even odds have a variance of 4 per person: z^2 4 / b^2 people for an effect b near zero."""
    design, model = coin
    plan = plan_sample(design, model, {"x[yes]": 0.2}, people=[100])
    p = 1 / (1 + np.exp(-0.2))
    variance = 1 / (p * (1 - p))
    answer = plan.answer("x[yes]")
    assert answer.at[0].std_error == pytest.approx(np.sqrt(variance / 100))
    assert answer.at[0].power == pytest.approx(float(z_power(0.2 / np.sqrt(variance / 100), 0.95)))
    assert answer.needed == int(np.ceil(2.801585**2 * variance / 0.2**2))
    assert answer.at[0].smallest == pytest.approx(2.801585 * np.sqrt(variance / 100), rel=1e-5)


def test_the_error_of_a_trade_is_that_of_the_trade_off(design, model, truth):
    results = model.fit(simulate_choices(design, model, truth, 300, 4))
    found = Precision(results.utility_estimates, results.utility_covariance * 300)
    gains = ["help: none -> person", "help: person -> chat", "channel: web -> phone"]
    for gain, question in zip(
        gains,
        trade_questions([(g, "wait") for g in gains], results.utility),
        strict=True,
    ):
        strength = question.strength([found])
        trade = willingness_to_trade(results, gain=gain, pay_in="wait")
        assert strength.std_error(300.0)[0] == pytest.approx(trade.std_error, rel=1e-10)
        assert strength.effect[0] == pytest.approx(trade.estimate, rel=1e-12)


def test_power_at_the_people_needed_is_the_power_asked(design, model, truth):
    plan = plan_sample(design, model, truth)
    for answer in plan.answers:
        at = plan_sample(design, model, truth, people=[answer.needed - 1, answer.needed])
        before, after = at.answer(answer.name).at
        assert before.power < 0.8 <= after.power


def test_a_truth_of_the_smallest_size_is_detected_with_the_power_asked(design, model, truth):
    """Only the gain is changed, so that the information of a linear utility stays nearly so."""
    from ccegov_choice.power.strength import Traded

    trade = Traded(*(np.array([v]) for v in (0.7, 0.05, 1.9, 0.09, 0.4)))
    goal = Goal(0.9, 0.95)
    smallest = trade.smallest(200.0, goal)
    moved = Traded(
        smallest * 0.05, trade.payment, trade.gain_error, trade.payment_error, trade.correlation
    )
    assert moved.power(200.0, goal)[0] == pytest.approx(0.9, abs=1e-9)


def test_dropout_and_design_effect_divide_the_people(design, model, truth):
    field = FieldConditions(dropout=0.2, design_effect=1.6)
    rough = plan_sample(design, model, truth, people=[400], field=field)
    plain = plan_sample(design, model, truth, people=[200])
    for one, other in zip(rough.answers, plain.answers, strict=True):
        assert one.at[0].power == pytest.approx(other.at[0].power)
        assert one.at[0].smallest == pytest.approx(other.at[0].smallest)
        assert abs(one.needed - 2 * other.needed) <= 2
    assert "of 100 people asked, 80 answer and tell as much as 50" in str(rough)


def test_people_who_answer_by_lot_cost_power(design, model, truth):
    plain = plan_sample(design, model, truth, people=[150])
    rough = plan_sample(design, model, truth, people=[150], field=FieldConditions(inattentive=0.2))
    for one, other in zip(rough.answers, plain.answers, strict=True):
        assert one.at[0].power <= other.at[0].power
        if one.kind == "coefficient":
            assert abs(one.effect) < abs(other.effect)


def test_default_trades_go_from_base_to_best(design, model, truth):
    names = [a.name for a in plan_sample(design, model, truth).answers if a.kind == "trade"]
    # the channel has no direction: the truth likes the website best, which is the base
    assert names == [PERSON, "channel: phone -> web, paid in wait"]


def test_no_numeraire_no_trades_and_a_note(coin):
    design, model = coin
    plan = plan_sample(design, model, {"x[yes]": 0.3})
    assert [a.kind for a in plan.answers] == ["coefficient"]
    assert "nothing in the utility may be paid in" in str(plan)
    assert "the effect of 'x[yes]'" in plan.sentence()


def test_a_prior_averages_power(design, model, truth, monkeypatch):
    monkeypatch.setattr("ccegov_choice.power.truth.PRIOR_DRAWS", 64)
    local = Prior.normal(model.utility, truth)
    assert plan_sample(design, model, local).needed == plan_sample(design, model, truth).needed
    wide = Prior.normal(model.utility, truth, sd=0.1)
    plan = plan_sample(design, model, wide, people=[300])
    weights, values = wide.draws(64, seed=1)
    each = [
        plan_sample(design, model, dict(zip(wide.names, row, strict=True)), people=[300], trades=[])
        for row in values
    ]
    name = "channel[phone]"
    by_hand = sum(w * p.answer(name).at[0].power for w, p in zip(weights, each, strict=True))
    assert plan.answer(name).at[0].power == pytest.approx(by_hand)
    assert "assurance" in str(plan)


def test_tastes_that_differ_are_planned_for(design, model, truth):
    spread = plan_sample(design, model, RandomTaste(truth, {"help[person]": 1.0}))
    plain = plan_sample(design, model, truth)
    assert (
        spread.answer("help[person]").at[0].std_error > plain.answer("help[person]").at[0].std_error
    )
    same = ClassTaste({"a": (0.5, truth), "b": (0.5, truth)})
    assert plan_sample(design, model, same).needed == plain.needed


def test_groups_by_hand(design, model, truth):
    groups = {"age": {"young": Group(0.75), "old": Group(0.25, {"help[person]": 0.4})}}
    plan = plan_sample(design, model, truth, people=[400], groups=groups)
    asked = [a for a in plan.answers if a.kind == "difference"]
    assert [a.name for a in asked] == [
        "help[person]: age old against young",
        f"{PERSON}: age old against young",
    ]
    old = dict(truth, **{"help[person]": 1.1})
    for difference, name in zip(asked, ("help[person]", PERSON), strict=True):
        young_part = plan_sample(design, model, truth, people=[300]).answer(name)
        old_part = plan_sample(design, model, old, people=[100]).answer(name)
        error = np.hypot(young_part.at[0].std_error, old_part.at[0].std_error)
        effect = old_part.effect - young_part.effect
        assert difference.effect == pytest.approx(effect)
        assert difference.at[0].std_error == pytest.approx(error)
        assert difference.at[0].power == pytest.approx(float(z_power(effect / error, 0.95)))


def test_minutes_and_hours(design, model, truth):
    field = FieldConditions(seconds_per_task=30, minutes=2)
    plan = plan_sample(design, model, truth, people=[100], field=field)
    assert plan.tasks_per_person == 6
    assert plan.minutes_per_person == 3.0
    assert plan.total_hours(100) == 5.0
    assert plan.fits_minutes is False
    assert "more than the 2 minutes people have: show 4 tasks, in more blocks" in plan.sentence()
    longer = FieldConditions(seconds_per_task=30, minutes=3)
    assert plan_sample(design, model, truth, field=longer).fits_minutes is True
    silent = plan_sample(design, model, truth)
    assert silent.fits_minutes is None
    assert silent.total_hours(100) is None


def test_a_zero_effect_is_never_enough(design, model, truth):
    plan = plan_sample(design, model, truth | {"help[chat]": 0.0}, trades=[])
    assert plan.needed["help[chat]"] is None
    assert "the effect is zero" in str(plan)
    assert "No number of people is enough to see the effect of 'help[chat]'" in plan.sentence()
    assert plan.people_for("coefficient") is None
    assert plan.answer("help[chat]").at[0].power == pytest.approx(0.05)


def test_a_plan_can_be_read(design, model, truth):
    plan = plan_sample(design, model, truth, field=FieldConditions(seconds_per_task=30))
    assert plan.sentence().startswith(f"Ask {plan.people_for('trade'):,} people. Then each of 2")
    assert "Nobody was asked yet" in plan.sentence()
    page = plan._repr_html_()
    assert page.count("<table") == 2
    assert "<caption>" in page
    content = json.loads(json.dumps(plan.to_dict(), allow_nan=False))
    assert [q["needed"] for q in content["questions"]] == list(plan.needed.values())
    assert content["provenance"]["parents"]["design"] == design.sha256
    with pytest.raises(DesignError, match="unknown question"):
        plan.answer("help[persn]")


def test_covariates_come_from_the_population(design, study):
    model = Logit(Utility("wait + help + wait:age", study))
    truth = {"wait": -0.05, "help[chat]": 0.3, "help[person]": 0.7, "wait:age[old]": 0.02}
    population = pd.DataFrame({"age": ["young", "old"], "weight": [0.6, 0.4]})
    field = FieldConditions(population=population)
    plan = plan_sample(design, model, truth, field=field, trades=[("help: person", "wait")])
    assert plan.answer(PERSON).effect == pytest.approx(0.7 / (0.05 - 0.4 * 0.02))
    simulated = plan_sample(
        design, model, truth, people=[200], field=field, simulation=Simulation(20), seed=2
    )
    assert simulated.answer("wait:age[old]").at[0].failed == 0


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (
            {"truth": {"wait": -0.05, "hlp": 1.0}},
            UtilityError,
            ["'hlp'", "'help[chat]' is missing"],
        ),
        ({"people": [0, 1.5]}, DesignError, ["0 is not a number of people", "1.5 is not"]),
        ({"people": []}, DesignError, ["no number of people"]),
        (
            {"trades": [("help: persn", "wait"), ("help: person", "channel"), "wait"]},
            TradeOffError,
            ["'persn'", "'channel'", "3 problems", "not a gain"],
        ),
        (
            {"groups": {"agee": {"young": Group(0.5)}, "age": {"older": Group(1.2, {"w": 1.0})}}},
            DesignError,
            ["'agee'", "Did you mean 'age'", "'older'", "sum to one", "'w'"],
        ),
        (
            {"truth": {"wait": 0.05, "help[chat]": 0, "help[person]": 1, "channel[phone]": 0}},
            DesignError,
            ["paying in 'wait' costs people nothing", "sign of a cost"],
        ),
    ],
)
def test_errors_list_everything(design, model, truth, change, error, words):
    given = {"truth": truth} | change
    with pytest.raises(error) as raised:
        plan_sample(design, model, **given)
    assert all(word in str(raised.value) for word in words), str(raised.value)


def test_a_prior_of_another_utility_and_a_scale_are_refused(design, model, study, truth):
    with pytest.raises(DesignError, match=r"lacks .*channel\[phone\]"):
        plan_sample(design, model, Prior.zero(Utility("wait + help", study)))
    with pytest.raises(DesignError, match="cannot be planned for"):
        plan_sample(design, Logit(model.utility, scale="age"), truth)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Goal(1.2, 0.0), ["power 1.2", "level 0"]),
        (lambda: Goal(0.4, 0.95), ["most effects would be missed"]),
        (lambda: Goal(0.8, 0.2), ["more false alarms than not"]),
        (
            lambda: FieldConditions(1.0, 0.9, -0.1, None, 5),
            ["dropout 1", "design_effect 0.9", "inattentive -0.1", "seconds_per_task"],
        ),
        (lambda: Simulation(3, 0), ["3 replications", "0 workers"]),
    ],
)
def test_settings_that_make_no_sense(make, words):
    with pytest.raises(ChoiceError) as raised:
        make()
    assert all(word in str(raised.value) for word in words), str(raised.value)


def test_people_who_bring_their_own_levels():
    """Without a population they bring the middle level, with one their own."""
    wait = Attribute.numeric("wait", "Days", [5, 10, 20], "day", "days", direction="-")
    today = Alternative(
        "today", "As today", kind="status_quo", levels={"wait": FromCovariate("wait_now")}
    )
    study = Study(
        "channels",
        "Channels",
        (wait,),
        alternatives=(Alternative("web", "Web"), Alternative("phone", "Phone")),
        opt_out=today,
        covariates=(Covariate("wait_now", "Days now", "numeric", unit="day"),),
    )
    design = random_design(study, tasks=12, blocks=2, seed=1)
    model = Logit(Utility.main_effects(study))
    truth = {"wait": -0.05, "asc[phone]": 0.2, "asc[today]": -0.3}
    typical = plan_sample(design, model, truth, people=[200])
    same = FieldConditions(population=pd.DataFrame({"wait_now": [10.0, 10.0]}))
    assert plan_sample(design, model, truth, people=[200], field=same).needed == typical.needed
    wide = FieldConditions(population=pd.DataFrame({"wait_now": [5.0, 20.0]}))
    # own levels that differ tell more about waiting
    spread = plan_sample(design, model, truth, people=[200], field=wide)
    assert spread.needed["wait"] < typical.needed["wait"]
    for field in (FieldConditions(), wide):
        told = plan_sample(design, model, truth, people=[200], field=field)
        seen = plan_sample(
            design, model, truth, people=[200], field=field, simulation=Simulation(20), seed=1
        )
        for one, other in zip(seen.answers, told.answers, strict=True):
            assert one.at[0].std_error == pytest.approx(other.at[0].std_error, rel=0.1)
