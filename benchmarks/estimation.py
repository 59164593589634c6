"""Time of a whole estimation, ours or a peer's: ``python benchmarks/estimation.py P1 --json``.

Seconds are of the estimation call with its standard errors, without imports and reading data:

- ``seconds_cold``: first call of a fresh process with nothing compiled (an empty Numba cache);
- ``seconds_first``: first call of a fresh process on a machine where it has run before;
- ``seconds_warm``: best of further calls in that process.

``peak_mb`` is the largest resident memory of that process, interpreter and data included.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from environments import OURS, PEERS, RunError, run, run_cold
from problems import RECIPES


def measure(package: str, problem: str, *, repeats: int, cold: bool = True) -> dict[str, Any]:
    """Return what a package takes for a problem.

    Raises
    ------
    RunError
        If the package cannot be run.
    """
    first_ever = run_cold(package, problem) if cold else None
    measured = run(package, problem, repeats=repeats)
    return {
        "package": package,
        "problem": problem,
        "seconds_cold": first_ever if first_ever is not None else measured["first"],
        "seconds_first": measured["first"],
        "seconds_warm": measured["best"],
        "peak_mb": round(measured["peak_mb"], 1),
        "log_likelihood": measured["log_likelihood"],
        "evaluations": measured["evaluations"],
        "errors": measured["errors"],
        "repeats": measured["repeats"],
    }


def main() -> int:
    """Measure and print; the last line is the JSON object when asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("problem", choices=RECIPES)
    parser.add_argument("--peer", choices=PEERS, help="measure a peer instead of ccegov_choice")
    parser.add_argument("--repeats", type=int, default=20, help="calls to take the best of")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    package = arguments.peer or OURS
    try:
        found = measure(package, arguments.problem, repeats=arguments.repeats, cold=package == OURS)
    except RunError as error:
        print(f"{package}: {error}", file=sys.stderr)
        return 1
    print(
        f"{package} on {arguments.problem}: {found['seconds_warm']:.4g} s warm, "
        f"{found['seconds_first']:.3g} s first in a process, {found['seconds_cold']:.3g} s cold, "
        f"{found['peak_mb']:.0f} MB, log-likelihood {found['log_likelihood']:.3f}"
    )
    if arguments.json:
        print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
