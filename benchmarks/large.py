"""A large mixed logit: ``python benchmarks/large.py``.

200,000 people x 10 tasks x 3 alternatives, 6 random coefficients, 500 draws: two billion
differences of utility in every pass. The choices are drawn with a seed; progress goes to standard
error, and at the end come seconds, peak memory of the whole process (making the choices included)
and the trace: the objective after every step tried.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import fit_ccegov_choice
import numpy as np
import synthetic
from problems import Problem

import ccegov_choice as cc

_SEED = 107


class Told:
    """Tells every stage and step on standard error."""

    def __init__(self) -> None:
        self.began = time.perf_counter()

    def stage(self, words: str) -> None:
        """Say what begins."""
        self._tell(words)

    def advance(self, iteration: int, value: float, slope: float) -> None:
        """Say where the search is."""
        self._tell(f"step {iteration:>3}  {value:.3f}  largest slope {slope:.3g}")

    def _tell(self, words: str) -> None:
        seconds = time.perf_counter() - self.began
        print(f"{seconds:8.1f} s {peak_mb():7.0f} MB  {words}", file=sys.stderr)


def peak_mb() -> float:
    """Return the largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def lay_out(people: int, coefficients: int, draws: int) -> tuple[Any, Any, dict[str, float]]:
    """Make the choices; return their data, the model, and the truth by parameter."""
    means, spreads = synthetic.MEANS[:coefficients], synthetic.SPREADS[:coefficients]
    choices = synthetic.normal_tastes(people, 10, 3, means, spreads, _SEED)
    names = tuple(f"x{k + 1}" for k in range(coefficients))
    truth = np.concatenate([means, spreads])
    made = Problem("large", "normals", *choices, names, truth, coefficients)
    data, model = fit_ccegov_choice.data_of(made), fit_ccegov_choice.model_of(made, draws)
    return data, model, fit_ccegov_choice.start_of(made)


def fit(data: Any, model: Any, truth: dict[str, float]) -> dict[str, Any]:
    """Fit from the model's own starting values and say what it took."""
    before, began = peak_mb(), time.perf_counter()
    results = model.fit(data, options=cc.FitOptions(progress=Told()))
    seconds = time.perf_counter() - began
    record = results.optimisation
    away = results.estimates - np.array([truth[name] for name in results.names])
    return {
        "seconds": seconds,
        "peak_mb_before": before,
        "peak_mb": peak_mb(),
        "log_likelihood": results.log_likelihood,
        "status": record.status.label,
        "evaluations": record.evaluations,
        "trace": [point.value if np.isfinite(point.value) else None for point in record.trace],
        "furthest_from_truth": float(np.abs(away).max()),
    }


def main() -> int:
    """Make, fit, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--coefficients", type=int, default=6, choices=range(1, 9))
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    began = time.perf_counter()
    laid_out = lay_out(arguments.people, arguments.coefficients, arguments.draws)
    made = time.perf_counter() - began
    found = fit(*laid_out)
    print(
        f"{arguments.people:,} people x 10 x 3, {arguments.coefficients} random coefficients, "
        f"{arguments.draws} draws: {found['status']} in {found['seconds']:.1f} s after "
        f"{made:.1f} s of making the data; {found['peak_mb']:.0f} MB at most "
        f"({found['peak_mb_before']:.0f} MB before the fit); log-likelihood "
        f"{found['log_likelihood']:.3f} after {found['evaluations']} passes; the estimate furthest "
        f"from the truth is {found['furthest_from_truth']:.3f} away"
    )
    print(
        "trace: " + ", ".join("–" if value is None else f"{value:.3f}" for value in found["trace"])
    )
    if arguments.json:
        print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
