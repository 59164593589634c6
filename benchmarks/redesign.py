"""Search of 10^6 packages x 200 draws x 4 groups: seconds and memory, beside plain NumPy.

``python benchmarks/redesign.py``. Each of the two runs in a process of its own, on the same model
and levers: 20 levers that may all go together, with and without an opt-out. The peer is what one
would write without this package: the tastes of every group times the levels of every package, draw
by draw, on a slice of the packages, so that its time is told for all by proportion.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd

import ccegov_choice as cc
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.search import search_redesign

LEVERS, DRAWS, GROUPS = 20, 200, 4
SLICE = 20_000


def problem() -> tuple[Any, Redesign, pd.DataFrame]:
    """Return a fitted logit with 20 attributes of two levels, and a lever for each."""
    names = [f"a{i:02d}" for i in range(LEVERS)]
    attributes = [cc.Attribute.numeric("days", "Days", [5, 10, 20, 40], "day", direction="-")]
    attributes += [cc.Attribute.ordered(n, n, ["no", "yes"], direction="+") for n in names]
    study = cc.Study(
        "bench",
        "Bench",
        tuple(attributes),
        opt_out=cc.Alternative("none", "None", kind="opt_out"),
        covariates=(cc.Covariate("g", "Group", "numeric"),),
        numeraires=(cc.Numeraire("days"),),
    )
    terms = [f"{n}:g" for n in names[::4]]
    utility = cc.Utility(" + ".join(["days", *names, *terms, "asc"]), study)
    rng = np.random.default_rng(1)
    truth = {name: float(rng.normal(0.1, 0.2)) for name in utility.names} | {"days": -0.05}
    design = cc.random_design(study, tasks=64, blocks=8, seed=1)
    people = pd.DataFrame({"g": np.arange(1_000) % float(GROUPS)})
    logit = cc.Logit(utility)
    results = logit.fit(cc.simulate_choices(design, logit, truth, 1_000, 1, covariates=people))
    levers = [Lever(n, n, "yes", cost=1.0 + i % 5) for i, n in enumerate(names)]
    base = study.profile(days=20, **dict.fromkeys(names, "no"))
    return results, Redesign("bench", levers, base), people


def ours(opt_out: bool, objective: str) -> dict[str, float]:
    """Search all packages."""
    results, redesign, people = problem()
    # compile first: a search of few packages
    few = Redesign("few", redesign.levers[:8], redesign.base)
    options = {"pay_in": "days", "people": people, "by": "g", "opt_out": opt_out}
    search_redesign(results, few, draws=20, objective=objective, **options)
    before, began = _memory(), time.perf_counter()
    found = search_redesign(results, redesign, draws=DRAWS, objective=objective, **options)
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "packages": found.evaluated,
        "mb": _memory() - before,
        "value": found.best.value.value,
    }


def peer(opt_out: bool, objective: str) -> dict[str, float]:
    """Value a slice of the packages draw by draw with NumPy, and tell the time for all."""
    results, redesign, people = problem()
    groups = np.unique(people["g"])
    theta = draw_parameters(results, DRAWS, 1)
    utility, base = results.utility, redesign.base
    profiles = [base, cc.Profile({**base.levels, "days": 19.0})]
    profiles += [cc.Profile({**base.levels, v.attribute: v.end}) for v in redesign.levers]
    profiles.append(cc.Profile({}, "none"))
    rows = np.array([utility.encode(profiles, {"g": np.full(len(profiles), g)}) for g in groups])
    bits = (np.arange(SLICE)[:, None] >> np.arange(LEVERS) & 1).astype(float)
    began = time.perf_counter()
    best = -np.inf
    for draw in theta:
        v = rows @ draw  # (G, profiles)
        worth = v[:, 1] - v[:, 0]
        gain = bits @ (v[:, 2:-1] - v[:, :1]).T  # (P, G)
        if opt_out:
            gap = v[:, 0] - v[:, -1]
            gain = np.logaddexp(0, gap + gain) - np.logaddexp(0, gap)
        gain /= worth
        value = gain.min(axis=1) if objective == "maximin" else gain.mean(axis=1)
        best = max(best, float(value.max()))
    seconds = time.perf_counter() - began
    return {"seconds": seconds * 2**LEVERS / SLICE, "packages": 2**LEVERS, "value": best}


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run all four, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--one", nargs=3, metavar=("WHO", "OPT_OUT", "OBJECTIVE"))
    arguments = parser.parse_args()
    if arguments.one:
        who, opt_out, objective = arguments.one
        work = ours if who == "ours" else peer
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            print(json.dumps(work(opt_out == "yes", objective)))
        return
    print(f"2^{LEVERS} packages x {DRAWS} draws x {GROUPS} groups")
    for opt_out in ("no", "yes"):
        for objective in ("sum", "maximin"):
            found = {}
            for who in ("ours", "peer"):
                command = [sys.executable, __file__, "--one", who, opt_out, objective]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                found[who] = json.loads(done.stdout)
            mine, other = found["ours"], found["peer"]
            print(
                f"opt-out {opt_out:3} {objective:8} "
                f"ours {mine['seconds']:6.1f} s for {mine['packages']:,} packages, "
                f"+{mine['mb']:.0f} MB; NumPy {other['seconds']:6.1f} s (from a slice of "
                f"{SLICE:,}): {other['seconds'] / mine['seconds']:.1f} times as long",
                flush=True,
            )


if __name__ == "__main__":
    main()
