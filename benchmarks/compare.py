"""``make bench``: ours beside the peers, and our cost as the problem doubles; one table each.

``python benchmarks/compare.py [--problems P1 P1b] [--skip-peers] [--repeats R]``. Everything runs
one after the other on this machine, each package in an environment of its own, so that the ratios
are what counts. The tables are also written to ``benchmarks/out/``.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from environments import HERE, OURS, PEERS, RunError, run
from estimation import measure
from problems import RECIPES

TARGETS = {"P1": 0.01, "P1b": 0.2}
BASE = (20_000, 4, 10)


def compare(problem: str, repeats: int, peers: tuple[str, ...]) -> list[dict[str, Any]]:
    """Measure every package on a problem; one that cannot be run says why."""
    rows = []
    for package in (OURS, *peers):
        print(f"== {problem}: {package}", file=sys.stderr)
        try:
            rows.append(
                measure(
                    package,
                    problem,
                    repeats=repeats if package == OURS else min(repeats, 5),
                    cold=package == OURS,
                )
            )
        except RunError as error:
            rows.append({"package": package, "problem": problem, "reason": str(error)})
    return rows


def comparison_text(problem: str, rows: list[dict[str, Any]]) -> str:
    """Lay out one problem: seconds, ratio to ours, memory, log-likelihood."""
    ours = rows[0].get("seconds_warm")
    recipe = RECIPES[problem]
    lines = [
        f"{problem}: {recipe.choices:,} choices x {recipe.alternatives} alternatives x "
        f"{recipe.coefficients} coefficients; target {TARGETS[problem]} s; log-likelihood "
        f"{recipe.log_likelihood}",
        f"{'package':<15}{'warm s':>10}{'ratio':>8}{'first s':>10}{'cold s':>9}{'peak MB':>9}"
        f"{'log-likelihood':>17}{'passes':>8}  errors",
    ]
    for row in rows:
        if "reason" in row:
            lines.append(f"{row['package']:<15}{'–':>10}  {row['reason']}")
            continue
        ratio = f"{row['seconds_warm'] / ours:.1f}" if ours else "–"
        passes = row["evaluations"] if row["evaluations"] is not None else "–"
        lines.append(
            f"{row['package']:<15}{row['seconds_warm']:>10.4f}{ratio:>8}{row['seconds_first']:>10.3f}"
            f"{row['seconds_cold']:>9.2f}{row['peak_mb']:>9.0f}{row['log_likelihood']:>17.3f}"
            f"{passes:>8}  {row['errors']}"
        )
    return "\n".join(lines)


def scaling(repeats: int) -> tuple[list[dict[str, Any]], str]:
    """Measure ours while choices, alternatives and coefficients double, one at a time."""
    n, alternatives, coefficients = BASE
    sizes = [(n * f, alternatives, coefficients) for f in (1, 2, 4, 8)]
    sizes += [(n, alternatives * f, coefficients) for f in (2, 4, 8)]
    sizes += [(n, alternatives, coefficients * f) for f in (2, 4, 8)]
    rows = []
    for size in sizes:
        name = "x".join(map(str, size))
        print(f"== scaling: {name}", file=sys.stderr)
        measured = run(OURS, name, repeats=repeats)
        rows.append(
            {"size": name, "seconds": measured["best"], "evaluations": measured["evaluations"]}
        )
    lines = [
        "ccegov_choice as the problem doubles (choices x alternatives x coefficients)",
        f"{'size':<18}{'warm s':>10}{'to first':>10}{'passes':>8}{'ns per number and pass':>24}",
    ]
    for row, (tasks, wide, deep) in zip(rows, sizes, strict=True):
        each = row["seconds"] * 1e9 / (tasks * wide * deep * row["evaluations"])
        lines.append(
            f"{row['size']:<18}{row['seconds']:>10.4f}{row['seconds'] / rows[0]['seconds']:>10.2f}"
            f"{row['evaluations']:>8}{each:>24.2f}"
        )
    return rows, "\n".join(lines)


def main() -> int:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", nargs="+", choices=RECIPES, default=list(RECIPES))
    parser.add_argument("--skip-peers", action="store_true")
    parser.add_argument("--repeats", type=int, default=20)
    arguments = parser.parse_args()
    peers = () if arguments.skip_peers else PEERS
    texts, found = [], {"machine": f"{platform.machine()} {platform.processor()}".strip()}
    for problem in arguments.problems:
        rows = compare(problem, arguments.repeats, peers)
        found[problem] = rows
        texts.append(comparison_text(problem, rows))
        print(texts[-1], end="\n\n", flush=True)
    found["scaling"], text = scaling(min(arguments.repeats, 10))
    texts.append(text)
    print(text)
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    (out / "estimation.txt").write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    (out / "estimation.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
