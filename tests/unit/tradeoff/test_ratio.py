import re

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.fitting.estimate import Status
from ccegov_choice.tradeoff.importance import importance
from ccegov_choice.tradeoff.matrix import trade_matrix
from ccegov_choice.tradeoff.phrases import names_money
from ccegov_choice.tradeoff.ratio import trade_offs, willingness_to_trade

POLITE = "dignity: brusque -> polite"


def test_the_estimate_is_the_ratio_of_utilities(results):
    trade = willingness_to_trade(results, gain=POLITE, pay_in="wait")
    assert trade.estimate == pytest.approx(0.6 / 0.05, rel=1e-12)
    error = np.sqrt(0.1**2 + 12.0**2 * 0.005**2) / 0.05
    assert trade.std_error == pytest.approx(error, rel=1e-12)
    assert (trade.method, trade.unit, trade.pay_in) == ("delta", "days", "wait")
    assert trade.conclusive
    assert not trade.reversed


def test_a_gain_by_steps_adds_up(results):
    def value(gain):
        return willingness_to_trade(results, gain=gain, pay_in="wait").estimate

    steps = value("dignity: neutral") + value("dignity: neutral -> polite")
    assert steps == pytest.approx(value("dignity: polite"), rel=1e-12)
    assert value("dignity: polite -> brusque") == pytest.approx(-value(POLITE), rel=1e-12)
    assert value("wait") == pytest.approx(1.0, rel=1e-12)
    assert value("wait: 40 -> 2") == pytest.approx(38.0, rel=1e-12)


def test_paying_in_something_good_means_having_less_of_it(results):
    trade = willingness_to_trade(results, gain=POLITE, pay_in="hours")
    assert trade.estimate == pytest.approx(6.0, rel=1e-12)
    assert "fewer hours" in trade.sentence()


def test_krinsky_robb_is_near_delta_and_repeats(results):
    first, again, other = (
        willingness_to_trade(results, gain=POLITE, pay_in="fee", method="krinsky-robb", seed=seed)
        for seed in (1, 1, 2)
    )
    delta = willingness_to_trade(results, gain=POLITE, pay_in="fee")
    assert first.interval == again.interval
    assert first.interval != other.interval
    assert first.conf_low == pytest.approx(delta.conf_low, abs=0.3 * delta.std_error)
    assert first.conf_high == pytest.approx(delta.conf_high, abs=0.6 * delta.std_error)


@pytest.mark.parametrize("method", ["delta", "krinsky-robb"])
def test_a_denominator_that_may_be_zero_is_refused(study, make_results, method):
    weak = make_results(study, "wait + dignity", [-0.05, 0.3, 0.6], np.diag([0.03, 0.1, 0.1]) ** 2)
    with pytest.raises(TradeOffError, match=r"z = 1\.67, below 1\.96") as caught:
        willingness_to_trade(weak, gain=POLITE, pay_in="wait", method=method)
    assert "fieller" in caught.value.cure
    assert "another numeraire" in caught.value.cure
    assert "more people" in caught.value.cure


def test_the_threshold_follows_the_level(study, make_results):
    weak = make_results(study, "wait + dignity", [-0.05, 0.3, 0.6], np.diag([0.03, 0.1, 0.1]) ** 2)
    assert willingness_to_trade(weak, gain=POLITE, pay_in="wait", level=0.9).level == 0.9


@pytest.mark.parametrize("method", ["delta", "krinsky-robb"])
def test_a_wrong_sign_is_refused(study, make_results, method):
    odd = make_results(study, "wait + dignity", [0.05, 0.3, 0.6])
    with pytest.raises(TradeOffError, match="wrong sign") as caught:
        willingness_to_trade(odd, gain=POLITE, pay_in="wait", method=method)
    assert "direction" in caught.value.cure


def test_fieller_reports_a_wrong_sign_without_calling_it_a_trade(study, make_results):
    odd = make_results(study, "wait + dignity", [0.05, 0.3, 0.6], np.diag([0.001, 0.1, 0.1]) ** 2)
    trade = willingness_to_trade(odd, gain=POLITE, pay_in="wait", method="fieller")
    assert trade.interval.shape == "bounded"
    assert not trade.conclusive
    assert trade.sentence().startswith("The answers go against what the study says")
    assert any("wrong sign" in note for note in trade.notes)


