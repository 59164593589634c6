"""`ccegov report`: from a study, its design, its answers and its results to one page."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice.cli.report_twins import add_options, write_twins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results
    from ccegov_choice.policy.scenario import Scenario
    from ccegov_choice.policy.uptake import Uptake
    from ccegov_choice.report.document import Report
    from ccegov_choice.tradeoff.ratio import TradeOffs


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its options."""
    parser = nouns.add_parser(
        "report",
        help="a report that people who decide can read",
        description="Make one self-contained HTML page from a study, its design, the answers and "
        "saved results. The page needs no network and no script.",
    )
    parser.add_argument(
        "results", nargs="+", help="results.json saved by `ccegov fit`; the first one leads"
    )
    parser.add_argument("--study", required=True, help="the study.toml")
    parser.add_argument(
        "--data",
        required=True,
        help="the answers: responses.csv (a row per task, joined to the design), a CSV with a row "
        "per alternative shown, or a folder saved by the library",
    )
    parser.add_argument("--design", help="folder with design.csv and design.lock")
    parser.add_argument(
        "--pay-in",
        action="append",
        metavar="ATTRIBUTE",
        help="attribute that people give up; may be repeated; default: every numeraire",
    )
    parser.add_argument(
        "--scenario",
        action="append",
        default=[],
        metavar="'NAME: ATTRIBUTE=LEVEL, ...'",
        help="a service to forecast, each attribute with a level; repeat it, today's first",
    )
    parser.add_argument("--title", help="title of the report; default: that of the study")
    parser.add_argument(
        "--simulated", action="store_true", help="mark that no real person answered"
    )
    parser.add_argument("--out", default="report.html", help="file to write (default: %(default)s)")
    parser.add_argument("--pdf", help="file for the same report as accessible PDF (PDF/UA-1)")
    add_options(parser)
    parser.add_argument("--json", action="store_true", help="print for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the report and say where it is."""
    from ccegov_choice.cli.scenarios import read_answers, read_scenario
    from ccegov_choice.design.design import Design
    from ccegov_choice.models.results import Results
    from ccegov_choice.report.document import Report
    from ccegov_choice.study.study import Study

    study = Study.read(arguments.study)
    design = Design.read(arguments.design, study) if arguments.design else None
    data = read_answers(Path(arguments.data), study, design)
    models = [Results.load(path) for path in arguments.results]
    scenarios = [read_scenario(text, study) for text in arguments.scenario]
    report = Report(
        study,
        design,
        data,
        models,
        _trade_offs(models[0], data, arguments.pay_in),
        uptake=_uptake(models[0], data, scenarios),
        title=arguments.title,
        simulated=arguments.simulated,
    )
    written = {"report": str(report.save(arguments.out))}
    if arguments.pdf:
        written["pdf"] = str(report.save_pdf(arguments.pdf))
    written |= write_twins(arguments, report, scenarios)
    _tell(report, written, for_machines=arguments.json)
    return 0


def _tell(report: Report, written: Mapping[str, str], *, for_machines: bool) -> None:
    """Say which files were written, and what is still open."""
    checklist = report.checklist
    if for_machines:
        found = {
            **written,
            "simulated": report.is_simulated,
            "checklist_complete": checklist.complete,
            "open": [answer.item.declaration for answer in checklist.groups[0].answers],
        }
        print(json.dumps(found, indent=1))
        return
    print("\n".join(written.values()))
    print(checklist.status, file=sys.stderr)
    if report.is_simulated:
        print("These citizens are simulated; the report says so.", file=sys.stderr)


def _trade_offs(
    results: Results, data: ChoiceData, pay_in: Sequence[str] | None
) -> list[TradeOffs]:
    """Return trade-offs in each numeraire asked for; of all others, in those that have any."""
    from ccegov_choice.errors import TradeOffError
    from ccegov_choice.study.gain import payable

    found = []
    for name in pay_in or payable(results.utility, results.study):
        try:
            found.append(_in_one_numeraire(results, data, name))
        except TradeOffError as error:
            if pay_in:
                raise
            print(f"ccegov: note: no trade-offs in '{name}': {error}", file=sys.stderr)
    return found


def _in_one_numeraire(results: Results, data: ChoiceData, name: str) -> TradeOffs:
    """Return trade-offs by the delta method, or by Fieller's where that has no interval."""
    from ccegov_choice.errors import TradeOffError
    from ccegov_choice.tradeoff.ratio import trade_offs

    try:
        return trade_offs(results, pay_in=name, data=data)
    except TradeOffError as error:
        # raises again where the trade itself is wrong, not only its interval
        found = trade_offs(results, pay_in=name, data=data, method="fieller")
        print(f"ccegov: note: Fieller's method is used: {error}", file=sys.stderr)
        return found


def _uptake(results: Results, data: ChoiceData, scenarios: list[Scenario]) -> Uptake | None:
    from ccegov_choice.policy.uptake import uptake

    return uptake(results, scenarios, people=data) if scenarios else None
