"""How many citizens can answer at once: the real server under simulated ones, on this machine.

``python benchmarks/survey_load.py [--quick] [--only sqlite|postgresql] [--json FILE]``. Citizens
and server share the machine, so that the figures are what it can do with both. Each citizen
thinks 17 seconds a page on average (lognormal), reads the pages and sends what a browser would.

Two things are measured on SQLite and on a throw-away PostgreSQL cluster (with `fsync`):

* so many citizens at the same time, for a minute once all are there: does everybody get the next
  page in time, is every acknowledged answer there exactly once?
* as fast as it goes, without thinking: answers a second at most, and so the number of citizens at
  which waiting begins (the break point).

It takes about a quarter of an hour; ``--quick`` half a minute. Run by ``make bench``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from throwaway_postgres import Cluster

from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.walk import Walk, walk_survey

ROOT = Path(__file__).parents[1]
OUT = Path(__file__).parent / "out"
THINK = 17.0
TARGET_MS = 300.0
TARGETS = {"sqlite": 500, "postgresql": 5000}
HEAD = (
    f"{'store':<12}{'workers':>8}{'citizens':>9}{'peak':>7}{'answers':>9}{'a second':>9}"
    f"{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}{'lost':>6}{'twice':>6}{'errors':>7}{'again':>7}"
    f"{'spread':>7}{'server %':>9}{'client %':>9}"
)


@dataclass(frozen=True)
class Run:
    """One measurement: how many citizens, for how long, with how many processes."""

    store: str
    citizens: int
    workers: int
    think: float = THINK
    ramp: float = 20.0
    seconds: float = 60.0

    @property
    def clients(self) -> int:
        """Processes of the citizens: one can read and send about 500 pages a second."""
        return 2 if self.citizens > 1000 else 1


def loads(store: str, quick: bool) -> list[Run]:
    """Return the measurements with thinking citizens."""
    if quick:
        return [Run(store, 50, 1, think=3.0, ramp=3.0, seconds=5.0)]
    sizes = {"sqlite": (100, 500, 2000), "postgresql": (100, 500, 2000, 5000)}[store]
    return [Run(store, size, 2, ramp=20.0 if size < 2000 else 60.0) for size in sizes]


def limits(store: str, quick: bool) -> list[Run]:
    """Return the measurements without thinking."""
    if quick:
        return [Run(store, 20, 1, think=0.0, ramp=0.0, seconds=5.0)]
    return [Run(store, 400, workers, think=0.0, ramp=0.0, seconds=30.0) for workers in (1, 2)]


def measure(survey: Survey, run: Run, database: str | None, seed: int) -> dict[str, Any]:
    """Do one measurement and return its row."""
    thinking = run.think > 0
    began = time.perf_counter()
    walk = walk_survey(
        survey,
        run.citizens,
        seed,
        rate=run.citizens / run.ramp if thinking else None,
        concurrent=run.citizens if thinking else 64,
        think=run.think,
        seconds=run.ramp + run.seconds,
        database=database,
        workers=run.workers,
        clients=run.clients if thinking else 1,
    )
    return {**row(run, walk), "wall_seconds": round(time.perf_counter() - began, 1)}


def row(run: Run, walk: Walk) -> dict[str, Any]:
    """Return the figures of one measurement."""
    report = walk.report
    started: dict[str, int] = dict.fromkeys(walk.survey.tasks.blocks, 0)
    for told in walk.rows.values():
        started[told["block"]] += 1

    def share(cpu: float | None) -> float | None:
        return None if cpu is None else round(100 * cpu / max(report.seconds, 1e-9), 1)

    return {
        "store": run.store,
        "workers": run.workers,
        "citizens": run.citizens,
        "think_seconds": run.think,
        **{
            name: getattr(report, name)
            for name in (
                "started", "completed", "acknowledged", "stored", "lost", "duplicated", "errors",
                "trouble", "retries", "p50_ms", "p95_ms", "p99_ms", "answers_per_second",
                "seconds", "peak_concurrent", "block_spread",
            )
        },
        "waiting": report.to_dict()["waiting"],
        "block_spread_started": max(started.values()) - min(started.values()),
        "server_cpu_percent": share(report.server_cpu_seconds),
        "client_cpu_percent": share(report.client_cpu_seconds),
    }  # fmt: skip


def line(found: dict[str, Any]) -> str:
    """Lay out one row; CPU in percent of one processor."""

    def number(name: str) -> str:
        return "–" if found[name] is None else f"{found[name]:,}"

    spread = "block_spread" if found["think_seconds"] == 0 else "block_spread_started"
    return (
        f"{found['store']:<12}{found['workers']:>8}{found['citizens']:>9,}"
        f"{found['peak_concurrent']:>7,}{found['acknowledged']:>9,}"
        f"{found['answers_per_second']:>9.1f}{found['p50_ms']:>8.1f}{found['p95_ms']:>8.1f}"
        f"{found['p99_ms']:>8.1f}{number('lost'):>6}{number('duplicated'):>6}"
        f"{found['errors']:>7}{found['retries']:>7}{number(spread):>7}"
        f"{number('server_cpu_percent'):>9}{number('client_cpu_percent'):>9}"
    )


def verdicts(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Say for each store whether the promise is kept, and where waiting begins."""
    for store, promised in TARGETS.items():
        kept = [r for r in rows if r["store"] == store and r["think_seconds"] == THINK]
        met = [r["citizens"] for r in kept if good(r)]
        if kept:
            reached = f"{max(met):,}" if met else "none of the sizes tried"
            yield (
                f"{store}: at most {reached} citizens at once with 95 % of pages within "
                f"{TARGET_MS:.0f} ms and nothing lost (promised: {promised:,})"
            )
        fastest = [r for r in rows if r["store"] == store and r["think_seconds"] == 0]
        if fastest:
            best = max(fastest, key=lambda r: r["answers_per_second"])
            rate = best["answers_per_second"]
            yield (
                f"{store}: {rate:.0f} answers a second at most ({best['workers']} workers): "
                f"waiting begins at about {rate * THINK:,.0f} citizens who think {THINK:.0f} s each"
            )


