"""`ccegov survey transfer`: write a survey for another survey tool."""

from __future__ import annotations

import argparse
import json

from ccegov_choice.cli.survey_serve import survey_folder
from ccegov_choice.survey.exporting.transfer import TOOLS, transfer
from ccegov_choice.survey.survey import Survey


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "transfer",
        help="write a survey for SurveyJS, Qualtrics, LimeSurvey or as an XLSForm",
        description="Write a survey for another survey tool, with the key that brings its answers "
        "home, and say what the tool cannot hold.",
    )
    parser.add_argument("survey", help="name in surveys/, or the survey's folder")
    parser.add_argument("--to", required=True, choices=tuple(TOOLS), help="the tool")
    parser.add_argument("--out", metavar="FILE", help="where to write; default: NAME with the "
                        "tool's ending")  # fmt: skip
    parser.add_argument(
        "--orders",
        type=int,
        default=1,
        help="in how many orders of attributes and options each block is written (default: 1)",
    )
    parser.add_argument("--json", action="store_true", help="print for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the file and its key; list what is lost."""
    survey = Survey.read(survey_folder(arguments.survey))
    survey.require_valid()
    made = transfer(survey, arguments.to, orders=arguments.orders)
    file, key = made.write(arguments.out or f"{survey.id}{made.tool.ending}")
    if arguments.json:
        found = {"file": str(file), "key": str(key), "losses": made.losses}
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return 0
    print(f"{file}: the survey '{survey.id}' for {made.tool.name}")
    print(f"{key}: what its columns and codes mean; keep it, answers come home with it")
    print(f"\nWhat {made.tool.name} cannot hold:")
    for loss in made.losses:
        print(f"  - {loss}")
    return 0
