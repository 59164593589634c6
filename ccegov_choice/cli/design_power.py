"""`ccegov design power`: how many people a saved design needs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ccegov_choice.power.settings import Simulation

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def register(verbs: Parsers) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "power",
        help="say how many people a saved design needs",
        description="Say how many people a saved design needs, and what it sees with how many.",
    )
    verb.add_argument("folder", help="folder with design.csv and design.lock")
    verb.add_argument("--study", help="study.toml; default: the one in the folder")
    verb.add_argument("--prior", help="prior.toml; default: the one in the folder")
    verb.add_argument(
        "--at-mean",
        action="store_true",
        help="take the mean of the prior as the truth, instead of averaging over the prior",
    )
    verb.add_argument(
        "--people", default="150,300,600", help="numbers of people asked (default: %(default)s)"
    )
    verb.add_argument(
        "--trade",
        action="append",
        default=[],
        metavar="GAIN",
        help="a willingness to trade to see, such as 'dignity: respectful'; may be repeated; "
        "default: every attribute from its base to its best level",
    )
    verb.add_argument("--pay-in", help="attribute that trades are paid in")
    _register_conditions(verb)
    verb.add_argument(
        "--simulate", type=int, metavar="N", help="simulate N surveys instead of using the formula"
    )
    verb.add_argument(
        "--workers", type=int, help="processes that simulate; the result is the same (default: 1)"
    )
    verb.add_argument("--cache", help="folder that keeps what was simulated")
    verb.add_argument("--seed", type=int, default=1, help="the same seed gives the same plan")
    verb.add_argument("--json", action="store_true", help="print for machines")
    verb.set_defaults(run=run_power)


def _register_conditions(verb: argparse.ArgumentParser) -> None:
    for option, default, what in (
        ("--power", 0.8, "chance asked of seeing what is there"),
        ("--level", 0.95, "confidence level of the tests"),
        ("--dropout", 0.0, "share of the people asked whose answers cannot be used"),
        ("--design-effect", 1.0, "of weights or clusters, 1 or more"),
        ("--inattentive", 0.0, "share of the people left who answer by lot"),
    ):
        verb.add_argument(option, type=float, default=default, help=f"{what} (default: {default})")
    verb.add_argument("--seconds", type=float, help="seconds that a task takes")
    verb.add_argument("--minutes", type=float, help="most minutes of tasks for one person")


def run_power(arguments: argparse.Namespace) -> int:
    """Print the plan of a saved design."""
    from ccegov_choice.design.beliefs.prior import Prior
    from ccegov_choice.design.design import Design
    from ccegov_choice.models.logit.logit import Logit
    from ccegov_choice.power.plan import plan_sample
    from ccegov_choice.power.settings import FieldConditions, Goal
    from ccegov_choice.study.study import Study

    people = _check_options(arguments)
    study = Study.read(arguments.study) if arguments.study else None
    design = Design.read(arguments.folder, study)
    prior = Prior.read(arguments.prior or Path(arguments.folder) / "prior.toml", design.study)
    plan = plan_sample(
        design,
        Logit(prior.utility),
        prior.mean if arguments.at_mean else prior,
        people=people,
        trades=[(gain, arguments.pay_in) for gain in arguments.trade] or None,
        goal=Goal(arguments.power, arguments.level),
        field=FieldConditions(
            dropout=arguments.dropout,
            design_effect=arguments.design_effect,
            inattentive=arguments.inattentive,
            seconds_per_task=arguments.seconds,
            minutes=arguments.minutes,
        ),
        simulation=_simulation(arguments),
        seed=arguments.seed,
    )
    if arguments.json:
        print(json.dumps(plan.to_dict(), indent=1, ensure_ascii=False))
    else:
        print(plan)
    return 0


def _check_options(arguments: argparse.Namespace) -> list[int]:
    """Return the numbers of people; refuse options that would be ignored."""
    from ccegov_choice.errors import DesignError, Problem

    problems = []
    people: list[int] = []
    for word in arguments.people.split(","):
        if word.strip().isdecimal():
            people.append(int(word))
        else:
            problem = f"'{word.strip()}' is not a number of people"
            problems.append(Problem(problem, "Write --people 150,300,600.", "--people"))
    if arguments.trade and arguments.pay_in is None:
        problems.append(Problem("--trade lacks what it is paid in", "Add --pay-in ATTRIBUTE."))
    if arguments.pay_in is not None and not arguments.trade:
        problem = "--pay-in has no meaning without --trade"
        problems.append(Problem(problem, "Add --trade 'ATTRIBUTE: LEVEL'."))
    for option, given in (("--workers", arguments.workers), ("--cache", arguments.cache)):
        if given is not None and arguments.simulate is None:
            problem = f"{option} has no meaning without --simulate"
            problems.append(Problem(problem, f"Leave out {option}, or add --simulate 500."))
    if problems:
        raise DesignError.of(problems)
    return people


def _simulation(arguments: argparse.Namespace) -> Simulation | None:
    from ccegov_choice.power.settings import Simulation

    if arguments.simulate is None:
        return None

    def progress(done: int, total: int) -> None:
        end = "\n" if done == total else ""
        print(f"\rsimulated {done:,} of {total:,} surveys", end=end, file=sys.stderr, flush=True)

    return Simulation(
        arguments.simulate,
        workers=1 if arguments.workers is None else arguments.workers,
        progress=progress,
        cache=arguments.cache,
    )
