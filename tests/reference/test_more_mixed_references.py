"""Classes of mixed logits against a published fit, at its estimates, on the published data."""

from __future__ import annotations

import numpy as np
import pytest

import ccegov_choice as cc
from ccegov_choice.models.mixed.distributions import Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Sobol

pytestmark = pytest.mark.data

# Biogeme 3.3.2, saved results of example b15a (10,000 antithetic draws, 2025-11-23): its class 0 is
# the one without time
LOG_LIKELIHOOD = -3526.52760652578
ESTIMATES = {
    "no time: asc[train]": -1.112810889782591,
    "no time: sd[asc[train]]": 2.978268932052587,
    "no time: cost": -1.2456765489543857,
    "no time: sd[sm]": -0.6505717138191545,
    "no time: asc[car]": -4.806055743280344,
    "no time: sd[asc[car]]": 5.858037347682611,
    "time: asc[train]": -0.232933638474524,
    "time: sd[asc[train]]": 1.5865961960003023,
    "time: time": -7.058281423845945,
    "time: sd[time]": 3.309915789312938,
    "time: cost": -4.805408291554171,
    "time: sd[sm]": 1.9251556101306966,
    "time: asc[car]": 1.080401201710087,
    "time: sd[asc[car]]": 2.736753286013997,
    "member[no time]": -1.701347102368325,
}
# Standard deviation over seeds of the log-likelihood at these estimates, measured with six seeds
# each: 0.66 for 10,000 pseudo-random draws (theirs are antithetic: rather less), 0.48 for ours
SPREAD = float(np.hypot(0.66, 0.48))


def test_swissmetro_classes_of_mixed_logits() -> None:
    """The published log-likelihood is within four standard deviations of simulation."""
    data = cc.load_dataset("swissmetro")
    constants = {"asc[train]": Normal(), "asc[car]": Normal()}
    words = {"error_components": {"sm": ["sm"]}, "draws": Sobol(4096, seed=1)}
    blind = MixedLogit(cc.Utility('asc("train", "car") + cost'), random=constants, **words)
    seeing = MixedLogit(data.utility, random={**constants, "time": Normal()}, **words)
    specs = [cc.ClassSpec("time", model=seeing), cc.ClassSpec("no time", model=blind)]
    problem = cc.LatentClass(data.utility, specs).problem(data)
    theta = np.array([ESTIMATES[name] for name in problem.constraints.names])
    found = problem.likelihood.people(theta).value.sum()
    assert abs(found - LOG_LIKELIHOOD) < 4 * SPREAD
