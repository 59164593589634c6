"""How our cost grows as a problem doubles: people, draws, coefficients, alternatives.

Each size runs in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from environments import RunError, run, run_script
from packages import OURS

_DOUBLINGS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Series:
    """Sizes that differ in one thing.

    Parameters
    ----------
    what : str
        What doubles.
    sizes : tuple of (str, int or None)
        Problem and draws.
    factors : tuple of int
        How many times the first each is.
    """

    what: str
    sizes: tuple[tuple[str, int | None], ...]
    factors: tuple[int, ...] = _DOUBLINGS


def logit_series(choices: int = 20_000) -> tuple[Series, ...]:
    """Return sizes of logits around `choices` x 4 alternatives x 10 coefficients."""

    def sizes(position: int) -> tuple[tuple[str, None], ...]:
        found = []
        for factor in _DOUBLINGS:
            size = [choices, 4, 10]
            size[position] *= factor
            found.append(("x".join(map(str, size)), None))
        return tuple(found)

    return tuple(
        Series(what, sizes(i)) for i, what in enumerate(("choices", "alternatives", "coefficients"))
    )


def mixed_series(people: int = 500, draws: int = 512) -> tuple[Series, ...]:
    """Return sizes of mixed logits around 8 tasks x 3 alternatives x 4 random coefficients."""
    size = "{}x8x3x{}".format
    return (
        Series("people", tuple((size(people * f, 4), draws) for f in _DOUBLINGS)),
        Series("draws", tuple((size(people, 4), draws * f) for f in _DOUBLINGS)),
        Series("coefficients", tuple((size(people, 4 * f), draws) for f in (1, 2, 4)), (1, 2, 4)),
    )


def measure_series(series: Series, repeats: int) -> list[dict[str, Any]]:
    """Measure the fit, and one pass where it is simulated; a size that fails says why."""
    rows = []
    for (name, draws), factor in zip(series.sizes, series.factors, strict=True):
        print(f"== {series.what}: {name}{f', {draws} draws' if draws else ''}", file=sys.stderr)
        row: dict[str, Any] = {"problem": name, "draws": draws, "factor": factor}
        try:
            fit = run(OURS, name, draws=draws, repeats=repeats)
            row |= {"seconds": fit["best"], "passes": fit["evaluations"], "peak_mb": fit["peak_mb"]}
            if draws is not None:
                one = run_script("one_pass.py", name, "--draws", str(draws), "--json")
                row |= {"pass": one["seconds"], "share_of_limit": one["share_of_limit"]}
            else:
                row["pass"] = fit["best"] / fit["evaluations"]
        except RunError as error:
            row["reason"] = str(error)
        rows.append(row)
    return rows


def slope(rows: Sequence[dict[str, Any]], key: str) -> float:
    """Return the slope of log cost in log size by least squares: one where cost is proportional."""
    measured = [row for row in rows if key in row]
    if len(measured) < 2:
        return float("nan")
    sizes = np.log([row["factor"] for row in measured])
    costs = np.log([row[key] for row in measured])
    return float(np.polyfit(sizes, costs, 1)[0])
