"""The numbers of the report against hand calculations."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.report.blocks import Bullets
from ccegov_choice.report.certainty import average_chances
from ccegov_choice.report.document import Report
from ccegov_choice.report.head_to_head import head_to_head
from ccegov_choice.report.money import neutral, without_currency
from ccegov_choice.report.people import alternative_shares, merge_small
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.ratio import trade_offs

Z = 1.959963984540054


def test_a_level_wins_as_often_as_the_logit_says(parts):
    _design, data, results = parts
    found = {(s.attribute.id, s.level.id): s for s in head_to_head(results, data)}
    b, se = results.coefficient("staff[polite]"), results.std_error("staff[polite]")
    polite = found["staff", "polite"]
    assert polite.share == pytest.approx(1 / (1 + math.exp(-b)))
    assert polite.low == pytest.approx(1 / (1 + math.exp(-(b - Z * se))))
    assert polite.high == pytest.approx(1 / (1 + math.exp(-(b + Z * se))))
    wait = found["wait", "40"]
    assert wait.base.id == "5"
    assert wait.share == pytest.approx(1 / (1 + math.exp(-35 * results.coefficient("wait"))))


def test_levels_under_the_floor_are_not_compared(parts):
    _, data, results = parts
    assert "insulting" not in [s.level.id for s in head_to_head(results, data)]


def test_a_taste_that_depends_on_people_is_averaged_over_them():
    rng = np.random.default_rng(5)
    people = 200
    rows = pd.DataFrame(
        {
            "person": np.repeat(np.arange(people), 12),
            "task": np.tile(np.repeat(np.arange(6), 2), people),
            "alternative": np.tile(["A", "B"], 6 * people),
            "wait": rng.choice([5.0, 10.0, 20.0], 12 * people),
            "poor": np.repeat((np.arange(people) % 4 == 0).astype(float), 12),
        }
    )
    pull = -0.1 * rows["wait"] + rng.gumbel(size=len(rows))
    best = pull.groupby([rows["person"], rows["task"]]).transform("max")
    rows["chosen"] = pull == best
    study = Study(
        "s",
        "S",
        (Attribute.numeric("wait", "Wait", [5, 10, 20], "day", "days", direction="-"),),
        covariates=(Covariate("poor", "Poor", "numeric"),),
    )
    data = ChoiceData.from_long(rows, study=study)
    results = Logit(Utility("wait + wait:poor", study)).fit(data)
    slope = results.coefficient("wait") + 0.25 * results.coefficient("wait:poor")
    found = head_to_head(results, data)
    assert found[-1].share == pytest.approx(1 / (1 + math.exp(-15 * slope)))


def test_average_chances_come_from_the_log_likelihood(parts):
    _, data, results = parts
    model, guess = average_chances(results, float(data.weights.sum()))
    assert guess == pytest.approx(1 / 3)
    assert model == pytest.approx(math.exp(results.log_likelihood / data.tasks))
    assert model > guess


def test_alternatives_are_counted(parts):
    _, data, _ = parts
    shares = alternative_shares(data)
    assert shares["chosen"].sum() == data.tasks
    assert shares["shown"].sum() == data.rows
    none = data.frame.loc[data.frame["alternative"] == "none", "chosen"].sum()
    assert int(shares.set_index("alternative").loc["none", "chosen"]) == none


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 20, "b": 30}, {"a": 20, "b": 30}),
        ({"a": 20, "b": 30, "c": 0}, {"a": 20, "b": 30}),
        ({"a": 3, "b": 8, "c": 40}, {"c": 40, "a, b": 11}),
        ({"a": 3, "b": 50, "c": 40}, {"b": 50, "a, c": 43}),
        ({"a": 3, "b": 4}, None),
        ({"a": 3, "b": 40}, None),
        ({}, None),
    ],
)
def test_small_groups_are_put_together(counts, shown):
    assert merge_small(counts, 10) == shown


def test_no_small_group_can_be_worked_out_from_the_total():
    counts = {"a": 9, "b": 11, "c": 300}
    shown = merge_small(counts, 10)
    assert all(number >= 10 for number in shown.values())
    assert sum(shown.values()) == 320
    assert "a" not in shown


@pytest.mark.parametrize(
    ("words", "bare"),
    [
        ("a fee of €12", "a fee of 12"),
        ("12 EUR a year", "12 units of money a year"),
        ("try it", "try it"),
        ("ten Euros", "ten units of money"),
        ("$10,000 and £5", "10,000 and 5"),
    ],
)
def test_currency_goes_and_amounts_stay(words, bare):
    assert without_currency(words) == bare


def test_the_currency_goes_from_every_word_of_a_noun_but_not_its_id():
    level = neutral(Level("eur_5", "€5", description="5 EUR"))
    assert (level.id, level.label, level.description) == ("eur_5", "5", "5 units of money")


def test_where_classes_differ_a_level_wins_on_average_over_them(full):
    classes = full.models[1]
    found = {(s.attribute.id, s.level.id): s for s in head_to_head(classes, full.data)}
    second = 1 / (1 + math.exp(-classes.coefficient("member[class 2]")))
    shares = {"class 1": 1 - second, "class 2": second}
    by_hand = sum(
        share / (1 + math.exp(-classes.coefficient(f"{name}: staff[polite]")))
        for name, share in shares.items()
    )
    polite = found["staff", "polite"]
    assert polite.share == pytest.approx(by_hand, rel=1e-12)
    assert polite.low < polite.share < polite.high


def test_a_report_may_lead_with_a_model_in_which_people_differ(full):
    classes = full.models[1]
    offers = trade_offs(classes, "wait")
    report = Report(full.study, full.design, full.data, [classes], offers, simulated=True)
    finding = report.sections[0].blocks[1].items[0]
    assert dict(finding.origin.facts)["Method"] == "krinsky-robb"
    assert "median over" in " ".join(note for trade in offers for note in trade.notes).lower()
    words = " ".join(b.text for s in report.sections for b in s.blocks if hasattr(b, "text"))
    bullets = " ".join(
        item
        for s in report.sections
        for b in s.blocks
        if isinstance(b, Bullets)
        for item in b.items
    )
    assert "edian over" in words + bullets
    assert "Half of people would accept about" in finding.sentence
    assert report.to_pdf().startswith(b"%PDF")
