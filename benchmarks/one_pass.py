"""Time of one log-likelihood with its score, against the limits of the machine it runs on.

``python benchmarks/one_pass.py P3 --draws 1000 [--json]``. Counted are the operations that no way
of computing a simulated likelihood can do without: for each person, draw, task and alternative not
chosen, a multiply-add for each coefficient in the utility and one in the score, and an exponential.
The limits are measured before and after in the same process, and the better of both counts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import fit_ccegov_choice
from machine import Limits, measure_limits
from problems import RECIPES, SIMULATED, Problem, problem

_TRIES = 5
_SECONDS = 2.0


def one_pass(made: Problem, draws: int) -> dict[str, Any]:
    """Return seconds of a pass, what it must compute, and the share of the machine's limit.

    Parameters
    ----------
    made : Problem
        A simulated one.
    draws : int
        Draws for each person.
    """
    likelihood, start = fit_ccegov_choice.likelihood_of(made, draws)
    before = measure_limits()
    seconds = _best(lambda moved: likelihood.people(start * moved))
    after = measure_limits()
    limits = Limits(
        max(before.multiply_adds, after.multiply_adds),
        max(before.exponentials, after.exponentials),
        before.threads,
    )
    tasks, alternatives, coefficients = made.x.shape
    exponentials = tasks * (alternatives - 1) * draws
    multiply_adds = 2 * coefficients * exponentials
    at_least = limits.seconds(multiply_adds, exponentials)
    return {
        "problem": made.name,
        "draws": draws,
        "seconds": seconds,
        "multiply_adds": multiply_adds,
        "exponentials": exponentials,
        "seconds_at_least": at_least,
        "share_of_limit": at_least / seconds,
        "machine_multiply_adds": limits.multiply_adds,
        "machine_exponentials": limits.exponentials,
        "threads": limits.threads,
    }


def _best(work: Any) -> float:
    """Return the best time of some calls; parameters move a little, so that none is remembered."""
    work(1.0)
    best, spent, tries = float("inf"), 0.0, 0
    while tries < _TRIES or spent < _SECONDS:
        tries += 1
        before = time.perf_counter()
        work(1.0 + 1e-6 * tries)
        took = time.perf_counter() - before
        best, spent = min(best, took), spent + took
    return best


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("problem", help="P2 to P5, or the size of a mixed logit")
    parser.add_argument("--draws", type=int)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    made = problem(arguments.problem)
    if made.model not in SIMULATED:
        print(f"{made.name} is not simulated", file=sys.stderr)
        return 1
    draws = arguments.draws or (RECIPES[made.name].draws if made.name in RECIPES else None)
    if draws is None:
        print(f"{made.name}: say how many draws with --draws", file=sys.stderr)
        return 1
    found = one_pass(made, draws)
    print(
        f"{made.name} with {draws:,} draws: {found['seconds']:.4f} s for log-likelihood and score, "
        f"{found['share_of_limit']:.0%} of what {found['threads']} threads can do at most "
        f"({found['machine_multiply_adds'] / 1e9:.1f} billion multiply-adds and "
        f"{found['machine_exponentials'] / 1e9:.2f} billion exponentials each second)"
    )
    if arguments.json:
        print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
