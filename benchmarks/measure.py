"""Measure one package on one problem, in the Python it is run with; print one JSON line.

``python measure.py PACKAGE PROBLEM [--repeats R] [--budget SECONDS]``. The first call of the
process is timed by itself; further calls follow until there are R of them or the budget is spent.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from packages import PACKAGES
from problems import RECIPES, Recipe, make, problem


def _problem(name: str):
    if name in RECIPES:
        return problem(name)
    # a size of our own: choices x alternatives x coefficients
    n, alternatives, coefficients = (int(part) for part in name.split("x"))
    return make(Recipe(n, alternatives, coefficients, 7), name)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", choices=PACKAGES)
    parser.add_argument("problem")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--budget", type=float, default=60.0)
    arguments = parser.parse_args()
    with contextlib.redirect_stdout(sys.stderr):
        started = time.perf_counter()
        estimate = PACKAGES[arguments.package](_problem(arguments.problem))
        prepared = time.perf_counter() - started
        seconds = []
        while len(seconds) < arguments.repeats:
            before = time.perf_counter()
            outcome = estimate()
            seconds.append(time.perf_counter() - before)
            if sum(seconds) > arguments.budget:
                break
    print(
        json.dumps(
            {
                "first": seconds[0],
                "best": min(seconds),
                "repeats": len(seconds),
                "prepared": prepared,
                "peak_mb": _peak_mb(),
                "log_likelihood": outcome.log_likelihood,
                "evaluations": outcome.evaluations,
                "errors": outcome.errors,
            }
        )
    )


if __name__ == "__main__":
    main()
