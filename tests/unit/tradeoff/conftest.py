"""A study of a claim, and results of any estimates and covariance for it."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice._provenance import Provenance
from ccegov_choice.models.covariance import Classical
from ccegov_choice.models.fitting.estimate import OptimisationRecord, Status
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.results import Results
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


@pytest.fixture(scope="session")
def study():
    return Study(
        "claim",
        "A claim",
        (
            Attribute.numeric(
                "wait", "Time until the decision", [2, 10, 20, 40], "day", "days", direction="-"
            ),
            Attribute.ordered(
                "dignity",
                "How staff behave",
                {
                    "insult": "Insulting",
                    "brusque": "Brusque",
                    "neutral": "Neutral",
                    "polite": "Polite and attentive",
                },
                direction="+",
                tradeable="above-floor",
                floor=("insult",),
                base="brusque",
            ),
            Attribute.numeric("hours", "Opening hours", [4, 8], "hour", "hours", direction="+"),
            Attribute.numeric(
                "fee", "Fee you pay", [0, 10, 25], "euro", "euros", money=True, direction="-"
            ),
            Attribute.numeric("distance", "Travel", [1, 5, 10], "km"),
            Attribute.categorical("appeal", "Appeal", ["yes", "no"], tradeable="no"),
            Attribute.categorical("channel", "Channel", {"web": "Website", "desk": "Counter"}),
        ),
        opt_out=Alternative("none", "No claim", kind="opt_out"),
        covariates=(
            Covariate("age", "Age", "numeric"),
            Covariate("poor", "Income", "categorical", (Level("no", "No"), Level("yes", "Yes"))),
        ),
        numeraires=(
            Numeraire("wait"),
            Numeraire("hours"),
            Numeraire("distance"),
            Numeraire("fee", vehicle="a fee when you apply", currency="EUR"),
        ),
    )


@pytest.fixture(scope="session")
def make_results():
    def make(study, formula, estimates, covariance=None, *, status=Status.CONVERGED, absent=None):
        utility = Utility(formula, study)
        size = utility.size
        values = np.array(
            [estimates[name] for name in utility.names]
            if isinstance(estimates, dict)
            else estimates,
            dtype=float,
        )
        spread = np.asarray(0.01**2 * np.eye(size) if covariance is None else covariance, float)
        return Results(
            model=Logit(utility),
            utility=utility,
            names=utility.names,
            estimates=values,
            free=np.ones(size, dtype=bool),
            absent=absent or {},
            expansion=np.eye(size),
            log_likelihood=-100.0,
            log_likelihood_null=-150.0,
            log_likelihood_constants=None,
            hessian=-np.eye(size),
            scores=None,
            person_ids=np.arange(10),
            clusters={},
            covariance_kind=Classical(),
            covariance=spread,
            covariance_note="made up",
            optimisation=OptimisationRecord(status, 1, 1, 0.0, 0.0),
            provenance=Provenance.record("test"),
            people=10,
            tasks=40,
            rows=120,
            weighted=False,
        )

    return make


@pytest.fixture
def results(study, make_results):
    estimates = {
        "wait": -0.05,
        "dignity[neutral]": 0.3,
        "dignity[polite]": 0.6,
        "hours": 0.1,
        "fee": -0.04,
        "distance": -0.08,
        "appeal[no]": -0.5,
        "channel[desk]": -0.2,
    }
    spread = np.diag([0.005, 0.1, 0.1, 0.02, 0.004, 0.01, 0.1, 0.1]) ** 2
    return make_results(
        study, "wait + dignity + hours + fee + distance + appeal + channel", estimates, spread
    )
