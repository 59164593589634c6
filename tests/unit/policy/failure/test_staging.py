from math import comb

import pytest
from scipy.special import beta as beta_function

from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.failure.chance import Chance, ReferenceClass
from ccegov_choice.policy.failure.staging import staged_value


def test_the_value_is_the_sum_over_what_the_pilot_may_show():
    a, b, n = 3.5, 5.5, 4
    expected, go = 0.0, []
    for k in range(n + 1):
        chance = comb(n, k) * beta_function(a + k, b + n - k) / beta_function(a, b)
        p = (a + k) / (a + b + n)
        worth = 30 * (p * 10 - (1 - p) * 8)
        expected += chance * max(worth, 0)
        go += [k] if worth > 0 else []
    found = staged_value(Chance(a, b), gain=10, loss=8, sites=30, trials=n, pilot_cost=12, kept=0.9)
    assert found.staged == pytest.approx(0.9 * expected - 12)
    assert found.least_successes == min(go)
    p = a / (a + b)
    assert found.all_at_once == pytest.approx(max(30 * (p * 10 - (1 - p) * 8), 0))


def test_harm_by_hand():
    # one success and one failure believed, one trial: it goes on after a success only
    found = staged_value(
        Chance(1.0, 1.0), gain=10, loss=12, sites=10, trials=1, harm=3.0, pilot_harm=1.0
    )
    assert found.all_at_once == 0.0
    assert found.harm_now == 0.0
    assert found.least_successes == 1
    assert found.stops == pytest.approx(0.5)
    assert found.harm_staged == pytest.approx(0.5 * 10 * 3 / 3 + 0.5)
    # where it would be done at once, a pilot spares citizens harm
    bold = staged_value(Chance(1.0, 1.0), gain=10, loss=9, sites=10, trials=5, harm=3.0)
    assert bold.harm_now == pytest.approx(15)
    assert bold.harm_staged < bold.harm_now


def test_it_says_when_to_stop():
    chance = Chance.of(ReferenceClass("portals", 6, 14))
    found = staged_value(chance, gain=10, loss=6, sites=100, trials=10)
    assert f"Go on if {found.least_successes} or more of 10" in found.sentence()
    assert "more than deciding" in found.sentence()
    assert "<table" in found._repr_html_()
    assert found.to_frame()["gain"].item() == pytest.approx(found.gain)
    assert "all at once" in repr(found)
    never = staged_value(chance, gain=0.0, loss=6, sites=100, trials=2)
    assert "No result of this pilot would justify" in never.sentence()
    always = staged_value(chance, gain=10, loss=0.0, sites=100, trials=2, pilot_cost=1)
    assert "would stop the roll-out" in always.sentence()
    assert "less than deciding" in always.sentence()


def test_all_problems_are_told_at_once():
    with pytest.raises(PolicyError) as told:
        staged_value(Chance(1, 1), gain=1, loss=-1, sites=0, trials=0, harm=-1, kept=2)
    assert len(told.value.problems) == 5
