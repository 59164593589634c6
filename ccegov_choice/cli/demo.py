"""`ccegov demo`: the whole way, from a study to a report, with simulated citizens."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice.errors import FileFormatError

if TYPE_CHECKING:
    from ccegov_choice.policy.uptake import Uptake
    from ccegov_choice.tradeoff.ratio import TradeOffs

_FOLDER = Path("designs/benefit-claim")
_TODAY: dict[str, str | float] = {
    "te_decision_days": 40,
    "ac_channel": "letter",
    "ac_human": "call_back",
    "dr_treatment": "neutral",
    "fe_group_gap": "days_15",
    "va_appeal": "internal",
}
_REFORM: dict[str, str | float] = {
    "te_decision_days": 20,
    "ac_channel": "website",
    "ac_human": "any_step",
    "dr_treatment": "polite",
    "fe_group_gap": "none",
    "va_appeal": "independent",
}


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its options."""
    parser = nouns.add_parser(
        "demo",
        help="the whole way, from a study to a report, with simulated citizens",
        description="Study, design, 600 simulated citizens of three known types, logit, "
        "trade-offs, scenarios and a report. Run it in a clone of the repository.",
    )
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="the study (%(default)s)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("analysis/benefit-claim"),
        help="where the report goes (%(default)s)",
    )
    parser.add_argument("--people", type=int, default=600, help="citizens (%(default)s)")
    parser.add_argument("--seed", type=int, default=2026, help="seed of the citizens (%(default)s)")
    parser.set_defaults(run=run)


class _Steps:
    """Progress on standard error: a line per step, with the seconds since the start."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._start = time.perf_counter()

    def __call__(self, name: str, text: str) -> None:
        self._done += 1
        seconds = time.perf_counter() - self._start
        line = f"[{self._done}/{self._total}] {seconds:5.1f} s  {name:<10} {text}"
        print(line, file=sys.stderr, flush=True)


def run(arguments: argparse.Namespace) -> int:
    """Walk the whole way and print three findings."""
    step = _Steps(7)
    from ccegov_choice.study.study import Study

    folder: Path = arguments.folder
    if not folder.is_dir():
        raise FileFormatError(
            "the study of the demonstration is not here",
            where=str(folder),
            cure="Run it in a clone of the repository, or name the folder with --folder.",
        )
    study = Study.read(folder / "study.toml")
    opt_out = f", opt-out '{study.opt_out.text()}'" if study.opt_out else ""
    step("study", f"{study.text()}: {len(study.attributes)} attributes{opt_out}")

    from ccegov_choice.design.design import Design
    from ccegov_choice.design.verify import verify

    verify(folder)
    design = Design.read(folder, study)
    step("design", f"{design.tasks} tasks in {design.blocks} blocks, replayed from {folder}")

    from ccegov_choice.models.logit.logit import Logit
    from ccegov_choice.models.simulate import simulate_choices
    from ccegov_choice.models.tastes import ClassTaste
    from ccegov_choice.study.utility import Utility

    utility = Utility.main_effects(study)
    model = Logit(utility)
    truth = ClassTaste.read(folder / "citizens.toml")
    data = simulate_choices(design, model, truth, arguments.people, arguments.seed)
    step(
        "people",
        f"{data.people} SIMULATED citizens of {len(truth.classes)} known types, "
        f"{data.tasks:,} choices",
    )

    results = model.fit(data)
    step(
        "model",
        f"{results.model.title}, {results.parameters} coefficients, "
        f"log-likelihood {results.log_likelihood:.1f}, "
        f"{results.optimisation.iterations} iterations",
    )

    from ccegov_choice.policy.uptake import uptake
    from ccegov_choice.tradeoff.importance import importance
    from ccegov_choice.tradeoff.ratio import trade_offs

    offers = trade_offs(results, pay_in=study.numeraires[0].attribute)
    step("trade-offs", f"{len(offers)} gains, each in days")

    scenarios = {"today": study.profile(None, **_TODAY), "reform": study.profile(None, **_REFORM)}
    shares = uptake(results, scenarios)
    step("scenarios", f"{', '.join(scenarios)}: uptake with intervals")

    from ccegov_choice.report.document import Report

    report = Report(
        study,
        design,
        data,
        [results],
        offers,
        uptake=shares,
        importance=importance(results),
        simulated=True,
    )
    path = report.save(arguments.out / "report.html")
    results.save(arguments.out / "results.json")
    step("report", f"{path} ({path.stat().st_size / 1024:.0f} kB)")

    print(f"\nOpen {path} in a browser. These citizens are simulated: nobody was asked.\n")
    print("Three findings:")
    for sentence in _findings(offers, shares):
        print(f"  - {sentence}")
    return 0


def _findings(offers: TradeOffs, shares: Uptake) -> list[str]:
    """Return the two largest trade-offs and what the reform would do, as sentences."""
    largest = sorted(offers, key=lambda offer: -abs(offer.estimate))[:2]
    return [*(offer.sentence() for offer in largest), shares.difference_sentence("reform")]
