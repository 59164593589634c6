"""The ladder: amounts that are worth the same, in everybody's own units."""

import pytest

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.errors import TradeOffError
from ccegov_choice.tradeoff.ladder import trade_ladder
from ccegov_choice.tradeoff.ratio import willingness_to_trade


def step_of(ladder, gain):
    return next(step for step in ladder.steps if step.gain == gain)


def test_one_day_is_worth_so_much_of_everything_else(results):
    """By hand: a day is 0.05, an hour 0.1, so that one day is worth half an hour."""
    ladder = trade_ladder(results, "wait")
    hours = step_of(ladder, "hours")
    assert hours.amount.value == pytest.approx(0.05 / 0.1)
    assert hours.worth.value == pytest.approx(2.0)
    assert (hours.amount.low, hours.amount.high) == pytest.approx(
        (1 / hours.worth.high, 1 / hours.worth.low)
    )
    polite = step_of(ladder, "dignity: brusque -> polite")
    assert polite.amount.value == pytest.approx(0.6 / 0.05)
    assert not polite.own_unit
    assert ladder.text().startswith("1 day less (time until the decision) = ")
    assert "0.50 hours more (opening hours)" in ladder.text()


def test_the_steps_turned_over_are_what_the_other_unit_says(results):
    """WTT(a, b) times WTT(b, a) is one."""
    days = step_of(trade_ladder(results, "wait"), "hours").amount.value
    hours = step_of(trade_ladder(results, "hours"), "wait").amount.value
    assert days * hours == pytest.approx(1.0, abs=1e-12)


def test_worth_is_that_of_each_trade_in_rising_order(results):
    ladder = trade_ladder(results, "wait")
    worths = [step.worth.value for step in ladder.steps]
    assert worths == sorted(worths)
    for step in ladder.steps:
        trade = willingness_to_trade(results, gain=step.gain, pay_in="wait", method="krinsky-robb")
        assert step.worth == Estimate(trade.estimate, trade.conf_low, trade.conf_high)


def test_what_people_do_not_want_is_turned_round(results):
    """Without a direction one km more counts as the gain; people want fewer."""
    ladder = trade_ladder(results, "wait")
    distance = step_of(ladder, "distance")
    assert distance.worth.value < 0
    assert distance.amount.value == pytest.approx(0.05 / 0.08)
    assert "km fewer" in distance.words()
    desk = " ".join(ladder.sentences())
    assert "is a loss, as large as" in desk


def test_what_is_not_told_has_no_amount(study, make_results):
    made = make_results(study, "wait + hours", [-0.05, 0.01], [[1e-5, 0], [0, 1.0]])
    ladder = trade_ladder(made, "wait")
    assert isinstance(ladder.steps[0].amount, Absent)
    assert "cannot tell what" in ladder.sentences()[0]
    assert "=" not in ladder.text()
    assert ladder.to_frame()["amount"].isna().all()


def test_money_is_named_only_where_a_vehicle_is_declared(results):
    said = " ".join([trade_ladder(results, "wait").text(), repr(trade_ladder(results, "wait"))])
    assert "euro" in said
    gains = ["hours", "dignity: polite"]
    chosen = trade_ladder(results, "wait", gains=gains)
    assert [step.gain for step in chosen.steps] == ["hours", "dignity: brusque -> polite"]
    assert "euro" not in repr(chosen)


def test_pictures_and_frames(results):
    ladder = trade_ladder(results, "wait")
    chart = ladder.plot()
    assert chart.rows[0].value == ladder.steps[-1].worth.value
    assert "0.50 hours more" in chart.headline
    assert len(ladder.to_frame()) == len(ladder.steps)
    assert "<caption>" in ladder._repr_html_()


def test_requests_are_checked(results):
    with pytest.raises(TradeOffError, match="something to compare"):
        trade_ladder(results, "wait", gains=[])
    with pytest.raises(TradeOffError, match="does not let people pay in 'channel'"):
        trade_ladder(results, "channel")