@pytest.mark.parametrize(
    ("error", "words"),
    [(0.3, "no number of days is ruled out"), (0.1, "are ruled out")],
)
def test_fieller_says_unbounded_sets_in_words(study, make_results, error, words):
    weak = make_results(study, "wait + dignity", [-0.01, 0.3, 0.6], np.diag([0.1, 0.1, error]) ** 2)
    gain = "dignity: neutral -> polite" if error == 0.3 else POLITE
    trade = willingness_to_trade(weak, gain=gain, pay_in="wait", method="fieller")
    assert trade.conf_low is None
    assert trade.conf_high is None
    assert words in trade.interval_text()
    for text in (trade.sentence(), str(trade.table()), trade.table().to_html()):
        assert "nan" not in text.lower().split()
        assert not re.search(r"\binf\b", text)
    assert trade.sentence().startswith("This study cannot tell how many days until the decision")


def test_sentences(study, make_results):
    def sentence(estimates, spread, gain=POLITE, pay="wait", formula="wait + dignity"):
        made = make_results(study, formula, estimates, np.diag(spread) ** 2)
        return willingness_to_trade(made, gain=gain, pay_in=pay).sentence()

    polite = "polite and attentive instead of brusque (how staff behave)"
    assert sentence([-0.05, 0.3, 0.47], [0.0001, 0.1, 0.04]) == (
        "People would accept 9.4 more days until the decision (95% interval 7.8 to 11.0) for "
        f"{polite}."
    )
    assert sentence([-0.05, 0.3, -0.47], [0.0001, 0.1, 0.04]) == (
        "People would need 9.4 fewer days until the decision (95% interval 7.8 to 11.0) in return "
        f"for {polite}."
    )
    assert sentence([-0.05, 0.3, 0.05], [0.0001, 0.1, 0.1]) == (
        "This study cannot tell whether people would accept more days until the decision for "
        f"{polite}, or would need fewer in return: the estimate is 1.0 days (95% interval −2.9 to "
        "4.9)."
    )
    assert sentence([-0.05, -0.04], [0.001, 0.001], "wait: 40 -> 10", "fee", "wait + fee") == (
        "People would accept 37.5 euros more (a fee when you apply, EUR; 95% interval 35.1 to "
        "39.9) for 10 days instead of 40 days (time until the decision)."
    )
    assert sentence([-0.05, -0.04], [0.001, 0.001], "fee", "wait", "wait + fee").endswith(
        "for 1 euro less (fee you pay)."
    )


def test_a_single_unit_is_singular(study, make_results):
    made = make_results(study, "wait + dignity", [-0.05, 0.3, 0.05], np.diag([1e-5, 1, 0.02]) ** 2)
    trade = willingness_to_trade(made, gain=POLITE, pay_in="wait")
    assert trade.payment.amount(1.0, 0) == "1 day"
    assert trade.payment.amount(12.4, 1) == "12.4 days"
    assert trade.payment.things("more", 1.0, 0) == "1 more day until the decision"


def test_no_currency_without_a_declared_vehicle(study, make_results):
    from dataclasses import replace

    from ccegov_choice.study.numeraire import Numeraire

    bare = replace(study, numeraires=(Numeraire("fee"), Numeraire("wait")))
    made = make_results(bare, "wait + dignity + fee", [-0.05, 0.3, 0.6, -0.04])
    for gain, pay in ((POLITE, "fee"), ("fee: 10 -> 25", "wait"), ("fee", "wait")):
        trade = willingness_to_trade(made, gain=gain, pay_in=pay)
        for text in (trade.sentence(), trade.interval_text(), trade.table().to_html(), trade.unit):
            assert not names_money(text), text
    assert willingness_to_trade(made, gain=POLITE, pay_in="fee").unit == "units"


def test_a_declared_vehicle_names_currency_and_vehicle(results):
    trade = willingness_to_trade(results, gain=POLITE, pay_in="fee")
    assert trade.unit == "euros"
    assert "euros more (a fee when you apply, EUR;" in trade.sentence()


def test_a_currency_stands_in_for_a_unit(study, make_results):
    from dataclasses import replace

    fee = study.attribute("fee").revised(unit="", unit_plural="")
    bare = replace(study, attributes=(study.attribute("wait"), fee))
    made = make_results(bare, "wait + fee", [-0.05, -0.04])
    trade = willingness_to_trade(made, gain="wait", pay_in="fee")
    assert trade.unit == "EUR"
    assert " EUR more (a fee when you apply; 95% interval" in trade.sentence()
    back = willingness_to_trade(made, gain="fee: 25 -> 10", pay_in="wait")
    assert "10 EUR instead of 25 EUR (fee you pay)" in back.sentence()


