from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DataError, PolicyError, UtilityError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.results import draw_coefficients
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.uptake import uptake
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.utility import Utility


def by_hand(results, scenarios, coefficients, mode):
    """Shares from the definition, in a loop."""
    out = results.study.opt_out.id
    rows = results.utility.encode([*scenarios.values(), Profile({}, out)])
    shares = []
    for draw in np.atleast_2d(coefficients):
        powers = np.exp(rows @ draw)
        if mode == "alone":
            shares.append(powers[:-1] / (powers[:-1] + powers[-1]))
        else:
            shares.append(powers[:-1] / powers.sum())
    return np.array(shares)


@pytest.mark.parametrize("mode", ["alone", "compete"])
def test_shares_and_intervals_are_those_of_the_draws(plain, scenarios, mode):
    found = uptake(plain, scenarios, mode=mode, draws=300, seed=4)
    draws = draw_coefficients(plain, 300, 4)
    sampled = by_hand(plain, scenarios, draws, mode)
    low, high = np.quantile(sampled, [0.025, 0.975], axis=0)
    np.testing.assert_allclose(
        found.shares, by_hand(plain, scenarios, plain.utility_estimates, mode)[0], rtol=1e-12
    )
    np.testing.assert_allclose(found.conf_low, low, rtol=1e-12)
    np.testing.assert_allclose(found.conf_high, high, rtol=1e-12)
    winners = np.bincount(sampled.argmax(axis=1), minlength=3) / 300
    np.testing.assert_allclose(found.best, winners, rtol=1e-12)
    assert found.best.sum() == pytest.approx(1.0)


def test_the_default_is_each_alone_against_the_opt_out(plain, scenarios):
    found = uptake(plain, scenarios)
    assert found.mode == "alone"
    assert found.opt_out == "I would not claim"
    assert "Each scenario alone against 'I would not claim'." in found.table().notes


def test_the_same_draws_make_differences_sharper(plain, scenarios):
    found = uptake(plain, scenarios, draws=1000)
    gap = found.difference("reform")
    sampled = found.sampled[:, 1] - found.sampled[:, 0]
    limits = np.quantile(sampled, [0.025, 0.975])  # 0.5 - 0.95 / 2 is 0.025 but for rounding
    assert (gap.conf_low, gap.conf_high) == pytest.approx(tuple(limits), rel=1e-12)
    assert gap.estimate == pytest.approx(found.share("reform") - found.share("today"))
    assert gap.baseline == "today"
    back = found.difference("today", "reform")
    assert back.conf_low == pytest.approx(-gap.conf_high)
    same = found.difference("reform", "reform")
    assert (same.estimate, same.conf_low, same.conf_high) == (0.0, 0.0, 0.0)


def test_side_by_side_without_an_opt_out_sums_to_one(plain, scenarios):
    found = uptake(plain, scenarios, opt_out=False)
    assert found.mode == "compete"
    assert found.opt_out is None
    assert found.shares.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(found.sampled.sum(axis=1), 1.0)


def test_ties_are_split(plain, scenarios):
    same = {"a": scenarios["today"], "b": scenarios["today"]}
    np.testing.assert_allclose(uptake(plain, same).best, [0.5, 0.5])


def test_seeds_repeat(plain, scenarios):
    first, again = uptake(plain, scenarios, seed=3), uptake(plain, scenarios, seed=3)
    assert np.array_equal(first.sampled, again.sampled)


# --- people ---------------------------------------------------------------------------------------


def test_people_are_averaged_by_weight(personal, scenarios, data):
    people = pd.DataFrame({"poor": ["yes", "no"], "weight": [3.0, 1.0]})
    mixed = uptake(personal, scenarios, people=people).shares
    poor, rich = (
        uptake(personal, scenarios, people=pd.DataFrame({"poor": [value]})).shares
        for value in ("yes", "no")
    )
    np.testing.assert_allclose(mixed, 0.75 * poor + 0.25 * rich, rtol=1e-12)
    assert not np.allclose(poor, rich)


def test_choice_data_give_people_and_weights(personal, scenarios, data):
    # 80 of 240 people are poor with weight 2, 160 others with weight 1: half of the weight each
    people = pd.DataFrame({"poor": ["yes", "no"]})
    expected = uptake(personal, scenarios, people=people)
    found = uptake(personal, scenarios, people=data)
    np.testing.assert_allclose(found.shares, expected.shares, rtol=1e-12)
    assert found.people == 240
    rows = pd.DataFrame({"person": data.frame["person"], "poor": data.frame["poor"]})
    unweighted = uptake(personal, scenarios, people=rows)
    assert unweighted.people == 240
    assert not np.allclose(unweighted.shares, found.shares)


