"""Search for a design within a time: ``python benchmarks/design.py PROBLEM.json OUT.csv``.

Reads a problem of ``../shared/bench/design/problems``, searches for ``--seconds`` and writes the
layout of the scorer there (``score.py PROBLEM.json OUT.csv``). The time covers the search alone;
the start of Python, reading the compiled kernels and the certificate are told separately.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from design_problems import read_problem, write_design

from ccegov_choice.design.efficient.certificate import Certificate
from ccegov_choice.design.efficient.effort import Effort
from ccegov_choice.design.efficient.rules import Rules
from ccegov_choice.design.efficient.search_designs import efficient_design


def main() -> int:
    """Search, write the design, and say how good it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("problem", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, help="points that stand for the prior")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--certificate", type=float, default=5.0, help="seconds for the bound")
    parser.add_argument("--progress", action="store_true", help="tell the error as it falls")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    problem = read_problem(arguments.problem)
    content = problem.content
    told = [0.0]

    def watch(progress: object) -> None:
        if arguments.progress and time.perf_counter() - told[0] > 1:
            told[0] = time.perf_counter()
            print(progress, file=sys.stderr)

    began = time.perf_counter()
    design = efficient_design(
        problem.study,
        problem.prior,
        tasks=content["n_sets"],
        alternatives=problem.alternatives,
        blocks=content.get("n_blocks", 1),
        seed=arguments.seed,
        budget=arguments.seconds,
        # the scorer's problems ask for nothing but the error
        rules=Rules(dominated=True, repeated=True),
        effort=Effort(
            draws=arguments.draws, threads=arguments.threads, certificate=arguments.certificate
        ),
        progress=watch,
    )
    whole = time.perf_counter() - began
    write_design(problem, design, arguments.out)
    certificate = Certificate.from_dict(design.claims["certificate"])
    work = design.provenance.parameters["work"]
    found = {
        "problem": content["id"],
        "seconds": arguments.seconds,
        "seconds_whole": whole,
        "error": design.claims["error"],
        "error_holdout": design.claims.get("error_holdout"),
        "certificate": certificate.kind,
        "gap": certificate.gap,
        "runs": work["runs"],
        "sweeps": work["sweeps"],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    holdout = found["error_holdout"]
    more = f", {holdout:.6f} on hold-out draws" if holdout is not None else ""
    print(f"{content['id']}: error {found['error']:.6f}{more}; {certificate.said}")
    if arguments.json:
        print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
