"""Compensating variation for many people, taste draws and parameter draws: seconds and memory.

``python welfare.py [--people N] [--points S] [--draws R] [--json]``. Everybody has an age of their
own, and what a day of waiting is worth depends on it, so no two people share a result. The same
numbers for a slice of the people are then worked out in plain NumPy, in the same run: the ratio is
of seconds per person, point and draw, on as many threads as each uses by itself.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

import ccegov_choice as cc
from ccegov_choice.kernels.welfare import AMOUNT, PAID
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.welfare import comparison
from ccegov_choice.policy.welfare.comparison import MEDIAN, Comparison
from ccegov_choice.policy.welfare.welfare_change import compare, welfare_change

STUDY = cc.Study(
    "claim",
    "A claim",
    (
        cc.Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
        cc.Attribute.ordered("help", "Help", ["none", "chat", "person"], direction="+"),
        cc.Attribute.numeric("visits", "Visits", [0, 1, 2], "visit", "visits", direction="-"),
    ),
    opt_out=cc.Alternative("none", "Nothing", kind="opt_out"),
    covariates=(
        cc.Covariate("age", "Age", "numeric"),
        cc.Covariate("area", "Area", "categorical", tuple(cc.Level(a, a) for a in "abcd")),
    ),
    numeraires=(cc.Numeraire("wait"),),
)
UTILITY = cc.Utility("wait + help + visits + asc + visits:age", STUDY)
RANDOM = {"wait": cc.LogNormal(sign=-1), "help[person]": cc.Normal(), "visits": cc.Normal()}


def fitted() -> Any:
    """Fit a mixed logit to a few simulated people: what is timed does not depend on them."""
    design = cc.random_design(STUDY, tasks=24, alternatives=2, blocks=3, seed=1)
    ages = pd.DataFrame({"age": np.random.default_rng(1).uniform(-1, 1, 300)})
    truth = {"wait": -0.06, "help[chat]": 0.3, "help[person]": 0.9, "visits": -0.4}
    truth |= {"asc[none]": -1.0, "visits:age": -0.2}
    logit = cc.Logit(UTILITY)
    data = cc.simulate_choices(design, logit, truth, 300, 1, covariates=ages)
    results = cc.MixedLogit(UTILITY, random=RANDOM, draws=64).fit(data)
    estimates = results.estimates.copy()
    for name in ("sd[wait]", "sd[help[person]]", "sd[visits]"):
        if name in results.names:
            estimates[results.names.index(name)] = 0.5
    return replace(results, estimates=estimates)


def crowd(count: int) -> pd.DataFrame:
    """Return people who all differ."""
    rng = np.random.default_rng(2)
    return pd.DataFrame({"age": rng.uniform(-1, 1, count), "area": rng.choice(list("abcd"), count)})


def numpy_slice(compared: Comparison, theta: np.ndarray, part: slice) -> tuple[float, np.ndarray]:
    """Work out means and medians of some people in plain NumPy; return seconds and both."""
    started = time.perf_counter()
    found = []
    for row in theta:
        before, after, worth, chances = compared.log_sums(row, part)
        amounts = (after - before) / worth
        mass = np.broadcast_to(chances, amounts.shape) * compared.weights[part, None]
        found.append(((amounts * mass).sum() / mass.sum(), np.median(amounts)))
    return time.perf_counter() - started, np.array(found)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=500)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--slice", type=int, default=2_000, help="people of the NumPy peer")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = fitted()
    before = STUDY.profile(wait=40, help="chat", visits=2)
    after = STUDY.profile(wait=20, help="none", visits=1)
    asked: dict[str, Any] = {"pay_in": "wait", "by": "area", "points": arguments.points}
    welfare_change(results, before, after, people=crowd(100), draws=100, **asked)  # compiles
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    found = welfare_change(
        results, before, after, people=crowd(arguments.people), draws=arguments.draws, **asked
    )
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    few = min(arguments.slice, arguments.people)
    people = crowd(arguments.people).iloc[:few]
    scenarios = [Scenario("before", before), Scenario("after", after)]
    compared = compare(results, *scenarios, people=people, opt_out=True, **asked)[0]
    part = slice(0, few)
    theta = draw_parameters(results, 3, 1)
    peer_seconds, peer = numpy_slice(compared, theta, part)
    cells = arguments.people * arguments.points * (arguments.draws + 1)
    own = seconds / cells
    theirs = peer_seconds / (part.stop * arguments.points * len(theta))
    comparison._EXACT = 0  # counted, as many people are
    outcomes = [compared.outcome(row) for row in theta]
    ours = np.array([(c[-1, AMOUNT] / c[-1, PAID], q[-1, MEDIAN]) for c, q in outcomes])
    line = {
        "people": arguments.people,
        "points": arguments.points,
        "draws": arguments.draws,
        "seconds": seconds,
        "peak_mb": peak,
        "mb_before": memory,
        "nanoseconds_each": 1e9 * own,
        "numpy_nanoseconds_each": 1e9 * theirs,
        "times_as_fast": theirs / own,
        "largest_difference_of_means": float(np.abs(ours[:, 0] / peer[:, 0] - 1).max()),
        "largest_difference_of_medians": float(np.abs(ours[:, 1] / peer[:, 1] - 1).max()),
        "median_of_all": found.median.value,
    }
    if arguments.json:
        print(json.dumps(line))
        return
    for name, value in line.items():
        print(f"{name:32} {value:,.4g}" if isinstance(value, float) else f"{name:32} {value:,}")


if __name__ == "__main__":
    sys.exit(main())
