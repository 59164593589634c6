"""`ccegov demo`: the whole way, from a study to a report, with simulated citizens."""

from __future__ import annotations

import argparse
import os
import sys
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice.errors import FileFormatError

if TYPE_CHECKING:
    from ccegov_choice.policy.uptake import Uptake
    from ccegov_choice.tradeoff.ratio import TradeOffs
    from ccegov_choice.walk.load_report import LoadReport

_SURVEY = Path("surveys/benefit-claim")
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
        description="Study, design, survey, 600 simulated citizens of three known types who "
        "answer its real server over HTTP, logit, trade-offs, scenarios and a report. Run it in a "
        "clone of the repository.",
    )
    parser.add_argument("--survey", type=Path, default=_SURVEY, help="the survey (%(default)s)")
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
    step = _Steps(8)
    from ccegov_choice.study.study import Study

    folder = _design_folder(arguments.survey)
    study = Study.read(folder / "study.toml")
    opt_out = f", opt-out '{study.opt_out.text()}'" if study.opt_out else ""
    step("study", f"{study.text()}: {len(study.attributes)} attributes{opt_out}")

    from ccegov_choice.design.design import Design
    from ccegov_choice.design.verify import verify

    verify(folder)
    design = Design.read(folder, study)
    step("design", f"{design.tasks} tasks in {design.blocks} blocks, replayed from {folder}")

    from ccegov_choice.survey.survey import Survey

    survey = Survey.read(arguments.survey)
    survey.require_valid()
    pages = f"{len(survey.pages)} pages, {len(survey.questions)} questions"
    step("survey", f"{pages}, in {', '.join(survey.languages)}: no problems")

    from ccegov_choice.cli.survey_walk import counter
    from ccegov_choice.walk.walk import walk_survey

    # a second worker, so that both halves of a small machine have something to do
    walk = walk_survey(
        survey,
        arguments.people,
        arguments.seed,
        workers=_workers(),
        progress=counter(arguments.people),
    )
    path = walk.save_choices(arguments.out / "choices.csv")
    data = walk.data(design)
    step("people", f"{_told(walk.report)}; {data.tasks:,} choices in {path}")

    from ccegov_choice.models.logit.logit import Logit
    from ccegov_choice.study.utility import Utility

    model = Logit(Utility.main_effects(study))
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

    print(f"\nOpen {path} in a browser. These citizens are simulated: nobody was asked.")
    print(f"They answered the real server. {_kept(walk.report)}\n")
    print("Three findings:")
    for sentence in _findings(offers, shares):
        print(f"  - {sentence}")
    return 0


def _findings(offers: TradeOffs, shares: Uptake) -> list[str]:
    """Return the two largest trade-offs and what the reform would do, as sentences."""
    largest = sorted(offers, key=lambda offer: -abs(offer.estimate))[:2]
    return [*(offer.sentence() for offer in largest), shares.difference_sentence("reform")]


def _design_folder(survey: Path) -> Path:
    """Return the folder of the design that a survey names."""
    file = survey / "survey.toml"
    if not file.is_file():
        raise FileFormatError(
            "the survey of the demonstration is not here",
            where=str(survey),
            cure="Run it in a clone of the repository, or name the folder with --survey.",
        )
    named = tomllib.loads(file.read_text(encoding="utf-8"))["design"]["folder"]
    return Path(os.path.normpath(survey / named))


def _workers() -> int:
    return min(os.cpu_count() or 1, 2)


def _told(report: LoadReport) -> str:
    return (
        f"{report.started:,} SIMULATED citizens started, {report.completed:,} completed, "
        f"{report.acknowledged:,} answers acknowledged, {report.lost or 0} lost"
    )


def _kept(report: LoadReport) -> str:
    if report.clean:
        return f"All {report.acknowledged:,} answers that it acknowledged are there, once."
    return (
        f"{report.lost} answers were lost and {report.errors} things went wrong: {report.trouble}"
    )
