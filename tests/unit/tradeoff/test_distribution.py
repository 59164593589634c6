"""Trade-offs over people: distributions, medians, single people; by hand, by law, by quadrature."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import ccegov_choice as cc
from ccegov_choice._table import Absent
from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.classes.shares import Fitted
from ccegov_choice.models.mixed.distributions import CensoredNormal, LogNormal, Normal
from ccegov_choice.models.mixed.layout import lay_out
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Sobol
from ccegov_choice.models.nests.nested_logit import NestedLogit
from ccegov_choice.tradeoff.distribution_made import trade_distribution
from ccegov_choice.tradeoff.individual import individual_trade_offs
from ccegov_choice.tradeoff.matrix import trade_matrix
from ccegov_choice.tradeoff.ratio import trade_offs, willingness_to_trade
from ccegov_choice.tradeoff.spread import people_ratios, spread_of_people

FORMULA = "wait + dignity + hours"
MEANS = {"wait": -0.05, "dignity[neutral]": 0.3, "dignity[polite]": 0.6, "hours": 0.1}
POLITE = "dignity: brusque -> polite"
AGES = {"age": {"age": np.zeros(1)}}


@pytest.fixture
def mixed(study, make_results):
    def make(estimates, *, error=0.01, covariates=None, **words):
        made = make_results(study, FORMULA, MEANS)
        model = MixedLogit(made.utility, draws=Sobol(512, seed=2), **words)
        names = lay_out(model, made.utility, covariates or {}).names
        values = np.array([{**MEANS, **estimates}[name] for name in names])
        spread = np.diag((error * np.abs(values)) ** 2)
        size = len(names)
        return replace(
            made, model=model, names=names, estimates=values, covariance=spread,
            free=np.ones(size, dtype=bool), expansion=np.eye(size), hessian=-np.eye(size),
        )  # fmt: skip

    return make


@pytest.fixture
def classes(study, make_results):
    def make(estimates, *, error=0.01, **words):
        made = make_results(study, FORMULA, MEANS)
        model = cc.LatentClass(made.utility, **words)
        names = Fitted.made(model, made.utility, ()).layout.names
        values = np.array([estimates[name] for name in names])
        size = len(names)
        return replace(
            made, model=model, names=names, estimates=values, covariance=error**2 * np.eye(size),
            free=np.ones(size, dtype=bool), expansion=np.eye(size), hessian=-np.eye(size),
        )  # fmt: skip

    return make


TWO = {
    **{f"patient: {name}": value for name, value in MEANS.items()},
    **{"hurried: wait": -0.4, "hurried: dignity[neutral]": 0.1, "hurried: dignity[polite]": 0.2},
    "hurried: hours": 0.1,
    "member[hurried]": math.log(0.3 / 0.7),
}


# --- a ratio over people --------------------------------------------------------------------------


def test_quantiles_means_and_shares_by_hand():
    over, under = np.array([1.0, 2.0, -1.0, 3.0]), np.array([1.0, 1.0, 1.0, -1.0])
    mass = np.array([0.1, 0.4, 0.3, 0.2])
    found = spread_of_people(over, under, mass, 0.2)
    # ratios -3 (0.2), -1 (0.3), 1 (0.1), 2 (0.4)
    np.testing.assert_array_equal(found.quantiles, [-3, -1, -1, 2, 2])
    assert found.mean == pytest.approx(-0.6 - 0.3 + 0.1 + 0.8)
    assert found.trimmed == pytest.approx((-0.3 + 0.1 + 0.4) / 0.6)
    assert found.opposite == pytest.approx(0.3)
    assert found.refuse == pytest.approx(0.2)
    assert found.denominator == 1.0


def test_people_who_do_not_mind_paying_would_give_anything_for_something():
    found = people_ratios(np.array([1.0, -1.0, 0.0, 1.0]), np.array([0.0, 0.0, 0.0, 2.0]))
    np.testing.assert_array_equal(found, [np.inf, -np.inf, 0.0, 0.5])


# --- mixed logits ---------------------------------------------------------------------------------


def test_a_normal_gain_over_a_fixed_numeraire_is_exact(mixed):
    results = mixed({"sd[dignity[polite]]": 0.4}, random={"dignity[polite]": Normal()})
    found = trade_distribution(results, gain=POLITE, pay_in="wait", draws=200)
    law = stats.norm(12.0, 8.0)
    for share, estimate in found.quantiles:
        assert estimate.value == pytest.approx(law.ppf(share), rel=1e-12)
        assert estimate.low < estimate.value < estimate.high
    assert found.mean.value == pytest.approx(12.0)
    assert found.trimmed_mean.value == pytest.approx(12.0)
    assert found.opposite.value == pytest.approx(law.cdf(0.0))
    assert found.refuse.value == 0.0
    assert found.simulation_error is None
    assert "7 (" in found.sentence()  # 6.7 in 100 to whom politeness is a loss


def test_a_lognormal_numeraire_simulated_agrees_with_quadrature(mixed):
    """A normal over a lognormal has no law here: simulation within its own error."""
    results = mixed(
        {"wait": -3.0, "sd[wait]": 0.5, "sd[dignity[polite]]": 0.3},
        random={"wait": LogNormal(-1), "dignity[polite]": Normal()},
    )
    found = trade_distribution(results, gain=POLITE, pay_in="wait", draws=99, points=4096)

    def below(t):
        z = special.ndtri((np.arange(20_000) + 0.5) / 20_000)
        return special.ndtr((t * np.exp(-3.0 + 0.5 * z) - 0.6) / 0.3).mean()

    assert found.simulation_error is not None
    assert found.simulation_error < 0.1
    # five standard deviations of quasi-random points
    tolerance = 5 * found.simulation_error
    assert abs(below(found.median.value) - 0.5) < tolerance * 0.05
    assert found.mean.value == pytest.approx(0.6 * math.exp(3.125), rel=0.01)
    assert found.opposite.value == pytest.approx(special.ndtr(-2.0), abs=0.003)
    assert any("simulated" in note for note in found.notes)


def test_no_mean_of_a_ratio_to_a_normal(mixed):
    results = mixed({"sd[wait]": 0.03}, random={"wait": Normal()})
    found = trade_distribution(results, gain=POLITE, pay_in="wait", draws=99)
    assert isinstance(found.mean, Absent)
    assert "normal over people" in found.mean.reason
    share = special.ndtr(-0.05 / 0.03)
    assert found.refuse.value == pytest.approx(share, abs=0.005)
    assert found.opposite.value == 0.0
    assert "There is no mean to report." in found.sentence()
    assert np.isfinite(found.trimmed_mean.value)
    assert "–" in found.table().to_text()


def test_people_who_would_give_anything_are_told(mixed):
    results = mixed({"wait": 0.02, "sd[wait]": 0.05}, random={"wait": CensoredNormal(-1)})
    found = trade_distribution(results, gain=POLITE, pay_in="wait", draws=99)
    assert found.refuse.value == pytest.approx(special.ndtr(-0.4), abs=0.005)
    assert found.quantile(0.95).value == np.inf
    text = found.table().to_text()
    assert "would give anything" in text
    assert "inf" not in text
    assert "nan" not in text
    assert found.chart().rows


def test_intervals_are_krinsky_robb(mixed):
    """The median is the ratio of two normals: its draws are known."""
    results = mixed({"sd[dignity[polite]]": 0.4}, random={"dignity[polite]": Normal()}, error=0.05)
    found = trade_distribution(results, gain=POLITE, pay_in="wait", draws=4000)
    rng = np.random.default_rng(9)
    drawn = 0.6 * (1 + 0.05 * rng.standard_normal(10**5))
    drawn /= 0.05 * (1 + 0.05 * rng.standard_normal(10**5))
    low, high = np.quantile(drawn, [0.025, 0.975])
    # a 2.5 % quantile of 4,000 draws is known to 0.045 standard deviations: five times that
    assert found.median.low == pytest.approx(low, abs=5 * 0.045 * drawn.std())
    assert found.median.high == pytest.approx(high, abs=5 * 0.045 * drawn.std())
    again = trade_distribution(results, gain=POLITE, pay_in="wait", draws=4000)
    assert again.median == found.median


def test_tastes_that_depend_on_people_need_people(mixed):
    results = mixed(
        {"sd[dignity[polite]]": 0.2, "dignity[polite]|age": 0.01},
        random={"dignity[polite]": Normal()},
        mean_by={"dignity[polite]": ["age"]},
        covariates=AGES,
    )
    with pytest.raises(TradeOffError, match="differs between them by age"):
        trade_distribution(results, gain=POLITE, pay_in="wait")
    one = trade_distribution(results, gain=POLITE, pay_in="wait", at={"age": 20.0}, draws=99)
    assert one.median.value == pytest.approx((0.6 + 0.2) / 0.05, rel=1e-12)
    people = pd.DataFrame(
        {"age": np.repeat([0.0, 40.0], [12, 36]), "poor": ["no"] * 12 + ["yes"] * 36}
    )
    found = trade_distribution(
        results, gain=POLITE, pay_in="wait", people=people, by="poor", draws=99
    )
    assert [(g.name, g.people) for g in found.groups] == [("no", 12), ("yes", 36)]
    np.testing.assert_allclose([g.median.value for g in found.groups], [12.0, 20.0], atol=0.1)
    assert found.mean.value == pytest.approx(0.25 * 12 + 0.75 * 20, abs=0.02)
    assert "no" in found.group_table().to_text()


def test_small_groups_are_not_shown(mixed):
    results = mixed({"sd[wait]": 0.01}, random={"wait": Normal()})
    people = pd.DataFrame({"poor": ["no"] * 5 + ["yes"] * 11 + ["maybe"] * 40})
    study = results.study
    open_study = replace(study, covariates=tuple(c for c in study.covariates if c.id != "poor"))
    utility = cc.Utility(FORMULA, open_study)
    results = replace(results, utility=utility, model=replace(results.model, utility=utility))
    found = trade_distribution(
        results, gain=POLITE, pay_in="wait", people=people, by="poor", draws=99
    )
    # one group of 40 alone would tell how many are hidden, but nothing of them
    assert [g.name for g in found.groups] == ["maybe"]
    assert any("not shown" in note for note in found.notes)


# --- classes --------------------------------------------------------------------------------------


def test_classes_by_themselves_and_mixed(classes):
    results = classes(TWO, classes=["patient", "hurried"])
    found = trade_distribution(results, gain=POLITE, pay_in="wait", draws=200)
    assert [c.name for c in found.classes] == ["patient", "hurried"]
    np.testing.assert_allclose([c.share.value for c in found.classes], [0.7, 0.3])
    np.testing.assert_allclose([c.trade.estimate for c in found.classes], [12.0, 0.5])
    assert [c.trade.measure for c in found.classes] == ["common", "common"]
    assert found.median.value == pytest.approx(12.0)
    assert found.quantile(0.25).value == pytest.approx(0.5)
    assert found.simulation_error is None
    assert "hurried" in found.class_table().to_text()


def test_a_class_that_ignores_the_payment_has_no_trade(classes):
    spec = [cc.ClassSpec("minds"), cc.ClassSpec("ignores", ignores=["wait"])]
    estimates = {
        **{f"minds: {name}": value for name, value in MEANS.items()},
        **{f"ignores: {name}": value for name, value in MEANS.items() if name != "wait"},
        "member[ignores]": 0.0,
    }
    results = classes(estimates, classes=spec, error=0.002)
    found = trade_distribution(results, gain=POLITE, pay_in="wait", draws=200)
    assert isinstance(found.classes[1].trade, Absent)
    assert "does not mind 'wait'" in found.classes[1].trade.reason
    assert isinstance(found.mean, Absent)
    assert "in 'ignores' that is zero" in found.mean.reason
    assert found.refuse.value == pytest.approx(0.5)


# --- medians --------------------------------------------------------------------------------------


def test_trade_offs_of_a_mixed_logit_are_medians(mixed):
    results = mixed({"sd[dignity[polite]]": 0.4}, random={"dignity[polite]": Normal()})
    found = trade_offs(results, "wait")
    by_gain = {trade.gain: trade for trade in found}
    polite = by_gain[POLITE]
    assert polite.estimate == pytest.approx(12.0)
    assert (polite.measure, polite.method) == ("median over people", "krinsky-robb")
    assert polite.sentence().startswith("The typical person would accept 12")
    assert any("median over them" in note for note in polite.notes)
    # everybody feels the same about hours
    assert by_gain["hours"].measure == "common"
    assert by_gain["hours"].estimate == pytest.approx(2.0)
    assert by_gain["hours"].sentence().startswith("People would accept")
    assert list(found.to_frame()["measure"]).count("common") == len(found) - 1


def test_medians_of_classes(classes):
    results = classes(TWO, classes=["patient", "hurried"])
    trade = willingness_to_trade(results, gain=POLITE, pay_in="wait")
    assert trade.estimate == pytest.approx(12.0)
    assert trade.measure == "median over people"
    assert trade.interval.contains(12.0)


def test_methods_for_two_coefficients_are_refused_where_tastes_differ(mixed):
    results = mixed({"sd[wait]": 0.01}, random={"wait": Normal()})
    for method in ("delta", "fieller"):
        with pytest.raises(TradeOffError, match="Leave method out"):
            trade_offs(results, "wait", method=method)
    with pytest.raises(TradeOffError, match="along a chain"):
        trade_matrix(results)


def test_a_median_that_does_not_mind_paying_is_refused(mixed):
    results = mixed({"wait": 0.05, "sd[wait]": 0.01}, random={"wait": Normal()})
    with pytest.raises(TradeOffError, match="wrong sign"):
        trade_offs(results, "wait")


@pytest.mark.parametrize("kind", ["logit", "nested", "trade space", "fixed in a mixed logit"])
def test_trades_multiply_along_a_chain(kind, study, make_results, mixed):
    """WTT(a, b) WTT(b, c) = WTT(a, c), for all families in which everybody trades alike."""
    results = make_results(study, FORMULA, MEANS)
    if kind == "nested":
        model = NestedLogit(results.utility, {"one": ["none"]})
        results = replace(results, model=model)
    if kind == "trade space":
        results = mixed(
            {"scale": 0.5, "hours": 2.0, "dignity[polite]": 12.0, "sd[dignity[neutral]]": 3.0},
            random={"dignity[neutral]": Normal()},
            pay_in="wait",
        )
    if kind == "fixed in a mixed logit":
        results = mixed({"sd[dignity[neutral]]": 0.1}, random={"dignity[neutral]": Normal()})

    def trade(gain, pay_in):
        return willingness_to_trade(results, gain=gain, pay_in=pay_in).estimate

    chain = trade(POLITE, "hours") * trade("hours", "wait")
    assert chain == pytest.approx(trade(POLITE, "wait"), rel=1e-8)
    assert trade("hours", "wait") * trade("wait", "hours") == pytest.approx(1.0, rel=1e-8)


# --- single people --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers(study):
    """Choices by people of whom half hardly mind waiting and half do."""
    rng = np.random.default_rng(4)
    people, tasks = 80, 12
    wait = np.where(np.arange(people) % 2, -0.04, -0.3)
    person = np.repeat(np.arange(people), tasks * 2)
    frame = pd.DataFrame(
        {
            "person": person,
            "task": np.tile(np.repeat(np.arange(tasks), 2), people),
            "alternative": np.tile(["A", "B"], people * tasks),
            "wait": rng.choice([2.0, 10.0, 20.0, 40.0], len(person)),
            "dignity": rng.choice(["brusque", "neutral", "polite"], len(person)),
            "hours": rng.choice([4.0, 8.0], len(person)),
            "fee": 0.0,
            "distance": 1.0,
            "appeal": "yes",
            "channel": "web",
        }
    )
    worth = frame["dignity"].map({"brusque": 0.0, "neutral": 0.5, "polite": 1.5})
    value = wait[person] * frame["wait"] + worth + rng.gumbel(size=len(frame))
    best = value.groupby([frame["person"], frame["task"]]).transform("max")
    return cc.ChoiceData.from_long(frame.assign(chosen=value == best), study=study)


def test_single_people_by_classes_are_bayes_by_hand(classes, answers):
    truth = {
        **{"patient: wait": -0.04, "hurried: wait": -0.3, "member[hurried]": 0.0},
        **{f"{c}: dignity[neutral]": 0.5 for c in ("patient", "hurried")},
        **{f"{c}: dignity[polite]": 1.5 for c in ("patient", "hurried")},
        **{f"{c}: hours": 0.0 for c in ("patient", "hurried")},
    }
    results = classes(truth, classes=["patient", "hurried"])
    found = individual_trade_offs(results, answers, gain=POLITE, pay_in="wait")
    chances = cc.class_membership(results, answers)["hurried"].to_numpy()
    np.testing.assert_array_equal(found["median"], np.where(chances >= 0.5, 5.0, 1.5 / 0.04))
    assert (found["median"].to_numpy() < 20).mean() == pytest.approx(0.5, abs=0.1)
    assert list(found["person"]) == list(answers.person_ids)
    assert (found["refuse"] == 0).all()


def test_single_people_of_a_mixed_logit_agree_with_their_coefficients(mixed, answers):
    results = mixed(
        {"wait": -2.2, "sd[wait]": 1.0, "dignity[polite]": 1.5, "hours": 0.0},
        random={"wait": LogNormal(-1)},
    )
    found = individual_trade_offs(results, answers, gain=POLITE, pay_in="wait")
    known = cc.individual_coefficients(results, answers)
    assert np.corrcoef(np.log(found["median"]), np.log(-1 / known["wait"]))[0, 1] > 0.99
    assert (found["low"] < found["median"]).all()
    assert (found["median"] < found["high"]).all()
    # the mean over people of what single people are like is what everybody is like
    everybody = trade_distribution(results, gain=POLITE, pay_in="wait", draws=99)
    assert found["median"].median() == pytest.approx(everybody.median.value, rel=0.5)


def test_single_people_need_tastes_that_differ(results, mixed, answers):
    with pytest.raises(TradeOffError, match="gives everybody the same tastes"):
        individual_trade_offs(results, answers, gain=POLITE, pay_in="wait")
    by_task = mixed({"sd[wait]": 0.01}, random={"wait": Normal()}, panel=False)
    with pytest.raises(TradeOffError, match="no person has a trade-off"):
        individual_trade_offs(by_task, answers, gain=POLITE, pay_in="wait")


def test_requests_are_checked(mixed):
    results = mixed({"sd[wait]": 0.01}, random={"wait": Normal()})
    with pytest.raises(TradeOffError, match="at either end"):
        trade_distribution(results, gain=POLITE, pay_in="wait", trim=0.5)
    with pytest.raises(TradeOffError, match="unknown column 'incom'"):
        trade_distribution(
            results, gain=POLITE, pay_in="wait", people=pd.DataFrame({"income": [1]}), by="incom"
        )
    with pytest.raises(TradeOffError, match="not for sale"):
        trade_distribution(results, gain="appeal: no", pay_in="wait")


def test_shown_in_a_notebook(mixed):
    results = mixed({"sd[dignity[polite]]": 0.4}, random={"dignity[polite]": Normal()})
    found = trade_distribution(results, gain=POLITE, pay_in="wait", draws=99)
    page = found._repr_html_()
    assert "<svg" in page
    assert "<table" in page
    frame = found.to_frame()
    assert {"quantile 0.5", "mean", "trimmed mean", "opposite", "refuse"} <= set(frame["measure"])
    assert found.plot().to_svg() == found.chart().to_svg()
