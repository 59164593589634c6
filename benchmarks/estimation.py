"""Time of a whole estimation, ours or a peer's: ``python benchmarks/estimation.py P2 --json``.

Seconds are of the estimation call with its standard errors, without imports and reading data:

- ``seconds_cold``: first call of a fresh process with nothing compiled (an empty Numba cache);
- ``seconds_first``: first call of a fresh process on a machine where it has run before;
- ``seconds_warm``: best of the calls in that process.

``peak_mb`` is the largest resident memory of that process, interpreter and data included.
``log_likelihood`` is the package's own word; ``log_likelihood_many`` is that of its estimates by an
independent yardstick with many draws (exact where nothing is simulated), by which fits compare.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from electricity import DataMissingError
from environments import LIMIT_SECONDS, RunError, run, run_cold
from log_likelihood import MANY, log_likelihood_of
from packages import ABLE, OURS, PEERS
from problems import RECIPES, SIMULATED, Problem, problem


def measure(
    package: str,
    made: Problem,
    draws: int | None,
    *,
    repeats: int,
    cold: bool = True,
    limit: float = LIMIT_SECONDS,
    many: int = MANY,
) -> dict[str, Any]:
    """Return what a package takes for a problem, and how good its estimates are.

    Raises
    ------
    RunError
        If the package cannot be run.
    """
    if made.model not in ABLE[package]:
        raise RunError(f"has no such model ({made.model})")
    measured = run(package, made.name, draws=draws, repeats=repeats, limit=limit)
    first_ever = run_cold(package, made.name, draws) if cold else measured["first"]
    return {
        "package": package,
        "problem": made.name,
        "draws": draws,
        "seconds_cold": first_ever,
        "seconds_first": measured["first"],
        "seconds_warm": measured["best"],
        "peak_mb": round(measured["peak_mb"], 1),
        "log_likelihood": measured["log_likelihood"],
        "log_likelihood_many": log_likelihood_of(made, measured["estimates"], many),
        "draws_many": many if made.model in SIMULATED else None,
        "evaluations": measured["evaluations"],
        "errors": measured["errors"],
        "repeats": measured["repeats"],
        "estimates": measured["estimates"],
    }


def draws_for(made: Problem, asked: int | None) -> int | None:
    """Return the draws that were asked for, those of the published times, or none.

    Raises
    ------
    RunError
        If draws are asked for where nothing is simulated, or not said where they must be.
    """
    if made.model not in SIMULATED:
        if asked is not None:
            raise RunError(f"{made.name} is not simulated: leave --draws out")
        return None
    if asked is None and made.name not in RECIPES:
        raise RunError(f"{made.name} is simulated: say how often with --draws")
    return RECIPES[made.name].draws if asked is None else asked


def main() -> int:
    """Measure and print; the last line is the JSON object when asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("problem", help=f"{', '.join(RECIPES)}, or a size (see problems.py)")
    parser.add_argument("--draws", type=int, help="draws for each person, where it is simulated")
    parser.add_argument("--peer", choices=PEERS, help="measure a peer instead of ccegov_choice")
    parser.add_argument("--repeats", type=int, default=20, help="calls to take the best of")
    parser.add_argument("--limit", type=float, default=LIMIT_SECONDS, help="seconds for a process")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    package = arguments.peer or OURS
    try:
        made = problem(arguments.problem)
        draws = draws_for(made, arguments.draws)
        ours, repeats = package == OURS, arguments.repeats
        found = measure(package, made, draws, repeats=repeats, cold=ours, limit=arguments.limit)
    except (RunError, DataMissingError, ValueError) as error:
        print(f"{package}: {error}", file=sys.stderr)
        return 1
    at_many = f" ({found['log_likelihood_many']:.3f} at {MANY:,} draws)" if draws else ""
    print(
        f"{package} on {made.name}{f' with {draws:,} draws' if draws else ''}: "
        f"{found['seconds_warm']:.4g} s warm, {found['seconds_first']:.3g} s first in a process, "
        f"{found['seconds_cold']:.3g} s cold, {found['peak_mb']:.0f} MB, "
        f"log-likelihood {found['log_likelihood']:.3f}{at_many}"
    )
    if arguments.json:
        print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
