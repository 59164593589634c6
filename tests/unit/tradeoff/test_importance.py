import numpy as np
import pytest

from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.results import draw_coefficients
from ccegov_choice.tradeoff.importance import importance


def test_shares_are_ranges_over_their_sum(study, make_results):
    made = make_results(study, "wait + dignity + channel", [-0.05, 0.3, 0.6, -0.2])
    found = importance(made)
    ranges = {"wait": 0.05 * 38, "dignity": 0.6, "channel": 0.2}
    for item in found.items:
        assert item.span == pytest.approx(ranges[item.attribute])
        assert item.share == pytest.approx(ranges[item.attribute] / sum(ranges.values()))
        assert item.conf_low < item.share < item.conf_high
    assert [item.attribute for item in found.items] == ["wait", "dignity", "channel"]
    assert (found.items[0].worst, found.items[0].best) == ("40", "2")
    assert sum(found.to_frame()["share"]) == pytest.approx(1.0)


def test_intervals_are_those_of_the_draws(study, make_results):
    made = make_results(study, "wait + channel", [-0.05, -0.2], np.diag([0.005, 0.05]) ** 2)
    found = importance(made, draws=500, seed=7, level=0.9)
    draws = draw_coefficients(made, 500, 7)
    wait, channel = 38 * np.abs(draws[:, 0]), np.abs(draws[:, 1])
    low, high = np.quantile(wait / (wait + channel), [0.05, 0.95])
    assert found.items[0].conf_low == pytest.approx(low)
    assert found.items[0].conf_high == pytest.approx(high)


def test_levels_under_the_floor_do_not_count(study, make_results):
    made = make_results(study, "wait + dignity", [-0.05, -0.1, 0.1])
    dignity = next(i for i in importance(made).items if i.attribute == "dignity")
    assert "insult" not in (dignity.worst, dignity.best)


def test_notes_say_that_it_depends_on_the_levels(results):
    assert "depends on the levels that were shown" in str(importance(results))
    assert "what moved people's choices" in importance(results).sentence()


def test_tastes_of_people_need_people(study, make_results):
    made = make_results(study, "wait + wait:age + channel", [-0.05, 0.001, -0.2])
    with pytest.raises(TradeOffError, match="differs between people by 'age'"):
        importance(made)
    young = importance(made, at={"age": 20}).items[0]
    assert young.span == pytest.approx((0.05 - 0.02) * 38)


def test_requests_are_checked(study, make_results, results):
    with pytest.raises(TradeOffError, match="between 0 and 1"):
        importance(results, level=2)
    flat = make_results(study, "wait + channel", [0, 0], np.zeros((2, 2)))
    with pytest.raises(TradeOffError, match="nothing matters most"):
        importance(flat)
    with pytest.raises(TradeOffError, match="contains no attribute"):
        importance(make_results(study, "asc", [-1.0]))
