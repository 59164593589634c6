"""Changes of welfare of mixed logits against a million simulated people; amounts beyond levels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import ccegov_choice as cc
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.mixed.distributions import LogNormal, Normal
from ccegov_choice.models.mixed.layout import lay_out
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.search import search_redesign
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.tradeoff.distribution_made import trade_distribution
from ccegov_choice.tradeoff.ratio import willingness_to_trade

STUDY = cc.Study(
    "permit",
    "A permit",
    (
        cc.Attribute.numeric("wait", "Wait", [1, 5, 10], "day", "days", direction="-"),
        cc.Attribute.numeric("forms", "Forms", [0, 2, 4], "form", "forms", direction="-"),
    ),
    (cc.Alternative("web", "Web"), cc.Alternative("desk", "Desk")),
    opt_out=cc.Alternative("none", "None", kind="opt_out"),
    numeraires=(cc.Numeraire("wait"), cc.Numeraire("forms")),
)
UTILITY = cc.Utility("wait + forms + asc")
MEANS = {"wait": -0.2, "forms": -0.9, "asc[desk]": -0.3, "asc[none]": -1.0}
BEFORE = [STUDY.profile("web", wait=10, forms=2), STUDY.profile("desk", wait=5, forms=4)]
AFTER = [STUDY.profile("web", wait=1, forms=2), STUDY.profile("desk", wait=10, forms=4)]
PEOPLE = 1_000_000


@pytest.fixture(scope="module")
def plain():
    design = cc.random_design(STUDY, tasks=24, blocks=3, seed=5)
    model = Logit(UTILITY.bind(STUDY))
    return model.fit(simulate_choices(design, model, MEANS, 300, 4))


def mixed(plain, estimates, **words):
    """Results of a mixed logit at any parameters, known well."""
    model = MixedLogit(UTILITY, **words)
    names = lay_out(model, plain.utility, {}).names
    size = len(names)
    return replace(
        plain, model=model, names=names, covariance=1e-6 * np.eye(size),
        estimates=np.array([{**MEANS, **estimates}[name] for name in names]),
        free=np.ones(size, dtype=bool), expansion=np.eye(size), hessian=-np.eye(size),
    )  # fmt: skip


def amounts(scale, wait, forms, desk=-0.3, none=-1.0):
    """Return the compensating variation of each person, in forms; arguments by person."""

    def logsum(web_days, desk_days):
        values = (web_days * wait + 2 * forms, desk_days * wait + 4 * forms + desk, none)
        return np.logaddexp.reduce(np.broadcast_arrays(*(scale * value for value in values)))

    return (logsum(1, 10) - logsum(10, 5)) / -(scale * forms)


def correlated(plain, z):
    loads = {"cholesky[wait,wait]": 0.15, "cholesky[forms,wait]": 0.3, "cholesky[forms,forms]": 0.2}
    random = {"wait": Normal(), "forms": LogNormal(sign=-1)}
    results = mixed(plain, {"forms": -0.3, **loads}, random=random, correlated=True)
    wait, forms = -0.2 + 0.15 * z[0], -np.exp(-0.3 + 0.3 * z[0] + 0.2 * z[1])
    return results, amounts(1.0, wait, forms), wait / forms


def trade_space(plain, z):
    worth = {"wait": -0.25, "sd[wait]": 0.1, "scale": 0.1, "sd[scale]": 0.4, "asc[desk]": -0.4}
    random = {"wait": Normal()}
    results = mixed(plain, worth, random=random, pay_in="forms", scale=LogNormal())
    wait = -0.25 + 0.1 * z[0]
    return results, amounts(np.exp(0.1 + 0.4 * z[1]), wait, -1.0, -0.4), -wait


def error_component(plain, z):
    results = mixed(plain, {"sd[near]": 2.0}, error_components={"near": ["desk"]})
    return results, amounts(1.0, -0.2, -0.9, desk=-0.3 + 2.0 * z[0]), np.full(PEOPLE, 0.2 / 0.9)


@pytest.mark.parametrize("family", [correlated, trade_space, error_component])
def test_amounts_are_those_of_simulated_people(plain, family):
    rng = np.random.default_rng(3)
    results, expected, traded = family(plain, rng.standard_normal((2, PEOPLE)))
    found = welfare_change(results, BEFORE, AFTER, pay_in="forms", draws=100, points=4096)
    # a million people err by 0.001 deviations, 4,096 Sobol points by a few times as much
    near = 0.01 * expected.std()
    assert found.mean.value == pytest.approx(expected.mean(), abs=near)
    for share, quantile in found.quantiles:
        there = np.quantile(expected, share)
        assert quantile.value == pytest.approx(there, abs=(5 if share != 0.5 else 2) * near)
    assert found.gain_share.value == pytest.approx((expected > 0).mean(), abs=0.003)
    spread = trade_distribution(results, gain="wait", pay_in="forms", draws=100, points=2048)
    assert spread.median.value == pytest.approx(np.median(traded), abs=0.003)
    assert spread.opposite.value == pytest.approx((traded < 0).mean(), abs=0.003)


# --- beyond what was shown ------------------------------------------------------------------------


def said(found):
    return [note for note in found.notes if "go further than any answer" in note]


def test_amounts_beyond_all_levels_are_told(plain):
    ends = BEFORE[0], STUDY.profile("web", wait=1, forms=0)
    asked = {"pay_in": "wait", "draws": 100, "opt_out": False}
    found = welfare_change(plain, *ends, **asked)
    assert found.median.value > 9  # of 1 to 10 days
    (note,) = said(found)
    assert note.startswith("people were shown 1 to 10 days, which are 9 days apart; amounts beyond")
    assert not said(
        welfare_change(plain, BEFORE[0], STUDY.profile("web", wait=5, forms=2), **asked)
    )
    trade = willingness_to_trade(plain, gain="forms: 4 -> 0", pay_in="wait")
    assert trade.estimate > 9
    assert said(trade)
    assert not said(willingness_to_trade(plain, gain="wait: 5 -> 1", pay_in="wait"))
    wide = mixed(plain, {"sd[forms]": 0.1}, random={"forms": Normal()})
    assert said(willingness_to_trade(wide, gain="forms: 4 -> 0", pay_in="wait"))
    levers = (Lever("once", "forms", 0.0, cost=1),)
    plan = Redesign("permits", levers, STUDY.profile("web", wait=10, forms=4))
    assert said(search_redesign(plain, plan, pay_in="wait", draws=20, opt_out=False))
