"""A small study with everything a report must deal with, and simulated answers to it."""

from __future__ import annotations

import pytest
from full_report import full_report

from ccegov_choice.design.random import random_design
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.uptake import uptake
from ccegov_choice.report.document import Report
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.ratio import trade_offs

WAIT = Attribute.numeric(
    "wait", "Wait for the decision", [5, 10, 20, 40], "day", "days", direction="-"
)
STAFF = Attribute.ordered(
    "staff",
    "How staff behave",
    {"insulting": "insulting", "brusque": "brusque", "neutral": "neutral", "polite": "polite"},
    definition="How the officers speak with people.",
    direction="+",
    tradeable="above-floor",
    floor=("insulting",),
    base="brusque",
)
CHANNEL = Attribute.categorical("channel", "Channel", {"web": "website", "post": "letter"})
APPEAL = Attribute.categorical(
    "appeal", "Right to appeal", {"court": "court", "free": "free appeal"}, tradeable="no"
)
GROUPS = tuple(Level(name, name) for name in ("north", "south", "tiny"))

TRUTH = {
    "wait": -0.05,
    "staff[neutral]": 0.5,
    "staff[polite]": 1.0,
    "channel[post]": -0.3,
    "appeal[free]": 0.6,
    "asc[none]": -1.0,
}


def make_study(**changes) -> Study:
    parts = {
        "id": "claim",
        "title": "Claiming a benefit",
        "attributes": (WAIT, STAFF, CHANNEL, APPEAL),
        "opt_out": Alternative("none", "I would not claim", kind="opt_out"),
        "covariates": (Covariate("region", "Region", "categorical", GROUPS),),
        "numeraires": (Numeraire("wait"),),
        "question": "Which office would you choose?",
        "context": "You claim a benefit.\n\nTwo offices could handle it.",
    }
    return Study(**{**parts, **changes})


def make_parts(study: Study, people: int = 300, seed: int = 7):
    """A design, simulated data and a fitted model of a study."""
    design = random_design(study, tasks=12, blocks=2, seed=3)
    utility = Utility.main_effects(study)
    model = Logit(utility)
    truth = {name: TRUTH.get(name, 0.0) for name in utility.names}
    data = simulate_choices(design, model, truth, people, seed)
    return design, data, model.fit(data)


@pytest.fixture(scope="session")
def build_study():
    """The study with some of its parts changed."""
    return make_study


@pytest.fixture(scope="session")
def build_parts():
    """Design, data and results of any study."""
    return make_parts


@pytest.fixture(scope="session")
def study() -> Study:
    return make_study()


@pytest.fixture(scope="session")
def parts(study):
    return make_parts(study)


@pytest.fixture(scope="session")
def shares(study, parts):
    today = study.profile(wait=40, staff="brusque", channel="post", appeal="court")
    reform = study.profile(wait=10, staff="polite", channel="web", appeal="free")
    return uptake(parts[2], {"today": today, "reform": reform})


@pytest.fixture(scope="session")
def report(study, parts, shares) -> Report:
    design, data, results = parts
    offers = trade_offs(results, "wait")
    return Report(study, design, data, [results], offers, uptake=shares, simulated=True)


@pytest.fixture(scope="session")
def full() -> Report:
    """A report with every further answer, each a real one of simulated people in two regions."""
    return full_report()
