"""`ccegov welfare`: what a change is worth to people, who gains and who loses."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice._estimate import Estimate
    from ccegov_choice._table import Absent
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.policy.welfare.change import WelfareChange
    from ccegov_choice.study.study import Study


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its options."""
    parser = nouns.add_parser(
        "welfare",
        help="what a change is worth to people, who gains and who loses",
        description="Compare two scenarios by what they are worth to people, in units of what "
        "people pay in, with winners, losers and groups.",
    )
    parser.add_argument("results", help="results.json saved by `ccegov fit`")
    scenario = "'NAME: ATTRIBUTE=LEVEL, ...'"
    parser.add_argument("--before", required=True, metavar=scenario, help="what is on offer today")
    parser.add_argument(
        "--after",
        required=True,
        metavar=scenario,
        help="what would be on offer; a semicolon parts offers that stand side by side, "
        "alternative=NAME names them",
    )
    parser.add_argument("--pay-in", required=True, metavar="ATTRIBUTE", help="unit of amounts")
    parser.add_argument("--study", help="the study.toml; default: the study saved with the results")
    people = parser.add_mutually_exclusive_group()
    people.add_argument("--data", help="answers, as for `ccegov report`: the people who answered")
    people.add_argument("--people", help="CSV with a row per person, and a weight if there is one")
    parser.add_argument("--design", help="folder with design.csv, where --data needs it")
    parser.add_argument("--by", metavar="COLUMN", help="results by group")
    parser.add_argument("--level", type=float, default=0.95, help="confidence (%(default)s)")
    parser.add_argument("--draws", type=int, default=500, help="draws (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the draws (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print numbers for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what the change is worth."""
    from ccegov_choice.cli.scenarios import read_scenario
    from ccegov_choice.models.results import Results
    from ccegov_choice.policy.welfare.welfare_change import welfare_change
    from ccegov_choice.study.study import Study

    results = Results.load(arguments.results)
    study = Study.read(arguments.study) if arguments.study else results.study
    found = welfare_change(
        results,
        read_scenario(arguments.before, study, "--before"),
        read_scenario(arguments.after, study, "--after"),
        pay_in=arguments.pay_in,
        people=read_people(arguments, study),
        by=arguments.by,
        level=arguments.level,
        draws=arguments.draws,
        seed=arguments.seed,
    )
    if arguments.json:
        print(json.dumps(_for_machines(found), indent=1))
        return 0
    print(found.table())
    print(found.winners_table())
    for sentence in found.sentences():
        print(sentence)
    return 0


def read_people(arguments: argparse.Namespace, study: Study) -> pd.DataFrame | ChoiceData | None:
    """Read whom `--people` or `--data` name; None where neither is given."""
    from ccegov_choice.cli.scenarios import read_answers
    from ccegov_choice.data.files import read_table
    from ccegov_choice.design.design import Design

    if arguments.people:
        return read_table(Path(arguments.people))
    if not arguments.data:
        return None
    design = Design.read(arguments.design, study) if arguments.design else None
    return read_answers(Path(arguments.data), study, design)


def _for_machines(found: WelfareChange) -> dict[str, Any]:
    groups = [
        {
            "group": group.name,
            "people": group.people,
            "share": group.share,
            "mean": _number(group.mean),
            "median": _number(group.median),
            "gain": _number(group.winners),
            "lose": _number(group.losers),
        }
        for group in found.groups
    ]
    return {
        "before": found.before.name,
        "after": found.after.name,
        "pay_in": found.payment.attribute,
        "unit": found.payment.unit_plural,
        "mean": _number(found.mean),
        "median": _number(found.median),
        "gain": _number(found.gain_share),
        "lose": _number(found.loss_share),
        "same": _number(found.same_share),
        "majority_probability": found.majority_probability,
        "groups": groups if found.by is not None else [],
        "level": found.level,
        "draws": found.draws,
        "seed": found.seed,
        "notes": list(found.notes),
    }


def _number(estimate: Estimate | Absent) -> dict[str, Any]:
    from ccegov_choice._table import Absent

    if isinstance(estimate, Absent):
        return {"estimate": None, "reason": estimate.reason}
    return {
        "estimate": estimate.value,
        "conf_low": estimate.low,
        "conf_high": estimate.high,
    }
