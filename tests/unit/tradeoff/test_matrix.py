import numpy as np
import pytest

from ccegov_choice.errors import TradeOffError
from ccegov_choice.tradeoff.matrix import trade_matrix
from ccegov_choice.tradeoff.ratio import willingness_to_trade


def test_the_matrix_agrees_with_single_trades(results):
    matrix = trade_matrix(results)
    for gain in ("dignity: brusque -> polite", "hours", "channel: web -> desk"):
        for pay in ("wait", "fee", "hours"):
            one = willingness_to_trade(results, gain=gain, pay_in=pay, method="fieller")
            assert matrix.value(gain, pay) == pytest.approx(one.estimate, rel=1e-12)
            if gain != pay:
                assert matrix.interval(gain, pay).low == pytest.approx(one.conf_low, rel=1e-9)


def test_what_is_not_for_sale_is_not_in_it(results):
    matrix = trade_matrix(results)
    assert not any(name.startswith("appeal") for name in matrix.gains)
    assert "insult" not in " ".join(matrix.gains)
    assert matrix.payable == ("wait", "hours", "fee", "distance")


def test_without_direction_the_answers_decide(results):
    matrix = trade_matrix(results)
    assert matrix.value("distance", "wait") == pytest.approx(0.08 / 0.05)
    assert "distance: one less is the improvement, as people chose" in matrix.notes


def test_a_column_that_is_not_told_from_zero_shows_dashes_with_the_reason(study, make_results):
    weak = make_results(study, "wait + fee", [-0.05, -0.04], np.diag([0.03, 0.001]) ** 2)
    table = trade_matrix(weak).table()
    assert table.rows[1][1] == "–"
    assert isinstance(table.rows[0][2], float)
    assert any("|z| = 1.67" in note for note in table.notes)


def test_frames(results):
    matrix = trade_matrix(results)
    size = len(matrix.gains)
    assert matrix.to_frame().shape == (size, size)
    assert len(matrix.to_long()) == size**2
    assert np.allclose(np.diag(matrix.estimate), 1.0)
    with pytest.raises(TradeOffError, match="unknown improvement"):
        matrix.value("weight", "wait")


def test_a_curve_takes_its_point_or_its_range(study, make_results):
    made = make_results(study, "log(wait) + fee", [-1.0, -0.04])
    assert "wait: 40 -> 2" in trade_matrix(made).gains
    there = trade_matrix(made, at={"wait": 20})
    assert there.value("wait", "fee") == pytest.approx(1 / 20 / 0.04, rel=1e-9)


def test_nothing_to_trade_is_said(study, make_results):
    with pytest.raises(TradeOffError, match="no attribute of the utility may be traded"):
        trade_matrix(make_results(study, "appeal", [-0.5]))


def test_the_picture_shows_one_column(results):
    matrix = trade_matrix(results)
    chart = matrix.plot()
    assert "measured by 'wait'" in chart.headline
    assert [row.value for row in chart.rows] == [
        matrix.value(gain, "wait") for gain in matrix.gains if gain != "wait"
    ]
    assert "times 'fee'" in matrix.chart("fee").axis.label