@pytest.mark.parametrize("word", ["€20", "20 EUR", "five dollars", "GBP", "£"])
def test_money_is_recognised(word):
    assert names_money(word)


@pytest.mark.parametrize("word", ["days", "Europe", "centre", "percent", "neuron", "try again"])
def test_other_words_are_not_money(word):
    assert not names_money(word)


def test_without_a_direction_more_is_taken_as_costly_and_said(results):
    trade = willingness_to_trade(results, gain=POLITE, pay_in="distance")
    assert trade.estimate == pytest.approx(0.6 / 0.08, rel=1e-12)
    assert any("no direction for distance" in note for note in trade.notes)


# --- curved, interacting and personal utilities ---------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "estimates", "at", "slope"),
    [
        ("log(wait) + dignity", [-1.0, 0.3, 0.6], 20.0, 1 / 20),
        ("poly(wait, 2) + dignity", [-0.01, -0.001, 0.3, 0.6], 20.0, 0.01 + 2 * 0.001 * 20),
        ("piecewise(wait, 10) + dignity", [-0.02, -0.03, 0.3, 0.6], 5.0, 0.02),
        ("piecewise(wait, 10) + dignity", [-0.02, -0.03, 0.3, 0.6], 20.0, 0.05),
    ],
)
def test_a_curved_payment_needs_a_point(study, make_results, formula, estimates, at, slope):
    made = make_results(study, formula, estimates, 1e-8 * np.eye(len(estimates)))
    with pytest.raises(TradeOffError, match="its utility is a curve") as caught:
        willingness_to_trade(made, gain=POLITE, pay_in="wait")
    assert "at={'wait':" in caught.value.cure
    trade = willingness_to_trade(made, gain=POLITE, pay_in="wait", at={"wait": at})
    assert trade.estimate == pytest.approx(0.6 / slope, rel=1e-9)


def test_a_point_on_a_kink_is_refused(study, make_results):
    made = make_results(study, "piecewise(wait, 10) + dignity", [-0.02, -0.03, 0.3, 0.6])
    with pytest.raises(TradeOffError, match="changes just at 10"):
        willingness_to_trade(made, gain=POLITE, pay_in="wait", at={"wait": 10})


def test_a_rescaled_attribute_is_still_a_straight_line(study, make_results):
    made = make_results(study, "I(wait / 100) + dignity", [-5.0, 0.3, 0.6])
    trade = willingness_to_trade(made, gain=POLITE, pay_in="wait")
    assert trade.estimate == pytest.approx(12.0, rel=1e-9)


def test_an_attribute_coded_by_level_has_no_price_per_unit(study, make_results):
    made = make_results(study, "C(wait) + dignity", [-0.1, -0.2, -0.4, 0.3, 0.6])
    with pytest.raises(TradeOffError, match="a coefficient for each level") as caught:
        willingness_to_trade(made, gain=POLITE, pay_in="wait")
    assert "linear(wait)" in caught.value.cure


def test_a_personal_taste_needs_a_person(study, make_results):
    made = make_results(study, "wait + wait:poor + dignity", [-0.05, -0.05, 0.3, 0.6])
    with pytest.raises(TradeOffError, match="differs between people by 'poor'"):
        willingness_to_trade(made, gain=POLITE, pay_in="wait")
    poor = willingness_to_trade(made, gain=POLITE, pay_in="wait", at={"poor": "yes"})
    rich = willingness_to_trade(made, gain=POLITE, pay_in="wait", at={"poor": "no"})
    assert poor.estimate == pytest.approx(6.0, rel=1e-12)
    assert rich.estimate == pytest.approx(12.0, rel=1e-12)
    assert "for people with poor = yes" in poor.notes
    people = pd.DataFrame({"poor": ["yes", "no"], "weight": [3.0, 1.0]})
    mean = willingness_to_trade(made, gain=POLITE, pay_in="wait", data=people)
    assert mean.estimate == pytest.approx(0.6 / (0.05 + 0.75 * 0.05), rel=1e-12)


def test_a_taste_that_does_not_depend_on_the_person_needs_none(study, make_results):
    made = make_results(study, "wait + dignity + hours:poor", [-0.05, 0.3, 0.6, 0.1])
    assert willingness_to_trade(made, gain=POLITE, pay_in="wait").estimate == pytest.approx(12.0)


