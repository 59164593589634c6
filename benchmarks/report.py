"""Build the report of 10,000 people: ``python benchmarks/report.py [--people N]``.

Seconds of the page and of the PDF, and the peak of memory before and after, on the study of
``designs/benefit-claim``. Simulating the people and fitting the model are told apart.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ccegov_choice.design.random import random_design
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import ClassTaste, simulate_choices
from ccegov_choice.policy.uptake import uptake
from ccegov_choice.report.document import Report
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.ratio import trade_offs

FOLDER = Path(__file__).parents[1] / "designs" / "benefit-claim"


def peak() -> float:
    """Return the most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(found: dict[str, Any], name: str, work: Callable[[], Any]) -> Any:
    """Do the work; note its seconds and the peak of memory after it."""
    began = time.perf_counter()
    made = work()
    found[f"{name}_seconds"] = time.perf_counter() - began
    found[f"{name}_peak_mb"] = peak()
    return made


def main() -> int:
    """Build and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--out", type=Path, help="write the numbers as JSON")
    arguments = parser.parse_args()
    study = Study.read(FOLDER / "study.toml")
    model = Logit(Utility.main_effects(study))
    design = random_design(study, tasks=24, alternatives=2, blocks=2, seed=1)
    taste = ClassTaste.read(FOLDER / "citizens.toml")
    found: dict[str, Any] = {"people": arguments.people}
    data = timed(
        found, "simulate", lambda: simulate_choices(design, model, taste, arguments.people, 1)
    )
    results = timed(found, "fit", lambda: model.fit(data))
    base = {a.id: a.cell(a.shown_levels[0]) for a in study.attributes}
    best = {a.id: a.cell(a.shown_levels[-1]) for a in study.attributes}
    scenarios = {"today": study.profile(**base), "reform": study.profile(**best)}

    def answers() -> Report:
        offers = trade_offs(results, study.numeraires[0].attribute)
        shares = uptake(results, scenarios)
        return Report(study, design, data, [results], offers, uptake=shares)

    report = timed(found, "answers", answers)
    html = timed(found, "html", report.to_html)
    pdf = timed(found, "pdf", report.to_pdf)
    found |= {"html_kb": len(html.encode()) / 1024, "pdf_kb": len(pdf) / 1024}
    print(
        f"report of {arguments.people:,} people: page {found['html_seconds']:.2f} s "
        f"({found['html_kb']:.0f} kB), PDF {found['pdf_seconds']:.2f} s "
        f"({found['pdf_kb']:.0f} kB); "
        f"peak {found['pdf_peak_mb']:.0f} MB, {found['fit_peak_mb']:.0f} MB of it before the report"
    )
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