def test_many_patterns_are_the_same_in_pieces(study, data, scenarios, monkeypatch):
    from ccegov_choice.study.covariate import Covariate

    aged = replace(study, covariates=(*study.covariates, Covariate("age", "Age", "numeric")))
    frame = data.frame.assign(age=data.frame["person"] % 37 + 20.0)
    from ccegov_choice.data.choice_data import ChoiceData

    older = ChoiceData.from_long(frame, study=aged, weight="weight")
    results = Logit(Utility("wait + help + asc + wait:age", aged)).fit(older)
    whole = uptake(results, scenarios, people=older, draws=100)
    monkeypatch.setattr("ccegov_choice.policy.uptake._CELLS", 1)
    pieces = uptake(results, scenarios, people=older, draws=100)
    np.testing.assert_allclose(whole.sampled, pieces.sampled, rtol=1e-12)


def test_people_are_asked_for_when_tastes_differ(personal, scenarios):
    with pytest.raises(PolicyError, match="differs between people by poor") as caught:
        uptake(personal, scenarios)
    assert "people=data" in caught.value.cure


def test_people_are_checked(personal, scenarios):
    with pytest.raises(DataError, match="no column 'poor'"):
        uptake(personal, scenarios, people=pd.DataFrame({"por": ["yes"]}))
    with pytest.raises(DataError, match="unknown level of poor 'maybe'"):
        uptake(personal, scenarios, people=pd.DataFrame({"poor": ["yes", "maybe"]}))
    with pytest.raises(DataError, match="empty for 1 people"):
        uptake(personal, scenarios, people=pd.DataFrame({"poor": ["yes", None]}))
    with pytest.raises(DataError, match="weight is missing, negative or zero"):
        uptake(personal, scenarios, people=pd.DataFrame({"poor": ["yes"], "weight": [-1.0]}))


def test_a_status_quo_is_each_persons_own(status_quo_study, study):
    design = random_design(status_quo_study, tasks=12, alternatives=2, blocks=2, seed=2)
    utility = Utility("wait + help + asc", status_quo_study)
    truth = dict.fromkeys(utility.names, 0.3) | {"wait": -0.05, "asc[now]": 0.2}
    people = pd.DataFrame({"now": np.tile([10.0, 30.0], 60), "poor": "no"})
    data = simulate_choices(design, Logit(utility), truth, 120, 3, covariates=people)
    results = Logit(utility).fit(data)
    profile = status_quo_study.profile(wait=20, help="chat")
    with pytest.raises(PolicyError, match="by now"):
        uptake(results, {"new": profile})
    shares = {
        now: uptake(results, {"new": profile}, people=pd.DataFrame({"now": [now]})).shares[0]
        for now in (10.0, 30.0)
    }
    slope = results.coefficient("wait")
    odds = [np.log(shares[now] / (1 - shares[now])) for now in (10.0, 30.0)]
    assert odds[1] - odds[0] == pytest.approx(-20 * slope, rel=1e-9)
    both = uptake(results, {"new": profile}, people=data).shares[0]
    assert both == pytest.approx((shares[10.0] + shares[30.0]) / 2, rel=1e-12)


def test_scales_of_groups_are_used(study, data, scenarios):
    results = Logit(Utility("wait + help + asc", study), scale="poor").fit(data)
    with pytest.raises(PolicyError, match="by poor"):
        uptake(results, scenarios)
    base = uptake(results, scenarios, people=pd.DataFrame({"poor": ["no"]}))
    np.testing.assert_allclose(
        base.shares, by_hand(results, scenarios, results.utility_estimates, "alone")[0], rtol=1e-12
    )
    scaled = results.utility_estimates * results.coefficient("scale[yes]")
    poor = uptake(results, scenarios, people=pd.DataFrame({"poor": ["yes"]}))
    np.testing.assert_allclose(
        poor.shares, by_hand(results, scenarios, scaled, "alone")[0], rtol=1e-12
    )
    # the first coefficients drawn are those of draw_coefficients; the scale varies besides
    assert poor.sampled.std(axis=0).min() > 0


# --- refusals -------------------------------------------------------------------------------------


def test_a_duty_has_no_uptake(plain, scenarios):
    duty = replace(plain.study, mandatory=True)
    results = replace(plain, utility=Utility("wait + help + asc", duty))
    with pytest.raises(PolicyError, match="nobody may refuse it") as caught:
        uptake(results, scenarios)
    for measure in ("willingness_to_trade", "trade_matrix", "importance"):
        assert measure in caught.value.cure
    with pytest.raises(PolicyError, match="is a duty"):
        uptake(results, scenarios, mode="compete", opt_out=False)


