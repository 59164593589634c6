"""A redesign of the claims of the neighbouring tests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.utility import Utility


@pytest.fixture(scope="session")
def paid(study):
    """The study of claims, with days as numeraire."""
    return replace(study, numeraires=(Numeraire("wait"),))


def refitted(paid, data, formula, **changes):
    from ccegov_choice.data.choice_data import ChoiceData

    changed = replace(paid, **changes)
    again = ChoiceData.from_long(data.frame, study=changed, weight="weight")
    return Logit(Utility(formula, changed)).fit(again)


@pytest.fixture(scope="session")
def common(paid, data):
    return refitted(paid, data, "wait + help + asc")


@pytest.fixture(scope="session")
def differing(paid, data):
    return refitted(paid, data, "wait + help + asc + wait:poor")


@pytest.fixture
def redesign(paid):
    levers = (
        Lever("fast", "wait", 20.0, cost=300, lead_time=6, accountable=("Office",), delivery="IT"),
        Lever("faster", "wait", 10.0, cost=700, capacity=4, lead_time=12, accountable=("Office",)),
        Lever("chat", "help", "chat", cost=100, lead_time=3, accountable=("Office",)),
        Lever("staff", "help", "person", cost=500, capacity=6, lead_time=9, depends_on=("fast",)),
    )
    return Redesign("claims", levers, paid.profile(wait=40, help="none"), budget=800)


@pytest.fixture(scope="session")
def noise():
    """A model of people who do not care about paint."""
    from ccegov_choice.design.random import random_design
    from ccegov_choice.models.simulate import simulate_choices
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.study import Study

    study = Study(
        "office",
        "An office",
        (
            Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
            Attribute.ordered("help", "Help", ["none", "chat", "person"], direction="+"),
            Attribute.categorical("paint", "Paint", ["blue", "green"]),
        ),
        numeraires=(Numeraire("wait"),),
    )
    utility = Utility.main_effects(study)
    truth = {"wait": -0.06, "help[chat]": 0.6, "help[person]": 1.2, "paint[green]": 0.0}
    design = random_design(study, tasks=24, blocks=3, seed=5)
    return Logit(utility).fit(simulate_choices(design, Logit(utility), truth, 240, 9))


@pytest.fixture
def noisy_plan(noise):
    """Three orphans, two splits, one unwanted lever, two that are in order."""
    own = {"accountable": "Office", "delivery": "Office"}
    levers = (
        Lever("nobody", "wait", 20.0, delivery="IT", cost=1),
        Lever("undone", "wait", 10.0, accountable="Office", cost=1),
        Lever("unable", "wait", 2.0, deliverable=False, cost=1, **own),
        Lever("split1", "help", "chat", accountable="Office", delivery="IT", cost=1),
        Lever("split2", "wait", 30.0, accountable="Office", delivery="Town", cost=1),
        Lever("routed", "wait", 25.0, accountable="Office", delivery="IT", route="yes", cost=1),
        Lever("good", "help", "person", budget_holder="Ministry", cost=1, **own),
        Lever("paint", "paint", "green", budget_holder="Ministry", cost=1, **own),
    )
    return Redesign("owners", levers, noise.study.profile(wait=40, help="none", paint="blue"))
