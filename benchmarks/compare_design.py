"""Designs beside choicedesign, on the problems of ``../shared/bench/design``: one table.

``python benchmarks/compare_design.py [--problems D1b D2] [--peer-seconds 60]``. Both are scored by
the independent scorer that lies beside the problems. Run by ``make bench``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from environments import HERE, ROOT, RunError, python_of

BENCH = ROOT.parent / "shared" / "bench" / "design"
PEER = "choicedesign"
# problem -> (our seconds, target, key of the score that the target is about); best known values
# that are printed with five digits count as met up to half a unit of the last one
TARGETS = {
    "D1a": (1, 0.577350, "D_error"),
    "D1b": (5, 0.725164, "D_error"),
    "D2": (2, 0.37650, "D_error"),
    "D2 longer": (60, 0.37600, "D_error"),
    "D3": (30, 0.43050, "DB_error_hold"),
    "D4": (60, 0.23900, "DB_error_hold"),
    "D5_hz339_zero": (10, 0.192450, "D_error"),
    "D5_sbl_zero": (10, 0.140625, "D_error"),
    "D5_hz63_zero": (10, 0.063191, "D_error"),
    "D5_hz339": (10, 0.278421, "D_error"),
    "D5_hz339_x075": (10, 0.253285, "D_error"),
    "D5_hz339_x125": (10, 0.303235, "D_error"),
    "D5_hz3215": (10, 0.22389, "D_error"),
    "D5_hz3215_x075": (10, 0.20815, "D_error"),
    "D5_hz3215_x125": (10, 0.23750, "D_error"),
    "D5_kes268": (10, 0.41914, "DB_error_hold"),
    "D5_lin": (10, 0.026150, "D_error"),
    "D5_lin_asc": (10, 0.043465, "D_error"),
    "D5_lin_optout": (10, 0.053025, "D_error"),
}


def score(problem: Path, design: Path) -> dict[str, Any]:
    """Return what the independent scorer says."""
    command = [sys.executable, str(BENCH / "score.py"), str(problem), str(design), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout)[0])


def ours(problem: Path, seconds: float, out: Path) -> dict[str, Any]:
    """Search with ccegov_choice."""
    command = [
        sys.executable, str(HERE / "design.py"), str(problem), str(out),
        "--seconds", str(seconds), "--json",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def peer(problem: Path, seconds: float, out: Path) -> dict[str, Any]:
    """Search with choicedesign; a failure is told with its last line."""
    command = [
        python_of(PEER), str(HERE / "design_peer.py"), str(problem), str(out), str(seconds),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RunError(done.stderr.strip().splitlines()[-1][:60])
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def measure(name: str, peer_seconds: float, folder: Path) -> dict[str, Any]:
    """Measure one problem with both."""
    seconds, target, key = TARGETS[name]
    problem = BENCH / "problems" / f"{name.split(maxsplit=1)[0]}.json"
    out = folder / "ours.csv"
    found = ours(problem, seconds, out)
    row = {"problem": name, "seconds": seconds, "target": target, "key": key, **found}
    row["scored"] = score(problem, out)[key]
    try:
        theirs = peer(problem, peer_seconds, folder / "peer.csv")
        row["peer_seconds"] = theirs["seconds"]
        row["peer_scored"] = score(problem, folder / "peer.csv")[key]
    except RunError as error:
        row["peer_reason"] = str(error)
    return row


def line(row: dict[str, Any]) -> str:
    """Lay one problem out."""
    met = "met" if row["scored"] <= row["target"] * (1 + 1e-5) else "MISSED"
    gap = "–" if row["certificate"] == "none" else f"{row['gap']:.2%} {row['certificate']}"
    if "peer_scored" in row:
        theirs = (
            f"{row['peer_scored']:>10.6f}{row['peer_seconds']:>7.0f}"
            f"{row['peer_scored'] / row['scored']:>8.3f}"
        )
    else:
        theirs = f"{'–':>10}{'–':>7}{'–':>8}  {row['peer_reason']}"
    return (
        f"{row['problem']:<16}{row['seconds']:>5}{row['scored']:>11.6f}{row['target']:>11.6f} "
        f"{met:<7}{gap:<18}{row['peak_mb']:>6.0f}{theirs}"
    )


def main() -> int:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--peer-seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    if not BENCH.exists():
        print(f"the problems are not here: {BENCH}", file=sys.stderr)
        return 1
    heading = (
        f"{'problem':<16}{'s':>5}{'error':>11}{'target':>11} {'':<7}{'certificate':<18}{'MB':>6}"
        f"{PEER:>10}{'s':>7}{'ratio':>8}"
    )
    lines, rows = [heading], []
    print(heading, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.problems:
            row = measure(name, arguments.peer_seconds, Path(folder))
            rows.append(row)
            lines.append(line(row))
            print(lines[-1], flush=True)
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    (out / "design.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (out / "design.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
