"""What is paid in must be told from nothing; nests with an opt-out are valued as they are."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import ccegov_choice as cc
from ccegov_choice._estimate import Estimate
from ccegov_choice.errors import PolicyError
from ccegov_choice.models.nests.nested_logit import NestedLogit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.search import search_redesign
from ccegov_choice.policy.redesign.sentences import _amount
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.study.payment import payment_words


def unsure(results, statistic):
    """Results in which the first coefficient is so many standard errors from zero."""
    covariance = results.covariance.copy()
    covariance[0], covariance[:, 0] = 0.0, 0.0
    covariance[0, 0] = (results.estimates[0] / statistic) ** 2
    return replace(results, covariance=covariance)


def test_draws_that_are_left_out_are_told(common, redesign):
    # beyond zero: 1.1 in 100 draws
    found = search_redesign(unsure(common, 2.3), redesign, pay_in="wait", draws=400)
    assert 0 < 400 - found.draws <= 10
    said = f"{400 - found.draws} draws in which wait has the wrong sign"
    assert any(note.startswith(said) for note in found.notes)


def test_a_numeraire_that_is_not_told_from_nothing_is_refused_as_in_a_change_of_welfare(
    common, redesign
):
    weak = unsure(common, 1.5)  # 6.7 in 100 draws: more than lie beyond one end of the interval
    with pytest.raises(PolicyError, match="not known whether paying in 'wait'"):
        search_redesign(weak, redesign, pay_in="wait", draws=400)
    ends = redesign.base, common.study.profile(wait=20, help="none")
    with pytest.raises(PolicyError, match="not told from zero"):
        welfare_change(weak, *ends, pay_in="wait", draws=400)
    assert search_redesign(weak, redesign, pay_in="wait", draws=400, level=0.8).draws < 400


@pytest.mark.parametrize("members", [["web", "none"], ["web", "desk"]])
def test_a_nest_with_the_opt_out_is_valued_as_by_welfare_change(members):
    study = cc.Study(
        "permit",
        "A permit",
        (
            cc.Attribute.numeric("wait", "Days", [1, 5, 10], "day", "days", direction="-"),
            cc.Attribute.numeric("forms", "Forms", [0, 2, 4], "form", "forms", direction="-"),
        ),
        (cc.Alternative("web", "Web"), cc.Alternative("desk", "Desk")),
        opt_out=cc.Alternative("none", "None", kind="opt_out"),
        numeraires=(cc.Numeraire("wait"),),
    )
    model = NestedLogit(cc.Utility("wait + forms + asc", study), {"nest": members})
    truth = {"wait": -0.2, "forms": -0.5, "asc[desk]": -0.3, "asc[none]": -2.0}
    truth["dissimilarity[nest]"] = 0.5
    design = cc.random_design(study, tasks=24, blocks=3, seed=5)
    results = model.fit(simulate_choices(design, model, truth, 300, 9))
    plan = Redesign(
        "permits",
        (
            Lever("fast", "wait", 1.0, cost=3),
            Lever("faster", "wait", 5.0, cost=2),
            Lever("once", "forms", 0.0, cost=4),
        ),
        study.profile("web", wait=10, forms=4),
        budget=8,
    )
    found = search_redesign(results, plan, pay_in="wait", draws=20)
    assert len(found.ranking) == found.evaluated == 6
    for package in found.ranking:
        scenarios = Scenario("before", plan.base), Scenario("after", package.profile)
        change = welfare_change(results, *scenarios, pay_in="wait", draws=100)
        assert package.welfare.value == pytest.approx(change.mean.value, rel=1e-9, abs=1e-12)
    # by hand: alone with the opt-out, a way is nested with it or stands by itself
    b = dict(zip(results.names, results.estimates, strict=True))
    width = b["dissimilarity[nest]"] if "none" in members else 1.0

    def logsum(wait, forms):
        value = b["wait"] * wait + b["forms"] * forms
        return width * np.logaddexp(value / width, b["asc[none]"] / width)

    best = found.best.profile.levels
    gain = (logsum(best["wait"], best["forms"]) - logsum(10, 4)) / -b["wait"]
    assert found.best.welfare.value == pytest.approx(gain, rel=1e-9)


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(3.0, 2.0, 4.0), "3.0 days (2.0 to 4.0)"),
        (Estimate(-3.0, -4.0, -2.0), "3.0 days (2.0 to 4.0)"),
        (Estimate(-3.0, -7.0, 1.0), "−3.0 days (−7.0 to 1.0)"),
    ],
)
def test_a_loss_has_the_limits_of_a_loss(estimate, words):
    attribute = cc.Attribute.numeric("wait", "Wait", [1, 5], "day", "days", direction="-")
    decision = SimpleNamespace(payment=payment_words(attribute, None))
    assert _amount(estimate, decision) == words