def test_an_interaction_is_valued_at_the_point_given(study, make_results):
    made = make_results(study, "wait + channel + wait:channel + dignity", [-0.05, 0.1, 0.01, 1, 2])
    web = willingness_to_trade(made, gain="dignity: polite", pay_in="wait")
    desk = willingness_to_trade(made, gain=POLITE, pay_in="wait", at={"channel": "desk"})
    assert web.estimate == pytest.approx(2 / 0.05)
    assert desk.estimate == pytest.approx(2 / 0.04)
    assert any("channel is held at web" in note for note in web.notes)


def test_every_problem_of_the_point_is_listed(results):
    with pytest.raises(TradeOffError) as caught:
        willingness_to_trade(
            results,
            gain=POLITE,
            pay_in="wait",
            at={"wate": 3, "wait": "long", "channel": "phone", "alternative": "A", "age": "old"},
        )
    assert len(caught.value.problems) == 5


# --- requests that make no sense ------------------------------------------------------------------


def test_requests_are_checked(results, study, make_results):
    with pytest.raises(TradeOffError, match="unknown method 'bootstrp'"):
        willingness_to_trade(results, gain=POLITE, pay_in="wait", method="bootstrp")
    with pytest.raises(TradeOffError, match="between 0 and 1"):
        willingness_to_trade(results, gain=POLITE, pay_in="wait", level=95)
    with pytest.raises(TradeOffError, match="too few"):
        willingness_to_trade(results, gain=POLITE, pay_in="wait", draws=5)
    with pytest.raises(TradeOffError, match="needs the data"):
        willingness_to_trade(results, gain=POLITE, pay_in="wait", method="bootstrap")
    lost = make_results(study, "wait + dignity", [-1, 1, 1], status=Status.NO_PROGRESS)
    with pytest.raises(TradeOffError, match="did not converge"):
        willingness_to_trade(lost, gain=POLITE, pay_in="wait")


def test_a_fixed_numeraire_is_certain_and_said_to_be_held(study, make_results):
    spread = np.diag([0.0, 0.1, 0.1]) ** 2
    made = make_results(
        study, "wait + dignity", [-1.0, 0.3, 0.6], spread, absent={"wait": "fixed at -1"}
    )
    trade = willingness_to_trade(made, gain=POLITE, pay_in="wait")
    assert trade.estimate == pytest.approx(0.6)
    assert any("fixed at -1" in note for note in trade.notes)
    zero = make_results(study, "wait + dignity", [0, 0.3, 0.6], spread, absent={"wait": "fixed"})
    with pytest.raises(TradeOffError, match="fixed at zero"):
        willingness_to_trade(zero, gain=POLITE, pay_in="wait", method="fieller")


def test_a_random_taste_is_said_to_be_a_ratio_of_means(study, make_results):
    from dataclasses import replace

    from ccegov_choice.models.pylogit.model import PylogitModel

    made = make_results(study, "wait + dignity", [-0.05, 0.3, 0.6])
    mixed = PylogitModel(made.utility, "Mixed Logit", {}, ("wait",), 100, 1)
    trade = willingness_to_trade(replace(made, model=mixed), gain=POLITE, pay_in="wait")
    assert any("ratio of the means" in note for note in trade.notes)


def test_a_value_that_differs_between_alternatives_needs_one(make_results):
    from ccegov_choice.study.alternative import Alternative
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.numeraire import Numeraire
    from ccegov_choice.study.study import Study

    travel = Study(
        "travel",
        "Travel",
        (
            Attribute.numeric("time", "Time", [10, 20], "minute", "minutes", direction="-"),
            Attribute.numeric("delay", "Delay", [0, 5], "minute", "minutes", direction="-"),
            Attribute.numeric(
                "seat", "Seats", [1, 2], "seat", "seats", direction="+", alternatives=("bus",)
            ),
        ),
        alternatives=(Alternative("bus", "Bus"), Alternative("tram", "Tram")),
        numeraires=(Numeraire("time"), Numeraire("delay")),
    )
    made = make_results(
        travel, "specific(time) + delay + seat + asc", [-0.1, -0.2, -0.4, 0.3, -1.0]
    )
    with pytest.raises(TradeOffError, match="differs between the alternatives 'bus', 'tram'"):
        willingness_to_trade(made, gain="delay", pay_in="time")
    for name, value in (("bus", 4.0), ("tram", 2.0)):
        trade = willingness_to_trade(made, gain="delay", pay_in="time", at={"alternative": name})
        assert trade.estimate == pytest.approx(value)
    assert willingness_to_trade(made, gain="seat", pay_in="delay").estimate == pytest.approx(0.75)
    with pytest.raises(TradeOffError, match="'tram' does not have the attribute 'seat'"):
        willingness_to_trade(made, gain="seat", pay_in="delay", at={"alternative": "tram"})
    tram = trade_offs(made, "time", at={"alternative": "tram"})
    assert [trade.gain for trade in tram] == ["delay"]
    assert tram.left_out == ("seat is not here: 'tram' does not have it",)
    assert "seat" not in trade_matrix(made, at={"alternative": "tram"}).gains
    ranked = importance(made, at={"alternative": "tram"})
    assert {item.attribute for item in ranked.items} == {"time", "delay"}
    with pytest.raises(TradeOffError, match="unknown alternative 'bike'"):
        willingness_to_trade(made, gain="seat", pay_in="delay", at={"alternative": "bike"})


