"""Equity by hand, by its axioms, and by the root that can be worked out."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.errors import PolicyError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.policy.equity.equity import equity
from ccegov_choice.policy.equity.measures import (
    atkinson,
    distributional_weights,
    equally_distributed_equivalent,
    gini,
)
from ccegov_choice.policy.equity.switching import best_by_rule, switching_aversion
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.utility import Utility

amounts = st.lists(st.floats(0.5, 100), min_size=2, max_size=6)


def test_gini_by_hand():
    assert gini([1.0, 1.0]) == 0
    assert gini([0.0, 1.0]) == pytest.approx(0.5)
    assert gini([1.0, 2.0, 3.0, 4.0]) == pytest.approx(0.25)
    # a group of three people is three groups of one
    assert gini([1.0, 5.0], [3, 1]) == pytest.approx(float(gini([1.0, 1.0, 1.0, 5.0])))


def test_atkinson_by_hand():
    # sqrt(1 * 9) = 3 and mean 5; ((1 + 3) / 2)^2 = 4
    assert atkinson([1.0, 9.0], 1.0) == pytest.approx(0.4)
    assert atkinson([1.0, 9.0], 0.5) == pytest.approx(0.2)
    assert equally_distributed_equivalent([1.0, 9.0], 2.0) == pytest.approx(1.8)
    assert equally_distributed_equivalent([1.0, 9.0], 800.0) == pytest.approx(1.0, abs=2e-3)


@given(amounts)
def test_without_aversion_nothing_is_wasted(levels):
    assert atkinson(levels, 0.0) == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=200)
@given(amounts, st.floats(0.1, 8), st.floats(0.01, 0.99))
def test_a_transfer_to_the_worse_off_lowers_inequality(levels, aversion, part):
    poor, rich = int(np.argmin(levels)), int(np.argmax(levels))
    gap = levels[rich] - levels[poor]
    if gap < 1e-3:
        return
    after = list(levels)
    after[poor] += part * gap / 2
    after[rich] -= part * gap / 2
    assert atkinson(after, aversion) < atkinson(levels, aversion) + 1e-12
    assert gini(after) < gini(levels) + 1e-12


@given(amounts, st.floats(0, 8), st.floats(0.01, 100))
def test_the_unit_does_not_matter(levels, aversion, factor):
    scaled = np.multiply(levels, factor)
    assert atkinson(scaled, aversion) == pytest.approx(float(atkinson(levels, aversion)), abs=1e-9)
    assert gini(scaled) == pytest.approx(float(gini(levels)), abs=1e-9)


def test_changes_are_no_levels():
    with pytest.raises(PolicyError, match="levels of welfare, not changes"):
        gini([-1.0, 2.0])
    with pytest.raises(PolicyError, match="levels of welfare, not changes"):
        atkinson([0.0, 2.0])


def test_green_book_weights():
    found = distributional_weights({"low": 10_000, "middle": 20_000, "high": 40_000})
    assert found == pytest.approx({"low": 2**1.3, "middle": 1.0, "high": 0.5**1.3})
    # half of all people are in the low group: the median person is one of them
    people = {"low": 60, "middle": 20, "high": 20}
    assert distributional_weights({"low": 1, "middle": 2, "high": 4}, people)["low"] == 1
    with pytest.raises(PolicyError, match="2 problems"):
        distributional_weights({"low": 0, "high": 1}, {"low": 3})


def test_the_switching_value_is_the_analytic_root():
    # ((1 + 9^(1/2)) / 2)^2 = 4: equal to (4, 4) at an aversion of a half
    assert switching_aversion([1.0, 9.0], [4.0, 4.0]) == pytest.approx(0.5, abs=1e-6)
    # sqrt(1 * 9) = 3: at one
    assert switching_aversion([1.0, 9.0], [3.0, 3.0]) == pytest.approx(1.0, abs=1e-6)
    # 2 / (1 + 1/9) = 1.8: at two
    assert switching_aversion([1.8, 1.8], [1.0, 9.0]) == pytest.approx(2.0, abs=1e-6)
    # two in three people with 8, one with 1, against 4: log-mean 2/3 log 8 = log 4, at one
    assert switching_aversion([1.0, 8.0], [4.0, 4.0], [1, 2]) == pytest.approx(1.0, abs=1e-6)


def test_an_option_better_for_everybody_never_switches():
    found = switching_aversion([2.0, 9.0], [1.0, 8.0])
    assert isinstance(found, Absent)
    assert "every aversion" in found.reason


def test_judgements_of_value_may_disagree():
    options = {"most": [1.0, 20.0], "even": [4.0, 5.0], "safe": [3.0, 9.0]}
    found = best_by_rule(options, aversion=2.0, minimum=3.5)
    assert found["sum"] == ("most", "safe", "even")
    assert found["maximin"][0] == "even"
    assert found["prioritarian"][0] == "safe"
    assert found["guarantee"] == ("even", "safe", "most")
    assert "prioritarian" not in best_by_rule({"a": [-1.0, 3.0], "b": [1.0, 1.0]})


def _change():
    rng = np.random.default_rng(1)
    sampled = np.array([2.0, -1.0]) + rng.normal(0, [0.5, 1.0], (4000, 2))
    groups = (
        SimpleNamespace(name="owners", people=300, share=0.75, mean=Estimate(2.0), median=None),
        SimpleNamespace(
            name="tenants", people=100, share=0.25, mean=Absent("none"), median=Estimate(-1.0)
        ),
    )
    return SimpleNamespace(groups=groups, sampled=sampled, level=0.9)


def test_a_change_says_who_loses_and_how_surely():
    found = equity(_change(), minimum=0.0, unit="days")
    assert found.of_gains
    assert isinstance(found.gini, Absent)
    assert found.mean.value == pytest.approx(0.75 * 2 - 0.25)
    assert found.no_group_worse_off is False
    # P(normal(-1, 1) > 0) = 0.159; 4,000 draws: five standard errors are 0.029
    assert found.no_group_worse_off_probability == pytest.approx(0.159, abs=0.029)
    assert found.guarantee_met is False
    assert found.worst == "tenants"
    assert found.level == 0.9
    text = found.sentence()
    assert "The group 'tenants' gains least on average." in text
    assert "Worse off on average: 'tenants'" in text
    assert "Below the minimum of 0 days: 'tenants'." in text


def test_with_what_groups_have_today_inequality_is_measured():
    found = equity(_change(), today={"owners": 20.0, "tenants": 10.0}, aversion=1.0)
    assert not found.of_gains
    assert found.groups[1].value.value == 9.0
    assert found.groups[1].gain.value == -1.0
    expected = float(gini([22.0, 9.0], [0.75, 0.25]))
    assert found.gini.value == pytest.approx(expected)
    assert found.gini.low < expected < found.gini.high
    assert 0 < found.atkinson.value < 1
    assert found.ede.value < found.mean.value
    assert "wastes" in found.sentence()


def test_levels_from_a_mapping_and_from_a_frame_are_the_same():
    levels, people = {"a": 10.0, "b": 20.0}, {"a": 30, "b": 10}
    one = equity(levels, people=people, weights={"a": 2.0, "b": 1.0}, minimum=12)
    frame = pd.DataFrame({"group": ["a", "b"], "value": [10.0, 20.0], "people": [30, 10]})
    two = equity(frame, weights={"a": 2.0, "b": 1.0}, minimum=12)
    assert one.mean.value == two.mean.value == 12.5
    assert one.weighted.value == two.weighted.value == 0.75 * 20 + 0.25 * 20
    assert one.no_group_worse_off is None
    assert one.table().to_csv() == two.table().to_csv()
    assert "Nothing says how sure" in one.notes[0]
    assert one.guarantee_met is False
    assert equity({"a": 1.0, "b": 2.0}, people={"a": 0.5, "b": 0.5}).withheld == frozenset()


def test_levels_against_today_tell_gains():
    found = equity({"a": 10.0, "b": 20.0}, today={"a": 9.0, "b": 21.0})
    assert [group.gain.value for group in found.groups] == [1.0, -1.0]
    assert found.no_group_worse_off is False


def test_small_groups_are_neither_printed_nor_named():
    people = {"a": 300, "b": 9, "c": 12}
    found = equity({"a": 10.0, "b": -5.0, "c": 2.0}, people=people, minimum=0)
    printed = found.table().to_text() + found._repr_html_() + found.sentence()
    assert "-5" not in printed.replace("−", "-")
    assert found.withheld == {"b", "c"}
    assert "too small to name" in found.sentence()


def test_every_problem_is_told_at_once():
    with pytest.raises(PolicyError, match="3 reasons"):
        equity({"a": 1.0, "b": 2.0}, weights={"a": 1.0, "c": 1.0}, aversion=-1)
    with pytest.raises(PolicyError, match="no number"):
        equity({"a": "much", "b": 2.0})
    with pytest.raises(PolicyError, match="no group"):
        equity({})


def test_it_shows_itself():
    found = equity(_change(), unit="days")
    assert found.chart().csv_name == "equity.csv"
    assert "<table" in found._repr_html_()
    assert "Gain (days)" in repr(found)
    assert list(found.to_frame()["Group"]) == ["owners", "tenants"]


def test_a_change_of_welfare_is_read_as_it_is(data, study):
    paying = replace(study, numeraires=(Numeraire("wait"),))
    utility = Utility("wait + help + asc + wait:poor", paying)
    change = welfare_change(
        Logit(utility).fit(data.with_study(paying)),
        study.profile(wait=40, help="none"),
        study.profile(wait=10, help="none"),
        pay_in="wait",
        people=data,
        by="poor",
        draws=200,
    )
    found = equity(change)
    assert found.unit == "days"
    assert {group.label for group in found.groups} == {group.label for group in change.groups}
    assert [g.people for g in found.groups] == [g.people for g in change.groups]
    overall = sum(g.share * g.mean.value for g in change.groups)
    assert found.mean.value == pytest.approx(overall)
    assert found.no_group_worse_off is True
    levels = equity(change, today={group.name: 60.0 for group in change.groups})
    assert 0 <= levels.gini.value < 1
