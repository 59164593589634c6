"""`ccegov design make|diagnose|verify`: make tasks, judge them, and do the recorded work again."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ccegov_choice.cli import design_import, design_power

if TYPE_CHECKING:
    from ccegov_choice.study.study import Study

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


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


def _register_make(verbs: Parsers) -> None:
    make = verbs.add_parser(
        "make",
        help="make a design",
        description="Make a design and save design.csv and design.lock.",
    )
    make.add_argument("study", help="the study.toml")
    make.add_argument(
        "--method",
        choices=("random", "auto", "full", "fractional", "array"),
        default="random",
        help="random: by lot and evened out; the others start from an orthogonal array, auto "
        "from the smallest (default: %(default)s)",
    )
    make.add_argument("--tasks", type=int, help="tasks in all (random only)")
    make.add_argument(
        "--alternatives", type=int, help="alternatives in a task, opt-out not counted"
    )
    make.add_argument("--blocks", type=int, default=1, help="parts; each person answers one")
    make.add_argument("--seed", type=int, default=1, help="the same seed gives the same design")
    make.add_argument(
        "--minimal-overlap", action="store_true", help="let levels within a task differ (random)"
    )
    make.add_argument(
        "--unbalanced", action="store_true", help="draw all profiles with the same chance (random)"
    )
    make.add_argument(
        "--generation",
        choices=("auto", "shifted", "foldover", "random", "simultaneous"),
        help="how further alternatives are made (orthogonal only)",
    )
    make.add_argument(
        "--allow-loss", action="store_true", help="leave forbidden tasks out (orthogonal only)"
    )
    make.add_argument("--out", help="folder to save in; default: the folder of the study")
    make.add_argument("--json", action="store_true", help="print for machines")
    make.set_defaults(run=run_make)


def run_make(arguments: argparse.Namespace) -> int:
    """Make a design, save it and say how good it is."""
    from ccegov_choice.design.orthogonal import orthogonal_design
    from ccegov_choice.design.random import random_design
    from ccegov_choice.study.study import Study

    _check_options(arguments)
    study = Study.read(arguments.study)
    print(f"making a design of '{study.text()}'", file=sys.stderr)
    if arguments.method == "random":
        design = random_design(
            study,
            tasks=arguments.tasks,
            alternatives=arguments.alternatives,
            blocks=arguments.blocks,
            seed=arguments.seed,
            minimal_overlap=arguments.minimal_overlap,
            balanced=not arguments.unbalanced,
        )
    else:
        design = orthogonal_design(
            study,
            alternatives=arguments.alternatives,
            method=arguments.method,
            generation=arguments.generation or "auto",
            blocks=arguments.blocks,
            seed=arguments.seed,
            allow_loss=arguments.allow_loss,
        )
    folder = design.save(arguments.out or Path(arguments.study).parent)
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


def run_diagnose(arguments: argparse.Namespace) -> int:
    """Print the diagnosis of a saved design."""
    from ccegov_choice.design.design import Design

    diagnosis = Design.read(arguments.folder, _study(arguments)).diagnose()
    if arguments.json:
        print(json.dumps(diagnosis.to_dict(), indent=1, ensure_ascii=False))
    else:
        print(diagnosis)
    return 0


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


def _check_options(arguments: argparse.Namespace) -> None:
    """Refuse options that the method would ignore."""
    from ccegov_choice.errors import DesignError, Problem

    problems = []
    only_random = {
        "--tasks": arguments.tasks is not None,
        "--minimal-overlap": arguments.minimal_overlap,
        "--unbalanced": arguments.unbalanced,
    }
    only_orthogonal = {
        "--generation": arguments.generation is not None,
        "--allow-loss": arguments.allow_loss,
    }
    random = arguments.method == "random"
    for option, given in (only_orthogonal if random else only_random).items():
        if given:
            problem = f"{option} has no meaning with --method {arguments.method}"
            problems.append(Problem(problem, f"Leave out {option}, or choose another --method."))
    if random and arguments.tasks is None:
        problems.append(Problem("--tasks is missing", "Say how many tasks: --tasks 12."))
    if problems:
        raise DesignError.of(problems)
