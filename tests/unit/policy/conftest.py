"""A fitted model of claims by people with and without low income, and its data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.design.random import random_design
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

TRUTH = {
    "wait": -0.06,
    "help[chat]": 0.3,
    "help[person]": 0.9,
    "asc[none]": -1.0,
    "wait:poor": 0.03,
}


@pytest.fixture(scope="session")
def study():
    return Study(
        "claim",
        "A claim",
        (
            Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
            Attribute.ordered(
                "help",
                "Help",
                {"none": "None", "chat": "A chat", "person": "A person"},
                direction="+",
            ),
        ),
        opt_out=Alternative("none", "I would not claim", kind="opt_out"),
        covariates=(
            Covariate(
                "poor", "Low income", "categorical", (Level("no", "No"), Level("yes", "Yes"))
            ),
        ),
        constraints=(Forbidden({"wait": (2,), "help": ("none",)}, "cannot be"),),
    )


@pytest.fixture(scope="session")
def data(study):
    design = random_design(study, tasks=24, alternatives=2, blocks=3, seed=5)
    people = pd.DataFrame({"poor": np.where(np.arange(240) % 3 == 0, "yes", "no")})
    people["weight"] = np.where(people["poor"] == "yes", 2.0, 1.0)
    utility = Utility("wait + help + asc + wait:poor", study)
    truth = {name: TRUTH[name.replace("[yes]", "")] for name in utility.names}
    made = simulate_choices(design, Logit(utility), truth, people=240, seed=11, covariates=people)
    return ChoiceData.from_long(made.frame, study=study, weight="weight")


@pytest.fixture(scope="session")
def plain(study, data):
    return Logit(Utility("wait + help + asc", study)).fit(data)


@pytest.fixture(scope="session")
def personal(study, data):
    return Logit(Utility("wait + help + asc + wait:poor", study)).fit(data)


@pytest.fixture(scope="session")
def status_quo_study(study):
    from dataclasses import replace

    return replace(
        study,
        opt_out=Alternative(
            "now",
            "As now",
            kind="status_quo",
            levels={"wait": FromCovariate("now"), "help": "none"},
        ),
        covariates=(*study.covariates, Covariate("now", "Wait now", "numeric")),
        constraints=(),
    )


@pytest.fixture
def scenarios(study):
    return {
        "today": study.profile(wait=40, help="chat"),
        "reform": study.profile(wait=20, help="person"),
        "fast": study.profile(wait=2, help="chat"),
    }
