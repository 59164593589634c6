"""What `ccegov report` writes beside the report: the brief, its editions, the simulator."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccegov_choice.policy.scenario import Scenario
    from ccegov_choice.report.document import Report


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the brief and the simulator."""
    parser.add_argument("--brief", help="file for the brief: one page, .html or .pdf")
    parser.add_argument(
        "--constituency",
        metavar="COLUMN[=AREA]",
        help="a brief for an area, or for each area with enough people: then --brief is a folder",
    )
    parser.add_argument(
        "--simulator",
        help="file for the simulator: one page that works from disk; needs two scenarios",
    )
    parser.add_argument("--by", metavar="COLUMN", help="groups that the simulator tells apart")


def write_twins(
    arguments: argparse.Namespace, report: Report, scenarios: list[Scenario]
) -> dict[str, str]:
    """Write what was asked for; return the names and paths.

    Raises
    ------
    PolicyError
        If areas are asked for without a brief, or a simulator has no two scenarios.
    """
    found = _brief(arguments, report)
    if arguments.simulator:
        from ccegov_choice.report.simulator.simulator import Simulator

        pay_in = arguments.pay_in[0] if arguments.pay_in else None
        made = Simulator(
            report.models[0],
            scenarios,
            people=report.data,
            by=arguments.by,
            pay_in=pay_in,
            title=arguments.title,
            simulated=report.is_simulated,
        )
        found["simulator"] = str(made.save(arguments.simulator))
    return found


def _brief(arguments: argparse.Namespace, report: Report) -> dict[str, str]:
    from ccegov_choice.errors import PolicyError
    from ccegov_choice.report.brief.brief import Brief

    column, _, area = (arguments.constituency or "").partition("=")
    if not arguments.brief:
        if column:
            raise PolicyError(
                "an area has a brief, and no file is named for it",
                where="--constituency",
                cure="Name it: --brief brief.html, or a folder for all areas.",
            )
        return {}
    brief = Brief(report)
    if column and not area:
        editions = brief.editions(column)
        paths = editions.save(arguments.brief)
        if editions.withheld:
            print(
                f"ccegov: note: {len(editions.withheld)} areas have no edition, so that nothing is "
                "told about a few people",
                file=sys.stderr,
            )
        return {f"brief {n}": str(path) for n, path in enumerate(paths, 1)}
    if column:
        brief = Brief(report, constituency=(column, area))
    for note in brief.notes:
        print(f"ccegov: note: {note}", file=sys.stderr)
    path = Path(arguments.brief)
    written = brief.save_pdf(path) if path.suffix.lower() == ".pdf" else brief.save(path)
    return {"brief": str(written)}