def test_nothing_to_choose_between_is_said(plain, scenarios, study):
    one = {"today": scenarios["today"]}
    with pytest.raises(PolicyError, match="nothing to choose between"):
        uptake(plain, one, opt_out=False)
    with pytest.raises(PolicyError, match="chosen by everybody"):
        uptake(plain, one, opt_out=False, mode="alone")
    with pytest.raises(PolicyError, match="unknown mode"):
        uptake(plain, one, mode="together")
    with pytest.raises(PolicyError, match="no scenario is given"):
        uptake(plain, {})


def test_without_an_opt_out_in_the_study_there_is_no_uptake(study, scenarios):
    bare = replace(study, opt_out=None)
    design = random_design(bare, tasks=12, alternatives=2, blocks=1, seed=2)
    utility = Utility("wait + help", bare)
    truth = {"wait": -0.05, "help[chat]": 0.3, "help[person]": 0.6}
    results = Logit(utility).fit(simulate_choices(design, Logit(utility), truth, 60, 3))
    with pytest.raises(PolicyError, match="has no opt-out"):
        uptake(results, scenarios, opt_out=True)
    assert uptake(results, scenarios).mode == "compete"


def test_scenarios_are_checked_together(plain, study, scenarios):
    with pytest.raises(PolicyError) as caught:
        uptake(plain, {"a": study.profile(wait=10), "b": study.profile(help="chat")})
    assert len(caught.value.problems) == 2
    assert "it leaves open help" in str(caught.value)
    with pytest.raises(PolicyError, match="two scenarios are called 'a'"):
        uptake(plain, [Scenario("a", scenarios["today"]), Scenario("a", scenarios["fast"])])
    with pytest.raises(PolicyError, match="is no profile but a dict"):
        uptake(plain, {"a": {"wait": 10}})
    with pytest.raises(PolicyError, match="between 0 and 1"):
        uptake(plain, scenarios, level=95)
    with pytest.raises(PolicyError, match="too few"):
        uptake(plain, scenarios, draws=3)
    with pytest.raises(PolicyError, match="unknown scenario 'refrom'"):
        uptake(plain, scenarios).share("refrom")


def test_an_unknown_level_is_an_error(plain):
    with pytest.raises(UtilityError, match="unknown level"):
        uptake(plain, {"a": Profile({"wait": 10.0, "help": "robot"})})


def test_a_forbidden_combination_is_said(plain, study):
    found = uptake(plain, {"a": study.profile(wait=2, help="none")})
    assert any("the study forbids" in note for note in found.notes)


def test_a_model_without_logit_shares_makes_no_forecast(plain, scenarios, data):
    from ccegov_choice.models.predict import elasticities, predict
    from ccegov_choice.models.pylogit.model import PylogitModel

    nested = replace(plain, model=PylogitModel(plain.utility, "Nested Logit", {"n": ("A",)}))
    with pytest.raises(DataError, match="does not choose by logit shares"):
        uptake(nested, scenarios)
    with pytest.raises(DataError, match="does not choose by logit shares"):
        predict(nested, data)
    with pytest.raises(DataError, match="does not choose by logit shares"):
        elasticities(nested, data, "wait")
    same = replace(plain, model=PylogitModel(plain.utility, "MNL"))
    assert np.array_equal(uptake(same, scenarios).shares, uptake(plain, scenarios).shares)


# --- words ----------------------------------------------------------------------------------------


def test_labels_tables_and_sentences(plain, scenarios):
    named = [
        Scenario("today", scenarios["today"], "Today's service"),
        Scenario("reform", scenarios["reform"], "The reform"),
        Scenario("same", scenarios["reform"]),
    ]
    found = uptake(plain, named)
    share = round(100 * found.share("reform"))
    assert f"{share} in 100 people would choose 'The reform'" in found.sentence()
    assert (
        "more in 100 people would choose 'The reform' than 'Today's service' (" in found.sentence()
    )
    assert "best in draws (%)" in str(found)
    shown = found._repr_html_()
    assert shown.count("<caption>") == 2
    assert "The reform against Today&#x27;s service" in shown
    assert list(found.to_frame()["scenario"]) == ["today", "reform", "same"]


def test_a_loss_and_an_unclear_difference_are_said(plain, scenarios):
    worse = uptake(plain, {"reform": scenarios["reform"], "today": scenarios["today"]})
    assert "fewer in 100 people" in worse.sentence()
    equal = uptake(plain, {"a": scenarios["today"], "b": scenarios["today"]})
    assert "This study cannot tell whether more people would choose 'b' than 'a'" in (
        equal.sentence()
    )
