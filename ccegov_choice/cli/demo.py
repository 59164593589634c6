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
    from ccegov_choice.walk.load_report import LoadReport

_SURVEY = Path("surveys/benefit-claim")


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its options."""
    parser = nouns.add_parser(
        "demo",
        help="the whole way, from a study to a report, with simulated citizens",
        description="Study, design, survey, 600 simulated citizens of three known types who "
        "answer its real server over HTTP, models, trade-offs, winners and losers, a redesign, "
        "report, brief and simulator. Run it in a "
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
    step = _Steps(9)
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

    from ccegov_choice.cli.demo_decision import Decision
    from ccegov_choice.policy.redesign.redesign import Redesign

    decision = Decision.fit(study, design, data, Redesign.read(folder / "redesign.toml"))
    step(
        "models",
        ", ".join(
            f"{results.model.title} {results.log_likelihood:.1f}" for results in decision.models
        )
        + " (log-likelihoods)",
    )
    step("trade-offs", f"{len(decision.trade_offs)} gains, each in days")
    names = ", ".join(scenario.name for scenario in decision.scenarios)
    step("welfare", f"{names}: uptake, who wins and who loses ({decision.welfare.people} people)")
    step("redesign", f"{decision.redesign.evaluated} packages of levers, each valued")
    paths = decision.write(arguments.out)
    sizes = ", ".join(f"{path.name} {path.stat().st_size / 1024:.0f} kB" for path in paths)
    step("report", f"{arguments.out}: {sizes}")

    print(f"\nOpen {paths[0]} in a browser. These citizens are simulated: nobody was asked.")
    print(f"They answered the real server. {_kept(walk.report)}\n")
    print("Three findings:")
    for sentence in decision.findings():
        print(f"  - {sentence}")
    return 0


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
