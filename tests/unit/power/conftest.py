"""Small studies that samples are planned for."""

from __future__ import annotations

import pytest

from ccegov_choice.design.design import Design
from ccegov_choice.design.random import random_design
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


@pytest.fixture(scope="package")
def study() -> Study:
    return Study(
        "claim",
        "A claim",
        (
            Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
            Attribute.ordered("help", "Help", ["none", "chat", "person"], direction="+"),
            Attribute.categorical("channel", "Channel", ["web", "phone"]),
        ),
        covariates=(
            Covariate("age", "Age", "categorical", (Level("young", "Young"), Level("old", "Old"))),
        ),
        numeraires=(Numeraire("wait"),),
    )


@pytest.fixture(scope="package")
def truth() -> dict[str, float]:
    return {"wait": -0.05, "help[chat]": 0.3, "help[person]": 0.7, "channel[phone]": -0.25}


@pytest.fixture(scope="package")
def design(study) -> Design:
    return random_design(study, tasks=24, blocks=4, seed=1)


@pytest.fixture(scope="package")
def model(study) -> Logit:
    return Logit(Utility.main_effects(study))


@pytest.fixture(scope="package")
def coin() -> tuple[Design, Logit]:
    """One task, two alternatives that differ in one thing: everything can be done by hand."""
    import pandas as pd

    attribute = Attribute.categorical("x", "X", ["no", "yes"])
    study = Study("coin", "A coin", (attribute,))
    rows = [(1, 1, "A", "yes"), (1, 1, "B", "no")]
    frame = pd.DataFrame(rows, columns=["block", "task", "alternative", "x"])
    return Design(frame, study), Logit(Utility.main_effects(study))


@pytest.fixture(scope="package")
def three_coins() -> tuple[Design, Logit]:
    """The same comparison with three shifts of a number, in three tasks of one block."""
    import pandas as pd

    study = Study("coins", "Coins", (Attribute.numeric("x", "X", [0, 1, 2, 3]),))
    rows = [(1, t, name, x) for t in (1, 2, 3) for name, x in (("A", t), ("B", 0))]
    frame = pd.DataFrame(rows, columns=["block", "task", "alternative", "x"])
    return Design(frame, study), Logit(Utility.main_effects(study))