# --- all gains ------------------------------------------------------------------------------------


def test_all_gains_in_one_numeraire(results):
    found = trade_offs(results, "wait")
    assert [trade.gain for trade in found] == [
        "dignity: brusque -> neutral",
        "dignity: brusque -> polite",
        "hours",
        "fee",
        "distance",
        "channel: web -> desk",
    ]
    for trade in found:
        alone = willingness_to_trade(results, gain=trade.gain, pay_in="wait")
        assert alone == trade
    assert any("appeal" in note and "not for sale" in note for note in found.left_out)
    assert len(found.sentences()) == len(found) == 6
    frame = found.to_frame()
    assert list(frame["estimate"]) == [trade.estimate for trade in found]
    text = found.table().to_html()
    assert "<caption>" in text
    assert "appeal" in text


def test_gains_go_from_the_worst_level_by_direction(study, make_results):
    from dataclasses import replace

    from ccegov_choice.study.attribute import Attribute

    gap = Attribute.ordered("gap", "Gap", ["none", "small", "large"], direction="-")
    wider = replace(study, attributes=(*study.attributes, gap))
    made = make_results(wider, "wait + gap", [-0.05, -0.1, -0.4])
    gains = [trade.gain for trade in trade_offs(made, "wait")]
    assert gains == ["gap: large -> small", "gap: large -> none"]


def test_a_curve_is_gained_over_its_whole_range(study, make_results):
    made = make_results(study, "log(wait) + fee", [-1.0, -0.04])
    trade = trade_offs(made, "fee")[0]
    assert trade.gain == "wait: 40 -> 2"
    assert trade.estimate == pytest.approx(np.log(20) / 0.04)


def test_a_number_coded_by_level_is_gained_level_by_level(study, make_results):
    made = make_results(study, "C(wait) + fee", [-0.1, -0.2, -0.4, -0.04])
    gains = [trade.gain for trade in trade_offs(made, "fee")]
    assert gains == ["wait: 40 -> 20", "wait: 40 -> 10", "wait: 40 -> 2"]
    assert "wait: 40 -> 10" in trade_matrix(made, at={"wait": 10}).gains


def test_nothing_to_gain_is_said(study, make_results):
    made = make_results(study, "wait + appeal", [-0.05, -0.5])
    with pytest.raises(TradeOffError, match="nothing to gain"):
        trade_offs(made, "wait")


def test_an_average_over_people_is_called_a_ratio_of_means(study, make_results):
    estimates = {"wait": -0.4, "hours": 0.1, "wait:poor[yes]": 0.3}
    results = make_results(study, "wait + hours + wait:poor", estimates)
    people = pd.DataFrame({"poor": ["no", "yes"], "weight": [1.0, 3.0]})
    found = willingness_to_trade(results, gain="hours", pay_in="wait", data=people)
    # 0.1 / (0.25 * 0.4 + 0.75 * 0.1); the mean of 0.25 and 1 would be 0.8125
    assert found.estimate == pytest.approx(0.1 / 0.175)
    assert found.measure == "ratio of means"
    assert any("ratio of the means, not a mean over people" in note for note in found.notes)
    assert (
        "eople on average would accept"
        in willingness_to_trade(
            make_results(study, "wait + hours + wait:poor", estimates, 1e-8 * np.eye(3)),
            gain="hours",
            pay_in="wait",
            data=people,
        ).sentence()
    )
    alone = willingness_to_trade(results, gain="hours", pay_in="wait", at={"poor": "yes"})
    assert (alone.measure, alone.estimate) == ("common", pytest.approx(1.0))