def good(found: dict[str, Any]) -> bool:
    """Return whether a measurement keeps the promise."""
    clean = not (found["lost"] or found["duplicated"] or found["errors"])
    return clean and found["p95_ms"] < TARGET_MS


@contextmanager
def databases(stores: list[str]) -> Iterator[dict[str, Cluster | None]]:
    """Start what the stores need."""
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster()) if "postgresql" in stores else None
        yield {"sqlite": None, "postgresql": cluster}


def main() -> int:
    """Measure, print the table as it grows, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="half a minute, to see that it works")
    parser.add_argument("--only", choices=tuple(TARGETS), help="one store")
    parser.add_argument("--citizens", type=int, help="one number of citizens, thinking")
    parser.add_argument("--seconds", type=float, help="how long each measurement lasts")
    parser.add_argument("--seed", type=int, default=1, help="of the citizens (%(default)s)")
    parser.add_argument("--json", type=Path, default=OUT / "survey_load.json", metavar="FILE")
    given = parser.parse_args()
    survey = Survey.read(ROOT / "surveys" / "benefit-claim")
    stores = [given.only] if given.only else list(TARGETS)
    rows, said = [], [f"{os.cpu_count()} processors, shared by server, database and citizens", HEAD]
    print("\n".join(said), flush=True)
    with databases(stores) as clusters:
        for store in stores:
            runs = [*loads(store, given.quick), *limits(store, given.quick)]
            if given.citizens:
                runs = [replace(runs[0], citizens=given.citizens)]
            for run in runs:
                wanted = replace(run, seconds=given.seconds or run.seconds)
                cluster = clusters[store]
                database = cluster.new_database() if cluster else None
                rows.append(measure(survey, wanted, database, given.seed))
                said.append(line(rows[-1]))
                print(said[-1], flush=True)
                for trouble in rows[-1]["trouble"][:3]:
                    print(f"    {trouble}", flush=True)
    told = list(verdicts(rows))
    print("\n".join(told))
    given.json.parent.mkdir(exist_ok=True)
    given.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    given.json.with_suffix(".txt").write_text("\n".join([*said, *told]) + "\n")
    return 1 if any(r["lost"] or r["duplicated"] or r["errors"] for r in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
