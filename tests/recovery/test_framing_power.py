"""Does paying a fee crowd out fairness? The sample that the plan asks for sees it (B12 c).

Wording is a covariate whose arms are drawn by lot: in one arm people pay a fee, and fairness counts
half as much. The plan asks for a power of 0.9, so fewer than 80 of 100 surveys see it with a
probability of 0.0008 (binomial); 0.8 would be missed by half of all seeds.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from ccegov_choice.design.random import random_design
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.power.groups import Group
from ccegov_choice.power.plan import plan_sample
from ccegov_choice.power.settings import Goal
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

STUDY = Study(
    "fee",
    "A claim with a fee",
    (
        Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
        Attribute.ordered("equal", "Equal service", ["no", "yes"], direction="+"),
        Attribute.numeric("visits", "Visits", [0, 1, 2], "visit", "visits", direction="-"),
    ),
    covariates=(
        Covariate("wording", "Wording", "categorical", (Level("tax", "Tax"), Level("fee", "Fee"))),
    ),
)
TRUTH = {"wait": -0.05, "equal[yes]": 0.6, "visits": -0.3}
DESIGN = random_design(STUDY, tasks=24, alternatives=2, blocks=3, seed=1)


def test_a_halved_weight_of_fairness_is_seen_with_the_planned_sample():
    plan = plan_sample(
        DESIGN,
        Logit(Utility("wait + equal + visits", STUDY)),
        TRUTH,
        trades=(),
        groups={"wording": {"tax": Group(0.5), "fee": Group(0.5, {"equal[yes]": -0.3})}},
        goal=Goal(power=0.9),
    )
    (difference,) = (a for a in plan.answers if a.kind == "difference")
    people = difference.needed
    assert people is not None
    model = Logit(Utility("wait + equal + visits + equal:wording", STUDY))
    names = model.utility.names
    (crossed,) = set(names) - set(TRUTH)
    truth = TRUTH | {crossed: -0.3}
    main, seen = Logit(Utility("wait + equal + visits", STUDY)), 0
    for seed in range(100):
        fee = np.random.default_rng(seed).permutation(people) % 2 == 1
        frame = pd.DataFrame({"wording": np.where(fee, "fee", "tax")})
        data = simulate_choices(DESIGN, model, truth, people=people, seed=seed, covariates=frame)
        value, variance = 0.0, 0.0
        for arm, sign in ((fee, 1), (~fee, -1)):
            found = main.fit(data.take_people(np.flatnonzero(arm)), threads=1)
            i = found.names.index("equal[yes]")
            value += sign * found.estimates[i]
            variance += found.covariance[i, i]
        seen += abs(value) > stats.norm.ppf(0.975) * np.sqrt(variance)
    assert seen >= 80
