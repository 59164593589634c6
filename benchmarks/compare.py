"""``make bench``: ours beside the peers on every problem, our cost as problems double, our kernel.

``python benchmarks/compare.py [--problems P1 P2] [--peers xlogit] [--repeats N] [--limit S]``.
Everything runs one after the other on this machine, each package in an environment of its own, so
that the ratios are what counts; a peer that takes longer than the limit is told so. The tables are
also written to ``benchmarks/out/``. With the limit of 900 s all of it takes one to two hours,
nearly all of it for the peers; ``--peers`` without names leaves only ours, a few minutes.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import tables
from electricity import DataMissingError
from environments import HERE, LIMIT_SECONDS, RunError, run_script
from estimation import measure
from packages import ABLE, OURS, PEERS
from problems import RECIPES, Problem, problem
from scaling import logit_series, measure_series, mixed_series

_PEER_REPEATS = 5


def compare(
    made: Problem, draws: int | None, *, repeats: int, peers: list[str], limit: float
) -> list[dict[str, Any]]:
    """Measure every package that has the model; one that cannot be run says why."""
    rows = []
    for package in (OURS, *(name for name in peers if made.model in ABLE[name])):
        ours = package == OURS
        print(f"== {made.name}{f', {draws} draws' if draws else ''}: {package}", file=sys.stderr)
        calls = repeats if ours else min(repeats, _PEER_REPEATS)
        try:
            row = measure(package, made, draws, repeats=calls, cold=ours, limit=limit)
        except RunError as error:
            row = {"package": package, "problem": made.name, "reason": str(error)}
        rows.append(row)
    return rows


def passes(names: list[str]) -> list[dict[str, Any]]:
    """Measure one pass of each simulated problem, at the draws of its targets."""
    rows = []
    for name in names:
        for draws in RECIPES[name].targets:
            print(f"== one pass: {name}, {draws} draws", file=sys.stderr)
            try:
                row = run_script("one_pass.py", name, "--draws", str(draws), "--json")
            except RunError as error:
                row = {"problem": name, "draws": draws, "reason": str(error)}
            rows.append(row)
    return rows


def main() -> int:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", nargs="+", choices=RECIPES, default=list(RECIPES))
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--limit", type=float, default=LIMIT_SECONDS, help="seconds for a process")
    parser.add_argument("--no-scaling", action="store_true", help="leave out growing problems")
    arguments = parser.parse_args()
    began = time.perf_counter()
    found: dict[str, Any] = {"machine": f"{platform.machine()} {platform.processor()}".strip()}
    texts: list[str] = []

    def tell(text: str) -> None:
        texts.append(text)
        print(text, end="\n\n", flush=True)

    for name in arguments.problems:
        try:
            made = problem(name)
        except DataMissingError as error:
            tell(f"{name}: {error}")
            continue
        for draws in RECIPES[name].targets:
            rows = compare(
                made,
                draws,
                repeats=arguments.repeats,
                peers=arguments.peers,
                limit=arguments.limit,
            )
            found[f"{name}, {draws} draws" if draws else name] = rows
            tell(tables.comparison(name, draws, rows))
    simulated = [name for name in arguments.problems if RECIPES[name].draws is not None]
    if simulated:
        found["passes"] = passes(simulated)
        tell(tables.kernel(found["passes"]))
    for series in () if arguments.no_scaling else (*logit_series(), *mixed_series()):
        rows = measure_series(series, min(arguments.repeats, 10))
        found[f"{series.what} of {series.sizes[0][0]}"] = rows
        tell(tables.doubled(series, rows))
    print(f"{(time.perf_counter() - began) / 60:.0f} minutes", file=sys.stderr)
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    (out / "estimation.txt").write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    (out / "estimation.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
