"""`ccegov redesign`: which levers to pull, under a budget, floors and fairness."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from ccegov_choice.errors import PolicyError

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice._estimate import Estimate
    from ccegov_choice.models.results import Results
    from ccegov_choice.policy.redesign.decision import Package, RedesignDecision
    from ccegov_choice.policy.redesign.redesign import Redesign


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its options."""
    parser = nouns.add_parser(
        "redesign",
        help="which levers to pull, under a budget, floors and fairness",
        description="Search the levers of a redesign.toml for the best package, and say how sure "
        "that is, who gains and loses, and what would change it. --levers ranks them one by one, "
        "--plan-table shows who is responsible for what.",
    )
    parser.add_argument("results", nargs="?", help="results.json saved by `ccegov fit`")
    parser.add_argument("--plan", required=True, metavar="FILE", help="redesign.toml")
    parser.add_argument("--pay-in", metavar="ATTRIBUTE", help="unit of gains")
    parser.add_argument("--study", help="the study.toml; default: the study saved with the results")
    people = parser.add_mutually_exclusive_group()
    people.add_argument("--data", help="answers, as for `ccegov report`: the people who answered")
    people.add_argument("--people", help="CSV with a row per person, and a weight if there is one")
    parser.add_argument("--design", help="folder with design.csv, where --data needs it")
    parser.add_argument("--by", metavar="COLUMN", help="gains by group")
    parser.add_argument("--budget", type=float, help="instead of that of the plan")
    parser.add_argument(
        "--objective",
        choices=("sum", "prioritarian", "maximin", "guarantee"),
        default="sum",
        help="how the gains of groups are judged (%(default)s)",
    )
    parser.add_argument("--aversion", type=float, default=1.0, help="to inequality (%(default)s)")
    parser.add_argument("--minimum", type=float, help="how well off each group must be")
    parser.add_argument("--no-group-worse-off", action="store_true", help="no group may lose")
    parser.add_argument("--largest-loss", type=float, help="what a group may lose at most")
    parser.add_argument("--level", type=float, default=0.95, help="confidence (%(default)s)")
    parser.add_argument("--draws", type=int, default=200, help="draws (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the draws (%(default)s)")
    parser.add_argument("--levers", action="store_true", help="rank the levers one by one")
    parser.add_argument("--plan-table", action="store_true", help="show who is responsible")
    parser.add_argument("--json", action="store_true", help="print numbers for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Search and print."""
    from ccegov_choice.policy.redesign.redesign import Redesign
    from ccegov_choice.policy.redesign.responsibility import responsibility_matrix

    redesign = Redesign.read(arguments.plan)
    if arguments.plan_table:
        print(redesign.plan_table())
        print(responsibility_matrix(redesign))
        return 0
    missing = [
        f"{option} {word}"
        for option, word, value in (
            ("RESULTS", "(results.json of `ccegov fit`)", arguments.results),
            ("--pay-in", "ATTRIBUTE", arguments.pay_in),
        )
        if not value
    ]
    if missing:
        raise PolicyError(
            f"the search needs {' and '.join(missing)}",
            where="ccegov redesign",
            cure="Add it; or look at the plan alone with --plan-table.",
        )
    return _search(arguments, redesign)


def _search(arguments: argparse.Namespace, redesign: Redesign) -> int:
    from ccegov_choice.cli.welfare import read_people
    from ccegov_choice.models.results import Results
    from ccegov_choice.policy.redesign.search import search_redesign
    from ccegov_choice.study.study import Study

    results = Results.load(arguments.results)
    study = Study.read(arguments.study) if arguments.study else results.study
    people = read_people(arguments, study)
    if arguments.levers:
        return _levers(arguments, results, redesign, people)
    found = search_redesign(
        results,
        redesign,
        pay_in=arguments.pay_in,
        people=people,
        by=arguments.by,
        objective=arguments.objective,
        aversion=arguments.aversion,
        minimum=arguments.minimum,
        no_group_worse_off=arguments.no_group_worse_off,
        largest_loss=arguments.largest_loss,
        budget=arguments.budget,
        level=arguments.level,
        draws=arguments.draws,
        seed=arguments.seed,
    )
    if arguments.json:
        print(json.dumps(_for_machines(found), indent=1))
        return 0
    for table in found.tables():
        print(f"{table}\n")
    for sentence in found.sentences():
        print(sentence)
    return 0


def _levers(
    arguments: argparse.Namespace, results: Results, redesign: Redesign, people: Any
) -> int:
    from ccegov_choice.policy.redesign.priority import rank_levers

    found = rank_levers(
        results,
        redesign,
        pay_in=arguments.pay_in,
        people=people,
        level=arguments.level,
        draws=arguments.draws,
        seed=arguments.seed,
    )
    if arguments.json:
        frame: pd.DataFrame = found.to_frame().astype(object)
        rows = frame.where(frame.notna(), None).to_dict(orient="records")
        print(json.dumps(rows, indent=1))
        return 0
    print(found.table())
    for sentence in found.sentences():
        print(sentence)
    return 0


def _for_machines(found: RedesignDecision) -> dict[str, Any]:
    return {
        "rule": found.judgement.rule,
        "pay_in": found.payment.attribute,
        "unit": found.payment.unit_plural,
        "best": _package(found.best),
        "ranking": [_package(package) for package in found.ranking],
        "least_regret": _package(found.least_regret),
        "pareto": [_package(package) for package in found.pareto],
        "value_judgements": [
            {"rule": rule, "levers": list(package.levers)}
            for rule, package in found.value_judgements
        ],
        "switching": [
            {
                "parameter": item.parameter,
                "value": item.value,
                "unit": item.unit,
                "before": list(item.before),
                "after": list(item.after),
            }
            for item in found.switching
        ],
        "exact": found.exact,
        "exhaustive": found.exhaustive,
        "evaluated": found.evaluated,
        "level": found.level,
        "draws": found.draws,
        "seed": found.seed,
        "notes": list(found.notes),
    }


def _package(package: Package) -> dict[str, Any]:
    return {
        "levers": list(package.levers),
        "cost": package.cost,
        "capacity": package.capacity,
        "months": package.months,
        "welfare": _number(package.welfare),
        "value": _number(package.value),
        "groups": {name: _number(estimate) for name, estimate in package.groups},
        "best_probability": package.best_probability,
        "regret": _number(package.regret),
        "worst_regret": package.worst_regret,
    }


def _number(estimate: Estimate) -> dict[str, float | None]:
    return {"estimate": estimate.value, "conf_low": estimate.low, "conf_high": estimate.high}
