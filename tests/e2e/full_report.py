"""A report with every kind of answer that one may hold, each a real one of simulated people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.quality.both_ways import with_and_without
from ccegov_choice.data.quality.flags import quality_flags
from ccegov_choice.data.weighting.rake import rake
from ccegov_choice.design.random import random_design
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.results import Results
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.burden.burden import burden_account
from ccegov_choice.policy.channels.channel_shift import channel_shift
from ccegov_choice.policy.equity.equity import equity
from ccegov_choice.policy.failure.chance import Chance, ReferenceClass
from ccegov_choice.policy.failure.ledger import FailureLedger, Pilot
from ccegov_choice.policy.index.service_index import service_index
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.search import search_redesign
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.uptake import uptake
from ccegov_choice.policy.value.option import ValueOption
from ccegov_choice.policy.value.public_value import public_value
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.report.document import Report
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.distribution_made import trade_distribution
from ccegov_choice.tradeoff.groups import group_trade_offs
from ccegov_choice.tradeoff.ratio import trade_offs

PEOPLE = 300

STUDY = Study(
    "claim",
    "Claiming a benefit",
    (
        Attribute.numeric(
            "wait", "Wait for the decision", [5, 10, 20, 40], "day", "days", direction="-"
        ),
        Attribute.ordered(
            "staff", "How staff behave", ["brusque", "neutral", "polite"], direction="+"
        ),
        Attribute.categorical("channel", "Channel", {"web": "website", "post": "letter"}),
        Attribute.categorical(
            "appeal", "Right to appeal", {"court": "court", "free": "free appeal"}, tradeable="no"
        ),
    ),
    opt_out=Alternative("none", "I would not claim", kind="opt_out"),
    covariates=(
        Covariate(
            "region", "Region", "categorical", (Level("north", "North"), Level("south", "South"))
        ),
    ),
    numeraires=(Numeraire("wait"),),
    question="Which office would you choose?",
    context="You claim a benefit.",
)

UTILITY = Utility("wait + wait:region + staff + channel + channel:region + appeal + asc", STUDY)

NORTH = {
    "wait": -0.05,
    "staff[neutral]": 0.5,
    "staff[polite]": 1.0,
    "channel[post]": -0.6,
    "appeal[free]": 0.6,
    "asc[none]": -1.0,
}

BURDEN = pd.DataFrame(
    {
        "kind": [
            "learning",
            "learning",
            "compliance",
            "compliance",
            "psychological",
            "psychological",
        ],
        "item": ["find the form", "find the form", "fill it in", "fill it in", "worry", "worry"],
        "group": ["north", "south"] * 3,
        "hours": [0.5, 1.0, 1.5, 2.5, 0.5, 2.0],
    }
)


def answers(study: Study, design, model: Logit) -> ChoiceData:
    """Choices of people who differ by region, with mode and reasons as a survey keeps them."""
    people = pd.DataFrame({"region": (["north"] * 2 + ["south"]) * (PEOPLE // 3)})
    truth = {name: NORTH.get(name, 0.0) for name in model.utility.names}
    for name in truth:
        if name.startswith("channel[post]:"):
            truth[name] = 1.4
    frame = simulate_choices(design, model, truth, PEOPLE, 7, covariates=people).frame.copy()
    number = pd.factorize(frame["person"])[0]
    frame["mode"] = np.where(number % 4 == 0, "telephone", "web")
    none = frame["chosen"] & (frame["alternative"] == "none")
    reasons = np.where(number % 50 == 0, "because of Mr Miller", "too slow")
    frame["reason"] = np.where(none, reasons, "")
    frame["seconds"] = 12.0 + number % 9
    return ChoiceData.from_long(frame, study=study, covariates=["region"])


def redesign(study: Study) -> Redesign:
    levers = (
        Lever(
            "quick",
            "wait",
            10,
            label="Decide in ten days",
            cost=5,
            accountable=("office",),
            delivery="office",
        ),
        Lever(
            "polite",
            "staff",
            "polite",
            label="Train the staff",
            cost=3,
            accountable=("office",),
            delivery="office",
        ),
        Lever(
            "web",
            "channel",
            "web",
            label="Close the letter desk",
            cost=-1,
            accountable=("IT",),
            delivery="IT",
        ),
    )
    base = study.profile(wait=40, staff="brusque", channel="post", appeal="free")
    return Redesign("claims", levers, base, budget=6.0, cost_unit="posts")


def pilots() -> FailureLedger:
    chance = Chance.of(ReferenceClass("portals (made up)", successes=6, failures=14), stated=0.9)
    safe = Chance.of(ReferenceClass("plain letters (made up)", 17, 3))
    return FailureLedger(
        (
            Pilot("chat", chance, benefit=900, agency_cost=60, exit_cost=20, harm=4_000),
            Pilot("letters", safe, benefit=300, agency_cost=40, harm=200),
        )
    )


def everything(study: Study, results: Results, classes: Results, data: ChoiceData, model: Logit):
    """Every further answer by its field in the report."""
    today = study.profile(wait=40, staff="brusque", channel="post", appeal="free")
    reform = study.profile(wait=10, staff="polite", channel="web", appeal="free")
    scenarios = Scenario("today", today), Scenario("reform", reform)
    welfare = welfare_change(
        results,
        *scenarios,
        pay_in="wait",
        people=data,
        by="region",
        draws=200,
        at={"region": "north"},
    )
    offices = pd.DataFrame(
        {"unit": ["North", "South"], "wait": [12, 31], "staff": [0.7, 0.9], "cases": [140, 95]}
    )
    options = [
        ValueOption("today", 0, 0),
        ValueOption("online", 1_000_000, 70_000, label="Online only"),
    ]
    return {
        "uptake": uptake(results, {"today": today, "reform": reform}, people=data),
        "distribution": trade_distribution(
            classes, gain="staff: brusque -> polite", pay_in="wait", draws=100
        ),
        "group_trades": group_trade_offs(
            Logit(Utility("wait + staff + channel + appeal + asc", study)),
            data,
            "region",
            "wait",
            draws=500,
        ),
        "shift": channel_shift(results, *scenarios, people=data, by="region", draws=200),
        "welfare": welfare,
        "equity": equity(welfare),
        "burden": burden_account(BURDEN, {"north": 200.0, "south": 100.0}),
        "redesign": search_redesign(
            results, redesign(study), pay_in="wait", people=data, by="region", draws=200
        ),
        "failure": pilots(),
        "value": public_value(options),
        "index": service_index(results, offices, cases="cases", people=data),
    }


def full_report() -> Report:
    """The report of `STUDY`."""
    design = random_design(STUDY, tasks=12, blocks=2, seed=3)
    model = Logit(UTILITY)
    data = answers(STUDY, design, model)
    results = model.fit(data)
    classes = LatentClass(Utility("wait + staff + channel + appeal + asc", STUDY), 2).fit(data)
    found = everything(STUDY, results, classes, data, model)
    flags = quality_flags(data)
    shares = {"region": {"north": 0.5, "south": 0.5}}
    found |= {
        "flags": flags,
        "quality": with_and_without(model, data, flags),
        "weighting": rake(data, shares),
    }
    offers = trade_offs(results, "wait", data=data, at={"region": "north"})
    return Report(
        STUDY,
        design,
        data,
        [results, classes],
        offers,
        **found,
        model_of={"distribution": classes},
        simulated=True,
    )
