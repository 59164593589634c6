"""`ccegov design make|diagnose|verify`: make tasks, judge them, and do the recorded work again."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ccegov_choice.cli import design_import, design_power

if TYPE_CHECKING:
    from ccegov_choice.design.beliefs.prior import Prior
    from ccegov_choice.design.design import Design
    from ccegov_choice.design.efficient.effort import Progress
    from ccegov_choice.study.study import Study

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

ORTHOGONAL = ("auto", "full", "fractional", "array")
METHODS = ("random", "efficient", "person", *ORTHOGONAL)


def register(nouns: Parsers) -> None:
    """Add the noun and its verbs."""
    parser = nouns.add_parser(
        "design",
        help="make, diagnose and verify the tasks of a study",
        description="Make, diagnose and verify the tasks of a study.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _register_make(verbs)
    design_import.register(verbs)
    design_power.register(verbs)
    for verb, run, what in (
        ("diagnose", run_diagnose, "say what a saved design can and cannot tell"),
        ("verify", run_verify, "do the recorded work again and compare"),
    ):
        other = verbs.add_parser(verb, help=what, description=f"{what.capitalize()}.")
        other.add_argument("folder", help="folder with design.csv and design.lock")
        other.add_argument("--study", help="study.toml; default: the one in the folder")
        other.add_argument("--json", action="store_true", help="print for machines")
        other.set_defaults(run=run)
        if verb == "diagnose":
            _register_diagnose(other)


def _register_diagnose(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--prior", help="prior.toml; default: the beliefs the design was made with")
    verb.add_argument(
        "--trade",
        action="append",
        default=[],
        metavar="GAIN",
        help="a willingness to trade to judge, such as 'dignity: polite'; may be repeated; "
        "default: every attribute from its worst or base level to its best",
    )
    verb.add_argument("--pay-in", help="attribute that these trades are paid in")
    verb.add_argument(
        "--certificate",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="time to work out how far the design is from the best possible one",
    )
    verb.add_argument("--html", metavar="FILE", help="write the diagnosis as a page too")


def _register_make(verbs: Parsers) -> None:
    make = verbs.add_parser(
        "make",
        help="make a design",
        description="Make a design and save design.csv and design.lock.",
    )
    make.add_argument("study", help="the study.toml, or a design.toml that says how to make it")
    make.add_argument(
        "--method",
        choices=METHODS,
        default="random",
        help="random: by lot and evened out; efficient: small errors under a prior; person: a "
        "random version for each person; the others start from an orthogonal array, auto from the "
        "smallest (default: %(default)s)",
    )
    make.add_argument("--tasks", type=int, help="tasks in all (person: in each version)")
    make.add_argument(
        "--alternatives", type=int, help="alternatives in a task, opt-out not counted"
    )
    make.add_argument("--blocks", type=int, default=1, help="parts; each person answers one")
    make.add_argument("--seed", type=int, default=1, help="the same seed gives the same design")
    for option, what in (
        ("--minimal-overlap", "let levels within a task differ (random, efficient)"),
        ("--unbalanced", "draw all profiles with the same chance (random)"),
        ("--allow-loss", "leave forbidden tasks out (orthogonal)"),
        ("--balanced", "show every level equally often (efficient)"),
        ("--allow-dominated", "allow alternatives that are worse in every way (efficient)"),
        ("--repeat", "ask one task of each block again, swapped"),
    ):
        make.add_argument(option, action="store_true", help=what)
    make.add_argument(
        "--generation",
        choices=("auto", "shifted", "foldover", "random", "simultaneous"),
        help="how further alternatives are made (orthogonal)",
    )
    make.add_argument(
        "--prior",
        help="prior.toml, or 'signs' to know only the directions that the study declares "
        "(efficient); default: the prior.toml beside the study, else all coefficients zero",
    )
    make.add_argument("--budget", help="time to search, such as 30s or 2min (efficient)")
    make.add_argument("--runs", type=int, help="searches instead of a time (efficient)")
    make.add_argument("--criterion", choices=("D", "A", "S"), help="what is made small (efficient)")
    make.add_argument("--threads", type=int, help="threads; the result is the same (efficient)")
    make.add_argument("--versions", type=int, help="versions of the tasks (person)")
    make.add_argument(
        "--randomise",
        choices=("independent", "enumeration", "shortcut", "balanced-overlap"),
        help="how profiles are drawn (person; default: balanced-overlap)",
    )
    make.add_argument("--holdouts", type=int, help="tasks that everybody answers for a check")
    make.add_argument("--out", help="folder to save in; default: the folder of the study")
    make.add_argument("--json", action="store_true", help="print for machines")
    make.set_defaults(run=run_make)


def run_make(arguments: argparse.Namespace) -> int:
    """Make a design, save it and say how good it is."""
    source = Path(arguments.study)
    if source.name == "design.toml":
        design = _planned(source, arguments)
    else:
        _check_options(arguments)
        design = _asked(source, arguments)
        if arguments.repeat:
            design = design.with_repeat(seed=arguments.seed)
        if arguments.holdouts:
            design = design.with_holdouts(arguments.holdouts, seed=arguments.seed)
    folder = design.save(arguments.out or source.parent)
    print(f"saved {folder / 'design.csv'} and {folder / 'design.lock'}", file=sys.stderr)
    diagnosis = design.diagnose()
    if arguments.json:
        content = {"folder": str(folder), "sha256": design.sha256, "diagnosis": diagnosis.to_dict()}
        print(json.dumps(content, indent=1, ensure_ascii=False))
        return 0
    print(design.table().title)
    for finding in diagnosis.findings:
        print(f"[{finding.verdict}] {finding.about}: {finding.text}")
    print(f"See the whole diagnosis with: ccegov design diagnose {folder}")
    return 0


def _planned(source: Path, arguments: argparse.Namespace) -> Design:
    """Make the design that a design.toml asks for."""
    from ccegov_choice.design.efficient.plan import DesignPlan
    from ccegov_choice.errors import DesignError

    given = [name for name in ("tasks", "prior", "budget", "runs") if getattr(arguments, name)]
    if given:
        raise DesignError(
            f"--{given[0]} has no meaning with a design.toml",
            where=str(source),
            cure="Write it in the file.",
        )
    plan = DesignPlan.read(source)
    study = plan.study()
    print(f"making a design of '{study.text()}'", file=sys.stderr)
    line = ProgressLine()
    try:
        return plan.make(study, progress=line)
    finally:
        line.end()


def _asked(source: Path, arguments: argparse.Namespace) -> Design:
    """Make the design that the options ask for."""
    from ccegov_choice.study.study import Study

    study = Study.read(source)
    print(f"making a design of '{study.text()}'", file=sys.stderr)
    common = {"alternatives": arguments.alternatives, "seed": arguments.seed}
    if arguments.method == "random":
        from ccegov_choice.design.random import random_design

        return random_design(
            study,
            tasks=arguments.tasks,
            blocks=arguments.blocks,
            minimal_overlap=arguments.minimal_overlap,
            balanced=not arguments.unbalanced,
            **common,
        )
    if arguments.method == "person":
        from ccegov_choice.design.personal.versions import person_designs

        return person_designs(
            study,
            versions=arguments.versions,
            tasks=arguments.tasks,
            method=arguments.randomise or "balanced-overlap",
            **common,
        )
    if arguments.method == "efficient":
        return _efficient(study, source, arguments)
    from ccegov_choice.design.orthogonal import orthogonal_design

    return orthogonal_design(
        study,
        method=arguments.method,
        generation=arguments.generation or "auto",
        blocks=arguments.blocks,
        allow_loss=arguments.allow_loss,
        **common,
    )


def _efficient(study: Study, source: Path, arguments: argparse.Namespace) -> Design:
    from ccegov_choice.design.efficient.effort import Effort
    from ccegov_choice.design.efficient.rules import Rules
    from ccegov_choice.design.efficient.search_designs import efficient_design

    line = ProgressLine()
    try:
        return efficient_design(
            study,
            _prior(study, source, arguments.prior),
            tasks=arguments.tasks,
            alternatives=arguments.alternatives,
            blocks=arguments.blocks,
            seed=arguments.seed,
            budget=arguments.budget or (None if arguments.runs else "10s"),
            criterion=arguments.criterion or "D",
            rules=Rules(
                balance="even" if arguments.balanced else None,
                overlap="minimal" if arguments.minimal_overlap else "any",
                dominated=arguments.allow_dominated,
            ),
            effort=Effort(runs=arguments.runs, threads=arguments.threads),
            progress=line,
        )
    finally:
        line.end()


def _prior(study: Study, source: Path, given: str | None) -> Prior | None:
    """Return the beliefs asked for, or those beside the study."""
    from ccegov_choice.design.beliefs.prior import Prior
    from ccegov_choice.study.utility import Utility

    if given == "signs":
        return Prior.signs(Utility.main_effects(study))
    beside = source.parent / "prior.toml"
    path = given or (beside if beside.exists() else None)
    return None if path is None else Prior.read(path, study)


class ProgressLine:
    """One line that shows how the error falls; in a file, a line now and then."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last = -math.inf
        self._written = False

    def __call__(self, progress: Progress) -> None:
        """Show how far the search has come."""
        if progress.seconds - self._last < (0.1 if self._live else 10.0):
            return
        self._last = progress.seconds
        self._written = True
        end = "" if self._live else "\n"
        start = "\r" if self._live else ""
        print(f"{start}{progress!s:<78}", end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line as it is and go on below it."""
        if self._live and self._written:
            print(file=sys.stderr)


def run_diagnose(arguments: argparse.Namespace) -> int:
    """Print the diagnosis of a saved design."""
    from ccegov_choice.design.beliefs.prior import Prior
    from ccegov_choice.design.design import Design

    design = Design.read(arguments.folder, _study(arguments))
    diagnosis = design.diagnose(
        Prior.read(arguments.prior, design.study) if arguments.prior else None,
        trades=_trades(arguments),
        certificate_seconds=arguments.certificate,
    )
    if arguments.html:
        print(f"saved {diagnosis.save(arguments.html)}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(diagnosis.to_dict(), indent=1, ensure_ascii=False))
    else:
        print(diagnosis)
    return 0


def _trades(arguments: argparse.Namespace) -> list[tuple[str, str]] | None:
    """Return the trades that were asked for."""
    from ccegov_choice.errors import DesignError

    if bool(arguments.trade) != bool(arguments.pay_in):
        lacking = "--pay-in" if arguments.trade else "--trade"
        raise DesignError(
            f"{lacking} is missing",
            cure="Give both: --trade 'dignity: polite' --pay-in wait, or neither.",
        )
    return [(gain, arguments.pay_in) for gain in arguments.trade] or None


def run_verify(arguments: argparse.Namespace) -> int:
    """Do the recorded work again and print what was compared."""
    from ccegov_choice.design.verify import verify

    verification = verify(arguments.folder, _study(arguments))
    if arguments.json:
        checks = [{"check": check, "found": found} for check, found in verification.checks]
        print(json.dumps({"folder": verification.folder, "checks": checks}, indent=1))
    else:
        print(verification)
    return 0


def _study(arguments: argparse.Namespace) -> Study | None:
    from ccegov_choice.study.study import Study

    return Study.read(arguments.study) if arguments.study else None


# option -> the methods that it has a meaning for
_MEANT_FOR = {
    "--tasks": ("random", "efficient", "person"),
    "--minimal-overlap": ("random", "efficient"),
    "--unbalanced": ("random",),
    "--generation": ORTHOGONAL,
    "--allow-loss": ORTHOGONAL,
    "--versions": ("person",),
    "--randomise": ("person",),
    **dict.fromkeys(
        ("--prior", "--budget", "--runs", "--criterion", "--threads", "--balanced"), ("efficient",)
    ),
    "--allow-dominated": ("efficient",),
}


def _check_options(arguments: argparse.Namespace) -> None:
    """Refuse options that the method would ignore, and ask for those that it needs."""
    from ccegov_choice.errors import DesignError, Problem

    method = arguments.method
    problems = [
        Problem(
            f"{option} has no meaning with --method {method}",
            f"Leave out {option}, or choose another --method.",
        )
        for option, methods in _MEANT_FOR.items()
        if getattr(arguments, option[2:].replace("-", "_")) and method not in methods
    ]
    if method in _MEANT_FOR["--tasks"] and arguments.tasks is None:
        problems.append(Problem("--tasks is missing", "Say how many tasks: --tasks 12."))
    if method == "person" and arguments.versions is None:
        problems.append(Problem("--versions is missing", "Say how many: --versions 300."))
    if arguments.budget and arguments.runs:
        problems.append(Problem("--budget and --runs exclude each other", "Keep one of them."))
    if problems:
        raise DesignError.of(problems)
