"""Measure one package on one problem, in the Python it is run with; print one JSON line.

``python measure.py PACKAGE PROBLEM [--draws R] [--repeats N] [--budget SECONDS]``. The first call
of the process is timed by itself; further calls follow until there are N of them or the budget is
spent.
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

from packages import ABLE, prepare
from problems import problem


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", choices=ABLE)
    parser.add_argument("problem")
    parser.add_argument("--draws", type=int)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--budget", type=float, default=60.0)
    arguments = parser.parse_args()
    with contextlib.redirect_stdout(sys.stderr):
        started = time.perf_counter()
        estimate = prepare(arguments.package, problem(arguments.problem), arguments.draws)
        prepared = time.perf_counter() - started
        seconds: list[float] = []
        while len(seconds) < arguments.repeats and sum(seconds) <= arguments.budget:
            before = time.perf_counter()
            outcome = estimate()
            seconds.append(time.perf_counter() - before)
    print(
        json.dumps(
            {
                "first": seconds[0],
                "best": min(seconds),
                "repeats": len(seconds),
                "prepared": prepared,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "log_likelihood": outcome.log_likelihood,
                "evaluations": outcome.evaluations,
                "errors": outcome.errors,
                "estimates": [float(value) for value in outcome.estimates],
            }
        )
    )


if __name__ == "__main__":
    main()
